import { D as say, Et as many, S as exact, ft as directory, kt as text, nt as defineVerb, w as renderReports } from "./host.mjs";
import { n as firstRelease } from "./cli-inputs.mjs";
import { t as startRollout } from "./loop-start-rollout.mjs";
import { Ha as findFleet, Nt as describeEntry, Sn as readStatement, Xt as doubts, Zt as readDoubt, zn as openProject } from "./shared.mjs";
// src/verbs/start-rollout.ts
var start_rollout_default = defineVerb({
	summary: "Record the image of a fleet's branch as a release of the fleet, and start its rollout",
	about: `The image must be in production (promote-image). The fleet's template in the commit decides how the release
rolls out. Release, rollout and record are one commit on the state branch; publish-updates makes them public.
If the fleet has the release already, nothing changes.

If the base has its own update guidance (upstream in coxswain.yaml; Fedora's by default), a release on a barrier
of the base becomes a barrier, and a release that would lead nodes around one is refused.`,
	writes: true,
	inputs: {
		fleet: text("the fleet to release to", {
			placeholder: "NAME",
			required: true
		}),
		commit: text("the commit to release (default: the newest of the fleet's branch)", { placeholder: "SHA" }),
		"accept-upstream": many(`release it although upstream holds its base back: ${doubts.join(", ")}`, { placeholder: "WHAT" }),
		"freeze-exception": text("release it although the fleet is frozen, for this reason", { placeholder: "WHY" }),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		const { env, log } = context;
		const accept = inputs["accept-upstream"].map(readDoubt);
		const project = await openProject({
			directory: inputs.directory,
			env,
			log,
			firstRelease: inputs["first-release"]
		});
		const fleet = findFleet(project.config, inputs.fleet);
		const now = context.now();
		const data = await startRollout(project, {
			fleet,
			commit: inputs.commit,
			now,
			accept,
			freezeException: readStatement(inputs["freeze-exception"] ?? "", "--freeze-exception")
		});
		return {
			data,
			...renderReports(reportOn(data, now))
		};
	},
	action: { token: true },
	outputs: {
		version: {
			about: "the release",
			of: ({ version }) => version
		},
		changed: {
			about: "false when the fleet had the release already",
			of: ({ changed }) => changed
		}
	}
});
/** What happened to the release, and to those before it. */
function reportOn({ fleet, version, changed, digests, entry, inherited }, now) {
	return {
		headline: `${fleet}: ${version} is a release ${changed ? "now" : "already; nothing changed"}`,
		facts: [
			...entry === void 0 ? ["not offered to any node: its entry was removed"] : describeEntry(entry, now),
			...inherited.filter((each) => each.version !== version).map((each) => `${each.version} is a barrier now, as its base ${each.base} (${each.reason})`),
			...Object.entries(digests).map(([architecture, digest]) => say`${architecture}: ${exact(digest)}`),
			say`to pause it: the workflow Operate, or ${exact(`coxswain edit-updates --fleet ${fleet} --action pause --reason …`)}`
		]
	};
}
export { start_rollout_default as t };
