import { Ct as choice, Et as many, Tt as flag, Ut as UsageError, Vt as InputError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb, w as renderReports, wt as duration } from "../chunks/host.mjs";
import { n as firstRelease } from "../chunks/cli-inputs.mjs";
import { a as observe, c as jsonFields, i as checkWindow, n as findLogs, o as formatNames, r as reportObservation, s as defaultJsonFields, t as readSalt } from "../chunks/operate-observe.mjs";
import { f as listSiteRings, p as readSiteFleet } from "../chunks/operate-serve-graph.mjs";
import { Ha as findFleet, zn as openProject } from "../chunks/shared.mjs";
import { n as knownRings, r as ringsOfFolders } from "../chunks/release-adoption.mjs";
// src/verbs/observe.ts
init_errors();
var observe_default = defineVerb({
	summary: "Count from access logs which nodes run what: releases, rings, days, who is stuck, who came back",
	about: `
Each poll of a node is a line in the access log of whatever serves the files: a web server, a CDN, a bucket or
serve-graph. It reads common and combined format, JSON lines, CloudFront and S3, also packed by gzip or zstd. It counts
each node once, however often and in however many logs it is. Identifiers of nodes are hashed with a salt that stays on this
machine, and addresses are not read at all: the result has numbers only.

  coxswain observe --log /var/log/nginx/access.log --log /var/log/nginx/access.log.1
  zcat logs/*.gz | coxswain observe --log - --fleet stable --window 7d
  coxswain observe --log logs --record      (also keeps the numbers on the state branch, for gates and the dashboard)`,
	inputs: {
		log: many("a log: a file, a folder with logs, or - for standard input", { placeholder: "PATH" }),
		fleet: many("only this fleet (default: all)", { placeholder: "NAME" }),
		window: duration("count nodes that asked in the last days, 1d to 31d", { fallback: "14d" }),
		format: choice("the format of the logs; auto: find out for each", formatNames, {
			placeholder: "FORMAT",
			fallback: "auto"
		}),
		field: many("JSON: the name of a field, for time, uri, query or status, such as uri=http.target", { placeholder: "WHAT=NAME" }),
		record: flag("also write the numbers to the state branch, as fleets/<fleet>/adoption.json"),
		site: text("read releases and rollouts from a folder with published files instead of the state branch", { placeholder: "FOLDER" }),
		"first-release": firstRelease,
		directory
	},
	writes: true,
	run: async (inputs, context) => {
		if (inputs.log.length === 0) throw new UsageError("--log is required: a file, a folder, or - for standard input");
		if (inputs.record && inputs.site !== void 0) throw new UsageError("--record and --site exclude each other: a site has no state branch");
		const window = checkWindow(inputs.window, "--window");
		const fields = readFields(inputs.field);
		const project = inputs.site === void 0 ? await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log,
			firstRelease: inputs["first-release"]
		}) : void 0;
		const fleets = project === void 0 ? await fleetsOfSite(inputs.site ?? "", inputs.fleet) : await fleetsOfProject(project, inputs.fleet);
		const logs = await findLogs(inputs.log, () => process.stdin);
		const now = context.now();
		const observation = await observe(logs, {
			fleets,
			otherFleets: Object.keys(project?.config.fleets ?? {}).filter((name) => !fleets.some(({ fleet }) => fleet === name)),
			now,
			window,
			format: inputs.format,
			fields,
			salt: await readSalt(context.env)
		});
		const commits = project !== void 0 && inputs.record ? await record(project, observation.fleets) : [];
		return {
			data: {
				...observation,
				recorded: commits
			},
			...renderReports(...reportObservation(observation), ...commits.map(({ fleet, changed, commit }) => ({
				headline: changed ? `${fleet}: recorded on the state branch, commit ${commit.slice(0, 12)}` : `${fleet}: the state branch has these numbers already`,
				facts: []
			})))
		};
	},
	action: { token: true },
	outputs: { nodes: {
		about: "nodes of all fleets together",
		of: ({ fleets }) => fleets.reduce((sum, { nodes }) => sum + nodes, 0)
	} }
});
function readFields(raws) {
	const fields = { ...defaultJsonFields };
	for (const raw of raws) {
		const [, what, name] = /^(\w+)=(.+)$/.exec(raw) ?? [];
		if (what === void 0 || name === void 0 || !jsonFields.some((each) => each === what)) throw new InputError({
			field: "--field",
			problem: "not the name of a field",
			found: raw,
			expected: `WHAT=NAME, WHAT being one of ${jsonFields.join(", ")}`
		});
		fields[what] = [name];
	}
	return fields;
}
async function fleetsOfProject(project, names) {
	const rings = knownRings(project.config.rings);
	const fleets = [];
	for (const name of names.length === 0 ? Object.keys(project.config.fleets) : names) {
		const { name: fleet } = findFleet(project.config, name);
		const { releases, updates, operations } = await project.state.readFleet(fleet);
		fleets.push({
			fleet,
			releases,
			updates,
			operations,
			rings
		});
	}
	return fleets;
}
async function fleetsOfSite(site, names) {
	const fleets = [];
	for (const name of names.length === 0 ? [void 0] : names) {
		const { fleet, releases, updates } = await readSiteFleet(site, name);
		fleets.push({
			fleet,
			releases,
			updates,
			rings: ringsOfFolders(await listSiteRings(site, fleet))
		});
	}
	return fleets;
}
async function record(project, fleets) {
	const commits = [];
	for (const adoption of fleets) {
		const { fleet, nodes } = adoption;
		const message = `${fleet}: count ${nodes} node${nodes === 1 ? "" : "s"}\n\nBy coxswain observe, from access logs.`;
		const { changed, commit = "" } = await project.state.changeFleet(fleet, message, (before) => ({
			...before,
			adoption
		}));
		commits.push({
			fleet,
			changed,
			commit
		});
	}
	return commits;
}
export { observe_default as default };
