import { A as parseReleaseIndex } from "./guidance.mjs";
import { Vt as InputError, Wt as init_errors } from "./host.mjs";
import { B as parseBundle, Hn as filesInArtifacts, Jn as fleetFolder, R as bundlePath, U as requireSignedGuidance, Yn as parseFleet, or as untilNotStale, qn as stateReadme } from "./shared.mjs";
// src/operate/restore-state/restore-state.ts
init_errors();
/**
* Restores fleets on the state branch from their artifacts, byte for byte, by one commit. Changes since the last
* publication are not in the artifact. A fleet that the branch has completely is left alone.
* @param options.fleets names
* @throws InputError if an artifact holds no state, lacks a signature that publish.signed-by asks for, or has other releases than the branch; nothing is written then
*/
async function restoreState({ config, root, forge, client }, options) {
	const { branches } = forge;
	const branch = config.stateBranch;
	return untilNotStale(async () => {
		const commit = await branches.resolve(branch);
		const signed = /* @__PURE__ */ new Map();
		for (const fleet of options.fleets) {
			const digest = await requireSignedGuidance(client, {
				config,
				root
			}, fleet);
			if (digest !== void 0) signed.set(fleet, digest);
		}
		const artifacts = filesInArtifacts(client, config, signed);
		const fleets = [];
		const changes = [];
		for (const fleet of options.fleets) {
			const artifact = artifacts.whereIs(fleet);
			const texts = await readTexts(artifacts, fleet);
			if (texts === void 0 || texts.size === 0) {
				fleets.push({
					fleet,
					artifact,
					outcome: "no artifact",
					releases: 0
				});
				continue;
			}
			const releases = parseFleet(texts, {
				fleet,
				config,
				commit: void 0
			}).releases.releases.map(({ version }) => version);
			const current = commit === void 0 ? /* @__PURE__ */ new Map() : await branches.readFolder(commit, fleetFolder(fleet));
			const known = versionsOf(current, fleet);
			refuseOther(known, releases, {
				fleet,
				branch,
				artifact
			});
			const lost = known.length > 0 && known.length === releases.length ? missingFiles(current, texts, fleet) : difference(current, texts);
			changes.push(...lost);
			fleets.push({
				fleet,
				artifact,
				outcome: lost.length === 0 ? "complete" : "restored",
				releases: releases.length
			});
		}
		if (changes.length === 0 || options.rehearse) return {
			fleets,
			changed: changes.length > 0,
			stateCommit: commit
		};
		if (commit === void 0) changes.push({
			path: "README.md",
			content: stateReadme
		});
		const restored = fleets.filter(({ outcome }) => outcome === "restored");
		return {
			fleets,
			changed: true,
			stateCommit: await branches.commit({
				branch,
				parent: commit,
				changes,
				message: `${restored.map(({ fleet }) => fleet).join(", ")}: restore from the artifact\n\n${restored.map(({ artifact }) => `Artifact: ${artifact}\n`).join("")}`
			})
		};
	});
}
/** undefined if there is no artifact. */
async function readTexts(artifacts, fleet) {
	const where = artifacts.whereIs(fleet);
	const bundle = await artifacts.read(bundlePath(fleet));
	if (bundle !== void 0) return parseBundle(bundle, {
		fleet,
		where
	});
	if (await artifacts.read(`${fleet}/releases.json`) === void 0) return void 0;
	throw new InputError({
		where,
		problem: "this artifact has no state, only what nodes read",
		expected: `a file ${bundlePath(fleet)}`,
		remedy: "An earlier version of Coxswain made it. Look for the state branch in another clone (git reflog)."
	});
}
function versionsOf(files, fleet) {
	const path = `${fleetFolder(fleet)}/releases.json`;
	const text = files.get(path);
	return text === void 0 ? [] : parseReleaseIndex(text, path).releases.map(({ version }) => version);
}
/** The branch may have less than the artifact, never something else. */
function refuseOther(known, releases, about) {
	const position = known.findIndex((version, index) => releases[index] !== version);
	if (position < 0) return;
	throw new InputError({
		where: `fleet ${about.fleet}`,
		problem: `branch ${about.branch} has release ${known[position]} at position ${position}, and ${about.artifact} has ${releases[position] ?? "none"} there`,
		expected: "a branch that has less than the artifact",
		remedy: "Nothing is restored over newer or other releases. Correct the branch by hand: git log, git revert."
	});
}
/** A branch that has all releases may be newer than the artifact, so only files that it lost are restored. */
function missingFiles(current, wanted, fleet) {
	const optional = `${fleetFolder(fleet)}/operations.json`;
	return [...wanted].filter(([path]) => !current.has(path) && path !== optional).map(([path, content]) => ({
		path,
		content
	}));
}
function difference(current, wanted) {
	return [...[...wanted].filter(([path, text]) => current.get(path) !== text).map(([path, content]) => ({
		path,
		content
	})), ...[...current.keys()].filter((path) => !wanted.has(path)).map((path) => ({
		path,
		content: null
	}))];
}
export { restoreState as t };
