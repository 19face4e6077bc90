import { D as say, Et as many, S as exact, Tt as flag, Ut as UsageError, Vt as InputError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb, s as renderFindings, wt as duration, x as count } from "../chunks/host.mjs";
import { n as readNodeReference, r as requireBaseUrl, t as examine } from "../chunks/operate-doctor.mjs";
import { Ha as findFleet, Hn as filesInArtifacts, Qn as openCheckout, Un as filesInFolder, Vn as filesAtUrl, Wr as createRegistryClient, pi as readConfig } from "../chunks/shared.mjs";
import { t as readPrometheusCredentials } from "../chunks/world-prometheus.mjs";
import { statSync } from "node:fs";
// src/verbs/doctor.ts
init_errors();
var doctor_default = defineVerb({
	summary: "Check a published site and every image it names, from outside, as nodes see them",
	about: `
Made for a schedule: reads only, needs no write access, one line for each finding with what to do, exit code 1 if there is
an error. Without --site it checks publish.url of coxswain.yaml, or if there is none, the artifacts.

--github checks the repository on GitHub instead: every setting that the workflows depend on, with the page on which to change it. What the
token may not read is reported as "could not check".

  coxswain doctor
  coxswain doctor --github
  coxswain doctor --site site --base-url 'https://acme.github.io/os/stable/\${basearch}/'`,
	inputs: {
		site: text("folder with the published files, or the URL where they are served", { placeholder: "FOLDER|URL" }),
		oci: flag("check the artifacts <image>:updates-<fleet>"),
		github: flag("check the settings of the repository on GitHub instead"),
		fleet: many("only this fleet", { placeholder: "NAME" }),
		"base-url": many("the cincinnati.base_url of your nodes, which is checked too", { placeholder: "URL" }),
		"node-reference": many("an image that a node runs, as rpm-ostree status shows it: is it in any graph?", { placeholder: "REF" }),
		grace: duration("how far behind a graph may be", { fallback: "30m" }),
		directory
	},
	run: async (inputs, context) => {
		if (inputs.github) return doctorGitHub(inputs.directory, context);
		const config = await readConfig(inputs.directory);
		const fleets = inputs.fleet.length === 0 ? Object.keys(config.fleets) : inputs.fleet.map((name) => findFleet(config, name).name);
		for (const baseUrl of inputs["base-url"]) requireBaseUrl(baseUrl, config);
		const nodeReferences = inputs["node-reference"].map(readNodeReference);
		const client = createRegistryClient({
			env: context.env,
			log: context.log
		});
		const files = openFiles(inputs, config, client);
		const artifacts = filesInArtifacts(client, config);
		const witnesses = files.where === artifacts.where ? [] : [artifacts];
		const examination = await context.log.task(`examining ${files.where}`, (report) => examine({
			config,
			root: inputs.directory,
			client,
			files,
			now: context.now(),
			grace: inputs.grace,
			prometheus: readPrometheusCredentials(context.env),
			witnesses
		}, {
			fleets,
			baseUrls: inputs["base-url"],
			nodeReferences,
			report
		}));
		const errors = examination.findings.filter(({ severity }) => severity === "error");
		return {
			data: {
				site: files.where,
				...examination
			},
			...renderFindings(examination.findings.map(reported), {
				headline: headlineOf(files.where, examination.findings),
				facts: [say`${examination.fleets.join(", ")}: ${count(examination.releases, "release")}, ${count(examination.images, "image")} in graphs`]
			}),
			exitCode: errors.length > 0 ? 1 : 0
		};
	},
	action: {},
	outputs: {
		findings: {
			about: "how many findings",
			of: ({ findings }) => findings.length
		},
		errors: {
			about: "how many of them are errors",
			of: ({ findings }) => findings.filter(({ severity }) => severity === "error").length
		}
	}
});
/** The settings of the repository on GitHub. */
async function doctorGitHub(directory, { env, log }) {
	const { config, git } = await openCheckout({
		directory,
		env,
		log
	});
	const { openGitHubRepository } = await import("../chunks/open-repository.mjs");
	const { examineGitHub } = await import("../chunks/doctor-github.mjs");
	const repository = await openGitHubRepository(git, {
		env,
		log
	});
	const findings = await log.task(`examining the settings of ${repository.repository}`, () => examineGitHub(repository, config));
	return {
		data: {
			site: repository.page,
			findings
		},
		...renderFindings(findings.map(reported), {
			headline: headlineOf(`the settings of ${repository.repository}`, findings),
			facts: []
		}),
		exitCode: findings.some(({ severity }) => severity === "error") ? 1 : 0
	};
}
function headlineOf(subject, findings) {
	return say`${exact(subject)}: ${findings.length === 0 ? "no finding" : count(findings.length, "finding")}`;
}
/** A message of doctor is a clause. */
function reported({ check, message, ...finding }) {
	return {
		rule: check,
		message: `${message}.`,
		...finding
	};
}
function openFiles({ site, oci }, config, client) {
	if (oci && site !== void 0) throw new UsageError("--site and --oci name two places: give only one");
	const place = site ?? (oci ? void 0 : config.publish.url);
	if (place === void 0) return filesInArtifacts(client, config);
	if (/^[a-z][a-z+.-]*:\/\//i.test(place)) return filesAtUrl(place);
	if (statSync(place, { throwIfNoEntry: false })?.isDirectory() === true) return filesInFolder(place);
	throw new InputError({
		field: "--site",
		problem: "no such folder, and not a URL",
		found: place,
		remedy: "Name the folder that publish-updates wrote, or the URL where it is served."
	});
}
export { doctor_default as default };
