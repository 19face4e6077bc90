import { ct as InputError, dt as init_errors, ft as messageOf, lt as OutsideError } from "./host.mjs";
import { A as parseReleaseIndex } from "./guidance.mjs";
import { C as filesAtUrl, w as filesInArtifacts } from "./release-published.mjs";
// src/release/witnesses/testimony.ts
init_errors();
/**
* The places, besides the state branch, that know what was published: the artifact in the registry, and the site at
* publish.url if there is one.
*/
function openWitnesses(config, client) {
	const { url } = config.publish;
	return [filesInArtifacts(client, config), ...url === void 0 ? [] : [filesAtUrl(url)]];
}
/** Asks one witness about a fleet. A witness that cannot be read gives no answer: that is not an error here. */
async function askWitness(files, fleet) {
	const witness = files.whereIs(fleet);
	try {
		const path = `${fleet}/releases.json`;
		const text = await files.read(path);
		if (text === void 0) return {
			witness,
			answer: "nothing"
		};
		const versions = parseReleaseIndex(text, path).releases.map(({ version }) => version);
		return versions.length === 0 ? {
			witness,
			answer: "no release"
		} : {
			witness,
			answer: "releases",
			versions
		};
	} catch (error) {
		if (!(error instanceof InputError || error instanceof OutsideError)) throw error;
		return {
			witness,
			answer: "none",
			why: messageOf(error)
		};
	}
}
// src/release/witnesses/first-release.ts
init_errors();
/**
* Decides whether a fleet without any release on the state branch is really new. A fresh clone, a typo in
* `state-branch` and a deleted branch look the same as a new fleet, so the other witnesses are asked. Each fleet is
* asked about once.
* @param options.firstRelease the operator says that it is new: a witness that gives no answer then does not matter
*/
function firstReleaseCheck(options) {
	const asked = /* @__PURE__ */ new Map();
	return (fleet, state) => {
		const answer = asked.get(fleet) ?? confirm(fleet, state.branchExists, options);
		asked.set(fleet, answer);
		return answer;
	};
}
async function confirm(fleet, branchExists, { config, witnesses, firstRelease, log }) {
	const branch = config.stateBranch;
	const heard = await Promise.all(witnesses.map((witness) => askWitness(witness, fleet)));
	const knowing = heard.find((testimony) => testimony.answer === "releases");
	if (knowing !== void 0) throw lostState({
		fleet,
		branch,
		branchExists,
		knowing
	});
	const silent = heard.find((testimony) => testimony.answer === "none");
	const isSettled = branchExists && heard.some(({ answer }) => answer === "no release");
	if (silent !== void 0 && !firstRelease && !isSettled) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `branch ${branch} has no release of this fleet, and ${silent.witness} gives no answer, so that this may not be its first release (${silent.why.replace(/\.$/, "")})`,
		remedy: "Run the same command again when it answers. If this is the first release of the fleet, add --first-release."
	});
	const names = [`branch ${branch}`, ...heard.filter(({ answer }) => answer !== "none").map(nameOf)];
	log.info(`fleet ${fleet}: first release (no release in ${names.join(", ")})`);
}
function nameOf({ witness }) {
	return witness;
}
function lostState(facts) {
	const { fleet, branch, branchExists, knowing } = facts;
	const { witness, versions } = knowing;
	const count = versions.length === 1 ? "1 release" : `${versions.length} releases`;
	return new InputError({
		where: `fleet ${fleet}`,
		problem: `${branchExists ? `branch ${branch} has no release of this fleet` : `branch ${branch} does not exist`}, but ${witness} has ${count} (the newest is ${versions.at(-1)})`,
		remedy: `Fetch the branch (git fetch origin ${branch}:${branch}), or correct state-branch in coxswain.yaml. If the branch was lost, restore it: coxswain restore-state.`
	});
}
export { openWitnesses as n, firstReleaseCheck as t };
