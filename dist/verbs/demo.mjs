import { Tt as flag, Ut as UsageError, V as isMissing, Vt as InputError, Wt as init_errors, b as requireTools, kt as text, nt as defineVerb } from "../chunks/host.mjs";
import { a as rehearsalTests, c as formatTable, d as defaultCacheFolder, f as findZincati, i as playBrokenUpgrade, l as playFailure, n as createStage, o as playNodes, p as playAdoption, r as openScene, s as playLoop, t as withWorkplace, u as versions } from "../chunks/demo.mjs";
import { join, resolve } from "node:path";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
// src/verbs/demo.ts
init_errors();
/** Its presence says that a folder is the results of a demo. Each story writes it at its end. */
const summaryFile = "summary.json";
var demo_default = defineVerb({
	summary: "Show the whole loop on this machine: registry, build, VM, promotion, update graphs",
	about: `Makes a small bootable base image and a user's repository, moves the base, and lets the verbs do their
work on a real registry, buildah, QEMU and git. Takes less than a minute (--systemd: three minutes; --ostree: many); needs root, or a user with subordinate IDs. Leaves only its results in
--output, and stops every process that it starts.`,
	inputs: {
		systemd: flag("use a base image with a real systemd (made with mmdebstrap)"),
		ostree: flag("use a base image that is an ostree commit, and boot real ostree deployments (script/demo builds what that needs)"),
		node: flag("also two machines that follow the rollout by their own Zincati; alone, with --systemd, or with --ostree by real deployments (script/demo builds what that needs)"),
		base: text("use this image as base, such as quay.io/fedora/fedora-coreos:stable", { placeholder: "REF" }),
		"failing-test": flag("show what happens when the user's test fails in the VM"),
		"keep-running": flag("keep the registry running until Ctrl-C, to look around"),
		output: text("folder for the results", {
			placeholder: "FOLDER",
			fallback: "demo-output"
		})
	},
	asRoot: true,
	run: async (inputs, { log, json }) => {
		requireTools([
			"buildah",
			"docker-registry",
			"git",
			"mkfs.erofs",
			"qemu-system-x86_64",
			"skopeo"
		]);
		const output = resolve(inputs.output);
		const stage = createStage(json === true ? process.stderr : process.stdout);
		const kind = inputs.ostree ? "ostree" : inputs.systemd ? "systemd" : inputs.node ? "node" : "tiny";
		if (inputs.node) requireNodes(inputs);
		await openResults(output);
		const started = performance.now();
		await withWorkplace(async (place) => {
			const scene = await openScene(stage, place, {
				kind,
				base: inputs.base,
				output,
				log
			});
			if (inputs["failing-test"]) await playFailure(scene, versions.from);
			else {
				const rehearsed = (inputs.systemd || inputs.ostree) && inputs.base === void 0;
				const { digest } = await playLoop(scene, rehearsed ? rehearsalTests : {});
				if (inputs.node) await playNodes(scene, digest);
				if (rehearsed) await playBrokenUpgrade(scene);
				if (!inputs.node) await playAdoption(scene);
			}
			if (inputs["keep-running"]) {
				stage.note(`\nThe registry is running: skopeo inspect --tls-verify=false docker://${scene.image}:stable`);
				stage.note(`The user's repository: ${scene.repository}. Ctrl-C ends the demo.`);
				await new Promise(() => setInterval(() => {}, 36e5));
			}
		});
		stage.chapter("Summary");
		stage.note(formatTable([
			"step",
			"what happened",
			"seconds"
		], stage.steps.map((step) => [
			step.name,
			step.what,
			step.seconds.toFixed(1)
		])));
		const seconds = (performance.now() - started) / 1e3;
		return {
			data: {
				output,
				steps: stage.steps,
				seconds
			},
			text: `
Done in ${seconds.toFixed(1)} s. What is left to look at, in ${inputs.output}/:
  ${join(inputs.output, "site", "index.html")}   the dashboard, with adoption and a halt: open it in a browser
  ${join(inputs.output, "site")}/   what a web server would serve to nodes
  ${join(inputs.output, "adoption.svg")}   how nodes would take the update, simulated
  ${join(inputs.output, "pull-requests")}/   the pull requests as a reviewer sees them
  ${join(inputs.output, "boot-test")}/   reports, timelines (SVG) and serial logs of the VMs
  ${join(inputs.output, summaryFile)}   this run as data`
		};
	}
});
/** @throws UsageError or InputError if the demo's base would have no Zincati */
function requireNodes(inputs) {
	if (inputs.base !== void 0 || inputs["failing-test"]) throw new UsageError("--node goes with --systemd, with --ostree or alone: it needs a base with Zincati");
	if (findZincati(defaultCacheFolder()) !== void 0) return;
	throw new InputError({
		field: "--node",
		problem: "Zincati cannot be found",
		remedy: "Build it once by script/rust-tools zincati (9 minutes, needs Rust), or name one: ZINCATI=PATH."
	});
}
/**
* Makes the folder for the results. What an earlier demo left is removed, also if that one was interrupted.
* @throws InputError for a folder that holds anything else
*/
async function openResults(output) {
	const entries = await readdir(output).catch((error) => {
		if (isMissing(error)) return [];
		throw error;
	});
	if (entries.length > 0 && !entries.includes(summaryFile)) throw new InputError({
		field: "--output",
		problem: "the folder is not empty, and not the results of an earlier demo: it would be deleted",
		found: output,
		remedy: "Name a new or empty folder."
	});
	await rm(output, {
		recursive: true,
		force: true
	});
	await mkdir(output, { recursive: true });
	await writeFile(join(output, summaryFile), "{}\n");
}
export { demo_default as default };
