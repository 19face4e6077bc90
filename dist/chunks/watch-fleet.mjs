import { E as reportText, Et as many, Gt as messageOf, Ut as UsageError, Vt as InputError, Wt as init_errors, ft as directory, i as repeat, kt as text, nt as defineVerb, w as renderReports, wt as duration, x as count } from "./host.mjs";
import { n as publishUpdates } from "./loop-publish-updates.mjs";
import { i as readDispatch, n as noIncidents, r as reportIncidents, t as watchFleet } from "./operate-watch-fleet.mjs";
import { Ha as findFleet, qa as shortCommit, zn as openProject } from "./shared.mjs";
import { t as readPrometheusCredentials } from "./world-prometheus.mjs";
import { resolve } from "node:path";
// src/verbs/watch-fleet.ts
init_errors();
var watch_fleet_default = defineVerb({
	summary: "Pause rollouts that make trouble, and open rings after rings that did well",
	about: `
Asks what halt-when in coxswain.yaml names. If a condition is trouble while a release rolls out, the rollout is paused, with the
evidence as its reason: one commit on the state branch. Each condition halts a rollout once: it has to be clear before it can do
so again, so resume is final. What cannot be asked counts neither as trouble nor as health: it is reported, nothing
changes, and the exit code is 3.

If the fleet has a success-threshold, a rollout opens ring by ring: the next ring opens when its time has come, the rings
before it did well (coxswain observe --record counts their nodes), and every condition of halt-when is calm.

It also keeps one issue on GitHub for each failure, and closes it when that is over: a halt, a release that failed, a red pull request
of the base, a release or a publication that is overdue. notify.command in coxswain.yaml is run for them too.

With --output it publishes in the same run. With --every it goes on until Ctrl-C or SIGTERM.

--alert is what a repository_dispatch of the type coxswain-halt brings: {"fleet": "stable", "reason": "why"}, with "status":
"resolved" when it is over, or {"fleet": "stable", "alert": …} with the JSON of Alertmanager. It can trigger conditions of
halt-when that have webhook: true, and no others.

Credentials for Prometheus: COXSWAIN_PROMETHEUS_TOKEN, or COXSWAIN_PROMETHEUS_USERNAME and COXSWAIN_PROMETHEUS_PASSWORD. They
are sent only to COXSWAIN_PROMETHEUS_ORIGIN.

  coxswain watch-fleet --fleet stable --every 1m --output /srv/www/os`,
	writes: true,
	inputs: {
		fleet: many("only this fleet", { placeholder: "NAME" }),
		every: duration("evaluate again and again, with this time between, such as 1m"),
		alert: text("an alert about a fleet, as a repository_dispatch brings it", { placeholder: "JSON" }),
		output: text("publish to this folder too, as publish-updates does", { placeholder: "FOLDER" }),
		directory
	},
	run: async (inputs, context) => {
		const { env, log } = context;
		if (inputs.every !== void 0 && inputs.every < 1) throw new InputError({
			field: "--every",
			problem: "at least 1s is needed",
			expected: "such as 1m"
		});
		if (inputs.alert !== void 0 && inputs.every !== void 0) throw new UsageError("use --alert without --every: an alert comes once");
		const project = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const alert = inputs.alert === void 0 ? void 0 : readDispatch(inputs.alert, project.config, "--alert");
		const fleets = inputs.fleet.length > 0 ? inputs.fleet.map((name) => findFleet(project.config, name)) : Object.values(project.config.fleets);
		if (alert !== void 0 && !fleets.includes(alert.fleet)) throw new InputError({
			field: "--alert fleet",
			problem: "this alert is about a fleet that --fleet leaves out",
			found: alert.fleet.name,
			expected: fleets.map(({ name }) => name).join(", ")
		});
		const publisher = inputs.output === void 0 ? void 0 : publisherTo(inputs.output, project, context);
		const evaluate = () => evaluateOnce(project, {
			fleets,
			alert,
			publish: publisher
		}, context);
		if (inputs.every === void 0) return outcomeOf(await evaluate());
		let last;
		const stoppedBy = await repeat(inputs.every, async () => {
			try {
				last = await evaluate();
				log.info(outcomeOf(last).text);
			} catch (error) {
				log.warn(messageOf(error));
			}
		});
		log.info(`${stoppedBy}: stopped`);
		return {
			data: {
				...dataOf(last ?? {
					watches: [],
					incidents: noIncidents,
					written: void 0
				}),
				stoppedBy
			},
			text: ""
		};
	},
	action: { token: true },
	outputs: {
		halted: {
			about: "the fleets with a rollout that was halted now, one on each line",
			of: ({ fleets }) => fleets.filter(({ steps }) => steps.some(({ what }) => what === "halted")).map(({ fleet }) => fleet).join("\n")
		},
		changed: {
			about: "true if a rollout was halted or resumed, or a ring was opened, and it has to be published",
			of: ({ fleets }) => fleets.some(({ steps, opened }) => steps.length + opened.length > 0)
		}
	}
});
async function evaluateOnce(project, { fleets, alert, publish }, { env, now, log }) {
	const credentials = readPrometheusCredentials(env);
	const by = "coxswain watch-fleet";
	const watches = [];
	const failures = [];
	for (const fleet of fleets) try {
		const told = alert?.fleet === fleet ? alert.findings : void 0;
		watches.push(await watchFleet(project, fleet, {
			credentials,
			now: now(),
			by,
			alert: told
		}));
	} catch (error) {
		failures.push(error);
	}
	const incidents = await reportIncidents(project, fleets, {
		by,
		now: now(),
		log
	});
	const written = watches.some(({ steps, opened }) => steps.length + opened.length > 0) || failures.length === 0 ? await publish?.() : void 0;
	if (failures.length > 0) {
		for (const watch of watches) log.info(reportText(reportOn(watch)));
		for (const error of failures.slice(1)) log.warn(messageOf(error));
		throw failures[0];
	}
	return {
		watches,
		incidents,
		written
	};
}
/** Publishes if the state branch has moved since the last time, or a graph changes with time. */
function publisherTo(output, project, { now }) {
	let commit;
	let nextChange = 0;
	return async () => {
		if (!(await project.forge.branches.resolve(project.config.stateBranch) !== commit) && now() < nextChange) return void 0;
		const answer = await publishUpdates(project, {
			folder: resolve(output),
			fleets: [],
			now: now()
		});
		commit = await project.forge.branches.resolve(project.config.stateBranch);
		nextChange = answer.nextChange ?? Number.POSITIVE_INFINITY;
		return answer.written.length;
	};
}
function outcomeOf(evaluation) {
	const { watches, incidents, written } = evaluation;
	const unknown = watches.flatMap(({ fleet, conditions }) => conditions.filter(({ is }) => is === "unknown").map(({ what }) => `${fleet}: ${what}`));
	const halted = watches.flatMap(({ fleet, steps }) => steps.filter(({ what }) => what === "halted").map(({ version }) => `${fleet}: ${version} is halted`));
	const published = written === void 0 ? [] : [{
		headline: `published: ${written} files written`,
		facts: []
	}];
	return {
		data: dataOf(evaluation),
		...renderReports(...watches.map(reportOn), ...reportsOf(incidents), ...published),
		annotations: [...unknown, ...halted].map((message) => ({
			level: "warning",
			title: "watch-fleet",
			message
		})),
		exitCode: unknown.length + incidents.failures.length > 0 ? 3 : 0
	};
}
function reportsOf({ incidents, issues, notified, failures }) {
	if (incidents.length + issues.length + notified.length + failures.length === 0) return [];
	return [{
		headline: incidents.length === 0 ? "nothing else is wrong" : count(incidents.length, "incident"),
		facts: [
			...incidents.map(({ title }) => title),
			...issues.map(({ number, what, title }) => `issue #${number} ${what}: ${title}`),
			...notified.map(({ event, title }) => `reported by notify.command: ${title} (${event})`),
			...failures.map((warning) => ({ warning }))
		]
	}];
}
function dataOf({ watches, incidents, written }) {
	return {
		fleets: watches,
		...incidents,
		written: written ?? null
	};
}
function reportOn({ fleet, conditions, halted, summary, warnings, rings, stateCommit }) {
	return {
		headline: `${fleet}: ${conditions.length + rings.length === 0 && stateCommit === void 0 ? "it has no halt-when, and no ring that a rollout waits for" : stateCommit !== void 0 ? summary : halted.length > 0 ? `${halted.join(", ")} stays halted` : "nothing to halt"}`,
		facts: [
			...warnings.map((warning) => ({ warning })),
			conditions.length === 0 ? void 0 : {
				head: [
					"condition",
					"",
					""
				],
				rows: conditions.map(({ condition, is, what }) => [
					condition,
					is,
					what
				])
			},
			...rings.map(({ version, is, note }) => `${version} ${is === "well" ? "goes on" : "waits"}: ${note}`),
			stateCommit === void 0 ? void 0 : `commit ${shortCommit(stateCommit)}; public with the next publish-updates`
		]
	};
}
export { watch_fleet_default as t };
