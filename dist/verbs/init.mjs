import { S as parsed, a as defineVerb, b as flag, f as directory, w as text, x as many } from "../chunks/cli.mjs";
import { a as findPin, i as writeInit, n as imageOfRemote, o as parseSource, r as planInit, s as workingBranch, t as proposeInit } from "../chunks/project-init.mjs";
import { d as openForge } from "../chunks/world-forge.mjs";
import { C as Git } from "../chunks/world-git.mjs";
import { A as formatRepository, F as parseRepository, P as parseReference, k as formatReference, z as architectures } from "../chunks/world-registry.mjs";
// src/verbs/init.ts
const repository = (raw, name) => formatRepository(parseRepository(raw, { field: `--${name}` }));
var init_default = defineVerb({
	summary: "Write the first files of a repository of derived images",
	about: `Writes coxswain.yaml, a Containerfile, rollout templates, a first test and the workflows for GitHub, with comments. An
existing file is never changed, so it can be run again at any time: it adds what is missing. If there is a coxswain.yaml,
everything follows it.
In an existing repository the first fleet is released from its default branch, .gitignore gets the lines that it lacks, and
your workflows keep their names.

  coxswain init                                          in a clone from GitHub
  coxswain init --image ghcr.io/acme/os --fleet stable   one fleet
  coxswain init --pull-request                           the same, offered as a pull request
  coxswain init --from acme/coxswain@v1.2.3              workflows of a fork of Coxswain, or of another version of it
  coxswain init --image registry.example.com/acme/os --architecture x86_64 --architecture aarch64`,
	inputs: {
		image: parsed("production repository (default: at ghcr.io, by the name that the remote origin has)", repository, { placeholder: "REF" }),
		"test-image": parsed("test registry repository (default: the image with -test at its end)", repository, { placeholder: "REF" }),
		base: parsed("base image with the tag to follow", (raw, name) => formatReference(parseReference(raw, { field: `--${name}` })), {
			placeholder: "REF",
			fallback: "quay.io/fedora/fedora-coreos:stable"
		}),
		stream: text("value of the label com.coreos.stream in every build", {
			placeholder: "NAME",
			fallback: "stable"
		}),
		fleet: many("a fleet; each but the first is promoted from the one before it (default: testing, stable)", { placeholder: "NAME" }),
		architecture: many(`build for this architecture (default: ${architectures[0]})`, { placeholder: "NAME" }),
		from: parsed("release of Coxswain that the workflows call (default: the one this program belongs to)", parseSource, { placeholder: "OWNER/REPO@REF" }),
		"pull-request": flag("offer the files as a pull request to the repository, and write nothing here"),
		directory
	},
	run: async (inputs, { env, log }) => {
		const { base, stream } = inputs;
		const image = inputs.image ?? await imageOfRemote(inputs.directory);
		const fleets = inputs.fleet.length === 0 ? ["testing", "stable"] : inputs.fleet;
		const branch = await workingBranch(inputs.directory);
		const plan = await planInit(inputs.directory, image === void 0 ? void 0 : {
			image,
			testImage: inputs["test-image"] ?? `${image}-test`,
			base,
			stream,
			fleets,
			branch: branch === void 0 || fleets.includes(branch) ? void 0 : branch,
			architectures: inputs.architecture.length === 0 ? [architectures[0]] : inputs.architecture
		}, inputs.from === void 0 ? void 0 : await findPin(inputs.from, env.GITHUB_SERVER_URL || "https://github.com"));
		const warn = () => {
			if (inputs.image !== void 0 && inputs.image !== formatRepository(plan.config.image)) log.warn(`coxswain.yaml existed and is kept: it names ${formatRepository(plan.config.image)}, not ${inputs.image}`);
			for (const text of [...plan.notes, ...plan.doubt === void 0 ? [] : [plan.doubt]]) log.warn(text);
		};
		if (inputs["pull-request"]) {
			const forge = await openForge(new Git(plan.root), {
				env,
				log
			});
			const { number, head } = await proposeInit(forge, plan);
			warn();
			return {
				data: {
					directory: plan.root,
					written: [],
					kept: plan.kept,
					pullRequest: number
				},
				text: `pull request #${number} (branch ${head}) offers ${plan.files.length} files; nothing was written here`
			};
		}
		const report = await writeInit(plan);
		warn();
		return {
			data: {
				directory: report.root,
				written: report.written,
				kept: report.kept,
				pullRequest: void 0
			},
			text: describe(report)
		};
	}
});
function describe({ written, kept, isRepository, config }) {
	const [first, ...others] = Object.values(config.fleets).map((fleet) => fleet.branch);
	const steps = [
		"Read coxswain.yaml and the Containerfile, and edit them.",
		...isRepository ? [] : [`git init --initial-branch ${first}`],
		`Commit, on the branch ${first}${others.length === 0 ? "" : `; then: git branch ${others.join(" && git branch ")}`}.`,
		"coxswain build-image, then coxswain boot-test: build and test the commit on this machine.",
		"On GitHub: push, and make the settings that docs/github.md lists. Actions, Watch, Run workflow begins the loop."
	];
	return [
		written.length === 0 ? "nothing is missing" : "written:",
		...written.map((path) => `  ${path}`),
		...kept.length === 0 ? [] : ["kept unchanged:", ...kept.map((path) => `  ${path}`)],
		"",
		"Next:",
		...steps.map((step, index) => `  ${index + 1}. ${step}`)
	].join("\n");
}
export { init_default as default };
