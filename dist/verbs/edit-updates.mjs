import { Ct as choice, Lt as defined, Tt as flag, ft as directory, kt as text, nt as defineVerb, w as renderReports, wt as duration } from "../chunks/host.mjs";
import { n as firstRelease, t as stateChangeFacts } from "../chunks/cli-inputs.mjs";
import { Et as showDifference, Fn as describeMovedTags, Ha as findFleet, Ln as followOfferOrWarn, bn as readAction, vn as changesOffer, wn as editFleet, xn as findOperator, yn as kinds, zn as openProject } from "../chunks/shared.mjs";
var edit_updates_default = defineVerb({
	summary: "Steer a fleet: pause or resume a rollout, set barriers and dead-ends, withdraw a release, hold the fleet",
	about: `
Each action is one commit on the state branch that says who and why; the same action again changes nothing. Undo any
of them by git revert on that branch. publish-updates makes it public.

  rollout       give a release a (new) rollout: --duration 48h [--version V] [--start "tuesday 14:00 UTC"]
  reschedule    move the end of a rollout, and its start until it has begun: --end "friday 18:00 UTC" [--start WHEN]
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
		version: text("the release; rollout: default the newest; reschedule: the only one; pause and resume: all", { placeholder: "VERSION" }),
		reason: text("why: for the commit, the dashboard and the nodes; preferably the URL of an issue"),
		start: text("rollout and reschedule: when it starts, such as \"now\", \"+2h\", \"next tuesday 14:00 UTC\" (default: now)", { placeholder: "WHEN" }),
		end: text("reschedule: when every node is offered it, such as \"+12h\"", { placeholder: "WHEN" }),
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
export { edit_updates_default as default };
