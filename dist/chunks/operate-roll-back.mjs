import { J as defined, U as formatTime, X as nearest, Z as InputError, _ as plainText } from "./host.mjs";
import { o as urgentTemplate } from "./project-configuration.mjs";
import { a as fleetTip, o as nextFleets } from "./project.mjs";
import { n as readMarker, s as rollBackFileName, t as formatMarker } from "./release-candidate.mjs";
import { a as followOfferOrWarn } from "./release.mjs";
import { f as setMetadata, l as ageOf, p as withdrawnOrPaused, r as withdraw, t as commitMessage, u as metadataOf } from "./release-operations.mjs";
import { c as rollBackBranch, f as proposeChanges, x as untilNotStale } from "./world-forge.mjs";
import { t as treeChanges } from "./world-git.mjs";
import { a as strandedBy, i as listStranded } from "./guidance.mjs";
// src/operate/roll-back/pull-request.ts
const shownFiles = 50;
/** The pull request that restores an earlier content. */
function rollBackProposal(options) {
	const { config, fleet, plan, marker, files, elsewhere } = options;
	const bad = `\`${plan.bad}\``;
	const good = `\`${plan.good.version}\``;
	const next = nextFleets(config, fleet).map(({ name }) => `\`${name}\``);
	const paragraphs = [
		`${bad} was withdrawn from fleet \`${fleet.name}\`: **${plainText(marker.reason)}** (by ${plainText(marker.by)}, ${marker.at}). This restores the content of ${good} as a **new release**.`,
		`### Why not simply the old one\n\nNodes do not downgrade: Zincati follows updates from older to newer releases only, and rpm-ostree refuses an image with an older creation time. So the old content becomes a new image: \`.coxswain/roll-back.json\` says what it is, and is an input of the build, which gets a version of its own and the time of this merge. Like every image it is built and tested before it is promoted.`,
		`### What nodes do\n\n${[
			"| a node on… | now | after the new release |",
			"| --- | --- | --- |",
			`| ${bad} | stays on it; it is still in the graph | is offered the new release like every other node, and leaves ${bad} by it |`,
			`| ${bad}, staged and not booted yet | boots it with its next window: it does not ask again before | as above |`,
			`| ${good} | stays on it | is offered the new release: the same content |`,
			`| older releases | are offered what they were offered before ${bad} | are offered the new release |`
		].join("\n")}`,
		`What ${bad} wrote to \`/etc\` and \`/var\` stays on its nodes. For a node that cannot wait, go back by hand: \`rpm-ostree rollback --reboot\` boots what it ran before.`,
		`### What changes in \`${fleet.branch}\`\n\n${fileList(files, good)}\n\nWhat is not part of the image (\`coxswain.yaml\`, templates, workflows) stays as it is.`,
		`### Afterwards\n\n${afterwards(fleet, {
			elsewhere,
			next
		})}`
	];
	return {
		head: rollBackBranch(fleet.name),
		base: fleet.branch,
		title: `Roll ${fleet.name} back from ${plan.bad} to the content of ${plan.good.version}`,
		body: `${paragraphs.join("\n\n")}\n`,
		ready: true,
		labels: ["coxswain", "roll-back"]
	};
}
function fileList(files, good) {
	if (files.length === 0) return `Only the marker: the branch has the content of ${good} already.`;
	const rest = files.length - shownFiles;
	return [...files.slice(0, shownFiles).map((path) => `- \`${path}\``), ...rest > 0 ? [`- … and ${rest} more`] : []].join("\n");
}
function afterwards(fleet, { elsewhere, next }) {
	return [
		...elsewhere.map((other) => `- Fleet \`${other}\` is still offered it: roll it back there, too, or fix it there.`),
		fleet.promoteFrom === void 0 ? "- Put the fix on top of this, in this branch." : `- The next promotion from \`${fleet.promoteFrom}\` replaces this automatically: \`${fleet.branch}\` then has the content of \`${fleet.promoteFrom}\`, and the content that it alone has. Only releases that are made after this one are promoted.`,
		...next.length === 0 ? [] : [`- The withdrawn release is not promoted to ${next.join(", ")}.`]
	].join("\n");
}
// src/operate/roll-back/take-back.ts
/**
* Chooses the two releases.
* @param given.bad default: the fleet's newest release
* @param given.good default: the newest good release before it
* @throws InputError if there is no release to withdraw, or to go back to
*/
function planRollBack(state, fleet, given) {
	const versions = state.releases.releases.map(({ version }) => version);
	const find = (version, field) => {
		if (versions.includes(version)) return version;
		const meant = nearest(version, versions);
		throw new InputError({
			field,
			problem: `fleet ${fleet} has no such release`,
			found: version,
			...defined({ remedy: meant && `Did you mean ${meant}?` })
		});
	};
	const newest = versions.at(-1);
	if (newest === void 0) throw new InputError({
		where: `fleet ${fleet}`,
		problem: "it has no release"
	});
	const bad = given.bad === void 0 ? newest : find(given.bad, "--version");
	const gone = withdrawnOrPaused(state);
	const isGood = (version) => state.records[version] !== void 0 && !gone.has(version) && metadataOf(state.updates, version).deadend === void 0;
	const good = given.good === void 0 ? versions.slice(0, versions.indexOf(bad)).findLast(isGood) : find(given.good, "--to");
	if (good === void 0) throw new InputError({
		where: `fleet ${fleet}`,
		problem: `there is no release before ${bad} that is good`,
		remedy: `Stop it with coxswain edit-updates --fleet ${fleet} --action pause, and release a fix.`
	});
	const record = state.records[good];
	if (record === void 0 || ageOf(state, good) >= ageOf(state, bad)) throw new InputError({
		field: "--to",
		problem: record === void 0 ? "there is no record of what this release was made from" : `it is not before ${bad}`,
		found: good
	});
	return {
		bad,
		good: record
	};
}
/**
* Withdraws the bad release and its rollout. If nodes that are older than the good one would then have no update
* path, they are offered the good one again.
* @throws InputError for a barrier, paused or not: nodes would go around it
*/
function takeBack(before, order) {
	const { plan, reason } = order;
	const { bad, good } = plan;
	const paused = before.operations.paused?.find((each) => each.version === bad);
	const isBarrier = (metadataOf(before.updates, bad).barrier ?? paused?.entry.metadata.barrier) !== void 0;
	if (before.operations.withdrawn?.some((each) => each.version === bad) === true && !isOffered(before, bad)) return {
		state: before,
		summary: `${bad} is withdrawn already`,
		warnings: []
	};
	const withdrawn = withdraw(before, {
		...order,
		version: bad,
		reason,
		force: !isBarrier
	});
	const strandedIn = (state) => strandedBy(before, state, { retired: withdrawnOrPaused(state) });
	if (strandedIn(withdrawn.state).length === 0) return {
		state: withdrawn.state,
		summary: withdrawn.summary,
		warnings: []
	};
	const said = metadataOf(withdrawn.state.updates, good.version);
	const state = setMetadata(withdrawn.state, good.version, {
		...said,
		rollout: { start_percentage: 1 }
	}, order.now);
	const stranded = strandedIn(state);
	return {
		state,
		summary: `${withdrawn.summary}, and offer ${good.version} to every older node again`,
		warnings: stranded.length === 0 ? [] : [`no way forward for nodes on ${listStranded(stranded)}`]
	};
}
function isOffered(state, version) {
	const { rollout, barrier } = metadataOf(state.updates, version);
	return rollout !== void 0 || barrier !== void 0;
}
// src/operate/roll-back/roll-back.ts
/**
* Withdraws a release, and proposes the content of an earlier one as a new release, because nodes do not go back to
* an older one. A second run continues where the first one stopped.
* @param options.bad default: the fleet's newest release
* @param options.good default: the newest good release before it
* @throws InputError if there is no release to withdraw or to go back to; nothing was changed
*/
async function rollBack(project, options) {
	const { config, forge, state } = project;
	const { fleet, order, reason } = options;
	const plan = planRollBack(await state.readFleet(fleet.name), fleet.name, options);
	let done = {
		summary: "",
		warnings: []
	};
	const message = () => commitMessage(order, done.summary, reason);
	const { changed } = await state.changeFleet(fleet.name, message, (before) => {
		const taken = takeBack(before, {
			...order,
			plan,
			reason
		});
		done = taken;
		return taken.state;
	});
	const movedTags = await followOfferOrWarn(project, fleet.name);
	const elsewhere = await stillOffered(project, fleet, plan.bad);
	const answer = {
		fleet: fleet.name,
		insteadOf: plan.bad,
		restores: plan.good.version,
		withdrawn: changed,
		movedTags,
		summary: done.summary,
		warnings: [...done.warnings, ...elsewhere.map((other) => `fleet ${other} is still offered ${plan.bad}: roll it back there, too, or fix it there`)]
	};
	const proposed = await untilNotStale(async () => {
		const tip = await fleetTip(forge.branches, fleet);
		const change = await describeChange(project, {
			fleet,
			plan,
			order,
			reason,
			tip
		});
		if (change.reason !== void 0) return {
			action: "none",
			reason: change.reason
		};
		const proposal = rollBackProposal({
			config,
			fleet,
			plan,
			marker: change.marker,
			files: change.changes.map(({ path }) => path).filter((path) => path !== rollBackFileName),
			elsewhere
		});
		return proposeChanges(forge, proposal, {
			tip,
			changes: change.changes
		});
	});
	return {
		...answer,
		action: proposed.action,
		pullRequest: "pullRequest" in proposed ? proposed.pullRequest.number : void 0,
		...defined({ reason: "reason" in proposed ? proposed.reason : void 0 })
	};
}
/** Everything that decides the image, from the good release, and the marker that makes it another build. */
async function describeChange({ config, git, forge }, options) {
	const { fleet, plan, order, reason, tip } = options;
	const { branches } = forge;
	const isSame = (marker) => marker?.fleet === fleet.name && marker.insteadOf === plan.bad && marker.restores === plan.good.version;
	if (isSame(await readMarker(branches, tip))) return { reason: `it is merged into ${fleet.branch} already; build-image, boot-test, promote-image and start-rollout for ${fleet.name} do the rest` };
	const proposed = await branches.resolve(rollBackBranch(fleet.name));
	const there = proposed === void 0 ? void 0 : await readMarker(branches, proposed);
	const marker = there !== void 0 && isSame(there) && there.reason === reason ? there : {
		fleet: fleet.name,
		insteadOf: plan.bad,
		restores: plan.good.version,
		reason,
		by: order.by,
		at: formatTime(order.now)
	};
	const changes = await treeChanges({
		git,
		branches
	}, {
		from: tip,
		to: plan.good.commit,
		keep: (path) => isPolicy(config, path)
	});
	if (changes === void 0) throw new InputError({
		where: fleet.branch,
		problem: `links or submodules differ from those of ${plan.good.version}, which a pull request of ours cannot bring back`,
		remedy: `Make a commit with the content of ${plan.good.commit} by hand.`
	});
	return {
		marker,
		changes: [...changes, {
			path: rollBackFileName,
			content: formatMarker(marker)
		}]
	};
}
/** How releases are made and rolled out: this is not part of an image, so it is not restored. */
function isPolicy(config, path) {
	const templates = Object.values(config.fleets).flatMap((each) => [each.template, urgentTemplate(each)]);
	return path === "coxswain.yaml" || path.startsWith(".coxswain/") || path.startsWith(".github/") || path.startsWith("rollouts/") || templates.includes(path);
}
/** Other fleets that have the bad release and did not withdraw it. */
async function stillOffered({ config, state }, fleet, version) {
	const found = [];
	for (const { name } of Object.values(config.fleets)) {
		if (name === fleet.name) continue;
		const { releases, operations } = await state.readFleet(name);
		if (releases.releases.some((release) => release.version === version) && operations.withdrawn?.some((each) => each.version === version) !== true) found.push(name);
	}
	return found;
}
export { rollBack as t };
