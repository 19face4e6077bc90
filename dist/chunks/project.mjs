import { D as InputError, c as nearest } from "./host.mjs";
import { u as createRegistryClient } from "./world-registry.mjs";
import { d as Git } from "./world-git.mjs";
import { r as readConfig } from "./project-configuration.mjs";
import { d as readGitHubRun, f as openGitForge } from "./world-forge.mjs";
// src/project/fleets.ts
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
// src/project/checkout.ts
/**
* Opens the checkout that holds `directory`. In a workflow run its forge is GitHub, otherwise the clone itself;
* COXSWAIN_FORGE (`github`, `git`) decides otherwise.
* @throws InputError when it is not in a git repository, or coxswain.yaml is missing or wrong
*/
async function openCheckout(options) {
	const root = await new Git(options.directory).try(["rev-parse", "--show-toplevel"]);
	if (root === void 0) throw new InputError({
		field: "--directory",
		problem: "not inside a git work tree",
		found: options.directory,
		remedy: "Run this in a clone of your repository, or make one: git init, then coxswain init."
	});
	const config = await readConfig(root);
	const git = new Git(root);
	const run = readGitHubRun(options.env);
	return {
		root,
		config,
		git,
		forge: run === void 0 ? await openGitForge(root) : await openGitHub(git, run, options),
		client: createRegistryClient({
			env: options.env,
			log: options.log
		})
	};
}
/** Loaded only where it is used: GitHub's client takes a third of the time that a quick verb takes in all. */
async function openGitHub(...args) {
	const { openGitHubForge } = await import("./github.mjs").then((n) => n.t);
	return openGitHubForge(...args);
}
export { nextFleets as a, fleetTip as i, entryFleets as n, releaseCommit as o, findFleet as r, openCheckout as t };
