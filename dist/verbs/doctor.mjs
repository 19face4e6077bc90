import { c as duration, f as text, l as flag, r as directory, t as defineVerb, u as many } from "../chunks/cli.mjs";
import { r as readConfig } from "../chunks/config.mjs";
import { i as examine, n as filesInArtifacts, r as filesInFolder, t as filesAtUrl } from "../chunks/doctor.mjs";
import { n as findFleet } from "../chunks/fleets.mjs";
import { b as UsageError } from "../chunks/host.mjs";
import { u as createRegistryClient } from "../chunks/registry.mjs";
// src/verbs/doctor.ts
var doctor_default = defineVerb({
	summary: "Check a published site and every image it names, from outside, as nodes see them",
	about: `
Made for a schedule: reads only, needs no write access, one line for each finding with what to do, exit code 1 where there
is an error. Without --site it looks at publish.url of coxswain.yaml, or where there is none, at the artifacts.

  coxswain doctor
  coxswain doctor --site site --base-url 'https://acme.github.io/os/stable/\${basearch}/'`,
	inputs: {
		site: text("folder with the published files, or the URL where they are served", { placeholder: "FOLDER|URL" }),
		oci: flag("look at the artifacts <image>:updates-<fleet>"),
		fleet: many("only this fleet", { placeholder: "NAME" }),
		"base-url": many("cincinnati.base_url as your nodes have it: checked too", { placeholder: "URL" }),
		grace: duration("how far behind a graph may be", { fallback: "30m" }),
		directory
	},
	run: async (inputs, context) => {
		const config = await readConfig(inputs.directory);
		const client = createRegistryClient({
			env: context.env,
			log: context.log
		});
		const files = openFiles(inputs, config, client);
		const fleets = inputs.fleet.length === 0 ? Object.keys(config.fleets) : inputs.fleet.map((name) => findFleet(config, name).name);
		const examination = await context.log.task(`examining ${files.where}`, (report) => examine({
			config,
			client,
			files
		}, {
			fleets,
			baseUrls: inputs["base-url"],
			now: context.now(),
			grace: inputs.grace,
			report
		}));
		const errors = examination.findings.filter(({ severity }) => severity === "error");
		return {
			data: {
				site: files.where,
				...examination
			},
			text: describe(examination, files.where),
			exitCode: errors.length > 0 ? 1 : 0
		};
	}
});
function openFiles({ site, oci }, config, client) {
	if (oci && site !== void 0) throw new UsageError("--site and --oci are two places: give one");
	const place = site ?? (oci ? void 0 : config.publish.url);
	if (place === void 0) return filesInArtifacts(client, config);
	return /^[a-z][a-z+.-]*:\/\//i.test(place) ? filesAtUrl(place) : filesInFolder(place);
}
function describe({ findings, fleets, releases, images }, where) {
	const counts = `${fleets.join(", ")}: ${releases} releases, ${images} images in graphs of ${where}`;
	if (findings.length === 0) return `no finding (${counts})`;
	return [...findings.map(({ severity, check, where: place, message, remedy }) => `${severity} [${check}] ${place}: ${message}. ${remedy}`), `${findings.length} ${findings.length === 1 ? "finding" : "findings"} (${counts})`].join("\n");
}
export { doctor_default as default };
