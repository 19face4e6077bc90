import { Gt as messageOf, Ht as OutsideError, Mt as formatTime, Pt as parseDuration, Ut as UsageError, Vt as InputError, Wt as init_errors, Z as Rehearsed, et as isRehearsal, jt as formatDuration, l as formatPercent } from "./host.mjs";
import { C as rolloutProgress, N as holdAt, S as rolloutPhase, X as buildGraph, g as strandedBy, i as considerUpdate, m as findStranded, p as architecturesOf, x as rolloutEnd, y as throttleGraph } from "./guidance.mjs";
import { An as unfinishedRollouts, Et as showDifference, Fn as describeMovedTags, Ha as findFleet, Jn as fleetFolder, Ln as followOfferOrWarn, Nn as withdrawnOrPaused, Nt as describeEntry, Pn as stagedOf, Si as ringsToShow, Sn as readStatement, Yn as parseFleet, Zt as readDoubt, _n as actionInputs, an as recordUrgency, bn as readAction, ft as lintState, jn as metadataOf, jt as findPromotion, mt as readPageFacts, qa as shortCommit, ur as StaleBranchError, vn as changesOffer, wn as editFleet, yn as kinds } from "./shared.mjs";
import { t as startRollout } from "./loop-start-rollout.mjs";
import { a as html, i as dashboardStyle, n as renderDashboard, r as renderPage, t as renderSite } from "./release-site.mjs";
import { n as defaultFleetModel, r as simulateRollout } from "./guidance-simulation.mjs";
import { isDeepStrictEqual } from "node:util";
import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
// src/operate/bridge/actions/edit-actions.ts
const texts = {
	rollout: {
		title: "Roll out",
		about: "Gives a release a new rollout, from 0 % to all nodes."
	},
	reschedule: {
		title: "Reschedule",
		about: "Moves the end of a rollout, and its start until it has begun. No node loses its offer."
	},
	pause: {
		title: "Pause",
		about: "No further node is offered the release. The reached share is kept."
	},
	resume: {
		title: "Resume",
		about: "A paused rollout goes on at the share that it had reached; one that waits for a ring to do well opens the next ring."
	},
	barrier: {
		title: "Set a barrier",
		about: "Nodes on older releases must pass through this one."
	},
	deadend: {
		title: "Mark a dead-end",
		about: "Nodes on this release get no further update."
	},
	withdraw: {
		title: "Withdraw",
		about: "The release is no longer offered to any node."
	},
	hold: {
		title: "Hold the fleet",
		about: "No new release comes in, and rollouts are paused until the hold ends."
	},
	"release-hold": {
		title: "Release the hold",
		about: "New releases may come in again, and what the hold paused goes on."
	}
};
const fields = {
	version: {
		label: "Release",
		kind: "release",
		hint: ""
	},
	start: {
		label: "Start",
		kind: "text",
		hint: "now, +2h, tuesday 14:00 UTC, 2026-12-01T10:00Z"
	},
	end: {
		label: "End",
		kind: "text",
		hint: "When every node is offered it: +12h, friday 18:00 UTC"
	},
	duration: {
		label: "Duration",
		kind: "text",
		hint: "How long until every node is offered it: 48h, 7d"
	},
	reason: {
		label: "Reason",
		kind: "long text",
		hint: "A sentence, or the address of an issue. It is public."
	},
	for: {
		label: "Ends after",
		kind: "text",
		hint: "It ends automatically after this time: 6h, 7d"
	},
	force: {
		label: "Do it even if edit-updates would refuse (--force)",
		kind: "check",
		hint: ""
	},
	"keep-rollouts": {
		label: "Rollouts that have begun go on",
		kind: "check",
		hint: ""
	}
};
/** Forms have them in this order. */
const fieldOrder = Object.keys(fields);
/** What leaving the release out means. */
const allReleases = {
	rollout: "the newest release",
	reschedule: "the only rollout that is not complete",
	pause: "every rollout that is not complete",
	resume: "everything that is paused, or else that waits for a ring"
};
const offered = {
	reschedule: (state, now) => unfinishedRollouts(state, now).length > 0,
	pause: (state, now) => unfinishedRollouts(state, now).length > 0,
	resume: ({ operations }) => (operations.paused ?? []).length + (operations.staged ?? []).length > 0,
	"release-hold": ({ operations }, now) => holdAt(operations, now) !== void 0
};
/** The actions of edit-updates, from the list that its command line reads too. */
const editActions = kinds.map((kind) => ({
	name: kind,
	...texts[kind],
	fields: fieldsOf(kind),
	offered: (state, _, now) => (kind === "hold" || state.releases.releases.length > 0) && (offered[kind]?.(state, now) ?? true),
	run: async ({ project, order, values }) => {
		const action = readAction(kind, readGiven(values), order.now);
		const { summary, notes, warnings } = await editFleet(project.state, order, action, { rehearse: false });
		return {
			summary,
			notes,
			warnings
		};
	},
	...changesOffer.includes(kind) ? { afterwards: async ({ project, fleet }) => describeMovedTags(await followOfferOrWarn(project, fleet.name)) } : {}
}));
function fieldsOf(kind) {
	const { needs, may } = actionInputs[kind];
	return [...needs, ...may].sort((one, other) => fieldOrder.indexOf(one) - fieldOrder.indexOf(other)).map((name) => {
		const hint = name === "version" ? allReleases[kind] ?? "" : fields[name].hint;
		return {
			name,
			...fields[name],
			hint,
			required: needs.includes(name)
		};
	});
}
function readGiven(values) {
	const lasting = (name) => {
		const text = values.get(name);
		return text === void 0 ? void 0 : parseDuration(text, { field: `--${name}` });
	};
	return {
		version: values.get("version"),
		start: values.get("start"),
		end: values.get("end"),
		duration: lasting("duration"),
		reason: values.get("reason"),
		for: lasting("for"),
		force: values.has("force"),
		"keep-rollouts": values.has("keep-rollouts")
	};
}
// src/operate/bridge/actions/release-actions.ts
init_errors();
const reason = {
	name: "reason",
	label: "Reason",
	kind: "long text",
	required: true,
	hint: "A sentence, or the address of an issue. It is public."
};
/** As start-rollout: the image of the fleet's branch becomes a release. */
const startAction = {
	name: "start-rollout",
	title: "Start the rollout of a new release",
	about: "The promoted image of the fleet’s branch becomes a release, and its template decides how it rolls out.",
	fields: [
		{
			name: "commit",
			label: "Commit",
			kind: "text",
			required: false,
			hint: "A commit of the fleet’s branch; empty: its newest"
		},
		{
			name: "accept-upstream",
			label: "Accept what upstream says about the base",
			kind: "text",
			required: false,
			hint: "paused, deadend or unlisted, if upstream holds the base back"
		},
		{
			name: "freeze-exception",
			label: "Freeze exception",
			kind: "long text",
			required: false,
			hint: "Why it is released although the fleet is frozen"
		}
	],
	offered: () => true,
	run: async ({ project, fleet, order, values }) => {
		const answer = await startRollout(project, {
			fleet,
			commit: values.get("commit"),
			now: order.now,
			accept: words(values.get("accept-upstream")).map(readDoubt),
			freezeException: readStatement(values.get("freeze-exception") ?? "", "--freeze-exception")
		});
		return {
			summary: answer.changed ? `release ${answer.version}` : `${answer.version} is a release already`,
			notes: [...answer.entry === void 0 ? [] : describeEntry(answer.entry, order.now), ...answer.inherited.map(({ version, base, reason: why }) => `${version} becomes a barrier, as its base ${base} is (${why})`)].map(String),
			warnings: []
		};
	}
};
/** As open-promotion --urgent: the source's newest release need not soak. */
const urgentAction = {
	name: "urgent",
	title: "Promote as urgent",
	about: "The newest release of the source fleet is promoted without its soak time. The other gates still count.",
	fields: [reason],
	offered: (_, fleet) => fleet.promoteFrom !== void 0,
	run: async ({ project, fleet, order, values }) => {
		const why = requireReason(values, "urgent");
		await recordUrgency(project.state, {
			source: findFleet(project.config, fleet.promoteFrom ?? ""),
			target: fleet,
			request: await findPromotion(project, fleet),
			asked: {
				reason: why,
				by: order.by
			},
			now: order.now
		});
		return {
			notes: ["coxswain open-promotion, or its next run, promotes it"],
			warnings: [],
			summary: "it is urgent already, for this reason"
		};
	}
};
/** As roll-back: the release is withdrawn, and a pull request restores an earlier content as a new one. */
function rollBackAction(rollBack) {
	return {
		name: "roll-back",
		title: "Roll back",
		about: "Withdraws a release, and proposes the content of an earlier one as a new release, because nodes do not downgrade.",
		fields: [
			{
				name: "version",
				label: "Release to withdraw",
				kind: "release",
				required: false,
				hint: "the newest release"
			},
			{
				name: "to",
				label: "Release whose content is restored",
				kind: "release",
				required: false,
				hint: "the newest good release before it"
			},
			reason
		],
		offered: (state) => state.releases.releases.length > 1,
		run: (work) => rollBack(work, {
			bad: work.values.get("version"),
			good: work.values.get("to"),
			reason: requireReason(work.values, "roll-back")
		})
	};
}
function requireReason(values, name) {
	const why = readStatement(values.get("reason") ?? "", "--reason");
	if (why === "") throw new UsageError(`${name} needs a --reason`);
	return why;
}
function words(text) {
	return (text ?? "").split(/[\s,]+/).filter((word) => word !== "");
}
// src/operate/bridge/pinned-branches.ts
/** The state branch is no longer at the commit that the person saw. Nothing was written. */
var StateMovedError = class extends Error {
	name = "StateMovedError";
};
/** The action would now do something else than its preview showed. Nothing was written. */
var OtherChangeError = class extends Error {
	name = "OtherChangeError";
};
/**
* The branches as an action's preview sees them: the state branch stays at one commit, what would be committed to it is
* noted, and nothing is written.
* @param options.at commit of the state branch
*/
function rehearsedBranches(branches, options) {
	const commits = [];
	const { stateBranch, at } = options;
	const refuse = (branch) => {
		throw new Error(`a preview must not write to the branch ${branch}`);
	};
	return {
		commits,
		branches: {
			...branches,
			resolve: async (branch) => branch === stateBranch ? at : branches.resolve(branch),
			commit: async ({ branch, changes, message }) => {
				if (branch !== stateBranch) refuse(branch);
				commits.push({
					changes,
					message
				});
				return at ?? "0".repeat(40);
			},
			setBranch: async ({ branch }) => refuse(branch)
		}
	};
}
/**
* The branches as a confirmed action sees them: one commit on the state branch, exactly the one of the preview, on
* exactly the commit that the preview was made of. It is never applied to another state.
*/
function confirmedBranches(branches, options) {
	const { stateBranch, at, expected, onCommit } = options;
	let now = at;
	let made = false;
	return {
		...branches,
		resolve: async (branch) => branch === stateBranch ? now : branches.resolve(branch),
		commit: async (commit) => {
			if (commit.branch !== stateBranch) return branches.commit(commit);
			const { changes, message } = commit;
			if (made || !isDeepStrictEqual({
				changes,
				message
			}, expected)) throw new OtherChangeError("the action would now make another change than its preview showed");
			made = true;
			try {
				now = await branches.commit({
					...commit,
					parent: at
				});
			} catch (error) {
				if (!(error instanceof StaleBranchError)) throw error;
				throw new StateMovedError(error.message, { cause: error });
			}
			onCommit(now);
			return now;
		}
	};
}
// src/operate/bridge/confirm.ts
init_errors();
/**
* Makes the commit of a preview, exactly as it was shown, if the state branch is still at the commit that the preview
* was made of.
* @param now UNIX seconds
* @throws whatever the action throws before its commit; nothing was changed then
*/
async function confirmPreview(project, preview, now) {
	const { config, forge } = project;
	const { wish, base, effect } = preview;
	if (effect === void 0) throw new Error("a preview without a change was confirmed");
	const there = await forge.branches.resolve(config.stateBranch);
	if (there !== base) return {
		kind: "state moved",
		now: there
	};
	if (now - wish.now > 900) return { kind: "too old" };
	let commit;
	const branches = confirmedBranches(forge.branches, {
		stateBranch: config.stateBranch,
		at: base,
		expected: effect.commit,
		onCommit: (made) => {
			commit = made;
		}
	});
	const fleet = findFleet(config, wish.fleet);
	const work = {
		project: {
			...project,
			forge: {
				...forge,
				branches
			},
			state: project.openStateOn(branches)
		},
		fleet,
		order: {
			fleet: fleet.name,
			by: wish.by,
			now: wish.now
		},
		values: wish.values,
		rehearse: false
	};
	try {
		const { notes, warnings } = await wish.action.run(work);
		if (commit === void 0) return { kind: "other change" };
		const followed = await wish.action.afterwards?.(work) ?? [];
		return {
			kind: "done",
			commit,
			notes: [
				...warnings,
				...notes,
				...followed
			]
		};
	} catch (error) {
		if (commit !== void 0) return {
			kind: "half done",
			commit,
			problem: messageOf(error)
		};
		if (error instanceof OtherChangeError) return { kind: "other change" };
		if (!(error instanceof StateMovedError)) throw error;
		return {
			kind: "state moved",
			now: await forge.branches.resolve(config.stateBranch)
		};
	}
}
// src/operate/bridge/state-snapshot.ts
/** Reads the newest state, from the remote. */
async function readSnapshot({ config, forge }) {
	const commit = await forge.branches.resolve(config.stateBranch);
	return readSnapshotAt(forge.branches, commit);
}
async function readSnapshotAt(branches, commit) {
	return {
		commit,
		files: commit === void 0 ? /* @__PURE__ */ new Map() : await branches.readFolder(commit, "")
	};
}
/** @throws InputError if its files contradict each other */
function fleetOf({ commit, files }, config, fleet) {
	return parseFleet(filesBelow(files, fleetFolder(fleet)), {
		fleet,
		config,
		commit
	});
}
/** The same files after a change. */
function withChanges(files, changes) {
	const after = new Map(files);
	for (const { path, content } of changes) if (content === null) after.delete(path);
	else after.set(path, String(content));
	return after;
}
function filesBelow(files, folder) {
	return new Map([...files].filter(([path]) => path.startsWith(`${folder}/`)));
}
// src/operate/bridge/live-site.ts
init_errors();
/** @param now UNIX seconds */
async function readLiveSite(project, snapshot, now) {
	const { config, forge } = project;
	const states = /* @__PURE__ */ new Map();
	const problems = [];
	for (const name of Object.keys(config.fleets)) try {
		states.set(name, fleetOf(snapshot, config, name));
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		problems.push(`${name}: ${messageOf(error)}`);
	}
	const { branches } = rehearsedBranches(forge.branches, {
		stateBranch: config.stateBranch,
		at: snapshot.commit
	});
	const pinned = {
		...project,
		forge: {
			...forge,
			branches
		},
		state: project.openStateOn(branches)
	};
	const fleets = [...states].map(([name, state]) => ({
		name,
		state
	}));
	const { facts, ...page } = await readPageFacts(pinned, fleets, now);
	return {
		states,
		problems,
		input: {
			fleets: fleets.map((fleet) => {
				const known = facts.get(fleet.name);
				return known === void 0 ? fleet : {
					...fleet,
					facts: known
				};
			}),
			architectures: config.architectures,
			rings: config.rings,
			stream: config.stream,
			now,
			url: config.publish.url,
			...page
		}
	};
}
// src/operate/bridge/pages/field-input.ts
/** A field with its label and its hint. */
function fieldInput(field, options) {
	const { name, label, kind, required, hint } = field;
	const { value = "", releases, isWrong } = options;
	const id = `field-${name}`;
	const says = hint === "" || kind === "release" ? void 0 : html`<span class="hint" id="${id}-hint">${hint}</span>`;
	const attributes = html` id="${id}" name="${name}"${says === void 0 ? "" : html` aria-describedby="${id}-hint"`}${required ? html` required` : ""}${isWrong ? html` aria-invalid="true" aria-errormessage="problem"` : ""}`;
	switch (kind) {
		case "check": return html`<div><label class="check"><input type="checkbox"${attributes} value="yes"${value === "" ? "" : html` checked`}>${label}</label>${says}</div>`;
		case "release": return html`<div><label for="${id}">${label}</label><select${attributes}>${required ? void 0 : html`<option value="">${hint}</option>`}${releases.map((version) => html`<option value="${version}"${version === value ? html` selected` : ""}>${version}</option>`)}</select></div>`;
		case "text": return html`<div><label for="${id}">${label}</label>${says}<input type="text"${attributes} value="${value}" autocomplete="off"></div>`;
		case "long text": return html`<div><label for="${id}">${label}</label>${says}<textarea${attributes} rows="2" maxlength="1000">${value}</textarea></div>`;
	}
}
// src/operate/bridge/pages/bridge-style.ts
/** What the pages of the bridge add to the style of the dashboard. Colours are the dashboard's. */
const bridgeStyle = `
.bridge{margin:0 0 1.25rem;padding:.8rem 1rem;border:1px solid var(--line);border-left:.35rem solid var(--accent);border-radius:.6rem;background:var(--card)}
.bridge.moved{border-left-color:var(--warn)}
.panel{margin:1.1rem 0;padding:1.1rem 1.25rem;border:1px solid var(--line);border-radius:.8rem;background:var(--card)}
.panel.stop{border-left:.35rem solid var(--stop)}.panel.warn{border-left:.35rem solid var(--warn)}.panel.done{border-left:.35rem solid var(--done)}
.panel h2{font-size:1.1rem;margin:0 0 .5rem}
.lead{font-size:1.1rem}
.plain{margin:.35rem 0;padding-left:1.2rem}
.buttons{display:flex;flex-wrap:wrap;gap:.5rem;margin:.6rem 0;padding:0;list-style:none}
.buttons a,button{display:inline-block;padding:.4rem .85rem;border:1px solid var(--quiet);border-radius:.5rem;background:var(--card);color:var(--ink);font:inherit;text-decoration:none;cursor:pointer}
.buttons a:hover,button:hover{border-color:var(--accent);color:var(--accent)}
button.main{background:var(--accent);border-color:var(--accent);color:var(--card);font-weight:600}
button.main:hover{color:var(--card);filter:brightness(1.1)}
.form{display:grid;gap:1rem;max-width:38rem}
.form label{display:block;font-weight:600}
.form .hint{display:block;color:var(--quiet);font-size:.9rem}
.form input[type=text],.form select,.form textarea{width:100%;padding:.45rem .6rem;border:1px solid var(--quiet);border-radius:.45rem;background:var(--ground);color:var(--ink);font:inherit}
.form .check{display:flex;gap:.5rem;align-items:baseline;font-weight:400}
.form [aria-invalid=true]{border-color:var(--stop);border-width:2px}
.change{margin-top:1.25rem;padding-top:1rem;border-top:1px solid var(--line)}
.schedule{margin:.75rem 0;padding:.9rem 1rem;border:1px solid var(--line);border-radius:.6rem;background:var(--ground)}
.schedule .fields{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end}
.schedule label{font-weight:600}
.schedule input[type=text]{display:block;width:15rem;max-width:100%;padding:.4rem .55rem;border:1px solid var(--quiet);border-radius:.45rem;background:var(--card);color:var(--ink);font:inherit}
.schedule input[readonly]{color:var(--quiet)}
.track{position:relative;height:4.4rem;margin:.6rem .75rem;touch-action:none;user-select:none}
.track .line{position:absolute;left:0;right:0;top:1.6rem;height:.7rem;border-radius:.35rem;background:var(--track)}
.track .span{position:absolute;top:1.6rem;height:.7rem;border-radius:.35rem;background:var(--accent)}
.track .now{position:absolute;top:.9rem;height:2.1rem;border-left:2px dashed var(--quiet)}
.track .handle{position:absolute;top:1.15rem;width:1.6rem;height:1.6rem;margin-left:-.8rem;padding:0;border:3px solid var(--card);border-radius:50%;background:var(--accent);box-shadow:0 0 0 1px var(--accent);cursor:grab}
.track .handle:active{cursor:grabbing}
.track .mark{position:absolute;top:3rem;transform:translateX(-50%);font-size:.8125rem;color:var(--quiet);white-space:nowrap}
.track .mark.first{transform:none}.track .mark.last{transform:translateX(-100%)}
.diff{overflow-x:auto;white-space:pre;font-size:.85rem;line-height:1.45;user-select:text}
.diff .add{color:var(--done)}.diff .del{color:var(--stop)}.diff .at{color:var(--quiet)}
.was{color:var(--quiet)}
.curve{display:block;width:100%;max-width:46rem;height:auto}
.curve .axis{stroke:var(--quiet);fill:none}.curve .grid{stroke:var(--line)}
.curve text{fill:var(--quiet);font-size:13px}
.curve .was-line{fill:none;stroke:var(--quiet);stroke-width:2.5;stroke-dasharray:7 5}
.curve .is-line{fill:none;stroke:var(--accent);stroke-width:3}
.key{display:flex;flex-wrap:wrap;gap:1.25rem;margin:.25rem 0;padding:0;list-style:none}
.key span{display:inline-block;width:2rem;margin-right:.4rem;border-top:3px solid var(--accent);vertical-align:middle}
.key .was-key{border-top:3px dashed var(--quiet)}
`;
// src/operate/bridge/pages/page-layout.ts
/** The name of the hidden field. */
const formTokenField = "form-token";
/** A page beside the dashboard, in its style. */
function layout({ root, nonce }, page) {
	return renderPage({
		title: `${page.title} · Coxswain bridge`,
		skip: {
			to: "main",
			text: "Skip to the content"
		},
		styles: [dashboardStyle, bridgeStyle],
		scripts: page.script === void 0 ? [] : [page.script],
		nonce,
		body: html`${page.isOutside === true ? void 0 : html`<nav aria-label="Way back"><a href="${root}">← All fleets</a></nav>`}
<main id="main">
<h1>${page.title}</h1>
${page.body}
</main>
`
	});
}
/** The hidden field that says that a form is ours. */
function ownForm({ formToken }) {
	return html`<input type="hidden" name="${formTokenField}" value="${formToken}">`;
}
/** A list; nothing for an empty one. */
function list(items, className = "plain") {
	if (items.length === 0) return void 0;
	return html`<ul class="${className}">${items.map((item) => html`<li>${item}</li>`)}</ul>\n`;
}
// src/operate/bridge/pages/action-page.ts
/** The form of an action. It leads to a preview. */
function actionPage(context, options) {
	const { action, fleet, releases, values, problem } = options;
	const body = html`<p class="lead">${action.about}</p>
${problem === void 0 ? void 0 : problemBox(problem)}
<form class="form panel" method="post" action="${context.root}preview">
${ownForm(context)}<input type="hidden" name="action" value="${action.name}"><input type="hidden" name="fleet" value="${fleet}">
${action.fields.map((field) => fieldInput(field, {
		value: values.get(field.name),
		releases,
		isWrong: problem?.field === field.name
	}))}
<div><button class="main">Show what would change</button></div>
</form>
<p class="quiet">Nothing is changed yet: a preview comes first.</p>`;
	return layout(context, {
		title: `${action.title}: ${fleet}`,
		body
	});
}
/** What is wrong, on top of a form. */
function problemBox({ message }) {
	return html`<div class="panel stop" role="alert" id="problem"><h2>This is not possible</h2><p>${message}</p></div>`;
}
// src/operate/bridge/pages/bridge-script.ts
/**
* Runs in the browser, on the page of all fleets. It adds what forms alone cannot do: handles on the schedule of each
* rollout, by pointer or by arrow keys, and a word when somebody else changes the state. Without it everything works by
* the fields.
*/
const bridgeScript = `
'use strict';
for (const form of document.querySelectorAll('form.schedule')) addTrack(form);

function addTrack(form) {
  const now = Number(form.dataset.now), begun = 'begun' in form.dataset;
  const times = { start: Number(form.dataset.start), end: Number(form.dataset.end) };
  const fields = { start: form.elements.namedItem('start'), end: form.elements.namedItem('end') };
  const from = Math.min(now, times.start);
  const until = Math.max(times.end, now) + Math.max(times.end - from, 7200);
  const track = make('div', 'track'), span = make('div', 'span'), today = make('div', 'now');
  track.append(make('div', 'line'), span, today);
  const left = (time) => ((time - from) / (until - from)) * 100;
  today.style.left = left(now) + '%';
  mark(now, 'now', left(now) < 5 ? 'first' : '');
  mark(until, show(until), 'last');
  const handles = { end: handle('end', 'End') };
  if (!begun) handles.start = handle('start', 'Start');
  form.prepend(track);
  for (const name of ['start', 'end']) {
    fields[name].addEventListener('change', () => {
      const typed = Date.parse(fields[name].value) / 1000;
      if (!Number.isNaN(typed)) { times[name] = typed; draw(); }
    });
  }
  draw();

  function handle(name, label) {
    const button = make('button', 'handle');
    button.type = 'button';
    button.setAttribute('role', 'slider');
    button.setAttribute('aria-label', label + ' of the rollout');
    button.setAttribute('aria-valuemin', String(Math.ceil(now)));
    button.setAttribute('aria-valuemax', String(until));
    track.append(button);
    button.addEventListener('pointerdown', (event) => {
      button.setPointerCapture(event.pointerId);
      const move = (moved) => {
        const box = track.getBoundingClientRect();
        set(name, from + ((moved.clientX - box.left) / box.width) * (until - from));
      };
      button.addEventListener('pointermove', move);
      button.addEventListener('pointerup', () => button.removeEventListener('pointermove', move), { once: true });
      button.addEventListener('pointercancel', () => button.removeEventListener('pointermove', move), { once: true });
    });
    button.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 900, ArrowUp: 900, ArrowLeft: -900, ArrowDown: -900, PageUp: 21600, PageDown: -21600 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      set(name, times[name] + step);
    });
    return button;
  }

  function set(name, wanted) {
    const rounded = Math.round(wanted / 300) * 300;
    const least = name === 'start' ? Math.ceil(now / 300) * 300 : Math.max(times.start, now) + 300;
    const most = name === 'start' ? times.end - 300 : until;
    times[name] = Math.min(Math.max(rounded, least), most);
    fields[name].value = iso(times[name]);
    draw();
  }

  function draw() {
    span.style.left = left(times.start) + '%';
    span.style.width = Math.max(0, left(times.end) - left(times.start)) + '%';
    for (const name of Object.keys(handles)) {
      handles[name].style.left = left(times[name]) + '%';
      handles[name].setAttribute('aria-valuenow', String(Math.round(times[name])));
      handles[name].setAttribute('aria-valuetext', show(times[name]));
    }
  }

  function mark(time, text, place) {
    const label = make('span', 'mark ' + place);
    label.textContent = text;
    label.style.left = left(time) + '%';
    track.append(label);
  }
}

function make(tag, name) {
  const element = document.createElement(tag);
  element.className = name.trim();
  return element;
}
function iso(time) { return new Date(time * 1000).toISOString().slice(0, 16) + 'Z'; }
function show(time) { return iso(time).replace('T', ' ').replace('Z', ' UTC'); }

const banner = document.getElementById('bridge');
if (banner !== null) {
  const timer = setInterval(async () => {
    if (document.hidden) return;
    try {
      const response = await fetch(banner.dataset.head, { headers: { accept: 'application/json' } });
      const { commit } = await response.json();
      if (commit === banner.dataset.commit) return;
      document.getElementById('bridge-news').textContent = 'Somebody changed the state. Load this page again to see it.';
      banner.classList.add('moved');
      clearInterval(timer);
    } catch {
      document.getElementById('bridge-news').textContent = 'The bridge does not answer. Start it again.';
      banner.classList.add('moved');
    }
  }, 20000);
}
`;
// src/operate/bridge/pages/fleet-actions.ts
/** What can be done to a fleet: put into its card on the dashboard. */
function fleetActions(context, options) {
	const { fleet, state, actions, now } = options;
	const offered = actions.filter((action) => action.offered(state, fleet, now));
	return html`<div class="change">
<h3>Change ${fleet.name}</h3>
${unfinishedRollouts(state, now).map((version) => schedule(context, {
		fleet: fleet.name,
		version,
		state,
		now
	}))}
<ul class="buttons">${offered.map(({ name, title }) => html`<li><a href="${context.root}act/${encodeURIComponent(fleet.name)}/${name}">${title}</a></li>`)}</ul>
</div>
`;
}
/** Start and end of a rollout, as fields. A script adds handles that can be dragged. */
function schedule(context, rolling) {
	const { fleet, version, state, now } = rolling;
	const { rollout } = metadataOf(state.updates, version);
	if (rollout === void 0) return void 0;
	const hasBegun = rolloutPhase(rollout, now) !== "scheduled";
	const plan = stagedOf(state, version)?.rollout ?? rollout;
	const start = (hasBegun ? rollout : plan).start_epoch ?? 0;
	const end = rolloutEnd(plan) ?? now + 86400;
	const id = `schedule-${fleet}-${version}`;
	return html`<form class="schedule" method="post" action="${context.root}preview" aria-label="Schedule of ${version} in ${fleet}" data-now="${now}" data-start="${start}" data-end="${end}"${hasBegun ? html` data-begun` : ""}>
${ownForm(context)}<input type="hidden" name="action" value="reschedule"><input type="hidden" name="fleet" value="${fleet}"><input type="hidden" name="version" value="${version}">
<div class="fields"><label for="${id}-start">Start of <code>${version}</code><input type="text" id="${id}-start" name="start" value="${minute(start)}"${hasBegun ? html` readonly` : ""} autocomplete="off"></label>
<label for="${id}-end">End<input type="text" id="${id}-end" name="end" value="${minute(end)}" required autocomplete="off"></label>
<button>Reschedule…</button></div>
</form>`;
}
/** Exact to the second if it is not a whole minute, because the start of a rollout that has begun must stay the same. */
function minute(seconds) {
	return formatTime(seconds).replace(/:00Z$/, "Z");
}
// src/operate/bridge/pages/overview-page.ts
/** The dashboard, made of the newest state, with what can be done to each fleet. */
function overviewPage(context, options) {
	const { project, site, actions } = options;
	const { now } = site.input;
	return renderDashboard(site.input, {
		actions: new Map(Object.values(project.config.fleets).flatMap((fleet) => {
			const state = site.states.get(fleet.name);
			return state === void 0 ? [] : [[fleet.name, fleetActions(context, {
				fleet,
				state,
				actions,
				now
			})]];
		})),
		banner: banner(context, {
			...options,
			problems: site.problems
		}),
		styles: [bridgeStyle],
		scripts: [bridgeScript],
		nonce: context.nonce
	});
}
function banner({ root }, options) {
	const { project, commit, by, dryRun, problems } = options;
	const state = commit === void 0 ? "does not exist yet" : html`at <code>${shortCommit(commit)}</code>`;
	return html`<section class="bridge" id="bridge" aria-label="Coxswain bridge" data-head="${root}head" data-commit="${commit ?? ""}">
<strong>Coxswain bridge.</strong> You act as <strong>${by}</strong>. Branch <code>${project.config.stateBranch}</code> ${state}, ${project.forge.place}.${dryRun ? html` <strong>Dry run: nothing is written.</strong>` : ""}
<p id="bridge-news" role="status"></p>
${problems.map((problem) => html`<p role="alert"><strong>Cannot be read:</strong> ${problem}</p>`)}</section>
`;
}
// src/operate/bridge/pages/curve-chart.ts
const size = {
	width: 640,
	height: 220,
	left: 46,
	right: 12,
	top: 10,
	bottom: 30
};
/** The simulated adoption before and after a change, in one picture and in words. */
function curveChart({ target, architecture, before, after }) {
	const until = Math.max(lastChange(before), lastChange(after), 3600);
	const x = (seconds) => size.left + Math.min(seconds, until) / until * (size.width - size.left - size.right);
	const y = (share) => size.top + (1 - share) * (size.height - size.top - size.bottom);
	const path = ({ times, shares }) => {
		const points = times.map((time, index) => [x(time), y(shares[index])]);
		const last = points.at(-1);
		return [...points, [x(until), last[1]]].map(([left, top], index) => `${index === 0 ? "M" : "L"}${left.toFixed(1)} ${top.toFixed(1)}`).join("");
	};
	const words = `Before: ${inWords(before)}. After: ${inWords(after)}.`;
	const middle = (size.left + size.width - size.right) / 2;
	return html`<svg class="curve" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Simulated adoption of ${target}. ${words}">
${[
		0,
		.5,
		1
	].map((share) => html`<line class="grid" x1="${size.left}" x2="${size.width - size.right}" y1="${y(share)}" y2="${y(share)}"/><text x="${size.left - 6}" y="${y(share) + 4}" text-anchor="end">${share * 100} %</text>`)}
<path class="was-line" d="${path(before)}"/><path class="is-line" d="${path(after)}"/>
<text x="${size.left}" y="${size.height - 8}">now</text><text x="${middle}" y="${size.height - 8}" text-anchor="middle">${formatDuration(until / 2)}</text><text x="${size.width - size.right}" y="${size.height - 8}" text-anchor="end">${formatDuration(until)}</text>
</svg>
<ul class="key"><li><span class="was-key"></span>before: ${inWords(before)}</li><li><span></span>after: ${inWords(after)}</li></ul>
<p class="quiet">Simulated nodes on ${architecture} that run <code>${target}</code> or newer; most start on the release before it, and all are always on.</p>`;
}
function lastChange({ times, shares }) {
	const end = shares.at(-1);
	return times[shares.indexOf(end)] * 1.05;
}
/** `50 % after 12 h, 100 % after 1 d` */
function inWords({ times, shares }) {
	const end = shares.at(-1);
	if (end === 0) return "no node gets it";
	const reach = (share) => `${formatPercent(share)} after ${formatDuration(times[shares.findIndex((each) => each >= share)])}`;
	return end > .5 ? `${reach(.5)}, ${reach(end)}` : reach(end);
}
// src/operate/bridge/pages/preview-page.ts
/** The name of the box that confirms errors of lint. */
const acceptField = "accept-errors";
/** What an action would do, and the button that does it. */
function previewPage(context, preview, options) {
	const { wish, answer, effect, base } = preview;
	const title = `Preview: ${wish.action.title}, ${wish.fleet}`;
	const hints = html`${list(answer.warnings.map((warning) => html`<strong>Warning:</strong> ${warning}`))}${list(answer.notes)}`;
	if (effect === void 0) return layout(context, {
		title,
		body: html`<div class="panel done"><h2>There is nothing to change</h2><p class="lead">${answer.summary ?? ""}</p>${hints}</div>`
	});
	const [subject = ""] = effect.commit.message.split("\n");
	const errors = effect.findings.filter(({ severity }) => severity === "error").length;
	return layout(context, {
		title,
		body: html`<div class="panel ${answer.warnings.length > 0 || errors > 0 ? "warn" : ""}"><p class="lead">${subject}</p>${hints}
<p class="quiet">Nothing is changed yet. This is a preview of state ${base === void 0 ? "without a commit" : html`<code>${shortCommit(base)}</code>`}, made on ${formatTime(wish.now)}.</p></div>
${options.problem === void 0 ? void 0 : html`<div class="panel stop" role="alert"><p>${options.problem}</p></div>`}
<form class="panel" method="post" action="${context.root}confirm">
${ownForm(context)}<input type="hidden" name="preview" value="${preview.id}">
${errors === 0 ? void 0 : html`<p><label class="check"><input type="checkbox" name="${acceptField}" value="yes" required> Do it although lint finds ${errors === 1 ? "an error" : `${errors} errors`}</label></p>`}
<button class="main">Make this commit</button>
<p class="quiet">It is one commit on the state branch, by ${wish.by}. It counts for ${formatDuration(900)}, and only if nobody changes the state before. publish-updates makes it public.</p>
</form>
${affected(effect, wish.now)}
${effect.curve === void 0 ? void 0 : html`<section class="panel"><h2>How it spreads</h2>${curveChart(effect.curve)}</section>`}
${strandedSection(effect)}
${lintSection(effect)}
<section class="panel"><h2>Difference</h2>${difference(effect.difference)}</section>
<section class="panel"><h2>Commit message</h2><pre tabindex="0" aria-label="Commit message">${effect.commit.message}</pre></section>`
	});
}
function affected({ offers, openings }, now) {
	return html`<section class="panel"><h2>Who is affected</h2>
${offers.length === 0 ? html`<p>No node is offered another release, now or when all rollouts are complete.</p>` : offers.map(offerTable)}
${openings.length === 0 ? void 0 : openingTable(openings, now)}</section>`;
}
function offerTable({ architectures, rings, changes }) {
	const caption = `${rings.length === 1 ? "Ring" : "Rings"} ${rings.join(", ")}`;
	return html`<div class="scroll" role="region" tabindex="0" aria-label="Offers to ${caption} on ${architectures.join(", ")}"><table>
<caption>${caption} <span class="quiet">on ${architectures.join(", ")}</span></caption>
<thead><tr><th scope="col">A node on</th><th scope="col">is offered now</th><th scope="col">when all rollouts are complete</th></tr></thead>
<tbody>${changes.map((change) => html`
<tr><th scope="row">${nodesOn(change)}</th><td>${fromTo(change.now)}</td><td>${fromTo(change.end)}</td></tr>`)}
</tbody></table></div>`;
}
function nodesOn({ newest, oldest, count }) {
	if (count === 1) return html`<code>${newest}</code>`;
	return html`<code>${newest}</code> <span class="quiet">and ${count - 1} more, down to</span> <code>${oldest}</code>`;
}
function fromTo({ before, after }) {
	if (before === after) return html`<span class="quiet">as before: ${before}</span>`;
	return html`<s class="was">${before}</s> <span aria-hidden="true">→</span> <strong>${after}</strong>`;
}
function openingTable(openings, now) {
	return html`<div class="scroll" role="region" tabindex="0" aria-label="When rings are offered a release"><table>
<caption>When a ring is offered a release</caption>
<thead><tr><th scope="col">Release</th><th scope="col">Ring</th><th scope="col">before</th><th scope="col">after</th></tr></thead>
<tbody>${openings.map(({ version, rings, before, after }) => html`
<tr><th scope="row"><code>${version}</code></th><td>${rings.join(", ")}</td><td class="was">${moment(before, now)}</td><td><strong>${moment(after, now)}</strong></td></tr>`)}
</tbody></table></div>`;
}
function moment(opening, now) {
	if (opening === "open") return "offered now";
	if (opening === "never") return "not offered";
	const time = `${formatTime(opening).slice(0, 16).replace("T", " ")} UTC`;
	return opening > now ? `${time} (in ${formatDuration(opening - now)})` : time;
}
function strandedSection({ stranded }) {
	if (stranded.length === 0) return html`<section class="panel"><h2>What stays stranded</h2><p>Nothing: every node has a way to the newest release that it is offered.</p></section>`;
	return html`<section class="panel warn"><h2>What stays stranded</h2>${list(stranded.map(({ release: { version, architecture, end, goal, why }, isNew }) => html`${isNew ? html`<strong>new:</strong> ` : void 0}nodes on <code>${version}</code> (${architecture}) stay on <code>${end}</code>${why === "dead-end" ? ", a dead-end" : ""}, and do not reach <code>${goal}</code>`))}</section>`;
}
function lintSection({ findings }) {
	if (findings.length === 0) return html`<section class="panel"><h2>Lint</h2><p>No finding.</p></section>`;
	return html`<section class="panel warn"><h2>Lint</h2>${list(findings.map(({ severity, rule, where, message, remedy }) => html`<strong>${severity}:</strong> ${message} <span class="quiet">(${rule}, ${where})</span>${remedy === void 0 ? void 0 : html` ${remedy}`}`))}</section>`;
}
/** With the colours of a difference; the signs at the start of each line say the same. */
function difference(text) {
	const lines = text.replace(/\n$/, "").split("\n");
	const kind = (line) => {
		if (/^(?:---|\+\+\+|@@)/.test(line)) return "at";
		return line.startsWith("+") ? "add" : line.startsWith("-") ? "del" : "";
	};
	return html`<pre class="diff" tabindex="0" role="region" aria-label="Difference">${lines.map((line) => html`<span class="${kind(line)}">${line}</span>\n`)}</pre>`;
}
// src/operate/bridge/pages/result-page.ts
/** After the commit. */
function donePage(context, preview, result) {
	const [subject = ""] = preview.effect?.commit.message.split("\n") ?? [];
	const commit = html`Commit <code>${result.commit}</code> on the state branch: ${subject}.`;
	if (result.kind === "done") return layout(context, {
		title: "Done",
		body: html`<div class="panel done" role="status"><p class="lead">${commit}</p>${list(result.notes)}<p>It is public with the next publish-updates.</p></div>`
	});
	return layout(context, {
		title: "Half done",
		body: html`<div class="panel stop" role="alert"><p class="lead">${commit}</p><p>The commit was made. What follows it failed: ${result.problem}</p><p>Run the verb on the command line to finish it: ${command(preview)}</p></div>`
	});
}
function command({ wish: { action, fleet } }) {
	return action.name === "roll-back" ? html`<code>coxswain roll-back --fleet ${fleet} --reason …</code>` : html`<code>coxswain publish-updates</code> moves the tags, too.`;
}
/** Somebody was faster: what they changed, and a new preview of the same wish. */
function movedPage(context, preview, moved) {
	const commits = moved.commits.map(({ sha, time, message }) => {
		const [subject = ""] = message.split("\n");
		const by = /^By: (.*)$/m.exec(message)?.[1];
		return html`${subject} <span class="quiet">(${by === void 0 ? "" : `${by}, `}${formatTime(time)}, <code>${shortCommit(sha)}</code>)</span>`;
	});
	return layout(context, {
		title: "Somebody else changed the state",
		body: html`<div class="panel warn" role="alert"><p class="lead">The state changed after this preview was made. Nothing was applied.</p>
${commits.length === 0 ? html`<p>The state branch was moved to another history.</p>` : list(commits)}</div>
${again(context, preview)}
<section class="panel"><h2>What changed meanwhile</h2>${moved.difference === "" ? html`<p>No file of this fleet.</p>` : difference(moved.difference)}</section>`
	});
}
/** The preview no longer holds, although the state is the same. */
function expiredPage(context, preview, why) {
	return layout(context, {
		title: "This preview no longer holds",
		body: html`<div class="panel warn" role="alert"><p class="lead">${why} Nothing was applied.</p></div>${again(context, preview)}`
	});
}
function again(context, { wish: { action, fleet, values } }) {
	return html`<form class="panel" method="post" action="${context.root}preview">
${ownForm(context)}<input type="hidden" name="action" value="${action.name}"><input type="hidden" name="fleet" value="${fleet}">
${[...values].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button class="main">Show a new preview</button>
</form>`;
}
/** A problem that no field of a form can fix. */
function problemPage(context, problem) {
	const body = html`<div class="panel stop" role="alert"><p>${problem.message}</p></div>`;
	return layout(context, {
		title: problem.title,
		body,
		isOutside: problem.isOutside === true
	});
}
// src/operate/bridge/effect.ts
const inTheEnd = Number.MAX_SAFE_INTEGER;
/**
* Who is offered something else after a change of the guidance.
* @param options.now UNIX seconds
*/
function offerChanges(before, after, options) {
	const groups = /* @__PURE__ */ new Map();
	for (const architecture of architecturesOf(after)) {
		const graphs = {
			before: buildGraph(before.releases, before.updates, {
				basearch: architecture,
				scheme: "oci"
			}),
			after: buildGraph(after.releases, after.updates, {
				basearch: architecture,
				scheme: "oci"
			})
		};
		for (const { wariness, names } of ringGroups(options.rings)) {
			const seen = (side, now) => throttleGraph(graphs[side], {
				now,
				wariness
			});
			const views = {
				now: {
					before: seen("before", options.now),
					after: seen("after", options.now)
				},
				end: {
					before: seen("before", inTheEnd),
					after: seen("after", inTheEnd)
				}
			};
			const changes = changesOf(graphs.after.nodes.map(({ version }) => version), new Set(graphs.before.nodes.map(({ version }) => version)), views);
			if (changes.length === 0) continue;
			const key = JSON.stringify(changes);
			const group = groups.get(key) ?? {
				architectures: /* @__PURE__ */ new Set(),
				rings: /* @__PURE__ */ new Set(),
				changes
			};
			group.architectures.add(architecture);
			for (const name of names) group.rings.add(name);
			groups.set(key, group);
		}
	}
	return [...groups.values()].map(({ architectures, rings, changes }) => ({
		architectures: [...architectures],
		rings: [...rings],
		changes
	}));
}
/** @param known releases that nodes may run: the others are new */
function changesOf(versions, known, views) {
	const offer = (graph, version) => {
		const choice = considerUpdate(graph, { version });
		if (choice.kind === "update") return choice.target.version;
		return choice.kind === "none" ? "nothing" : choice.kind === "dead-end" ? "dead-end" : "not in the graph";
	};
	const changes = [];
	let touching = false;
	for (const version of versions.toReversed()) {
		const now = {
			before: offer(views.now.before, version),
			after: offer(views.now.after, version)
		};
		const end = {
			before: offer(views.end.before, version),
			after: offer(views.end.after, version)
		};
		const differs = now.before !== now.after || end.before !== end.after;
		if (!known.has(version) || !differs) {
			touching = false;
			continue;
		}
		const last = changes.at(-1);
		if (touching && last !== void 0 && JSON.stringify([last.now, last.end]) === JSON.stringify([now, end])) changes[changes.length - 1] = {
			...last,
			oldest: version,
			count: last.count + 1
		};
		else changes.push({
			newest: version,
			oldest: version,
			count: 1,
			now,
			end
		});
		touching = true;
	}
	return changes;
}
/** Rings of one wariness see the same. */
function ringGroups(rings) {
	const groups = /* @__PURE__ */ new Map();
	for (const { name, wariness } of ringsToShow(rings)) groups.set(wariness, [...groups.get(wariness) ?? [], name]);
	return [...groups].map(([wariness, names]) => ({
		wariness,
		names
	}));
}
/** The moments at which a release opens to a ring, if a change moves them. */
function movedOpenings(before, after, options) {
	return [...new Set(after.updates.releases.map(({ version }) => version))].flatMap((version) => ringGroups(options.rings).flatMap(({ wariness, names }) => {
		const was = openingOf(before, version, {
			wariness,
			now: options.now
		});
		const is = openingOf(after, version, {
			wariness,
			now: options.now
		});
		return was === is ? [] : [{
			version,
			rings: names,
			before: was,
			after: is
		}];
	}));
}
function openingOf({ updates }, version, { wariness, now }) {
	const entries = updates.releases.filter((entry) => entry.version === version);
	const rollouts = entries.map(({ metadata }) => metadata.rollout).filter((each) => each !== void 0);
	if (rollouts.length === 0) return entries.some(({ metadata }) => metadata.barrier !== void 0) ? "open" : "never";
	const rollout = Object.assign({}, ...rollouts);
	if (wariness <= rolloutProgress(rollout, now)) return "open";
	const start = rollout.start_epoch ?? 0;
	const end = rolloutEnd(rollout);
	const from = rollout.start_percentage ?? 0;
	if (end === void 0) return wariness <= from && start > now ? start : "never";
	if (wariness <= from) return start;
	return Math.ceil(start + (wariness - from) / (1 - from) * (end - start));
}
/**
* Releases whose nodes have no way to the newest release after a change, and which of them the change strands.
* @param retired versions that no node is to be offered again
*/
function strandedAfter(before, after, retired) {
	const key = ({ version, architecture }) => `${architecture} ${version}`;
	const known = new Set(findStranded(before).map(key));
	return [...new Map([...findStranded(after), ...strandedBy(before, after, { retired })].map((each) => [key(each), each]))].map(([name, release]) => ({
		release,
		isNew: !known.has(name)
	}));
}
// src/operate/bridge/simulated-adoption.ts
/** Enough for a smooth line, and quick. */
const nodes = 1e3;
/**
* The simulated adoption of a release from now on: most nodes run the release before it, some run older ones, and all
* have their own wariness.
* @param options.now UNIX seconds
*/
function adoptionCurve(guidance, options) {
	const { basearch, target, now } = options;
	const none = {
		times: [0],
		shares: [0]
	};
	if (guidance.releases.releases.filter((release) => release["oci-images"]?.some(({ architecture }) => architecture === basearch) === true).map(({ version }) => version).indexOf(target) < 1) return none;
	const { curve } = simulateRollout({
		releases: guidance.releases,
		updates: guidance.updates,
		basearch,
		now,
		target,
		seed: 1,
		fleet: {
			...defaultFleetModel,
			nodes,
			start: [{
				version: "spread",
				share: .2
			}]
		}
	});
	return {
		times: curve.times,
		shares: curve.adopted.map((count) => count / nodes)
	};
}
// src/operate/bridge/preview.ts
/**
* Runs an action on the newest state of the remote without writing anything, and describes what it would change.
* @throws InputError if the action is not possible
*/
async function makePreview(project, wish) {
	const { config, forge } = project;
	const { action, now, by } = wish;
	const fleet = findFleet(config, wish.fleet);
	const snapshot = await readSnapshot(project);
	const { branches, commits } = rehearsedBranches(forge.branches, {
		stateBranch: config.stateBranch,
		at: snapshot.commit
	});
	const answer = await action.run({
		project: {
			...project,
			forge: {
				...forge,
				branches
			},
			state: project.openStateOn(branches)
		},
		fleet,
		order: {
			fleet: fleet.name,
			by,
			now
		},
		values: wish.values,
		rehearse: true
	});
	const [commit] = commits;
	return {
		id: randomUUID(),
		wish,
		base: snapshot.commit,
		answer,
		effect: commit === void 0 ? void 0 : await effectOf(project, {
			wish,
			snapshot,
			commit
		})
	};
}
async function effectOf({ config }, change) {
	const { wish, snapshot, commit } = change;
	const { fleet, now } = wish;
	const files = withChanges(snapshot.files, commit.changes);
	const before = fleetOf(snapshot, config, fleet);
	const after = fleetOf({
		commit: snapshot.commit,
		files
	}, config, fleet);
	const options = {
		rings: config.rings,
		now
	};
	const judged = lintState(files, snapshot.files, {
		config,
		fleets: [fleet],
		now,
		timeZone: "UTC"
	});
	return {
		commit,
		difference: await showDifference(commit.changes.map(({ path, content }) => ({
			path,
			before: snapshot.files.get(path),
			after: content === null ? void 0 : String(content)
		}))),
		findings: judged.flatMap(({ findings }) => findings),
		offers: offerChanges(before, after, options),
		openings: movedOpenings(before, after, options),
		stranded: strandedAfter(before, after, withdrawnOrPaused(after)),
		curve: curveOf({
			before,
			after
		}, wish)
	};
}
/** Of the release that the action is about; by default the newest. */
function curveOf({ before, after }, { values, now }) {
	const known = after.releases.releases.map(({ version }) => version);
	const target = known.find((version) => version === values.get("version")) ?? known.at(-1);
	const [architecture] = architecturesOf(after);
	if (target === void 0 || architecture === void 0) return void 0;
	const options = {
		basearch: architecture,
		target,
		now
	};
	return {
		target,
		architecture,
		before: adoptionCurve(before, options),
		after: adoptionCurve(after, options)
	};
}
// src/operate/bridge/bridge.ts
init_errors();
/** Previews and results that are kept; older ones are forgotten. */
const mostKept = 50;
function createBridge(options) {
	const { openProject, actions, by, log, now, context } = options;
	const previews = /* @__PURE__ */ new Map();
	const results = /* @__PURE__ */ new Map();
	let working = Promise.resolve();
	return {
		overview: async () => {
			const project = await openProject();
			const snapshot = await readSnapshot(project);
			const site = await readLiveSite(project, snapshot, now());
			const { commit } = snapshot;
			const shown = {
				project,
				site,
				commit,
				actions,
				by,
				dryRun: isRehearsal()
			};
			return page(200, (each) => overviewPage(each, shown));
		},
		file: async (path) => {
			const project = await openProject();
			const { input } = await readLiveSite(project, await readSnapshot(project), now());
			const text = path === "index.html" ? void 0 : renderSite(input).get(path);
			return text === void 0 ? void 0 : {
				status: 200,
				text
			};
		},
		head: async () => {
			const { config, forge } = await openProject();
			return {
				status: 200,
				text: JSON.stringify({ commit: await forge.branches.resolve(config.stateBranch) ?? "" })
			};
		},
		form: async (fleet, name, values) => formPage(200, {
			fleet,
			name,
			values
		}),
		preview: async (form) => {
			const fleet = form.get("fleet") ?? "";
			const name = form.get("action") ?? "";
			const action = findAction(name);
			if (action === void 0) return notFound();
			const values = ownValues(action, form);
			try {
				const preview = await makePreview(await openProject(), {
					action,
					fleet,
					values,
					by,
					now: now()
				});
				keep(previews, preview.id, preview);
				return { location: `${context.root}preview/${preview.id}` };
			} catch (error) {
				if (!(error instanceof InputError || error instanceof UsageError)) throw error;
				return formPage(422, {
					fleet,
					name,
					values,
					problem: problemOf(error)
				});
			}
		},
		showPreview: (id) => {
			const preview = previews.get(id);
			if (preview === void 0) return forgotten();
			return page(200, (each) => previewPage(each, preview, {}));
		},
		confirm: (form) => {
			const turn = working.then(() => confirm(form));
			working = turn.catch(() => void 0);
			return turn;
		},
		showResult: (id) => {
			const finished = results.get(id);
			if (finished === void 0) return forgotten();
			return page(finished.result.kind === "done" ? 200 : 502, (each) => donePage(each, finished.preview, finished.result));
		}
	};
	async function confirm(form) {
		const id = form.get("preview") ?? "";
		if (results.has(id)) return { location: `${context.root}done/${id}` };
		const preview = previews.get(id);
		if (preview?.effect === void 0) return forgotten();
		if (preview.effect.findings.some(({ severity }) => severity === "error") && !form.has("accept-errors")) {
			const problem = "Lint finds an error. Tick the box if you want it anyway.";
			return page(422, (each) => previewPage(each, preview, { problem }));
		}
		const project = await openProject();
		const result = await rehearsedOr(() => confirmPreview(project, preview, now()));
		if (typeof result === "string") return page(200, (each) => problemPage(each, {
			title: "Dry run",
			message: result
		}));
		switch (result.kind) {
			case "done":
			case "half done":
				log.info(`${preview.wish.fleet}: ${preview.wish.action.name}, commit ${result.commit}`);
				keep(results, id, {
					preview,
					result
				});
				return { location: `${context.root}done/${id}` };
			case "state moved": return moved(project, preview, result.now);
			case "other change": return page(409, (each) => expiredPage(each, preview, "The same action would now make another change than this preview showed."));
			case "too old": return page(409, (each) => expiredPage(each, preview, "The preview is too old: the times in it have passed."));
		}
	}
	async function moved(project, preview, tip) {
		const { branches } = project.forge;
		const { base, wish } = preview;
		const [was, is] = await Promise.all([readSnapshotAt(branches, base), readSnapshotAt(branches, tip)]);
		const folder = `${fleetFolder(wish.fleet)}/`;
		const paths = [.../* @__PURE__ */ new Set([...was.files.keys(), ...is.files.keys()])].filter((path) => path.startsWith(folder) && was.files.get(path) !== is.files.get(path));
		const difference = await showDifference(paths.map((path) => ({
			path,
			before: was.files.get(path),
			after: is.files.get(path)
		})));
		const commits = base === void 0 || tip === void 0 ? [] : await branches.log({
			from: base,
			to: tip
		});
		return page(409, (each) => movedPage(each, preview, {
			now: tip,
			commits,
			difference
		}));
	}
	async function formPage(status, wanted) {
		const action = findAction(wanted.name);
		const project = await openProject();
		if (action === void 0 || !Object.hasOwn(project.config.fleets, wanted.fleet)) return notFound();
		const fleet = findFleet(project.config, wanted.fleet).name;
		const { releases } = fleetOf(await readSnapshot(project), project.config, fleet).releases;
		const shown = {
			...wanted,
			action,
			fleet,
			releases: releases.map(({ version }) => version).toReversed()
		};
		return page(status, (each) => actionPage(each, shown));
	}
	function findAction(name) {
		return actions.find((each) => each.name === name);
	}
	function page(status, render) {
		return {
			status,
			page: (nonce) => render({
				...context,
				nonce
			})
		};
	}
	function notFound() {
		const problem = {
			title: "This page does not exist",
			message: "The fleet or the action does not exist."
		};
		return page(404, (each) => problemPage(each, problem));
	}
	function forgotten() {
		const problem = {
			title: "This preview is no longer kept",
			message: "Nothing was changed by this request. Start the action again from the page of all fleets."
		};
		return page(404, (each) => problemPage(each, problem));
	}
}
/** A page for a request that failed; the bridge goes on. */
function failurePage(error) {
	const isKnown = error instanceof InputError || error instanceof UsageError || error instanceof OutsideError;
	return {
		status: error instanceof OutsideError ? 502 : isKnown ? 422 : 500,
		title: error instanceof OutsideError ? "It could not be reached" : "This is not possible",
		message: messageOf(error)
	};
}
/** The values of the action's own fields; empty ones are left out. */
function ownValues(action, form) {
	return new Map(action.fields.flatMap(({ name }) => {
		const value = form.get(name)?.trim() ?? "";
		return value === "" ? [] : [[name, value]];
	}));
}
function problemOf(error) {
	const named = (error instanceof InputError ? /^--(.+)$/.exec(error.details.field ?? "")?.[1] : void 0) ?? /--([a-z-]+)$/.exec(error.message)?.[1];
	return {
		message: error.message,
		...named === void 0 ? {} : { field: named }
	};
}
function keep(kept, id, value) {
	kept.set(id, value);
	for (const oldest of kept.keys()) {
		if (kept.size <= mostKept) return;
		kept.delete(oldest);
	}
}
/** With --dry-run the first write ends the action: what it would have written. */
async function rehearsedOr(work) {
	try {
		return await work();
	} catch (error) {
		if (error instanceof Rehearsed) return `Dry run: it would ${error.message}. Nothing was written.`;
		throw error;
	}
}
// src/operate/bridge/answer.ts
/** Every answer has these: nobody stores it, frames it, or learns from where a link was followed. */
const guarded = {
	"cache-control": "no-store",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
	"x-frame-options": "DENY",
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
	"permissions-policy": "camera=(), geolocation=(), microphone=()"
};
/** Sends it, with a policy that runs no script except the page's own. */
function send(response, answer, options) {
	const nonce = randomBytes(16).toString("base64");
	const policy = [
		"default-src 'none'",
		`script-src 'nonce-${nonce}'`,
		`style-src 'nonce-${nonce}'`,
		"img-src data:",
		"connect-src 'self'",
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'none'"
	].join("; ");
	const headers = {
		...guarded,
		"content-security-policy": policy
	};
	if ("location" in answer) {
		response.writeHead(303, {
			...headers,
			location: answer.location,
			"content-length": 0
		}).end();
		return;
	}
	const [type, text, more] = "text" in answer ? [
		"text/plain; charset=utf-8",
		answer.text,
		{}
	] : [
		"text/html; charset=utf-8",
		answer.page(nonce),
		answer.headers ?? {}
	];
	const body = Buffer.from(text);
	response.writeHead(answer.status, {
		...headers,
		"content-type": type,
		"content-length": body.length,
		...more
	});
	response.end(options.head ? void 0 : body);
}
// src/operate/bridge/guard.ts
const methods = [
	"GET",
	"HEAD",
	"POST"
];
/**
* Refuses what no page of the bridge sends: requests under a foreign name (a page that made its own name point to this
* machine), and forms of other origins. Who is signed in is another question.
* @param hosts the values of Host that mean this server
*/
function refuseForeign(request, hosts) {
	const { method = "", headers } = request;
	const host = headers.host ?? "";
	if (!hosts.has(host)) return {
		status: 421,
		problem: "This server answers only under its own address on this machine."
	};
	if (!methods.includes(method)) return {
		status: 405,
		problem: "Only GET and POST are answered."
	};
	if (method !== "POST") return void 0;
	if (!isOwnOrigin(headers, host)) return {
		status: 403,
		problem: "This form was not sent by a page of this server. Nothing was changed."
	};
	if (headers["content-type"]?.split(";")[0]?.trim().toLowerCase() !== "application/x-www-form-urlencoded") return {
		status: 415,
		problem: "A form is expected."
	};
}
/**
* Browsers say `Origin: null` for forms of a page that sends no referrer, as ours do, and then Sec-Fetch-Site says that
* the page is ours. A browser sends at least one of the two.
*/
function isOwnOrigin(headers, host) {
	const { origin } = headers;
	const site = headers["sec-fetch-site"];
	if (site !== void 0 && site !== "same-origin") return false;
	if (origin === void 0 || origin === "null") return site === "same-origin";
	return origin === `http://${host}`;
}
// src/operate/bridge/read-form.ts
const mostBytes = 65536;
/** The fields of a form; undefined if the body is too long. */
async function readForm(request) {
	if (Number(request.headers["content-length"] ?? 0) > mostBytes) return void 0;
	const parts = [];
	let size = 0;
	for await (const part of request) {
		const bytes = part;
		size += bytes.length;
		if (size > mostBytes) return void 0;
		parts.push(bytes);
	}
	return new URLSearchParams(Buffer.concat(parts).toString("utf8"));
}
// src/operate/bridge/server.ts
init_errors();
/** The HTTP server, not listening yet. Every request passes the same checks before anything is read or done. */
function createBridgeServer({ bridge, session, log }) {
	const root = `/${session.folder}/`;
	const server = createServer({ maxHeaderSize: 16384 }, (request, response) => {
		answer(request).catch((error) => {
			const { status, title, message } = failurePage(error);
			if (status === 500) log.warn(messageOf(error));
			return refusal(status, title, message, { isOutside: false });
		}).then((each) => {
			if (!request.complete) response.setHeader("connection", "close");
			finish(request, response, each);
		});
	});
	server.headersTimeout = 1e4;
	server.requestTimeout = 15e3;
	server.keepAliveTimeout = 5e3;
	return server;
	async function answer(request) {
		const foreign = refuseForeign(request, hostsOf(request));
		if (foreign !== void 0) return refusal(foreign.status, "Refused", foreign.problem, foreign.status === 405 ? { headers: { allow: "GET, HEAD, POST" } } : {});
		const { path, query } = targetOf(request);
		if (!path.startsWith(root)) return refusal(404, "This page does not exist", "Open the address that the command printed.");
		const place = path.slice(root.length);
		const isPost = request.method === "POST";
		if (place === "enter" && !isPost) return enter(query.get("token") ?? "");
		if (!session.isSignedIn(request.headers.cookie)) return refusal(401, "You are not signed in", "Open the address that the command printed, in this browser. It counts once: if it was used, start coxswain bridge again.");
		if (!isPost) return show(place, query);
		const form = await readForm(request);
		if (form === void 0) return refusal(413, "Refused", "This form is too long. Nothing was changed.");
		if (!session.isOwnForm(form.get("form-token"))) return refusal(403, "Refused", "This form is not from a page of this bridge. Nothing was changed.", { isOutside: false });
		if (place === "preview") return bridge.preview(new Map(form));
		if (place === "confirm") return bridge.confirm(new Map(form));
		return refusal(404, "This page does not exist", "Nothing was changed.", { isOutside: false });
	}
	async function show(place, query) {
		const [first = "", second = "", third = "", ...rest] = place.split("/").map(decode);
		if (place === "") return bridge.overview();
		if (place === "head") return bridge.head();
		if (first === "act" && rest.length === 0) return bridge.form(second, third, new Map(query));
		if (first === "preview" && third === "") return bridge.showPreview(second);
		if (first === "done" && third === "") return bridge.showResult(second);
		return await bridge.file(place.split("/").map(decode).join("/")) ?? refusal(404, "This page does not exist", "Go back to all fleets.", { isOutside: false });
	}
	/**
	* Exchanges the token for the session. The page leads on automatically: a browser sends a strict cookie with a step from
	* our own page, whatever page or program the address was opened from.
	*/
	function enter(token) {
		const cookie = session.redeem(token);
		if (cookie === void 0) return refusal(403, "This address no longer counts", "It counts once. If you did not use it, somebody else did: stop coxswain bridge, and start it again.");
		return {
			status: 200,
			page: () => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Coxswain bridge</title><meta http-equiv="refresh" content="0; url=${root}"></head><body><main><h1>Coxswain bridge</h1><p><a href="${root}">Go on to the fleets</a></p></main></body></html>`,
			headers: { "set-cookie": cookie }
		};
	}
	function refusal(status, title, message, { isOutside = true, headers = {} } = {}) {
		return {
			status,
			page: (nonce) => problemPage({
				root,
				nonce
			}, {
				title,
				message,
				isOutside
			}),
			headers
		};
	}
}
/** The values of Host that mean this server. */
function hostsOf(request) {
	const { localPort = 0 } = request.socket;
	return /* @__PURE__ */ new Set([
		`127.0.0.1:${localPort}`,
		`localhost:${localPort}`,
		`[::1]:${localPort}`
	]);
}
function targetOf(request) {
	const target = request.url ?? "";
	const mark = target.indexOf("?");
	return mark < 0 ? {
		path: target,
		query: new URLSearchParams()
	} : {
		path: target.slice(0, mark),
		query: new URLSearchParams(target.slice(mark))
	};
}
function decode(part) {
	try {
		return decodeURIComponent(part);
	} catch {
		return "";
	}
}
function finish(request, response, answer) {
	send(response, answer, { head: request.method === "HEAD" });
	request.resume();
}
// src/operate/bridge/session.ts
function createSession() {
	const folder = randomBytes(9).toString("base64url");
	const token = secret();
	const formToken = secret();
	const cookie = `coxswain-bridge-${folder}`;
	let value;
	let redeemed = false;
	return {
		folder,
		token,
		formToken,
		redeem: (given) => {
			if (!isSame(given, token) || redeemed) return void 0;
			redeemed = true;
			value = secret();
			return `${cookie}=${value}; Path=/${folder}/; HttpOnly; SameSite=Strict`;
		},
		isSignedIn: (cookies) => {
			const given = readCookie(cookies, cookie);
			return value !== void 0 && given !== void 0 && isSame(given, value);
		},
		isOwnForm: (given) => given !== null && isSame(given, formToken)
	};
}
/** Compares two secrets in a time that does not depend on them. */
function isSame(one, other) {
	const hash = (text) => createHash("sha256").update(text).digest();
	return timingSafeEqual(hash(one), hash(other));
}
function secret() {
	return randomBytes(32).toString("base64url");
}
function readCookie(header, name) {
	return (header?.split(";").map((each) => each.trim()).find((each) => each.startsWith(`${name}=`)))?.slice(name.length + 1);
}
export { startAction as a, rollBackAction as i, createBridgeServer as n, urgentAction as o, createBridge as r, editActions as s, createSession as t };
