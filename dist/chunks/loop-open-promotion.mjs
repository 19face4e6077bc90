import { A as plainText, Gt as messageOf, Ht as OutsideError, Lt as defined, Mt as formatTime, O as code$1, Vt as InputError, Wt as init_errors, j as table$1, jt as formatDuration, l as formatPercent, x as count } from "./host.mjs";
import { Bt as passImage, Ct as soakEnd, Di as findBuilt, Dr as byName, En as describeHold, Ha as findFleet, M as linkedDigest, Ma as parseReference, Mt as syncExternalHolds, Nt as describeEntry, Oa as formatRepository, Or as comparePackages, Pr as findEvidence, Qr as readCandidate, Rn as promotedDigest, Si as ringsToShow, St as rolloutStart, Ta as digestIn, Ua as fleetTip, Wt as barriersCrossed, _r as readPackages, _t as chooseRelease, an as recordUrgency, ar as forecastMergeFrom, at as ourMessage, br as describePackages, bt as severities, cr as commitTree, ct as withdrawProposal, dn as thawTime, ei as ignoreFileNames, fa as listCommit, gn as readMarker, ha as readTextBlob, ir as forecastMerge, it as isOurs, j as scanImages, jn as metadataOf, jt as findPromotion, ka as isDigest, kr as identity, lr as writeCommit, ni as rollBackFileName, nt as treeChanges, or as untilNotStale, pn as promotionBranch, qa as shortCommit, ri as selectContext, st as proposeCommit, un as readLabel, ur as StaleBranchError, va as readImage, vt as evaluateAllGates, wr as findSbom, wt as isReady, xt as rolloutCompletion, yr as countPackages, yt as unique, zr as trustOf } from "./shared.mjs";
import { C as rolloutProgress, N as holdAt, a as adoptionCurve, b as nextOpening } from "./guidance.mjs";
import { n as renderFleetTemplate, t as findTemplate } from "./release-rollout-entry.mjs";
init_errors();
/**
* Merges a promotion whose gates are all green, if its head, the state branch and the target's branch have not moved
* since the gates were evaluated. A hold that is set at the moment of the merge is noticed afterwards. But the image
* is promoted only by promote-image and start-rollout, which check for holds again, the last time as part of their
* own compare-and-swap on the state branch. So a hold always wins.
* @param judged.now UNIX seconds
* @throws StaleBranchError if something moved since then: evaluate the gates again
*/
async function mergeJudged({ forge, state }, judged) {
	const { request, head, seen, fleet, now } = judged;
	for (const [branch, commit] of seen) {
		const there = await forge.branches.resolve(branch);
		if (there !== commit) throw new StaleBranchError(branch, commit, there);
	}
	try {
		await forge.pullRequests.merge(request.number, { head });
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return {
			merged: false,
			note: `it could not be merged: ${error.message}`
		};
	}
	const hold = holdAt((await state.readFleet(fleet)).operations, now);
	if (hold === void 0) return { merged: true };
	const note = `fleet ${fleet} was held at the moment of the merge: ${describeHold(hold)}. Nothing is promoted to its nodes until the hold ends; then promote-image and start-rollout do it.`;
	await forge.pullRequests.comment(request.number, "held", `**Merged, and not promoted**: ${note}`);
	return {
		merged: true,
		note
	};
}
// src/loop/open-promotion/readiness.ts
/** Says whether a promotion may be merged, and when. The sentence does not change just because time passes. */
function readinessSentence(gates) {
	if (isReady(gates)) return "All gates are green: it is ready to be merged.";
	const red = gates.filter((gate) => gate.state === "red").map((gate) => gate.name);
	if (red.length > 0) return `**Not to be merged yet**: ${red.join(", ")}.`;
	const waiting = gates.filter((gate) => gate.state === "waiting");
	const names = waiting.map((gate) => gate.name).join(", ");
	const until = Math.max(...waiting.map((gate) => gate.until ?? Number.POSITIVE_INFINITY));
	return Number.isFinite(until) ? `**Not to be merged yet**: it waits until ${formatTime(until)} (${names}).` : `**Not to be merged yet**: it waits (${names}).`;
}
// src/loop/open-promotion/commit-status.ts
/** The gates as a commit status that branch protection can require. Each target has its own context, because a commit may go to several. */
function promotionStatus(target, gates) {
	const text = readinessSentence(gates).replaceAll("**", "");
	return {
		context: `coxswain/promotion/${target}`,
		state: isReady(gates) ? "success" : gates.some(({ state }) => state === "red") ? "failure" : "pending",
		description: text.length <= 140 ? text : `${text.slice(0, 139)}…`
	};
}
// src/loop/open-promotion/forecast-rollout.ts
init_errors();
/** Renders the target's template. */
async function forecastRollout({ config, branches }, options) {
	const { target, record, commit, before, guidance, urgent, at } = options;
	const { version, baseVersion } = record;
	const template = await findTemplate(branches, {
		fleet: target,
		commit,
		urgent
	});
	const digests = Object.fromEntries(record.images.map(({ architecture, digestRef }) => [architecture, digestIn(digestRef)]));
	try {
		return {
			path: template,
			problem: void 0,
			forecast: {
				entry: await renderFleetTemplate(branches, {
					config,
					fleet: {
						...target,
						template
					},
					commit,
					release: {
						version,
						baseVersion,
						digests,
						previousVersion: before.releases.releases.at(-1)?.version,
						barriersCrossed: barriersCrossed(guidance, before, baseVersion)
					},
					now: at
				}),
				at
			}
		};
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return {
			path: template,
			problem: error.message.split("\n")[0] ?? "",
			forecast: void 0
		};
	}
}
// src/loop/open-promotion/merged-build.ts
init_errors();
/**
* Finds out whether merging gives the image that the source fleet runs. If the target has content of its own that is
* part of the image, the other image must be built and tested before the merge. The pull request's workflow does that.
* @param merge.tree content of the merge
* @param merge.parents commits that the merge would have
*/
async function readMergedBuild({ git, config, client, root }, merge) {
	const { release, tree, different, parents } = merge;
	if (different.length === 0) return {
		same: true,
		different
	};
	const [before, after] = [await inputsOf(git, config, release), await inputsOf(git, config, tree)];
	if (before === after) return {
		same: true,
		different
	};
	try {
		const commit = await commitTree(git, {
			tree,
			parents,
			message: "only to see what it builds\n"
		});
		const candidate = await readCandidate({
			git,
			config,
			client,
			commit
		});
		const { version } = candidate;
		const built = await findBuilt(client, config, candidate);
		if (built === void 0) return {
			same: false,
			version,
			different,
			image: {
				tested: false,
				note: `the merge builds another image, ${version}, which is not in the test registry yet`
			}
		};
		try {
			for (const architecture of config.architectures) await passImage({
				client,
				config,
				root,
				candidate
			}, built, architecture);
		} catch (error) {
			if (!(error instanceof InputError)) throw error;
			return {
				same: false,
				version,
				different,
				built,
				image: {
					tested: false,
					note: `the merge builds another image, ${version}: ${error.details.problem}`
				}
			};
		}
		return {
			same: false,
			version,
			different,
			built,
			image: {
				tested: true,
				note: `the merge builds another image, ${version}: built and tested`
			}
		};
	} catch (error) {
		if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
		return {
			same: false,
			different,
			image: {
				tested: false,
				note: "the merge builds another image, and the registry cannot say whether it was tested"
			}
		};
	}
}
/** All files of a commit (or tree) that decide the image, and the tests that the image must pass. */
async function inputsOf(git, config, commit) {
	const entries = await listCommit(git, commit);
	const own = {
		containerfile: config.containerfile,
		tests: config.tests,
		templates: Object.values(config.fleets).map(({ template }) => template)
	};
	const isInput = ({ path }) => [
		config.containerfile,
		".coxswain/refresh",
		".coxswain/roll-back.json"
	].includes(path) || path.startsWith(`${config.tests}/`);
	const context = selectContext(entries, own, await readIgnoreFile(git, entries));
	return JSON.stringify([context, entries.filter(isInput)]);
}
async function readIgnoreFile(git, entries) {
	const entry = ignoreFileNames.map((path) => entries.find((each) => each.path === path)).find((each) => each !== void 0);
	return entry === void 0 ? void 0 : {
		path: entry.path,
		text: await readTextBlob(git, entry)
	};
}
// src/loop/open-promotion/package-list.ts
init_errors();
/**
* Compares the SBOMs of two releases, every architecture. A convenience for reviewers: if it cannot be found out, the
* promotion goes on without it.
* @returns undefined if there is nothing to compare, or the images have no rpm database
*/
async function packageChanges(project, before, after) {
	const { client, log } = project;
	if (before === void 0) return void 0;
	const trust = trustOf(project);
	try {
		const [one, other] = await Promise.all([readContent(client, before, trust), readContent(client, after, trust)]);
		if (one === void 0 || other === void 0) return void 0;
		const difference = comparePackages(one.packages, other.packages);
		const { derived } = other;
		const come = [...difference.added, ...difference.upgraded.map((each) => each.after)];
		return {
			difference,
			source: one.fromSbom && other.fromSbom ? "SBOM" : "rpm database",
			...derived === void 0 ? {} : { own: come.filter((each) => derived.has(identity(each))).length }
		};
	} catch (error) {
		if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
		log.warn(`the package changes are not listed: ${messageOf(error)}`);
		return;
	}
}
/** The packages of all images of a release, each package once. */
async function readContent(client, record, trust) {
	const packages = /* @__PURE__ */ new Map();
	const derived = /* @__PURE__ */ new Set();
	let fromSbom = true;
	let isKnown = true;
	if (record.images.length === 0) return void 0;
	for (const { digestRef } of record.images) {
		const image = parseReference(digestRef);
		if (image.kind !== "digest") return void 0;
		const sbom = await findSbom(client, image, trust);
		const found = sbom?.packages ?? await readPackages(client, image);
		if (found === void 0) return void 0;
		fromSbom &&= sbom !== void 0;
		isKnown &&= sbom !== void 0 && sbom.origins.size > 0;
		for (const each of found) {
			packages.set(identity(each), each);
			if (sbom?.origins.get(identity(each)) === "derived") derived.add(identity(each));
		}
	}
	return {
		packages: [...packages.values()].sort(byName),
		fromSbom,
		...isKnown ? { derived } : {}
	};
}
// src/loop/open-promotion/promotion-branch.ts
/**
* Decides where the pull request's branch should be:
* - normally at the release's commit, so that it can be merged in any way;
* - at a merge that we make, if merging the commit would conflict only because earlier promotions were squashed, or
*   would not bring the release because the target was rolled back;
* - where it is, if people added commits to it, such as a resolved conflict.
*/
async function planPromotionBranch({ git, forge }, options) {
	const { source, target, commit, tip, open } = options;
	const { branches } = forge;
	const head = promotionBranch(source.name, target.name);
	const there = await branches.resolve(head);
	await branches.fetchHistory(tip, commit, ...there === void 0 ? [] : [there]);
	if (open !== void 0 && there !== void 0 && await isTheirs(forge, {
		there,
		commit,
		tip
	})) {
		const forecast = await forecastMerge(git, tip, there);
		if (await branches.isAncestor(commit, there)) return {
			from: there,
			to: there,
			forecast
		};
		return {
			from: there,
			to: there,
			forecast,
			outdated: head
		};
	}
	const natural = await forecastMerge(git, tip, commit);
	const marker = await readMarker(branches, tip);
	const rolledBack = marker?.fleet === target.name ? marker : void 0;
	const plain = {
		from: there,
		to: commit,
		forecast: natural
	};
	if (natural.result === "clean" && rolledBack === void 0) return plain;
	const shared = rolledBack?.restores ?? options.to.releases.releases.at(-1)?.version ?? "";
	const base = options.from.records[shared]?.commit;
	if (base === void 0 || !await branches.isAncestor(base, commit)) return plain;
	const mark = await branches.readFile(commit, ".coxswain/roll-back.json") ?? null;
	const into = await writeCommit(git, {
		parent: tip,
		changes: [{
			path: rollBackFileName,
			content: mark
		}],
		message: "only to merge\n"
	});
	const forecast = await forecastMergeFrom(git, {
		base,
		into,
		commit
	});
	if (forecast.result !== "clean") return {
		...plain,
		forecast
	};
	const changes = await treeChanges({
		git,
		branches
	}, {
		from: tip,
		to: forecast.tree
	});
	if (changes === void 0) return plain;
	const merged = await mergedHead(forge, {
		head,
		there,
		commit,
		tip,
		changes,
		target,
		tree: forecast.tree
	});
	return {
		from: merged,
		to: merged,
		forecast
	};
}
/** Whether people have put commits of their own on the branch. */
async function isTheirs({ branches }, { there, commit, tip }) {
	const own = await branches.log({
		from: commit,
		to: there
	});
	if (own.length === 0 || own[0] === void 0) return false;
	if (!isOurs(own[0])) return true;
	const target = new Set((await branches.log({
		from: commit,
		to: tip
	})).map(({ sha }) => sha));
	return own.some((each) => !isOurs(each) && !target.has(each.sha));
}
/** Makes the merge on the branch, unless the branch has it already. */
async function mergedHead({ branches }, options) {
	const { head, there, commit, tip, tree, changes, target } = options;
	if (there !== void 0 && await branches.isAncestor(tip, there) && await branches.isAncestor(commit, there)) {
		if ((await branches.changedFiles(tree, there)).length === 0) return there;
	}
	const message = ourMessage(`Merge ${shortCommit(commit)} for ${target.branch}`);
	return branches.commit({
		branch: head,
		parent: there,
		from: tip,
		merges: [commit],
		changes,
		message
	});
}
// src/loop/open-promotion/markdown-parts.ts
/** A table; the first row is its head; cells are Markdown already. */
function table([head = [], ...rows]) {
	return table$1(head, rows);
}
function code(text) {
	return text === void 0 ? "none" : code$1(text);
}
/** A collapsed section under a title. */
function folded(summary, content) {
	return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}
/** A list that is cut if it is long. */
function list(items, longest) {
	const rest = items.length - longest;
	return [...items.slice(0, longest), ...rest > 0 ? [`… and ${rest} more`] : []].map((item) => `- ${item}`).join("\n");
}
/** `2026-07-22 14:00 UTC` */
function minute(seconds) {
	return `${(/* @__PURE__ */ new Date(seconds * 1e3)).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
// src/loop/open-promotion/rollout-tables.ts
const barLength = 20;
/**
* How the rollout went in the source fleet: which share of its nodes was offered the release at which time. The text
* is the same at any time unless somebody changes the rollout.
*/
function describeSourceRollout(release) {
	const { record, state } = release;
	const start = rolloutStart(release);
	const end = rolloutCompletion(release);
	const { rollout } = metadataOf(state.updates, record.version);
	const paused = state.operations.paused?.find((each) => each.version === record.version);
	if (paused !== void 0) return `Paused at ${formatPercent(paused.progress)} on ${minute(paused.since)} by ${plainText(`${paused.by}: ${paused.reason}`)}`;
	if (end === void 0 || end <= start) return (rollout?.start_percentage ?? 0) >= 1 ? `Offered to every node at once, on ${minute(start)}.` : "It has no duration: the share of nodes stays where it is.";
	const line = plannedLine(release);
	const rows = [
		0,
		.25,
		.5,
		.75,
		1
	].map((part) => {
		const at = Math.round(start + part * (end - start));
		const share = rolloutProgress(line, at);
		return `${minute(at)}  ${bar(share)} ${formatPercent(share).padStart(6)}`;
	});
	return `Over ${formatDuration(end - start)}, the share of nodes that was offered it:\n\n\`\`\`\n${rows.join("\n")}\n\`\`\``;
}
/** If the entry was cleaned up, only the record has its start and end; every rollout is a straight line between them. */
function plannedLine(release) {
	const { record, state } = release;
	const { rollout } = metadataOf(state.updates, record.version);
	const start = rolloutStart(release);
	const end = rolloutCompletion(release);
	if (rollout?.duration_minutes !== void 0) return rollout;
	return end === void 0 || end <= start ? {
		start_epoch: start,
		start_percentage: 1
	} : {
		start_epoch: start,
		start_percentage: 0,
		duration_minutes: (end - start) / 60
	};
}
const mostPoints = 8;
/**
* Planned against real: to which share of the source's nodes the rollout offered the release, and which share ran it.
* @returns undefined if nobody counted the nodes
*/
function describeSourceAdoption(release) {
	const { adoption } = release.state;
	const { version } = release.record;
	if (adoption === void 0) return void 0;
	const counted = `${adoption.method === "sample" ? "about " : ""}${count(adoption.nodes, "node")}, counted on ${formatTime(adoption.observedAt)}`;
	const points = adoptionCurve(adoption, version, plannedLine(release));
	const first = points.findIndex(({ at }) => at >= rolloutStart(release));
	if (first < 0) return `It was not counted in this rollout: ${counted}.`;
	const later = points.slice(first);
	const step = Math.ceil(later.length / mostPoints);
	const shown = later.filter((_, index) => (later.length - 1 - index) % step === 0);
	const back = adoption.cameBack.filter(({ from }) => from === version).reduce((sum, { nodes }) => sum + nodes, 0);
	return [
		`Of ${counted}:`,
		table([[
			"",
			"offered to (planned)",
			"run it or a newer release"
		], ...shown.map(({ at, planned = 0, observed }) => [
			minute(at),
			formatPercent(planned),
			formatPercent(observed)
		])]),
		...back === 0 ? [] : [`**${count(back, "node")} ran it and came back to an older release.**`]
	].join("\n\n");
}
/** Who is offered a release when, ring by ring: nodes ask for their ring's wariness. */
function describeOffers(config, rollout, from) {
	return table([[
		"ring",
		"wariness",
		"offered from"
	], ...ringsToShow(config.rings).map(({ name, wariness }) => {
		const open = wariness <= rolloutProgress(rollout, from) ? from : nextOpening(rollout, wariness, from);
		return [
			name,
			String(wariness),
			open === void 0 ? "never, by this rollout" : minute(open)
		];
	})]);
}
function bar(share) {
	const full = Math.round(share * barLength);
	return `${"█".repeat(full)}${"░".repeat(barLength - full)}`;
}
// src/loop/open-promotion/vulnerability-changes.ts
init_errors();
/**
* Reads the reports of scanners about both releases.
* @param about.merged the image that the merge builds, if it is another one; `undefined` in it: it is not built yet
*/
async function vulnerabilityChanges(project, about) {
	const { release, from, current, to, merged } = about;
	try {
		const scans = merged === void 0 ? await scansOf(project, release, from) : await scansOfBuild(project, merged.built);
		const before = current === void 0 ? void 0 : await scansOf(project, current, to);
		return {
			scans,
			...before?.some(({ scan }) => "found" in scan) ? { before } : {}
		};
	} catch (error) {
		if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
		project.log.warn(`the reports of scanners cannot be read: ${messageOf(error)}`);
		return { scans: error };
	}
}
function scansOf(project, record, state) {
	const release = state.releases.releases.find(({ version }) => version === record.version);
	const index = release === void 0 ? void 0 : promotedDigest(project.config, release);
	return scanBoth(project, record.images.flatMap(({ architecture, digestRef }) => {
		const image = parseReference(digestRef);
		return image.kind === "digest" ? [{
			architecture,
			digest: image.digest,
			index
		}] : [];
	}));
}
async function scansOfBuild(project, built) {
	if (built === void 0) return [];
	const images = [];
	for (const architecture of project.config.architectures) {
		const { manifest, index } = await readImage(project.client, built, architecture);
		images.push({
			architecture,
			digest: manifest.descriptor.digest,
			index: index?.digest
		});
	}
	return scanBoth(project, images);
}
/** As promote-image reads them, so that it says the same at the merge. */
function scanBoth({ client, config, root }, images) {
	const repositories = [config.testImage, config.image];
	return scanImages(client, images, {
		repositories,
		trust: trustOf({
			config,
			root
		})
	});
}
const shown = 40;
/** New and fixed vulnerabilities as Markdown; undefined if nothing is known about the proposed release. */
function describeVulnerabilities({ scans, before }) {
	if (scans instanceof Error || !scans.some(({ scan }) => "found" in scan)) return void 0;
	const after = unique(scans);
	if (before === void 0) return [`Scanners found ${counts(after)}. Nothing is known about what runs now.`, rows("found", after)].filter((part) => part !== "").join("\n\n");
	const old = unique(before);
	const has = (some) => new Set(some.map(({ id }) => id));
	const [were, are] = [has(old), has(after)];
	const come = after.filter(({ id }) => !were.has(id));
	const gone = old.filter(({ id }) => !are.has(id));
	return [
		`Vulnerabilities: ${count(come.length, "new one")}, ${gone.length} fixed, ${after.length - come.length} as before.`,
		rows("new", come),
		rows("fixed", gone)
	].filter((part) => part !== "").join("\n\n");
}
/** `2 critical, 1 low` */
function counts(all) {
	const parts = ["unknown", ...severities].map((severity) => [severity, all.filter((each) => each.severity === severity).length]).filter(([, number]) => number > 0).reverse();
	return parts.length === 0 ? "nothing" : parts.map(([severity, number]) => `${number} ${severity}`).join(", ");
}
function rows(title, all) {
	if (all.length === 0) return "";
	const rank = ({ severity }) => severity === "unknown" ? severities.length : severities.indexOf(severity);
	const list = all.toSorted((one, other) => rank(other) - rank(one)).slice(0, shown);
	const rest = all.length - list.length;
	return folded(`${title}: ${counts(all)}`, [table([[
		"id",
		"severity",
		"packages"
	], ...list.map(({ id, severity, packages }) => [
		cut(id),
		severity,
		packages.slice(0, 3).map(cut).join(", ")
	])]), ...rest > 0 ? [`… and ${rest} more`] : []].join("\n\n"));
}
/** Ids and names are a scanner's: long ones are cut. */
function cut(text) {
	return code(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
// src/loop/open-promotion/pull-request.ts
const shownCommits = 30;
const shownFiles = 50;
const namedFiles = 10;
const longestPackages = 3e4;
/** The pull request of a promotion. Its text does not change just because time passes. */
function promotionProposal(facts) {
	const { source, target, release, gates } = facts;
	const { version } = release.record;
	const urgent = release.urgent === void 0 ? "" : "Urgent: ";
	return {
		head: promotionBranch(source.name, target.name),
		base: target.branch,
		title: `${urgent}Promote ${version} from ${source.name} to ${target.name}`,
		body: promotionBody(facts),
		ready: isReady(gates),
		labels: ["coxswain", "promotion"]
	};
}
function promotionBody(facts) {
	const { source, target, release, gates, forecast, packages, commits, files } = facts;
	const { record, urgent } = release;
	const vulnerabilities = facts.vulnerabilities && describeVulnerabilities(facts.vulnerabilities);
	const adoption = describeSourceAdoption(release);
	return `${[
		`Release \`${record.version}\`, which fleet \`${source.name}\` runs, for fleet \`${target.name}\`. ${readinessSentence(gates)}`,
		...urgent === void 0 ? [] : [`> **Urgent**, so it does not soak: ${plainText(`${urgent.reason} (by ${urgent.by})`)}`],
		`### Risk and changes\n\n${risks(facts)}\n\n${versionTable(facts)}`,
		gateText(gates),
		`### What a merge does\n\n${whatMergeDoes(facts)}`,
		...forecast === void 0 ? [] : [offers(facts, forecast)],
		folded(`How it went in ${source.name}`, describeSourceRollout(release)),
		...adoption === void 0 ? [] : [folded(`Who runs it in ${source.name}`, adoption)],
		folded("Tests", facts.evidence.map((line) => `- ${line}`).join("\n")),
		...vulnerabilities === void 0 ? [] : [`### What scanners found\n\n${vulnerabilities}`],
		`### What changes\n\n${changes({
			packages,
			commits,
			files
		})}\n\n${digests(facts)}`,
		`### The way back\n\n${wayBack(facts)}`
	].join("\n\n")}\n`;
}
/** What a reviewer asks first, in a few lines. */
function risks({ release, build, packages, commits, files }) {
	const kernel = packages?.difference.upgraded.find(({ name }) => name === "kernel");
	return [
		build !== void 0 && build.different.length > 0 && !build.same ? "- **Another image than the one that ran**: see below." : "- The image that was tested, byte for byte.",
		kernel === void 0 ? void 0 : `- **Kernel**: ${code(versionOf(kernel.before))} → ${code(versionOf(kernel.after))}`,
		packages === void 0 ? void 0 : `- Packages: ${countPackages(packages.difference)}${ownPackages(packages)}`,
		`- ${count(commits.length, "commit")}, ${count(files.length, "file")}; built from commit ${shortCommit(release.record.commit)}`
	].filter((line) => line !== void 0).join("\n");
}
/** How much of it is not the base's. */
function ownPackages({ own }) {
	return own === void 0 ? "" : own === 0 ? "; all of them of the base" : `; ${own} of them not of the base`;
}
function versionOf({ version, release }) {
	return `${version}-${release}`;
}
/** Gates that are green need no attention. */
function gateText(gates) {
	const rows = (some) => table([[
		"",
		"gate",
		""
	], ...some.map((gate) => [
		gateMarks[gate.state],
		gate.name,
		plainText(gate.note)
	])]);
	const closed = gates.filter(({ state }) => state !== "green");
	const open = gates.filter(({ state }) => state === "green");
	return [
		"### Gates",
		...closed.length === 0 ? [] : [rows(closed)],
		...open.length === 0 ? [] : [folded(`${count(open.length, "gate")} green`, rows(open))]
	].join("\n\n");
}
/** How a gate's state is shown in Markdown. */
const gateMarks = {
	green: "✅",
	waiting: "⏳",
	red: "❌",
	unknown: "❔"
};
function versionTable({ config, target, release, current, packages }) {
	const { record } = release;
	return table([
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
			linkOf(current, architecture, { short: true }),
			linkOf(record, architecture, { short: true })
		]),
		[
			"created",
			current?.created ?? "none",
			record.created
		],
		...packages === void 0 ? [] : [[
			"packages",
			"",
			countPackages(packages.difference)
		]]
	]);
}
function whatMergeDoes({ config, source, target, build }) {
	const tag = `\`${formatRepository(config.image)}:${target.tag}\``;
	const approval = target.approve === "auto" ? " It is merged automatically when all gates are green." : "";
	if (build === void 0) return `If the merged content builds the same, the image that ${source.name} runs becomes ${tag}, byte for byte; otherwise a new one is built and tested first.${approval}`;
	if (build.different.length === 0) return `The merged content is what ${source.name} runs, so nothing is built: the tested image becomes ${tag}, byte for byte.${approval}`;
	const named = build.different.slice(0, namedFiles).map((path) => `\`${path}\``);
	const more = build.different.length > namedFiles ? ` and ${build.different.length - namedFiles} more` : "";
	const own = `\`${target.branch}\` has content of its own: ${named.join(", ")}${more}.`;
	return build.same ? `${own} None of it is part of the image, so nothing is built: the tested image becomes ${tag}, byte for byte.${approval}` : `${own} That is part of the image or of its tests: **another image**${build.version === void 0 ? "" : `, ${code(build.version)},`} is built and tested for this pull request before it is merged; what ${source.name} ran is not what ${target.name} gets.${approval}`;
}
function offers({ config, target, template }, { entry, at }) {
	const { rollout } = entry.metadata;
	const wait = (rollout?.start_epoch ?? 0) - at;
	const starts = wait > 0 ? `starts ${formatDuration(wait)} after the merge` : "starts with the merge";
	return [
		`The rollout to ${target.name} ${starts} (\`${template}\`). If it is merged on ${minute(at)}:`,
		describeEntry(entry).map((fact) => `- ${fact}`).join("\n"),
		...rollout === void 0 ? [] : [folded("Who is offered it when", describeOffers(config, rollout, at))],
		folded("The entry in updates.json", `\`\`\`json\n${JSON.stringify(entry, null, 2)}\n\`\`\``)
	].join("\n\n");
}
function changes(what) {
	const { packages, commits, files } = what;
	const subjects = commits.map(({ sha, message }) => `${shortCommit(sha)} ${plainText(message.split("\n")[0] ?? "")}`);
	const packageText = packages === void 0 ? "" : describePackages(packages.difference);
	return [
		...packages === void 0 ? [] : [folded(`Packages: ${countPackages(packages.difference)}`, packageText.length <= longestPackages ? `From the ${packages.source === "SBOM" ? "SBOMs" : "rpm databases"} of both releases, of every architecture.\n\n${packageText}` : `Too many to list here: ${countPackages(packages.difference)}.`)],
		folded(`Files: ${files.length}`, list(files.map((path) => `\`${path}\``), shownFiles)),
		list(subjects, shownCommits)
	].join("\n\n");
}
function wayBack({ target, current }) {
	const stop = `\`coxswain edit-updates --fleet ${target.name} --action pause --reason WHY\` stops the rollout where it is.`;
	return current === void 0 ? `${stop} This is the first release of ${target.name}: there is nothing to go back to.` : `${stop} \`coxswain roll-back --fleet ${target.name} --reason WHY\` withdraws the release, and proposes the content of \`${current.version}\` as a new release: nodes do not go back to an older one on their own.`;
}
/** Every digest in full, of the old and the new release. */
function digests({ config, target, release, current }) {
	return folded("Digests", config.architectures.flatMap((architecture) => [`${architecture}, ${target.name} now: ${linkOf(current, architecture)}`, `${architecture}, proposed: ${linkOf(release.record, architecture)}`]).map((line) => `- ${line}`).join("\n"));
}
function linkOf(record, architecture, options = {}) {
	const name = record?.images.find((image) => image.architecture === architecture)?.digestRef;
	const image = name === void 0 ? void 0 : parseReference(name);
	return image?.kind === "digest" ? linkedDigest(image, options) : code(void 0);
}
// src/loop/open-promotion/test-evidence.ts
init_errors();
/** One line of Markdown for each image: what was tested, and with which result. */
async function describeEvidence({ client, log, config, root }, record) {
	const lines = [];
	for (const { architecture, digestRef, evidence } of record.images) {
		const image = parseReference(digestRef);
		const short = evidence === void 0 ? "none" : image.kind === "digest" && isDigest(evidence) ? linkedDigest({
			...image,
			digest: evidence
		}) : code$1(evidence);
		const found = evidence === void 0 ? void 0 : await find(digestRef, evidence);
		lines.push(`${architecture}: ${found === void 0 ? `evidence ${short}` : `${describeResult(found.evidence)} Evidence ${short}`}`);
	}
	return lines;
	async function find(digestRef, evidence) {
		const reference = parseReference(digestRef);
		if (reference.kind !== "digest") return void 0;
		try {
			return (await findEvidence(client, reference.repository, reference.digest, trustOf({
				config,
				root
			}))).find(({ descriptor }) => descriptor.digest === evidence);
		} catch (error) {
			if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
			log.warn(`the test evidence is not shown: ${messageOf(error)}`);
			return;
		}
	}
}
/** A sentence in Markdown about a test result, with a link to the run that has its log. */
function describeResult(evidence) {
	const { result, tests, seconds, kernel, accelerator, upgrades = [], agent, run } = evidence;
	const failed = tests.filter((test) => test.result !== "passed").length;
	const count = `${tests.length} ${tests.length === 1 ? "test" : "tests"}${failed === 0 ? "" : `, ${failed} not passed`}`;
	const from = upgrades.map((upgrade) => `\`${upgrade.from}\``).join(", ");
	const rehearsed = from === "" ? "" : `, updates rehearsed from ${from}`;
	const agrees = agent === "agrees" ? ", the node's own agent agrees" : "";
	const by = run === void 0 ? "" : `, by [this run](${run})`;
	return `**${result}**: ${count} in ${formatDuration(seconds)} on Linux ${kernel} (${accelerator})${rehearsed}${agrees}${by}.`;
}
// src/loop/open-promotion/propose-release.ts
init_errors();
/** Evaluates the gates of a release, and keeps its pull request up to date. */
async function propose(project, options) {
	const { config, forge } = project;
	const { source, target, release, tip, to, now, stateCommit } = options;
	const { record, state: from, urgent } = release;
	const { branches } = forge;
	const open = await findPromotion(project, target);
	const branch = await planPromotionBranch(project, {
		source,
		target,
		from,
		to,
		commit: record.commit,
		tip,
		open
	});
	const tree = branch.forecast.result === "clean" ? branch.forecast.tree : void 0;
	const guidance = await readGuidance(project);
	const rendered = await forecastRollout({
		config,
		branches
	}, {
		target,
		record,
		commit: tree ?? record.commit,
		before: to,
		guidance: guidance instanceof Error ? void 0 : guidance,
		urgent: urgent !== void 0,
		at: readyTime(release, target, now)
	});
	const build = tree === void 0 ? void 0 : await readMergedBuild(project, {
		release: record.commit,
		tree,
		parents: [tip, branch.to],
		different: await branches.changedFiles(record.commit, tree)
	});
	const current = to.records[to.releases.releases.at(-1)?.version ?? ""];
	const vulnerabilities = await vulnerabilityChanges(project, {
		release: record,
		from,
		current,
		to,
		...build?.image === void 0 ? {} : { merged: { built: build.built } }
	});
	const gates = evaluateAllGates({
		source: source.name,
		target,
		release,
		to,
		freezeException: readLabel(open, "freeze-exception"),
		guidance,
		forecast: branch.forecast,
		outdatedBranch: branch.outdated,
		template: rendered,
		mergedImage: build?.image,
		scans: vulnerabilities.scans,
		now
	});
	const proposal = promotionProposal({
		config,
		source,
		target,
		release,
		current,
		gates,
		commits: await branches.log({
			from: tip,
			to: branch.to
		}),
		files: await branches.changedFiles(tip, tree ?? branch.to),
		build,
		packages: await packageChanges(project, current, record),
		vulnerabilities,
		evidence: await describeEvidence(project, record),
		forecast: rendered.forecast,
		template: rendered.path
	});
	const { action, pullRequest } = await proposeCommit(forge, proposal, branch);
	await forge.statuses.set(branch.to, promotionStatus(target.name, gates));
	const ready = isReady(gates);
	const answer = {
		fleet: target.name,
		from: source.name,
		version: record.version,
		action,
		pullRequest: pullRequest.number,
		ready,
		gates,
		...defined({ urgent: urgent === void 0 ? void 0 : {
			reason: urgent.reason,
			by: urgent.by
		} })
	};
	if (!ready || target.approve !== "auto") return answer;
	const { merged, note } = await mergeJudged(project, {
		request: pullRequest,
		head: branch.to,
		seen: /* @__PURE__ */ new Map([[config.stateBranch, stateCommit], [target.branch, tip]]),
		fleet: target.name,
		now
	});
	return {
		...answer,
		action: merged ? "merged" : action,
		...defined({ note })
	};
}
/** UNIX seconds of the first moment at which it can be merged, if that is known. */
function readyTime(release, target, now) {
	const earned = release.urgent === void 0 ? Math.max(soakEnd(release, target) ?? 0, rolloutCompletion(release) ?? 0) : release.urgent.at;
	return thawTime(target.freeze, earned) ?? Math.max(earned, now);
}
async function readGuidance({ readUpstream, log }) {
	try {
		return await readUpstream();
	} catch (error) {
		if (!(error instanceof OutsideError)) throw error;
		log.warn(messageOf(error));
		return error;
	}
}
init_errors();
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
* Keeps the pull request by which a fleet gets what its source fleet runs; merges it if that is configured and all
* gates are green.
* @param options.now UNIX seconds
* @param options.urgent why the source's newest release need not soak
*/
async function openPromotion(project, target, options) {
	const { config, forge, state, log } = project;
	const { now } = options;
	const source = findFleet(config, target.promoteFrom ?? "", `fleets.${target.name}.promote-from`);
	for (const fleet of [source, target]) for (const warning of await syncExternalHolds(project, fleet, now)) log.warn(`${fleet.name}: ${warning}`);
	const request = await findPromotion(project, target);
	await recordUrgency(state, {
		source,
		target,
		request,
		asked: options.urgent,
		now
	});
	return untilNotStale(() => promote(project, {
		source,
		target,
		now
	}, forge));
}
async function promote(project, edge, forge) {
	const { config, state } = project;
	const { source, target, now } = edge;
	const stateCommit = await forge.branches.resolve(config.stateBranch);
	const [from, to] = [await state.readFleet(source.name), await state.readFleet(target.name)];
	const tip = await fleetTip(forge.branches, target);
	const chosen = chooseRelease(from, to, {
		target,
		now
	});
	const record = chosen === void 0 ? void 0 : recordOf(config, from, source, chosen.version);
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
			version: record?.version,
			action,
			pullRequest: pullRequest?.number,
			ready: false,
			gates: [],
			...defined({ reason: nothing })
		};
	}
	const release = {
		record,
		state: from,
		urgent: chosen?.urgent
	};
	return propose(project, {
		...edge,
		release,
		tip,
		to,
		stateCommit
	});
}
function recordOf(config, state, source, version) {
	const record = state.records[version];
	if (record !== void 0) return record;
	throw new InputError({
		where: `${config.stateBranch}: fleets/${source.name}/records/${version}.json`,
		problem: `release ${version} has no record, so the commit to promote is not known`,
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
export { promotionTargets as n, gateMarks as r, openPromotion as t };
