import { n as findFleet, r as fleetTip } from "./fleets.mjs";
import { a as promotionBranch, n as proposeCommit, r as withdrawProposal, s as untilNotStale } from "./forge.mjs";
import { d as withTemporaryFolder, h as formatTime, m as formatDuration, r as exec, v as InputError } from "./host.mjs";
import { n as describeEntry, r as renderFleetTemplate } from "./rollout.mjs";
import { r as barriersCrossed } from "./upstream.mjs";
import { f as describeHold } from "./operations.mjs";
import { b as rolloutProgress, j as holdAt, v as rolloutEnd } from "./updates.mjs";
import { S as formatRepository } from "./registry.mjs";
import { join } from "node:path";
// src/promotion/gates.ts
/** True when nothing holds a promotion up. */
function isReady(gates) {
	return gates.every((gate) => gate.state === "green" || gate.state === "unknown");
}
/** UNIX seconds: when the source fleet's nodes began to be offered the release. */
function rolloutStart(record, entry) {
	const start = entry?.metadata.rollout?.start_epoch ?? 0;
	return start > 0 ? start : record.rolloutStart ?? record.recordedAt;
}
/** UNIX seconds at which the gates that only wait will all be open, as far as that is known. */
function readyTime(record, entry, soak) {
	const { rollout } = entry?.metadata ?? {};
	const end = rollout === void 0 ? void 0 : rolloutEnd(rollout);
	return Math.max(rolloutStart(record, entry) + soak, end ?? record.rolloutEnd ?? 0);
}
/** Nobody may have closed the target fleet. @param now UNIX seconds */
function holdGate(target, operations, now) {
	const hold = holdAt(operations, now);
	if (hold === void 0) return [];
	const note = `the fleet is held: ${describeHold(hold)}`;
	const name = `hold of ${target}`;
	return [hold.until === void 0 ? {
		name,
		state: "red",
		note
	} : {
		name,
		state: "waiting",
		until: hold.until,
		note
	}];
}
/** The source fleet's rollout must be complete. @param now UNIX seconds */
function rolloutGate(source, options) {
	const { version, entry, operations, now } = options;
	const name = `rollout in ${source}`;
	const withdrawn = operations.withdrawn?.find((each) => each.version === version);
	if (withdrawn !== void 0) return {
		name,
		state: "red",
		note: `withdrawn there by ${withdrawn.by}: ${withdrawn.reason}`
	};
	const paused = operations.paused?.find((each) => each.version === version);
	if (paused !== void 0 && entry?.metadata.rollout === void 0) return {
		name,
		state: "red",
		note: `paused there by ${paused.by}: ${paused.reason}`
	};
	if (entry === void 0) return {
		name,
		state: "red",
		note: "it is not offered to any node there: paused, or withdrawn"
	};
	const { rollout, barrier, deadend } = entry.metadata;
	if (deadend !== void 0) return {
		name,
		state: "red",
		note: `it is a dead-end there: ${deadend.reason}`
	};
	if (rollout === void 0) return barrier === void 0 ? {
		name,
		state: "red",
		note: "it is not offered to any node there"
	} : {
		name,
		state: "green",
		note: "a barrier, offered to every node"
	};
	const end = rolloutEnd(rollout);
	if (rolloutProgress(rollout, now) >= 1) return {
		name,
		state: "green",
		note: "complete"
	};
	if (end !== void 0) return {
		name,
		state: "waiting",
		until: end,
		note: `complete on ${formatTime(end)}`
	};
	const start = rollout.start_epoch ?? 0;
	return (rollout.start_percentage ?? 0) >= 1 ? {
		name,
		state: "waiting",
		until: start,
		note: `starts on ${formatTime(start)}`
	} : {
		name,
		state: "red",
		note: "held: it has no duration, so it will not go on by itself"
	};
}
/** The release must have run in the source fleet for a while. @param soak seconds; @param now UNIX seconds */
function soakGate(options) {
	const { record, entry, soak, now } = options;
	const until = rolloutStart(record, entry) + soak;
	const name = "soak time";
	const since = `${formatDuration(soak)} from the start of the rollout`;
	if (now >= until) return {
		name,
		state: "green",
		note: `${since}: over since ${formatTime(until)}`
	};
	return {
		name,
		state: "waiting",
		until,
		note: `${since}: over on ${formatTime(until)}`
	};
}
/** Each image must have its evidence. */
function evidenceGate(record) {
	const missing = record.images.filter((image) => image.evidence === void 0);
	return missing.length === 0 ? {
		name: "evidence",
		state: "green",
		note: "every image passed its tests"
	} : {
		name: "evidence",
		state: "red",
		note: `none recorded for ${missing.map((image) => image.architecture).join(", ")}`
	};
}
/** `created` must grow along the target's releases, too, or rpm-ostree refuses the update. */
function orderGate(record, target, state) {
	const name = `newer than ${target}`;
	const newest = state.records[state.releases.releases.at(-1)?.version ?? ""];
	return newest === void 0 || Date.parse(record.created) > Date.parse(newest.created) ? {
		name,
		state: "green",
		note: `created ${record.created}`
	} : {
		name,
		state: "red",
		note: `${target} has ${newest.version}, created ${newest.created}: nodes would refuse the older image`
	};
}
/** The merge must not need anybody's judgement. */
function mergeGate(forecast) {
	const name = "merge";
	if (forecast.result === "clean") return {
		name,
		state: "green",
		note: "no conflicts"
	};
	if (forecast.result === "unknown") return {
		name,
		state: "unknown",
		note: forecast.why
	};
	return {
		name,
		state: "red",
		note: `conflicts in ${forecast.paths.join(", ")}`
	};
}
// src/promotion/merge.ts
/** What merging a commit into another would give. Touches no branch and no work tree. */
async function forecastMerge(git, into, commit) {
	const { exitCode, stdout } = await exec("git", [
		"-C",
		git.directory,
		"merge-tree",
		"--write-tree",
		"--name-only",
		"--no-messages",
		"-z",
		into,
		commit
	], {
		allow: [
			0,
			1,
			128,
			129
		],
		doing: "trying the merge"
	});
	const [tree = "", ...paths] = stdout.split("\0").filter((part) => part !== "");
	if (exitCode === 0) return {
		result: "clean",
		tree
	};
	if (exitCode === 1) return {
		result: "conflict",
		paths: [...new Set(paths)]
	};
	return forecastByIndex(git, into, commit);
}
/**
* For git before 2.38, which has no `merge-tree --write-tree`: where each path was changed on one side at most, the
* merge is clean; otherwise only a merge of the contents could tell.
*/
async function forecastByIndex(git, into, commit) {
	const base = await git.run([
		"merge-base",
		into,
		commit
	], { allow: [0, 1] });
	if (base === "") return {
		result: "unknown",
		why: "the two branches share no history here"
	};
	return withTemporaryFolder("merge", async (folder) => {
		const env = { GIT_INDEX_FILE: join(folder, "index") };
		await git.run([
			"read-tree",
			"-i",
			"-m",
			"--aggressive",
			base,
			into,
			commit
		], { env });
		if (await git.run([
			"ls-files",
			"--unmerged",
			"-z"
		], { env }) !== "") return {
			result: "unknown",
			why: "both sides changed the same files, and git before 2.38 cannot tell"
		};
		return {
			result: "clean",
			tree: await git.run(["write-tree"], { env })
		};
	});
}
// src/promotion/proposal.ts
const shownCommits = 30;
const shownFiles = 10;
/** The pull request of a promotion. It says the same as long as nothing happens but time passing. */
function promotionProposal(options) {
	const { config, source, target, record, current, gates, commits, different, rollout } = options;
	const ready = isReady(gates);
	const paragraphs = [
		`Release \`${record.version}\`, which fleet \`${source.name}\` runs, for fleet \`${target.name}\`. ${outlook(gates, ready)}`,
		table([
			[
				"",
				`${target.name} now`,
				"proposed"
			],
			[
				"version",
				code(current?.version),
				code(record.version)
			],
			[
				"base",
				code(current?.baseVersion),
				code(record.baseVersion)
			],
			...config.architectures.map((architecture) => [
				`digest ${architecture}`,
				code(digestOf(current, architecture)),
				code(digestOf(record, architecture))
			]),
			[
				"created",
				current?.created ?? "none",
				record.created
			]
		]),
		`### Gates\n\n${table([[
			"",
			"gate",
			""
		], ...gates.map((gate) => [
			marks[gate.state],
			gate.name,
			gate.note
		])])}`,
		`### What a merge does\n\n${whatMergeDoes({
			config,
			source,
			target,
			different
		})}`,
		...rollout === void 0 ? [] : [`\`${target.template}\` would render to this on ${formatTime(rollout.at)}:\n\n${describeEntry(rollout.entry).map((fact) => `- ${fact}`).join("\n")}\n\n\`\`\`json\n${JSON.stringify(rollout.entry, null, 2)}\n\`\`\``],
		`### Commits\n\n${commitList(commits)}`
	];
	return {
		head: promotionBranch(source.name, target.name),
		base: target.branch,
		title: `Promote ${record.version} from ${source.name} to ${target.name}`,
		body: `${paragraphs.join("\n\n")}\n`,
		ready,
		labels: ["coxswain", "promotion"]
	};
}
const marks = {
	green: "✅",
	waiting: "⏳",
	red: "❌",
	unknown: "❔"
};
function outlook(gates, ready) {
	if (ready) return "Nothing holds it: it is ready to be merged.";
	const red = gates.filter((gate) => gate.state === "red").map((gate) => gate.name);
	if (red.length > 0) return `**Not to be merged yet**: ${red.join(", ")}.`;
	const until = Math.max(...gates.map((gate) => gate.until ?? 0));
	return `**Not to be merged yet**: it waits until ${formatTime(until)}.`;
}
function whatMergeDoes(options) {
	const { config, source, target, different } = options;
	const repository = formatRepository(config.image);
	if (different === void 0) return `Where the merged content builds the same, the image that ${source.name} runs becomes \`${repository}:${target.tag}\`, byte for byte; otherwise a new one is built and tested first.`;
	if (different.length === 0) return `The merged content is what ${source.name} runs, so nothing is built: the tested image becomes \`${repository}:${target.tag}\`, byte for byte.`;
	const files = different.slice(0, shownFiles).map((path) => `\`${path}\``);
	const more = different.length > shownFiles ? ` and ${different.length - shownFiles} more` : "";
	return `\`${target.branch}\` has content of its own: ${files.join(", ")}${more}. Where that is part of the image, a new image is built and tested; otherwise the tested image becomes \`${repository}:${target.tag}\`, byte for byte.`;
}
function commitList(commits) {
	return [...commits.slice(0, shownCommits).map(({ sha, message }) => `- ${sha.slice(0, 12)} ${message.split("\n")[0]}`), ...commits.length > shownCommits ? [`- … and ${commits.length - shownCommits} more`] : []].join("\n");
}
function digestOf(record, architecture) {
	const reference = record?.images.find((image) => image.architecture === architecture)?.digestRef;
	return reference?.slice(reference.indexOf("@") + 1);
}
function code(text) {
	return text === void 0 ? "none" : `\`${text}\``;
}
function table([head = [], ...rows]) {
	return [
		head,
		head.map(() => "---"),
		...rows
	].map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}
// src/promotion/open-promotion.ts
/** Fleets that are promoted from another one. @throws InputError for one that is not */
function promotionTargets(config, name) {
	if (name === void 0) return Object.values(config.fleets).filter((fleet) => fleet.promoteFrom !== void 0);
	const fleet = findFleet(config, name);
	if (fleet.promoteFrom !== void 0) return [fleet];
	throw new InputError({
		field: "--fleet",
		problem: `fleet ${name} is promoted from no other: it has no promote-from in ${config.file}`,
		found: name
	});
}
/**
* Keeps the pull request by which a fleet gets what its source fleet runs.
* @param now UNIX seconds
*/
async function openPromotion(project, target, now) {
	return untilNotStale(() => promote(project, target, now));
}
async function promote(project, target, now) {
	const { config, forge, state } = project;
	const source = findFleet(config, target.promoteFrom ?? "", `fleets.${target.name}.promote-from`);
	const [from, to] = [await state.readFleet(source.name), await state.readFleet(target.name)];
	const tip = await fleetTip(forge.branches, target);
	const version = nextVersion(from, to);
	const record = version === void 0 ? void 0 : recordOf(config, from, source, version);
	const nothing = await nothingToPromote(forge, {
		source,
		target,
		record,
		tip,
		to
	});
	if (record === void 0 || nothing !== void 0) {
		const branches = {
			head: promotionBranch(source.name, target.name),
			base: target.branch
		};
		const { action, pullRequest } = await withdrawProposal(forge, branches, `Closed: ${nothing}.`);
		return {
			fleet: target.name,
			from: source.name,
			version,
			action,
			pullRequest: pullRequest?.number,
			ready: false,
			gates: [],
			...nothing === void 0 ? {} : { reason: nothing }
		};
	}
	return propose(project, {
		source,
		target,
		record,
		tip,
		from,
		to,
		now
	});
}
/**
* The source's newest release, or the oldest barrier before it that the target has still to take: the source's nodes
* all went through it, so the target's must, too.
*/
function nextVersion(from, to) {
	const { releases } = from.releases;
	const newest = to.records[to.releases.releases.at(-1)?.version ?? ""];
	if (newest === void 0) return releases.at(-1)?.version;
	const withdrawn = new Set((from.operations.withdrawn ?? []).map((each) => each.version));
	return releases.find(({ version }) => {
		const record = from.records[version];
		return record !== void 0 && Date.parse(record.created) > Date.parse(newest.created) && !withdrawn.has(version) && !to.releases.releases.some((release) => release.version === version) && from.updates.releases.some((entry) => entry.version === version && entry.metadata.barrier !== void 0);
	})?.version ?? releases.at(-1)?.version;
}
function recordOf(config, state, source, version) {
	const record = state.records[version];
	if (record !== void 0) return record;
	throw new InputError({
		where: `${config.stateBranch}: fleets/${source.name}/records/${version}.json`,
		problem: `release ${version} has no record, so nobody knows which commit to promote`,
		remedy: "Release a new version with coxswain start-rollout."
	});
}
/** Why there is nothing to promote, as a clause. */
async function nothingToPromote(forge, options) {
	const { source, target, record, tip, to } = options;
	if (record === void 0) return `fleet ${source.name} has no release yet`;
	if (to.releases.releases.some((release) => release.version === record.version)) return `fleet ${target.name} has ${record.version} already`;
	if (await forge.branches.contains(tip, record.commit)) return `${record.version} is merged into ${target.branch} already; promote-image and start-rollout for ${target.name} do the rest`;
}
async function propose(project, options) {
	const { config, git, forge } = project;
	const { source, target, record, tip, from, to, now } = options;
	const { branches } = forge;
	const entry = from.updates.releases.findLast((each) => each.version === record.version);
	const head = await headCommit(forge, {
		source,
		target,
		commit: record.commit
	});
	const forecast = await forecastMerge(git, tip, head.to);
	const rollout = await forecastRollout(project, {
		target,
		record,
		commit: forecast.result === "clean" ? forecast.tree : record.commit,
		before: to,
		at: readyTime(record, entry, target.soak)
	});
	const gates = [
		...holdGate(target.name, to.operations, now),
		rolloutGate(source.name, {
			version: record.version,
			entry,
			operations: from.operations,
			now
		}),
		soakGate({
			record,
			entry,
			soak: target.soak,
			now
		}),
		evidenceGate(record),
		orderGate(record, target.name, to),
		mergeGate(forecast),
		rollout.gate,
		...head.gates
	];
	const proposal = promotionProposal({
		config,
		source,
		target,
		record,
		current: to.records[to.releases.releases.at(-1)?.version ?? ""],
		gates,
		commits: await branches.log({
			from: tip,
			to: head.to
		}),
		different: forecast.result === "clean" ? await branches.changedFiles(record.commit, forecast.tree) : void 0,
		rollout: rollout.rendered
	});
	const { action, pullRequest } = await proposeCommit(forge, proposal, head);
	return {
		fleet: target.name,
		from: source.name,
		version: record.version,
		action,
		pullRequest: pullRequest.number,
		ready: isReady(gates),
		gates
	};
}
/**
* Where the pull request's branch should be: at the release's commit. Only where people have put commits of their
* own on it (a solved conflict, say) it stays theirs.
*/
async function headCommit({ branches, pullRequests }, { source, target, commit }) {
	const head = promotionBranch(source.name, target.name);
	const open = await pullRequests.find({
		head,
		base: target.branch
	});
	const there = await branches.resolve(head);
	if (open === void 0 || there === void 0) return {
		from: there,
		to: commit,
		gates: []
	};
	if ((await branches.log({
		from: commit,
		to: there
	})).length === 0) return {
		from: there,
		to: commit,
		gates: []
	};
	if (await branches.isAncestor(commit, there)) return {
		from: there,
		to: there,
		gates: []
	};
	return {
		from: there,
		to: there,
		gates: [{
			name: "branch",
			state: "red",
			note: `${head} has commits of its own and lacks ${commit.slice(0, 12)}: merge that into it, or delete the branch`
		}]
	};
}
async function forecastRollout({ config, forge, readUpstream }, options) {
	const { target, record, commit, before, at } = options;
	const name = "template";
	const digests = Object.fromEntries(record.images.map(({ architecture, digestRef }) => [architecture, digestRef.slice(digestRef.indexOf("@") + 1)]));
	const { version, baseVersion } = record;
	const guidance = await readUpstream();
	try {
		const entry = await renderFleetTemplate(forge.branches, {
			config,
			fleet: target,
			commit,
			release: {
				version,
				baseVersion,
				digests,
				previousVersion: before.releases.releases.at(-1)?.version,
				barriersCrossed: barriersCrossed(guidance, before, baseVersion)
			},
			now: at
		});
		return {
			gate: {
				name,
				state: "green",
				note: `${target.template} renders`
			},
			rendered: {
				entry,
				at
			}
		};
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return {
			gate: {
				name,
				state: "red",
				note: error.message.split("\n")[0] ?? ""
			},
			rendered: void 0
		};
	}
}
export { promotionTargets as n, openPromotion as t };
