import { S as string, _ as looseObject } from "./libraries.mjs";
import { A as plainText, Gt as messageOf, Ht as OutsideError, Mt as formatTime, O as code, Vt as InputError, Wt as init_errors, g as exec, jt as formatDuration, l as formatPercent } from "./host.mjs";
import { N as holdAt, a as adoptionCurve, n as judgeRing } from "./guidance.mjs";
import { Cn as commitMessage, Ha as findFleet, Ot as parseStamp, Pn as stagedOf, Tn as stepRings, Vn as filesAtUrl, a as actOnFindings, c as runningRollouts, cn as findFreeze, d as readAlert, fn as baseBranch, jn as metadataOf, kt as stampPath, l as webhookCondition, o as haltedRollouts, qa as shortCommit, s as haltsOf, tn as findFileHold } from "./shared.mjs";
import { n as couldNotAsk, r as queryRange } from "./world-prometheus.mjs";
import { createHash } from "node:crypto";
// src/operate/watch-fleet/read-dispatch.ts
init_errors();
const expected = "{\"fleet\": \"stable\", \"reason\": \"why\"}, or {\"fleet\": \"stable\", \"alert\": …} with the JSON of Alertmanager";
const payloadSchema = looseObject({
	fleet: string("the name of a fleet is needed"),
	condition: string("a name of a webhook in halt-when is needed").optional()
});
/**
* Reads the client_payload of a repository_dispatch: which fleet, and the alert itself, beside it or as its field
* `alert`. It can trigger conditions of kind webhook of that fleet, and nothing else.
* @param text JSON
* @param field the flag that it comes from
* @throws InputError for everything else
*/
function readDispatch(text, config, field) {
	const parsed = payloadSchema.safeParse(readJson(text, field));
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		const path = issue?.path.join(".") ?? "";
		throw new InputError({
			field: path === "" ? field : `${field} ${path}`,
			problem: path === "" ? "the alert is not an object" : issue?.message ?? "",
			expected
		});
	}
	const { fleet: name, condition, ...own } = parsed.data;
	const fleet = findFleet(config, name, `${field} fleet`);
	const asked = webhookCondition(fleet, condition, `${field} condition`);
	return {
		fleet,
		findings: readAlert("alert" in own ? own.alert : own, asked)
	};
}
function readJson(text, field) {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new InputError({
			field,
			problem: `this is not JSON: ${messageOf(error)}`,
			expected
		});
	}
}
// src/operate/watch-fleet/incidents.ts
init_errors();
/** A merged commit that no run releases for so long, and a publication that is so late, are overdue; seconds. */
const overdueAfter = 21600;
/** The checks: kind of incident → what it is now. */
const checks = {
	halt,
	release: failedRelease,
	base: redBase,
	overdue: overdueRelease,
	publication: overduePublication
};
/** Looks at everything that a person has to know about a fleet. @param now UNIX seconds */
async function findIncidents(parts, fleet, now) {
	const state = await parts.state.readFleet(fleet.name);
	const incidents = [];
	const unknown = [];
	for (const [kind, check] of Object.entries(checks)) {
		const key = `${kind}/${fleet.name}`;
		try {
			const found = await check({
				parts,
				fleet,
				state,
				now
			});
			if (found === "unknown") unknown.push(key);
			else if (found !== "over") incidents.push({
				...found,
				key
			});
		} catch (error) {
			parts.log.warn(`${key}: ${messageOf(error)}`);
			unknown.push(key);
		}
	}
	return {
		incidents,
		unknown
	};
}
async function halt({ fleet: { name }, state }) {
	const halted = haltedRollouts(state);
	if (halted.length === 0) return "over";
	const lines = halted.flatMap(({ version, progress }) => [
		`The rollout of ${code(version)} is halted at ${formatPercent(progress)}:`,
		"",
		...haltsOf(state, version).map(({ reason, at }) => `- ${formatTime(at)}: ${plainText(reason)}`),
		""
	]);
	return incident(`${name}: the rollout of ${halted.map(({ version }) => version).join(", ")} was halted`, [
		...lines,
		`If it is a false alarm: ${code(`coxswain edit-updates ${name} resume`)}, or the workflow Operate. The same trouble does not halt it again.`,
		`If the release is bad: ${code(`coxswain roll-back ${name} --reason WHY`)}.`
	]);
}
async function failedRelease({ parts: { forge }, fleet }) {
	const newest = await newestRun(forge, "release.yml", await forge.branches.resolve(fleet.branch));
	const state = newest?.run?.state;
	if (newest === void 0 || state === "running") return "unknown";
	if (newest.run === void 0 || state !== "failure") return "over";
	return incident(`${fleet.name}: the release of ${shortCommit(newest.commit)} failed`, [
		`The newest run for the branch ${code(fleet.branch)} failed: ${newest.run.url}`,
		"",
		"Nothing was lost. Run it again when what it says is fixed."
	]);
}
async function redBase({ parts: { forge }, fleet }) {
	const open = await forge.pullRequests.find({
		head: baseBranch(fleet.name),
		base: fleet.branch
	});
	if (open === void 0) return "over";
	const newest = await newestRun(forge, "pull-request.yml", open.headCommit);
	const state = newest?.run?.state;
	if (newest?.run === void 0 || state === "running") return "unknown";
	if (state !== "failure") return "over";
	return incident(`${fleet.name}: the new base does not pass`, [
		`Pull request #${open.number} (${plainText(open.title)}) is red: ${newest.run.url}`,
		"",
		"Until it is green, this fleet gets no newer base."
	]);
}
/** Something is merged, nothing holds it, and no run releases it. */
async function overdueRelease({ parts, fleet, state, now }) {
	const { forge } = parts;
	const commit = await forge.branches.resolve(fleet.branch);
	if (commit === void 0) return "over";
	const released = Object.values(state.records).some((record) => record.commit === commit);
	const firstOfPromotion = fleet.promoteFrom !== void 0 && state.releases.releases.length === 0;
	if (released || firstOfPromotion) return "over";
	if (now - await forge.branches.commitTime(commit) < 21600) return "over";
	const newest = await newestRun(forge, "release.yml", commit);
	if (newest === void 0) return "unknown";
	if (newest.run !== void 0) return "over";
	if ((holdAt(state.operations, now) ?? await findFileHold(forge.branches, fleet, now)) !== void 0 || await findFreeze(parts, {
		fleet,
		now,
		commit,
		state
	}) !== void 0) return "over";
	return incident(`${fleet.name}: the release of ${shortCommit(commit)} is overdue`, [
		`${code(shortCommit(commit))} was merged to ${code(fleet.branch)} more than ${formatDuration(overdueAfter)} ago. Nothing holds it, and no run releases it.`,
		"",
		`Start the workflow Release on ${code(fleet.branch)}, or run ${code("coxswain start-release")}.`
	]);
}
/** The graph that nodes get should have changed, and did not. */
async function overduePublication({ parts: { config }, fleet, now }) {
	const { url } = config.publish;
	if (url === void 0) return "over";
	const path = stampPath(fleet.name);
	const text = await filesAtUrl(url).read(path);
	if (text === void 0) return "unknown";
	const { nextChange } = parseStamp(text, `${url}${path}`);
	if (nextChange === void 0 || now - nextChange < 21600) return "over";
	return incident(`${fleet.name}: the publication is overdue`, [
		`${url} should have changed at ${formatTime(nextChange)}: nodes are not offered what they should be.`,
		"",
		`Look at the last run of the workflow Watch, or run ${code("coxswain publish-updates")}.`
	]);
}
/** The newest run of a workflow, also if init named it coxswain-…; undefined if this forge runs none. */
async function newestRun({ workflowRuns }, workflow, commit) {
	if (workflowRuns === void 0 || commit === void 0) return void 0;
	for (const name of [`coxswain-${workflow}`, workflow]) {
		const runs = await workflowRuns.list({
			workflow: name,
			commit
		});
		if (runs !== void 0) return {
			run: runs[0],
			commit
		};
	}
}
function incident(title, lines) {
	return {
		key: "",
		title,
		body: `${lines.join("\n").trimEnd()}\n`
	};
}
// src/operate/watch-fleet/keep-issues.ts
/**
* Keeps one open issue for each incident: opens it, updates it, closes it when it is over. It starts from what is
* there, so a run that was killed is finished by the next one.
* @param fleets names of the fleets that were looked at: issues about others stay as they are
*/
async function keepIssues(issues, fleets, { incidents, unknown }) {
	const steps = [];
	const open = await issues.list();
	for (const incident of incidents) {
		const { key, title, body } = incident;
		const known = open.find((issue) => issue.key === key);
		if (known === void 0) {
			const { number } = await issues.open(incident);
			steps.push({
				number,
				title,
				what: "opened"
			});
		} else if (known.title !== title || known.body.trim() !== body.trim()) {
			await issues.update(known, {
				title,
				body
			});
			steps.push({
				number: known.number,
				title,
				what: "updated"
			});
		}
	}
	const wanted = /* @__PURE__ */ new Set([...incidents.map(({ key }) => key), ...unknown]);
	for (const [index, issue] of open.entries()) {
		const { key, number, title } = issue;
		if (!fleets.includes(key.split("/")[1] ?? "")) continue;
		const twin = open.slice(0, index).find((other) => other.key === key);
		if (wanted.has(key) && twin === void 0) continue;
		await issues.close(issue, twin === void 0 ? "This is over." : `The same as #${twin.number}.`);
		steps.push({
			number,
			title,
			what: "closed"
		});
	}
	return steps;
}
// src/operate/watch-fleet/notify.ts
/** Seconds that the command may take. */
const patience = 60;
/**
* Runs the user's command once for each incident that began, changed or ended. The state branch remembers what was
* said. It is recorded after the command has succeeded: a run that is killed in between says it again, and nothing is
* left unsaid.
* @throws OutsideError if the command fails; what it did not take is said again by the next run
*/
async function notify(state, command, about) {
	const { fleet, incidents, unknown } = about;
	const before = (await state.readFleet(fleet)).operations.told ?? [];
	const done = [];
	for (const incident of incidents) {
		const known = before.find(({ key }) => key === incident.key);
		if (known?.text === hashOf(incident)) continue;
		const event = known === void 0 ? "opened" : "changed";
		await call(command, {
			...incident,
			event,
			fleet
		});
		await remember(state, about, incident);
		done.push({
			event,
			key: incident.key,
			title: incident.title
		});
	}
	for (const { key, title } of before) {
		if (unknown.includes(key) || incidents.some((incident) => incident.key === key)) continue;
		await call(command, {
			key,
			title,
			body: "",
			event: "over",
			fleet
		});
		await remember(state, about, { key });
		done.push({
			event: "over",
			key,
			title
		});
	}
	return done;
}
/** The facts are in the environment and, as JSON, on standard input: never in the text of a command. */
async function call([program = "", ...args], facts) {
	const { event, fleet, key, title } = facts;
	await exec(program, args, {
		doing: `running ${program} for ${key}`,
		input: `${JSON.stringify(facts)}\n`,
		env: {
			COXSWAIN_EVENT: event,
			COXSWAIN_FLEET: fleet,
			COXSWAIN_INCIDENT: key,
			COXSWAIN_TITLE: title,
			COXSWAIN_PROMETHEUS_TOKEN: "",
			COXSWAIN_PROMETHEUS_PASSWORD: ""
		},
		seconds: patience
	});
}
async function remember(state, { fleet, by, now }, incident) {
	const { key, title } = incident;
	const message = commitMessage({
		fleet,
		by,
		now
	}, `note that ${key} was reported`, void 0);
	await state.changeFleet(fleet, message, (before) => {
		const { told = [], ...rest } = before.operations;
		const others = told.filter((each) => each.key !== key);
		const own = title === void 0 ? [] : [{
			key,
			title,
			text: hashOf({
				title,
				body: incident.body ?? ""
			}),
			at: now
		}];
		const next = [...others, ...own];
		return {
			...before,
			operations: next.length === 0 ? rest : {
				...rest,
				told: next
			}
		};
	});
}
function hashOf({ title, body }) {
	return createHash("sha256").update(`${title}\n${body}`).digest("hex").slice(0, 16);
}
// src/operate/watch-fleet/report-incidents.ts
init_errors();
const noIncidents = {
	incidents: [],
	issues: [],
	notified: [],
	failures: []
};
/**
* Makes failures reach people: an issue for each on a forge that has issues, and the user's command. One that fails does
* not keep the other from being done.
*/
async function reportIncidents(project, fleets, about) {
	const { config, forge, state } = project;
	const { notifyCommand } = config;
	if (forge.issues === void 0 && notifyCommand.length === 0) return noIncidents;
	const found = [];
	const failures = [];
	for (const fleet of fleets) await attempt(failures, async () => {
		found.push({
			...await findIncidents({
				...project,
				log: about.log
			}, fleet, about.now),
			fleet: fleet.name
		});
	});
	const all = {
		incidents: found.flatMap(({ incidents }) => incidents),
		unknown: found.flatMap(({ unknown }) => unknown)
	};
	const issues = [];
	const { issues: ours } = forge;
	if (ours !== void 0) {
		const names = found.map(({ fleet }) => fleet);
		await attempt(failures, async () => void issues.push(...await keepIssues(ours, names, all)));
	}
	const notified = [];
	if (notifyCommand.length > 0) for (const each of found) await attempt(failures, async () => {
		notified.push(...await notify(state, notifyCommand, {
			...each,
			...about
		}));
	});
	return {
		incidents: all.incidents,
		issues,
		notified,
		failures
	};
}
async function attempt(failures, work) {
	try {
		await work();
	} catch (error) {
		if (!(error instanceof InputError || error instanceof OutsideError)) throw error;
		failures.push(messageOf(error));
	}
}
// src/operate/watch-fleet/judge-samples.ts
/** Prometheus gives 11,000 values at most. */
const mostValues = 1e4;
/**
* The values that decide: those of the last `seconds`, at most a minute apart.
* @param to UNIX seconds
*/
function gridOf(seconds, to) {
	const step = Math.max(1, Math.min(60, Math.floor(seconds / 10)), Math.ceil(seconds / mostValues));
	return {
		from: to - Math.ceil(seconds / step) * step,
		to,
		step
	};
}
/**
* Trouble is a value beyond the threshold at every moment of the last `for` seconds; calm is a newest value that is
* not beyond it. A missing value, NaN and an infinite one are neither.
*/
function judgeSamples(samples, grid, { threshold, for: lasting }) {
	const newest = samples.at(-1);
	if (newest === void 0 || newest.time < grid.to - grid.step / 2) return {
		is: "unknown",
		why: "it has no value for this moment"
	};
	if (!Number.isFinite(newest.value)) return {
		is: "unknown",
		why: `the newest value is ${newest.value}`
	};
	const isBeyond = ({ value }) => threshold.side === "above" ? value > threshold.value : value < threshold.value;
	const beyond = isBeyond(newest);
	let since = newest.time;
	for (const each of samples.slice(0, -1).toReversed()) {
		if (since - each.time > grid.step * 1.5 || !Number.isFinite(each.value) || isBeyond(each) !== beyond) break;
		since = each.time;
	}
	if (!beyond) return {
		is: "calm",
		value: newest.value,
		since
	};
	return {
		is: since <= grid.to - lasting ? "trouble" : "pending",
		value: newest.value,
		since
	};
}
// src/operate/watch-fleet/ask-prometheus.ts
/**
* Asks a Prometheus server about a condition. The server remembers the values, so one question covers the whole time
* of `for`, and no run needs a memory of the runs before it.
* @param about.now UNIX seconds
* @throws OutsideError if there is no usable answer
*/
async function askPrometheus(condition, about) {
	const { name, prometheus, resumeAfter = 0 } = condition;
	const { url, query, threshold } = prometheus;
	const grid = gridOf(Math.max(prometheus.for, resumeAfter), about.now);
	const judged = judgeSamples(await queryRange({
		url,
		query,
		...grid
	}, about), grid, prometheus);
	if (judged.is === "unknown") throw couldNotAsk(url, judged.why);
	const { is, value, since } = judged;
	const limit = `${threshold.side} ${threshold.value}`;
	const lasting = about.now > since ? ` for ${formatDuration(about.now - since)}` : "";
	return {
		condition: name,
		is,
		evidence: `${name}: ${query} is ${value}, ${{
			trouble: `${limit}${lasting}`,
			pending: `${limit}${lasting}, which is trouble after ${formatDuration(prometheus.for)}`,
			calm: `not ${limit}`
		}[is]}, at ${formatTime(about.now)} (${new URL(url).host})`,
		...is === "calm" ? { calmSince: since } : {}
	};
}
// src/operate/watch-fleet/judge-adoption.ts
/** Older counts say nothing about now. */
const freshSeconds = 86400;
/**
* Judges what `coxswain observe` recorded. Nothing recorded, and what was counted too long ago, is neither trouble nor
* calm.
* @param now UNIX seconds
*/
function judgeAdoption(observed, condition, watched, now) {
	if (observed === void 0) return { unknown: "no adoption is recorded: run coxswain observe --record on the access logs" };
	const newest = Math.min(observed.observedAt, observed.lastRequest ?? 0);
	const oldest = condition.kind === "behind-plan" ? Math.min(freshSeconds, condition.for) : freshSeconds;
	if (observed.nodes === 0 || newest < now - Math.max(oldest, 3600)) return { unknown: `the recorded adoption is too old: it ends with ${observed.lastRequest === void 0 ? "no request" : `the last request of ${formatTime(newest)}`}` };
	const judge = condition.kind === "behind-plan" ? behindPlan : cameBack;
	return { findings: watched.map((each) => ({
		condition: condition.name,
		version: each.version,
		...judge(observed, condition, each, newest)
	})) };
}
/** Trouble if the release was behind at every counted moment of the time, and there are moments over all of it. */
function behindPlan(observed, { name, by, for: lasting }, { version, rollout }, newest) {
	const points = adoptionCurve(observed, version, rollout).filter(({ at }) => at <= newest);
	const last = points.at(-1);
	const isBehind = (point) => (point.planned ?? 0) - point.observed >= by - 1e-9;
	if (last === void 0) return {
		is: "pending",
		evidence: `${name}: nothing is counted for ${version} yet`
	};
	const evidence = `${name}: ${formatPercent(last.observed)} of ${observed.nodes} nodes run ${version}, planned ${formatPercent(last.planned ?? 0)}`;
	const moment = `at ${formatTime(last.at)}`;
	if (!isBehind(last)) return {
		is: "calm",
		evidence: `${evidence}, not ${formatPercent(by)} behind, ${moment}`
	};
	const since = points[points.findLastIndex((point) => !isBehind(point)) + 1]?.at ?? last.at;
	const behind = `${formatPercent(by)} or more behind for ${formatDuration(last.at - since)}`;
	if (last.at - since >= lasting) return {
		is: "trouble",
		evidence: `${evidence}, ${behind}, ${moment}`
	};
	return {
		is: "pending",
		evidence: `${evidence}, ${behind}, which is trouble after ${formatDuration(lasting)}, ${moment}`
	};
}
function cameBack(observed, { name, from }, { version }, newest) {
	const back = sum(observed.cameBack.filter((each) => each.from === version).map(({ nodes }) => nodes));
	const had = sum(observed.releases.filter((each) => each.version === version).map(({ nodes }) => nodes)) + back;
	const share = had === 0 ? 0 : back / had;
	const isTrouble = back > 0 && ("nodes" in from ? back >= from.nodes : share >= from.share - 1e-9);
	const limit = "nodes" in from ? `from ${from.nodes} on` : `from ${formatPercent(from.share)} on`;
	const evidence = `${name}: ${back} of ${had} nodes that ran ${version} run an older release again (${formatPercent(share)}; trouble ${limit}), at ${formatTime(newest)}`;
	return {
		is: isTrouble ? "trouble" : "calm",
		evidence
	};
}
function sum(numbers) {
	return numbers.reduce((total, number) => total + number, 0);
}
// src/operate/watch-fleet/open-rings.ts
/**
* Opens the rings whose time has come, if the rings before them did well: one commit, by compare-and-swap. A ring did
* well if its nodes run the release, and no condition of halt-when objects: one that cannot be asked objects too.
*/
async function openRings(state, order, about) {
	const { rings } = about;
	const { fleet, by, now } = order;
	let reports = [];
	let opened = [];
	const { changed, commit } = await state.changeFleet(fleet, () => commitMessage(order, opened.join(", "), whyOf(reports)), (before) => {
		reports = [];
		const steps = stepRings(before, rings, {
			now,
			judge: (waiting, current) => {
				const verdict = judge(waiting, current, {
					...about,
					now
				});
				reports.push({
					version: waiting.version,
					ring: waiting.ring,
					...verdict
				});
				return verdict.is === "well" ? {
					reason: verdict.note,
					by,
					at: now
				} : void 0;
			}
		});
		opened = steps.done;
		return steps.state;
	});
	return {
		rings: reports,
		opened,
		stateCommit: changed ? commit : void 0
	};
}
function judge({ version, ring, since }, state, { rings: { threshold }, objection, now }) {
	const versions = state.releases.releases.map((release) => release.version);
	const verdict = judgeRing(state.adoption, threshold, {
		ring,
		version,
		versions,
		since,
		now
	});
	if (verdict.is !== "well") return verdict;
	const halt = haltsOf(state, version).find(({ clear }) => clear === void 0);
	const against = halt === void 0 ? objection(version) : `${halt.condition} was trouble, and is not over: ${halt.reason}`;
	return against === void 0 ? verdict : {
		is: "waiting",
		note: `${verdict.note}; but ${against}`
	};
}
function whyOf(reports) {
	const notes = reports.filter(({ is }) => is === "well").map(({ note }) => note);
	return notes.length === 0 ? void 0 : notes.join("; ");
}
// src/operate/watch-fleet/watch-fleet.ts
init_errors();
const nothingFound = {
	conditions: [],
	steps: [],
	halted: [],
	summary: "",
	warnings: [],
	rings: [],
	opened: [],
	stateCommit: void 0
};
/**
* Evaluates halt-when of a fleet once, and pauses its rollouts if a condition is trouble: one commit on the state
* branch. What cannot be asked is reported and changes nothing. Then it opens the rings whose time has come, if those
* before them did well.
* @throws InputError for a dirty state branch
*/
async function watchFleet(project, fleet, context) {
	const { now, by } = context;
	const { name, haltWhen } = fleet;
	const rings = project.state.ringGates(name);
	if (haltWhen.length === 0 && rings === void 0) return {
		...nothingFound,
		fleet: name
	};
	const state = await project.state.readFleet(name);
	const watched = watchedRollouts(state, now);
	const asked = await Promise.all(haltWhen.map((condition) => {
		const told = (context.alert ?? []).filter((finding) => finding.condition === condition.name);
		if (told.length > 0) return found(...told);
		return watched.length > 0 ? ask(condition, {
			state,
			watched,
			context
		}) : notAsked(condition, "no rollout is in progress");
	}));
	const findings = asked.flatMap((each) => each.findings);
	const { edit, stateCommit } = await actOnFindings(project.state, fleet, findings, {
		by,
		now
	});
	const order = {
		fleet: name,
		by,
		now
	};
	const opened = rings === void 0 ? nothingFound : await openRings(project.state, order, {
		rings,
		objection: objectionOf(asked)
	});
	const done = stateCommit === void 0 ? [] : [edit.summary];
	return {
		fleet: name,
		conditions: asked.flatMap(({ reports }) => reports),
		steps: edit.steps,
		halted: haltedRollouts(edit.state).map(({ version }) => version),
		summary: [...done, ...opened.opened].join(", ") || edit.summary,
		warnings: edit.warnings ?? [],
		rings: opened.rings,
		opened: opened.opened,
		stateCommit: opened.stateCommit ?? stateCommit
	};
}
/** Only what is calm does not object: what cannot be asked never counts as health. A webhook reports trouble itself. */
function objectionOf(asked) {
	return (version) => {
		const unasked = asked.flatMap(({ reports }) => reports.filter(({ is }) => is === "unknown"));
		const trouble = asked.flatMap(({ findings }) => findings).filter((each) => each.is !== "calm" && (each.version ?? version) === version);
		return unasked[0] === void 0 ? trouble[0]?.evidence : `${unasked[0].condition} is not known: ${unasked[0].what}`;
	};
}
async function ask(condition, { state, watched, context }) {
	const { credentials, now } = context;
	switch (condition.kind) {
		case "webhook": return notAsked(condition, "a request tells");
		case "behind-plan":
		case "came-back": {
			const judged = judgeAdoption(state.adoption, condition, watched, now);
			return "unknown" in judged ? unknown(condition, judged.unknown) : found(...judged.findings);
		}
		case "prometheus": try {
			return found(await askPrometheus(condition, {
				now,
				credentials
			}));
		} catch (error) {
			if (!(error instanceof OutsideError)) throw error;
			return unknown(condition, `could not ask: ${error.message}`);
		}
	}
}
function found(...findings) {
	return {
		findings,
		reports: findings.map(({ condition, is, evidence }) => ({
			condition,
			is,
			what: evidence
		}))
	};
}
function unknown({ name }, what) {
	return {
		findings: [],
		reports: [{
			condition: name,
			is: "unknown",
			what
		}]
	};
}
function notAsked({ name }, what) {
	return {
		findings: [],
		reports: [{
			condition: name,
			is: "not asked",
			what
		}]
	};
}
/** Rollouts in progress, and halted ones as they stand. */
function watchedRollouts(state, now) {
	const running = runningRollouts(state, now).flatMap((version) => {
		const { rollout } = metadataOf(state.updates, version);
		if (rollout === void 0) return [];
		const staged = rollout.duration_minutes === void 0 ? stagedOf(state, version) : void 0;
		return [{
			version,
			rollout: staged === void 0 ? rollout : {
				...rollout,
				start_epoch: staged.at
			}
		}];
	});
	const halted = haltedRollouts(state).map(({ version, progress }) => ({
		version,
		rollout: {
			start_epoch: 0,
			start_percentage: progress
		}
	}));
	return [...running, ...halted];
}
export { readDispatch as i, noIncidents as n, reportIncidents as r, watchFleet as t };
