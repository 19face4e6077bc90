import { A as plainText, Lt as defined, Mt as formatTime, Vt as InputError, Wt as init_errors } from "./host.mjs";
import { Cn as commitMessage, Ln as followOfferOrWarn, Ua as fleetTip, Wa as nextFleets, dt as takeBack, gn as readMarker, hi as urgentTemplate, hn as formatMarker, mn as rollBackBranch, ni as rollBackFileName, nt as treeChanges, or as untilNotStale, ot as proposeChanges, ut as planRollBack } from "./shared.mjs";
// src/operate/roll-back/pull-request.ts
init_errors();
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
// src/operate/roll-back/roll-back.ts
/**
* Withdraws a release, and proposes the content of an earlier one as a new release, because nodes do not go back to
* an older one. A second run continues where the first one stopped.
* @param options.bad default: the fleet's newest release
* @param options.good default: the newest good release before it
* @throws InputError if there is no release to withdraw or to go back to; nothing was changed
*/
async function rollBack(project, options) {
	const { config, forge } = project;
	const { fleet, order, reason } = options;
	const { plan, changed, ...done } = await withdrawBad(project, options);
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
/** The first step: one commit on the state branch, or none if it is withdrawn already. @throws as rollBack does */
async function withdrawBad({ state }, options) {
	const { fleet, order, reason } = options;
	const plan = planRollBack(await state.readFleet(fleet.name), fleet.name, options);
	let done = {
		summary: "",
		warnings: []
	};
	const message = () => commitMessage(order, done.summary, reason);
	const { changed } = await state.changeFleet(fleet.name, message, (before) => {
		const { state: after, summary, warnings } = takeBack(before, {
			...order,
			plan,
			reason
		});
		done = {
			summary,
			warnings
		};
		return after;
	});
	return {
		plan,
		changed,
		...done
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
export { withdrawBad as n, rollBack as t };
