import { D as say, Et as many, Lt as defined, S as exact, Tt as flag, Vt as InputError, Wt as init_errors, ft as directory, nt as defineVerb, w as renderReports, x as count } from "../chunks/host.mjs";
import { t as restoreState } from "../chunks/operate-restore-state.mjs";
import { Ha as findFleet, qa as shortCommit, zn as openProject } from "../chunks/shared.mjs";
init_errors();
var restore_state_default = defineVerb({
	summary: "Restore a lost state branch, byte for byte, from the artifacts that publish-updates pushed",
	about: `
For a state branch that was deleted or reset. One commit restores every file of each fleet: releases, rollouts,
operations and records, as they were at the last publish-updates. Later changes are not in the artifact. A fleet that the
branch has completely is left alone, and nothing is restored over newer releases.

  coxswain restore-state --dry-run
  coxswain restore-state`,
	inputs: {
		fleet: many("only this fleet", { placeholder: "NAME" }),
		"dry-run": flag("show what would be restored, and change nothing"),
		directory
	},
	run: async (inputs, context) => {
		const { env, log } = context;
		const project = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const { config } = project;
		const fleets = inputs.fleet.length === 0 ? Object.keys(config.fleets) : inputs.fleet.map((name) => findFleet(config, name).name);
		const rehearse = inputs["dry-run"];
		const answer = await restoreState(project, {
			fleets,
			rehearse
		});
		if (answer.fleets.every(({ outcome }) => outcome === "no artifact")) throw new InputError({
			where: answer.fleets.map(({ artifact }) => artifact).join(", "),
			problem: "no artifact has the state of a fleet",
			expected: "an artifact that publish-updates pushed (publish.oci in coxswain.yaml)",
			remedy: "Check image and the names of the fleets in coxswain.yaml. Another clone may still have the branch."
		});
		return {
			data: {
				...answer,
				...defined({ dryRun: rehearse ? true : void 0 })
			},
			...renderReports(reportOn(answer, config.stateBranch, rehearse))
		};
	},
	action: { token: true },
	outputs: {
		changed: {
			about: "false if nothing was lost",
			of: ({ changed }) => changed
		},
		commit: {
			about: "commit of the state branch now",
			of: ({ stateCommit }) => stateCommit
		}
	}
});
function reportOn({ fleets, changed, stateCommit }, branch, rehearse) {
	const what = rehearse ? "would be restored" : `restored, commit ${shortCommit(stateCommit ?? "")}`;
	return {
		headline: say`${exact(branch)}: ${changed ? what : "nothing to restore"}`,
		facts: fleets.map(({ fleet, artifact, outcome, releases }) => {
			if (outcome === "complete") return `${fleet}: complete, ${count(releases, "release")}`;
			if (outcome === "no artifact") return say`${fleet}: nothing at ${exact(artifact)}`;
			return say`${fleet}: ${count(releases, "release")} from ${exact(artifact)}`;
		})
	};
}
export { restore_state_default as default };
