import { C as tuple, S as string, _ as looseObject, b as record, c as _enum, d as boolean, h as int, l as array, v as number, y as object } from "./libraries.mjs";
import { Ft as parseTime, It as requireDay, Lt as defined, Mt as formatTime, Pt as parseDuration, Vt as InputError, Wt as init_errors, jt as formatDuration, l as formatPercent } from "./host.mjs";
import { isDeepStrictEqual } from "node:util";
// src/world/registry/architecture.ts
/** The architectures Fedora CoreOS is made for, by the names FCOS uses ("basearch"). */
const architectures = [
	"x86_64",
	"aarch64",
	"s390x",
	"ppc64le"
];
const goNames = {
	x86_64: "amd64",
	aarch64: "arm64",
	s390x: "s390x",
	ppc64le: "ppc64le"
};
/** The name that image configs and indexes use (GOARCH): `amd64` for `x86_64`. */
function goArchitecture(architecture) {
	return goNames[architecture];
}
/** The FCOS name of a GOARCH; undefined for one that FCOS is not made for. */
function architectureOfGo(name) {
	return architectures.find((architecture) => goNames[architecture] === name);
}
/** The architecture of the machine that this runs on; undefined for one that FCOS is not made for. */
function hostArchitecture() {
	return {
		x64: "x86_64",
		arm64: "aarch64",
		s390x: "s390x",
		ppc64: "ppc64le"
	}[process.arch];
}
// src/guidance/alias.ts
/** The indexes of releases for several architectures. */
function aliasesOf(index) {
	return Object.fromEntries(index.releases.flatMap(({ version, "oci-index": payload }) => payload === void 0 || payload === "" ? [] : [[version, payload]]));
}
/**
* Adds entries for nodes that report another digest than the one the graph gives their release: a node that was
* installed by a tag of an image for several architectures may report the digest of its index, and Zincati looks
* itself up by exact text (zincati src/cincinnati/mod.rs). An alias comes after its release in the list. It has the
* same age and the same outgoing edges, and no incoming edge: no node is sent to it.
*
* Upstream has no such thing; apply it to a graph that is throttled already.
*/
function addAliases(graph, aliases) {
	const nodes = [];
	const moved = [];
	const aliasOf = [];
	for (const node of graph.nodes) {
		moved.push(nodes.push(node) - 1);
		const payload = Object.hasOwn(aliases, node.version) ? aliases[node.version] : void 0;
		aliasOf.push(payload === void 0 || payload === node.payload ? void 0 : nodes.push({
			...node,
			payload
		}) - 1);
	}
	if (nodes.length === graph.nodes.length) return graph;
	return {
		nodes,
		edges: graph.edges.flatMap(([from, to]) => {
			const target = moved[to];
			const alias = aliasOf[from];
			const edge = [moved[from], target];
			return alias === void 0 ? [edge] : [edge, [alias, target]];
		})
	};
}
init_errors();
const maximumDepth = 200;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const plainCharacters = /[^"\\\p{Cc}]+|[\u007f-\u009f]+/uy;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/**
* Reads JSON strictly. JSON.parse gives the value; a scan before it finds what JSON.parse does not report: line and
* column of a mistake, and keys that occur twice. (serde refuses those; JSON.parse keeps the last one, so a bad merge
* of two `rollout` objects would go unnoticed.)
* @throws InputError with `where:line:column`
*/
function readJson(text, where) {
	scan(text, where, () => {});
	return {
		value: JSON.parse(text),
		placeOf(path) {
			let best = {
				depth: -1,
				offset: 0
			};
			scan(text, where, (visited, offset) => {
				if (visited.length > best.depth && visited.length <= path.length && visited.every((key, index) => key === path[index])) best = {
					depth: visited.length,
					offset
				};
			});
			return `${where}:${lineAndColumn(text, best.offset)}`;
		}
	};
}
function lineAndColumn(text, offset) {
	const before = text.slice(0, offset).split("\n");
	return `${before.length}:${before.at(-1).length + 1}`;
}
function scan(text, where, visit) {
	let at = 0;
	const path = [];
	value();
	space();
	if (at < text.length) fail("the end of the file");
	function value() {
		space();
		visit(path, at);
		if (path.length > maximumDepth) fail(`at most ${maximumDepth} levels of nesting`);
		const character = text[at];
		if (character === "{") object();
		else if (character === "[") list();
		else if (character === "\"") string();
		else if (!literal() && !take(numberPattern)) fail("a JSON value");
	}
	function object() {
		const seen = /* @__PURE__ */ new Set();
		at += 1;
		space();
		if (text[at] === "}") {
			at += 1;
			return;
		}
		for (;;) {
			space();
			const start = at;
			if (text[at] !== "\"") fail("a key in double quotes");
			string();
			const key = JSON.parse(text.slice(start, at));
			if (seen.has(key)) throw new InputError({
				where: `${where}:${lineAndColumn(text, start)}`,
				problem: "this key occurs twice in one object",
				found: key,
				remedy: "Keep one of the two."
			});
			seen.add(key);
			space();
			if (text[at] !== ":") fail("':' after the key");
			at += 1;
			path.push(key);
			value();
			path.pop();
			if (closes("}")) return;
		}
	}
	function list() {
		at += 1;
		space();
		if (text[at] === "]") {
			at += 1;
			return;
		}
		for (let index = 0;; index += 1) {
			path.push(index);
			value();
			path.pop();
			if (closes("]")) return;
		}
	}
	/** After an entry: true at the closing bracket, false after a comma. */
	function closes(bracket) {
		space();
		const character = text[at];
		if (character !== bracket && character !== ",") fail(`',' or '${bracket}'`);
		at += 1;
		if (character === bracket) return true;
		space();
		if (text[at] === bracket) fail("another entry: JSON takes no comma after the last one");
		return false;
	}
	function string() {
		at += 1;
		while (take(plainCharacters) || take(escapeSequence));
		if (text[at] !== "\"") fail("a string that ends on its line, with known escapes");
		at += 1;
	}
	function literal() {
		const word = [
			"true",
			"false",
			"null"
		].find((each) => text.startsWith(each, at));
		at += word?.length ?? 0;
		return word !== void 0;
	}
	function take(pattern) {
		pattern.lastIndex = at;
		if (!pattern.test(text)) return false;
		at = pattern.lastIndex;
		return true;
	}
	function space() {
		while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "	") at += 1;
	}
	function fail(expected) {
		throw new InputError({
			where: `${where}:${lineAndColumn(text, at)}`,
			problem: "not valid JSON",
			found: at >= text.length ? "the end of the file" : text.slice(at, at + 12).split("\n")[0],
			expected
		});
	}
}
// src/guidance/document.ts
init_errors();
const issueNotes = object({
	problem: string().optional(),
	remedy: string().optional()
});
/**
* Reads a JSON document by a schema. The answer is the parsed JSON itself, not the schema's copy of it: fields
* that the schema does not know, and the order of keys, survive. Upstream's serde reads null as "absent" in the fields
* of `nullable`, so null is dropped there.
* @throws InputError with `where:line:column` and the path of the field
*/
function readDocument(schema, text, options) {
	const json = readJson(text, options.where);
	const value = options.nullable === void 0 ? json.value : withoutNulls(json.value, options.nullable);
	checkValue(schema, value, json.placeOf);
	return value;
}
/**
* Checks a value by a schema.
* @param placeOf gives the place of the value at a path; without it only the field is named
* @throws InputError for the first thing that is wrong
*/
function checkValue(schema, value, placeOf) {
	const [first] = findProblems(schema, value, placeOf);
	if (first !== void 0) throw new InputError(first);
}
/** Everything that is wrong with a value, by a schema. @param placeOf as for checkValue */
function findProblems(schema, value, placeOf) {
	return (schema.safeParse(value).error?.issues ?? []).map((issue) => problemOf(issue, value, placeOf));
}
function problemOf(issue, value, placeOf) {
	const found = valueAt(value, issue.path);
	const notes = issueNotes.safeParse(issue.code === "custom" ? issue.params : void 0);
	const problem = notes.data?.problem ?? (found === void 0 ? "missing" : "not a valid value");
	return {
		...defined({ where: placeOf === void 0 ? void 0 : placeOf(issue.path) }),
		...defined({ field: issue.path.length === 0 ? void 0 : fieldPath(issue.path) }),
		problem,
		...defined({ found }),
		expected: issue.message,
		...defined({ remedy: notes.data?.remedy === void 0 ? void 0 : notes.data.remedy })
	};
}
/** `releases[3].metadata.rollout` */
function fieldPath(path) {
	return path.map((key, index) => typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`).join("");
}
/** A text that must not be empty. */
function someText(expected) {
	return string({ error: expected }).min(1, { error: expected });
}
/** An object of which only these fields are checked. */
function openObject(expected, shape) {
	return looseObject(shape, { error: expected });
}
/** The head that releases.json and updates.json share. */
const documentHead = {
	stream: someText("the name of a stream, such as \"stable\""),
	metadata: openObject("an object such as {\"last-modified\": \"2026-07-21T14:07:12Z\"}", { "last-modified": string({ error: "a time, such as \"2026-07-21T14:07:12Z\"" }) })
};
function valueAt(value, path) {
	let current = value;
	for (const key of path) {
		if (typeof current !== "object" || current === null) return void 0;
		current = current[key];
	}
	return current;
}
/** The value without those of the named fields that are null. */
function withoutNulls(value, keys) {
	if (Array.isArray(value)) return value.map((each) => withoutNulls(each, keys));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).filter(([key, each]) => each !== null || !keys.has(key)).map(([key, each]) => [key, withoutNulls(each, keys)]));
}
// src/guidance/node-keys.ts
/** Keys in the metadata of a graph node, as in upstream's commons/src/metadata.rs. All values are texts. */
const nodeKeys = {
	scheme: "org.fedoraproject.coreos.scheme",
	ageIndex: "org.fedoraproject.coreos.releases.age_index",
	barrier: "org.fedoraproject.coreos.updates.barrier",
	barrierReason: "org.fedoraproject.coreos.updates.barrier_reason",
	deadend: "org.fedoraproject.coreos.updates.deadend",
	deadendReason: "org.fedoraproject.coreos.updates.deadend_reason",
	rollout: "org.fedoraproject.coreos.updates.rollout",
	startEpoch: "org.fedoraproject.coreos.updates.start_epoch",
	startValue: "org.fedoraproject.coreos.updates.start_value",
	durationMinutes: "org.fedoraproject.coreos.updates.duration_minutes"
};
// src/guidance/graph.ts
/**
* The graph that fcos-cincinnati's graph builder makes of these inputs (Graph::from_metadata in commons/src/graph.rs
* at 95388bdf), before throttling. Each quirk is upstream's, and a comment names it.
*/
function buildGraph(releases, updates, scope) {
	const nodes = [];
	for (const [age, release] of releases.releases.entries()) {
		const payload = payloadOf(release, scope);
		if (payload === void 0) continue;
		const metadata = {
			[nodeKeys.ageIndex]: String(age),
			[nodeKeys.scheme]: scope.scheme
		};
		for (const entry of updates.releases) if (entry.version === release.version) Object.assign(metadata, describeEntry(entry));
		nodes.push({
			version: release.version,
			metadata: sortedByKey(metadata),
			payload
		});
	}
	return withoutWaysOutOfDeadends({
		nodes,
		edges: computeEdges(nodes)
	});
}
/** Removes the edges that leave dead-ends. A dead-end may still be a target. */
function withoutWaysOutOfDeadends(graph) {
	const deadend = graph.nodes.map((node) => node.metadata[nodeKeys.deadend] === "true");
	return {
		nodes: graph.nodes,
		edges: graph.edges.filter(([from]) => !deadend[from])
	};
}
/** The graph as it is published: Zincati loads all of it at each poll, so without spaces. */
function formatPublishedGraph(graph) {
	return `${JSON.stringify(graph)}\n`;
}
/** The graph for people: indent of two spaces, final newline. */
function formatGraph(graph) {
	return `${JSON.stringify(graph, null, 2)}\n`;
}
const position = int({ error: "the position of a node" }).nonnegative({ error: "the position of a node" });
const servedGraph = openObject("a graph: {nodes, edges}", {
	nodes: array(openObject("a node: {version, metadata, payload}", {
		version: someText("a version"),
		payload: someText("repository@sha256:… or a checksum"),
		metadata: record(string(), string({ error: "a text: in a graph all metadata are texts" }), { error: "an object of texts" }).refine((metadata) => /^\d+$/.test(metadata[nodeKeys.ageIndex] ?? ""), {
			error: `a whole number in ${nodeKeys.ageIndex}`,
			params: { problem: "a node without a usable age" }
		}).refine((metadata) => metadata[nodeKeys.scheme] !== void 0, {
			error: `oci or checksum in ${nodeKeys.scheme}`,
			params: { problem: "a node without a scheme" }
		})
	}), { error: "the list of nodes" }),
	edges: array(tuple([position, position], { error: "a pair of positions" }), { error: "the list of edges" })
}).superRefine(({ nodes, edges }, context) => {
	const index = edges.findIndex((edge) => edge.some((end) => end >= nodes.length));
	if (index < 0) return;
	context.addIssue({
		code: "custom",
		path: ["edges", index],
		message: `positions below ${nodes.length}`,
		params: { problem: "this edge ends at a node that does not exist" }
	});
});
/**
* Reads a served graph as strictly as Zincati: one node without version, payload, scheme or age makes the whole graph
* invalid.
* @throws InputError with line, column and field
*/
function parseGraph(text, where) {
	return readDocument(servedGraph, text, { where });
}
/** Upstream takes the last match if an architecture occurs twice, and treats an empty text as absent. */
function payloadOf(release, { basearch, scheme }) {
	return (scheme === "oci" ? release["oci-images"]?.filter((each) => each.architecture === basearch).map((each) => each["digest-ref"]) : release.commits?.filter((each) => each.architecture === basearch).map((each) => each.checksum))?.findLast((payload) => payload !== "");
}
function describeEntry({ metadata: { rollout, barrier, deadend } }) {
	const described = {};
	if (deadend !== void 0) {
		described[nodeKeys.deadend] = "true";
		described[nodeKeys.deadendReason] = deadend.reason || "generic";
	}
	if (barrier !== void 0) {
		described[nodeKeys.barrier] = "true";
		described[nodeKeys.barrierReason] = barrier.reason || "generic";
	}
	if (rollout !== void 0) {
		described[nodeKeys.rollout] = "true";
		if (rollout.start_epoch !== void 0) described[nodeKeys.startEpoch] = String(rollout.start_epoch);
		if (rollout.start_percentage !== void 0) described[nodeKeys.startValue] = displayFloat(rollout.start_percentage);
		if (rollout.duration_minutes !== void 0) described[nodeKeys.durationMinutes] = String(rollout.duration_minutes);
	}
	return described;
}
/**
* A double as Rust's Display writes it: the shortest digits that read back, as in JavaScript, but never with an
* exponent, and with the sign of a negative zero.
*/
function displayFloat(value) {
	if (Object.is(value, -0)) return "-0";
	const [mantissa = "", exponent] = String(value).split("e");
	if (exponent === void 0) return mantissa;
	const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
	const digits = whole + fraction;
	const point = whole.length + Number(exponent);
	const plain = point <= 0 ? `0.${"0".repeat(-point)}${digits}` : `${digits.slice(0, point).padEnd(point, "0")}${digits.length > point ? `.${digits.slice(point)}` : ""}`;
	return value < 0 ? `-${plain}` : plain;
}
/** Positions in `nodes`, not ages, decide: a barrier that has no image for this architecture holds no node back. */
function computeEdges(nodes) {
	const positions = [...nodes.keys()];
	const rollouts = positions.filter((position) => hasKey(position, nodeKeys.rollout));
	const barriers = positions.filter((position) => hasKey(position, nodeKeys.barrier));
	const edges = [];
	for (const target of rollouts.toReversed()) {
		const previousBarrier = barriers.findLast((barrier) => barrier < target) ?? 0;
		for (let from = previousBarrier; from < target; from += 1) edges.push([from, target]);
	}
	let start = 0;
	for (const target of barriers) {
		if (!rollouts.includes(target)) for (let from = start; from < target; from += 1) edges.push([from, target]);
		start = target;
	}
	return edges;
	function hasKey(position, key) {
		return nodes[position]?.metadata[key] !== void 0;
	}
}
function sortedByKey(record) {
	return Object.fromEntries(Object.entries(record).sort(([one], [other]) => one < other ? -1 : 1));
}
// src/guidance/adoption.ts
/**
* Why nodes do not move on: they run a dead-end; they wait for a paused rollout; they are offered a barrier, or another
* release, for more than a day, and still ask from the old one; or their image is not in the graph.
*/
const stuckKinds = [
	"dead-end",
	"paused",
	"barrier",
	"offered",
	"not in the graph"
];
/** In place of a version: images that the fleet's release index does not have. */
const otherRelease = "other";
const someNodes = int({ error: "a number of nodes" }).nonnegative({ error: "a number of nodes" });
const moment$1 = int({ error: "UNIX seconds, a whole number" }).nonnegative({ error: "UNIX seconds, 0 or more" }).max(1e11, { error: "UNIX seconds (not milliseconds)" });
const share = number({ error: "a fraction from 0 to 1" }).min(0, { error: "a fraction from 0 to 1" }).max(1, { error: "a fraction from 0 to 1" });
const version$1 = someText("a version, such as \"44.20260707.3.1-3f9a1c02\"");
const nodesByRelease = record(string(), someNodes, { error: "an object {version: nodes}" });
const adoption = openObject("who runs what: {fleet, observedAt, window, nodes, releases, …}", {
	fleet: someText("the name of the fleet"),
	observedAt: moment$1,
	window: openObject("an object {from, until}", {
		from: moment$1,
		until: moment$1
	}),
	lastRequest: moment$1.optional(),
	method: _enum(["exact", "sample"], { error: "exact or sample" }),
	standardError: share,
	nodes: someNodes,
	requests: openObject("an object {counted, perNodeAndDay, withoutNode}", {
		counted: someNodes,
		perNodeAndDay: number({ error: "a number" }).nonnegative({ error: "0 or more" }),
		withoutNode: someNodes
	}),
	releases: array(openObject("an object {version, nodes, lastSeen}", {
		version: version$1,
		nodes: someNodes,
		lastSeen: array(someNodes, { error: "numbers of nodes, one for each day" }).max(31, { error: `at most 31 days` })
	}), { error: "the list of releases" }),
	rings: array(openObject("an object {ring, wariness, nodes, releases, cameBack}", {
		ring: someText("the name of a ring"),
		wariness: tuple([share, share], { error: "a pair of fractions" }).optional(),
		nodes: someNodes,
		releases: nodesByRelease,
		cameBack: someNodes
	}), { error: "the list of rings" }),
	days: array(openObject("an object {day, nodes, releases}", {
		day: string({ error: "a day, such as 2026-11-30" }).regex(/^\d{4}-\d{2}-\d{2}$/, { error: "a day, such as 2026-11-30" }),
		nodes: someNodes,
		releases: nodesByRelease
	}), { error: "the list of days" }).max(32, { error: `at most 32 days` }),
	curves: openObject("an object {start, step, releases}", {
		start: moment$1,
		step: int({ error: "seconds" }).positive({ error: "seconds, 1 or more" }),
		releases: record(string(), array(someNodes, { error: "numbers of nodes" }), { error: "an object {version: [nodes, …]}" })
	}),
	stuck: array(openObject("an object {kind, version, behind, nodes, reason}", {
		kind: _enum(stuckKinds, { error: `one of ${stuckKinds.join(", ")}` }),
		version: version$1,
		behind: version$1.optional(),
		nodes: someNodes,
		reason: string({ error: "a text" }).optional()
	}), { error: "the list of nodes that do not move on" }),
	cameBack: array(openObject("an object {from, to, nodes}", {
		from: version$1,
		to: version$1,
		nodes: someNodes
	}), { error: "the list of nodes that came back" }),
	missing: array(openObject("an object {path, nodes, requests}", {
		path: string({ error: "a path" }),
		nodes: someNodes,
		requests: someNodes
	}), { error: "the list of graphs that do not exist" })
});
/**
* Reads adoption.json; unknown fields survive.
* @throws InputError with line, column and field
*/
function parseAdoption(text, where) {
	return readDocument(adoption, text, { where });
}
/** The text as it is on the state branch: indent of two spaces, with lists of numbers on one line. */
function formatAdoption(observed) {
	return `${JSON.stringify(observed, null, 2).replace(/\[\n[\s\d.,]*\]/g, (list) => list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]"))}\n`;
}
// src/guidance/metadata.ts
init_errors();
const largestEpoch = 1e11;
const startEpoch = int({ error: "UNIX seconds, a whole number" }).superRefine((value, context) => {
	if (Math.abs(value) <= largestEpoch) return;
	context.addIssue({
		code: "custom",
		message: "UNIX seconds",
		params: {
			problem: "this looks like milliseconds",
			remedy: `Divide by 1000: ${Math.floor(value / 1e3)}`
		}
	});
});
const startPercentage = number({ error: "a fraction from 0 to 1" }).superRefine((value, context) => {
	if (value >= 0 && value <= 1) return;
	context.addIssue({
		code: "custom",
		message: "a fraction from 0 to 1",
		params: {
			problem: "out of range",
			remedy: "Despite its name it is a fraction: 0.05 means 5 %."
		}
	});
});
const durationMinutes = int({ error: "minutes, a whole number" }).nonnegative({ error: "minutes, 0 or more" });
const reason = openObject("an object {\"reason\": \"…\"}", { reason: string({ error: "a text, preferably the URL of an explanation" }) });
/** A rollout in updates.json; unknown fields pass. */
const rollout = openObject("an object {start_epoch, start_percentage, duration_minutes}", {
	start_epoch: startEpoch.optional(),
	start_percentage: startPercentage.optional(),
	duration_minutes: durationMinutes.optional()
});
/** One entry of updates.json; unknown fields pass. */
const updateEntry = openObject("an entry: {version, metadata}", {
	version: someText("a version, such as \"44.20260707.3.1\""),
	metadata: openObject("an object with rollout, barrier or deadend", {
		rollout: rollout.optional(),
		barrier: reason.optional(),
		deadend: reason.optional()
	})
});
const entries = array(updateEntry, { error: "the list of entries" });
/** updates.json; unknown fields pass. */
const updateMetadata = openObject("update metadata: {stream, metadata, releases}", {
	...documentHead,
	releases: entries
});
const graphUpdates = openObject("update metadata: {stream, metadata, releases}", {
	stream: documentHead.stream.optional(),
	releases: entries
});
/** Fields of an entry in which upstream's serde reads null as "absent". */
const nullableEntryFields = /* @__PURE__ */ new Set([
	"rollout",
	"barrier",
	"deadend",
	"start_epoch",
	"start_percentage",
	"duration_minutes"
]);
/**
* Reads update metadata (upstream's updates.json); fields that are not known survive.
* @param where the file's name, for messages
* @throws InputError with line, column and field: broken JSON, a wrong type, a percentage outside 0 to 1,
*   an epoch in milliseconds
*/
function parseUpdateMetadata(text, where) {
	return readDocument(updateMetadata, text, {
		where,
		nullable: nullableEntryFields
	});
}
/** Reads only what the graph depends on: `releases`; as strict as parseUpdateMetadata about that part. */
function parseGraphUpdates(text, where) {
	return readDocument(graphUpdates, text, {
		where,
		nullable: nullableEntryFields
	});
}
/**
* The text as upstream's rollout.py writes it: indent of two spaces, final newline, and `1.0` where JSON.stringify says
* `1`, so that a file of Fedora's comes back byte for byte.
*/
function formatUpdateMetadata(metadata) {
	return `${JSON.stringify(metadata, null, 2).replace(/^( *"start_percentage": -?\d+)(,?)$/gm, "$1.0$2")}\n`;
}
/** Metadata without entries. @param now UNIX seconds */
function emptyUpdateMetadata(stream, now) {
	return {
		stream,
		metadata: { "last-modified": formatTime(now) },
		releases: []
	};
}
/**
* Cleans up, then appends an entry, as `rollout.py add` does. For an entry that exists already, returns the same
* object.
* @param now UNIX seconds
* @throws InputError when the entry is wrong, or the version has an entry already (upstream refuses that, too)
*/
function addUpdate(metadata, entry, now) {
	checkValue(updateEntry, entry);
	const known = metadata.releases.find(({ version }) => version === entry.version);
	if (known !== void 0) {
		if (isDeepStrictEqual(known, entry)) return metadata;
		throw new InputError({
			field: `updates for ${entry.version}`,
			problem: "this version has an entry in the update metadata already",
			found: known,
			remedy: "Change that entry instead of adding a second one."
		});
	}
	return {
		...metadata,
		metadata: {
			...metadata.metadata,
			"last-modified": formatTime(now)
		},
		releases: [...tidyEntries(metadata.releases, now), entry]
	};
}
/**
* Removes what no longer matters, exactly as clean() in upstream's rollout.py: a rollout that has run out becomes
* `{"start_percentage": 1}`; of the completed ones only the last in the list keeps its rollout; entries that say
* nothing are removed. Returns the same object if there was nothing to do.
*
* This changes no node's offer, with two exceptions that upstream has too: an architecture that the last completed
* release has no image for loses its target, and nodes before a barrier that is itself still rolling out lose a
* completed release before that barrier.
* @param now UNIX seconds
*/
function tidy(metadata, now) {
	const releases = tidyEntries(metadata.releases, now);
	if (isDeepStrictEqual(releases, metadata.releases)) return metadata;
	return {
		...metadata,
		metadata: {
			...metadata.metadata,
			"last-modified": formatTime(now)
		},
		releases
	};
}
function tidyEntries(before, now) {
	const finished = before.map((entry) => hasRunOut(entry.metadata.rollout, now) ? {
		...entry,
		metadata: {
			...entry.metadata,
			rollout: { start_percentage: 1 }
		}
	} : entry);
	const lastCompleted = finished.findLastIndex(isCompleted);
	return finished.map((entry, index) => index < lastCompleted && isCompleted(entry) ? withoutRollout(entry) : entry).filter(({ metadata: { rollout, barrier, deadend } }) => [
		rollout,
		barrier,
		deadend
	].some(isThere));
}
function hasRunOut(rollout, now) {
	if (!rollout?.duration_minutes) return false;
	return (rollout.start_epoch ?? 0) + 60 * rollout.duration_minutes < now;
}
/** Upstream compares whole objects: `{"start_epoch": …, "start_percentage": 1.0}` does not count as completed. */
function isCompleted(entry) {
	return isDeepStrictEqual(entry.metadata.rollout, { start_percentage: 1 });
}
function withoutRollout(entry) {
	const { rollout: _, ...rest } = entry.metadata;
	return {
		...entry,
		metadata: rest
	};
}
function isThere(value) {
	return value !== void 0;
}
// src/guidance/operations.ts
const moment = int({ error: "UNIX seconds, a whole number" }).nonnegative({ error: "UNIX seconds, 0 or more" }).max(1e11, { error: "UNIX seconds (not milliseconds)" });
const statement = {
	reason: someText("a text that says why"),
	by: someText("who did it"),
	at: moment
};
const version = someText("a version, such as \"44.20260707.3.1-3f9a1c02\"");
const operations = openObject("an object {paused, staged, hold, stops, urgent, withdrawn, halts, told, replaced}", {
	paused: array(openObject("a paused rollout", {
		version,
		entry: updateEntry,
		since: moment,
		progress: number({ error: "a fraction from 0 to 1" }).min(0, { error: "a fraction from 0 to 1" }).max(1, { error: "a fraction from 0 to 1" }),
		...statement,
		until: moment.optional(),
		held: boolean({ error: "true or false" }).optional()
	}), { error: "the list of paused rollouts" }).optional(),
	staged: array(openObject("a rollout that opens ring by ring: {version, rollout, passed, at}", {
		version,
		rollout,
		passed: array(openObject("a ring that did well: {ring, reason, by, at}", {
			ring: someText("the name of a ring"),
			...statement
		}), { error: "the list of rings that did well" }),
		at: moment
	}), { error: "the list of rollouts that open ring by ring" }).optional(),
	hold: openObject("an object {reason, by, at, until}", {
		...statement,
		until: moment.optional()
	}).optional(),
	stops: array(openObject("a hold set elsewhere", {
		...statement,
		until: moment.optional(),
		source: someText("the label or file that holds the fleet")
	}), { error: "the list of holds set elsewhere" }).optional(),
	urgent: array(openObject("an urgent release", {
		version,
		commit: someText("a full commit name"),
		...statement
	}), { error: "the list of urgent releases" }).optional(),
	withdrawn: array(openObject("a withdrawn release", {
		version,
		entry: updateEntry.optional(),
		...statement
	}), { error: "the list of withdrawn releases" }).optional(),
	halts: array(openObject("a halt", {
		condition: someText("the name of a condition"),
		version,
		key: someText("a text").optional(),
		reason: statement.reason,
		at: moment,
		clear: moment.optional()
	}), { error: "the list of halts" }).optional(),
	told: array(openObject("an object {key, title, text, at}", {
		key: someText("a text"),
		title: someText("a text"),
		text: someText("a hash"),
		at: moment
	}), { error: "the list of incidents that were reported" }).optional(),
	replaced: array(openObject("an object {reason, by, at}", statement), { error: "the list of deliberate replacements" }).optional()
});
/** Nothing is paused, held or withdrawn. */
const noOperations = {};
/**
* Reads operations.json; unknown fields survive.
* @throws InputError with line, column and field
*/
function parseOperations(text, where) {
	return readDocument(operations, text, { where });
}
/** undefined if there is nothing to record: then there is no file. */
function formatOperations(said) {
	const worth = Object.entries(said).filter(([, value]) => value !== void 0 && !(Array.isArray(value) && value.length === 0));
	return worth.length === 0 ? void 0 : `${JSON.stringify(Object.fromEntries(worth), null, 2)}\n`;
}
/** The hold that is in force, if any. @param now UNIX seconds */
function holdAt(said, now) {
	return [...said.hold === void 0 ? [] : [said.hold], ...said.stops ?? []].find((hold) => (hold.until ?? Number.POSITIVE_INFINITY) > now);
}
/** UNIX seconds at which the next hold ends automatically; undefined if none will. */
function nextHoldEnd(said, now) {
	const ends = [said.hold?.until, ...(said.stops ?? []).map(({ until }) => until)].filter((until) => until !== void 0).filter((until) => until > now);
	return ends.length === 0 ? void 0 : Math.min(...ends);
}
/** The schema, for callers that list every problem of a file. */
const operationsSchema = operations;
// src/guidance/releases.ts
init_errors();
const digestReference = /^[^\s@/]+(?:\/[^\s@:/]+)+@sha256:[0-9a-f]{64}$|^[^\s@:/]+@sha256:[0-9a-f]{64}$/;
const architecture = someText("an architecture, such as \"x86_64\"");
const digestRef = string({ error: "repository@sha256: and 64 hex digits" }).refine((text) => text === "" || digestReference.test(text), { error: "repository@sha256: and 64 hex digits, without a tag" });
const releaseFields = {
	version: someText("a version, such as \"44.20260707.3.1\""),
	commits: array(openObject("an object {architecture, checksum}", {
		architecture,
		checksum: string({ error: "an ostree checksum" })
	}), { error: "a list of {architecture, checksum}" }).optional(),
	"oci-images": array(openObject("an object {architecture, image, digest-ref}", {
		architecture,
		image: string({ error: "an image by tag, such as \"quay.io/acme/os:stable\"" }),
		"digest-ref": digestRef
	}), { error: "a list of {architecture, image, digest-ref}" }).optional(),
	"oci-index": digestRef.optional()
};
const release = openObject("a release: {version, metadata, oci-images}", {
	...releaseFields,
	metadata: string({ error: "the URL of the release's release.json" })
});
/** releases.json; unknown fields pass. */
const releaseIndex = openObject("a release index: {stream, metadata, releases}", {
	...documentHead,
	note: string({ error: "a text" }).optional(),
	releases: releaseList(release)
});
const graphReleases = openObject("a release index: {stream, metadata, releases}", {
	stream: documentHead.stream.optional(),
	releases: releaseList(openObject("a release: {version, metadata, oci-images}", releaseFields))
});
function releaseList(each) {
	return array(each, { error: "the list of releases, oldest first" }).superRefine((list, context) => {
		const firstAt = /* @__PURE__ */ new Map();
		for (const [index, { version }] of list.entries()) {
			const first = firstAt.get(version);
			if (first !== void 0) context.addIssue({
				code: "custom",
				path: [index, "version"],
				message: "each version once",
				params: {
					problem: `releases[${first}] has this version already`,
					remedy: "A version names one build: remove the entry that was added by mistake."
				}
			});
			firstAt.set(version, first ?? index);
		}
	});
}
/** Fields of a release index in which upstream's serde reads null as "absent". */
const nullableReleaseFields = /* @__PURE__ */ new Set([
	"commits",
	"oci-images",
	"note"
]);
/**
* Reads a release index (upstream's releases.json); fields that are not known survive.
* @param where the file's name, for messages
* @throws InputError with line, column and field: broken JSON, a wrong type, a version that occurs twice,
*   a digest-ref other than repository@sha256:…
*/
function parseReleaseIndex(text, where) {
	return readDocument(releaseIndex, text, {
		where,
		nullable: nullableReleaseFields
	});
}
/**
* Reads only what the graph depends on: upstream's graph builder reads only `releases` too. As strict as
* parseReleaseIndex about that part.
*/
function parseGraphReleases(text, where) {
	return readDocument(graphReleases, text, {
		where,
		nullable: nullableReleaseFields
	});
}
/** The text as upstream writes it: indent of two spaces, final newline. */
function formatReleaseIndex(index) {
	return `${JSON.stringify(index, null, 2)}\n`;
}
/** An index without releases. @param now UNIX seconds */
function emptyReleaseIndex(stream, now) {
	return {
		stream,
		metadata: { "last-modified": formatTime(now) },
		releases: []
	};
}
/**
* Appends a release. Nothing is ever changed or moved: positions are ages, and nodes look themselves up in this list.
* For a release that exists already, returns the same object.
* @param now UNIX seconds, for `last-modified`
* @throws InputError when the version exists with other content, or an image belongs to another release
*   (Zincati takes the first node with its payload, so it would treat its node as that release)
*/
function addRelease(index, added, now) {
	checkValue(release, added);
	const known = index.releases.find(({ version }) => version === added.version);
	if (known !== void 0) {
		if (isDeepStrictEqual(known, added)) return index;
		throw new InputError({
			field: `release ${added.version}`,
			problem: "this version is in the release index already, with other content",
			found: added,
			expected: JSON.stringify(known),
			remedy: "A version always names the same build: a new build needs a new version."
		});
	}
	for (const image of added["oci-images"] ?? []) {
		const owner = index.releases.find((each) => each["oci-images"]?.some((other) => sameImage(other, image)));
		if (owner !== void 0 && image["digest-ref"] !== "") throw new InputError({
			field: `release ${added.version}`,
			problem: `its ${image.architecture} image is release ${owner.version} already`,
			found: image["digest-ref"],
			remedy: "One image is one release of a fleet: promote an image that was built for this version."
		});
	}
	return {
		...index,
		metadata: {
			...index.metadata,
			"last-modified": formatTime(now)
		},
		releases: [...index.releases, added]
	};
}
function sameImage(one, other) {
	return one.architecture === other.architecture && one["digest-ref"] === other["digest-ref"];
}
// src/guidance/paused-rollout.ts
/**
* A rollout that was paused for a while and goes on: the same line, moved to the right by the length of the pause.
* Progress goes on at the value it had (to the last bit: the numbers that it is computed from are the same), at the
* same pace, and the rollout ends after the time that was left.
*
* A rollout that was paused before its start keeps that start, or starts now if that time has passed.
* @param stood.since when it stopped, UNIX seconds
* @param stood.now when it goes on, UNIX seconds
*/
function resumedRollout(rollout, stood) {
	const start = rollout.start_epoch ?? 0;
	if (rollout.duration_minutes === void 0 && start <= stood.since) return rollout;
	const shift = Math.max(0, stood.now - Math.max(stood.since, start));
	return shift === 0 ? rollout : {
		...rollout,
		start_epoch: start + shift
	};
}
// src/guidance/progress.ts
/**
* How far a rollout is: 0 to 1, upstream's throttle value (policy::throttle_rollouts). A node is offered the release
* when its wariness is not above it.
*
* Upstream's rules: 0 before the start; 1 after the end; a straight line between; without a duration it stays at
* start_percentage. An explicit duration of 0 counts as one minute (the specification says "no progress"). The order
* of the operations is upstream's, too: in the last second rounding decides which nodes are offered it.
* @param now UNIX seconds
*/
function rolloutProgress(rollout, now) {
	const start = rollout.start_epoch ?? 0;
	const startValue = rollout.start_percentage ?? 0;
	if (now < start) return 0;
	const end = rolloutEnd(rollout);
	if (end === void 0) return startValue;
	if (now > end) return 1;
	const rate = (1 - startValue) / (end - start);
	return Math.min(1, startValue + rate * (now - start));
}
/** UNIX seconds at which a rollout ends, or undefined for one that has no duration. */
function rolloutEnd(rollout) {
	if (rollout.duration_minutes === void 0) return void 0;
	return (rollout.start_epoch ?? 0) + Math.max(rollout.duration_minutes, 1) * 60;
}
/** @param now UNIX seconds */
function rolloutPhase(rollout, now) {
	if (now < (rollout.start_epoch ?? 0)) return "scheduled";
	if (rolloutProgress(rollout, now) >= 1) return "complete";
	return rollout.duration_minutes === void 0 ? "held" : "in progress";
}
/**
* The first second after `now` at which a rollout opens to a wariness, or undefined when it is open already or never
* will be.
* @param now UNIX seconds
*/
function nextOpening(rollout, wariness, now) {
	const isOpen = (moment) => wariness <= rolloutProgress(rollout, moment);
	if (isOpen(now)) return void 0;
	const start = rollout.start_epoch ?? 0;
	const end = rolloutEnd(rollout);
	if (end === void 0) return now < start && isOpen(start) ? start : void 0;
	let closed = now;
	let open = end + 1;
	while (open - closed > 1) {
		const middle = Math.floor((closed + open) / 2);
		if (isOpen(middle)) open = middle;
		else closed = middle;
	}
	return open;
}
/**
* The graph that upstream's policy engine gives a client of this wariness at this time: without the edges to releases
* whose rollout has not reached it. All nodes stay, because a node must find itself.
*
* Wariness 0 is above no progress, so it is offered a rollout even before its start: upstream's quirk, and how its
* release engineers preview a rollout before it begins. Canaries that should wait for the start use 0.001.
* @param options.now UNIX seconds
* @param options.wariness 0 (first) to 1 (last)
*/
function throttleGraph(graph, options) {
	const hidden = graph.nodes.map((node) => {
		const rollout = rolloutOf(node);
		return rollout !== void 0 && options.wariness > rolloutProgress(rollout, options.now);
	});
	return withoutWaysOutOfDeadends({
		nodes: graph.nodes,
		edges: graph.edges.filter(([, to]) => !hidden[to])
	});
}
/** The rollout that a node's metadata describes, if any; what does not parse counts as absent, as it does upstream. */
function rolloutOf(node) {
	if (node.metadata[nodeKeys.rollout] === void 0) return void 0;
	const startEpoch = wholeNumber(node.metadata[nodeKeys.startEpoch], /^[+-]?\d+$/);
	const startValue = Number(node.metadata[nodeKeys.startValue] ?? "NaN");
	const duration = wholeNumber(node.metadata[nodeKeys.durationMinutes], /^\+?\d+$/);
	return {
		...defined({ start_epoch: startEpoch }),
		...defined({ start_percentage: Number.isNaN(startValue) ? void 0 : startValue }),
		...defined({ duration_minutes: duration })
	};
}
function wholeNumber(text, pattern) {
	return text !== void 0 && pattern.test(text) ? Number(text) : void 0;
}
// src/guidance/update-paths.ts
/** Architectures that any release has an image for, sorted. */
function architecturesOf({ releases }) {
	const found = releases.releases.flatMap((release) => (release["oci-images"] ?? []).map((each) => each.architecture));
	return [...new Set(found)].sort();
}
/** A time after the end of every rollout. */
const inTheEnd = Number.MAX_SAFE_INTEGER;
/** As Zincati, it takes the newest target at each step, without looking further. */
function findEnds(guidance, basearch, now = inTheEnd) {
	const graph = throttleGraph(buildGraph(guidance.releases, guidance.updates, {
		basearch,
		scheme: "oci"
	}), {
		now,
		wariness: 1
	});
	const next = graph.nodes.map((_, position) => position);
	for (const [from, to] of graph.edges) if (to > next[from]) next[from] = to;
	const ends = [...next];
	for (let position = next.length - 1; position >= 0; position -= 1) {
		const step = next[position];
		if (step !== position) ends[position] = ends[step];
	}
	return {
		versions: graph.nodes.map(({ version }) => version),
		ends,
		deadends: graph.nodes.map((node) => node.metadata[nodeKeys.deadend] === "true"),
		targets: new Set(graph.edges.map(([, to]) => to))
	};
}
/**
* Releases whose nodes cannot reach the newest release that all nodes are offered in the end, although these releases
* are older and not dead-ends.
*/
function findStranded(guidance) {
	return architecturesOf(guidance).flatMap((architecture) => {
		const { versions, ends, deadends, targets } = findEnds(guidance, architecture);
		const goal = Math.max(-1, ...targets);
		return versions.flatMap((version, position) => {
			const end = ends[position];
			if (position >= goal || deadends[position] || end === goal) return [];
			return [{
				version,
				architecture,
				end: versions[end],
				goal: versions[goal],
				why: deadends[end] ? "dead-end" : "no path"
			}];
		});
	});
}
/**
* Releases that have no update path after a change of the guidance: they had one, and now have none, or one into a
* dead-end, although there is a newer release that is neither retired nor a dead-end.
* @param options.retired versions that no node is to be offered again
* @param options.now UNIX seconds; by default a time at which no rollout makes any more progress
*/
function strandedBy(before, after, options = {}) {
	const { retired = /* @__PURE__ */ new Set(), now = inTheEnd } = options;
	return architecturesOf(after).flatMap((architecture) => {
		const was = findEnds(before, architecture, now);
		const is = findEnds(after, architecture, now);
		const goal = is.versions.findLastIndex((version, at) => !retired.has(version) && !is.deadends[at]);
		return is.versions.flatMap((version, position) => {
			if (position >= goal || is.deadends[position]) return [];
			const earlier = was.versions.indexOf(version);
			const end = is.ends[position];
			const couldMove = earlier >= 0 && was.ends[earlier] !== earlier;
			const gotStuck = earlier >= 0 && was.deadends[was.ends[earlier]] === true;
			const cannotMove = end === position;
			const stuck = is.deadends[end] === true;
			if (!couldMove || gotStuck || !(cannotMove || stuck)) return [];
			return [{
				version,
				architecture,
				end: is.versions[end],
				goal: is.versions[goal],
				why: stuck ? "dead-end" : "no path"
			}];
		});
	});
}
/**
* Releases that have no update path after the clean-up. There are two cases, which upstream has too: the completed
* rollout that is kept has no image for an architecture; or it comes after a barrier that is itself still rolling out,
* and nodes before that have to wait.
* @param now UNIX seconds
*/
function strandedByTidying(guidance, tidied, now) {
	const all = [...strandedBy(guidance, tidied), ...strandedBy(guidance, tidied, { now })];
	return all.filter((one, index) => all.findIndex((other) => other.version === one.version && other.architecture === one.architecture) === index);
}
/** `44.1-aa (x86_64, aarch64), 44.2-bb (x86_64)` */
function listStranded(stranded) {
	const byVersion = /* @__PURE__ */ new Map();
	for (const { version, architecture } of stranded) byVersion.set(version, [...byVersion.get(version) ?? [], architecture]);
	return [...byVersion].map(([version, names]) => `${version} (${names.join(", ")})`).join(", ");
}
// src/guidance/planned-steps.ts
/**
* When a planned rollout reaches a wariness, UNIX seconds; undefined if it never does.
*/
function reachedAt(plan, wariness) {
	const start = plan.start_epoch ?? 0;
	return wariness <= rolloutProgress(plan, start) ? start : nextOpening(plan, wariness, start);
}
/**
* The first part of a planned rollout, as update metadata that time alone cannot open further: without a duration it
* stays at its share. It opens no ring before the plan does.
*/
function firstStep(plan, { cap, steps }) {
	const start = plan.start_epoch ?? 0;
	const atStart = rolloutProgress(plan, start);
	const first = Math.min(cap, ...steps.filter((step) => step > 0));
	const opens = atStart < first ? reachedAt(plan, first) : void 0;
	return opens === void 0 ? {
		start_epoch: start,
		start_percentage: Math.min(atStart, cap)
	} : {
		start_epoch: opens,
		start_percentage: first
	};
}
/**
* The share that a planned rollout may have at a moment: the last ring that the plan has reached, and not beyond the cap.
* It is never below what nodes have been offered already.
* @param reached the share that is offered now
* @param now UNIX seconds
*/
function shareAt(plan, { cap, steps }, reached, now) {
	const planned = rolloutProgress(plan, now);
	const open = [...steps, cap].filter((step) => step <= planned && step <= cap);
	return Math.max(reached, ...open);
}
// src/guidance/template/template-times.ts
init_errors();
const weekdays = [
	"sunday",
	"monday",
	"tuesday",
	"wednesday",
	"thursday",
	"friday",
	"saturday"
];
const examples = "\"now\", \"+2h\", \"tomorrow 14:00 UTC\", \"next tuesday 2 pm Europe/Berlin\", \"2026-07-21T14:00:00Z\"";
const dayMilliseconds = 864e5;
/**
* Reads a point in time as people write it; the answer is in UNIX seconds.
*
* `now` · `+2h` · UNIX seconds · ISO 8601 with a zone · or a day, a time of day and a zone, in any order:
* `today`, `tomorrow`, `tuesday` (the next time it is that day and time, may be today), `next tuesday` (never today),
* `2026-07-21`; `14:00`, `2 pm`; `UTC` or a name such as `Europe/Berlin`. The zone is never guessed.
*
* A time that daylight saving skips is read as if the clock had not been changed yet (02:30 becomes 03:30), one that
* occurs twice as the first of the two.
* @param now UNIX seconds
* @throws InputError
*/
function parseWhen(text, now, place = {}) {
	const words = text.trim().replace(/\s+/g, " ").toLowerCase();
	if (words === "now") return now;
	const later = /^(?:\+|in )\s*(.+)$/.exec(words)?.[1];
	if (later !== void 0) return now + parseDuration(later.replaceAll(" ", ""), place);
	if (/^\d+$/.test(words)) return parseTime(words, place);
	if (/^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:\d{2})$/.test(words)) {
		requireDay(words, place);
		return parseTime(text.trim().toUpperCase(), place);
	}
	return parseDayAndTime(words, {
		text,
		now,
		place
	});
}
function parseDayAndTime(words, { text, now, place }) {
	let rest = words.replace(/^(\d{4}-\d{2}-\d{2})t/, "$1 ").replace(/\bat\b/, " ");
	const take = (pattern) => {
		const match = pattern.exec(rest);
		if (match !== null) rest = rest.replace(match[0], " ");
		return match;
	};
	const date = take(/\b\d{4}-\d{2}-\d{2}\b/);
	const relative = take(/\b(?:today|tomorrow)\b/)?.[0];
	const weekday = take(/\b(next )?(sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?\b/);
	const clock = take(/\b(\d{1,2})(?::(\d{2}))?(?::(\d{2}))? ?([ap]m)\b/) ?? take(/\b(\d{1,2}):(\d{2})(?::(\d{2}))?\b/);
	const zone = rest.replaceAll(",", " ").trim();
	if ([
		date,
		relative,
		weekday
	].filter((part) => part !== null && part !== void 0).length !== 1 || clock === null) throw notATime(text, place);
	const { hour, minute, second } = readClock(clock, text, place);
	const format = zoneFormat(zone, text, place);
	const at = (day) => Date.UTC(day.year, day.month - 1, day.day, hour, minute, second);
	const resolve = (day) => Math.floor(instantOf(at(day), format) / 1e3);
	if (date !== null) return resolve(requireDay(date[0], place));
	const today = localParts(now * 1e3, format);
	if (weekday !== null) {
		const days = (weekdays.findIndex((name) => name.startsWith(weekday[2].slice(0, 3))) - today.weekday + 7) % 7;
		if (weekday[1] !== void 0) return resolve(plusDays(today, days === 0 ? 7 : days));
		const soonest = resolve(plusDays(today, days));
		return soonest >= now ? soonest : resolve(plusDays(today, days + 7));
	}
	if (relative === "tomorrow") return resolve(plusDays(today, 1));
	const moment = resolve(today);
	if (moment < now) throw new InputError({
		...place,
		problem: "this time has passed already today",
		found: text,
		remedy: "Say \"now\", or \"tomorrow\" with a time."
	});
	return moment;
}
function readClock([, hours = "", minutes = "0", seconds = "0", half], text, place) {
	const said = Number(hours);
	if (!(half === void 0 ? said <= 23 : said >= 1 && said <= 12) || Number(minutes) > 59 || Number(seconds) > 59) throw notATime(text, place);
	return {
		hour: half === void 0 ? said : said % 12 + (half === "pm" ? 12 : 0),
		minute: Number(minutes),
		second: Number(seconds)
	};
}
function plusDays({ year, month, day }, days) {
	const moved = new Date(Date.UTC(year, month - 1, day + days));
	return {
		year: moved.getUTCFullYear(),
		month: moved.getUTCMonth() + 1,
		day: moved.getUTCDate()
	};
}
function zoneFormat(zone, text, place) {
	if (zone === "") throw new InputError({
		...place,
		problem: "the time zone is missing",
		found: text,
		remedy: "Add UTC, or a zone such as Europe/Berlin."
	});
	if (!/^(?:utc|gmt|z|[a-z]+(?:[/_+-][a-z0-9]+)+)$/.test(zone)) throw notATime(text, place);
	try {
		return new Intl.DateTimeFormat("en-US", {
			timeZone: zone === "z" ? "UTC" : zone,
			calendar: "gregory",
			numberingSystem: "latn",
			hourCycle: "h23",
			era: "short",
			year: "numeric",
			month: "numeric",
			day: "numeric",
			hour: "numeric",
			minute: "numeric",
			second: "numeric"
		});
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw new InputError({
			...place,
			problem: "unknown time zone",
			found: zone,
			expected: "UTC, or a name such as Europe/Berlin"
		});
	}
}
/**
* The instant at which clocks of a zone show a local time.
* @param local the local time as if it were UTC, in milliseconds; the answer, too, is in milliseconds
*/
function instantOf(local, format) {
	const before = offsetAt(local - dayMilliseconds, format);
	const after = offsetAt(local + dayMilliseconds, format);
	const readings = [local - before, local - after].filter((instant) => instant + offsetAt(instant, format) === local);
	return readings.length === 0 ? local - before : Math.min(...readings);
}
function offsetAt(instant, format) {
	const parts = localParts(instant, format);
	return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(instant / 1e3) * 1e3;
}
function localParts(instant, format) {
	const shown = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
	const part = (type) => shown.get(type);
	const day = {
		year: part("year"),
		month: part("month"),
		day: part("day")
	};
	return {
		...day,
		hour: part("hour"),
		minute: part("minute"),
		second: part("second"),
		weekday: new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay()
	};
}
function notATime(text, place) {
	return new InputError({
		...place,
		problem: "not a time",
		found: text,
		expected: `such as ${examples}`
	});
}
// src/guidance/staged-course.ts
/**
* The course of a rollout that opens ring by ring: it grows at the pace of its plan, and stays at each ring with a
* threshold until that ring did well.
* @param offered what the update metadata says, or said when the rollout was stopped
* @param options.now UNIX seconds
* @param options.stopped when it was paused, UNIX seconds
*/
function stagedCourse(staged, offered, options) {
	const { after, steps, now, stopped } = options;
	const gates = [...options.gates].sort((one, other) => one.wariness - other.wariness);
	const plan = staged.rollout;
	const end = rolloutEnd(plan);
	const pace = paceOf(plan);
	const top = pace.perSecond > 0 ? 1 : pace.from;
	const start = Math.min(offered.start_epoch ?? 0, ...staged.passed.map(({ at }) => at));
	const known = new Course({
		at: start,
		share: firstStep(plan, {
			cap: gates[0]?.wariness ?? 1,
			steps
		}).start_percentage ?? 0
	});
	const passedAt = new Map(staged.passed.map(({ ring, at }) => [ring, at]));
	for (const { ring, wariness } of gates) {
		const at = passedAt.get(ring);
		if (at !== void 0) known.rise(wariness, pace, at).stay(at);
	}
	const closed = gates.filter(({ ring }) => !passedAt.has(ring));
	if (offered.duration_minutes !== void 0 && stopped === void 0) {
		known.rise(top, pace, end ?? now);
		return {
			known: known.points,
			earliest: []
		};
	}
	const until = stopped ?? now;
	const next = Math.min(closed[0]?.wariness ?? 1, rolloutProgress(plan, until));
	const latest = next > shareOf(offered) ? until : Math.min(until, Math.max(staged.at, start));
	known.rise(Math.max(next, shareOf(offered)), pace, latest).stay(until);
	if (stopped !== void 0) return {
		known: known.points,
		earliest: []
	};
	const reached = Math.max(staged.at, start, ...passedAt.values());
	const coming = new Course(known.last);
	for (const { wariness } of closed.filter((each) => each.wariness <= top)) {
		const isOpen = wariness <= shareOf(offered) && start <= now;
		coming.rise(wariness, pace).stay((isOpen ? reached : coming.last.at) + after);
	}
	if (closed.every(({ wariness }) => wariness <= top)) coming.rise(top, pace);
	return {
		known: start > now ? [] : known.points,
		earliest: coming.points
	};
}
/** When a course first has a share; undefined if it never does. */
function reachedBy(points, share) {
	const index = points.findIndex((point) => point.share >= share);
	const point = points[index];
	const before = points[index - 1];
	if (point === void 0 || before === void 0 || point.share === before.share) return point?.at;
	return before.at + (point.at - before.at) * (share - before.share) / (point.share - before.share);
}
/** A line that never goes back, neither in time nor in share. */
var Course = class {
	points;
	constructor(first) {
		this.points = [first];
	}
	get last() {
		return this.points.at(-1);
	}
	/** @param latest it has this share by then, whatever the pace: operators may move a plan */
	rise(share, { from, perSecond }, latest = Number.POSITIVE_INFINITY) {
		const { at, share: before } = this.last;
		if (share <= before) return this;
		const gained = Math.max(0, share - Math.max(before, from));
		if (from > before && share > from) this.points.push({
			at,
			share: from
		});
		const needed = perSecond > 0 ? at + gained / perSecond : at;
		this.points.push({
			at: Math.max(at, Math.min(needed, latest)),
			share
		});
		return this;
	}
	stay(until) {
		const { at, share } = this.last;
		if (until > at) this.points.push({
			at: until,
			share
		});
		return this;
	}
};
function paceOf(plan) {
	const end = rolloutEnd(plan);
	const from = shareOf(plan);
	return {
		from,
		perSecond: end === void 0 ? 0 : (1 - from) / (end - (plan.start_epoch ?? 0))
	};
}
function shareOf({ start_percentage: share = 0 }) {
	return share;
}
// src/guidance/adoption-share.ts
const daySeconds = 86400;
/**
* The share of the nodes seen in the last days that run a release, or a newer one. Nodes on images that the fleet
* does not know count as nodes that do not run it.
* @param options.versions all releases of the fleet, in the order of its release index
* @param options.days whole days, at least 1
* @param options.now UNIX seconds
*/
function adoptionShare(observed, version, options) {
	const { versions, days, now } = options;
	if (observed === void 0) return {
		state: "unknown",
		why: "none"
	};
	const { observedAt } = observed;
	if (Math.min(observedAt, observed.lastRequest ?? observedAt) < now - days * daySeconds) return {
		state: "unknown",
		why: "old",
		observedAt
	};
	if (observed.window.until - observed.window.from < days * daySeconds) return {
		state: "unknown",
		why: "short",
		observedAt
	};
	const isThere = newerThan(versions, version);
	let nodes = 0;
	let of = 0;
	for (const release of observed.releases) {
		const seen = sum(release.lastSeen.slice(0, days));
		of += seen;
		if (isThere(release.version)) nodes += seen;
	}
	if (of === 0) return {
		state: "unknown",
		why: "no nodes",
		observedAt
	};
	const isEstimate = observed.method === "sample";
	return {
		state: "known",
		share: nodes / of,
		nodes,
		of,
		observedAt,
		isEstimate
	};
}
/** The same for the nodes of one ring, over the whole window; undefined if it has no nodes. */
function ringShare({ releases, nodes }, version, versions) {
	if (nodes === 0) return void 0;
	const isThere = newerThan(versions, version);
	return sum(Object.entries(releases).map(([each, count]) => isThere(each) ? count : 0)) / nodes;
}
/**
* The observed curve of a release beside the planned one, oldest point first; empty if the release has no curve.
* @param rollout of that release; undefined if it has none
*/
function adoptionCurve(observed, version, rollout) {
	const { start, step, releases } = observed.curves;
	const counts = releases[version];
	if (counts === void 0 || observed.nodes === 0) return [];
	return counts.map((count, index) => {
		const at = start + index * step;
		return {
			at,
			planned: rollout === void 0 ? void 0 : plannedShare(observed.rings, rollout, at),
			observed: Math.min(1, count / observed.nodes)
		};
	});
}
/**
* The share of the observed nodes to which a rollout offers its release at a moment: nodes of a ring get it at the same
* time, all others one after the other. Nodes whose wariness is not known count as evenly spread.
* @param now UNIX seconds
*/
function plannedShare(rings, rollout, now) {
	const progress = rolloutProgress(rollout, now);
	const all = sum(rings.map(({ nodes }) => nodes));
	if (all === 0) return progress;
	return sum(rings.map(({ wariness = [0, 1], nodes }) => nodes * offeredShare(wariness, progress))) / all;
}
/** Also before the start, where progress is 0, nodes of wariness 0 are offered the release, as upstream does it. */
function offeredShare([from, to], progress) {
	if (progress >= to) return 1;
	return to > from ? Math.max(0, (progress - from) / (to - from)) : 0;
}
/** Tells whether a release is this one or a newer one of the fleet. */
function newerThan(versions, version) {
	const age = versions.indexOf(version);
	const there = new Set(age < 0 ? [] : versions.slice(age));
	return (other) => other !== "other" && there.has(other);
}
function sum(numbers) {
	return numbers.reduce((total, number) => total + number, 0);
}
// src/guidance/choose.ts
/**
* Zincati's choice (find_update in src/cincinnati/mod.rs): it looks for the first node with exactly its own payload,
* and takes the newest of the targets it has an edge to, by age_index; a target that is not newer is refused
* (allow_downgrade is off by default).
* @param graph already throttled for this client
* @param booted `payload` as the node knows its image; `version` is for people
*/
function considerUpdate(graph, booted) {
	const from = graph.nodes.findIndex((node) => "payload" in booted ? node.payload === booted.payload : node.version === booted.version);
	const current = graph.nodes[from];
	if (current === void 0) return { kind: "unknown" };
	const target = graph.edges.filter(([source]) => source === from).map(([, to]) => graph.nodes[to]).filter((node) => node !== void 0).sort(newestFirst)[0];
	if (target !== void 0 && ageOf(target) > ageOf(current)) return {
		kind: "update",
		target
	};
	if (current.metadata[nodeKeys.deadend] === "true") return {
		kind: "dead-end",
		reason: current.metadata[nodeKeys.deadendReason] ?? "generic"
	};
	return { kind: "none" };
}
/** The release that a node with this payload is offered, or undefined. @param graph throttled for the node */
function chooseUpdate(graph, payload) {
	return targetOf(considerUpdate(graph, { payload }));
}
function targetOf(choice) {
	return choice.kind === "update" ? choice.target : void 0;
}
function ageOf(node) {
	return Number(node.metadata[nodeKeys.ageIndex]);
}
/** Sorts by age, then version, then payload, as Zincati does. */
function newestFirst(one, other) {
	return ageOf(other) - ageOf(one) || compareTexts(other.version, one.version) || compareTexts(other.payload, one.payload);
}
function compareTexts(one, other) {
	return one < other ? -1 : Number(one > other);
}
// src/guidance/ring-success.ts
/** Older counts say nothing about now. */
const freshSeconds = 86400;
/** The clock of the machine that counted may be ahead by so many seconds. */
const clockSkew = 300;
/**
* Judges whether a ring has done well with a release. Nothing counted, counted before the ring had its time, too few
* nodes and a count from the future are all unknown.
* @param about.since when the ring was offered the release, UNIX seconds
* @param about.versions all releases of the fleet, the oldest first
* @param about.now UNIX seconds
*/
function judgeRing(observed, threshold, about) {
	const { ring, version, versions, since, now } = about;
	const unknown = (note) => ({
		is: "unknown",
		note: `${ring}: ${note}`
	});
	const due = since + threshold.after;
	if (now < due) return {
		is: "waiting",
		note: `${ring}: offered since ${formatTime(since)}, judged after ${formatDuration(threshold.after)}, on ${formatTime(due)}`
	};
	if (observed === void 0) return unknown("nobody counted its nodes: coxswain observe --record");
	const newest = Math.min(observed.observedAt, observed.lastRequest ?? 0);
	if (newest > now + clockSkew) return unknown(`the recorded adoption is from the future (${formatTime(newest)})`);
	if (newest < Math.max(due, now - freshSeconds)) {
		const last = newest === 0 ? "without a request" : `with ${formatTime(newest)}`;
		return unknown(newest < due ? `the recorded adoption ends ${last}, before the ring had its time (${formatTime(due)})` : `the recorded adoption ends ${last}, which is too old`);
	}
	const found = observed.rings.find((each) => each.ring === ring);
	const seen = found?.nodes ?? 0;
	const share = found === void 0 ? void 0 : ringShare(found, version, versions);
	if (share === void 0 || seen < threshold.nodes) return unknown(`${nodesOf(seen)} seen, ${threshold.nodes} needed`);
	const note = `${ring}: ${formatPercent(share)} of ${nodesOf(seen)} run it or a newer release, ${formatPercent(threshold.share)} needed; counted on ${formatTime(observed.observedAt)}`;
	return {
		is: share >= threshold.share - 1e-9 ? "well" : "waiting",
		note
	};
}
function nodesOf(number) {
	return `${number} ${number === 1 ? "node" : "nodes"}`;
}
// src/guidance/wariness.ts
const mask = (1n << 64n) - 1n;
/**
* The wariness that upstream's policy engine gives a node that sends none: a hash of its node_uuid, spread evenly
* over 0 to 1 (compute_wariness in fcos-policy-engine). It depends on nothing else, so in every rollout the same
* nodes are first and the same nodes are last.
* @param nodeUuid as Zincati sends it: 32 lower-case hex digits; the empty text for none
*/
function warinessOf(nodeUuid) {
	const hash = sipHash13(new Uint8Array([...new TextEncoder().encode(nodeUuid), 255]));
	return Math.min(1, Math.max(1e-6, Number(hash) / 2 ** 64));
}
/** SipHash with 1 round a block, 3 at the end, and a key of zeros (https://www.aumasson.jp/siphash/siphash.pdf). */
function sipHash13(bytes) {
	let v0 = 8317987319222330741n;
	let v1 = 7237128888997146477n;
	let v2 = 7816392313619706465n;
	let v3 = 8387220255154660723n;
	const wholeBlocks = Math.floor(bytes.length / 8);
	for (let block = 0; block < wholeBlocks; block += 1) absorb(word(block * 8, 8));
	absorb(word(wholeBlocks * 8, bytes.length % 8) | BigInt(bytes.length & 255) << 56n);
	v2 ^= 255n;
	for (let each = 0; each < 3; each += 1) round();
	return v0 ^ v1 ^ v2 ^ v3;
	function absorb(block) {
		v3 ^= block;
		round();
		v0 ^= block;
	}
	function round() {
		v0 = v0 + v1 & mask;
		v1 = rotateLeft(v1, 13n) ^ v0;
		v0 = rotateLeft(v0, 32n);
		v2 = v2 + v3 & mask;
		v3 = rotateLeft(v3, 16n) ^ v2;
		v0 = v0 + v3 & mask;
		v3 = rotateLeft(v3, 21n) ^ v0;
		v2 = v2 + v1 & mask;
		v1 = rotateLeft(v1, 17n) ^ v2;
		v2 = rotateLeft(v2, 32n);
	}
	function word(offset, length) {
		let value = 0n;
		for (let index = length - 1; index >= 0; index -= 1) value = value << 8n | BigInt(bytes[offset + index]);
		return value;
	}
}
function rotateLeft(value, by) {
	return (value << by | value >> 64n - by) & mask;
}
export { parseGraph as $, parseReleaseIndex as A, formatUpdateMetadata as B, rolloutProgress as C, formatReleaseIndex as D, emptyReleaseIndex as E, noOperations as F, updateEntry as G, parseGraphUpdates as H, operationsSchema as I, otherRelease as J, updateMetadata as K, parseOperations as L, formatOperations as M, holdAt as N, nullableReleaseFields as O, nextHoldEnd as P, formatPublishedGraph as Q, addUpdate as R, rolloutPhase as S, addRelease as T, parseUpdateMetadata as U, nullableEntryFields as V, tidy as W, buildGraph as X, parseAdoption as Y, formatGraph as Z, strandedByTidying as _, adoptionCurve as a, withoutNulls as at, nextOpening as b, stagedCourse as c, aliasesOf as ct, reachedAt as d, goArchitecture as dt, nodeKeys as et, shareAt as f, hostArchitecture as ft, strandedBy as g, listStranded as h, considerUpdate as i, someText as it, releaseIndex as j, parseGraphReleases as k, parseWhen as l, architectureOfGo as lt, findStranded as m, judgeRing as n, openObject as nt, adoptionShare as o, readJson as ot, architecturesOf as p, formatAdoption as q, chooseUpdate as r, readDocument as rt, reachedBy as s, addAliases as st, warinessOf as t, findProblems as tt, firstStep as u, architectures as ut, rolloutOf as v, resumedRollout as w, rolloutEnd as x, throttleGraph as y, emptyUpdateMetadata as z };
