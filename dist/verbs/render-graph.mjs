import { Ct as choice, Dt as parsed, Gt as messageOf, U as readFileIfThere, Ut as UsageError, Vt as InputError, Wt as init_errors, kt as text, nt as defineVerb } from "../chunks/host.mjs";
import { H as parseGraphUpdates, X as buildGraph, Z as formatGraph, k as parseGraphReleases, t as warinessOf, ut as architectures, y as throttleGraph } from "../chunks/guidance.mjs";
// src/verbs/render-graph.ts
init_errors();
var render_graph_default = defineVerb({
	summary: "Print the update graph that FCOS tools would compute from a release index and update metadata",
	about: `
Without --wariness this is what fcos-cincinnati's graph builder makes of the two files; with it, what its policy
engine gives a client of that wariness now (or at --now). Reads Fedora's own files as well as ours.

  coxswain render-graph --releases releases.json --updates updates.json --basearch x86_64 --wariness 0.5`,
	inputs: {
		releases: text("release index (releases.json)", {
			placeholder: "FILE",
			required: true
		}),
		updates: text("update metadata (updates.json)", {
			placeholder: "FILE",
			required: true
		}),
		basearch: choice("the nodes' architecture", architectures, {
			placeholder: "ARCH",
			required: true
		}),
		scheme: choice("the payload of nodes: oci (images) or checksum (ostree commits)", ["oci", "checksum"], {
			placeholder: "SCHEME",
			fallback: "oci"
		}),
		wariness: parsed("throttle for a client of this wariness, 0 (first) to 1 (last)", readWariness, { placeholder: "W" }),
		"node-uuid": parsed("throttle for the node with this node_uuid, which sends no wariness", readNodeUuid, { placeholder: "UUID" })
	},
	run: async (inputs, context) => {
		if (inputs.wariness !== void 0 && inputs["node-uuid"] !== void 0) throw new UsageError("--wariness and --node-uuid exclude each other: for a node that sends its wariness, the node_uuid does not count");
		const releases = parseGraphReleases(await readInput(inputs.releases, "--releases"), inputs.releases);
		const updates = parseGraphUpdates(await readInput(inputs.updates, "--updates"), inputs.updates);
		const { basearch, scheme } = inputs;
		const complete = buildGraph(releases, updates, {
			basearch,
			scheme
		});
		for (const warning of doubts({
			releases,
			updates,
			basearch,
			nodes: complete.nodes
		})) context.log.warn(warning);
		const wariness = inputs.wariness ?? (inputs["node-uuid"] === void 0 ? void 0 : warinessOf(inputs["node-uuid"]));
		const graph = wariness === void 0 ? complete : throttleGraph(complete, {
			now: context.now(),
			wariness
		});
		return {
			data: graph,
			text: formatGraph(graph)
		};
	},
	outputs: {
		nodes: {
			about: "how many releases the graph has",
			of: ({ nodes }) => nodes.length
		},
		edges: {
			about: "how many updates it offers",
			of: ({ edges }) => edges.length
		}
	}
});
/** What upstream ignores silently, although it is rarely intended. */
function* doubts(options) {
	const { releases, updates, basearch } = options;
	if (releases.stream !== void 0 && updates.stream !== void 0 && releases.stream !== updates.stream) yield `the release index is of stream ${releases.stream}, the update metadata of ${updates.stream}`;
	const versions = new Set(releases.releases.map(({ version }) => version));
	const nodes = new Set(options.nodes.map(({ version }) => version));
	for (const { version, metadata } of updates.releases) if (!versions.has(version)) yield `${version} has an update entry but is not in the release index: no effect`;
	else if (!nodes.has(version) && metadata.barrier !== void 0) yield `the barrier ${version} has nothing for ${basearch}: it holds no ${basearch} node back`;
}
async function readInput(file, flag) {
	const content = await readFileIfThere(file).catch((error) => {
		throw new InputError({
			field: flag,
			problem: `this file cannot be read: ${messageOf(error)}`,
			found: file
		});
	});
	if (content !== void 0) return content;
	throw new InputError({
		field: flag,
		problem: "this file does not exist",
		found: file
	});
}
function readWariness(raw, name) {
	const wariness = raw.trim() === "" ? NaN : Number(raw);
	if (wariness >= 0 && wariness <= 1) return wariness;
	throw new InputError({
		field: `--${name}`,
		problem: "not a wariness",
		found: raw,
		expected: "a number from 0 to 1"
	});
}
function readNodeUuid(raw, name) {
	const uuid = raw.replaceAll("-", "").toLowerCase();
	if (/^[0-9a-f]{32}$/.test(uuid)) return uuid;
	throw new InputError({
		field: `--${name}`,
		problem: "not a node_uuid",
		found: raw,
		expected: "32 hex digits"
	});
}
export { render_graph_default as default };
