import { s as nearest } from "./config.mjs";
import { D as InputError } from "./host.mjs";
// src/fleets/fleets.ts
/** The fleet that a flag names. @throws InputError */
function findFleet(config, name, field = "--fleet") {
	const fleet = Object.hasOwn(config.fleets, name) ? config.fleets[name] : void 0;
	if (fleet !== void 0) return fleet;
	const names = Object.keys(config.fleets);
	const meant = nearest(name, names);
	throw new InputError({
		field,
		problem: `${config.file} has no such fleet`,
		found: name,
		expected: `one of ${names.join(", ")}`,
		...meant === void 0 ? {} : { remedy: `Did you mean ${meant}?` }
	});
}
/** Fleets that get their releases from no other fleet: where a change of the base comes in. */
function entryFleets(config) {
	return Object.values(config.fleets).filter((fleet) => fleet.promoteFrom === void 0);
}
/** Fleets that are promoted from this one. */
function nextFleets(config, fleet) {
	return Object.values(config.fleets).filter((other) => other.promoteFrom === fleet.name);
}
/** The commit that a fleet's branch is at; git in the checkout can read it. @throws InputError when there is no such branch */
async function fleetTip(branches, fleet) {
	const tip = await branches.resolve(fleet.branch);
	if (tip !== void 0) {
		await branches.bring(tip);
		return tip;
	}
	throw new InputError({
		field: `fleets.${fleet.name}.branch`,
		problem: "this repository has no such branch",
		found: fleet.branch,
		remedy: `Make it from the branch it should start as (git branch ${fleet.branch} …), or take it over from your remote (git branch ${fleet.branch} origin/${fleet.branch}).`
	});
}
/**
* The commit that a release of a fleet is made from.
* @param commit one on the fleet's branch; default: its newest
* @throws InputError for a commit that is not on the branch: it would go around the fleet's review
*/
async function releaseCommit(branches, fleet, commit) {
	const tip = await fleetTip(branches, fleet);
	if (commit === void 0) return tip;
	if (await branches.isAncestor(commit, tip)) return commit;
	throw new InputError({
		field: "--commit",
		problem: `this commit is not on branch ${fleet.branch}, which fleet ${fleet.name} is released from`,
		found: commit,
		remedy: `Merge it into ${fleet.branch} first.`
	});
}
export { releaseCommit as a, nextFleets as i, findFleet as n, fleetTip as r, entryFleets as t };
