import { d as parsed, f as text, r as directory, t as defineVerb } from "../chunks/cli.mjs";
import { t as initRepository } from "../chunks/init.mjs";
import { D as parseRepository, E as parseReference, S as formatRepository, x as formatReference } from "../chunks/registry.mjs";
// src/verbs/init.ts
const repository = (raw, name) => formatRepository(parseRepository(raw, { field: `--${name}` }));
var init_default = defineVerb({
	summary: "Write the files that a repository of derived images begins with",
	about: `Writes coxswain.yaml, a Containerfile, rollout templates and a first test, with comments. A file that is there
already is kept as it is, so it can be run again at any time: it adds what is missing. Workflows are not written.

  coxswain init --image ghcr.io/acme/os`,
	inputs: {
		image: parsed("production repository; needed where there is no coxswain.yaml yet", repository, { placeholder: "REF" }),
		"test-image": parsed("test registry repository (default: the image with -test at its end)", repository, { placeholder: "REF" }),
		base: parsed("base image with the tag to follow", (raw, name) => formatReference(parseReference(raw, { field: `--${name}` })), {
			placeholder: "REF",
			fallback: "quay.io/fedora/fedora-coreos:stable"
		}),
		stream: text("value of the label com.coreos.stream in every build", {
			placeholder: "NAME",
			fallback: "stable"
		}),
		directory
	},
	run: async (inputs, { log }) => {
		const { image, base, stream } = inputs;
		const report = await initRepository(inputs.directory, image === void 0 ? void 0 : {
			image,
			testImage: inputs["test-image"] ?? `${image}-test`,
			base,
			stream
		});
		const { root, written, kept, doubt, config } = report;
		if (image !== void 0 && image !== formatRepository(config.image)) log.warn(`coxswain.yaml was there and is kept: it names ${formatRepository(config.image)}, not ${image}`);
		if (doubt !== void 0) log.warn(doubt);
		return {
			data: {
				directory: root,
				written,
				kept
			},
			text: describe(report)
		};
	}
});
function describe({ written, kept, isRepository, config }) {
	const [first, ...others] = Object.values(config.fleets).map((fleet) => fleet.branch);
	const steps = [
		"Read coxswain.yaml and the Containerfile, and make them yours.",
		...isRepository ? [] : [`git init --initial-branch ${first}`],
		`Commit, on the branch ${first}${others.length === 0 ? "" : `; then: git branch ${others.join(" && git branch ")}`}.`,
		"coxswain build-image, then coxswain boot-test: build and test the commit on this machine."
	];
	return [
		written.length === 0 ? "nothing is missing" : "written:",
		...written.map((path) => `  ${path}`),
		...kept.length === 0 ? [] : ["kept as they are:", ...kept.map((path) => `  ${path}`)],
		"",
		"Next:",
		...steps.map((step, index) => `  ${index + 1}. ${step}`)
	].join("\n");
}
export { init_default as default };
