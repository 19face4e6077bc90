import { Et as many, Lt as defined, Tt as flag, Ut as UsageError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb, w as renderReports } from "../chunks/host.mjs";
import { n as firstRelease, t as stateChangeFacts } from "../chunks/cli-inputs.mjs";
import { t as importRelease } from "../chunks/operate-import-release.mjs";
import { Et as showDifference, Ha as findFleet, xn as findOperator, zn as openProject } from "../chunks/shared.mjs";
init_errors();
var import_release_default = defineVerb({
	summary: "Add images that nodes run already to a fleet, so that these nodes find themselves in its graph",
	about: `
For nodes that existed before Coxswain. Their images become the oldest releases of the fleet, by one commit on the state branch.
No node is sent to them, and nodes on them get the next release. The images must be in the production repository, with a version
and the stream of coxswain.yaml as labels. Run it before the first release of the fleet; doctor --node-reference finds what is missing.

  coxswain import-release --fleet stable --image ghcr.io/acme/os@sha256:… --image ghcr.io/acme/os:44.20260621.3.1 --dry-run`,
	inputs: {
		fleet: text("the fleet of these nodes", {
			placeholder: "NAME",
			required: true
		}),
		image: many("an image that nodes run, by tag or digest", { placeholder: "REF" }),
		by: text("who does it (default: the name that git knows)", { placeholder: "NAME" }),
		"dry-run": flag("show what would change, and change nothing"),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		if (inputs.image.length === 0) throw new UsageError("import-release needs at least one --image");
		const project = await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log,
			firstRelease: inputs["first-release"]
		});
		const fleet = findFleet(project.config, inputs.fleet).name;
		const by = await findOperator(project.git, inputs.by);
		const rehearse = inputs["dry-run"];
		const answer = await importRelease(project, {
			order: {
				fleet,
				by,
				now: context.now()
			},
			references: inputs.image,
			rehearse
		});
		const difference = await showDifference(answer.files ?? []);
		return {
			data: {
				...answer,
				...defined({ dryRun: rehearse ? true : void 0 })
			},
			...renderReports(reportOn(answer, {
				rehearse,
				difference,
				by
			})),
			annotations: answer.notes.map((message) => ({
				level: "warning",
				title: "import-release",
				message
			}))
		};
	},
	action: { token: true },
	outputs: {
		changed: {
			about: "false if the fleet had all of these images",
			of: ({ changed }) => changed
		},
		commit: {
			about: "commit of the state branch now",
			of: ({ stateCommit }) => stateCommit
		}
	}
});
function reportOn(answer, change) {
	const { fleet, imported, known, notes, changed } = answer;
	const { rehearse } = change;
	return {
		headline: `${fleet}: ${changed ? `${rehearse ? "would import" : "imported"} ${imported.join(", ")}` : "nothing to import"}`,
		facts: [
			...notes.map((warning) => ({ warning })),
			imported.length === 0 ? void 0 : "nodes on them get the next release",
			...known.map((version) => `${version} is a release already`),
			...stateChangeFacts(answer, change)
		]
	};
}
export { import_release_default as default };
