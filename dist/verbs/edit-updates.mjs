import { C as duration, O as text, S as choice, d as directory, i as defineVerb, w as flag } from "../chunks/cli.mjs";
import { n as firstRelease, t as stateChangeFacts } from "../chunks/cli-inputs.mjs";
import { n as parseWhen } from "../chunks/guidance-template.mjs";
import { $ as UsageError, J as defined, Z as InputError, d as renderReports } from "../chunks/host.mjs";
import { t as showDifference } from "../chunks/operate-edit-updates.mjs";
import { i as findFleet } from "../chunks/project.mjs";
import { a as followOfferOrWarn, m as openProject, r as describeMovedTags } from "../chunks/release.mjs";
import { S as readStatement, n as editFleet, x as findOperator } from "../chunks/release-operations.mjs";
// src/verbs/edit-updates.ts
const kinds = [
	"rollout",
	"pause",
	"resume",
	"barrier",
	"deadend",
	"withdraw",
	"hold",
	"release-hold"
];
/** After these actions a new node may get another release, so the floating tags have to follow. */
const changesOffer = [
	"rollout",
	"deadend",
	"withdraw",
	"release-hold"
];
/** The inputs of each action besides --by and --dry-run. */
const takes = {
	rollout: {
		needs: ["duration"],
		may: [
			"version",
			"start",
			"reason",
			"force"
		]
	},
	pause: {
		needs: ["reason"],
		may: ["version", "for"]
	},
	resume: {
		needs: [],
		may: ["version", "reason"]
	},
	barrier: {
		needs: ["version", "reason"],
		may: []
	},
	deadend: {
		needs: ["version", "reason"],
		may: []
	},
	withdraw: {
		needs: ["version", "reason"],
		may: ["force"]
	},
	hold: {
		needs: ["reason"],
		may: ["for", "keep-rollouts"]
	},
	"release-hold": {
		needs: [],
		may: ["reason"]
	}
};
var edit_updates_default = defineVerb({
	summary: "Steer a fleet: pause or resume a rollout, set barriers and dead-ends, withdraw a release, hold the fleet",
	about: `
Each action is one commit on the state branch that says who and why; the same action again changes nothing. Undo any
of them by git revert on that branch. publish-updates makes it public.

  rollout       give a release a (new) rollout: --duration 48h [--version V] [--start "tuesday 14:00 UTC"]
  pause         stop a rollout where it is: --reason WHY [--version V] [--for 6h: then it goes on automatically]
  resume        go on at the share of nodes that was reached: [--version V]
  barrier       older nodes must pass through a release: --version V --reason WHY
  deadend       nodes on a release get no further update: --version V --reason WHY
  withdraw      a release is no longer offered to any node: --version V --reason WHY [--force]
  hold          nothing is promoted into the fleet, and its rollouts are paused: --reason WHY [--for 7d]
  release-hold  new releases may come in again, and what the hold paused goes on

  coxswain edit-updates --fleet stable --action pause --reason "boot loop on arm" --for 6h`,
	inputs: {
		fleet: text("the fleet to steer", {
			placeholder: "NAME",
			required: true
		}),
		action: choice(`what to do: ${kinds.join(", ")}`, kinds, {
			placeholder: "ACTION",
			required: true
		}),
		version: text("the release; rollout: default the newest; pause and resume: default all", { placeholder: "VERSION" }),
		reason: text("why: for the commit, the dashboard and the nodes; preferably the URL of an issue"),
		start: text("rollout: when it starts, such as \"now\", \"+2h\", \"next tuesday 14:00 UTC\" (default: now)", { placeholder: "WHEN" }),
		duration: duration("rollout: how long until every node is offered it, such as 48h"),
		for: duration("pause and hold: ends automatically after this time"),
		by: text("who does it (default: the name that git knows)", { placeholder: "NAME" }),
		force: flag("withdraw: even if nodes lose their update path; rollout: also of a withdrawn release, or from the start again"),
		"keep-rollouts": flag("hold: rollouts that have begun go on"),
		"dry-run": flag("show what would change, and change nothing"),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		const project = await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log,
			firstRelease: inputs["first-release"]
		});
		const fleet = findFleet(project.config, inputs.fleet).name;
		const now = context.now();
		const action = readAction(inputs.action, inputs, now);
		const by = await findOperator(project.git, inputs.by);
		const rehearse = inputs["dry-run"];
		const answer = await editFleet(project.state, {
			fleet,
			by,
			now
		}, action, { rehearse });
		const movedTags = rehearse || !changesOffer.includes(action.kind) ? [] : await followOfferOrWarn(project, fleet);
		const told = {
			...answer,
			notes: [...answer.notes, ...describeMovedTags(movedTags)]
		};
		const difference = await showDifference(answer.files ?? []);
		return {
			data: {
				...told,
				movedTags,
				...defined({ dryRun: rehearse ? true : void 0 })
			},
			...renderReports(reportOn(told, {
				rehearse,
				difference,
				by
			})),
			annotations: answer.warnings.map((message) => ({
				level: "warning",
				title: "edit-updates",
				message
			}))
		};
	},
	action: { token: true },
	outputs: {
		changed: {
			about: "false when the state was as requested already",
			of: ({ changed }) => changed
		},
		summary: {
			about: "what was done, in one line",
			of: ({ summary }) => summary
		},
		commit: {
			about: "commit of the state branch now",
			of: ({ stateCommit }) => stateCommit
		}
	}
});
function reportOn(answer, change) {
	const { fleet, changed, summary, notes, warnings } = answer;
	const { rehearse } = change;
	return {
		headline: `${fleet}: ${changed ? `${rehearse ? "would " : ""}${summary}` : `${summary}; ${rehearse ? "nothing would change" : "nothing changed"}`}`,
		facts: [
			...warnings.map((warning) => ({ warning })),
			...notes,
			...stateChangeFacts(answer, change)
		]
	};
}
function readAction(kind, given, now) {
	const { needs, may } = takes[kind];
	for (const name of [
		"version",
		"start",
		"duration",
		"reason",
		"for",
		"force",
		"keep-rollouts"
	]) {
		const isGiven = given[name] !== void 0 && given[name] !== false;
		if (!isGiven && needs.includes(name)) throw new UsageError(`--action ${kind} needs --${name}`);
		if (isGiven && !needs.includes(name) && !may.includes(name)) throw new UsageError(`--action ${kind} takes no --${name}`);
	}
	const reason = readStatement(given.reason ?? "", "--reason");
	if (needs.includes("reason") && reason === "") throw new UsageError(`--action ${kind} needs a --reason`);
	const version = defined({ version: given.version });
	const why = defined({ reason: given.reason === void 0 ? void 0 : reason });
	const lasting = defined({ duration: given.for === void 0 ? void 0 : positive(given.for, "for") });
	const required = given.version ?? "";
	switch (kind) {
		case "rollout": return {
			kind,
			...version,
			...why,
			start: parseWhen(given.start ?? "now", now, { field: "--start" }),
			duration: wholeMinutes(given.duration ?? 0),
			force: given.force
		};
		case "pause": return {
			kind,
			...version,
			reason,
			...lasting
		};
		case "resume": return {
			kind,
			...version,
			...why
		};
		case "barrier":
		case "deadend": return {
			kind,
			version: required,
			reason
		};
		case "withdraw": return {
			kind,
			version: required,
			reason,
			force: given.force
		};
		case "hold": return {
			kind,
			reason,
			...lasting,
			keepRollouts: given["keep-rollouts"]
		};
		case "release-hold": return {
			kind,
			...why
		};
	}
}
function positive(seconds, name) {
	if (seconds > 0) return seconds;
	throw new InputError({
		field: `--${name}`,
		problem: "the time must be longer than 0",
		expected: "such as 6h"
	});
}
function wholeMinutes(seconds) {
	if (seconds > 0 && seconds % 60 === 0) return seconds;
	throw new InputError({
		field: "--duration",
		problem: "update metadata counts whole minutes, at least one",
		found: `${seconds} s`,
		expected: "such as 48h"
	});
}
export { edit_updates_default as default };
