import { D as say, Et as many, Lt as defined, Mt as formatTime, S as exact, Ut as UsageError, Wt as init_errors, ft as directory, jt as formatDuration, kt as text, nt as defineVerb, w as renderReports } from "./host.mjs";
import { n as firstRelease } from "./cli-inputs.mjs";
import { n as publishUpdates, r as publishFromArtifact, t as siteIsBehind } from "./loop-publish-updates.mjs";
import { Ha as findFleet, Ma as parseReference, Sn as readStatement, V as guidanceSigner, Wr as createRegistryClient, xn as findOperator, zn as openProject } from "./shared.mjs";
import { resolve } from "node:path";
init_errors();
var publish_updates_default = defineVerb({
	summary: "Publish releases and rollouts of all fleets as static files, and as OCI artifacts",
	about: `Writes release indexes, update metadata, one update graph for each ring, and a dashboard. First it makes sure
that the registry has every image that a graph names, and compares with what was published last: the artifact, the site
at publish.url, and the folder. It refuses to publish less, and everything that lint-updates calls an error. While a
rollout is in progress the graphs change with time: run it again when the next change is due, or every few minutes.

The folder must hold published files only: no committed files, no links.

--from-oci writes the files of artifacts that were published before, unchanged, and needs no checkout: for a web server
that can read the registry. The dashboard is not among them.

  coxswain publish-updates --from-oci ghcr.io/acme/os:updates-stable --output /srv/www/os`,
	writes: true,
	inputs: {
		output: text("folder to write to", {
			placeholder: "FOLDER",
			fallback: "site"
		}),
		fleet: many("only this fleet", { placeholder: "NAME" }),
		"from-oci": many("write the files of this artifact instead of the state branch", { placeholder: "REF" }),
		"replace-published": text("publish less than before, for this reason; the state branch records it", { placeholder: "REASON" }),
		by: text("with --replace-published: who does it (default: the name that git knows)", { placeholder: "NAME" }),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		const { env, log } = context;
		if (inputs["from-oci"].length > 0) {
			if (inputs.fleet.length > 0) throw new UsageError("use --fleet without --from-oci: an artifact is for one fleet");
			const restored = await restore(inputs["from-oci"], resolve(inputs.output), context);
			return {
				data: {
					...restored,
					nextChange: null,
					due: true
				},
				...renderReports(reportOn(restored, inputs.output, []))
			};
		}
		const given = inputs["replace-published"];
		const reason = given === void 0 ? void 0 : readStatement(given, "--replace-published");
		if (reason === "") throw new UsageError("--replace-published needs a reason");
		const project = await openProject({
			directory: inputs.directory,
			env,
			log,
			firstRelease: inputs["first-release"]
		});
		const fleets = inputs.fleet.map((name) => findFleet(project.config, name).name);
		const now = context.now();
		const folder = resolve(inputs.output);
		const replace = reason === void 0 ? void 0 : {
			reason,
			by: await findOperator(project.git, inputs.by)
		};
		const signer = await guidanceSigner(project, env);
		const answer = await publishUpdates(project, {
			signer,
			folder,
			fleets,
			now,
			firstRelease: inputs["first-release"],
			...defined({ replace })
		});
		const { nextChange } = answer;
		return {
			data: {
				...answer,
				nextChange: nextChange === void 0 ? null : formatTime(nextChange),
				due: await siteIsBehind(project.config, folder)
			},
			...renderReports(reportOn(answer, inputs.output, publication(answer, project.config.publish.url, now)))
		};
	},
	action: { token: true },
	outputs: {
		"next-change": {
			about: "when a graph changes next without a commit, in ISO 8601; empty while nothing is rolled out",
			of: ({ nextChange }) => nextChange ?? void 0
		},
		due: {
			about: "true if the site at publish.url is not what was written, and has to be deployed",
			of: ({ due }) => due
		},
		written: {
			about: "how many files were written",
			of: ({ written }) => written.length
		}
	}
});
async function restore(references, folder, { env, log }) {
	const client = createRegistryClient({
		env,
		log
	});
	const written = [];
	const unchanged = [];
	for (const text of references) {
		const reference = parseReference(text, { field: "--from-oci" });
		const files = await publishFromArtifact(client, reference, folder);
		written.push(...files.written);
		unchanged.push(...files.unchanged);
	}
	return {
		written,
		unchanged,
		artifacts: [],
		tagged: [],
		resumed: []
	};
}
function reportOn({ written, unchanged }, folder, facts) {
	const all = written.length + unchanged.length;
	return {
		headline: written.length === 0 ? say`${exact(folder)}: all ${all} files are up to date` : say`${exact(folder)}: ${written.length} of ${all} files written`,
		facts: [...facts, {
			title: "written files",
			lines: written
		}]
	};
}
function publication(answer, url, now) {
	const { artifacts, tagged, resumed, nextChange } = answer;
	const changed = artifacts.filter((artifact) => artifact.changed);
	return [
		url === void 0 ? void 0 : `served at ${url}`,
		...resumed.map(({ fleet, what }) => `${fleet}: ${what}`),
		...changed.map(({ reference, digest }) => say`pushed ${exact(reference)} (${exact(digest)})`),
		...tagged.map((tag) => say`tagged ${exact(tag)}`),
		artifacts.length > 0 && changed.length === 0 ? "the artifacts in the registry are up to date" : void 0,
		nextChange === void 0 ? "no further change is due until something is released or edited" : `the next change is due at ${formatTime(nextChange)} (in ${formatDuration(nextChange - now)})`
	];
}
export { publish_updates_default as t };
