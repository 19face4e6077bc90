import { n as tryTo, t as lintGuidance } from "./guidance-lint.mjs";
import { c as nearest } from "./host.mjs";
import { n as fleetFolder, r as parseRecord } from "./release-state.mjs";
// src/operate/lint-updates/lint-state.ts
const knownFiles = [
	"releases.json",
	"updates.json",
	"operations.json"
];
/**
* Judges the state branch, and a change of it.
* @param options.fleets names; none for all
* @param options.now UNIX seconds
*/
function lintState(after, before, options) {
	const { config, fleets } = options;
	const names = Object.keys(config.fleets);
	const strays = [...after.keys()].flatMap((path) => lintPlace(path, names));
	return [...fleets.length === 0 ? [{
		fleet: void 0,
		findings: strays
	}] : [], ...names.filter((name) => fleets.length === 0 || fleets.includes(name)).map((fleet) => ({
		fleet,
		findings: lintFleet(fleet, after, before, options)
	}))];
}
function lintFleet(fleet, after, before, options) {
	return [...lintGuidance(textsOf(fleet, after), textsOf(fleet, before), {
		stream: options.config.stream,
		now: options.now,
		timeZone: options.timeZone
	}), ...lintRecords(fleet, after, before)];
}
function textsOf(fleet, files) {
	const textOf = (name) => {
		const file = `${fleetFolder(fleet)}/${name}`;
		const text = files.get(file);
		return text === void 0 ? void 0 : {
			file,
			text
		};
	};
	return {
		releases: textOf("releases.json"),
		updates: textOf("updates.json"),
		operations: textOf("operations.json")
	};
}
/** Records say where releases come from; promotion and the order of releases rest on them. */
function lintRecords(fleet, after, before) {
	const findings = [];
	const folder = `${fleetFolder(fleet)}/records/`;
	const records = /* @__PURE__ */ new Map();
	for (const [path, text] of after) {
		if (!path.startsWith(folder) || !path.endsWith(".json")) continue;
		const read = tryTo("record", path, () => parseRecord(text, path));
		findings.push(...read.findings);
		const version = path.slice(folder.length, -5);
		if (read.value === void 0) continue;
		records.set(version, read.value);
		if (read.value.version !== version || read.value.fleet !== fleet) findings.push({
			severity: "error",
			rule: "record",
			where: path,
			message: `this is the record of ${read.value.version} in ${read.value.fleet}`
		});
	}
	for (const path of before.keys()) {
		if (!path.startsWith(folder) || after.has(path)) continue;
		findings.push({
			severity: "error",
			rule: "record-removed",
			where: path,
			message: "the record of a release is gone",
			remedy: "Put it back: a release is never removed."
		});
	}
	const releasesFile = `${fleetFolder(fleet)}/releases.json`;
	const versions = versionsIn(after.get(releasesFile));
	if (versions === void 0) return findings;
	for (const version of records.keys()) {
		if (versions.includes(version)) continue;
		findings.push({
			severity: "error",
			rule: "release-removed",
			where: `${folder}${version}.json`,
			message: `this release is not in ${releasesFile}`
		});
	}
	let newest;
	for (const version of versions) {
		const record = records.get(version);
		if (record === void 0) continue;
		if (newest !== void 0 && Date.parse(record.created) <= Date.parse(newest.created)) findings.push({
			severity: "error",
			rule: "created-goes-back",
			where: `${folder}${version}.json`,
			message: `created ${record.created}, not after ${newest.version} before it (${newest.created}): rpm-ostree on the nodes would refuse it as a downgrade`
		});
		newest = record;
	}
	return findings;
}
/** undefined where the file cannot be read: that is told elsewhere. */
function versionsIn(text) {
	if (text === void 0) return [];
	try {
		return JSON.parse(text).releases?.map((release) => String(release.version));
	} catch {
		return;
	}
}
/** A file that belongs to nothing. */
function lintPlace(path, fleets) {
	const [top, fleet = "", ...rest] = path.split("/");
	if (top !== "fleets") return path === "README.md" ? [] : [{
		severity: "warning",
		rule: "unknown-file",
		where: path,
		message: "nothing reads this file"
	}];
	if (!fleets.includes(fleet)) {
		const meant = nearest(fleet, fleets);
		return [{
			severity: "error",
			rule: "unknown-fleet",
			where: path,
			message: `coxswain.yaml has no fleet ${fleet}: nothing reads this file`,
			...meant === void 0 ? {} : { remedy: `Did you mean ${meant}?` }
		}];
	}
	const name = rest.join("/");
	if (knownFiles.some((each) => each === name) || /^records\/[^/]+\.json$/.test(name)) return [];
	const meant = nearest(name, knownFiles);
	return [{
		severity: "error",
		rule: "unknown-file",
		where: path,
		message: "this file does not belong here, and every verb refuses the branch because of it",
		remedy: meant === void 0 ? "A fleet has releases.json, updates.json, operations.json and records/<version>.json." : `Did you mean ${meant}?`
	}];
}
export { lintState as t };
