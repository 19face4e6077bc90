import { Lt as defined, Mt as formatTime, O as code, Vt as InputError, Wt as init_errors, j as table, jt as formatDuration, k as codeBlock } from "./host.mjs";
import { $t as upstreamStatusOf, Aa as isTag, Ar as samePackages, Ca as atDigest, Da as formatReference, Di as findBuilt, Ei as defaultUpstream, F as downloadBetween, Fa as shortDigest, Jt as describeUpstreamStatus, Kt as upstreamMarksBetween, M as linkedDigest, Ma as parseReference, Oa as formatRepository, Or as comparePackages, P as describeDownload, Qr as readCandidate, Ua as fleetTip, Va as entryFleets, Wa as nextFleets, Yt as doubtOf, Zr as NotFoundError, _r as readPackages, br as describePackages, ct as withdrawProposal, fn as baseBranch, li as parseContainerfile, oi as findBase, ot as proposeChanges, si as repinBase, ti as refreshFileName, va as readImage, wa as atTag, yr as countPackages } from "./shared.mjs";
import { t as requireSignedBase } from "./release-base-signature.mjs";
init_errors();
const versionLabel = "org.opencontainers.image.version";
const kernelLabel = "ostree.linux";
/** What the base's tag points at now, by one HEAD. @throws InputError when there is no such tag */
async function resolveBase(client, config) {
	const found = await client.resolve(config.base);
	if (found !== void 0) return found.digest;
	throw new InputError({
		where: config.file,
		field: "base",
		problem: "the registry answers, and has no such tag",
		found: formatReference(config.base),
		remedy: "Correct the name, or push the tag first."
	});
}
/**
* Reads the build that the base's tag points at.
* @throws InputError when it lacks its version, or one of the architectures: a pull request could not be built
*/
async function readNewBase(client, config, digest) {
	const { repository } = config.base;
	const images = await Promise.all(config.architectures.map((architecture) => readImage(client, atDigest(repository, digest), architecture)));
	const version = images[0]?.config.labels[versionLabel];
	if (version === void 0 || version === "") throw new InputError({
		where: formatReference({
			...config.base,
			kind: "digest",
			digest
		}),
		field: versionLabel,
		problem: "the base image has no such label, and the version of a derived image begins with it",
		remedy: "Use a base that has it: every Fedora CoreOS image does."
	});
	const tag = (isTag(version) ? await client.resolve(atTag(repository, version)) : void 0)?.digest === digest ? version : config.base.tag;
	const [image] = images;
	const created = image?.config.created;
	const kernel = image?.config.labels[kernelLabel];
	const pin = {
		kind: "digest",
		repository,
		tag,
		digest
	};
	return {
		digest,
		version,
		created,
		kernel,
		...defined({ image }),
		pin
	};
}
/** Reads the build that is pinned now, if it can still be found. */
async function readPinnedBase(client, config, pinned) {
	if (pinned.kind !== "digest") return void 0;
	const { repository, digest } = pinned;
	try {
		const image = await readImage(client, atDigest(repository, digest), config.architectures[0]);
		return {
			digest,
			version: image.config.labels[versionLabel] ?? versionOfTag(config, pinned),
			created: image.config.created,
			kernel: image.config.labels[kernelLabel],
			image
		};
	} catch (error) {
		if (!(error instanceof NotFoundError)) throw error;
		return {
			digest,
			version: versionOfTag(config, pinned),
			created: void 0
		};
	}
}
/**
* Whether two builds of the base have the same images for all configured architectures.
* @returns false also if the registry no longer has the older build
*/
async function sameImages(client, config, from, to) {
	const digestsOf = (digest) => Promise.all(config.architectures.map(async (architecture) => {
		return (await readImage(client, atDigest(config.base.repository, digest), architecture)).manifest.descriptor.digest;
	}));
	try {
		const [before, after] = [await digestsOf(from), await digestsOf(to)];
		return before.every((digest, index) => digest === after[index]);
	} catch (error) {
		if (error instanceof InputError || error instanceof NotFoundError) return false;
		throw error;
	}
}
/** The version in the tag of a pin; no request is made. */
function versionOfTag(config, pinned) {
	return pinned.tag === config.base.tag ? void 0 : pinned.tag;
}
// src/loop/watch-base/built-packages.ts
init_errors();
/**
* The packages of the image that a proposed commit builds, compared with those of the fleet's newest release.
* @returns undefined if they cannot be compared: nothing is released or built yet, or an image has no rpm database
*/
async function compareBuiltPackages({ client, config, git }, { commit, state }) {
	const newest = state.releases.releases.at(-1);
	const released = newest?.["oci-index"] ?? newest?.["oci-images"]?.[0]?.["digest-ref"];
	if (newest === void 0 || released === void 0 || released === "") return void 0;
	try {
		const candidate = await readCandidate({
			git,
			config,
			client,
			commit
		});
		const built = await findBuilt(client, config, candidate);
		if (built === void 0) return void 0;
		const before = await readPackages(client, parseReference(released));
		const after = await readPackages(client, built);
		if (before === void 0 || after === void 0) return void 0;
		const difference = comparePackages(before, after);
		return {
			candidate,
			release: newest.version,
			difference,
			count: after.length
		};
	} catch (error) {
		if (error instanceof InputError) return void 0;
		throw error;
	}
}
init_errors();
/** What a version tag of the base's repository points at. @throws InputError when there is no such tag */
async function resolveVersion(client, config, version) {
	const field = "--base-version";
	if (!isTag(version)) throw new InputError({
		field,
		problem: "no tag can have this name",
		found: version
	});
	const reference = atTag(config.base.repository, version);
	const found = await client.resolve(reference);
	if (found !== void 0) return found.digest;
	throw new InputError({
		where: formatReference(reference),
		problem: "the registry answers, and has no such tag: this base is to be built on, and cannot be found by its version",
		remedy: `Fedora tags every release in its repository; a mirror has to copy those tags. With the digest, pin it yourself: ${formatReference(reference)}@sha256:…`
	});
}
/**
* Which build of the base to propose: what the tag points at, unless one of upstream's barriers comes before it; then
* the oldest barrier is proposed first, because a fleet that skips it cannot continue.
* @param options.explicit the build was asked for by its version: it is used unchanged
*/
async function chooseBase(options) {
	const { client, config, readUpstream, from, digest, explicit, accept, now } = options;
	const newest = await readNewBase(client, config, digest);
	const guidance = await readUpstream();
	if (guidance === void 0) return { to: newest };
	const between = (kind, to) => from?.version === void 0 ? [] : upstreamMarksBetween(guidance, kind, {
		from: from.version,
		to
	});
	const [first] = explicit ? [] : between("barrier", newest.version);
	const to = first === void 0 ? newest : await readNewBase(client, config, await resolveVersion(client, config, first.version));
	const status = upstreamStatusOf(guidance, to.version, now);
	const doubt = doubtOf(status);
	return {
		to,
		view: {
			status,
			barriers: between("barrier", to.version),
			deadends: between("deadend", to.version),
			...defined({ onTheWayTo: first === void 0 ? void 0 : newest.version })
		},
		...defined({ blocked: doubt === void 0 || accept.includes(doubt.doubt) ? void 0 : `${doubt.why}; --accept-upstream ${doubt.doubt} proposes it anyway` })
	};
}
// src/loop/watch-base/no-change.ts
const noEffect = "no effective change";
/**
* Whether a proposed refresh has no effect: its build exists, and has exactly the packages of the fleet's newest
* release. If they cannot be compared (not built yet, no rpm database), it has an effect.
* @param options.tip where the fleet's branch is
* @returns why it is to be closed, for people
*/
async function withoutEffect(project, options) {
	const { forge } = project;
	const { pullRequest, tip, state } = options;
	const commit = pullRequest.headCommit;
	if (pullRequest.comments.some(({ key }) => key === "closed")) return void 0;
	if ((await forge.branches.changedFiles(tip, commit)).join() !== ".coxswain/refresh") return void 0;
	const built = await compareBuiltPackages(project, {
		commit,
		state
	});
	if (built === void 0 || !samePackages(built.difference)) return void 0;
	return `Closed: ${noEffect}. The new build \`${built.candidate.version}\` has the same ${built.count} packages as release \`${built.release}\`.`;
}
/** Whether we closed the pull request of this same commit because it had no effect. */
async function cameToNothing(forge, branches, commit) {
	const last = await forge.pullRequests.latest(branches);
	if (last?.state !== "closed" || last.headCommit !== commit) return false;
	return last.comments.some(({ body }) => body.includes(noEffect));
}
// src/loop/watch-base/pull-request.ts
/** The pull request that pins another build of the base. */
function repinProposal(options) {
	const { config, fleet, from, to, view, signedBy, built } = options;
	const stream = `stream ${config.stream}`;
	const title = `${from === void 0 ? `Pin base image ${to.version}` : from.version === to.version ? `Base image ${to.version} was built again` : `Base image ${from.version ?? shortDigest(from.digest)} → ${to.version}`} (${stream}${view?.onTheWayTo === void 0 ? "" : ", a barrier"})`;
	const lead = view?.onTheWayTo !== void 0 ? `Base ${to.version} is a barrier upstream, on the way to ${view.onTheWayTo}: a fleet that skips it cannot release anything newer. That one is proposed when this is merged.` : from === void 0 ? `\`${config.containerfile}\` names \`${formatReference(config.base)}\` without a digest, so a build does not show which base it was built on. This pins the image that the tag points at now.` : `\`${formatReference(config.base)}\` points at another build than the one pinned in \`${config.containerfile}\`.`;
	const skipped = view?.barriers[0]?.version;
	const paragraphs = [
		lead,
		...skipped === void 0 ? [] : [`> [!WARNING]\n> **start-rollout will refuse a release on this base**: you need a release on base ${skipped} first (\`coxswain watch-base --base-version ${skipped}\`). So this is a draft.`],
		table([
			"",
			"version",
			"created",
			"digest"
		], [...from === void 0 ? [] : [["now", ...buildRow(config, from)]], ["proposed", ...buildRow(config, to)]]),
		...downloadLine(from, to),
		fullDigests(from, to),
		whatChanges({
			from,
			to,
			built
		}),
		...signedBy === void 0 ? [] : [`The proposed image is signed by ${code(signedBy)}; the signature was verified.`],
		...view === void 0 ? [] : [upstreamSection(config, view)],
		whatHappensNext(config, fleet),
		"To skip this base, close this pull request: it stays closed until the tag moves on. Commits that you add to its branch are kept."
	];
	const ready = skipped === void 0;
	return {
		...proposal(options, title, paragraphs),
		ready,
		subject: `base ${to.digest}`
	};
}
function buildRow({ base }, { version, created, digest }) {
	const time = created === void 0 ? void 0 : Date.parse(created) / 1e3;
	return [
		version === void 0 ? "unknown" : code(version),
		time === void 0 || Number.isNaN(time) ? created ?? "unknown" : formatTime(Math.floor(time)),
		linkedDigest(atDigest(base.repository, digest), { short: true })
	];
}
/** For a reviewer the kernel is the largest risk, so it comes first. */
function whatChanges(options) {
	const { from, to, built } = options;
	const known = built?.difference;
	const changed = [...known?.upgraded ?? [], ...known?.downgraded ?? []].find(({ name }) => name === "kernel");
	const [before, after] = changed === void 0 ? [from?.kernel, to.kernel] : [changed.before, changed.after].map(({ version, release }) => `${version}-${release}`);
	const kernel = after === void 0 ? [] : before === after ? [`- Kernel: ${code(after)}, as before`] : [`- **Kernel**: ${before === void 0 ? "" : `${code(before)} → `}${code(after)}`];
	const packages = built === void 0 ? "- Packages: listed here once the image of this branch is built, compared with the newest release." : `- Packages, compared with release ${code(built.release)}: ${countPackages(built.difference)}\n\n<details><summary>The packages</summary>\n\n${describePackages(built.difference)}\n\n</details>`;
	return `### What changes\n\n${[...kernel, packages].join("\n")}`;
}
/** What the base's part of the update costs a node. */
function downloadLine(from, to) {
	if (from?.image === void 0 || to.image === void 0) return [];
	return [`Of the base, a node downloads ${describeDownload(downloadBetween(from.image, to.image), to.image)}. What the build adds comes on top.`];
}
/** Whole digests make a table wider than GitHub's column. */
function fullDigests(from, to) {
	const lines = [...from === void 0 ? [] : [`now       ${from.digest}`], `proposed  ${to.digest}`];
	return `<details><summary>Full digests</summary>\n\n${codeBlock(lines.join("\n"))}\n\n</details>`;
}
/** What upstream does with the base. The text is the same at any time unless upstream changes something. */
function upstreamSection(config, { status, barriers, deadends }) {
	return `### Upstream\n\n${[
		...describeUpstreamStatus(status),
		...barriers.map(({ version, reason }) => `passes the barrier ${version}: ${reason}`),
		...deadends.map(({ version, reason }) => `passes the dead-end ${version}: ${reason}`),
		...barriers.length === 0 && deadends.length === 0 ? ["no barrier and no dead-end is passed on the way"] : [],
		...doubtOf(status) === void 0 ? [] : ["start-rollout needs `--accept-upstream`, too, if nothing has changed upstream by then"],
		...sources(config)
	].map((fact) => `- ${fact}`).join("\n")}`;
}
/** Links to read more. Fedora has a page for people, too. */
function sources({ base, upstream, architectures }) {
	if (upstream === void 0) return [];
	const notes = `https://fedoraproject.org/coreos/release-notes/?arch=${architectures[0]}&stream=${base.tag}`;
	return [[...upstream.updates === defaultUpstream(base)?.updates ? [`[release notes](${notes})`] : [], `[update guidance](${upstream.updates})`].join(" · ")];
}
/**
* The pull request that builds again on the same base. If somebody declines it, it is proposed again after another
* `refresh`.
* @param options.builtAt UNIX seconds, as `now`
*/
function refreshProposal(options) {
	const { config, fleet, baseVersion, builtAt, now } = options;
	const periods = Math.floor((now - builtAt) / config.refresh);
	const on = baseVersion === void 0 ? "the same base" : `base ${baseVersion}`;
	return {
		...proposal(options, `Refresh: build ${fleet.name} again on ${on}`, [`The newest build of fleet \`${fleet.name}\` was made on ${formatTime(builtAt)}, more than ${formatDuration(config.refresh)} ago, and \`${formatReference(config.base)}\` has not moved since. A new build fetches the newest packages, and their security fixes.`, whatHappensNext(config, fleet)]),
		subject: `refresh ${formatTime(builtAt)} ${periods}`
	};
}
function proposal({ fleet }, title, paragraphs) {
	return {
		head: baseBranch(fleet.name),
		base: fleet.branch,
		title,
		body: `${paragraphs.join("\n\n")}\n`,
		ready: true,
		labels: ["coxswain", "base-image"]
	};
}
function whatHappensNext(config, fleet) {
	const next = nextFleets(config, fleet).map(({ name, soak }) => `Fleet \`${name}\` is offered the same digest by a promotion pull request, ready ${formatDuration(soak)} after the rollout here began.`);
	return `### What happens next\n\n${[
		`This branch is built for ${config.architectures.join(", ")} and pushed to \`${formatRepository(config.testImage)}\`.`,
		`That digest boots in a VM and runs \`${config.tests}/\`; the result is reported here.`,
		`After the merge it is promoted to \`${formatRepository(config.image)}\` as it was tested, and rolls out to fleet \`${fleet.name}\` by \`${fleet.template}\`.`,
		...next
	].map((step, index) => `${index + 1}. ${step}`).join("\n")}`;
}
// src/loop/watch-base/refresh.ts
/** UNIX seconds at which a fleet's newest build was made; undefined before its first release. */
function newestBuildTime(state) {
	const times = Object.values(state.records).map((record) => Date.parse(record.created) / 1e3);
	return times.length === 0 ? void 0 : Math.max(...times);
}
/**
* The change that makes a new build of the same inputs: a date in a file that is part of the build key. Undefined if
* none is due.
* @param options.tip where the fleet's branch is
* @param options.proposed the commit of the pull request's branch, if any: its date is kept until it is too old
* @param options.refresh seconds that a build may be old
*/
async function dueRefresh(branches, options) {
	const { now, refresh } = options;
	const builtAt = newestBuildTime(options.state);
	if (builtAt === void 0 || now - builtAt <= refresh) return void 0;
	const merged = await dateOn(branches, options.tip);
	if (merged !== void 0 && now - merged <= refresh) return void 0;
	const proposed = options.proposed === void 0 ? void 0 : await dateOn(branches, options.proposed);
	const kept = proposed !== void 0 && now - proposed <= refresh;
	return {
		change: {
			path: refreshFileName,
			content: `${formatTime(kept ? proposed : now)}\n`
		},
		builtAt,
		proposed: kept
	};
}
async function dateOn(branches, commit) {
	const milliseconds = Date.parse((await branches.readFile(commit, ".coxswain/refresh") ?? "").trim());
	return Number.isNaN(milliseconds) ? void 0 : Math.floor(milliseconds / 1e3);
}
init_errors();
/**
* Checks the base, and keeps one pull request up to date for each fleet that is not promoted from another.
* @throws OutsideError when the base has moved and upstream's guidance cannot be read
*/
async function watchBase(project, options) {
	const { client, config } = project;
	const digest = options.baseVersion === void 0 ? await resolveBase(client, config) : await resolveVersion(client, config, options.baseVersion);
	const answers = [];
	for (const fleet of entryFleets(config)) answers.push(await watchFor(project, {
		...options,
		fleet,
		digest
	}));
	return answers;
}
async function watchFor(project, options) {
	const { fleet, now, baseVersion, accept = [], again = false } = options;
	const { config, client, forge } = project;
	const tip = await fleetTip(forge.branches, fleet);
	const { text, pinned } = await readPin(project, fleet, tip);
	const from = pinned.kind === "digest" ? pinned.digest : void 0;
	const otherArchitectures = from !== void 0 && from !== options.digest && baseVersion === void 0 && await sameImages(client, config, from, options.digest);
	const digest = otherArchitectures ? from : options.digest;
	let held = {};
	if (from !== digest) {
		const before = await readPinnedBase(client, config, pinned);
		const { readUpstream } = project;
		const { to, view, blocked } = await chooseBase({
			client,
			config,
			readUpstream,
			from: before,
			digest,
			explicit: baseVersion !== void 0,
			accept,
			now
		});
		const upstream = defined({ upstream: view?.status });
		if (blocked === void 0) {
			const signedBy = await requireSignedBase(project, {
				...config.base,
				digest: to.digest
			});
			const content = repinBase(text, config.containerfile, config.base, to.pin);
			const proposal = repinProposal({
				config,
				fleet,
				from: before,
				to,
				view,
				signedBy,
				built: await builtOn(project, fleet, to.digest)
			});
			const { action, pullRequest } = await proposeChanges(forge, proposal, {
				tip,
				changes: [{
					path: config.containerfile,
					content
				}],
				again
			});
			return {
				fleet: fleet.name,
				moved: true,
				base: {
					from,
					to: to.digest,
					fromVersion: before?.version,
					toVersion: to.version
				},
				pullRequest: pullRequest.number,
				action,
				title: pullRequest.title,
				...upstream
			};
		}
		held = {
			...upstream,
			blocked,
			digest: to.digest,
			toVersion: to.version
		};
	}
	const version = versionOfTag(config, pinned);
	const { digest: heldDigest, toVersion, ...why } = held;
	const base = {
		from,
		to: heldDigest ?? digest,
		fromVersion: version,
		toVersion: toVersion ?? version
	};
	const unmoved = {
		fleet: fleet.name,
		moved: heldDigest !== void 0,
		base,
		...why,
		...defined({ otherArchitectures: otherArchitectures ? otherArchitectures : void 0 })
	};
	const head = baseBranch(fleet.name);
	const state = await project.state.readFleet(fleet.name);
	const proposed = await forge.branches.resolve(head);
	const refresh = await dueRefresh(forge.branches, {
		state,
		tip,
		proposed,
		refresh: config.refresh,
		now
	});
	if (refresh !== void 0) {
		const branches = {
			head,
			base: fleet.branch
		};
		const open = await forge.pullRequests.find(branches);
		if (open === void 0 && refresh.proposed && !again && await cameToNothing(forge, branches, proposed)) return {
			...unmoved,
			pullRequest: void 0,
			action: "none",
			title: void 0
		};
		const noChange = open === void 0 || again ? void 0 : await withoutEffect(project, {
			pullRequest: open,
			tip,
			state
		});
		if (noChange !== void 0) {
			const { action, pullRequest } = await withdrawProposal(forge, branches, noChange);
			return {
				...unmoved,
				pullRequest: pullRequest?.number,
				action,
				title: pullRequest?.title,
				noChange
			};
		}
		const { builtAt, change } = refresh;
		const proposal = refreshProposal({
			config,
			fleet,
			baseVersion: version,
			builtAt,
			now
		});
		const { action, pullRequest } = await proposeChanges(forge, proposal, {
			tip,
			changes: [change],
			again
		});
		return {
			...unmoved,
			pullRequest: pullRequest.number,
			action,
			title: pullRequest.title
		};
	}
	if (heldDigest !== void 0 && await proposesOther(project, {
		fleet,
		head,
		held: heldDigest
	})) {
		const open = await forge.pullRequests.find({
			head,
			base: fleet.branch
		});
		return {
			...unmoved,
			pullRequest: open?.number,
			action: "unchanged",
			title: open?.title
		};
	}
	const { action, pullRequest } = await withdrawProposal(forge, {
		head,
		base: fleet.branch
	}, held.blocked === void 0 ? `Closed: \`${fleet.branch}\` pins what the base's tag points at (\`${digest}\`), and no new build is due.` : `Closed: ${held.blocked}.`);
	return {
		...unmoved,
		pullRequest: pullRequest?.number,
		action,
		title: pullRequest?.title
	};
}
/** The packages of the image that our branch builds on a base; undefined until it is built, or if it proposes another base. */
async function builtOn(project, fleet, base) {
	const commit = await project.forge.branches.resolve(baseBranch(fleet.name));
	if (commit === void 0) return void 0;
	const state = await project.state.readFleet(fleet.name).catch((error) => {
		if (!(error instanceof InputError)) throw error;
	});
	if (state === void 0) return void 0;
	const built = await compareBuiltPackages(project, {
		commit,
		state
	});
	return built?.candidate.base.reference.digest === base ? built : void 0;
}
/** An open pull request that proposes another base than the one that upstream holds back stays valid. */
async function proposesOther({ config, forge }, { fleet, head, held }) {
	const open = await forge.pullRequests.find({
		head,
		base: fleet.branch
	});
	if (open === void 0) return false;
	const text = await forge.branches.readFile(open.headCommit, config.containerfile);
	if (text === void 0) return false;
	const { reference } = findBase(parseContainerfile(text, config.containerfile), config.base);
	return reference.kind === "digest" && reference.digest !== held;
}
async function readPin({ config, forge }, fleet, tip) {
	const text = await forge.branches.readFile(tip, config.containerfile);
	if (text === void 0) throw new InputError({
		where: config.containerfile,
		problem: `branch ${fleet.branch} has no such file`,
		remedy: "Add it there, or set containerfile in coxswain.yaml."
	});
	return {
		text,
		pinned: findBase(parseContainerfile(text, config.containerfile), config.base).reference
	};
}
export { watchBase as t };
