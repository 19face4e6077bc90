import { o as __toESM } from "./rolldown-runtime.mjs";
import { A as messageOf, C as formatDuration, D as InputError, E as parseTime, T as parseDuration, j as quote, w as formatTime } from "./host.mjs";
import { d as object, f as record, h as tuple, i as boolean, l as looseObject, m as string, r as array, s as int, u as number } from "./zod.mjs";
import { s as nearest } from "./config.mjs";
import { t as require_lib } from "./handlebars.mjs";
import { isDeepStrictEqual } from "node:util";
// src/updates/json.ts
const maximumDepth = 200;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const plainCharacters = /[^"\\\p{Cc}]+|[\u007f-\u009f]+/uy;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/**
* Reads JSON strictly. JSON.parse gives the value; a scan before it finds what JSON.parse does not tell:
* line and column of a mistake, and keys that occur twice (serde refuses those, JSON.parse keeps the last
* one: a botched merge of two `rollout` objects would go unseen).
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
// src/updates/document.ts
const issueNotes = object({
	problem: string().optional(),
	remedy: string().optional()
});
/**
* Reads a JSON document by a schema. The answer is the parsed JSON itself, not the schema's copy of it: fields
* that the schema does not know, and the order of keys, survive. Where upstream's serde takes null for "absent"
* (the fields in `nullable`), null is dropped.
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
* @param placeOf says where the value at a path stands; without it only the field is named
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
	const problem = notes.data?.problem ?? (found === void 0 ? "missing" : "not what belongs here");
	return {
		...placeOf === void 0 ? {} : { where: placeOf(issue.path) },
		...issue.path.length === 0 ? {} : { field: fieldPath(issue.path) },
		problem,
		...found === void 0 ? {} : { found },
		expected: issue.message,
		...notes.data?.remedy === void 0 ? {} : { remedy: notes.data.remedy }
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
/** An object of which only these fields are looked at. */
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
/** A value without the fields, among those named, that are null. */
function withoutNulls(value, keys) {
	if (Array.isArray(value)) return value.map((each) => withoutNulls(each, keys));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).filter(([key, each]) => each !== null || !keys.has(key)).map(([key, each]) => [key, withoutNulls(each, keys)]));
}
// src/updates/metadata.ts
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
const reason = openObject("an object {\"reason\": \"…\"}", { reason: string({ error: "a text, best the URL of an explanation" }) });
/** One entry of updates.json; unknown fields pass. */
const updateEntry = openObject("an entry: {version, metadata}", {
	version: someText("a version, such as \"44.20260707.3.1\""),
	metadata: openObject("an object with rollout, barrier or deadend", {
		rollout: openObject("an object {start_epoch, start_percentage, duration_minutes}", {
			start_epoch: startEpoch.optional(),
			start_percentage: startPercentage.optional(),
			duration_minutes: durationMinutes.optional()
		}).optional(),
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
* As upstream's rollout.py writes it: indent of two spaces, final newline, and `1.0` where JSON.stringify says
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
* Tidies, then appends an entry, as `rollout.py add` does. The very same entry again gives the same object back.
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
* Removes what no longer matters, exactly as clean() in upstream's rollout.py: a rollout that has run out
* becomes `{"start_percentage": 1}`; of the completed ones only the last in the list keeps its rollout;
* entries that say nothing go. The same object comes back when there was nothing to do.
*
* No node's offer changes by it, with two exceptions, upstream's too: an architecture that the last completed release
* has no image for loses its target, and nodes before a barrier that is itself still rolling out lose a completed
* release before that barrier.
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
// src/updates/operations.ts
const moment = int({ error: "UNIX seconds, a whole number" }).nonnegative({ error: "UNIX seconds, 0 or more" }).max(1e11, { error: "UNIX seconds (not milliseconds)" });
const statement = {
	reason: someText("a text that says why"),
	by: someText("who did it"),
	at: moment
};
const version = someText("a version, such as \"44.20260707.3.1-3f9a1c02\"");
const operations = openObject("an object {paused, hold, stops, urgent, withdrawn}", {
	paused: array(openObject("a paused rollout", {
		version,
		entry: updateEntry,
		since: moment,
		progress: number({ error: "a fraction from 0 to 1" }).min(0, { error: "a fraction from 0 to 1" }).max(1, { error: "a fraction from 0 to 1" }),
		...statement,
		until: moment.optional(),
		held: boolean({ error: "true or false" }).optional()
	}), { error: "the list of paused rollouts" }).optional(),
	hold: openObject("an object {reason, by, at, until}", {
		...statement,
		until: moment.optional()
	}).optional(),
	stops: array(openObject("a hold set elsewhere", {
		...statement,
		until: moment.optional(),
		source: someText("where it was set")
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
	}), { error: "the list of withdrawn releases" }).optional()
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
/** undefined where there is nothing to say: then there is no file. */
function formatOperations(said) {
	const worth = Object.entries(said).filter(([, value]) => value !== void 0 && !(Array.isArray(value) && value.length === 0));
	return worth.length === 0 ? void 0 : `${JSON.stringify(Object.fromEntries(worth), null, 2)}\n`;
}
/** The hold that is in force, if any. @param now UNIX seconds */
function holdAt(said, now) {
	return [...said.hold === void 0 ? [] : [said.hold], ...said.stops ?? []].find((hold) => (hold.until ?? Number.POSITIVE_INFINITY) > now);
}
/** UNIX seconds at which the next hold ends by itself; undefined where none will. */
function nextHoldEnd(said, now) {
	const ends = [said.hold?.until, ...(said.stops ?? []).map(({ until }) => until)].filter((until) => until !== void 0).filter((until) => until > now);
	return ends.length === 0 ? void 0 : Math.min(...ends);
}
/** The schema, for those who want every problem of a file. */
const operationsSchema = operations;
// src/updates/releases.ts
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
* Reads only what the graph depends on: upstream's graph builder looks at nothing but `releases` either.
* As strict as parseReleaseIndex about that part.
*/
function parseGraphReleases(text, where) {
	return readDocument(graphReleases, text, {
		where,
		nullable: nullableReleaseFields
	});
}
/** As upstream writes it: indent of two spaces, final newline. */
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
* Appends a release. Nothing is ever changed or moved: positions are ages, and nodes look for themselves in them.
* The very same release again gives the same object back.
* @param now UNIX seconds, for `last-modified`
* @throws InputError when the version is there with other content, or an image is another release's already
*   (Zincati takes the first node with its payload, so it would believe to run that one)
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
			remedy: "A version names one build for ever: a new build needs a new version."
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
// src/updates/node-keys.ts
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
// src/updates/graph.ts
/**
* The graph that fcos-cincinnati's graph builder makes of these inputs (Graph::from_metadata in
* commons/src/graph.rs at 95388bdf), before throttling. Quirks are upstream's and named where they are.
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
/** The graph as it is served: indent of two spaces, final newline. */
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
		params: { problem: "this edge ends at a node that is not there" }
	});
});
/**
* Reads a served graph, as demanding as Zincati: one node without version, payload, scheme or age spoils it all.
* @throws InputError with line, column and field
*/
function parseGraph(text, where) {
	return readDocument(servedGraph, text, { where });
}
/** Upstream takes the last match where an architecture occurs twice, and empty texts for absent. */
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
/** Positions in `nodes`, not ages, decide: a barrier that has no image for this architecture gates nobody. */
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
// src/updates/progress.ts
/**
* How far a rollout is: 0 to 1, upstream's throttle value (policy::throttle_rollouts). A node is offered the release
* when its wariness is not above it.
*
* Upstream's rules: 0 before the start; 1 after the end; a straight line between; without a duration it stays at
* start_percentage. An explicit duration of 0 counts as one minute (the specification says "no progress").
* The order of the operations is upstream's, too: at the end second rounding decides who is let in.
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
// src/updates/throttle.ts
/**
* The graph that upstream's policy engine gives a client of this wariness at this time: edges to releases whose
* rollout is not that far are gone. Nodes all stay: a node must find itself.
*
* Wariness 0 is above no progress, so it is offered a rollout even before its start: upstream's quirk, and how its
* release engineers look at a rollout that is yet to begin. Canaries that shall wait for the start take 0.001.
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
/** The rollout that a node's metadata describes, if any; what does not parse counts as absent, as upstream. */
function rolloutOf(node) {
	if (node.metadata[nodeKeys.rollout] === void 0) return void 0;
	const startEpoch = wholeNumber(node.metadata[nodeKeys.startEpoch], /^[+-]?\d+$/);
	const startValue = Number(node.metadata[nodeKeys.startValue] ?? "NaN");
	const duration = wholeNumber(node.metadata[nodeKeys.durationMinutes], /^\+?\d+$/);
	return {
		...startEpoch === void 0 ? {} : { start_epoch: startEpoch },
		...Number.isNaN(startValue) ? {} : { start_percentage: startValue },
		...duration === void 0 ? {} : { duration_minutes: duration }
	};
}
function wholeNumber(text, pattern) {
	return text !== void 0 && pattern.test(text) ? Number(text) : void 0;
}
// src/updates/when.ts
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
		readDate(words, text, place);
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
	if (date !== null) return resolve(readDate(date[0], text, place));
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
/** Reads YYYY-MM-DD at the start of a text. Date would take 31 February for 3 March. */
function readDate(words, text, place) {
	const [year = 0, month = 0, day = 0] = words.slice(0, 10).split("-").map(Number);
	const there = new Date(Date.UTC(year, month - 1, day));
	if (there.getUTCMonth() !== month - 1 || there.getUTCDate() !== day) throw new InputError({
		...place,
		problem: "there is no such day",
		found: text
	});
	return {
		year,
		month,
		day
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
// src/updates/choose.ts
/**
* Zincati's choice (find_update in src/cincinnati/mod.rs): it looks for the first node that carries its own payload,
* letter by letter, and takes the newest of the targets it has an edge to, by age_index; a target that is not newer
* is refused (allow_downgrade is off by default).
* @param graph already throttled for this client
* @param booted `payload` as the node knows its image; `version` is for people, to whom versions say more
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
/** By age, then version, then payload: as Zincati orders nodes. */
function newestFirst(one, other) {
	return ageOf(other) - ageOf(one) || compareTexts(other.version, one.version) || compareTexts(other.payload, one.payload);
}
function compareTexts(one, other) {
	return one < other ? -1 : Number(one > other);
}
// src/updates/alias.ts
/** The indexes of releases for several architectures. */
function aliasesOf(index) {
	return Object.fromEntries(index.releases.flatMap(({ version, "oci-index": payload }) => payload === void 0 || payload === "" ? [] : [[version, payload]]));
}
/**
* Adds entries for nodes that report another digest than the one the graph gives their release: a node that was
* installed by a tag of an image for several architectures may report the digest of its index, and Zincati looks
* itself up by exact text (zincati src/cincinnati/mod.rs). An alias stands behind its release, has the same age and
* the same ways out, and no way in: nobody is sent to it.
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
// src/updates/pause.ts
/**
* A rollout that stood still for a while and goes on: the very same line, moved to the right by the time that it stood
* still. Progress goes on at the value it had (to the last bit: the numbers that it is computed from are the same),
* at the same pace, and the rollout ends after the time that was left.
*
* One that had not begun keeps its start, or starts now where that has passed.
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
// src/updates/ways.ts
/** Architectures that any release has an image for, sorted. */
function architecturesOf({ releases }) {
	const found = releases.releases.flatMap((release) => (release["oci-images"] ?? []).map((each) => each.architecture));
	return [...new Set(found)].sort();
}
/** Longer than any rollout takes. */
const inTheEnd = Number.MAX_SAFE_INTEGER;
/** As Zincati walks: at each step the newest target, whatever lies behind it. */
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
* Releases from which the newest release that is offered to everybody in the end cannot be reached, although they are
* older than it and no dead-ends themselves.
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
				why: deadends[end] ? "dead-end" : "no way"
			}];
		});
	});
}
/**
* Releases that a change of the guidance leaves without a way forward: they had one, and have none now, or one into a
* dead-end, although there is a newer release that is neither retired nor a dead-end.
* @param options.retired versions that nobody is to be offered any more
* @param options.now UNIX seconds; by default it is judged how things are once every rollout has come as far as it
*   ever will
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
				why: stuck ? "dead-end" : "no way"
			}];
		});
	});
}
/**
* Releases that tidying leaves without a way forward. There are two cases, upstream's too: the completed rollout that is
* kept has no image for an architecture; or it lies behind a barrier that is itself still rolling out, and nodes before
* that have to wait.
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
// src/updates/lint-finding.ts
/** A problem that a schema or parser found, as an error. */
function findingOf(rule, problem, file) {
	const facts = [problem.found === void 0 ? void 0 : `found ${quote(problem.found)}`, problem.expected === void 0 ? void 0 : `expected ${problem.expected}`].filter((fact) => fact !== void 0);
	const field = problem.field === void 0 ? "" : `${problem.field}: `;
	return {
		severity: "error",
		rule,
		where: problem.where ?? file,
		message: `${field}${[problem.problem, ...facts].join(", ")}`,
		...problem.remedy === void 0 ? {} : { remedy: problem.remedy }
	};
}
/** Runs a parser; what it refuses becomes a finding. */
function tryTo(rule, file, work) {
	try {
		return {
			value: work(),
			findings: []
		};
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return { findings: [findingOf(rule, error.details, file)] };
	}
}
// src/updates/lint-documents.ts
/** Reads the files of a fleet, with every problem of each. */
function readSources(texts) {
	const releases = readSource(texts.releases, releaseIndex, nullableReleaseFields);
	const updates = readSource(texts.updates, updateMetadata, nullableEntryFields);
	const operations = readSource(texts.operations, operationsSchema, /* @__PURE__ */ new Set());
	return {
		sources: {
			...releases.source === void 0 ? {} : { releases: releases.source },
			...updates.source === void 0 ? {} : { updates: updates.source },
			...operations.source === void 0 ? {} : { operations: operations.source }
		},
		findings: [
			...releases.findings,
			...updates.findings,
			...operations.findings
		]
	};
}
function readSource(source, schema, nullable) {
	if (source === void 0) return { findings: [] };
	const { file, text } = source;
	const read = tryTo("json", file, () => readJson(text, file));
	if (read.value === void 0) return { findings: read.findings };
	const { placeOf } = read.value;
	const value = withoutNulls(read.value.value, nullable);
	const problems = findProblems(schema, value, placeOf);
	if (problems.length > 0) return { findings: problems.map((each) => findingOf("format", each, file)) };
	return {
		source: {
			value,
			placeOf
		},
		findings: []
	};
}
// src/updates/lint-entries.ts
/** What each entry says by itself, and of the releases it is about. */
function* lintEntries({ releases, updates, operations }) {
	if (updates === void 0) return;
	const versions = releases?.value.releases.map(({ version }) => version) ?? [];
	const first = /* @__PURE__ */ new Map();
	for (const [index, { version, metadata }] of updates.value.releases.entries()) {
		const at = (...path) => updates.placeOf([
			"releases",
			index,
			...path
		]);
		if (releases !== void 0 && !versions.includes(version)) {
			const meant = nearest(version, versions);
			const what = metadata.barrier !== void 0 ? "barrier" : metadata.deadend !== void 0 ? "dead-end" : "rollout";
			yield {
				severity: "error",
				rule: "unknown-release",
				where: at("version"),
				message: `no release ${version}: this ${what} has no effect`,
				remedy: meant === void 0 ? "A version is released by start-rollout." : `Did you mean ${meant}?`
			};
		}
		const earlier = first.get(version);
		if (earlier !== void 0) yield {
			severity: "error",
			rule: "second-entry",
			where: at("version"),
			message: `releases[${earlier}] is about ${version} already; upstream's tools read the two as one, and refuse to write that`,
			remedy: "Make one entry of them."
		};
		first.set(version, earlier ?? index);
		yield* lintMarks(version, metadata, at);
		yield* lintRollout(metadata, at);
		const withdrawn = operations?.value.withdrawn?.find((each) => each.version === version);
		const isTarget = metadata.rollout !== void 0 || metadata.barrier !== void 0;
		if (withdrawn !== void 0 && isTarget) yield {
			severity: "warning",
			rule: "offered-although-withdrawn",
			where: at(),
			message: `${version} was withdrawn by ${withdrawn.by} (${withdrawn.reason}), and is offered by this entry`,
			remedy: "Take the entry out, or the release out of \"withdrawn\" in operations.json."
		};
		const paused = operations?.value.paused?.find((each) => each.version === version);
		if (paused !== void 0 && isTarget) yield {
			severity: "warning",
			rule: "offered-although-paused",
			where: at(),
			message: `${version} is paused by ${paused.by} (${paused.reason}), and is offered by this entry`,
			remedy: "Use edit-updates --action resume, or take it out of \"paused\" in operations.json."
		};
	}
	for (const list of ["paused", "withdrawn"]) for (const [index, { version }] of (operations?.value[list] ?? []).entries()) {
		if (releases === void 0 || versions.includes(version)) continue;
		const meant = nearest(version, versions);
		yield {
			severity: "error",
			rule: "unknown-release",
			where: operations?.placeOf([
				list,
				index,
				"version"
			]) ?? "",
			message: `no release ${version}`,
			...meant === void 0 ? {} : { remedy: `Did you mean ${meant}?` }
		};
	}
}
function* lintMarks(version, { rollout, barrier, deadend }, at) {
	if (barrier !== void 0 && deadend !== void 0) yield {
		severity: "error",
		rule: "barrier-and-deadend",
		where: at("metadata", "deadend"),
		message: `${version} is a barrier and a dead-end: older nodes have to go there, and get no further`,
		remedy: "Keep one of the two."
	};
	if (deadend !== void 0 && deadend.reason.trim() === "") yield {
		severity: "error",
		rule: "no-reason",
		where: at("metadata", "deadend", "reason"),
		message: `the dead-end ${version} has no reason, and its nodes show it to whoever logs in`,
		remedy: "Say why, best by the URL of an explanation."
	};
	if (barrier !== void 0 && barrier.reason.trim() === "") yield {
		severity: "warning",
		rule: "no-reason",
		where: at("metadata", "barrier", "reason"),
		message: `the barrier ${version} has no reason`
	};
	if (deadend !== void 0 && rollout !== void 0) yield {
		severity: "warning",
		rule: "offered-deadend",
		where: at("metadata", "rollout"),
		message: `${version} is a dead-end and still offered: nodes that take it get no further update`
	};
	if ([
		rollout,
		barrier,
		deadend
	].every((part) => part === void 0)) yield {
		severity: "warning",
		rule: "empty-entry",
		where: at("metadata"),
		message: `nothing is said about ${version} here: the entry has no effect`,
		remedy: "rollout, barrier and deadend are the fields that upstream reads."
	};
}
const rolloutFields$1 = /* @__PURE__ */ new Set([
	"start_epoch",
	"start_percentage",
	"duration_minutes"
]);
const metadataFields = /* @__PURE__ */ new Set([
	"rollout",
	"barrier",
	"deadend"
]);
function* lintRollout(metadata, at) {
	for (const key of Object.keys(metadata).filter((each) => !metadataFields.has(each))) yield unknownField(key, metadataFields, at("metadata", key));
	const { rollout } = metadata;
	if (rollout === void 0) return;
	for (const key of Object.keys(rollout).filter((each) => !rolloutFields$1.has(each))) yield unknownField(key, rolloutFields$1, at("metadata", "rollout", key));
	if (rollout.duration_minutes === 0) yield {
		severity: "warning",
		rule: "no-duration",
		where: at("metadata", "rollout", "duration_minutes"),
		message: "the specification reads 0 as \"no progress\", but the graph as one minute: every node is offered it"
	};
	if (rollout.duration_minutes === void 0 && (rollout.start_percentage ?? 0) < 1) yield {
		severity: "warning",
		rule: "no-duration",
		where: at("metadata", "rollout"),
		message: `without a duration the rollout stays at ${Number(((rollout.start_percentage ?? 0) * 100).toFixed(1))} % for ever`
	};
}
function unknownField(key, known, where) {
	const meant = nearest(key, [...known]);
	return {
		severity: "warning",
		rule: "unknown-field",
		where,
		message: `upstream does not know the field ${key}: it has no effect`,
		...meant === void 0 ? {} : { remedy: `Did you mean ${meant}?` }
	};
}
// src/updates/lint-history.ts
/** Releases are only ever added, at the end: nodes look for themselves in that list, and ages are positions. */
function* lintHistory({ releases, updates }, before) {
	const old = before.releases?.value.releases ?? [];
	if (releases !== void 0) {
		const list = releases.value.releases;
		let expected = 0;
		for (const [position, release] of old.entries()) {
			const at = list.findIndex(({ version }) => version === release.version);
			if (at < 0) {
				yield {
					severity: "error",
					rule: "release-removed",
					where: releases.placeOf(["releases", Math.min(position, list.length - 1)]),
					message: `release ${release.version} is gone: nodes on it would not find themselves any more, and never update again`,
					remedy: "Put it back where it was. To offer it to nobody, withdraw it."
				};
				continue;
			}
			if (at < expected) yield {
				severity: "error",
				rule: "release-reordered",
				where: releases.placeOf(["releases", at]),
				message: `release ${release.version} stands at position ${at}, before what it stood behind: ages are positions`,
				remedy: "Releases stay where they are; new ones come at the end."
			};
			else expected = at + 1;
			if (!isDeepStrictEqual(list[at], release)) yield {
				severity: "error",
				rule: "release-rewritten",
				where: releases.placeOf(["releases", at]),
				message: `release ${release.version} has other content than before`,
				remedy: "A version names one build for ever: a new build is a new release."
			};
		}
		const known = new Set(old.map(({ version }) => version));
		const last = list.findLastIndex(({ version }) => known.has(version));
		for (const [at, { version }] of list.entries()) {
			if (known.has(version) || at > last) continue;
			yield {
				severity: "error",
				rule: "release-reordered",
				where: releases.placeOf(["releases", at]),
				message: `release ${version} is new, and stands before older ones`,
				remedy: "New releases come at the end."
			};
		}
	}
	for (const { version, metadata } of before.updates?.value.releases ?? []) {
		if (metadata.barrier === void 0 || updates === void 0) continue;
		if (updates.value.releases.filter((entry) => entry.version === version).some((entry) => entry.metadata.barrier !== void 0)) continue;
		yield {
			severity: "warning",
			rule: "barrier-removed",
			where: updates.placeOf(["releases"]),
			message: `${version} is no barrier any more (${metadata.barrier.reason}): older nodes go around it`
		};
	}
}
// src/updates/lint-time.ts
/** When rollouts start, how far they jump, and whether they overlap: of those that were changed. */
function* lintTimes({ updates }, before, options) {
	if (updates === void 0) return;
	const { now, timeZone } = options;
	const open = [];
	for (const [index, { version, metadata }] of updates.value.releases.entries()) {
		const { rollout } = metadata;
		if (rollout === void 0) continue;
		const where = updates.placeOf([
			"releases",
			index,
			"metadata",
			"rollout",
			"start_epoch"
		]);
		const was = rolloutIn(before, version);
		const changed = !isDeepStrictEqual(was, rollout);
		const start = rollout.start_epoch ?? 0;
		const end = rolloutEnd(rollout);
		if (rolloutPhase(rollout, now) !== "complete" && end !== void 0) open.push({
			version,
			start,
			end,
			where,
			changed
		});
		if (!changed) continue;
		const paused = before.operations?.value.paused?.find((each) => each.version === version);
		yield* lintJump({
			version,
			rollout,
			reached: paused?.progress ?? (was === void 0 ? 0 : rolloutProgress(was, now)),
			wasOpen: was !== void 0 || paused !== void 0,
			now,
			where
		});
		if (start > 0 && paused === void 0 && start >= now && isWeekend(start, timeZone)) yield {
			severity: "warning",
			rule: "weekend",
			where,
			message: `the rollout of ${version} starts on a ${weekdayOf(start, timeZone)} (${formatTime(start)}; in ${timeZone})`,
			remedy: "Nobody may be there when it goes wrong. Upstream starts on Tuesdays, 14:00 UTC."
		};
	}
	for (const [index, one] of open.entries()) for (const other of open.slice(index + 1)) {
		if (!(one.changed || other.changed) || one.start >= other.end || other.start >= one.end) continue;
		yield {
			severity: "warning",
			rule: "overlap",
			where: other.changed ? other.where : one.where,
			message: `the rollouts of ${one.version} and ${other.version} overlap from ${formatTime(Math.max(one.start, other.start))} to ${formatTime(Math.min(one.end, other.end))}`,
			remedy: "Nodes that are early take both, one after the other. Pause or withdraw the older one where that is not meant."
		};
	}
}
function* lintJump(options) {
	const { version, rollout, reached, wasOpen, now, where } = options;
	const start = rollout.start_epoch ?? 0;
	const share = rolloutProgress(rollout, now);
	const percent = (value) => `${Number((value * 100).toFixed(1))} %`;
	if (!(rollout.start_epoch === void 0 && rollout.duration_minutes === void 0) && start < now && share > reached + .001) yield {
		severity: "warning",
		rule: "start-in-the-past",
		where,
		message: `the start of ${version} (${formatTime(start)}) is ${formatDuration(now - start)} ago: ${percent(share)} of the nodes are offered it at once, up from ${percent(reached)}`
	};
	if (wasOpen && share < reached - .001) yield {
		severity: "warning",
		rule: "goes-back",
		where,
		message: `${version} was offered to ${percent(reached)} of the nodes, and is to be offered to ${percent(share)}: those that took it stay on it`
	};
}
function rolloutIn({ updates }, version) {
	return updates?.value.releases.findLast((entry) => entry.version === version && entry.metadata.rollout !== void 0)?.metadata.rollout;
}
function weekdayOf(seconds, timeZone) {
	return new Intl.DateTimeFormat("en-US", {
		timeZone,
		weekday: "long"
	}).format(seconds * 1e3);
}
function isWeekend(seconds, timeZone) {
	return ["Saturday", "Sunday"].includes(weekdayOf(seconds, timeZone));
}
// src/updates/lint-ways.ts
/** Whether nodes on every release get to where they should, on every architecture. */
function* lintWays(after, before, now) {
	const { releases, updates, operations } = after;
	if (releases === void 0 || updates === void 0) return;
	const guidance = {
		releases: releases.value,
		updates: updates.value
	};
	const takenBack = (before.updates?.value.releases ?? []).filter((entry) => isTarget(entry) && !updates.value.releases.some((each) => each.version === entry.version && isTarget(each)));
	const retired = new Set([
		...takenBack,
		...operations?.value.withdrawn ?? [],
		...operations?.value.paused ?? []
	].map(({ version }) => version));
	/** The entry about a version, else the list of entries. */
	const placeOf = (version) => {
		const index = updates.value.releases.findLastIndex((entry) => entry.version === version);
		return updates.placeOf(index < 0 ? ["releases"] : ["releases", index]);
	};
	const known = /* @__PURE__ */ new Set();
	for (const group of byEnd(findStranded(guidance))) {
		const [first] = group;
		for (const each of group) known.add(`${each.version} ${each.architecture}`);
		yield {
			severity: "error",
			rule: "stranded",
			where: placeOf(first.why === "dead-end" ? first.end : first.goal),
			message: first.why === "dead-end" ? `nodes on ${listStranded(group)} end on the dead-end ${first.end} and never get ${first.goal}` : `nodes on ${listStranded(group)} never get to ${first.goal}`
		};
	}
	const news = (before.releases === void 0 || before.updates === void 0 ? [] : strandedBy({
		releases: before.releases.value,
		updates: before.updates.value
	}, guidance, { retired })).filter((each) => !known.has(`${each.version} ${each.architecture}`));
	if (news.length > 0) yield {
		severity: "error",
		rule: "stranded",
		where: placeOf(news[0]?.end ?? ""),
		message: `this change takes the way forward from nodes on ${listStranded(news)}`,
		remedy: `Keep a rollout for ${news[0]?.goal}, or for a release that they may have instead.`
	};
	if (releases.value.releases.length > 0 && retired.size === 0 && !offersAnything(guidance)) yield {
		severity: "warning",
		rule: "nothing-offered",
		where: updates.placeOf(["releases"]),
		message: "no release has a rollout: no node is offered anything"
	};
	const harmed = strandedByTidying(guidance, {
		...guidance,
		updates: tidy(updates.value, now)
	}, now);
	if (harmed.length > 0) yield {
		severity: "warning",
		rule: "lost-by-tidying",
		where: placeOf(harmed[0]?.goal ?? ""),
		message: `when the next release is added, completed rollouts are tidied away as upstream does it, all but the last: nodes on ${listStranded(harmed)} lose their way forward by that`,
		remedy: "The release that is kept has no image for their architecture, or lies behind a barrier that is still rolling out."
	};
}
function offersAnything({ updates }) {
	return updates.releases.some(isTarget);
}
function isTarget({ metadata: { rollout, barrier } }) {
	return rollout !== void 0 || barrier !== void 0;
}
function byEnd(stranded) {
	const groups = /* @__PURE__ */ new Map();
	for (const each of stranded) {
		const key = each.why === "dead-end" ? `dead-end ${each.end}` : "no way";
		groups.set(key, [...groups.get(key) ?? [], each]);
	}
	return [...groups.values()];
}
// src/updates/lint.ts
/**
* Judges the guidance of one fleet, and the change from what it was before.
* @param options.stream that the files must be of
* @param options.now UNIX seconds
* @param options.timeZone in which a weekend is a weekend, such as `Europe/Berlin`
* @returns findings in the order of the files; none for what did not change but may be old (a start in the past)
*/
function lintGuidance(after, before, options) {
	const { sources, findings } = readSources(after);
	const { sources: old } = readSources(before);
	const { releases, updates } = sources;
	const streams = [releases, updates].flatMap((source) => source === void 0 || source.value.stream === options.stream ? [] : [{
		severity: "error",
		rule: "stream",
		where: source.placeOf(["stream"]),
		message: `this is of stream ${source.value.stream}, and coxswain.yaml is of ${options.stream}`
	}]);
	const images = (releases?.value.releases ?? []).flatMap((release, index) => {
		const list = release["oci-images"] ?? [];
		if (list.length > 0 && list.every((image) => image["digest-ref"] !== "")) return [];
		return [{
			severity: "error",
			rule: "no-image",
			where: releases?.placeOf([
				"releases",
				index,
				"oci-images"
			]) ?? "",
			message: `release ${release.version} lacks an image, so no node could find itself or update to it`
		}];
	});
	const gone = ["releases", "updates"].flatMap((name) => before[name] === void 0 || after[name] !== void 0 ? [] : [{
		severity: "error",
		rule: "file-removed",
		where: before[name].file,
		message: "this file is gone, and nodes depend on what it says",
		remedy: "Put it back."
	}]);
	return [
		...findings,
		...gone,
		...streams,
		...images,
		...lintHistory(sources, old),
		...lintEntries(sources),
		...lintTimes(sources, old, options),
		...lintWays(sources, old, options.now)
	];
}
// src/updates/template-names.ts
var import_lib = /* @__PURE__ */ __toESM(require_lib(), 1);
const changesContext = /* @__PURE__ */ new Set(["each", "with"]);
/**
* Finds the first unknown name of a template, also in branches that are not taken and in arguments of helpers:
* Handlebars' own strict mode looks at neither.
*/
function findUnknownName(program, options) {
	return inProgram(program, {
		variables: options.variables,
		helpers: new Set(options.helpers),
		blockParameters: [],
		atTop: true
	});
}
/** `version`, `base.version`, …: all that a template may name. */
function variableNames(variables, prefix = "") {
	return Object.entries(variables).flatMap(([key, value]) => [`${prefix}${key}`, ...isRecord(value) ? variableNames(value, `${prefix}${key}.`) : []]);
}
function inProgram(program, scope) {
	const inner = {
		...scope,
		blockParameters: [...scope.blockParameters, ...program?.blockParams ?? []]
	};
	return firstOf(program?.body ?? [], (statement) => inStatement(statement, inner));
}
function inStatement(statement, scope) {
	switch (statement.type) {
		case "MustacheStatement": return inCall(statement, scope);
		case "BlockStatement": {
			const block = statement;
			const body = changesContext.has(block.path.original) ? {
				...scope,
				atTop: false
			} : scope;
			return inCall(block, scope) ?? inProgram(block.program, body) ?? inProgram(block.inverse, scope);
		}
		case "ContentStatement":
		case "CommentStatement": return;
		default: return unknown(statement, "partial", statement.type);
	}
}
function inCall(call, scope) {
	const name = call.path.type === "PathExpression" ? call.path.original : void 0;
	const hasArguments = call.params.length > 0 || (call.hash?.pairs.length ?? 0) > 0;
	return (name !== void 0 && scope.helpers.has(name) ? void 0 : hasArguments ? unknown(call.path, "helper", name ?? "") : inExpression(call.path, scope)) ?? firstOf(call.params, (each) => inExpression(each, scope)) ?? firstOf(call.hash?.pairs ?? [], (pair) => inExpression(pair.value, scope));
}
function inExpression(expression, scope) {
	if (expression.type === "SubExpression") return inCall(expression, scope);
	if (expression.type !== "PathExpression") return void 0;
	const path = expression;
	const [head] = path.parts;
	if (path.data || path.depth > 0 || head === void 0) return void 0;
	if (scope.blockParameters.includes(String(head)) || !scope.atTop) return void 0;
	let value = scope.variables;
	for (const part of path.parts) {
		if (!isRecord(value) || !Object.hasOwn(value, String(part))) return unknown(path, "variable", path.original);
		value = value[String(part)];
	}
}
function unknown(node, kind, name) {
	return {
		name,
		kind,
		line: node.loc.start.line,
		column: node.loc.start.column + 1
	};
}
function firstOf(list, find) {
	for (const each of list) {
		const found = find(each);
		if (found !== void 0) return found;
	}
}
function isRecord(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
// src/updates/template.ts
const blockHelpers = [
	"if",
	"unless",
	"each",
	"with"
];
const ownHelpers = [
	"start",
	"minutes",
	"json"
];
const rolloutFields = /* @__PURE__ */ new Set([
	"start_epoch",
	"start_percentage",
	"duration_minutes"
]);
const policyEntry = updateEntry.superRefine(({ metadata }, context) => {
	const { rollout, barrier, deadend } = metadata;
	for (const key of Object.keys(rollout ?? {})) {
		if (rolloutFields.has(key)) continue;
		context.addIssue({
			code: "custom",
			path: [
				"metadata",
				"rollout",
				key
			],
			message: [...rolloutFields].join(", "),
			params: { problem: "no such field in a rollout" }
		});
	}
	if (barrier !== void 0 && deadend !== void 0) context.addIssue({
		code: "custom",
		path: ["metadata"],
		message: "a barrier or a dead-end, not both",
		params: { problem: "nodes must pass through a barrier, and cannot leave a dead-end" }
	});
	if (rollout === void 0 && barrier === void 0 && deadend === void 0) context.addIssue({
		code: "custom",
		path: ["metadata"],
		message: "a rollout, a barrier or a deadend",
		params: { problem: "this entry says nothing, so the release would never be offered" }
	});
});
/**
* Renders a fleet's rollout template into one entry of updates.json.
*
* Handlebars without HTML escaping; an unknown variable is an error, also in a branch that is not taken. Helpers:
* `{{start "next tuesday 14:00 UTC"}}` (UNIX seconds, see parseWhen), `{{minutes "48h"}}`, `{{json value}}`.
* @param options.where the template's file name, for messages
* @param options.variables what the template may name; `version` is the release that the entry must be for
* @param options.now UNIX seconds
* @throws InputError with the template's line, or with the rendered text and the place in it
*/
function renderTemplate(options) {
	const { source, where, variables, now } = options;
	const text = render(options);
	const entry = explained(text, () => readDocument(policyEntry, text, {
		where: `${where} (rendered)`,
		nullable: nullableEntryFields
	}));
	if (entry.version !== variables.version) throw new InputError({
		where: `${where}${lineOf(source, "\"version\"")}`,
		field: "version",
		problem: "the entry is for another version than the release",
		found: entry.version,
		expected: JSON.stringify(variables.version),
		remedy: "Write \"version\": \"{{version}}\"."
	});
	const { rollout } = entry.metadata;
	const end = rollout === void 0 ? void 0 : rolloutEnd(rollout);
	if (rollout !== void 0 && end !== void 0 && end < now && rolloutProgress(rollout, end - 1) < 1) throw new InputError({
		where: `${where}${lineOf(source, "\"start_epoch\"")}`,
		field: "metadata.rollout",
		problem: "this rollout would be over before it begins: every node would be offered the release at once",
		found: rollout,
		remedy: "Write \"start_epoch\": {{start \"now\"}}, or, if at once is meant, only \"start_percentage\": 1.0."
	});
	return entry;
}
function render({ source, where, variables, now }) {
	const handlebars = import_lib.default.create();
	handlebars.unregisterHelper("log");
	const place = (options) => ({ where: `${where}${callPlace(options)}` });
	handlebars.registerHelper("start", (when, call) => String(parseWhen(argument(when, call, "a time", place), now, place(call))));
	handlebars.registerHelper("minutes", (duration, call) => {
		const text = argument(duration, call, "a duration", place);
		const seconds = parseDuration(text, place(call));
		if (seconds % 60 === 0 && seconds > 0) return String(seconds / 60);
		throw new InputError({
			...place(call),
			problem: "not a number of whole minutes",
			found: text
		});
	});
	handlebars.registerHelper("json", (value, call) => {
		if (call !== void 0 && value !== void 0) return JSON.stringify(value);
		throw new InputError({
			...place(call ?? value),
			problem: "json needs a value"
		});
	});
	let program;
	try {
		program = handlebars.parse(source);
	} catch (error) {
		const message = messageOf(error);
		const line = /on line (\d+)|- (\d+):\d+$/.exec(message);
		throw new InputError({
			where: line === null ? where : `${where}:${line[1] ?? line[2]}`,
			problem: `not a Handlebars template: ${message.split("\n").slice(1).join(" | ") || message}`,
			.../CLOSE_(?:RAW|UNESCAPED)/.test(message) ? { remedy: "Put a space between }} and a } of JSON." } : {}
		});
	}
	const unknown = findUnknownName(program, {
		variables,
		helpers: [...ownHelpers, ...blockHelpers]
	});
	if (unknown !== void 0) {
		const known = unknown.kind === "helper" ? [...ownHelpers, ...blockHelpers] : variableNames(variables);
		throw new InputError({
			where: `${where}:${unknown.line}:${unknown.column}`,
			problem: unknown.kind === "partial" ? "partials are not supported" : `unknown ${unknown.kind}`,
			found: unknown.name,
			...unknown.kind === "partial" ? {} : { expected: `one of ${known.join(", ")}` }
		});
	}
	try {
		return handlebars.compile(program, {
			strict: true,
			noEscape: true
		})(variables);
	} catch (error) {
		if (error instanceof InputError) throw error;
		const message = messageOf(error);
		const place = /- (\d+):(\d+)$/.exec(message);
		const name = /^"(.+)" not defined in /.exec(message) ?? /^Cannot use 'in' operator .* '(.+)' in /.exec(message);
		const line = place === null ? lineOf(source, name?.[1] ?? "\n") : `:${place[1]}:${Number(place[2]) + 1}`;
		throw new InputError({
			where: `${where}${line}`,
			...name === null ? { problem: message } : {
				problem: "unknown variable",
				found: name[1]
			},
			expected: `one of ${variableNames(variables).join(", ")}`
		}, { cause: error });
	}
}
/** Handlebars passes its options object last, so a missing argument shows as the options in its place. */
function argument(value, call, expected, place) {
	if (call !== void 0 && (typeof value === "string" || typeof value === "number")) return String(value);
	throw new InputError({
		...place(call ?? value),
		problem: `this helper needs ${expected} in quotes`
	});
}
const callOptions = object({ loc: object({ start: object({
	line: number(),
	column: number()
}) }) });
function callPlace(options) {
	const call = callOptions.safeParse(options);
	return call.success ? `:${call.data.loc.start.line}:${call.data.loc.start.column + 1}` : "";
}
/** `:3` when a text is first found in line 3 */
function lineOf(source, text) {
	const index = source.indexOf(text);
	return index < 0 ? "" : `:${source.slice(0, index).split("\n").length}`;
}
/** Adds the rendered text, with line numbers, to an error about it. */
function explained(text, read) {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		const lines = text.trimEnd().split("\n");
		const width = String(lines.length).length;
		const numbered = lines.map((line, index) => `  ${String(index + 1).padStart(width)} | ${line}`);
		const remedy = [error.details.remedy, `The template rendered to:\n${numbered.join("\n")}`];
		throw new InputError({
			...error.details,
			remedy: remedy.filter((part) => part !== void 0).join(" ")
		}, { cause: error });
	}
}
// src/updates/wariness.ts
const mask = (1n << 64n) - 1n;
/**
* The wariness that upstream's policy engine gives a node that sends none: a hash of its node_uuid, spread evenly
* over 0 to 1 (compute_wariness in fcos-policy-engine). It depends on nothing else, so the same nodes are the first
* and the last in every rollout.
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
export { formatOperations as A, tidy as B, parseGraph as C, formatReleaseIndex as D, emptyReleaseIndex as E, addUpdate as F, readDocument as H, emptyUpdateMetadata as I, formatUpdateMetadata as L, nextHoldEnd as M, noOperations as N, parseGraphReleases as O, parseOperations as P, parseGraphUpdates as R, formatGraph as S, addRelease as T, someText as U, openObject as V, nextOpening as _, architecturesOf as a, rolloutProgress as b, strandedByTidying as c, aliasesOf as d, chooseUpdate as f, throttleGraph as g, rolloutOf as h, tryTo as i, holdAt as j, parseReleaseIndex as k, resumedRollout as l, parseWhen as m, renderTemplate as n, listStranded as o, considerUpdate as p, lintGuidance as r, strandedBy as s, warinessOf as t, addAliases as u, rolloutEnd as v, nodeKeys as w, buildGraph as x, rolloutPhase as y, parseUpdateMetadata as z };
