import { C as formatDuration, D as InputError, w as formatTime } from "./host.mjs";
import { D as isDigest, E as formatRepository } from "./world-registry.mjs";
import { t as openCheckout } from "./project.mjs";
import { i as urgentTemplate } from "./project-configuration.mjs";
import { h as rolloutEnd } from "./guidance.mjs";
import { t as openState } from "./release-state.mjs";
import { t as renderTemplate } from "./guidance-template.mjs";
// src/release/project.ts
/** Opens the checkout that holds `directory`, and the state branch of its forge. @throws as openCheckout does */
async function openProject(options) {
	const checkout = await openCheckout(options);
	return {
		...checkout,
		state: openState(checkout.forge.branches, checkout.config)
	};
}
/**
* The versions whose images a fleet needs:
* - all that an entry says something of: what nodes are offered at any time and wariness, barriers, dead-ends;
* - what is paused, which is offered again once it is resumed;
* - the newest releases: what nodes run, and may be rolled back to.
*
* With `newest` left out it is every release: then every image that a graph names stays, also those that nodes
* only come from.
*/
function neededVersions({ releases, updates, operations }, newest) {
	const all = releases.releases.map(({ version }) => version);
	return /* @__PURE__ */ new Set([
		...newest === void 0 ? all : all.slice(-Math.max(newest, 2)),
		...updates.releases.map(({ version }) => version),
		...(operations?.paused ?? []).map(({ version }) => version)
	]);
}
/** Digests of the images of these versions, and of the indexes over them. */
function digestsOf(fleet, versions) {
	const digests = fleet.releases.releases.filter(({ version }) => versions.has(version)).flatMap((release) => [...(release["oci-images"] ?? []).map((image) => image["digest-ref"]), ...release["oci-index"] === void 0 ? [] : [release["oci-index"]]]).map((reference) => reference.slice(reference.indexOf("@") + 1));
	return new Set(digests.filter((digest) => isDigest(digest)));
}
/** What a production repository must keep for all of its fleets. */
function neededDigests(fleets, newest) {
	return new Set(fleets.flatMap((fleet) => [...digestsOf(fleet, neededVersions(fleet, newest))]));
}
/**
* What the test registry must keep: the images that a fleet has and another is yet to get from it, for promotion takes
* them from there, and each fleet's newest.
*/
function awaitedDigests(fleets, promotions) {
	const awaited = /* @__PURE__ */ new Set();
	const add = (fleet, versions) => {
		for (const digest of digestsOf(fleet, new Set(versions))) awaited.add(digest);
	};
	for (const fleet of Object.values(fleets)) add(fleet, fleet.releases.releases.slice(-1).map(({ version }) => version));
	for (const { from, to } of promotions) {
		const source = fleets[from];
		if (source === void 0) continue;
		const had = new Set(fleets[to]?.releases.releases.map(({ version }) => version));
		const versions = source.releases.releases.map(({ version }) => version);
		add(source, versions.slice(versions.findLastIndex((version) => had.has(version)) + 1));
	}
	return awaited;
}
// src/release/rollout-entry.ts
/** The template that a release takes: for an urgent one the fleet's template for that, where the commit has it. */
async function findTemplate(branches, options) {
	const { fleet, commit, urgent } = options;
	const special = urgentTemplate(fleet);
	return urgent && await branches.readFile(commit, special) !== void 0 ? special : fleet.template;
}
/**
* Renders a fleet's template as it is in a commit (or tree).
* @param now UNIX seconds
* @throws InputError naming the template and its line
*/
async function renderFleetTemplate(branches, options) {
	const { config, fleet, commit, release, now } = options;
	const where = `${fleet.template} (commit ${commit.slice(0, 12)})`;
	const source = await branches.readFile(commit, fleet.template);
	if (source === void 0) throw new InputError({
		where,
		field: `fleets.${fleet.name}.template`,
		problem: "this commit has no such file",
		remedy: "Keep one template for each fleet, on every branch."
	});
	const { version, baseVersion, digests, previousVersion = "", barriersCrossed } = release;
	const variables = {
		version,
		baseVersion,
		fleet: fleet.name,
		stream: config.stream,
		digests,
		image: formatRepository(config.image),
		previousVersion,
		barriersCrossed,
		now
	};
	return renderTemplate({
		source,
		where,
		variables,
		now
	});
}
// src/release/describe-rollout.ts
/**
* An update entry in words: one line a fact.
* @param now UNIX seconds; left out, times are told without "in 2 h"
*/
function describeEntry(entry, now) {
	const { rollout, barrier, deadend } = entry.metadata;
	return [
		...rollout === void 0 ? ["not offered to any node"] : describeRollout(rollout, now),
		...barrier === void 0 ? [] : [`barrier: older releases must pass through this one (${barrier.reason})`],
		...deadend === void 0 ? [] : [`dead-end: nodes on it get no further update (${deadend.reason})`]
	];
}
function describeRollout(rollout, now) {
	const start = rollout.start_epoch ?? 0;
	const share = rollout.start_percentage ?? 0;
	const end = rolloutEnd(rollout);
	const starts = start <= 0 ? "at once" : `${formatTime(start)}${relative(start, now)}`;
	if (share >= 1) return [`offered to every node from its start: ${starts}`];
	if (end === void 0) return [`starts: ${starts}`, `stays at ${percent(share)} of the nodes`];
	return [
		`starts: ${starts}${share > 0 ? `, with ${percent(share)} of the nodes` : ""}`,
		`takes: ${formatDuration(end - start)}`,
		`complete: ${formatTime(end)}${relative(end, now)}`
	];
}
function relative(time, now) {
	if (now === void 0) return "";
	if (time === now) return " (now)";
	return time > now ? ` (in ${formatDuration(time - now)})` : ` (${formatDuration(now - time)} ago)`;
}
function percent(share) {
	return `${Number((share * 100).toFixed(1))} %`;
}
// src/release/tags.ts
/**
* The tags of a promotion in the order they are set: those that only add something first, the fleet's own last, so
* that whoever follows the fleet's tag finds everything else in place, also after a crash in between.
*
* The stream label's tag: Zincati rebases the nodes of every fleet to `repository:<stream label>`, pinned to the
* digest, so the tag has to exist from the first promotion of any fleet. Where a fleet has that very tag, it is that
* fleet's: moved by a less careful fleet, it would hand testing's image to everyone who installs by the tag. Where no
* fleet has it, it follows the newest image of all fleets, so that no node of any fleet is newer than its own tag.
*/
function planTags(config, fleet, release) {
	const owned = Object.values(config.fleets).some(({ tag }) => tag === config.stream);
	return [
		{
			tag: release.version,
			rule: "fixed"
		},
		...config.symbolicTags ? [{
			tag: `${release.version}-${fleet.name}`,
			rule: "fixed"
		}] : [],
		{
			tag: release.baseVersion,
			rule: "newest"
		},
		{
			tag: config.stream,
			rule: owned ? "first" : "newest"
		},
		{
			tag: fleet.tag,
			rule: "fleet"
		}
	].filter(({ tag, rule }) => rule === "fleet" || tag !== fleet.tag);
}
export { awaitedDigests as a, renderFleetTemplate as i, describeEntry as n, neededDigests as o, findTemplate as r, openProject as s, planTags as t };
