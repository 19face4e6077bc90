import { B as formatUpdateMetadata, C as rolloutProgress, D as formatReleaseIndex, N as holdAt, Q as formatPublishedGraph, S as rolloutPhase, X as buildGraph, a as adoptionCurve, b as nextOpening, c as stagedCourse, ct as aliasesOf, et as nodeKeys, i as considerUpdate, m as findStranded, o as adoptionShare, s as reachedBy, st as addAliases, v as rolloutOf, x as rolloutEnd, y as throttleGraph } from "./guidance.mjs";
import { At as formatBuildRelease, Dt as formatStamp, Ft as buildReleasePath, It as buildReleaseUrl, Lt as graphPath, Pn as stagedOf, Pt as baseUrl, Yt as doubtOf, _i as describeManyRings, jn as metadataOf, kt as stampPath, qt as describeRollout, xi as isNamed } from "./shared.mjs";
import { c as operateWorkflow } from "./project-init.mjs";
import { Lt as defined, Mt as formatTime, jt as formatDuration, l as formatPercent } from "./host.mjs";
import { t as _taggedTemplateLiteral } from "./taggedTemplateLiteral.mjs";
import { createHash } from "node:crypto";
// src/release/published/dashboard/html.ts
/** Builds HTML; every value that is not Html itself is escaped, for text and for quoted attributes alike. */
function html(strings, ...values) {
	return { html: strings.map((text, index) => `${index === 0 ? "" : render(values[index - 1])}${text}`).join("") };
}
function render(value) {
	if (value === void 0) return "";
	if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
	if ("html" in value) return value.html;
	return value.map(render).join("");
}
function escapeHtml(text) {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;").replaceAll("'", "&#39;");
}
// src/release/published/dashboard/change-links.ts
/** What the form of the workflow Operate offers, in the words of `coxswain bridge`. */
const actions = [
	"Pause",
	"Resume",
	"Roll out",
	"Set a barrier",
	"Mark a dead-end",
	"Withdraw",
	"Hold the fleet",
	"Release the hold",
	"Roll back"
];
/**
* For the published page, which cannot change anything itself: where each fleet can be changed. Nothing for a repository
* without web pages of GitHub.
* @returns by name of the fleet
*/
function changeLinks({ fleets, repository }) {
	if (repository === void 0) return /* @__PURE__ */ new Map();
	const form = `${repository}/actions/workflows/${operateWorkflow}`;
	return new Map(fleets.map(({ name }) => [name, html`<details class="change"><summary>Change ${name}</summary>
<p>Each is a choice in the form of the workflow Operate: ${actions.map((action, index) => html`${index === 0 ? "" : ", "}<a href="${form}" rel="noopener noreferrer">${action}</a>`)}.</p>
<p>To see first what a change does to whom, run <code>coxswain bridge</code> in a clone.</p>
</details>
`]));
}
// src/release/published/dashboard/curve.ts
/** The plot, in units of the picture. */
const left = 38;
const right = 388;
const bottom = 150;
/** More rings than this would hide the line. */
const mostMarks = 16;
/**
* A rollout over time: the planned share, what each ring waits for, now, and the observed share if it is known. One that
* opens ring by ring is drawn as it went, and from now on as it goes if every ring does well as soon as it can.
* @returns undefined for a rollout without a start and an end: there is nothing to draw
*/
function rolloutCurve(view, options) {
	const shape = view.course === void 0 ? plannedShape(view) : stagedShape(view.course, view.paused !== void 0);
	if (shape === void 0) return void 0;
	const { start, end } = shape;
	const { asOf, rings, observed = [] } = options;
	const span = end - start;
	const from = Math.floor(start - span * .08);
	const to = Math.max(end + span * .08, asOf < end + span ? asOf + span * .04 : 0);
	const x = (at) => round(left + 350 * (at - from) / (to - from));
	const y = (share) => round(bottom - 128 * share);
	const path = (points) => points.map(({ at, share }, index) => `${index === 0 ? "M" : "L"}${x(at)} ${y(share)}`).join("");
	const isStaged = view.course !== void 0;
	const ends = isStaged || view.paused !== void 0;
	const line = [
		{
			at: from,
			share: 0
		},
		...shape.line.length === 0 ? [] : [{
			at: shape.line[0]?.at ?? start,
			share: 0
		}],
		...shape.line,
		...ends || shape.line.length === 0 ? [] : [{
			at: to,
			share: 1
		}]
	];
	const last = shape.line.at(-1)?.at ?? from;
	const openings = [...new Set(rings.map(({ wariness }) => wariness))].flatMap((wariness) => shape.openingOf(wariness) ?? []);
	const dots = (points) => [...new Set(points.map(({ at, share }) => `M${x(at)} ${y(share)}h0`))];
	const marks = dots(openings.filter(({ at }) => at <= last));
	const ahead = dots(openings.filter(({ at }) => at > last));
	const isFew = marks.length + ahead.length <= mostMarks;
	const shows = asOf >= from && asOf <= to;
	const what = `Rollout of ${view.version}: ${view.phase} at ${view.percent} %, from ${formatTime(start)} to ${formatTime(end)}${shape.dashed.length > 1 && isStaged ? " at the earliest" : ""}`;
	const keys = [...isStaged && shape.dashed.length > 1 ? ["dashed: at the earliest"] : [], ...observed.length === 0 ? [] : ["dotted: nodes that run it"]];
	return html`<svg class="curve ${view.phase.replace(" ", "-")}" viewBox="0 0 400 180" role="img" data-from="${Math.round(from)}" data-to="${Math.round(to)}">
<title>${what}</title>
<path class="grid" d="M${left} ${y(0)}H${right}M${left} ${y(.5)}H${right}M${left} ${y(1)}H${right}"/>
${[
		0,
		.5,
		1
	].map((share) => html`<text x="${32}" y="${y(share) + 4}" class="end">${share * 100} %</text>`)}
<path class="area" d="${path(line)}V${y(0)}H${x(from)}Z"/>
<path class="plan" d="${path(line)}"/>
${shape.dashed.length === 0 ? "" : html`<path class="flat" d="${path(shape.dashed)}${shape.stops ? `H${right}` : ""}"/>`}
${isFew ? html`<path class="marks" d="${marks.join("")}"/><path class="points" d="${marks.join("")}"/>` : ""}${isFew && ahead.length > 0 ? html`<path class="points" d="${ahead.join("")}"/><path class="hollow" d="${ahead.join("")}"/>` : ""}
${observed.length === 0 ? "" : html`<path class="seen" d="${path(observed.map(({ at, share }) => ({
		at: Math.min(to, Math.max(from, at)),
		share
	})))}"/>`}
${shows ? html`<g class="now" transform="translate(${x(asOf)} 0)"><path d="M0 ${16}V${bottom}"/><text y="12" class="${asOf > (from + to) / 2 ? "end" : ""}">as published</text></g>` : ""}
${keys.map((key, index) => html`<text x="${right}" y="${y(0) - 6 - 14 * index}" class="end key">${key}</text>`)}
<text x="${x(start)}" y="168">${shortTime(start)}</text>
<text x="${x(end)}" y="168" class="end">${shortTime(end)}</text>
</svg>
`;
}
function plannedShape({ rollout, paused }) {
	const end = rollout === void 0 ? void 0 : rolloutEnd(rollout);
	const start = rollout?.start_epoch;
	if (rollout === void 0 || start === void 0 || end === void 0) return void 0;
	const stop = paused === void 0 ? void 0 : {
		at: paused.since,
		share: paused.progress
	};
	return {
		start,
		end,
		line: [{
			at: start,
			share: rollout.start_percentage ?? 0
		}, stop ?? {
			at: end,
			share: 1
		}],
		dashed: stop === void 0 ? [] : [stop],
		stops: stop !== void 0,
		openingOf: (wariness) => {
			if (paused !== void 0 && wariness > paused.progress) return void 0;
			const first = nextOpening(rollout, wariness, start - 1);
			return {
				at: Math.max(start, first ?? start),
				share: wariness
			};
		}
	};
}
function stagedShape({ known, earliest }, isStopped) {
	const all = [...known, ...earliest];
	const [first] = all;
	const end = all.at(-1);
	if (first === void 0 || end === void 0 || end.at <= first.at) return void 0;
	return {
		start: first.at,
		end: end.at,
		line: known,
		dashed: isStopped ? known.slice(-1) : earliest,
		stops: isStopped,
		openingOf: (wariness) => {
			const at = reachedBy(all, wariness);
			return at === void 0 ? void 0 : {
				at,
				share: wariness
			};
		}
	};
}
function shortTime(seconds) {
	return `${formatTime(seconds).slice(5, 16).replace("T", " ")}`;
}
function round(value) {
	return Math.round(value * 10) / 10;
}
// src/release/published/dashboard/links.ts
/** A text in which every http or https address is a link. Nothing else in it ever becomes one. */
function withLinks(text) {
	return html`${text.split(/(https?:\/\/[^\s<>"']+)/).map((part, index) => index % 2 === 0 ? part : addressLink(part))}`;
}
/** A link to a web page; only its text if the address is not http or https. */
function linkTo(address, text) {
	const url = URL.parse(address);
	if (url === null || !["http:", "https:"].includes(url.protocol)) return html`${text}`;
	return html`<a href="${address}" rel="noopener noreferrer">${text}</a>`;
}
/** A commit, and the runs for it, if the repository has web pages. */
function commitLink(commit, repository) {
	const short = html`<code>${commit.slice(0, 12)}</code>`;
	return repository === void 0 ? short : linkTo(`${repository}/commit/${encodeURIComponent(commit)}`, short);
}
/** The page that shows the workflow runs for a commit. */
function runsLink(commit, repository) {
	if (repository === void 0) return void 0;
	return linkTo(`${repository}/commit/${encodeURIComponent(commit)}/checks`, "runs");
}
function pullRequestLink(number, repository) {
	const text = `pull request #${number}`;
	return repository === void 0 ? html`${text}` : linkTo(`${repository}/pull/${number}`, text);
}
/** `repository@sha256:…`; a link if its registry has a page for it. */
function imageLink(reference) {
	const [repository = "", digest = ""] = reference.split("@");
	const [host = "", ...path] = repository.split("/");
	const shown = html`<code>${reference}</code>`;
	const name = path.map(encodeURIComponent).join("/");
	if (name === "") return shown;
	if (host === "quay.io") return linkTo(`https://quay.io/repository/${name}/manifest/${encodeURIComponent(digest)}`, shown);
	if (host === "ghcr.io") return linkTo(`https://ghcr.io/${name}`, shown);
	return shown;
}
/** The page is public: it shows the names of people without their mail addresses. */
function nameOf(by) {
	const name = by.replace(/\s*<[^<>]*@[^<>]*>\s*$/, "").trim();
	return name === "" ? "an operator" : name;
}
/** Punctuation after an address belongs to the sentence. */
function addressLink(text) {
	const [, address = "", rest = ""] = /^(.*?)([.,;:!?)]*)$/s.exec(text) ?? [];
	return html`${linkTo(address, address)}${rest}`;
}
// src/release/published/dashboard/rollout-view.ts
/**
* The rollouts of a fleet, newest release first: the newest release, with a rollout or not, then other releases that
* are offered or were paused, down to the newest that is complete.
*/
function rolloutViews({ state, facts }, times) {
	const views = state.releases.releases.toReversed().map(({ version }) => {
		const view = rolloutView(version, state, {
			...times,
			rings: facts?.rings ?? []
		});
		const course = courseOf(view, {
			state,
			facts
		}, times);
		if (course === void 0 || view.phase !== "in progress") return {
			...view,
			course
		};
		const end = course.known.at(-1)?.at ?? times.asOf;
		return {
			...view,
			course,
			explanation: html`Every ring with a threshold did well. Complete ${showTime(end)}.`
		};
	});
	const complete = views.findIndex(({ phase }) => phase === "complete");
	return views.slice(0, complete < 0 ? void 0 : complete + 1).filter(({ phase }, index) => index === 0 || !["not offered", "withdrawn"].includes(phase));
}
/** undefined for a rollout that opens by time alone. */
function courseOf({ version, rollout, paused, phase }, { state: { operations = {} }, facts }, { asOf }) {
	const staged = stagedOf({ operations }, version);
	if (staged === void 0 || rollout === void 0 || facts?.ringLimits === void 0) return void 0;
	if (phase === "complete") return void 0;
	return stagedCourse(staged, rollout, {
		...facts.ringLimits,
		now: asOf,
		stopped: paused?.since
	});
}
/** A pause that was made because a rollout hurt its nodes. */
function isHalt({ reason }) {
	return /^halted:/i.test(reason);
}
function rolloutView(version, state, times) {
	const { rollout, barrier } = metadataOf(state.updates, version);
	if (rollout !== void 0) return runningView(version, rollout, times);
	if (barrier !== void 0) return {
		version,
		phase: "complete",
		percent: 100,
		explanation: html`A barrier: offered to every older node.`
	};
	const paused = state.operations?.paused?.find((each) => each.version === version);
	if (paused !== void 0) {
		const percent = Math.floor(paused.progress * 100 + 1e-9);
		const until = paused.until === void 0 ? "" : html` It goes on automatically ${showTime(paused.until)}.`;
		return {
			version,
			phase: isHalt(paused) ? "halted" : "paused",
			percent,
			explanation: html`Stopped at ${percent} % on ${showTime(paused.since)}: no further node is offered it.${until}`,
			rollout: paused.entry.metadata.rollout,
			paused
		};
	}
	if (state.operations?.withdrawn?.some((each) => each.version === version) === true) return {
		version,
		phase: "withdrawn",
		percent: 0,
		explanation: html`Withdrawn: offered to nobody. Nodes that run it wait for the next release.`
	};
	return {
		version,
		phase: "not offered",
		percent: 0,
		explanation: html`Not offered to any node: it has no rollout.`
	};
}
function runningView(version, rollout, { now, asOf, rings }) {
	const phase = rolloutPhase(rollout, now);
	const percent = phase === "complete" ? 100 : Math.min(99, Math.floor(rolloutProgress(rollout, asOf) * 100 + 1e-9));
	const start = rollout.start_epoch ?? 0;
	const end = rolloutEnd(rollout);
	const waits = rings.find((each) => each.version === version);
	return {
		version,
		phase,
		percent,
		explanation: explain(),
		rollout
	};
	function explain() {
		switch (phase) {
			case "scheduled": return end === void 0 ? html`Starts ${showTime(start)}.` : html`Starts ${showTime(start)}, and takes ${formatDuration(end - start)}.`;
			case "in progress": return html`Began ${showTime(start)}, complete ${showTime(end)}.`;
			case "held": return waits === void 0 ? html`Stays at ${percent} %: the rollout has no duration.` : html`Stays at ${percent} %: ${waits.note}.`;
			case "complete": return html`Complete: offered to every node that can take it.`;
		}
	}
}
/** `2026-07-22 14:00 UTC` */
function showTime(seconds) {
	const text = formatTime(seconds);
	return html`<time datetime="${text}">${text.slice(0, 16).replace("T", " ")} UTC</time>`;
}
// src/release/published/dashboard/fleet-problems.ts
/** A deadline is shown this many seconds before. */
const shownBefore = 1209600;
/** A publication may be late by this many seconds: a schedule is not exact. */
const lateness = 3600;
/** Everything that is wrong with a fleet, or that it waits for; what is wrong comes first. */
function findProblems(fleet, views, input) {
	const all = [
		...stopped(fleet, views),
		...ringsThatWait(fleet),
		...held(fleet, input),
		...stranded(fleet),
		...promotion$1(fleet, input),
		...around(fleet, input)
	];
	return [...all.filter(({ severity }) => severity === "wrong"), ...all.filter(({ severity }) => severity === "waiting")];
}
function stopped({ state }, views) {
	const { paused = [], withdrawn = [] } = state.operations ?? {};
	const superseded = (version) => {
		const versions = state.releases.releases.map((release) => release.version);
		const complete = views.find(({ phase }) => phase === "complete")?.version ?? "";
		return versions.indexOf(complete) > versions.indexOf(version);
	};
	return [...paused.filter(({ held: byHold }) => byHold !== true).map((each) => {
		const until = each.until === void 0 ? "" : html` until ${showTime(each.until)}`;
		const halted = isHalt(each);
		return {
			severity: halted ? "wrong" : "waiting",
			word: halted ? "halted" : "paused",
			text: html`<code>${each.version}</code> is ${halted ? "halted" : "paused"} at ${formatPercent(each.progress)}${until}: ${said(each)}`
		};
	}), ...withdrawn.filter(({ version }) => !superseded(version)).map((each) => ({
		severity: "wrong",
		word: "withdrawn",
		text: html`<code>${each.version}</code> is offered to nobody, and the nodes that run it wait for the next release: ${said(each)}`
	}))];
}
function ringsThatWait({ facts }) {
	return (facts?.rings ?? []).filter(({ ring }) => ring !== void 0).map(({ version, note }) => ({
		severity: "waiting",
		word: "ring",
		text: html`<code>${version}</code>: ${note}`
	}));
}
function held({ state, facts }, { now }) {
	const hold = state.operations === void 0 ? void 0 : holdAt(state.operations, now);
	const { freeze } = facts ?? {};
	const until = (moment) => moment === void 0 ? "" : html` until ${showTime(moment)}`;
	const source = hold !== void 0 && "source" in hold ? html` (${String(hold.source)})` : "";
	return [...hold === void 0 ? [] : [{
		severity: "waiting",
		word: "held",
		text: html`No new release${until(hold.until)}${source}: ${said(hold)}`
	}], ...freeze === void 0 ? [] : [{
		severity: "waiting",
		word: "frozen",
		text: html`Nothing is promoted${until(freeze.until)}: ${withLinks(freeze.reason)}`
	}]];
}
function stranded({ state }) {
	const withdrawn = new Set((state.operations?.withdrawn ?? []).map(({ version }) => version));
	const groups = /* @__PURE__ */ new Map();
	for (const each of findStranded(state)) {
		if (withdrawn.has(each.version)) continue;
		const key = `${each.architecture} ${each.end === each.version ? "" : each.end} ${each.goal}`;
		groups.set(key, [...groups.get(key) ?? [], each]);
	}
	return [...groups.values()].map((group) => {
		const [first, last] = [group[0], group.at(-1)];
		const which = group.length === 1 ? html`<code>${first.version}</code>` : html`${group.length} releases, <code>${first.version}</code> to <code>${last.version}</code>,`;
		const end = first.end === first.version ? "stay where they are" : html`end at <code>${first.end}</code>`;
		return {
			severity: "wrong",
			word: "stranded",
			text: html`Nodes on ${which} on ${first.architecture} ${end}, and never reach <code>${first.goal}</code>${first.why === "dead-end" ? ": a dead-end is in the way" : ""}.`
		};
	});
}
function promotion$1({ name, facts, state }, { now }) {
	const pending = facts?.promotion;
	const shown = [...state.operations !== void 0 && holdAt(state.operations, now) !== void 0 ? [`hold of ${name}`] : [], ...facts?.freeze === void 0 ? [] : ["freeze"]];
	return (pending?.gates ?? []).filter((gate) => gate.state !== "green" && !shown.includes(gate.name)).map((gate) => {
		const until = gate.until === void 0 ? "" : html`, opens ${showTime(gate.until)}`;
		const word = gate.state === "red" ? "gate" : gate.state === "waiting" ? "waits" : "not known";
		return {
			severity: gate.state === "red" ? "wrong" : "waiting",
			word,
			text: html`Promotion of <code>${pending?.version}</code> from ${pending?.from}, ${gate.name}: ${withLinks(gate.note)}${until}`
		};
	});
}
function around({ facts, state }, { now }) {
	const newest = state.releases.releases.at(-1)?.version ?? "";
	const record = state.records?.[newest];
	const doubt = facts?.upstream === void 0 ? void 0 : doubtOf(facts.upstream);
	const accepted = record?.acceptedMissingEvidence;
	const cameBack = (state.adoption?.cameBack ?? []).reduce((sum, { nodes }) => sum + nodes, 0);
	return [
		...cameBack === 0 ? [] : [{
			severity: "wrong",
			word: "came back",
			text: html`${cameBack} nodes ran a newer release, and now run an older one.`
		}],
		...doubt === void 0 ? [] : [{
			severity: "wrong",
			word: "base",
			text: html`${withLinks(doubt.why)}`
		}],
		...accepted === void 0 ? [] : [{
			severity: "waiting",
			word: "no evidence",
			text: html`<code>${newest}</code> was promoted without a test: ${withLinks(accepted.reason)} <span class="quiet">(${nameOf(accepted.by)})</span>`
		}],
		...(facts?.deadlines ?? []).filter(({ at }) => at - shownBefore <= now).map(({ what, at }) => ({
			severity: at <= now ? "wrong" : "waiting",
			word: "deadline",
			text: html`${what}: ${showTime(at)}`
		}))
	];
}
/** A publication that did not come. @param due when it was due, UNIX seconds */
function overdue(due, now) {
	if (due === void 0 || now <= due + 3600) return void 0;
	return {
		severity: "wrong",
		word: "overdue",
		text: html`The next publication was due ${showTime(due)}, ${formatDuration(now - due)} ago.`
	};
}
/** Reason, who and when. A halt is named as such already. */
function said(statement) {
	return html`${withLinks(statement.reason.replace(/^halted:\s*/i, ""))} <span class="quiet">(${nameOf(statement.by)}, ${showTime(statement.at)})</span>`;
}
/** More rings than this are one line. */
const mostListed = 12;
/** What the configuration of a node needs to follow a fleet. */
function follow(fleet, input) {
	const address = (folder) => baseUrl({
		url: input.url ?? "https://updates.example.org/",
		fleet: fleet.name,
		basearch: "${basearch}",
		...defined({ folder })
	});
	const rings = input.rings.filter(isNamed);
	const others = describeManyRings(input.rings);
	return html`<details>
<summary>Follow this fleet</summary>
<p>On each node, in <code>/etc/zincati/config.d/90-fleet.toml</code>:</p>
<pre tabindex="0"><code>[cincinnati]
base_url = "${address()}"</code></pre>
${input.url === void 0 ? html`<p class="quiet">Replace the host with the one that serves these files (publish.url is not set).</p>` : ""}
${rings.length === 0 ? "" : html`<p>Nodes of a ring take its address instead. The lower the wariness, the earlier a release is offered.</p>`}
${rings.length > mostListed ? html`<pre tabindex="0"><code>base_url = "${address("RING")}"</code></pre>
<p>RING is one of ${rings.map(({ name }) => name).join(", ")}.</p>` : html`<dl>${rings.map(({ name, wariness, folders }) => html`<dt>${name} <span class="quiet">wariness ${wariness}${wariness === 0 ? ": also before the start" : ""}</span></dt><dd><pre tabindex="0"><code>base_url = "${address(folders[0])}"</code></pre></dd>`)}</dl>`}
${others === void 0 ? "" : html`<p class="quiet">${others}.</p>`}</details>
`;
}
/** Edges of a table of offers, as lanes that do not touch if there is room. */
function graphLanes(rows) {
	const position = new Map(rows.map(({ newest }, index) => [newest, index]));
	const sources = /* @__PURE__ */ new Map();
	const add = (target, from, column) => {
		const to = target === void 0 ? void 0 : position.get(target);
		if (to === void 0) return;
		const lane = sources.get(to) ?? {
			from: /* @__PURE__ */ new Set(),
			openTo: /* @__PURE__ */ new Set()
		};
		sources.set(to, lane);
		lane.from.add(from);
		if (column !== void 0) lane.openTo.add(`${from} ${column}`);
	};
	for (const [index, row] of rows.entries()) {
		add(row.finally, index);
		for (const [column, choice] of row.choices.entries()) if (choice.kind === "update") add(choice.target.version, index, column);
	}
	const columns = rows[0]?.choices.length ?? 0;
	return withTracks([...sources].map(([target, { from, openTo }]) => {
		const all = openTo.size === from.size * columns;
		return {
			target,
			sources: [...from].sort((one, other) => one - other),
			open: all ? "all" : openTo.size === 0 ? "none" : "some"
		};
	}));
}
/**
* The row that a node on this row goes to next, once all rollouts are complete; undefined if it stays. It is always a
* newer one, so a way ends.
*/
function nextOf(rows, from) {
	const goal = rows[from]?.finally;
	const next = rows.findIndex(({ newest }) => newest === goal);
	return next < 0 || next >= from ? void 0 : next;
}
/** Short lanes come first and are the nearest. */
function withTracks(lanes) {
	const taken = [];
	const length = (lane) => Math.max(...lane.sources) - lane.target;
	return [...lanes].sort((one, other) => length(one) - length(other) || one.target - other.target).map((lane) => {
		const span = [lane.target, Math.max(...lane.sources)];
		const track = Array.from({ length: 5 }, (_, track) => track).find((track) => (taken[track] ?? []).every(([low, high]) => span[1] <= low || span[0] >= high)) ?? 4;
		taken[track] = [...taken[track] ?? [], span];
		return {
			...lane,
			track
		};
	});
}
// src/release/published/dashboard/ring-groups.ts
/** Rings in words: few by name, many by the first, the last and their number. */
function nameRings(rings, all) {
	if (rings.length === all && all > 1) return "every node";
	const names = rings.map(({ name }) => name);
	if (names.length <= 4) return names.join(", ");
	return `${names[0]} to ${names.at(-1)} (${names.length} rings)`;
}
/** `wariness 0.1`, `wariness 0 to 0.5`. Rings are the earliest first. */
function nameWariness(rings) {
	const [first, last] = [short$1(rings[0]?.wariness ?? 0), short$1(rings.at(-1)?.wariness ?? 0)];
	return first === last ? `wariness ${first}` : `wariness ${first} to ${last}`;
}
function short$1(value) {
	return String(Number(value.toFixed(3)));
}
// src/release/published/dashboard/offer-section.ts
/** A table of who is offered what. On a phone it reads as a list: each cell then says whom it is about. */
function offerSection(fleet, { architectures, columns, rows }) {
	const all = columns.reduce((sum, rings) => sum + rings.length, 0);
	const heads = columns.map((rings) => ({
		name: nameRings(rings, all),
		wariness: nameWariness(rings)
	}));
	const table = html`<table role="table">
<caption>Who is offered what <span class="quiet">on ${architectures.join(", ")}</span></caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">A node on</th>${heads.map(({ name, wariness }) => html`<th role="columnheader" scope="col">${name} <span class="quiet">${wariness}</span></th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`
<tr role="row"><th role="rowheader" scope="row">${rowHead(row)}</th>${cells(row, fleet, heads)}</tr>`)}
</tbody></table>
`;
	if (rows.length <= 8) return table;
	return html`<details><summary>The same as a table (${rows.length} rows)</summary>
${table}</details>
`;
}
/** Neighbouring cells with the same answer are one. */
function cells(row, fleet, heads) {
	const groups = [];
	for (const [index, choice] of row.choices.entries()) {
		const key = choice.kind === "update" ? `to ${choice.target.version}` : choice.kind;
		const last = groups.at(-1);
		if (last?.key === key) last.names.push(heads[index]?.name ?? "");
		else groups.push({
			names: [heads[index]?.name ?? ""],
			choice,
			key
		});
	}
	return groups.map(({ names, choice }) => html`<td role="cell"${names.length === 1 ? "" : html` colspan="${names.length}"`} data-label="${names.length === heads.length ? "every node" : names.join(", ")}">${answer(choice, row, fleet)}</td>`);
}
function rowHead({ newest, oldest, count }) {
	if (count === 1) return html`<code>${newest}</code>`;
	return html`<code>${newest}</code> <span class="quiet">and ${count - 1} more, down to</span> <code>${oldest}</code>`;
}
function answer(choice, row, fleet) {
	switch (choice.kind) {
		case "update": return html`<span class="update"><span aria-hidden="true">→ </span><code>${choice.target.version}</code></span>`;
		case "dead-end": return html`<span class="stuck">dead-end</span>`;
		case "none": return html`<span class="quiet">${resting(row, fleet)}</span>`;
		case "unknown": return html`<span class="stuck">not in the graph</span>`;
	}
}
/** Why a node stays: a node on a withdrawn release is not up to date. */
function resting(row, { state }) {
	const { withdrawn = [], paused = [] } = state.operations ?? {};
	if (withdrawn.some(({ version }) => version === row.newest)) return "runs a withdrawn release";
	if (paused.some(({ version }) => version === row.newest)) return "runs a paused release";
	return row.isNewest ? "up to date" : "nothing yet";
}
// src/release/published/dashboard/graph-picture.ts
/** Units of the picture: where releases are, where their names are, and how high a row is. */
const axis = 92;
const words = 114;
const height = 46;
/** More rows than this are one. */
const mostRows = 60;
/**
* The update graph: releases in order, the newest on top; barriers are gates, dead-ends are crosses. Each row is a link
* that shows the way of a node on it.
* @param prefix makes ids unique on the page
*/
function graphPicture(fleet, table, prefix) {
	const rows = table.rows.slice(0, mostRows);
	const older = table.rows.slice(mostRows).reduce((sum, { count }) => sum + count, 0);
	const lanes = graphLanes(rows);
	const total = rows.length * height + (older === 0 ? 8 : 30);
	const names = table.architectures.join(", ");
	return html`<svg class="graph" viewBox="0 0 370 ${total}" role="group" aria-label="Update graph of ${fleet.name} on ${names}">
<path class="axis" d="M${axis} ${center(0)}V${center(rows.length - 1)}"/>
${lanes.map((lane) => html`<path class="edge ${lane.open}" d="${edges(lane)}"/><path class="head ${lane.open}" d="M${83} ${center(lane.target)}l-7-4v8z"/>`)}
${rows.map((row, index) => rowMarks(row, {
		index,
		fleet,
		table,
		lanes,
		prefix
	}))}
${rows.map((row, index) => wayMarks(rows, lanes, {
		row,
		index,
		prefix
	}))}
${older === 0 ? "" : html`<text x="${words}" y="${total - 10}" class="quiet">and ${older} older releases: releases.json</text>`}
</svg>
`;
}
function rowMarks(row, context) {
	const y = center(context.index);
	const kind = kindOf(row, context.fleet);
	const full = `${row.newest}${row.count === 1 ? "" : ` and ${row.count - 1} more, down to ${row.oldest}`}: ${note(row, context)}`;
	return html`<a class="row" href="#${wayId(context.prefix, context.index)}"><title>${full}</title><path class="hit" d="M0 ${y - 22}h370v44h-370z"/>${symbol(row, kind, y)}<text x="${words}" y="${y - 2}" class="version">${short(row.newest, 30)}</text><text x="${words}" y="${y + 13}" class="quiet ${kind}">${short(note(row, context), 46)}</text></a>
`;
}
function kindOf(row, { state }) {
	const { withdrawn = [], paused = [] } = state.operations ?? {};
	if (row.deadend !== void 0) return "dead-end";
	if (withdrawn.some(({ version }) => version === row.newest)) return "withdrawn";
	if (paused.some(({ version }) => version === row.newest)) return "paused";
	if (row.barrier !== void 0) return "barrier";
	return row.count > 1 ? "group" : "release";
}
function symbol(row, kind, y) {
	if (kind === "barrier") return html`<path class="gate" d="M${78} ${y - 9}v18M${106} ${y - 9}v18M${78} ${y}h28"/><circle class="dot" cx="${axis}" cy="${y}" r="4"/>`;
	if (kind === "dead-end") return html`<circle class="dot" cx="${axis}" cy="${y}" r="7"/><path class="cross" d="M${86} ${y - 6}l12 12m0-12l-12 12"/>`;
	if (kind === "group") return html`<rect class="dot" x="${87}" y="${y - 10}" width="10" height="20" rx="5"/>`;
	return html`<circle class="dot ${kind}${row.isNewest && kind === "release" ? " newest" : ""}" cx="${axis}" cy="${y}" r="6"/>`;
}
/** One line about a row: what it is, and to whom it is offered. */
function note(row, { index, fleet, table, lanes }) {
	const parts = [];
	const kind = kindOf(row, fleet);
	if (kind !== "release" && kind !== "group") parts.push(kind);
	if (row.count > 1) parts.push(`and ${row.count - 1} more, down to ${row.oldest}`);
	const lane = lanes.find(({ target }) => target === index);
	if (lane !== void 0) parts.push(offeredTo(row, lane, table));
	else if (row.choices.every(({ kind: each }) => each === "none")) parts.push(resting(row, fleet));
	return parts.join(", ");
}
function offeredTo({ newest }, lane, { columns, rows }) {
	if (lane.open === "none") return "offered to nobody yet";
	const open = columns.filter((_, column) => lane.sources.some((source) => {
		const choice = rows[source]?.choices[column];
		return choice?.kind === "update" && choice.target.version === newest;
	}));
	const all = columns.reduce((sum, rings) => sum + rings.length, 0);
	return `offered to ${nameRings(open.flat(), all)}`;
}
/**
* The way of a node, shown when its row is chosen: without a script by :target. A way is its first step and the way from
* there, so that the page holds each step once.
*/
function wayMarks(rows, lanes, { row, index, prefix }) {
	const next = nextOf(rows, index);
	const track = lanes.find(({ target }) => target === next)?.track ?? 0;
	const rest = next === void 0 ? "" : html` data-next="${wayId(prefix, next)}"`;
	return html`<defs><g id="${stepId(prefix, index)}"><circle cx="${axis}" cy="${center(index)}" r="9"/>${next === void 0 ? "" : html`<path d="${curve(index, next, track)}"/><use href="#${stepId(prefix, next)}"/>`}</g></defs><g class="way" id="${wayId(prefix, index)}" data-version="${row.newest}"${rest}><use href="#${stepId(prefix, index)}"/></g>
`;
}
function edges({ target, sources, track }) {
	return sources.map((source) => curve(source, target, track)).join("");
}
/** From a row up to another, along its lane. */
function curve(from, to, track) {
	const x = 70 - track * 15;
	const [low, high] = [center(from), center(to)];
	return `M84 ${low}H${x + 8}Q${x} ${low} ${x} ${low - 8}V${high + 8}Q${x} ${high} ${x + 8} ${high}H80`;
}
function center(index) {
	return index * height + 26;
}
function stepId(prefix, index) {
	return `step-${prefix}-${index}`;
}
function wayId(prefix, index) {
	return `way-${prefix}-${index}`;
}
function short(text, length) {
	const letters = [...text];
	return letters.length <= length ? text : `${letters.slice(0, length - 1).join("")}…`;
}
// src/release/published/dashboard/observed.ts
/** The most kinds of nodes that are listed. */
const most$3 = 6;
/** Nodes that were seen in so many days count. */
const days = 7;
/** The share of nodes that ran a release, over time; none if nobody counted. */
function observedCurve({ state }, { version, rollout }) {
	if (state.adoption === void 0) return [];
	return adoptionCurve(state.adoption, version, rollout).map(({ at, observed }) => ({
		at,
		share: observed
	}));
}
/** What access logs say about a fleet: who runs the newest release, who does not move on, who came back. */
function adoptionSection({ state }) {
	const { adoption } = state;
	const versions = state.releases.releases.map(({ version }) => version);
	const newest = versions.at(-1);
	if (adoption === void 0 || newest === void 0) return void 0;
	return html`<h3>Adoption</h3>
<p>${shareOf(adoption, newest, versions)} <span class="quiet">Counted ${showTime(adoption.observedAt)}${adoption.method === "sample" ? ", by a sample" : ""}.</span></p>
<ul class="notes">${adoption.cameBack.slice(0, most$3).map(({ from, to, nodes }) => html`<li><span class="badge halted">came back</span> ${count(nodes)} from <code>${from}</code> to <code>${to}</code></li>`)}${adoption.stuck.slice(0, most$3).map(({ kind, version, behind, nodes, reason }) => html`<li><span class="badge waiting">${kind}</span> ${count(nodes)} on <code>${version}</code>${behind === void 0 ? "" : html` behind <code>${behind}</code>`}${reason === void 0 ? "" : html`: ${withLinks(reason)}`}</li>`)}${adoption.missing.slice(0, most$3).map(({ path, nodes }) => html`<li><span class="badge waiting">no such graph</span> ${count(nodes)} for <code>${path}</code></li>`)}</ul>
`;
}
function shareOf(adoption, version, versions) {
	const counted = Math.floor((adoption.window.until - adoption.window.from) / 86400);
	const share = adoptionShare(adoption, version, {
		versions,
		days: Math.max(1, Math.min(days, counted)),
		now: Math.min(adoption.observedAt, adoption.lastRequest ?? adoption.observedAt)
	});
	if (share.state === "unknown") return html`${count(adoption.nodes)} were seen.`;
	return html`<strong>${formatPercent(share.share)}</strong> of the nodes run <code>${version}</code> (${share.nodes} of ${share.of}).`;
}
function count(nodes) {
	return `${nodes} ${nodes === 1 ? "node" : "nodes"}`;
}
// src/release/published/dashboard/offer-table.ts
/** Computes what Zincati would do for every release, ring and architecture, and groups equal answers. */
function offerTables(fleet, input) {
	const tables = /* @__PURE__ */ new Map();
	for (const basearch of input.architectures) {
		const table = offerTable(fleet, input, basearch);
		const key = JSON.stringify([table.columns.map((rings) => rings.length), table.rows.map((row) => rowKey(row, [row.newest, row.oldest]))]);
		const same = tables.get(key);
		if (same === void 0) tables.set(key, {
			architectures: [basearch],
			table
		});
		else same.architectures.push(basearch);
	}
	return [...tables.values()].map(({ architectures, table }) => ({
		architectures,
		...table
	}));
}
function offerTable({ state }, { rings, now }, basearch) {
	const complete = buildGraph(state.releases, state.updates, {
		basearch,
		scheme: "oci"
	});
	const columns = equalRings(complete, rings, now);
	const graphs = columns.map(([ring]) => throttleGraph(complete, {
		now,
		wariness: ring?.wariness ?? 1
	}));
	const end = throttleGraph(complete, {
		now: Number.MAX_SAFE_INTEGER,
		wariness: 1
	});
	const targets = new Set(complete.edges.map(([, to]) => complete.nodes[to]?.version));
	const unusual = /* @__PURE__ */ new Set([...targets, ...[...state.operations?.paused ?? [], ...state.operations?.withdrawn ?? []].map(({ version }) => version)]);
	const rows = [];
	for (const [index, { version, payload, metadata }] of complete.nodes.toReversed().entries()) {
		const goal = considerUpdate(end, { payload });
		const row = {
			newest: version,
			oldest: version,
			count: 1,
			choices: graphs.map((graph) => considerUpdate(graph, { payload })),
			finally: goal.kind === "update" ? goal.target.version : void 0,
			isNewest: index === 0,
			barrier: metadata[nodeKeys.barrierReason],
			deadend: metadata[nodeKeys.deadendReason]
		};
		const last = rows.at(-1);
		const isAlone = (each) => each.isNewest || each.barrier !== void 0 || each.deadend !== void 0 || unusual.has(each.newest);
		if (last !== void 0 && !isAlone(last) && !isAlone(row) && rowKey(last) === rowKey(row)) rows[rows.length - 1] = {
			...last,
			oldest: version,
			count: last.count + 1
		};
		else rows.push(row);
	}
	return {
		columns,
		rows
	};
}
/** A wariness has no other effect than which rollouts are open to it: rings to which the same are open are one column. */
function equalRings(graph, rings, now) {
	const progress = graph.nodes.map(rolloutOf).filter((rollout) => rollout !== void 0).map((rollout) => rolloutProgress(rollout, now));
	const columns = /* @__PURE__ */ new Map();
	for (const ring of rings) {
		const open = progress.map((value) => ring.wariness > value ? "0" : "1").join("");
		columns.set(open, [...columns.get(open) ?? [], ring]);
	}
	return [...columns.values()];
}
/** Equal for rows that read the same; payloads differ between architectures and do not count. */
function rowKey(row, versions = []) {
	const told = row.choices.map((choice) => {
		if (choice.kind === "update") return `to ${choice.target.version}`;
		return choice.kind === "dead-end" ? `dead-end ${choice.reason}` : choice.kind;
	});
	return JSON.stringify([
		...versions,
		row.finally ?? "",
		...told
	]);
}
// src/release/published/dashboard/release-list.ts
/** So many releases have their commit and images listed; the files have all of them. */
const most$2 = 10;
/** The newest releases, and where each came from. */
function releaseList(fleet, input) {
	const { releases } = fleet.state.releases;
	const older = releases.length - most$2;
	return html`<details>
<summary>Releases and files (${releases.length})</summary>
<p><a href="${relative(`${fleet.name}/releases.json`)}">releases.json</a> · <a href="${relative(`${fleet.name}/updates.json`)}">updates.json</a></p>
<ol class="releases">${releases.slice(-10).toReversed().map((release) => item$1(release, fleet, input))}
</ol>
${older <= 0 ? "" : html`<p class="quiet">${older} older releases are in releases.json.</p>`}</details>
`;
}
function item$1(release, fleet, { repository }) {
	const { recordedAt, commit, images = [] } = fleet.state.records?.[release.version] ?? {};
	const evidence = (reference) => images.find(({ digestRef }) => digestRef === reference)?.evidence;
	return html`
<li><a href="${relative(buildReleasePath(fleet.name, release.version))}"><code>${release.version}</code></a>${recordedAt === void 0 ? "" : html` <span class="quiet">${showTime(recordedAt)}</span>`}${commit === void 0 ? "" : html` commit ${commitLink(commit, repository)} ${runsLink(commit, repository)}`}${exceptions(fleet, release.version)}${(release["oci-images"] ?? []).map((image) => {
		const proof = evidence(image["digest-ref"]);
		const [where] = image["digest-ref"].split("@");
		return html` <span class="image">${image.architecture} ${imageLink(image["digest-ref"])}${proof === void 0 ? "" : html`<br>evidence ${imageLink(`${where}@${proof}`)}`}</span>`;
	})}</li>`;
}
/** Why a release is unusual: it has no evidence, did not soak, or restores an older content. */
function exceptions(fleet, version) {
	const { urgent, rollBack, acceptedMissingEvidence: accepted, acceptedVulnerabilities: found } = fleet.state.records?.[version] ?? {};
	return [
		...accepted === void 0 ? [] : [html` <p><span class="badge untested">no evidence</span> accepted by ${nameOf(accepted.by)}: ${withLinks(accepted.reason)}</p>`],
		...found === void 0 ? [] : [html` <p><span class="badge untested">vulnerabilities</span> accepted by ${nameOf(found.by)}: ${withLinks(found.reason)}</p>`],
		...urgent === void 0 ? [] : [html` <p><span class="badge urgent">urgent</span> It did not soak: ${withLinks(urgent.reason)} <span class="quiet">(${nameOf(urgent.by)})</span></p>`],
		...rollBack === void 0 ? [] : [html` <p><span class="badge rolled-back">roll-back</span> The content of <code>${rollBack.restores}</code> instead of <code>${rollBack.insteadOf}</code>: ${withLinks(rollBack.reason)} <span class="quiet">(${nameOf(rollBack.by)})</span></p>`]
	];
}
function relative(path) {
	return `./${path.split("/").map(encodeURIComponent).join("/")}`;
}
// src/release/published/dashboard/fleet-card.ts
/** Everything about one fleet. */
function fleetCard(fleet, context) {
	const { input, views, prefix, actions } = context;
	const isEmpty = fleet.state.releases.releases.length === 0;
	const tables = isEmpty ? [] : offerTables(fleet, input);
	return html`<section aria-labelledby="${anchor(fleet)}" class="card fleet">
<h2 id="${anchor(fleet)}">${fleet.name}</h2>
${isEmpty ? html`<p class="quiet">This fleet has no release yet.</p>` : ""}
<div class="halves"><div>${views.map((view, index) => rollout(view, {
		fleet,
		index,
		context
	}))}${notes(fleet, input)}</div>
<div>${adoptionSection(fleet)}${promotion(fleet.facts, input)}${base(fleet)}</div></div>
${tables.map((table, index) => table.rows.length === 0 ? html`<p class="quiet">No release has an image for ${table.architectures.join(", ")}.</p>` : html`<h3>Update graph${tables.length === 1 ? "" : ` on ${table.architectures.join(", ")}`}</h3>
<div class="halves graphs"><div>${graphPicture(fleet, table, `${prefix}-${index}`)}<p class="chosen quiet">Choose a release to see the way of a node on it.</p></div>
<div>${offerSection(fleet, table)}${index === 0 ? landmarks(fleet) : ""}</div></div>`)}
${follow(fleet, input)}
${releaseList(fleet, input)}
${actions}</section>
`;
}
function anchor(fleet) {
	return `fleet-${encodeURIComponent(fleet.name)}`;
}
function badge({ phase, percent }) {
	const partial = [
		"in progress",
		"held",
		"paused",
		"halted"
	].includes(phase);
	return html`<span class="badge ${phase.replace(" ", "-")}">${partial ? `${phase}, ${percent} %` : phase}</span>`;
}
function rollout(view, { fleet, index, context }) {
	const { input, views } = context;
	const curve = rolloutCurve(view, {
		...context,
		rings: input.rings,
		observed: observedCurve(fleet, view)
	});
	const record = fleet.state.records?.[view.version];
	return html`<div class="rollout">
<h3>${headingOf(view, index, views)} <code>${view.version}</code> ${badge(view)}</h3>
${curve ?? bar(view)}<p>${view.explanation}${nextRing(view, context)}</p>
${record?.commit === void 0 ? "" : html`<p class="quiet">Commit ${commitLink(record.commit, input.repository)}${record.baseVersion === void 0 ? "" : html`, built on ${record.baseVersion}`}</p>`}
${index === 0 ? exceptions(fleet, view.version) : ""}</div>
`;
}
/** A paused release is not offered, and one that nobody is offered is not the current one. */
function headingOf(view, index, views) {
	if (index === 0) return "Newest release";
	if (view.phase === "paused" || view.phase === "halted") return "Stopped before";
	if (view.phase === "scheduled") return "Also scheduled";
	if (view.phase !== "complete") return "Also rolling out";
	const newest = views[0]?.phase;
	return newest === "in progress" || newest === "held" ? "Offered to all others" : "Offered to everyone";
}
function bar({ percent, phase, version }) {
	return html`<svg class="bar ${phase.replace(" ", "-")}" viewBox="0 0 100 3" preserveAspectRatio="none" role="img"><title>Rollout of ${version}: ${percent} %</title><path class="track" d="M0 1.5H100"/><path class="full" d="M0 1.5H${percent}"/></svg>
`;
}
/** Which rings come next, and when. */
function nextRing(view, { input, asOf }) {
	const { rollout: planned, phase, course } = view;
	if (course !== void 0 && phase === "held") return nextStagedRing(course, view, input);
	if (planned === void 0 || phase !== "in progress" && phase !== "scheduled") return void 0;
	const waiting = input.rings.map((ring) => ({
		ring,
		at: nextOpening(planned, ring.wariness, asOf)
	})).filter(({ at }) => at !== void 0);
	const next = Math.min(...waiting.map(({ at }) => at));
	const open = input.rings.length - waiting.length;
	if (!Number.isFinite(next)) return html` Every ring is offered it.`;
	const names = nameRings(waiting.filter(({ at }) => at === next).map(({ ring }) => ring), 0);
	return html` ${open} of ${input.rings.length} rings are offered it; next: <strong>${names}</strong>, ${showTime(next)}.`;
}
/** A ring that waits for another one opens at the earliest when that one had its time. */
function nextStagedRing({ earliest }, { rollout: { start_percentage: share = 0 } = {} }, { rings }) {
	const closed = rings.filter(({ wariness }) => wariness > share);
	const next = Math.min(...closed.map(({ wariness }) => wariness));
	const at = reachedBy(earliest, next);
	if (at === void 0) return void 0;
	const names = nameRings(closed.filter(({ wariness }) => wariness === next), 0);
	return html` ${rings.length - closed.length} of ${rings.length} rings are offered it; next: <strong>${names}</strong>, not before ${showTime(Math.ceil(at))}.`;
}
function promotion(facts, { repository }) {
	const pending = facts?.promotion;
	if (pending === void 0) return void 0;
	const words = {
		green: "open",
		waiting: "waits",
		red: "closed",
		unknown: "not known"
	};
	return html`<h3>Next promotion</h3>
<p><code>${pending.version}</code> from ${pending.from}${pending.pullRequest === void 0 ? ", no pull request yet" : html`, ${pullRequestLink(pending.pullRequest, repository)}`}</p>
<ul class="gates">${pending.gates.map(({ name, state, note, until }) => html`
<li><span class="badge ${state}">${words[state]}</span> <strong>${name}</strong> <span class="quiet">${withLinks(note)}${until === void 0 ? "" : html`, opens ${showTime(until)}`}</span></li>`)}
</ul>
`;
}
function base({ facts, state }) {
	const upstream = facts?.upstream;
	if (upstream === void 0) return void 0;
	const newest = state.releases.releases.at(-1)?.version;
	return html`<h3>Base image</h3>
<p><code>${upstream.version}</code>, the base of <code>${newest}</code>: ${{
		offered: "upstream offers it",
		past: "upstream offers a newer one",
		paused: "upstream offers it to nobody",
		deadend: "a dead-end upstream",
		unlisted: "upstream does not list it"
	}[upstream.verdict]}${upstream.rollout === void 0 ? "" : html` <span class="quiet">(${describeRollout(upstream.rollout)})</span>`}${upstream.barrier === void 0 ? "" : html`; a barrier: ${withLinks(upstream.barrier)}`}${upstream.deadend === void 0 ? "" : html`: ${withLinks(upstream.deadend)}`}</p>
`;
}
/** Holds and what operators did, also what is no longer a problem. */
function notes({ state, facts }, { now }) {
	const { operations } = state;
	const hold = operations === void 0 ? void 0 : holdAt(operations, now);
	const until = (moment) => moment === void 0 ? "" : html` until ${showTime(moment)}`;
	const items = [
		...hold === void 0 ? [] : [html`<li><span class="badge held">held</span>${until(hold.until)} ${said(hold)}</li>`],
		...facts?.freeze === void 0 ? [] : [html`<li><span class="badge held">frozen</span>${until(facts.freeze.until)} ${withLinks(facts.freeze.reason)}</li>`],
		...(operations?.paused ?? []).map((each) => html`<li><span class="badge ${isHalt(each) ? "halted" : "paused"}">${isHalt(each) ? "halted" : "paused"}</span> <code>${each.version}</code>${until(each.until)} ${said(each)}</li>`),
		...(operations?.urgent ?? []).map((each) => html`<li><span class="badge urgent">urgent</span> <code>${each.version}</code> need not soak: ${said(each)}</li>`),
		...(operations?.withdrawn ?? []).toReversed().map((each) => html`<li><span class="badge withdrawn">withdrawn</span> <code>${each.version}</code> ${said(each)}</li>`)
	];
	return items.length === 0 ? void 0 : html`<ul class="notes">${items}</ul>\n`;
}
function landmarks({ state }) {
	const known = new Set(state.releases.releases.map(({ version }) => version));
	const items = state.updates.releases.flatMap(({ version, metadata: { barrier, deadend } }) => {
		const stray = known.has(version) ? "" : html` <span class="quiet">(no release here: no effect)</span>`;
		return [...barrier === void 0 ? [] : [{
			word: "barrier",
			reason: barrier.reason
		}], ...deadend === void 0 ? [] : [{
			word: "dead-end",
			reason: deadend.reason
		}]].map(({ word, reason }) => html`<li><span class="badge ${word}">${word}</span> <code>${version}</code>${stray} ${withLinks(reason)}</li>`);
	});
	if (items.length === 0) return void 0;
	return html`<h4>Barriers and dead-ends</h4>
<ul class="notes">${items.toReversed().slice(0, 30)}</ul>
${items.length > 30 ? html`<p class="quiet">${items.length - 30} older ones are in updates.json.</p>` : ""}`;
}
// src/release/published/dashboard/script.ts
/**
* The page's own script; without it the page lacks nothing but this: it turns red if a publication is overdue, moves
* the line of now, says times in the reader's zone, and reads out the way of a chosen node.
*/
const dashboardScript = `'use strict';
(function () {
  var publication = document.getElementById('publication');
  function tick() {
    var now = Date.now() / 1000;
    var late = publication && Number(publication.dataset.late);
    if (late && now > late) {
      publication.classList.add('late');
      publication.querySelector('[hidden]')?.removeAttribute('hidden');
    }
    document.querySelectorAll('svg.curve').forEach(function (curve) {
      var line = curve.querySelector('.now');
      var share = (now - curve.dataset.from) / (curve.dataset.to - curve.dataset.from);
      if (!line || !(share >= 0 && share <= 1)) return;
      line.setAttribute('transform', 'translate(' + (38 + 350 * share).toFixed(1) + ' 0)');
      var text = line.querySelector('text');
      text.textContent = 'now';
      text.setAttribute('class', share > 0.5 ? 'end' : '');
    });
  }
  function choose() {
    var way = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!way || !way.dataset.version) return;
    var said = way.closest('div').querySelector('.chosen');
    var steps = [];
    for (var next = way; next.dataset.next; ) {
      next = document.getElementById(next.dataset.next);
      steps.push(next.dataset.version);
    }
    said.textContent = steps.length === 0
      ? 'A node on ' + way.dataset.version + ' stays there.'
      : 'Way of a node on ' + way.dataset.version + ': ' + steps.join(', then ') + '.';
  }
  document.querySelectorAll('.chosen').forEach(function (said) { said.setAttribute('aria-live', 'polite'); });
  document.querySelectorAll('time').forEach(function (time) {
    var moment = new Date(time.dateTime);
    if (!isNaN(moment)) time.title = moment.toLocaleString();
  });
  tick();
  choose();
  addEventListener('hashchange', choose);
  setInterval(tick, 30000);
})();
`;
// src/release/published/dashboard/state-timeline.ts
/** So many are shown at once; the rest opens, up to `most`. */
const first = 8;
const most$1 = 60;
/** Who did what and when: the newest commits of the state branch. */
function timeline({ events = [], repository }) {
	if (events.length === 0) return void 0;
	const [shown, more] = [events.slice(0, first), events.slice(first, most$1)];
	return html`<section aria-labelledby="timeline" class="card">
<h2 id="timeline">Who did what</h2>
<ol class="events">${shown.map((event) => item(event, repository))}</ol>
${more.length === 0 ? "" : html`<details><summary>${more.length} earlier</summary><ol class="events">${more.map((event) => item(event, repository))}</ol></details>`}
</section>
`;
}
function item({ time, fleet, summary, reason, by, commit }, repository) {
	return html`
<li>${showTime(time)} ${fleet === void 0 ? "" : html`<strong>${fleet}</strong> `}<span>${withLinks(summary)}${reason === void 0 ? "" : html`: ${withLinks(reason)}`}</span> <span class="quiet">${by === void 0 ? "" : `${nameOf(by)}, `}${commitLink(commit, repository)}</span></li>`;
}
// src/release/published/dashboard/style.ts
/** The style sheet of the dashboard. All colours keep a contrast of at least 4.5 to 1, in both schemes. */
const dashboardStyle = `
:root{color-scheme:light dark;--ground:#f4f6f8;--card:#fff;--ink:#17202b;--quiet:#525e6d;--line:#dce1e8;--accent:#1256b8;--track:#dfe5ec;--done:#17713c;--warn:#8a4b00;--stop:#a8200d;--warn-ground:#fdf1dc;--stop-ground:#fde9e6;--done-ground:#e4f4ea;--accent-ground:#e5effc;--quiet-ground:#e9edf2}
@media (prefers-color-scheme:dark){:root{--ground:#0f141a;--card:#182029;--ink:#e6ebf1;--quiet:#a5b1bf;--line:#2d3844;--accent:#85b8ff;--track:#33404e;--done:#6fcf97;--warn:#f0b765;--stop:#ff9a8a;--warn-ground:#38290f;--stop-ground:#401d19;--done-ground:#15321f;--accent-ground:#17304f;--quiet-ground:#242f3a}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:76rem;padding:1.75rem 1.5rem 3rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{margin:0;font-size:1.7rem;line-height:1.2;letter-spacing:-.015em}
h2{margin:0 0 .75rem;font-size:1.3rem;line-height:1.25}
h3{margin:0 0 .5rem;font-size:1rem}
h3 code{font-weight:400}
h4{margin:1rem 0 .25rem;font-size:.9375rem}
p{margin:.35rem 0}
a{color:var(--accent);text-underline-offset:.15em}
code,.version{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{font-size:.875em}
time{white-space:nowrap}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:.2rem}
.quiet{color:var(--quiet);font-weight:400}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:.5rem;z-index:1;background:var(--card);padding:.5rem .75rem}
#publication{color:var(--quiet)}
#publication.late{padding:.6rem .9rem;border-left:.3rem solid var(--stop);border-radius:.4rem;background:var(--stop-ground);color:var(--stop)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.75rem;margin:1.1rem 0;padding:0;list-style:none}
.tiles a{display:flex;flex-direction:column;gap:.2rem;height:100%;padding:.8rem 1rem;border:1px solid var(--line);border-radius:.7rem;background:var(--card);color:inherit;text-decoration:none}
.tiles a:hover{border-color:var(--accent)}
.tiles strong{font-size:1.05rem}
.card{margin:0 0 1.25rem;padding:1.25rem 1.4rem;border:1px solid var(--line);border-radius:.8rem;background:var(--card)}
.card.bad{border-left:.35rem solid var(--stop)}
.card.slow{border-left:.35rem solid var(--warn)}
.card.good{border-left:.35rem solid var(--done)}
.card.good h2,.card.slow h2,.card.bad h2{margin-bottom:.25rem;font-size:1.1rem}
.card.bad h2{color:var(--stop)}
.card.good h2{margin:0;color:var(--done)}
.card.bad h3,.card.slow h3{margin:.75rem 0 0;color:var(--warn)}
.halves{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:.5rem 2.5rem;margin-bottom:1rem}
.halves>div:empty{display:none}
.halves>div:only-child,.halves>div:first-child:has(+div:empty){grid-column:1/-1;max-width:40rem}
.halves.graphs{grid-template-columns:minmax(0,25rem) minmax(0,1fr)}
.rollout{margin-bottom:1.25rem}
.badge{display:inline-block;padding:.05rem .55rem;border-radius:1rem;font-size:.8125rem;font-weight:600;white-space:nowrap;color:var(--quiet);background:var(--quiet-ground)}
.badge.in-progress,.badge.scheduled{color:var(--accent);background:var(--accent-ground)}
.badge.complete,.badge.green{color:var(--done);background:var(--done-ground)}
.badge.held,.badge.barrier,.badge.untested,.badge.not-offered,.badge.paused,.badge.urgent,.badge.rolled-back,.badge.waiting{color:var(--warn);background:var(--warn-ground)}
.badge.dead-end,.badge.withdrawn,.badge.stopped,.badge.halted,.badge.red{color:var(--stop);background:var(--stop-ground)}
.problems,.notes,.events,.releases,.gates{margin:.25rem 0;padding:0;list-style:none}
.problems li,.notes li,.events li,.releases li,.gates li{padding:.45rem 0}
.problems li+li,.notes li+li,.events li+li,.releases li+li,.gates li+li{border-top:1px solid var(--line)}
.releases .image{display:block;color:var(--quiet);font-size:.875rem}
.events{font-size:.9375rem}
.events time{color:var(--quiet);font-variant-numeric:tabular-nums;margin-right:.4rem}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{padding-bottom:.4rem;text-align:left;font-weight:600}
th,td{padding:.5rem .9rem .5rem 0;border-top:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
thead th{border-top:0;font-weight:600}
thead .quiet{display:block;font-size:.8125rem}
td code,th code{font-size:.8125rem}
tbody td code{overflow-wrap:normal}

.update{display:inline-flex;gap:.35em;color:var(--done)}
.stuck{color:var(--stop);font-weight:600}
details{border-top:1px solid var(--line);padding:.55rem 0}
details[open]>summary{margin-bottom:.5rem}
summary{cursor:pointer;font-weight:600}
pre{margin:.35rem 0;padding:.7rem .85rem;border:1px solid var(--line);border-radius:.5rem;background:var(--ground);white-space:pre-wrap;user-select:all}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem 1rem;align-items:center;margin:.35rem 0}
dd{margin:0}
dt .quiet{display:block;font-size:.8125rem}
footer{color:var(--quiet);font-size:.875rem}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{fill:var(--quiet);font-size:11px}
svg .end{text-anchor:end}
svg path{fill:none}
.curve{max-width:36rem;margin:.25rem 0 .5rem;--hue:var(--accent)}
.curve.complete{--hue:var(--done)}
.curve.paused,.curve.held{--hue:var(--warn)}
.curve.halted{--hue:var(--stop)}
.curve .grid{stroke:var(--line)}
.curve .area{fill:var(--hue);opacity:.12}
.curve .plan{stroke:var(--hue);stroke-width:2.25;stroke-linejoin:round}
.curve .flat{stroke:var(--hue);stroke-width:2.25;stroke-dasharray:3 4}
.curve .marks{stroke:var(--card);stroke-width:8;stroke-linecap:round}
.curve .points{stroke:var(--hue);stroke-width:5;stroke-linecap:round}
.curve .hollow{stroke:var(--card);stroke-width:2.5;stroke-linecap:round}
.curve .seen{stroke:var(--ink);stroke-width:2.5;stroke-dasharray:1 5;stroke-linecap:round}
.curve .now path{stroke:var(--ink);stroke-width:1.25;stroke-dasharray:4 3}
.curve .now text{fill:var(--ink)}
.bar{height:.6rem;margin:.4rem 0 .5rem;overflow:hidden;border-radius:.3rem;max-width:36rem;--hue:var(--accent)}
.bar.complete{--hue:var(--done)}
.bar.paused,.bar.held{--hue:var(--warn)}
.bar.halted{--hue:var(--stop)}
.bar path{stroke-width:3}
.bar .track{stroke:var(--track)}
.bar .full{stroke:var(--hue)}
.graph{max-width:28rem}
.graph .axis{stroke:var(--line);stroke-width:2}
.graph .edge{stroke:var(--done);stroke-width:1.75}
.graph .edge.some{stroke:var(--accent)}
.graph .edge.none{stroke:var(--quiet);stroke-dasharray:3 4}
.graph .head{fill:var(--done)}
.graph .head.some{fill:var(--accent)}
.graph .head.none{fill:var(--quiet)}
.graph .version{fill:var(--ink);font-size:12.5px}
.graph .dot{fill:var(--card);stroke:var(--ink);stroke-width:2}
.graph .dot.newest{fill:var(--ink)}
.graph .dot.withdrawn{stroke:var(--stop);stroke-dasharray:2 2}
.graph .dot.paused{stroke:var(--warn);stroke-dasharray:2 2}
.graph .gate{stroke:var(--warn);stroke-width:3;stroke-linecap:round}
.graph .cross{stroke:var(--stop);stroke-width:2.5}
.graph text.barrier,.graph text.paused{fill:var(--warn)}
.graph text.dead-end,.graph text.withdrawn{fill:var(--stop)}
.graph .hit{fill:transparent}
.graph .row:hover .version,.graph .row:focus .version{text-decoration:underline}
.graph .row:hover .hit{fill:var(--quiet-ground)}
.graph .row:focus-visible{outline:none}
.graph .row:focus-visible .hit{stroke:var(--accent);stroke-width:2}
.graph .way{display:none;pointer-events:none;fill:none;stroke:var(--accent);stroke-width:3.5}
.graph .way:target{display:inline}
@media (max-width:44rem){
body{padding:1rem .75rem 2rem}
.card{padding:1rem .9rem}
.halves,.halves.graphs{grid-template-columns:minmax(0,1fr)}
dl{grid-template-columns:minmax(0,1fr)}
table,caption,tbody,tr,th,td{display:block;width:100%}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tbody th{padding-bottom:0;font-weight:600}
tbody td{border-top:0;padding:.1rem 0 .1rem .9rem}
tbody tr{padding-bottom:.4rem}
td::before{content:attr(data-label) ": ";color:var(--quiet)}
}
@media print{.card{break-inside:avoid}}
`;
// src/release/published/dashboard/policy.ts
/**
* The policy of a static page: it loads nothing, and runs and styles itself with these texts only. A server may send the
* same as a header.
*/
function contentPolicy(texts) {
	const sources = (list) => list.length === 0 ? "'none'" : list.map((text) => `'sha256-${sha256(text)}'`).join(" ");
	return [
		"default-src 'none'",
		`style-src ${sources(texts.styles)}`,
		`script-src ${sources(texts.scripts)}`,
		"img-src data:",
		"base-uri 'none'",
		"form-action 'none'"
	].join("; ");
}
function policyTag(policy) {
	return html`<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
}
function sha256(text) {
	return createHash("sha256").update(text).digest("base64");
}
// src/release/published/dashboard/whole-page.ts
var _templateObject;
/** A page without external files: the dashboard, and every page of the bridge. Styles and scripts are taken as they are. */
function renderPage({ title, skip, head, body, styles, scripts, nonce: given }) {
	const nonce = given === void 0 ? "" : html` nonce="${given}"`;
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${given === void 0 ? policyTag(contentPolicy({
		styles,
		scripts
	})) : ""}<title>${title}</title>
<link rel="icon" href="data:,">
${head}${styles.map((style) => html`<style${nonce}>${{ html: style }}</style>`)}
</head>
<body>
<a class="skip" href="#${skip.to}">${skip.text}</a>
${body}${scripts.map((script) => html(_templateObject || (_templateObject = _taggedTemplateLiteral([
		"<script",
		">",
		"<\/script>"
	])), nonce, { html: script }))}
</body>
</html>
`.html;
}
// src/release/published/dashboard/dashboard.ts
/**
* The dashboard: one page without external files, made from what it is given and nothing else. The same input gives
* the same bytes, and the clock alone changes it only when something begins or ends.
*/
function renderDashboard(input, options = {}) {
	const published = latest(input.fleets.map(({ stamp }) => stamp?.published));
	const due = earliest(input.fleets.map(({ stamp }) => stamp?.nextChange));
	const times = {
		now: input.now,
		asOf: published ?? input.now
	};
	const fleets = input.fleets.map((fleet) => {
		const views = rolloutViews(fleet, times);
		return {
			fleet,
			views,
			problems: findProblems(fleet, views, input)
		};
	});
	const { banner, nonce } = options;
	return renderPage({
		title: html`Updates of ${input.stream}${titleOf(fleets.flatMap(({ problems }) => problems))}`,
		skip: {
			to: "fleets",
			text: "Skip to the fleets"
		},
		head: html`<link rel="alternate" type="application/atom+xml" title="Releases and incidents" href="./feed.xml">
`,
		styles: [dashboardStyle, ...options.styles ?? []],
		scripts: [dashboardScript, ...options.scripts ?? []],
		nonce,
		body: html`${banner}<header>
<h1>Updates of ${input.stream}</h1>
${publication({
			...times,
			due,
			isLive: published === void 0
		})}
<nav aria-label="Fleets"><ul class="tiles">${fleets.map(({ fleet, views, problems }) => tile(fleet, views[0], problems))}</ul></nav>
</header>
<main id="fleets">
${problemList(fleets, overdue(due, input.now))}${fleets.map(({ fleet, views }, index) => fleetCard(fleet, {
			...times,
			input,
			views,
			prefix: String(index),
			actions: options.actions?.get(fleet.name)
		}))}
${timeline(input)}</main>
<footer>
<p>Static files that stock Zincati follows, on ${input.architectures.join(", ")}. Made by Coxswain from the state branch. <a href="./feed.xml">Feed of releases and incidents</a></p>
</footer>
`
	});
}
/** When this was published, and when it must be again. The script turns it red if that time has passed. */
function publication(about) {
	const { asOf, due, isLive } = about;
	const next = due === void 0 ? html`Nothing changes until somebody releases or steers.` : html`The next change is due ${showTime(due)}.`;
	return html`<p id="publication"${due === void 0 ? "" : html` data-late="${due + lateness}"`}>${isLive ? "As of" : "Published"} ${showTime(asOf)}. ${next}${due === void 0 ? "" : html` <strong hidden>That time has passed: this page is not up to date.</strong>`}</p>`;
}
function tile(fleet, newest, problems) {
	const wrong = problems.filter(({ severity }) => severity === "wrong").length;
	const words = [...new Set(problems.filter(({ severity }) => severity === "waiting").map(({ word }) => word))];
	return html`<li><a href="#${anchor(fleet)}"><strong>${fleet.name}</strong> ${newest === void 0 ? html`<span class="quiet">no release yet</span>` : html`<code>${newest.version}</code> <span>${badge(newest)}${wrong === 0 ? "" : html` <span class="badge stopped">${wrong} wrong</span>`}${words.filter((word) => word !== newest.phase).slice(0, 3).map((word) => html` <span class="badge waiting">${word}</span>`)}</span>`}</a></li>`;
}
/** What is wrong comes first, whatever the fleet. */
function problemList(fleets, late) {
	const all = [...late === void 0 ? [] : [{
		fleet: void 0,
		problem: late
	}], ...fleets.flatMap(({ fleet, problems }) => problems.map((problem) => ({
		fleet,
		problem
	})))];
	const wrong = all.filter(({ problem }) => problem.severity === "wrong");
	const waiting = all.filter(({ problem }) => problem.severity === "waiting");
	const list = (items) => html`<ul class="problems">${items.map(({ fleet, problem: { severity, word, text } }) => html`
<li><span class="badge ${severity === "wrong" ? "stopped" : "waiting"}">${word}</span> ${fleet === void 0 ? "" : html`<a href="#${anchor(fleet)}">${fleet.name}</a> `}<span>${text}</span></li>`)}
</ul>
`;
	return html`<section aria-labelledby="problems" class="card${wrong.length > 0 ? " bad" : waiting.length > 0 ? " slow" : " good"}">
<h2 id="problems">${wrong.length > 0 ? `Wrong: ${wrong.length}` : waiting.length > 0 ? "Nothing is wrong" : "Nothing is wrong or waiting"}</h2>
${wrong.length === 0 ? "" : list(wrong)}${waiting.length === 0 ? "" : html`<h3>Waiting: ${waiting.length}</h3>\n${list(waiting)}`}</section>
`;
}
function titleOf(problems) {
	const wrong = problems.filter(({ severity }) => severity === "wrong").length;
	return wrong === 0 ? "" : ` · ${wrong} wrong`;
}
function latest(moments) {
	const known = moments.filter((moment) => moment !== void 0);
	return known.length === 0 ? void 0 : Math.max(...known);
}
function earliest(moments) {
	const known = moments.filter((moment) => moment !== void 0);
	return known.length === 0 ? void 0 : Math.min(...known);
}
// src/release/published/feed.ts
const feedPath = "feed.xml";
/** A feed reader asks often, and remembers what it saw. */
const most = 50;
/**
* The feed of a site (Atom, RFC 4287): releases, and what operators did to them. Without a change of the state branch
* it has the same bytes, whatever the time.
*/
function renderFeed(input) {
	const entries = [...input.fleets.flatMap((fleet) => releaseEntries(fleet, input)), ...eventEntries(input)].sort((one, other) => other.time - one.time || (one.id < other.id ? -1 : 1)).slice(0, most);
	const names = input.fleets.map(({ name }) => name);
	const id = input.url === void 0 ? uuidOf("feed", input.stream, ...names) : siteUrl(input.url);
	const self = input.url === void 0 ? "" : html`<link rel="self" type="application/atom+xml" href="${siteUrl(input.url)}${feedPath}"/>
<link rel="alternate" type="text/html" href="${siteUrl(input.url)}"/>
`;
	return html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${id}</id>
<title>Updates of ${clean(input.stream)}</title>
<subtitle>Releases and incidents of ${clean(names.join(", "))}</subtitle>
<updated>${formatTime(entries[0]?.time ?? 0)}</updated>
<author><name>Coxswain</name></author>
${self}${entries.map((entry) => html`<entry>
<id>${entry.id}</id>
<title>${clean(entry.title)}</title>
<updated>${formatTime(entry.time)}</updated>
<author><name>${clean(entry.author)}</name></author>
${entry.link === void 0 ? "" : html`<link rel="alternate" href="${clean(entry.link)}"/>\n`}<content type="text">${clean(entry.text)}</content>
</entry>
`)}</feed>
`.html;
}
/** Releases without a record have no time of their own, so they are left out. */
function releaseEntries({ name, state }, { url }) {
	return state.releases.releases.flatMap((release) => {
		const { recordedAt, baseVersion, rollBack, urgent } = state.records?.[release.version] ?? {};
		if (recordedAt === void 0) return [];
		const images = (release["oci-images"] ?? []).map((image) => image["digest-ref"]);
		const { version } = release;
		return [{
			id: uuidOf("release", name, version, images[0] ?? ""),
			title: `${name}: release ${version}`,
			time: recordedAt,
			author: "Coxswain",
			text: [
				`Release ${version} of fleet ${name}.`,
				...baseVersion === void 0 ? [] : [`Base: ${baseVersion}.`],
				...urgent === void 0 ? [] : [`Urgent: ${urgent.reason}`],
				...rollBack === void 0 ? [] : [`It has the content of ${rollBack.restores} instead of ${rollBack.insteadOf}: ${rollBack.reason}`],
				...images
			].join("\n"),
			link: url === void 0 ? void 0 : buildReleaseUrl({
				url,
				fleet: name,
				version
			})
		}];
	});
}
/** What operators and halts did; a release already has an entry. */
function eventEntries({ events = [], repository }) {
	return events.filter(({ fleet, reason }) => fleet !== void 0 && reason !== void 0).map(({ commit, time, fleet, summary, reason, by }) => ({
		id: uuidOf("commit", commit),
		title: `${fleet}: ${summary}`,
		time,
		author: by === void 0 ? "Coxswain" : nameOf(by),
		text: `${summary}\nReason: ${reason}`,
		link: repository === void 0 ? void 0 : `${repository}/commit/${encodeURIComponent(commit)}`
	}));
}
/** A UUID of version 8 (RFC 9562, a hash of our own): the same for the same words, on any machine. */
function uuidOf(...words) {
	const hex = createHash("sha256").update(JSON.stringify(words)).digest("hex");
	const variant = (Number.parseInt(hex.slice(16, 17), 16) & 3 | 8).toString(16);
	return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
/** XML has no place for control characters and halves of characters, not even escaped. */
function clean(text) {
	return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "�");
}
function siteUrl(url) {
	return url.endsWith("/") ? url : `${url}/`;
}
// src/release/published/site.ts
/**
* Renders every published file: path → content, in the order in which they are to be written. A file comes after the
* files that it refers to: first those that describe releases, then the graphs that offer them, the feed and the
* dashboard last.
*
* The same input gives the same bytes. While no rollout is in progress, `now` changes none of them.
*/
function renderSite(input) {
	const files = /* @__PURE__ */ new Map();
	const add = (path, content) => {
		if (files.has(path)) throw new Error(`two published files have the path ${path}`);
		files.set(path, content);
	};
	for (const { name, state } of input.fleets) {
		for (const release of state.releases.releases) add(buildReleasePath(name, release.version), formatBuildRelease(release, state, input.stream));
		add(`${name}/releases.json`, formatReleaseIndex(state.releases));
		add(`${name}/updates.json`, formatUpdateMetadata(state.updates));
	}
	for (const { name: fleet, state } of input.fleets) for (const basearch of input.architectures) {
		const textFor = rememberGraphs(buildGraph(state.releases, state.updates, {
			basearch,
			scheme: "oci"
		}), aliasesOf(state.releases), input.now);
		for (const { wariness, folders } of input.rings) {
			const graph = textFor(wariness);
			for (const folder of folders) add(graphPath({
				fleet,
				basearch,
				folder
			}), graph);
		}
	}
	for (const { name, stamp } of input.fleets) if (stamp !== void 0) add(stampPath(name), formatStamp(stamp));
	add(feedPath, renderFeed(input));
	add("index.html", renderDashboard(input, { actions: changeLinks(input) }));
	return files;
}
/** The text of the graph for a wariness. Of a hundred rings most see the same: their text is made once. */
function rememberGraphs(complete, aliases, now) {
	const progress = complete.nodes.map(rolloutOf).filter((rollout) => rollout !== void 0).map((rollout) => rolloutProgress(rollout, now));
	const texts = /* @__PURE__ */ new Map();
	return (wariness) => {
		const open = progress.map((value) => wariness > value ? "0" : "1").join("");
		const text = texts.get(open) ?? formatPublishedGraph(addAliases(throttleGraph(complete, {
			now,
			wariness
		}), aliases));
		texts.set(open, text);
		return text;
	};
}
export { html as a, dashboardStyle as i, renderDashboard as n, renderPage as r, renderSite as t };
