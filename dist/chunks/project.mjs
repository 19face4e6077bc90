import { ct as InputError, dt as init_errors, it as defined, st as nearest } from "./host.mjs";
import { o as createRegistryClient } from "./world-registry.mjs";
import { A as shortCommit, d as Git, j as isFullHash } from "./world-git.mjs";
import { a as readConfig } from "./project-configuration.mjs";
import { g as openForge } from "./world-forge.mjs";
import { existsSync } from "node:fs";
init_errors();
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
		...defined({ remedy: meant && `Did you mean ${meant}?` })
	});
}
/** Fleets that get no releases from another fleet: a change of the base is proposed to these. */
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
		await branches.fetchCommit(tip);
		return tip;
	}
	throw new InputError({
		field: `fleets.${fleet.name}.branch`,
		problem: "this repository has no such branch",
		found: fleet.branch,
		remedy: `Create it from another branch: git branch ${fleet.branch} …, and with a remote: git push origin ${fleet.branch}.`
	});
}
/**
* Why a commit can no longer be released; undefined while it is the newest of the fleet's branch. A run that waited
* for its reviewers finds out here that another change was merged meanwhile, which they did not see.
*/
async function overtaken(branches, fleet, commit) {
	const tip = await fleetTip(branches, fleet);
	if (tip === commit) return void 0;
	return `commit ${shortCommit(commit)} is no longer the newest of branch ${fleet.branch}. ${shortCommit(tip)} is the newest, and has a run of its own`;
}
/**
* The commit that a release of a fleet is made from.
* @param commit one on the fleet's branch; default: its newest
* @throws InputError for a commit that is not on the branch: it would bypass the fleet's review
*/
async function releaseCommit(branches, fleet, commit) {
	if (commit !== void 0 && !isFullHash(commit)) throw new InputError({
		field: "--commit",
		problem: "not a full commit name",
		found: commit,
		expected: "40 (SHA-256: 64) hexadecimal digits, as git rev-parse prints them"
	});
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
init_errors();
/**
* Opens the checkout that holds `directory`, and its forge: see openForge.
* @throws InputError when it is not in a git repository, coxswain.yaml is missing or wrong, or the forge is unclear
*/
async function openCheckout(options) {
	const root = await findRoot(options.directory);
	const config = await readConfig(root);
	const git = new Git(root);
	return {
		root,
		config,
		git,
		forge: await openForge(git, options),
		client: createRegistryClient({
			env: options.env,
			log: options.log
		}),
		log: options.log
	};
}
/** Top folder of the checkout that holds a directory. @throws InputError outside a git repository */
async function findRoot(directory) {
	const root = await new Git(directory).try(["rev-parse", "--show-toplevel"]);
	if (root !== void 0) return root;
	throw new InputError({
		field: "--directory",
		problem: existsSync(directory) ? "not inside a git work tree" : "this folder does not exist",
		found: directory,
		remedy: "Run this in a clone of your repository, or make one: git init, then coxswain init."
	});
}
export { fleetTip as a, releaseCommit as c, findFleet as i, openCheckout as n, nextFleets as o, entryFleets as r, overtaken as s, findRoot as t };
