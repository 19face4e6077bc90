import { o as __toESM } from "./rolldown-runtime.mjs";
import { a as custom, c as looseObject, d as record, f as strictObject, h as toJSONSchema, i as boolean, l as number, n as _enum, o as int, p as string, r as array, s as literal } from "./zod.mjs";
import { t as require_main } from "./dockerfile-ast.mjs";
import { t as require_ignore } from "./balena-dockerignore.mjs";
import { t as require_dist } from "./yaml.mjs";
import { mkdir, mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createHash, randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { setTimeout } from "node:timers/promises";
// src/host/errors.ts
/** The user's input is wrong: exit code 1, nothing was written. */
var InputError = class extends Error {
	name = "InputError";
	details;
	constructor(details, options) {
		super(describeProblem(details), options);
		this.details = details;
	}
};
/** The command line is wrong: exit code 2. */
var UsageError = class extends Error {
	name = "UsageError";
};
/** Something outside failed (network, registry, another program). Running again is safe. */
var OutsideError = class extends Error {
	name = "OutsideError";
	/**
	* @param tried what was attempted, as a gerund phrase: `pushing 127.0.0.1:5000/os:key-…`
	* @param happened what came back instead
	* @param remedy a full sentence; by default that a re-run is safe
	*/
	constructor(tried, happened, remedy = "Running the same command again is safe.", options) {
		super(`${tried} failed: ${happened}. ${remedy}`, options);
	}
};
function describeProblem(details) {
	const place = [details.where, details.field].filter((part) => part !== void 0).join(": ");
	const facts = [details.found === void 0 ? void 0 : `found ${quote(details.found)}`, details.expected === void 0 ? void 0 : `expected ${details.expected}`].filter((part) => part !== void 0);
	const sentence = [details.problem, ...facts].join(", ");
	return `${place === "" ? "" : `${place}: `}${sentence}.${details.remedy === void 0 ? "" : ` ${details.remedy}`}`;
}
/** Renders a found value so that its type is visible, and short. */
function quote(value) {
	const text = typeof value === "string" ? JSON.stringify(value) : JSON.stringify(value) ?? String(value);
	return text.length > 200 ? `${text.slice(0, 197)}…` : text;
}
/** The message of anything that was thrown. */
function messageOf(error) {
	return error instanceof Error ? error.message : String(error);
}
// src/host/time.ts
const unitSeconds = {
	s: 1,
	m: 60,
	h: 3600,
	d: 86400,
	w: 604800
};
/**
* Reads a duration such as `48h`, `7d`, `90m`, `1d12h`; the answer is in whole seconds.
* @throws InputError; `where` and `field` go into its message
*/
function parseDuration(text, place = {}) {
	const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
	if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text) throw new InputError({
		...place,
		problem: "not a duration",
		found: text,
		expected: "a number with a unit, such as 48h, 7d or 1d12h"
	});
	return parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit], 0);
}
/** Seconds as people say them: `2 d 3 h`, `48 min`, `12 s`. */
function formatDuration(seconds) {
	const units = [
		["d", 86400],
		["h", 3600],
		["min", 60]
	];
	const rounded = Math.round(seconds);
	for (const [index, [unit, size]] of units.entries()) {
		if (rounded < size) continue;
		const next = units[index + 1];
		const rest = next === void 0 ? 0 : Math.floor(rounded % size / next[1]);
		return `${Math.floor(rounded / size)} ${unit}${next === void 0 || rest === 0 ? "" : ` ${rest} ${next[0]}`}`;
	}
	return `${rounded} s`;
}
/**
* Reads a point in time: UNIX seconds, or ISO 8601. The answer is in UNIX seconds.
* @throws InputError, with a hint where the number looks like milliseconds
*/
function parseTime(text, place = {}) {
	if (/^\d+$/.test(text)) {
		const seconds = Number(text);
		if (seconds > 1e11) throw new InputError({
			...place,
			problem: "this looks like milliseconds",
			found: text,
			expected: "UNIX seconds",
			remedy: `Divide by 1000: ${Math.floor(seconds / 1e3)}`
		});
		return seconds;
	}
	const parsed = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : NaN;
	if (Number.isNaN(parsed)) throw new InputError({
		...place,
		problem: "not a time",
		found: text,
		expected: "UNIX seconds, or ISO 8601 with a zone, such as 2026-07-21T14:00:00Z"
	});
	return Math.floor(parsed / 1e3);
}
/** UNIX seconds as upstream writes them in `last-modified`: `2026-07-21T14:07:12Z`. */
function formatTime(seconds) {
	return (/* @__PURE__ */ new Date(seconds * 1e3)).toISOString().replace(/\.\d{3}Z$/, "Z");
}
// src/host/cleanup.ts
/**
* Things to undo when this process ends early (Ctrl-C, SIGTERM), newest first.
* Code that ends normally undoes its own and calls the returned function.
*/
const pending = [];
let installed = false;
/** Registers an undo step; returns the function that takes it off the list again. */
function onInterrupt(undo) {
	install();
	pending.push(undo);
	return () => {
		const index = pending.indexOf(undo);
		if (index >= 0) pending.splice(index, 1);
	};
}
function install() {
	if (installed) return;
	installed = true;
	for (const [signal, code] of [
		["SIGINT", 130],
		["SIGTERM", 143],
		["SIGHUP", 129]
	]) process.once(signal, () => {
		undoAll().finally(() => process.exit(code));
	});
}
async function undoAll() {
	for (const undo of pending.splice(0).reverse()) try {
		await undo();
	} catch {}
}
// src/host/files.ts
/** Runs `work` with a temporary folder that is gone afterwards, also after an error or Ctrl-C. */
async function withTemporaryFolder(prefix, work) {
	const folder = await mkdtemp(join(tmpdir(), `coxswain-${prefix}-`));
	const remove = () => rm(folder, {
		recursive: true,
		force: true
	});
	const forget = onInterrupt(remove);
	try {
		return await work(folder);
	} finally {
		forget();
		await remove();
	}
}
/** Writes a whole file or nothing: readers see the old content or the new, never half of it. */
async function writeFileAtomically(path, content) {
	await mkdir(dirname(path), { recursive: true });
	const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
	try {
		const file = await open(temporary, "wx");
		try {
			await file.writeFile(content);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, { force: true });
		throw error;
	}
}
/** A file's text, or undefined where there is none. Other errors are thrown. */
async function readFileIfThere(path) {
	try {
		return await readFile(path, "utf8");
	} catch (error) {
		if (isMissing(error)) return void 0;
		throw error;
	}
}
/** True for "no such file or directory". */
function isMissing(error) {
	return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
// src/registry/reference.ts
const pathPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const registryPattern = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d{1,5})?$/;
/** @throws InputError unless the text is `sha256:` and 64 lower-case hex digits */
function parseDigest(text, place = {}) {
	if (!isDigest(text)) throw new InputError({
		...place,
		problem: "not a digest",
		found: text,
		expected: "sha256: and 64 lower-case hex digits"
	});
	return text;
}
function isDigest(text) {
	return digestPattern.test(text);
}
/** True for a text that may be a tag (at most 128 letters, digits, `_`, `.` and `-`). */
function isTag(text) {
	return tagPattern.test(text);
}
/** The digest of some bytes; of the UTF-8 form of a text. */
function digestOf(bytes) {
	return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
/**
* Reads `quay.io/fedora/fedora-coreos`.
* @throws InputError; also for a text that has a tag or a digest
*/
function parseRepository(text, place = {}) {
	const { repository, tag, digest } = splitReference(text, place);
	const extra = digest === void 0 ? tag && `:${tag}` : `@${digest}`;
	if (extra !== void 0) throw new InputError({
		...place,
		problem: `a repository has no ${digest === void 0 ? "tag" : "digest"}`,
		found: text,
		expected: formatRepository(repository),
		remedy: `Leave out ${extra}.`
	});
	return repository;
}
/**
* Reads `host/path:tag`, `host/path@sha256:…` or `host/path:tag@sha256:…`. The host must be there: a short name
* (`fedora-coreos:stable`) means another image on every machine.
* @throws InputError
*/
function parseReference(text, place = {}) {
	const { repository, tag, digest } = splitReference(text, place);
	if (digest !== void 0) return {
		kind: "digest",
		repository,
		digest,
		...tag === void 0 ? {} : { tag }
	};
	if (tag !== void 0) return {
		kind: "tag",
		repository,
		tag
	};
	throw new InputError({
		...place,
		problem: "this image has neither a tag nor a digest",
		found: text,
		expected: `${formatRepository(repository)}:TAG or ${formatRepository(repository)}@sha256:…`
	});
}
function formatRepository(repository) {
	return `${repository.registry}/${repository.path}`;
}
function formatReference(reference) {
	const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
	const digest = reference.kind === "digest" ? `@${reference.digest}` : "";
	return `${formatRepository(reference.repository)}${tag}${digest}`;
}
function atDigest(repository, digest) {
	return {
		kind: "digest",
		repository,
		digest
	};
}
function atTag(repository, tag) {
	return {
		kind: "tag",
		repository,
		tag
	};
}
function sameRepository(one, other) {
	return one.registry === other.registry && one.path === other.path;
}
function splitReference(text, place) {
	const scheme = /^[a-z-]+:\/\//.exec(text)?.[0];
	if (scheme !== void 0) throw new InputError({
		...place,
		problem: "an image name has no scheme",
		found: text,
		expected: text.slice(scheme.length),
		remedy: `Leave out ${scheme}`
	});
	const at = text.indexOf("@");
	const named = at < 0 ? text : text.slice(0, at);
	const digest = at < 0 ? void 0 : parseDigest(text.slice(at + 1), place);
	const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
	const name = colon < 0 ? named : named.slice(0, colon);
	const tag = colon < 0 ? void 0 : named.slice(colon + 1);
	const repository = splitName(name, text, place);
	if (tag !== void 0 && !isTag(tag)) throw new InputError({
		...place,
		problem: "not a tag",
		found: tag,
		expected: "at most 128 letters, digits, \"_\", \".\" and \"-\", not starting with \".\" or \"-\""
	});
	return {
		repository,
		tag,
		digest
	};
}
function splitName(name, text, place) {
	const slash = name.indexOf("/");
	const registry = slash < 0 ? "" : name.slice(0, slash);
	if (!/[.:]/.test(registry) && registry !== "localhost") throw new InputError({
		...place,
		problem: "this image name has no registry host",
		found: text,
		expected: `a full name, such as quay.io/${slash < 0 ? "example/" : ""}${name || "os"}`
	});
	if (!registryPattern.test(registry)) throw new InputError({
		...place,
		problem: "not a registry host",
		found: registry,
		expected: "host or host:port"
	});
	const path = name.slice(slash + 1);
	if (!pathPattern.test(path)) throw new InputError({
		...place,
		problem: "not a repository path",
		found: path,
		expected: "lower-case letters and digits, separated by single \".\", \"_\", \"-\" and \"/\"",
		...pathPattern.test(path.toLowerCase()) ? { remedy: `Write ${path.toLowerCase()}` } : {}
	});
	const host = registry.toLowerCase();
	return {
		registry: host,
		path: host === "docker.io" && !path.includes("/") ? `library/${path}` : path
	};
}
// src/registry/architecture.ts
/** The architectures Fedora CoreOS is made for, by the names FCOS uses ("basearch"). */
const architectures = [
	"x86_64",
	"aarch64",
	"s390x",
	"ppc64le"
];
const goNames$1 = {
	x86_64: "amd64",
	aarch64: "arm64",
	s390x: "s390x",
	ppc64le: "ppc64le"
};
/** The name that image configs and indexes use (GOARCH): `amd64` for `x86_64`. */
function goArchitecture(architecture) {
	return goNames$1[architecture];
}
/** The FCOS name of a GOARCH; undefined for one that FCOS is not made for. */
function architectureOfGo(name) {
	return architectures.find((architecture) => goNames$1[architecture] === name);
}
// src/config/nearest.ts
/** The candidate that a mistyped word most likely meant; undefined when none is near. */
function nearest(word, candidates) {
	const simple = (text) => text.toLowerCase().replaceAll(/[-_ ]/g, "");
	return candidates.map((candidate) => ({
		candidate,
		distance: editDistance(simple(word), simple(candidate))
	})).filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3))).sort((one, other) => one.distance - other.distance)[0]?.candidate;
}
/** Levenshtein distance. */
function editDistance(one, other) {
	let row = Array.from({ length: other.length + 1 }, (_, index) => index);
	for (let i = 1; i <= one.length; i++) {
		const next = [i];
		for (let j = 1; j <= other.length; j++) {
			const substitution = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
			next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, substitution));
		}
		row = next;
	}
	return row[other.length] ?? 0;
}
// src/config/schema.ts
/** `48h`, `7d`, `1d12h`: what parseDuration of src/host/time.ts reads. */
const durationForm = "a number with a unit, such as 48h, 7d or 1d12h";
const duration = string(durationForm).regex(/^(\d+[smhdw])+$/, durationForm);
/** A path inside the repository, with slashes. */
const path = string().regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\\\0]+$/, "a path inside the repository, relative to its top folder, without \"..\"");
/**
* Fleet and ring names are path segments of published addresses, and Zincati's `group`, by which a node may pick
* its ring, takes just these characters (`^[a-zA-Z0-9.-]+$`).
*/
const name = string().max(63).regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]*$/, "letters, digits, \".\" and \"-\", starting with a letter or a digit");
const fleet = strictObject({
	branch: string().regex(/^(?![-/.])(?!.*(\.\.|\/\/|\/\.|@\{))[^\s~^:?*[\\\p{Cc}]+(?<![/.])(?<!\.lock)$/u, "a branch name as git takes it").optional().describe("Branch whose merges are promoted to this fleet. Default: the name of the fleet."),
	tag: string().regex(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/, "at most 128 letters, digits, \"_\", \".\" and \"-\", not starting with \".\" or \"-\"").optional().describe("Tag in the production repository that follows this fleet. Default: the name of the fleet."),
	template: path.optional().describe("Handlebars template of the update entry of a release. Default: rollouts/<name of the fleet>.json.hbs."),
	"promote-from": string().optional().describe("Fleet whose releases are proposed to this one by a pull request."),
	soak: duration.default("0s").describe("How long a release runs in the fleet before, from the start of its rollout, such as 48h.")
}).describe("One fleet: a branch and the nodes that follow it. Everything has a default: testing: {}");
/** coxswain.yaml as it is written. The JSON Schema for editors is made from this too. */
const configSchema$1 = strictObject({
	image: string().describe("Production repository, without a tag: where fleets get their images. ghcr.io/acme/os"),
	"test-image": string().optional().describe("Repository that images are pushed to before they are tested; may be in another registry. Default: image with -test at its end."),
	base: string().describe("Base image with the tag to follow, such as quay.io/fedora/fedora-coreos:stable"),
	stream: string().regex(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/, "a text that may be a tag: letters, digits, \"_\", \".\" and \"-\"").optional().describe("Value of the label com.coreos.stream in every build, the same for all fleets: Zincati follows a tag of this name in the production repository. Default: the tag of base."),
	architectures: array(_enum(architectures)).min(1).default(["x86_64"]).describe("Architectures to build, by the names that Fedora CoreOS uses."),
	refresh: duration.default("7d").describe("Build again when the last build is older than this, though the base did not move."),
	containerfile: path.default("Containerfile").describe("Path of the Containerfile."),
	"build-arguments": record(string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a name of letters, digits and \"_\""), string()).default({}).describe("Values for ARG instructions. They are part of the build key."),
	tests: path.default("tests").describe("Folder of the tests that run inside the booted image; exit code 0 passes."),
	"state-branch": string().regex(/^[^\s~^:?*[\\\p{Cc}]+$/u, "a branch name as git takes it").default("coxswain").describe("Branch that holds releases and rollouts of all fleets."),
	fleets: record(name, fleet.nullable()).describe("The fleets by name, the first to get a release first."),
	rings: record(name, number().min(0).max(1)).default({}).describe("Named values of rollout_wariness, each with its own update graph: 0 gets an update first, 1 when the rollout is complete."),
	publish: strictObject({
		url: string().optional().describe("Address at which the published files can be read, such as https://acme.github.io/os/"),
		oci: boolean().default(true).describe("Also publish the files as an OCI artifact, under the tag updates-<fleet> of image.")
	}).prefault({}).describe("Where update guidance is published."),
	"symbolic-tags": boolean().default(false).describe("Also tag releases as <version>-<fleet>, <version>-<fleet>-barrier and <version>-<fleet>-deadend.")
}).meta({
	title: "Coxswain configuration",
	description: "coxswain.yaml: what is built, for which fleets, and where update guidance is published"
});
/**
* The JSON Schema of coxswain.yaml, for completion in editors. Draft 7: what yaml-language-server knows best.
* It cannot say everything that parseConfig checks (references between fields).
*/
function configJsonSchema() {
	const { $schema, ...rest } = toJSONSchema(configSchema$1, {
		io: "input",
		target: "draft-7"
	});
	return {
		$schema,
		$id: "urn:coxswain:configuration",
		...rest
	};
}
// src/config/problems.ts
/** One error that tells every problem of a file, in the order of the file. */
function errorOf(file, problems) {
	const [first] = problems;
	if (first !== void 0 && problems.length === 1) return new InputError(first);
	const lines = [...problems].sort((one, other) => lineOf(one) - lineOf(other)).map((problem) => `\n  ${new InputError(problem).message}`);
	return new InputError({
		where: file,
		problem: `${problems.length} problems${lines.join("").replace(/\.$/, "")}`
	});
}
function lineOf(problem) {
	return Number(/:(\d+):\d+$/.exec(problem.where ?? "")?.[1] ?? 0);
}
/** The field as people write it: `fleets.stable.soak`, `architectures[0]`. */
function fieldName(path) {
	return path.map((step, index) => typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${step}`).join("");
}
/** What the schema found wrong, told with place, found value and remedy. */
function problemsOf(issues, document) {
	return issues.flatMap((issue) => problemsOfIssue(issue, document));
}
function problemsOfIssue(issue, document) {
	const path = issue.path.filter((step) => typeof step !== "symbol");
	const found = valueAt(document.value, path);
	const here = {
		where: document.placeOf(path),
		...path.length === 0 ? {} : { field: fieldName(path) }
	};
	switch (issue.code) {
		case "unrecognized_keys": return issue.keys.map((key) => unknownField(key, path, document));
		case "invalid_key": return [{
			...here,
			where: document.placeOfKey(path),
			problem: "this name cannot be used",
			found: path.at(-1),
			expected: issue.issues.map(expectationOf).join(" and ")
		}];
		case "invalid_type":
			if (found === void 0 && path.length > 0) return [{
				...here,
				problem: "this field is missing",
				expected: expectedType(issue.expected)
			}];
			return [{
				...here,
				problem: "the wrong type of value",
				found,
				expected: issue.message.startsWith("Invalid input") ? expectedType(issue.expected) : issue.message,
				...issue.expected === "string" && issue.message.startsWith("Invalid input") && found !== null && typeof found !== "object" ? { remedy: "Put it in quotes." } : {}
			}];
		case "invalid_union": return (issue.errors.find((errors) => errors.some((each) => each.code !== "invalid_type" || each.expected !== "null")) ?? []).flatMap((each) => problemsOfIssue({
			...each,
			path: [...issue.path, ...each.path]
		}, document));
		case "invalid_value": {
			const allowed = issue.values.map(String);
			const meant = typeof found === "string" ? goNames[found] ?? nearest(found, allowed) : void 0;
			return [{
				...here,
				problem: "not one of the possible values",
				found,
				expected: allowed.join(", "),
				...meant === void 0 ? {} : { remedy: `Did you mean ${meant}?` }
			}];
		}
		default: return [{
			...here,
			problem: "this value cannot be used",
			found,
			expected: expectationOf(issue)
		}];
	}
}
/** People write GOARCH names where FCOS wants its own. */
const goNames = {
	amd64: "x86_64",
	x64: "x86_64",
	arm64: "aarch64"
};
function expectationOf(issue) {
	switch (issue.code) {
		case "too_small": return issue.origin === "array" ? `at least ${issue.minimum}` : `${issue.minimum} or more`;
		case "too_big": return issue.origin === "string" ? `at most ${issue.maximum} characters` : `${issue.maximum} or less`;
		default: return issue.message;
	}
}
const typeNames = {
	string: "a text",
	number: "a number",
	boolean: "true or false",
	array: "a list",
	object: "fields with values",
	record: "names with values"
};
function expectedType(type) {
	return typeNames[type] ?? type;
}
function unknownField(key, path, document) {
	const known = knownFields(path);
	const meant = nearest(key, known);
	return {
		where: document.placeOfKey([...path, key]),
		field: fieldName([...path, key]),
		problem: "there is no such field",
		...meant === void 0 ? { expected: `one of ${known.join(", ")}` } : { remedy: `Did you mean ${meant}?` }
	};
}
function knownFields(path) {
	const { shape } = configSchema$1;
	if (path.length === 0) return Object.keys(shape);
	if (path[0] === "fleets") return Object.keys(shape.fleets.valueType.unwrap().shape);
	return Object.keys(shape.publish.unwrap().shape);
}
function valueAt(value, path) {
	let current = value;
	for (const step of path) {
		if (typeof current !== "object" || current === null) return void 0;
		current = current[step];
	}
	return current;
}
// src/config/checks.ts
/** Checks that concern more than one field: everything that would otherwise fail late, or overwrite something. */
function checkConfig(config, document) {
	const at = (path) => ({
		where: document.placeOf(path),
		field: fieldName(path)
	});
	const atKey = (path) => ({
		where: document.placeOfKey(path),
		field: fieldName(path)
	});
	return [
		...repositoryProblems(config, at),
		...Object.keys(config.fleets).flatMap((name) => nameProblems(name, "fleet", atKey(["fleets", name]))),
		...Object.keys(config.rings).flatMap((name) => nameProblems(name, "ring", atKey(["rings", name]))),
		...fleetProblems(config, at),
		...promotionProblems(config, at)
	];
}
function repositoryProblems(config, at) {
	const problems = [];
	if (sameRepository(config.image, config.testImage)) problems.push({
		...at(["test-image"]),
		problem: "this is the production repository too",
		found: formatRepository(config.testImage),
		expected: "another repository",
		remedy: "Untested images must not be where fleets get theirs."
	});
	for (const [field, repository] of [["image", config.image], ["test-image", config.testImage]]) if (sameRepository(repository, config.base.repository)) problems.push({
		...at([field]),
		problem: "this is the repository of the base image too",
		found: formatRepository(repository),
		expected: `another one than in base (${formatReference(config.base)})`
	});
	return problems;
}
/**
* Names that mean something else in published addresses: `<fleet>/<basearch>/v1/graph`,
* `<fleet>/<basearch>/<ring>/v1/graph`, `<fleet>/releases.json`, `index.html`, and the files of FCOS's own servers.
*/
const publishedNames = /* @__PURE__ */ new Set([
	"v1",
	"builds",
	"graph",
	...architectures
]);
function nameProblems(name, kind, place) {
	if (!publishedNames.has(name.toLowerCase()) && !/\.(html|json)$/i.test(name)) return [];
	return [{
		...place,
		problem: `a ${kind} cannot have this name: it is part of published addresses`,
		found: name,
		expected: `any other than ${[...publishedNames].join(", ")}, or a name in .html or .json`
	}];
}
function fleetProblems(config, at) {
	const problems = [];
	const fleets = Object.values(config.fleets);
	if (fleets.length === 0) problems.push({
		...at(["fleets"]),
		problem: "there is no fleet",
		expected: "at least one, such as stable: {}"
	});
	for (const [index, fleet] of fleets.entries()) {
		const field = (name) => [
			"fleets",
			fleet.name,
			name
		];
		const before = fleets.slice(0, index);
		const sameBranch = before.find((other) => other.branch === fleet.branch);
		if (sameBranch !== void 0) problems.push({
			...at(field("branch")),
			problem: `the fleet ${sameBranch.name} is on this branch already`,
			found: fleet.branch,
			expected: "a branch of its own"
		});
		const sameTag = before.find((other) => other.tag === fleet.tag);
		if (sameTag !== void 0) problems.push({
			...at(field("tag")),
			problem: `the fleet ${sameTag.name} has this tag already`,
			found: fleet.tag,
			expected: "a tag of its own"
		});
		if (fleet.branch === config.stateBranch) problems.push({
			...at(field("branch")),
			problem: "this is the state branch, which no fleet can be on",
			found: fleet.branch,
			remedy: "Give the fleet another branch, or set state-branch."
		});
		if (/^(updates-|sha256-|key-|\d+\.\d{8}\.)/.test(fleet.tag)) problems.push({
			...at(field("tag")),
			problem: "tags of this form are taken for versions, evidence and published files",
			found: fleet.tag,
			expected: "not a version, and not starting with updates-, sha256- or key-"
		});
	}
	return problems;
}
function promotionProblems(config, at) {
	const problems = [];
	const names = Object.keys(config.fleets);
	for (const fleet of Object.values(config.fleets)) {
		const place = at([
			"fleets",
			fleet.name,
			"promote-from"
		]);
		if (fleet.promoteFrom === void 0) {
			if (fleet.soak > 0) problems.push({
				...at([
					"fleets",
					fleet.name,
					"soak"
				]),
				problem: "soak means nothing without promote-from",
				remedy: "Add promote-from, or leave soak out."
			});
		} else if (!names.includes(fleet.promoteFrom)) {
			const meant = nearest(fleet.promoteFrom, names);
			problems.push({
				...place,
				problem: "there is no such fleet",
				found: fleet.promoteFrom,
				expected: `one of ${names.join(", ")}`,
				...meant === void 0 ? {} : { remedy: `Did you mean ${meant}?` }
			});
		} else {
			const cycle = cycleFrom(fleet, config.fleets);
			if (cycle !== void 0 && names.find((name) => cycle.includes(name)) === fleet.name) problems.push({
				...place,
				problem: "promotion goes round in a circle",
				found: [...cycle, fleet.name].join(" ← "),
				expected: "one fleet that is promoted from no other"
			});
		}
	}
	return problems;
}
/** The fleets of the circle that a fleet is part of, itself first; undefined when it is in none. */
function cycleFrom(start, fleets) {
	const visited = [start.name];
	let next = start.promoteFrom;
	while (next !== void 0 && !visited.includes(next)) {
		visited.push(next);
		next = fleets[next]?.promoteFrom;
	}
	return next === start.name ? visited : void 0;
}
// src/config/document.ts
var import_dist = require_dist();
/** Reads YAML 1.2. Duplicate keys and unknown tags are problems too. */
function readDocument(text, file) {
	const lines = new import_dist.LineCounter();
	const document = (0, import_dist.parseDocument)(text, {
		lineCounter: lines,
		prettyErrors: false
	});
	const at = (offset) => {
		const { line, col } = lines.linePos(offset);
		return `${file}:${line}:${col}`;
	};
	const problems = [...document.errors, ...document.warnings].map((error) => ({
		where: at(placeOfError(text, error)),
		...explain(error)
	}));
	let value;
	if (problems.length === 0) try {
		value = document.toJS();
	} catch (error) {
		problems.push({
			where: file,
			problem: `not usable as YAML: ${String(error)}`
		});
	}
	const walk = (path, wanted) => {
		let node = document.contents;
		let offset = startOf(node) ?? 0;
		for (const [index, step] of path.entries()) {
			let key;
			let next;
			if ((0, import_dist.isMap)(node)) {
				const pair = node.items.find((item) => (0, import_dist.isScalar)(item.key) && String(item.key.value) === String(step));
				[key, next] = [pair?.key, pair?.value];
			} else if ((0, import_dist.isSeq)(node)) next = node.items[Number(step)];
			const position = startOf(index === path.length - 1 && wanted === "key" ? key : next) ?? startOf(key);
			if (position === void 0) break;
			offset = position;
			node = next;
		}
		return at(offset);
	};
	return {
		value,
		problems,
		placeOf: (path) => walk(path, "value"),
		placeOfKey: (path) => walk(path, "key")
	};
}
function startOf(node) {
	return node?.range?.[0];
}
/** For a duplicate key the library gives the end of what stands before it. */
function placeOfError(text, error) {
	if (error.code !== "DUPLICATE_KEY") return error.pos[0];
	const blank = /\s*(?:#[^\n]*\n\s*)*/y;
	blank.lastIndex = error.pos[0];
	return error.pos[0] + (blank.exec(text)?.[0].length ?? 0);
}
function explain(error) {
	switch (error.code) {
		case "DUPLICATE_KEY": return {
			problem: "this field is there twice",
			remedy: "Keep one of them."
		};
		case "TAB_AS_INDENT": return {
			problem: "a tab cannot indent YAML",
			remedy: "Use spaces."
		};
		case "MULTIPLE_DOCS": return {
			problem: "a second YAML document begins here",
			remedy: "Keep one document in the file."
		};
		default: return { problem: `not YAML: ${error.message.replace(/\.$/, "")}` };
	}
}
// src/config/config.ts
/** Name of the configuration file, at the top of the user's repository. */
const configFileName = "coxswain.yaml";
/**
* Reads the text of coxswain.yaml.
* @param file how messages name the file
* @throws InputError that tells every problem of the file at once
*/
function parseConfig(text, file) {
	const document = readDocument(text, file);
	if (document.problems.length > 0) throw errorOf(file, document.problems);
	if (document.value === null || document.value === void 0) throw new InputError({
		where: file,
		problem: "the file is empty",
		expected: "image, base and fleets",
		remedy: "coxswain init --image REF writes one to start with."
	});
	const written = configSchema$1.safeParse(document.value);
	if (!written.success) throw errorOf(file, problemsOf(written.error.issues, document));
	const problems = [];
	const config = build(written.data, file, document, problems);
	if (config === void 0) throw errorOf(file, problems);
	const found = checkConfig(config, document);
	if (found.length > 0) throw errorOf(file, found);
	return config;
}
/**
* Reads coxswain.yaml from the top folder of a checkout.
* @throws InputError when it is missing, or as parseConfig
*/
async function readConfig(directory) {
	const text = await readFileIfThere(join(directory, configFileName));
	if (text === void 0) throw new InputError({
		where: join(directory, configFileName),
		problem: "there is no such file",
		remedy: "coxswain init --image REF writes one to start with."
	});
	return parseConfig(text, configFileName);
}
function build(written, file, document, problems) {
	/** Reads one field; a problem is noted, and the other fields are read all the same. */
	function read(path, reader) {
		try {
			return reader({
				where: document.placeOf(path),
				field: fieldName(path)
			});
		} catch (error) {
			if (!(error instanceof InputError)) throw error;
			problems.push(error.details);
			return;
		}
	}
	const image = read(["image"], (place) => parseRepository(written.image, place));
	const testImage = read(["test-image"], (place) => parseRepository(written["test-image"] ?? `${written.image}-test`, place));
	const base = read(["base"], (place) => readBase(written.base, place));
	const refresh = read(["refresh"], (place) => parseDuration(written.refresh, place));
	const url = read(["publish", "url"], (place) => readUrl(written.publish.url, place));
	const fleets = Object.entries(written.fleets).map(([name, fleet]) => {
		const soak = read([
			"fleets",
			name,
			"soak"
		], (place) => parseDuration(fleet?.soak ?? "0s", place));
		const promoteFrom = fleet?.["promote-from"];
		if (soak === void 0) return void 0;
		return {
			name,
			branch: fleet?.branch ?? name,
			tag: fleet?.tag ?? name,
			template: tidyPath(fleet?.template ?? `rollouts/${name}.json.hbs`),
			...promoteFrom === void 0 ? {} : { promoteFrom },
			soak
		};
	});
	const [firstArchitecture, ...architectures] = [...new Set(written.architectures)];
	if (problems.length > 0 || image === void 0 || testImage === void 0 || base === void 0 || refresh === void 0 || firstArchitecture === void 0) return;
	return {
		file,
		image,
		testImage,
		base,
		stream: written.stream ?? base.tag,
		architectures: [firstArchitecture, ...architectures],
		refresh,
		containerfile: tidyPath(written.containerfile),
		buildArguments: written["build-arguments"],
		tests: tidyPath(written.tests),
		stateBranch: written["state-branch"],
		fleets: Object.fromEntries(fleets.filter((fleet) => fleet !== void 0).map((fleet) => [fleet.name, fleet])),
		rings: written.rings,
		publish: {
			...url === void 0 ? {} : { url },
			oci: written.publish.oci
		},
		symbolicTags: written["symbolic-tags"]
	};
}
function readBase(text, place) {
	const reference = parseReference(text, place);
	if (reference.kind === "tag") return reference;
	throw new InputError({
		...place,
		problem: "the base is the tag to follow, not a digest",
		found: text,
		expected: "repository:tag, such as quay.io/fedora/fedora-coreos:stable",
		remedy: "The digest that is built on is pinned in the Containerfile."
	});
}
/** Zincati joins its base address with `v1/graph` and drops what follows the last slash: the slash has to be there. */
function readUrl(text, place) {
	if (text === void 0) return void 0;
	const url = URL.canParse(text) ? new URL(text) : void 0;
	if (url === void 0 || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") throw new InputError({
		...place,
		problem: "not an address that files can be published under",
		found: text,
		expected: "http:// or https://, without ? and #, such as https://acme.github.io/os/"
	});
	return text.endsWith("/") ? text : `${text}/`;
}
/** `./rollouts//x` → `rollouts/x`: git knows paths only in this form. */
function tidyPath(path) {
	return path.split("/").filter((step) => step !== "" && step !== ".").join("/");
}
// src/forge/forge.ts
/** A compare-and-swap was lost: somebody else moved the branch first. Read again, apply again. */
var StaleBranchError = class extends Error {
	name = "StaleBranchError";
	branch;
	constructor(branch, expected, found) {
		super(`${branch} is at ${found ?? "nothing"}, not at ${expected ?? "nothing"} any more`);
		this.branch = branch;
	}
};
// src/forge/retry.ts
const attempts = 40;
/**
* Runs a read-apply-write step until its compare-and-swap is won. Each round somebody wins, so that as many
* rounds as there are writers are enough. The pauses are random, and grow with the time that a step takes: losers
* then wait for their turn instead of slowing the others down.
* @param step reads afresh each time
* @throws OutsideError when it was lost over and over
*/
async function untilNotStale(step) {
	for (let attempt = 1;; attempt += 1) {
		const started = performance.now();
		try {
			return await step();
		} catch (error) {
			if (!(error instanceof StaleBranchError)) throw error;
			if (attempt === attempts) throw new OutsideError(`changing ${error.branch}`, `somebody else changed it first, ${attempts} times in a row`, void 0, { cause: error });
			const took = performance.now() - started;
			await setTimeout(Math.random() * took * Math.min(8, 2 ** attempt));
		}
	}
}
// src/registry/failures.ts
/** A failure that another attempt a little later may not meet. */
var PassingFailure = class extends OutsideError {
	/** What the server asked for with Retry-After. */
	retryAfterSeconds;
	constructor(tried, happened, options = {}) {
		super(tried, happened, void 0, options);
		this.retryAfterSeconds = options.retryAfterSeconds;
	}
};
/** The registry answers, and has no such thing. For people an InputError like any other. */
var NotFoundError = class extends InputError {
	constructor(what) {
		super({
			where: what,
			problem: "not found: the registry answers, and has no such image",
			remedy: "Check the name, and that it was pushed."
		});
	}
};
function unauthorised(options) {
	const { what, host, status, push, hadCredentials } = options;
	const verb = push ? "push to" : "pull from";
	return new InputError({
		where: what,
		problem: `unauthorised: ${host} answered ${status}${hadCredentials ? " to the credentials we have for it" : ", and no credentials for it were found"}`,
		remedy: hadCredentials ? `Check that this account may ${verb} the repository, and that the repository exists.` : `Log in first: podman login ${host} (or docker login). A repository that does not exist may answer so too.`
	});
}
function notARegistry(host, seen) {
	return new InputError({
		where: host,
		problem: `not a registry: ${seen}`,
		remedy: "Check the host name and the port."
	});
}
const permanentCodes = {
	ENOTFOUND: "there is no such host",
	ERR_INVALID_URL: "not a valid address",
	ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
	DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed and not trusted here (NODE_EXTRA_CA_CERTS adds one)",
	SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not trusted here (NODE_EXTRA_CA_CERTS adds an authority)",
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted here (NODE_EXTRA_CA_CERTS adds an authority)",
	CERT_HAS_EXPIRED: "its certificate has expired"
};
const passingCodes = {
	ECONNREFUSED: "connection refused",
	ECONNRESET: "the connection broke",
	EPIPE: "the connection broke",
	UND_ERR_SOCKET: "the connection broke",
	ETIMEDOUT: "no answer in time",
	UND_ERR_CONNECT_TIMEOUT: "no answer in time",
	UND_ERR_HEADERS_TIMEOUT: "no answer in time",
	UND_ERR_BODY_TIMEOUT: "the answer stopped half-way",
	EAI_AGAIN: "its name could not be looked up"
};
/** What fetch threw, as our error: the host is not reachable, or the connection broke. */
function connectionFailure(doing, host, error) {
	const chain = causes(error);
	for (const each of chain) if (each instanceof OutsideError || each instanceof InputError) return each;
	const codes = chain.map(codeOf);
	const permanent = codes.find((code) => code !== void 0 && code in permanentCodes);
	if (permanent !== void 0) return new OutsideError(doing, `${host} is not reachable: ${permanentCodes[permanent]} (${permanent})`, void 0, { cause: error });
	const passing = codes.find((code) => code !== void 0 && code in passingCodes);
	return new PassingFailure(doing, `${host} is not reachable: ${passing === void 0 ? messageOf(chain.at(-1)) : `${passingCodes[passing]} (${passing})`}`, { cause: error });
}
/** The error, what caused it, what caused that, and what an AggregateError holds. */
function causes(error) {
	const chain = [];
	const open = [error];
	while (open.length > 0 && chain.length < 20) {
		const next = open.shift();
		if (next === void 0 || chain.includes(next)) continue;
		chain.push(next);
		if (next instanceof AggregateError) open.push(...next.errors);
		if (next instanceof Error) open.push(next.cause);
	}
	return chain;
}
function codeOf(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : void 0;
}
// src/registry/manifest.ts
const mediaTypes = {
	ociManifest: "application/vnd.oci.image.manifest.v1+json",
	ociIndex: "application/vnd.oci.image.index.v1+json",
	ociConfig: "application/vnd.oci.image.config.v1+json",
	ociEmpty: "application/vnd.oci.empty.v1+json",
	dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
	dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json"
};
/** Sent as Accept with every manifest request: whatever is missing here a registry may convert or refuse. */
const manifestMediaTypes = [
	mediaTypes.ociManifest,
	mediaTypes.ociIndex,
	mediaTypes.dockerManifest,
	mediaTypes.dockerIndex
];
const indexMediaTypes = [mediaTypes.ociIndex, mediaTypes.dockerIndex];
const digestSchema = custom((value) => typeof value === "string" && isDigest(value), { message: "not a sha256 digest" });
const descriptorSchema = looseObject({
	mediaType: string(),
	digest: digestSchema,
	size: int().nonnegative(),
	annotations: record(string(), string()).optional(),
	artifactType: string().optional(),
	platform: looseObject({
		architecture: string(),
		os: string(),
		variant: string().optional()
	}).optional()
});
const manifestSchema = looseObject({
	schemaVersion: literal(2),
	mediaType: string().optional(),
	artifactType: string().optional(),
	config: descriptorSchema,
	layers: array(descriptorSchema),
	subject: descriptorSchema.optional(),
	annotations: record(string(), string()).optional()
});
const indexSchema = looseObject({
	schemaVersion: literal(2),
	mediaType: string().optional(),
	artifactType: string().optional(),
	manifests: array(descriptorSchema),
	subject: descriptorSchema.optional(),
	annotations: record(string(), string()).optional()
});
function isIndex(json) {
	return "manifests" in json;
}
/**
* Reads a manifest or an index.
* @param where the reference, for the error
* @param contentType media type as the registry named it; used where the document has none of its own
* @throws InputError when it is neither
*/
function parseManifest(bytes, where, contentType) {
	const value = parseJson(bytes, where);
	const declared = mediaTypeIn(value) ?? (contentType === void 0 ? void 0 : bareType(contentType));
	const known = declared !== void 0 && manifestMediaTypes.includes(declared) ? declared : inferMediaType(value);
	if (known === void 0) throw new InputError({
		where,
		problem: "not an image manifest or index",
		...declared === void 0 ? {} : { found: declared },
		expected: "an OCI or Docker (schema 2) manifest or index"
	});
	const parsed = indexMediaTypes.includes(known) ? indexSchema.safeParse(value) : manifestSchema.safeParse(value);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw new InputError({
			where,
			field: issue?.path.join(".") ?? "",
			problem: `not a valid manifest: ${issue?.message ?? "wrong shape"}`
		});
	}
	return {
		descriptor: {
			mediaType: known,
			digest: digestOf(bytes),
			size: bytes.length
		},
		bytes,
		json: parsed.data
	};
}
/** Reads JSON from bytes. @throws InputError */
function parseJson(bytes, where) {
	try {
		return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch (error) {
		throw new InputError({
			where,
			problem: "not JSON"
		}, { cause: error });
	}
}
function mediaTypeIn(value) {
	return typeof value === "object" && value !== null && "mediaType" in value && typeof value.mediaType === "string" ? value.mediaType : void 0;
}
function inferMediaType(value) {
	if (typeof value !== "object" || value === null) return void 0;
	if ("manifests" in value) return mediaTypes.ociIndex;
	if ("config" in value && "layers" in value) return mediaTypes.ociManifest;
}
/** A Content-Type without its parameters, in lower case. */
function bareType(contentType) {
	return contentType.split(";")[0].trim().toLowerCase();
}
// src/containerfile/expand.ts
var import_main = require_main();
/** Text of a range of the file with line continuations (and comment lines inside them) taken out. */
function sourceText(file, start, end, escapeCharacter) {
	const characters = [];
	const continuation = new RegExp(`${escapeCharacter === "`" ? "`" : "\\\\"}[ \\t]*\\r?\\n(?:[ \\t]*#[^\\n]*\\n)*`, "y");
	for (let offset = start; offset < end; offset++) {
		continuation.lastIndex = offset;
		const skipped = continuation.exec(file);
		if (skipped === null) characters.push({
			character: file.charAt(offset),
			offset
		});
		else offset += skipped[0].length - 1;
	}
	return characters;
}
/** The text that the characters make. */
function plain(text) {
	return text.map(({ character }) => character).join("");
}
/**
* Expands `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME-word}`, as FROM and ARG do (Dockerfile reference,
* "Environment replacement"); quotes around words go. A name that `lookUp` does not know stays as it is written,
* so that messages show it.
*/
function expand(text, lookUp) {
	const written = plain(text);
	const variable = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?-)([^${}]*))?\})/y;
	const result = [];
	for (let index = 0; index < text.length; index++) {
		const current = text[index];
		if (current.character === "\"" || current.character === "'") continue;
		variable.lastIndex = index;
		const match = variable.exec(written);
		if (match === null) {
			result.push(current);
			continue;
		}
		const [whole, bare, braced, operator, word = ""] = match;
		const known = lookUp(bare ?? braced);
		const isSet = known !== void 0 && (operator !== ":-" || known.length > 0);
		const wordStart = index + whole.length - 1 - word.length;
		if (isSet) result.push(...known);
		else if (operator !== void 0) result.push(...text.slice(wordStart, wordStart + word.length));
		else result.push(...text.slice(index, index + whole.length));
		index += whole.length - 1;
	}
	return result;
}
/** The names of the variables that a text mentions. */
function variableNames(text) {
	return [...plain(text).matchAll(/\$\{?([A-Za-z_]\w*)/g)].map((match) => match[1]);
}
// src/containerfile/mask.ts
/**
* A copy of a Containerfile for dockerfile-ast to read, every character at its old offset, in which two things
* that the library gets wrong are out of the way:
* - `RUN cat 3<<EOF`: a here-document with a file descriptor, which it does not see, so that a `FROM` inside
*   the document would count as an instruction;
* - `RUN echo "a <<EOF b"`: quoted, so not a here-document, but it would swallow the rest of the file.
*/
function maskForParser(text) {
	return text.replace(/(?<=[ \t])\d+(?=<<-?["']?[A-Za-z_])/g, (digits) => " ".repeat(digits.length)).replace(/(["'])(?:(?!\1).)*?[ \t]<<(?:(?!\1).)*\1/g, (quoted) => quoted.replaceAll("<<", "__"));
}
// src/containerfile/parse.ts
/**
* Reads the stages of a Containerfile.
* @throws InputError when there is no FROM, or a FROM without an image
*/
function parseContainerfile(text, file) {
	const parsed = import_main.DockerfileParser.parse(maskForParser(text));
	const escapeCharacter = parsed.getEscapeCharacter();
	const offsets = lineOffsets(text);
	const offsetOf = (position) => (offsets[position.line] ?? text.length) + position.character;
	const globals = /* @__PURE__ */ new Map();
	const expandHere = (written) => ({
		value: expand(written, (name) => globals.get(name)?.value),
		variables: variableNames(written).flatMap((name) => [name, ...globals.get(name)?.variables ?? []])
	});
	for (const instruction of parsed.getInitialARGs()) for (const argument of instruction.getArguments()) {
		const range = argument.getRange();
		const whole = sourceText(text, offsetOf(range.start), offsetOf(range.end), escapeCharacter);
		const equals = plain(whole).indexOf("=");
		if (equals < 0) globals.set(plain(whole), {
			value: void 0,
			variables: []
		});
		else globals.set(plain(whole.slice(0, equals)), expandHere(whole.slice(equals + 1)));
	}
	const [first, ...rest] = parsed.getFROMs().map((from) => {
		const range = from.getImageRange();
		const place = range?.start ?? from.getRange().start;
		const where = `${file}:${place.line + 1}:${place.character + 1}`;
		if (range === null) throw new InputError({
			where,
			problem: "FROM names no image",
			expected: "FROM repository:tag"
		});
		const start = offsetOf(range.start);
		const end = offsetOf(range.end);
		const written = sourceText(text, start, end, escapeCharacter);
		const { value, variables } = expandHere(written);
		const platform = from.getFlags().find((flag) => flag.getName() === "platform")?.getValue();
		const alias = from.getBuildStage();
		return {
			image: plain(written),
			resolved: plain(value),
			...platform == null ? {} : { platform },
			...alias === null ? {} : { alias },
			range: {
				start,
				end
			},
			where,
			source: value,
			variables
		};
	});
	if (first === void 0) throw new InputError({
		where: file,
		problem: "there is no FROM",
		expected: "FROM followed by the base image of coxswain.yaml"
	});
	return {
		file,
		text,
		stages: [first, ...rest]
	};
}
/** Offset at which each line starts, lines ending as the library counts them (`\n`, `\r\n`, a lone `\r`). */
function lineOffsets(text) {
	return [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((match) => match.index + match[0].length)];
}
// src/containerfile/base.ts
/**
* Finds the FROM that the image is derived from: the last stage's, followed through stage names.
* The base counts as configured when it is the configured tag, or any digest of the configured repository.
* @throws InputError when the last stage comes from anything else
*/
function findBase(parsed, base) {
	let index = parsed.stages.length - 1;
	let stage = parsed.stages[index];
	for (;;) {
		const wanted = stage.resolved.toLowerCase();
		const above = parsed.stages.slice(0, index).findLastIndex((each) => each.alias?.toLowerCase() === wanted);
		if (above < 0) break;
		index = above;
		stage = parsed.stages[index];
	}
	const reference = referenceToBase(stage, base);
	if (reference === void 0) throw new InputError({
		where: stage.where,
		field: "FROM",
		problem: "the image is not derived from the configured base",
		found: stage.resolved,
		expected: `${formatReference(base)}, or a digest of ${formatRepository(base.repository)}`,
		remedy: `Write FROM ${formatReference(base)} here, or change base in coxswain.yaml.`
	});
	return {
		stage,
		reference
	};
}
/**
* Pins the base: every FROM that names the configured base gets `repository:tag@digest`, so that a build stage
* on the same base (kernel modules, say) moves with it. Nothing else in the file changes, and pinning twice
* changes nothing. Where the reference comes from an ARG's default, the default is what changes.
* @throws InputError as findBase; and for a reference put together in a way that cannot be rewritten
*/
function repinBase(text, file, base, pin) {
	const parsed = parseContainerfile(text, file);
	findBase(parsed, base);
	const target = {
		kind: "digest",
		repository: base.repository,
		...pin
	};
	const edits = /* @__PURE__ */ new Map();
	const affected = stagesOnBase(parsed, base);
	for (const stage of affected) {
		const edit = editOf(stage, target);
		const other = edits.get(edit.start);
		if (other !== void 0 && other.end !== edit.end) throw cannotRewrite(stage, target);
		edits.set(edit.start, edit);
	}
	const changed = [...edits.values()].sort((one, other) => other.start - one.start).reduce((whole, { start, end, text: insert }) => whole.slice(0, start) + insert + whole.slice(end), text);
	checkRewritten(parsed, parseContainerfile(changed, file), affected, target);
	return changed;
}
/** The edit that gives a stage's reference another tag and digest: what follows the repository is replaced. */
function editOf(stage, target) {
	const suffix = `:${target.tag}@${target.digest}`;
	const length = repositoryLength(stage.resolved);
	const kept = isContiguous(stage.source.slice(length)) ? 0 : 1;
	const replaced = stage.source.slice(length + kept);
	const [first, last] = [replaced[0], replaced.at(-1)];
	const colonStays = kept === 0 || stage.resolved.charAt(length) === ":";
	if (first === void 0 || last === void 0 || !colonStays || !isContiguous(replaced)) throw cannotRewrite(stage, target);
	return {
		start: first.offset,
		end: last.offset + 1,
		text: suffix.slice(kept)
	};
}
function isContiguous(text) {
	return text.every(({ offset }, index) => index === 0 || offset === (text[index - 1]?.offset ?? 0) + 1);
}
/** Length of the repository in a reference: where `:tag` or `@digest` begins. */
function repositoryLength(reference) {
	const at = reference.indexOf("@");
	const named = at < 0 ? reference : reference.slice(0, at);
	const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
	return colon < 0 ? named.length : colon;
}
/** The stages that begin with an image, not with another stage and not with nothing. */
function externalStages(parsed) {
	return parsed.stages.filter((stage, index) => {
		const wanted = stage.resolved.toLowerCase();
		return !parsed.stages.slice(0, index).some((each) => each.alias?.toLowerCase() === wanted) && wanted !== "scratch";
	});
}
/** The stages that begin with the configured base. */
function stagesOnBase(parsed, base) {
	return externalStages(parsed).filter((stage) => referenceToBase(stage, base) !== void 0);
}
function referenceToBase(stage, base) {
	let reference;
	try {
		reference = parseReference(stage.resolved);
	} catch {
		return;
	}
	if (!sameRepository(reference.repository, base.repository)) return void 0;
	return reference.kind === "digest" || reference.tag === base.tag ? reference : void 0;
}
/** An ARG may feed several FROMs: whatever was not the base must still say what it said. */
function checkRewritten(before, after, affected, target) {
	for (const [index, stage] of before.stages.entries()) {
		const pinned = `${stage.resolved.slice(0, repositoryLength(stage.resolved))}:${target.tag}@${target.digest}`;
		const expected = affected.includes(stage) ? pinned : stage.resolved;
		if (after.stages[index]?.resolved !== expected) throw cannotRewrite(stage, target);
	}
}
function cannotRewrite(stage, target) {
	return new InputError({
		where: stage.where,
		field: "FROM",
		problem: "the base cannot be pinned here: its tag is put together from several places, or shared with another FROM",
		found: stage.image,
		expected: "one reference, or one ARG that holds it",
		remedy: `Write FROM ${formatReference(target)} by hand, or ARG BASE=… with FROM \${BASE}.`
	});
}
// src/registry/image.ts
const configSchema = looseObject({
	architecture: string(),
	os: string(),
	created: string().nullish(),
	config: looseObject({ Labels: record(string(), string()).nullish() }).nullish(),
	rootfs: looseObject({ diff_ids: array(string()) })
});
/**
* Reads the image that a reference means for one architecture, walking an index to it.
* @throws InputError when there is no such image, or none for the architecture
*/
async function readImage(client, reference, architecture) {
	const where = formatReference(reference);
	const top = await client.getManifest(reference);
	if (!isIndex(top.json)) return withConfig(client, reference, architecture, top, {});
	const wanted = goArchitecture(architecture);
	const entry = top.json.manifests.find(({ platform }) => platform?.architecture === wanted && platform.os === "linux");
	if (entry === void 0) throw new InputError({
		where,
		problem: `this image is not made for ${architecture}`,
		found: architecturesOf(top.json.manifests).join(", ")
	});
	return withConfig(client, reference, architecture, await client.getManifest(atDigest(reference.repository, entry.digest)), { index: top.descriptor });
}
/**
* The time by which rpm-ostree tells older from newer (`--disallow-downgrade`): the manifest's annotation
* org.opencontainers.image.created, else the config's `created` (ostree-ext, container/store.rs). UNIX seconds with
* fractions; undefined where the image has neither, or it is not a time.
*/
function imageTimestamp(image) {
	const text = image.manifest.json.annotations?.["org.opencontainers.image.created"] ?? image.config.created;
	const milliseconds = text === void 0 ? NaN : Date.parse(text);
	return Number.isNaN(milliseconds) ? void 0 : milliseconds / 1e3;
}
async function withConfig(client, reference, architecture, manifest, index) {
	const where = formatReference(reference);
	const { json } = manifest;
	if (isIndex(json)) throw new InputError({
		where,
		problem: "an index inside an index"
	});
	const bytes = await client.getBlob(reference.repository, json.config.digest);
	const parsed = configSchema.safeParse(parseJson(bytes, `${where} (config)`));
	if (!parsed.success) throw new InputError({
		where,
		field: `config.${parsed.error.issues[0]?.path.join(".") ?? ""}`,
		problem: "not a bootable image: its config is not an image config",
		found: json.artifactType ?? json.config.mediaType
	});
	const { data } = parsed;
	if (data.architecture !== goArchitecture(architecture)) throw new InputError({
		where,
		problem: `this image is not made for ${architecture}`,
		found: architectureOfGo(data.architecture) ?? data.architecture
	});
	return {
		manifest: {
			...manifest,
			json
		},
		config: {
			architecture: data.architecture,
			os: data.os,
			labels: data.config?.Labels ?? {},
			diffIds: data.rootfs.diff_ids,
			digest: json.config.digest,
			...typeof data.created === "string" ? { created: data.created } : {}
		},
		...index
	};
}
function architecturesOf(manifests) {
	return manifests.flatMap(({ platform }) => platform === void 0 || platform.os !== "linux" ? [] : [architectureOfGo(platform.architecture) ?? platform.architecture]);
}
// src/build/context.ts
var import_ignore = /* @__PURE__ */ __toESM(require_ignore(), 1);
/** The ignore files that are looked for at the top of the repository; the first one counts, as with buildah. */
const ignoreFileNames = [".containerignore", ".dockerignore"];
/** A one-line file that watch-base commits to force a rebuild. Part of the build key, never of the context. */
const refreshFileName = ".coxswain/refresh";
/**
* Chooses the files of a commit that the build sees, and that the build key is made of.
*
* Ignore patterns mean what they mean to Docker (moby's pattern matcher). Besides, these are left out unless a
* pattern with `!` asks for them: the Containerfile (it is in the key by itself), the tests, rollouts/ and the
* fleets' templates, .github/, .gitignore, .gitattributes and the ignore files. coxswain.yaml and .coxswain/ are
* always left out. So an edit of any of these rebuilds nothing.
* @throws InputError for an unusable pattern, a submodule in the context, or a path that is not UTF-8
*/
function selectContext(entries, own, ignoreFile) {
	const isIgnored = ignoreMatcher(own, ignoreFile);
	return entries.filter(({ path }) => path !== "coxswain.yaml" && !path.startsWith(".coxswain/") && !isIgnored(path)).map(({ path, mode, hash }) => {
		if (path.includes("�")) throw new InputError({
			where: path,
			problem: "the name of this file is not UTF-8",
			remedy: "Rename it."
		});
		if (mode === "160000") throw new InputError({
			where: path,
			problem: "a git submodule cannot be part of the build context: its files are not in this repository",
			remedy: `Copy the files, fetch them in the Containerfile, or name ${path} in .containerignore.`
		});
		if (mode !== "100644" && mode !== "100755" && mode !== "120000") throw new InputError({
			where: path,
			problem: "this kind of file cannot be built",
			found: mode
		});
		return {
			path,
			mode,
			hash
		};
	});
}
function ignoreMatcher(own, ignoreFile) {
	const ours = [
		own.containerfile,
		own.tests,
		...own.templates,
		"rollouts",
		".github",
		".gitignore",
		".gitattributes",
		".gitmodules",
		...ignoreFileNames
	];
	const matcher = (0, import_ignore.default)({ ignorecase: false }).add(ours.map(escapePattern));
	for (const [index, line] of (ignoreFile?.text.replace(/^\uFEFF/, "") ?? "").split(/\r?\n/).entries()) try {
		(0, import_ignore.default)({ ignorecase: false }).add(line).ignores("x");
		matcher.add(line);
	} catch (error) {
		throw new InputError({
			where: `${ignoreFile?.path}:${index + 1}`,
			problem: `not a pattern: ${messageOf(error)}`,
			found: line
		}, { cause: error });
	}
	return (path) => matcher.ignores(path);
}
function escapePattern(path) {
	return path.replaceAll(/[\\*?[\]!#{}()+^|]/g, "\\$&");
}
// src/fleets/fleets.ts
/** The fleet that a flag names. @throws InputError */
function findFleet(config, name, field = "--fleet") {
	const fleet = Object.hasOwn(config.fleets, name) ? config.fleets[name] : void 0;
	if (fleet !== void 0) return fleet;
	const names = Object.keys(config.fleets);
	const meant = nearest(name, names);
	throw new InputError({
		field,
		problem: `${config.file} has no such fleet`,
		found: name,
		expected: `one of ${names.join(", ")}`,
		...meant === void 0 ? {} : { remedy: `Did you mean ${meant}?` }
	});
}
/** Fleets that get their releases from no other fleet: where a change of the base comes in. */
function entryFleets(config) {
	return Object.values(config.fleets).filter((fleet) => fleet.promoteFrom === void 0);
}
/** Fleets that are promoted from this one. */
function nextFleets(config, fleet) {
	return Object.values(config.fleets).filter((other) => other.promoteFrom === fleet.name);
}
/** The commit that a fleet's branch is at. @throws InputError when there is no such branch */
async function fleetTip(branches, fleet) {
	const tip = await branches.resolve(fleet.branch);
	if (tip !== void 0) return tip;
	throw new InputError({
		field: `fleets.${fleet.name}.branch`,
		problem: "this repository has no such branch",
		found: fleet.branch,
		remedy: `Make it from the branch it should start as (git branch ${fleet.branch} …), or take it over from your remote (git branch ${fleet.branch} origin/${fleet.branch}).`
	});
}
/**
* The commit that a release of a fleet is made from.
* @param commit one on the fleet's branch; default: its newest
* @throws InputError for a commit that is not on the branch: it would go around the fleet's review
*/
async function releaseCommit(branches, fleet, commit) {
	const tip = await fleetTip(branches, fleet);
	if (commit === void 0) return tip;
	if (await branches.isAncestor(commit, tip)) return commit;
	throw new InputError({
		field: "--commit",
		problem: `this commit is not on branch ${fleet.branch}, which fleet ${fleet.name} is released from`,
		found: commit,
		remedy: `Merge it into ${fleet.branch} first.`
	});
}
// src/forge/branch-names.ts
/** The branch on which watch-base proposes changes to a fleet's branch. */
function baseBranch(fleet) {
	return `coxswain-base-${fleet}`;
}
/** The branch on which open-promotion proposes what one fleet runs to the next fleet. */
function promotionBranch(source, target) {
	return `coxswain-promote-${source}-to-${target}`;
}
// src/forge/propose.ts
/** Last line of the messages of our own commits on branches that we propose. */
const trailer = "Proposed-by: coxswain";
/**
* Proposes changes to a branch by ONE pull request: its branch is one commit on top of `tip`, rebuilt whenever
* that is not so. Commits that people added to it while it is open are kept; ours then goes on top of theirs.
* Killed anywhere and run again, it goes on where it was.
* @param change.tip where the base branch is now
*/
async function proposeChanges(forge, proposal, change) {
	return keepPullRequest(forge, proposal, await untilNotStale(() => placeChanges(forge, proposal, change)));
}
/**
* Proposes to merge a commit as it is, by ONE pull request.
* @param move.from where the caller saw the branch of the pull request
* @throws StaleBranchError when it is elsewhere by now
*/
async function proposeCommit(forge, proposal, move) {
	const moved = move.from !== move.to;
	if (moved) await forge.branches.setBranch({
		branch: proposal.head,
		...move
	});
	return keepPullRequest(forge, proposal, moved);
}
/**
* Closes the pull request, if it is open. Its branch stays: the next proposal takes it over.
* @param reason goes into a comment
*/
async function withdrawProposal(forge, branches, reason) {
	const open = await forge.pullRequests.find(branches);
	if (open === void 0) return {
		action: "none",
		pullRequest: void 0
	};
	await forge.pullRequests.comment(open.number, "closed", reason);
	return {
		action: "closed",
		pullRequest: await forge.pullRequests.update(open.number, { state: "closed" })
	};
}
/** @returns whether the branch moved */
async function placeChanges(forge, proposal, { tip, changes }) {
	const { branches } = forge;
	const branch = proposal.head;
	const message = `${proposal.title}\n\n${trailer}\n`;
	const open = await forge.pullRequests.find(proposal);
	const there = await branches.resolve(branch);
	if (there === void 0) {
		await branches.commit({
			branch,
			parent: void 0,
			from: tip,
			changes,
			message
		});
		return true;
	}
	const ahead = await branches.log({
		from: tip,
		to: there
	});
	if (open !== void 0 && !ahead.every(isOurs)) {
		if (await holds(branches, there, changes)) return false;
		await branches.commit({
			branch,
			parent: there,
			changes,
			message
		});
		return true;
	}
	if (await holdsOnly(branches, {
		tip,
		there,
		changes
	})) return false;
	await branches.commit({
		branch,
		parent: there,
		from: tip,
		changes,
		message
	});
	return true;
}
function isOurs(commit) {
	return commit.message.split("\n").includes(trailer);
}
async function holds(branches, commit, changes) {
	const found = await Promise.all(changes.map(({ path }) => branches.readFile(commit, path)));
	return changes.every(({ content }, index) => (found[index] ?? null) === content);
}
async function holdsOnly(branches, { tip, there, changes }) {
	const wanted = new Set(changes.map(({ path }) => path));
	return (await branches.changedFiles(tip, there)).filter((path) => !wanted.has(path)).length === 0 && await holds(branches, there, changes);
}
async function keepPullRequest(forge, proposal, moved) {
	const open = await forge.pullRequests.find(proposal);
	if (open === void 0) return {
		action: "opened",
		pullRequest: await forge.pullRequests.open(proposal)
	};
	const { title, body, ready } = proposal;
	const labels = [.../* @__PURE__ */ new Set([...open.labels, ...proposal.labels])];
	if (open.title === title && open.body === body && open.ready === ready && labels.length === open.labels.length) return {
		action: moved ? "updated" : "unchanged",
		pullRequest: open
	};
	return {
		action: "updated",
		pullRequest: await forge.pullRequests.update(open.number, {
			title,
			body,
			ready,
			labels
		})
	};
}
// src/base/base-image.ts
const versionLabel = "org.opencontainers.image.version";
/** What the base's tag points at now, by one HEAD. @throws InputError when there is no such tag */
async function resolveBase(client, config) {
	const found = await client.resolve(config.base);
	if (found !== void 0) return found.digest;
	throw new InputError({
		where: config.file,
		field: "base",
		problem: "the registry answers, and has no such tag",
		found: formatReference(config.base),
		remedy: "Correct the name, or push the tag first."
	});
}
/**
* Reads the build that the base's tag points at.
* @throws InputError when it lacks its version, or one of the architectures: a pull request could not be built
*/
async function readNewBase(client, config, digest) {
	const { repository } = config.base;
	const images = await Promise.all(config.architectures.map((architecture) => readImage(client, atDigest(repository, digest), architecture)));
	const version = images[0]?.config.labels[versionLabel];
	if (version === void 0 || version === "") throw new InputError({
		where: formatReference({
			...config.base,
			kind: "digest",
			digest
		}),
		field: versionLabel,
		problem: "the base image has no such label, and the version of a derived image begins with it",
		remedy: "Use a base that has it: every Fedora CoreOS image does."
	});
	const tag = (isTag(version) ? await client.resolve(atTag(repository, version)) : void 0)?.digest === digest ? version : config.base.tag;
	return {
		digest,
		version,
		created: images[0]?.config.created,
		pin: {
			kind: "digest",
			repository,
			tag,
			digest
		}
	};
}
/** Reads the build that is pinned now, as far as it can still be found. */
async function readPinnedBase(client, config, pinned) {
	if (pinned.kind !== "digest") return void 0;
	const { repository, digest } = pinned;
	try {
		const { config: image } = await readImage(client, atDigest(repository, digest), config.architectures[0]);
		return {
			digest,
			version: image.labels[versionLabel] ?? versionOfTag(config, pinned),
			created: image.created
		};
	} catch (error) {
		if (!(error instanceof NotFoundError)) throw error;
		return {
			digest,
			version: versionOfTag(config, pinned),
			created: void 0
		};
	}
}
/** The version that a pin tells by its tag, without asking anybody. */
function versionOfTag(config, pinned) {
	return pinned.tag === config.base.tag ? void 0 : pinned.tag;
}
// src/base/base-proposal.ts
/** The pull request that pins another build of the base. */
function repinProposal(options) {
	const { config, fleet, from, to } = options;
	const stream = `stream ${config.stream}`;
	const title = from === void 0 ? `Pin base image ${to.version} (${stream})` : from.version === to.version ? `Base image ${to.version} was built again (${stream})` : `Base image ${from.version ?? short(from.digest)} → ${to.version} (${stream})`;
	const lead = from === void 0 ? `\`${config.containerfile}\` names \`${formatReference(config.base)}\` without a digest, so that a build says nothing about what it was built on. This pins what the tag points at now.` : `\`${formatReference(config.base)}\` points at another build than the one pinned in \`${config.containerfile}\`.`;
	const rows = [
		[
			"",
			"now",
			"proposed"
		],
		[
			"---",
			"---",
			"---"
		],
		[
			"version",
			code(from?.version),
			code(to.version)
		],
		[
			"digest",
			code(from?.digest),
			code(to.digest)
		],
		[
			"created",
			from?.created ?? "unknown",
			to.created ?? "unknown"
		],
		[
			"stream",
			code(config.stream),
			code(config.stream)
		]
	];
	return proposal(options, title, [
		lead,
		(from === void 0 ? rows.map(([name = "", , now = ""]) => [name, now]) : rows).map((row) => `| ${row.join(" | ")} |`).join("\n"),
		whatHappensNext(config, fleet)
	]);
}
/** The pull request that builds again on the same base. @param builtAt UNIX seconds */
function refreshProposal(options) {
	const { config, fleet, baseVersion, builtAt } = options;
	const on = baseVersion === void 0 ? "the same base" : `base ${baseVersion}`;
	return proposal(options, `Refresh: build ${fleet.name} again on ${on}`, [`The newest build of fleet \`${fleet.name}\` was made on ${formatTime(builtAt)}, more than ${formatDuration(config.refresh)} ago, and \`${formatReference(config.base)}\` has not moved since. A new build takes in what your Containerfile fetches: packages, and their security fixes.`, whatHappensNext(config, fleet)]);
}
function proposal({ fleet }, title, paragraphs) {
	return {
		head: baseBranch(fleet.name),
		base: fleet.branch,
		title,
		body: `${paragraphs.join("\n\n")}\n`,
		ready: true,
		labels: ["coxswain", "base-image"]
	};
}
function whatHappensNext(config, fleet) {
	const next = nextFleets(config, fleet).map(({ name, soak }) => `Fleet \`${name}\` is offered the same digest by a promotion pull request, ready ${formatDuration(soak)} after the rollout here began.`);
	return `### What happens next\n\n${[
		`This branch is built for ${config.architectures.join(", ")} and pushed to \`${formatRepository(config.testImage)}\`.`,
		`That digest boots in a VM and runs \`${config.tests}/\`; the result is told here.`,
		`Merged, it is promoted to \`${formatRepository(config.image)}\` as it was tested, and rolls out to fleet \`${fleet.name}\` by \`${fleet.template}\`.`,
		...next
	].map((step, index) => `${index + 1}. ${step}`).join("\n")}`;
}
function code(text) {
	return text === void 0 ? "unknown" : `\`${text}\``;
}
function short(digest) {
	return digest.slice(7, 19);
}
// src/base/refresh.ts
/** UNIX seconds at which a fleet's newest build was made; undefined before its first release. */
function newestBuildTime(state) {
	const times = Object.values(state.records).map((record) => Date.parse(record.created) / 1e3);
	return times.length === 0 ? void 0 : Math.max(...times);
}
/**
* The change that makes a new build of the same inputs: a date in a file that is part of the build key.
* Undefined where none is due.
* @param options.tip where the fleet's branch is
* @param options.proposed where the branch of the pull request is, if any: its date is kept until it is too old
* @param options.refresh seconds that a build may be old
*/
async function dueRefresh(branches, options) {
	const { now, refresh } = options;
	const builtAt = newestBuildTime(options.state);
	if (builtAt === void 0 || now - builtAt <= refresh) return void 0;
	const merged = await dateOn(branches, options.tip);
	if (merged !== void 0 && now - merged <= refresh) return void 0;
	const proposed = options.proposed === void 0 ? void 0 : await dateOn(branches, options.proposed);
	const date = proposed !== void 0 && now - proposed <= refresh ? proposed : now;
	return {
		change: {
			path: refreshFileName,
			content: `${formatTime(date)}\n`
		},
		builtAt
	};
}
async function dateOn(branches, commit) {
	const milliseconds = Date.parse((await branches.readFile(commit, ".coxswain/refresh") ?? "").trim());
	return Number.isNaN(milliseconds) ? void 0 : Math.floor(milliseconds / 1e3);
}
// src/base/watch-base.ts
/** Looks at the base, and keeps one pull request for each fleet where releases come in. */
async function watchBase(project, now) {
	const digest = await resolveBase(project.client, project.config);
	const answers = [];
	for (const fleet of entryFleets(project.config)) answers.push(await watchFor(project, {
		fleet,
		digest,
		now
	}));
	return answers;
}
async function watchFor(project, { fleet, digest, now }) {
	const { config, client, forge } = project;
	const tip = await fleetTip(forge.branches, fleet);
	const { text, pinned } = await readPin(project, fleet, tip);
	const from = pinned.kind === "digest" ? pinned.digest : void 0;
	if (from !== digest) {
		const [before, after] = [await readPinnedBase(client, config, pinned), await readNewBase(client, config, digest)];
		const content = repinBase(text, config.containerfile, config.base, after.pin);
		const { action, pullRequest } = await proposeChanges(forge, repinProposal({
			config,
			fleet,
			from: before,
			to: after
		}), {
			tip,
			changes: [{
				path: config.containerfile,
				content
			}]
		});
		return {
			fleet: fleet.name,
			moved: true,
			base: {
				from,
				to: digest,
				fromVersion: before?.version,
				toVersion: after.version
			},
			pullRequest: pullRequest.number,
			action,
			title: pullRequest.title
		};
	}
	const version = versionOfTag(config, pinned);
	const base = {
		from,
		to: digest,
		fromVersion: version,
		toVersion: version
	};
	const unmoved = {
		fleet: fleet.name,
		moved: false,
		base
	};
	const head = baseBranch(fleet.name);
	const refresh = await dueRefresh(forge.branches, {
		state: await project.state.readFleet(fleet.name),
		tip,
		proposed: await forge.branches.resolve(head),
		refresh: config.refresh,
		now
	});
	if (refresh !== void 0) {
		const { action, pullRequest } = await proposeChanges(forge, refreshProposal({
			config,
			fleet,
			baseVersion: version,
			builtAt: refresh.builtAt
		}), {
			tip,
			changes: [refresh.change]
		});
		return {
			...unmoved,
			pullRequest: pullRequest.number,
			action,
			title: pullRequest.title
		};
	}
	const { action, pullRequest } = await withdrawProposal(forge, {
		head,
		base: fleet.branch
	}, `Closed: \`${fleet.branch}\` pins what the base's tag points at (\`${digest}\`), and no new build is due.`);
	return {
		...unmoved,
		pullRequest: pullRequest?.number,
		action,
		title: pullRequest?.title
	};
}
async function readPin({ config, forge }, fleet, tip) {
	const text = await forge.branches.readFile(tip, config.containerfile);
	if (text === void 0) throw new InputError({
		where: config.containerfile,
		problem: `branch ${fleet.branch} has no such file`,
		remedy: "Add it there, or set containerfile in coxswain.yaml."
	});
	return {
		text,
		pinned: findBase(parseContainerfile(text, config.containerfile), config.base).reference
	};
}
export { formatTime as $, configFileName as A, formatRepository as B, NotFoundError as C, unauthorised as D, notARegistry as E, goArchitecture as F, parseRepository as G, isTag as H, atDigest as I, readFileIfThere as J, sameRepository as K, atTag as L, readConfig as M, configJsonSchema as N, untilNotStale as O, architectures as P, formatDuration as Q, digestOf as R, parseManifest as S, connectionFailure as T, parseDigest as U, isDigest as V, parseReference as W, writeFileAtomically as X, withTemporaryFolder as Y, onInterrupt as Z, bareType as _, findFleet as a, messageOf as at, mediaTypes as b, ignoreFileNames as c, imageTimestamp as d, parseDuration as et, readImage as f, parseContainerfile as g, stagesOnBase as h, promotionBranch as i, UsageError as it, parseConfig as j, StaleBranchError as k, refreshFileName as l, findBase as m, proposeCommit as n, InputError as nt, fleetTip as o, externalStages as p, isMissing as q, withdrawProposal as r, OutsideError as rt, releaseCommit as s, watchBase as t, parseTime as tt, selectContext as u, isIndex as v, PassingFailure as w, parseJson as x, manifestMediaTypes as y, formatReference as z };
