import { ct as InputError, dt as init_errors, ft as messageOf, it as defined, nt as parseTime, rt as requireDay, st as nearest, tt as parseDuration, z as readFileIfThere } from "./host.mjs";
import { a as boolean, b as toJSONSchema, f as number, g as string, h as strictObject, l as int, m as record, n as _enum, r as array, u as literal, v as union } from "./zod.mjs";
import { B as parseRepository, F as formatRepository, P as formatReference, V as sameRepository, W as architectures, z as parseReference } from "./world-registry.mjs";
import "./guidance.mjs";
import { t as j } from "./croner.mjs";
import { t as require_dist } from "./yaml.mjs";
import { join } from "node:path";
// src/project/configuration/tag-prefixes.ts
init_errors();
/** Prefixes of the tags that Coxswain sets besides versions. A fleet's own tag must not start with one of them. */
const tagPrefixes = {
	/** The published guidance of a fleet. */
	guidance: "updates-",
	/** A built image in the test registry. */
	build: "key-",
	/** What is attached to an image by its digest. */
	attached: "sha256-"
};
// src/project/configuration/read-fields.ts
/** Seconds after which a build is too old. */
function readRefresh(text, place) {
	const seconds = parseDuration(text, place);
	if (seconds > 0) return seconds;
	throw new InputError({
		...place,
		problem: "every build would be too old at once",
		found: text,
		expected: "such as 7d"
	});
}
/** Seconds that a machine may run. */
function readDeadline(text, place) {
	const seconds = parseDuration(text, place);
	if (seconds > 0) return seconds;
	throw new InputError({
		...place,
		problem: "a machine needs some time",
		found: text,
		expected: "such as 20m"
	});
}
/** The base image, by a tag. */
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
/** Zincati joins its base address with `v1/graph` and drops what follows the last slash: so the slash is required. */
function readUrl(text, place) {
	if (text === void 0) return void 0;
	const url = URL.canParse(text) ? new URL(text) : void 0;
	if (url !== void 0 && (url.username !== "" || url.password !== "")) throw new InputError({
		...place,
		problem: "an address with a user name or a password would be published",
		expected: `only ${url.protocol}//${url.host}${url.pathname}`
	});
	if (url === void 0 || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") throw new InputError({
		...place,
		problem: "not an address that files can be published at",
		found: text,
		expected: "http:// or https://, without ? and #, such as https://acme.github.io/os/"
	});
	return text.endsWith("/") ? text : `${text}/`;
}
/** `./rollouts//x` → `rollouts/x`: git knows paths only in this form. */
function tidyPath(path) {
	return path.split("/").filter((step) => step !== "" && step !== ".").join("/");
}
// src/project/configuration/upstream-guidance.ts
init_errors();
const fedoraStreams = /* @__PURE__ */ new Set([
	"stable",
	"testing",
	"next"
]);
/** Fedora publishes guidance for its three production streams, and only for its own images. */
function defaultUpstream(base) {
	if (formatRepository(base.repository) !== "quay.io/fedora/fedora-coreos") return void 0;
	if (!fedoraStreams.has(base.tag)) return void 0;
	return {
		updates: `https://builds.coreos.fedoraproject.org/updates/${base.tag}.json`,
		releases: `https://builds.coreos.fedoraproject.org/prod/streams/${base.tag}/releases.json`
	};
}
/** @throws InputError if it is not an address */
function readAddress(text, place) {
	if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
	throw new InputError({
		...place,
		problem: "not an address of http:// or https://",
		found: text,
		expected: "http:// or https://"
	});
}
// src/project/configuration/base-signature.ts
/** Where Fedora publishes the signatures of its images; nodes of Fedora CoreOS look there too. */
const fedoraLookaside = "https://builds.coreos.fedoraproject.org/prod/signatures/oci";
/** Fedora signs only its own images, so every other base is verified only if the configuration says by which key. */
function readBaseSignature(written, base, place) {
	if (written === "none") return { kind: "none" };
	if (written === void 0) return formatRepository(base.repository) === "quay.io/fedora/fedora-coreos" ? {
		kind: "gpg",
		lookaside: fedoraLookaside
	} : { kind: "none" };
	if ("cosign-keys" in written) return {
		kind: "cosign",
		files: written["cosign-keys"].map(tidyPath)
	};
	const { lookaside = fedoraLookaside, "gpg-keys": files } = written;
	return {
		kind: "gpg",
		lookaside: readAddress(lookaside, place("lookaside")).replace(/\/+$/, ""),
		...files === void 0 ? {} : { files: files.map(tidyPath) }
	};
}
// src/project/configuration/freeze-windows.ts
init_errors();
/** @throws InputError for a schedule, time zone or end that makes no sense */
function readFreezeWindow(written, place) {
	const timeZone = readTimeZone(written["time-zone"], place);
	const start = readSchedule(written.start, timeZone, {
		...place,
		field: `${place.field}.start`
	});
	const { until, duration, reason } = written;
	if (until === void 0 === (duration === void 0)) throw new InputError({
		...place,
		problem: until === void 0 ? "this freeze has no end" : "this freeze has two ends, until and duration",
		expected: "either until or duration"
	});
	if (until !== void 0) {
		const field = `${place.field}.until`;
		const end = readSchedule(until, timeZone, {
			...place,
			field
		});
		refuseEndBeforeStart({
			start,
			end,
			found: until
		}, {
			...place,
			field
		});
		return {
			reason,
			start,
			end: { until: end },
			timeZone
		};
	}
	const durationPlace = {
		...place,
		field: `${place.field}.duration`
	};
	const seconds = parseDuration(duration ?? "", durationPlace);
	if (seconds === 0) throw new InputError({
		...durationPlace,
		problem: "this freeze takes no time",
		found: duration,
		expected: "a duration such as 64h"
	});
	return {
		reason,
		start,
		end: { seconds },
		timeZone
	};
}
/** A moment as readSchedule writes it; everything else is cron. */
const momentForm = /^\d{4}-\d{2}-\d{2}T/;
function refuseEndBeforeStart({ start, end, found }, place) {
	if (!momentForm.test(end)) return;
	if (!momentForm.test(start)) throw new InputError({
		...place,
		problem: "a freeze that repeats cannot end at one moment",
		found,
		expected: "cron with five fields, or a duration instead of until"
	});
	if (end > start) return;
	throw new InputError({
		...place,
		problem: "this freeze ends before it starts",
		found,
		expected: `later than ${start}`
	});
}
function readTimeZone(name, place) {
	try {
		return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
	} catch (error) {
		throw new InputError({
			...place,
			field: `${place.field}.time-zone`,
			problem: "this time zone does not exist",
			found: name,
			expected: "an IANA name, such as Europe/Berlin or UTC"
		}, { cause: error });
	}
}
function readSchedule(text, timeZone, place) {
	const moment = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::00)?)?$/.exec(text.trim());
	const isCron = text.trim().split(/\s+/).length === 5;
	const schedule = moment === null ? text.trim() : `${moment[1]}T${moment[2] ?? "00:00"}:00`;
	const problem = (error) => new InputError({
		...place,
		problem: "not a time of a freeze",
		found: text,
		expected: "cron with five fields, such as \"0 16 * * 5\" (fridays at 16:00), or a moment, such as 2026-12-18T00:00"
	}, { cause: error });
	if (moment === null && !isCron) throw problem();
	if (moment !== null) requireDay(schedule, place);
	let next;
	try {
		next = new j(schedule, {
			timezone: timeZone,
			paused: true
		}).nextRun(/* @__PURE__ */ new Date(0)) ?? void 0;
	} catch (error) {
		throw problem(error);
	}
	if (next !== void 0) return schedule;
	throw new InputError({
		...place,
		problem: "this time never comes",
		found: text
	});
}
// src/project/configuration/halt-conditions.ts
init_errors();
const kinds = [
	"prometheus",
	"behind-plan",
	"came-back",
	"webhook"
];
/** The longest time that a condition may look back: Prometheus keeps 15 days by default. */
const longest = 1209600;
/**
* Reads one entry of `halt-when`.
* @throws InputError that names the field
*/
function readHaltCondition(written, place) {
	const given = kinds.filter((kind) => written[kind] !== void 0);
	const [kind] = given;
	if (kind === void 0 || given.length > 1) throw new InputError({
		...place,
		problem: "a condition has one of these fields",
		found: given.length === 0 ? "none of them" : given.join(", "),
		expected: `one of ${kinds.join(", ")}`
	});
	const resumeAfter = readTime(written["resume-after"], {
		...place,
		field: `${place.field}.resume-after`
	});
	if (resumeAfter === 0) throw new InputError({
		...place,
		field: `${place.field}.resume-after`,
		problem: "a rollout would be resumed at once",
		found: written["resume-after"],
		expected: "such as 2h; leave it out if only a person may resume"
	});
	return {
		name: written.name,
		...defined({ resumeAfter }),
		...readTrigger(written, {
			...place,
			field: `${place.field}.${kind}`
		})
	};
}
function readTrigger(written, place) {
	if (written.prometheus !== void 0) return {
		kind: "prometheus",
		prometheus: readPrometheus(written.prometheus, place)
	};
	const behind = written["behind-plan"];
	if (behind !== void 0) {
		const time = readTime(behind.for, {
			...place,
			field: `${place.field}.for`
		}) ?? 0;
		return {
			kind: "behind-plan",
			by: behind.by / 100,
			for: time
		};
	}
	const back = written["came-back"];
	if (back === void 0) return { kind: "webhook" };
	const { nodes, share } = back;
	if (nodes !== void 0 && share === void 0) return {
		kind: "came-back",
		from: { nodes }
	};
	if (share !== void 0 && nodes === void 0) return {
		kind: "came-back",
		from: { share: share / 100 }
	};
	throw new InputError({
		...place,
		problem: "from how many nodes on?",
		found: back,
		expected: "nodes or share, one of them"
	});
}
function readPrometheus(written, place) {
	const { above, below } = written;
	if (above === void 0 === (below === void 0)) throw new InputError({
		...place,
		problem: "which values are trouble?",
		found: above === void 0 ? "no threshold" : "two thresholds",
		expected: "above or below, one of them"
	});
	return {
		url: readUrl(written.url, {
			...place,
			field: `${place.field}.url`
		}) ?? "",
		query: written.query.trim(),
		threshold: above === void 0 ? {
			side: "below",
			value: below ?? 0
		} : {
			side: "above",
			value: above
		},
		for: readTime(written.for, {
			...place,
			field: `${place.field}.for`
		}) ?? 0
	};
}
function readTime(text, place) {
	if (text === void 0) return void 0;
	const seconds = parseDuration(text, place);
	if (seconds <= longest) return seconds;
	throw new InputError({
		...place,
		problem: "this is longer than servers keep values",
		found: text,
		expected: `at most ${longest / 86400}d`
	});
}
// src/project/configuration/duration-form.ts
/** How people write a duration. */
const durationForm = "a number with a unit, such as 48h, 7d or 1d12h";
/** `48h`, `7d`, `1d12h`: what parseDuration of src/host/time.ts reads. */
const duration = string(durationForm).regex(/^(\d+[smhdw])+$/, durationForm);
// src/project/configuration/halt-schema.ts
/** A percentage above 0. */
const share = number().gt(0).max(100);
const prometheus = strictObject({
	url: string().describe("Address of the server, without /api/v1: Prometheus, or what answers like it (Thanos, Mimir, VictoriaMetrics)."),
	query: string().min(1, "a query, such as sum(rate(boot_failures_total[5m]))").max(2e3).describe("PromQL that gives one number. Several series count as no answer: use sum, max or the like."),
	above: number().optional().describe("Trouble is a value above this one. Use this or below, not both."),
	below: number().optional().describe("Trouble is a value below this one. Use this or above, not both."),
	for: duration.default("5m").describe("How long every value has to be beyond the threshold; 0s: the newest value is enough.")
}).describe("A query of a Prometheus server.");
/** One entry of `halt-when` as it is written. */
const haltConditionSchema = strictObject({
	name: string().max(63).regex(/^[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?$/, "letters, digits, \".\", \"_\" and \"-\", starting and ending with a letter or a digit").describe("Name of the condition: for the reason of the pause, the issue and the webhook."),
	prometheus: prometheus.optional(),
	"behind-plan": strictObject({
		by: share.describe("How many of a hundred nodes fewer than planned run the release."),
		for: duration.default("6h").describe("How long it has to be so.")
	}).optional().describe("The adoption that coxswain observe has written stays behind the plan of the rollout."),
	"came-back": strictObject({
		nodes: int().min(1).optional().describe("From this many nodes on. Use this or share, not both."),
		share: share.optional().describe("From this many of a hundred nodes that had the release on. Use this or nodes, not both.")
	}).optional().describe("Nodes that ran the new release, and run the old one again, as coxswain observe has seen."),
	webhook: literal(true, "true").optional().describe("Something else says so: a repository_dispatch of the type coxswain-halt, or a request to serve-graph."),
	"resume-after": duration.optional().describe("Resume automatically when it has been calm for this long. Default: only a person resumes.")
}).describe("One condition: a name, and one of prometheus, behind-plan, came-back and webhook.");
/** `halt-when` of a fleet as it is written. */
const haltWhenSchema = array(haltConditionSchema, "a list of conditions: [{ name: failed-boots, prometheus: { … } }]").default([]).describe("When the rollouts of this fleet are paused automatically. coxswain watch-fleet looks.");
// src/project/configuration/format-version.ts
var import_dist = require_dist();
/** A file without a version is of the first one. */
const firstVersion = 1;
/**
* What brings a file from one version to the next, by the version that it starts from. Each changes the text, so that comments
* and order stay. Version 1 is the first, so there is none yet.
*/
const steps = {};
/** A file that was written for a newer program; undefined if this one can read it. */
function newerVersion({ value, placeOf }) {
	const found = versionOf(value);
	if (typeof found !== "number" || !Number.isInteger(found) || found <= 1) return void 0;
	return {
		where: placeOf(["version"]),
		field: "version",
		problem: "this file is of a newer version than this program reads",
		found,
		expected: `1 or older`,
		remedy: "Install a newer Coxswain: coxswain --version shows yours."
	};
}
function versionOf(value) {
	return typeof value === "object" && value !== null && "version" in value ? value.version : void 0;
}
/**
* Brings the text of coxswain.yaml to the newest version, with its comments.
* @param text can be read as YAML
* @returns the same text if it is of the newest version and says so
*/
function migrateConfigText(text) {
	const document = (0, import_dist.parseDocument)(text);
	const written = versionOf(document.toJS());
	let migrated = text;
	for (let version = typeof written === "number" ? written : firstVersion; version < 1; version++) migrated = steps[version]?.(migrated) ?? migrated;
	if (written !== void 0 || !(0, import_dist.isMap)(document.contents)) return migrated;
	const at = (document.contents.items[0]?.key)?.range?.[0] ?? 0;
	return `${migrated.slice(0, at)}version: 1\n${migrated.slice(at)}`;
}
// src/project/configuration/node-parts.ts
/** The parts of the node kit; each can be left out. A new part is added here, and its units in operate/node-kit. */
const nodeParts = [
	"ring",
	"local-graph",
	"join",
	"migrate",
	"trust",
	"reboots",
	"guard",
	"autobuilder",
	"health"
];
// src/project/configuration/rings.ts
/** No ring of coxswain.yaml can have this name: it has a space. */
const noRing = "no ring";
/** The group of nodes whose owner set none (Fedora's Zincati: identity.group in 00-fedora-coreos.toml or its default). */
const defaultGroup = "default";
/** The key in `rings` of coxswain.yaml that names no ring: its value is the number of slices. */
const slicesKey = "slices";
/** The most slices: each has a graph for each fleet and architecture. */
const mostSlices = 1e3;
/** `slice-37`, of 100: nodes with a wariness above 0.36, up to 0.37. */
function sliceName(number) {
	return `slice-${number}`;
}
/**
* All rings, the earliest first, with the ring of nodes that chose none: a release is offered to those when its rollout
* is complete. Their graph is in the fleet's own folder, and in `default`, where `${group}` in a base_url leads. A new
* kind of ring is added here and in the schema; everything else reads this list.
* @param written name → wariness, and `slices` → how many, as in coxswain.yaml
*/
function readRings(written) {
	const { [slicesKey]: slices = 0, ...rings } = written;
	const named = Object.entries(rings).map(([name, wariness]) => ({
		name,
		wariness,
		isSlice: false,
		folders: [name]
	}));
	const sliced = Array.from({ length: slices }, (_, index) => {
		const name = sliceName(index + 1);
		return {
			name,
			wariness: (index + 1) / slices,
			isSlice: true,
			folders: [name]
		};
	});
	const unnamed = {
		name: noRing,
		wariness: 1,
		isSlice: false,
		folders: Object.hasOwn(rings, defaultGroup) ? [""] : ["", defaultGroup]
	};
	return [
		...named,
		...sliced,
		unnamed
	].sort((one, other) => one.wariness - other.wariness);
}
/** True for a ring that coxswain.yaml names. */
function isNamed(ring) {
	return ring.name !== noRing && !ring.isSlice;
}
/** True for a ring that a node can be put into: all except the one of nodes that chose none. */
function isChosen(ring) {
	return ring.name !== noRing;
}
/** Names in coxswain.yaml that a ring of another kind has too. */
function sharedRingNames(rings) {
	const others = new Set(rings.filter((ring) => !isNamed(ring)).map(({ name }) => name));
	return rings.filter((ring) => isNamed(ring) && others.has(ring.name)).map(({ name }) => name);
}
/** The rings that are too many to list, in words; undefined if there are none. */
function describeManyRings(rings) {
	const slices = rings.filter(({ isSlice }) => isSlice);
	if (slices.length === 0) return void 0;
	return `${slices.length} slices, ${slices[0]?.name} to ${slices.at(-1)?.name}: a node takes the one for the wariness that it drew (coxswain node-kit)`;
}
/** Each ring alone, and all slices as one group: there may be a thousand. */
function groupRings(rings) {
	const slices = rings.filter(({ isSlice }) => isSlice);
	return [...rings.filter(({ isSlice }) => !isSlice).map(({ name, folders, wariness }) => ({
		name,
		folders,
		wariness: [wariness, wariness]
	})), ...slicesAsOne(slices.flatMap(({ folders }) => folders))];
}
/** The same for a site without coxswain.yaml: its folders with graphs, most of them of unknown wariness. */
function groupRingFolders(folders) {
	const isOfSlice = (name) => /^slice-\d+$/.test(name);
	return [
		...folders.filter((name) => !isOfSlice(name) && name !== defaultGroup).map((name) => ({
			name,
			folders: [name]
		})),
		{
			name: noRing,
			folders: ["", defaultGroup],
			wariness: [1, 1]
		},
		...slicesAsOne(folders.filter(isOfSlice))
	];
}
function slicesAsOne(folders) {
	return folders.length === 0 ? [] : [{
		name: slicesKey,
		folders,
		wariness: [0, 1]
	}];
}
/** The rings to show to people: a hundred slices are the first, the middle and the last. */
function ringsToShow(rings) {
	const slices = rings.filter(({ isSlice }) => isSlice);
	const shown = /* @__PURE__ */ new Set([
		slices[0],
		slices[Math.ceil(slices.length / 2) - 1],
		slices.at(-1)
	]);
	return rings.filter((ring) => !ring.isSlice || shown.has(ring));
}
// src/project/configuration/schema.ts
/** A path inside the repository, with slashes. */
const path = string().regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\\\0]+$/, "a path inside the repository, relative to its top folder, without \"..\"");
/**
* Fleet and ring names are path segments of published addresses, and Zincati's `group`, by which a node may pick its
* ring, allows only these characters (`^[a-zA-Z0-9.-]+$`).
*/
const name = string().max(63).regex(/^(?!.*\.\.)(?!.*\.lock$)[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9-])?$/, "letters, digits, \".\" and \"-\", starting with a letter or a digit, without \"..\", and not ending in \".\" or \".lock\"");
/** Rules of git-check-ref-format. */
const branch = string().max(200).regex(/^(?![-/.])(?!.*(\.\.|\/\/|\/\.|@\{|\.lock\/))(?!@$)[^\s~^:?*[\\\p{Cc}]+(?<![/.])(?<!\.lock)$/u, "a branch name that git accepts");
const soakForm = "a duration, and what it is counted from: 48h, 48h after start, 7d after complete";
const adoptionForm = "a share of the nodes, and the days in which they were seen: 90 %, or 90 % in 14d";
const shareForm = "a share of the nodes: 90 %";
const successThreshold = strictObject({
	adoption: string(shareForm).regex(/^\d{1,3}(\.\d+)? ?%$/, shareForm).describe("The share of the nodes of a ring that have to run the release, or a newer one: 90 %. coxswain observe --record counts them."),
	nodes: int().min(1).default(1).describe("How many nodes of a ring have to be seen: fewer prove nothing, and the next ring stays closed."),
	after: duration.default("6h").describe("How long a ring has to be offered the release before it is judged."),
	rings: array(name).min(1).optional().describe("The rings that have to do well. Default: all rings of coxswain.yaml with a wariness below 1.")
});
const freezeWindow = strictObject({
	start: string().describe("When it begins: cron with five fields (\"0 16 * * 5\"), or one moment, such as 2026-12-18T00:00."),
	until: string().optional().describe("When it ends, in the same form. Use this or duration, not both."),
	duration: duration.optional().describe("How long it takes, such as 64h. Use this or until, not both."),
	"time-zone": string().default("UTC").describe("IANA time zone of start and until, such as Europe/Berlin."),
	reason: string().min(1, "a text that says why").describe("Why: shown wherever a promotion waits for it.")
}).describe("A time in which nothing is promoted.");
const freeze = array(freezeWindow, "a list of windows: [{ start: \"0 16 * * 5\", until: \"0 8 * * 1\", reason: weekend }]").default([]);
const vulnerabilities = strictObject({
	"none-above": _enum([
		"none",
		"low",
		"medium",
		"high"
	]).describe("The highest severity that an image may have. A vulnerability of unknown severity is above it."),
	exceptions: array(strictObject({
		id: string().min(1).describe("Id of the vulnerability, as the scanner writes it: CVE-2026-12345."),
		until: string().describe("When this ends, such as 2027-01-31: the gate is red again then."),
		reason: string().min(1, "a text that says why").describe("Why it is accepted.")
	}).describe("A vulnerability that is accepted for some time.")).default([]).describe("Vulnerabilities that are accepted for some time.")
}).describe("A promotion to this fleet needs the report of a scanner (SARIF or CycloneDX), attached to the image, without a vulnerability above a severity.");
const fleet = strictObject({
	branch: branch.optional().describe("A merge to this branch is promoted to this fleet. Default: the name of the fleet."),
	tag: string().regex(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/, "at most 128 letters, digits, \"_\", \".\" and \"-\", not starting with \".\" or \"-\"").optional().describe("Tag in the production repository that follows this fleet. Default: the name of the fleet."),
	template: path.optional().describe("Handlebars template of the update entry of a release. Default: rollouts/<name of the fleet>.json.hbs."),
	"promote-from": string().optional().describe("Fleet whose releases are proposed to this one by a pull request."),
	soak: string(soakForm).regex(/^(\d+[smhdw])+( after (start|complete))?$/, soakForm).default("0s").describe("How long a release has to run in the source fleet first: 48h (or 48h after start) from the start of its rollout there, 48h after complete from its end."),
	adoption: string(adoptionForm).regex(/^\d{1,3}(\.\d+)? ?%( in \d{1,2}d)?$/, adoptionForm).optional().describe("The share of the nodes of the source fleet that have to run a release, or a newer one, before it is promoted: 90 % (of the nodes seen in the last 7 days), or 90 % in 14d. coxswain observe --record counts them."),
	approve: _enum(["manual", "auto"]).default("manual").describe("auto: a promotion to this fleet is merged as soon as all of its gates are green."),
	signing: strictObject({ keys: array(union([path, strictObject({
		file: path.describe("Public key, PEM, as coxswain make-key writes it."),
		until: string().optional().describe("When this key stops signing, such as 2027-03-01: the end of a change of keys.")
	})])).min(1, "at least one public key").describe("Public keys, as files of this repository. A release is signed by each of them.") }).optional().describe("promote-image signs what is promoted to this fleet, in the format that nodes check. The private keys come from the environment."),
	vulnerabilities: vulnerabilities.optional(),
	freeze: freeze.describe("Times in which nothing is promoted to this fleet, besides those of all fleets."),
	"halt-when": haltWhenSchema,
	"success-threshold": successThreshold.optional().describe("A rollout opens ring by ring, and the next ring opens only if the ones before it did well. coxswain watch-fleet looks.")
}).describe("One fleet: a branch and the nodes that follow it. Everything has a default: testing: {}");
const bootTest = strictObject({
	mode: _enum([
		"direct",
		"ostree",
		"disk"
	]).optional().describe("How the machine starts: ostree as a real ostree deployment, by the image's own initramfs; direct by the kernel of the image alone; disk from an installation that bootc makes, through UEFI firmware (needs firmware, and bootc in the image). Default: direct."),
	ignition: string().min(1).optional().describe("File of this repository with a configuration for Ignition, which the machine gets at its first boot. Needs the mode ostree, and Ignition in the initramfs of the image."),
	init: _enum(["systemd", "any"]).default("systemd").describe("What the first process must be: systemd of the image, or any for an image that has none on purpose."),
	"known-failures": _enum(["auto", "none"]).default("auto").describe("auto: on images of Fedora CoreOS, units that cannot work in the machine of a boot test may fail. The report names each, with the reason. none: no unit may, but those in allow-failed-units."),
	memory: int().min(128).max(1048576).default(1024).describe("The machine's memory in megabytes."),
	cpus: int().min(1).max(64).optional().describe("The machine's processors. Default: 2, or 1 if the machine is emulated, because QEMU emulates them one after the other."),
	network: _enum(["closed", "user"]).default("closed").describe("What the machine reaches: closed gives it an address and no connections, user whatever the runner reaches."),
	deadline: duration.optional().describe("How long one machine may run in all. Default: ten minutes and the time limits of all tests."),
	"kernel-arguments": array(string().regex(/^[\x21-\x7e]+$/, "one argument, without spaces: name=value")).default([]).describe("Arguments for the kernel besides those that the machine needs, such as those your nodes have."),
	leftovers: _enum(["warn", "fail"]).default("warn").describe("What to do about files in /var and /run of the image: machines that update never get them."),
	upgrades: boolean().optional().describe("Rehearse the update from the releases that nodes have. Default: if there are tests in before-upgrade, after-upgrade or after-rollback."),
	"secure-boot": strictObject({ certificates: array(path).min(1).describe("Certificates in PEM, as files of this repository. One of them is enough.") }).optional().describe("Who has to have signed the kernel, or the unified kernel image: checked by sbverify before the boot. Default: it need not be signed.")
}).describe("The virtual machine that images are tested in, and what is checked besides your tests.");
const repositoryName = string().regex(/^[\w.-]+\/[\w.-]+$/, "owner/name");
const signerForm = "a public key of this repository, or { repository, workflow, refs }";
const signers = array(union([path, strictObject({
	repository: repositoryName.describe("Repository on GitHub that the run belongs to: acme/os"),
	workflow: string().regex(/^([\w.-]+\/[\w.-]+\/)?\.github\/workflows\/[^@\s/]+\.ya?ml(@\S+)?$/, ".github/workflows/NAME.yml, or owner/name/.github/workflows/NAME.yml, with @ref if the ref has to be this one").describe("Workflow whose job signs: a file of the repository, or a reusable workflow of another repository, such as acme/ci/.github/workflows/build.yml@refs/tags/v1."),
	refs: array(string().regex(/^refs\/\S+$/, "such as refs/heads/main or refs/pull/*/merge")).min(1).describe("Refs that the run may be for. * stands for a part without slashes.")
})], signerForm), signerForm).min(1, "at least one signer");
const evidence = strictObject({
	"signed-by": signers.describe("Whose signature makes evidence count. Evidence by anyone else, or without a signature, does not."),
	sigstore: strictObject({
		fulcio: string().default("https://fulcio.sigstore.dev").describe("Address of Fulcio."),
		rekor: string().default("https://rekor.sigstore.dev").describe("Address of Rekor."),
		"trusted-root": path.optional().describe("File of this repository with their keys and certificates. Default: those of the public instance.")
	}).prefault({}).describe("The services by which a workflow run signs without a key. Default: the public instance of Sigstore.")
}).describe("Whose signature makes the results of boot tests count. Without it, they count without a signature.");
const node = strictObject({
	parts: array(_enum(nodeParts)).min(1).default([
		"ring",
		"join",
		"trust",
		"reboots",
		"autobuilder",
		"health"
	]).describe("The parts of the node kit that coxswain node-kit writes."),
	reboots: union([
		literal("immediate"),
		strictObject({ windows: array(string()).min(1).describe("When nodes may reboot into an update, such as \"sat,sun 02:00-06:00 UTC\".") }),
		strictObject({ "fleet-lock": string().describe("Address of a FleetLock server, which decides who may reboot.") })
	]).default("immediate").describe("Zincati's update strategy: immediate, {windows: [...]} or {fleet-lock: URL}."),
	"migrate-from": array(string().regex(/^\S+$/, "a pattern without spaces, such as fedora:* or ghcr.io/old/os")).default([]).describe("What hosts may run now so that the part migrate brings them to their fleet: patterns as in a shell.")
}).describe("What coxswain node-kit puts on nodes.");
/** coxswain.yaml as it is written. The JSON Schema for editors is made from this too. */
const configSchema = strictObject({
	version: literal(1).optional().describe("Version of the format of this file. A file without it is of version 1. coxswain init --migrate brings an older file to the newest version."),
	image: string().describe("Production repository, without a tag: where fleets get their images. ghcr.io/acme/os"),
	"test-image": string().optional().describe("Repository that images are pushed to before they are tested. It may be in another registry. Default: image with -test at its end."),
	base: string().describe("Base image with the tag to follow, such as quay.io/fedora/fedora-coreos:stable"),
	"base-signature": union([
		literal("none"),
		strictObject({
			"gpg-keys": array(path).min(1).optional().describe("OpenPGP public keys, as files of this repository. Default: Fedora's."),
			lookaside: string().optional().describe("Address below which the signatures are. Default: Fedora's.")
		}),
		strictObject({ "cosign-keys": array(path).min(1).describe("Public keys of cosign, as files of this repository. One of them is enough.") })
	]).optional().describe("Who has to have signed the base before it is proposed or built on: {gpg-keys: [...], lookaside: URL}, {cosign-keys: [...]}, or none. Default: Fedora's keys, for quay.io/fedora/fedora-coreos; none for any other base."),
	upstream: union([literal("none"), strictObject({
		updates: string().describe("Address of the base's update metadata (updates.json)."),
		releases: string().describe("Address of the base's release index (releases.json).")
	})]).optional().describe("Where the base's own update guidance is read, so that its barriers become yours: {updates: URL, releases: URL}, or none. Default: Fedora's, for quay.io/fedora/fedora-coreos with the tag stable, testing or next; none for any other base."),
	stream: string().regex(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/, "a text that may be a tag: letters, digits, \"_\", \".\" and \"-\"").optional().describe("Value of the label com.coreos.stream in every build, the same for all fleets: Zincati follows a tag of this name in the production repository. Default: the tag of base."),
	architectures: array(_enum(architectures)).min(1).default(["x86_64"]).describe("Architectures to build, by the names that Fedora CoreOS uses."),
	refresh: duration.default("7d").describe("Build again when the last build is older than this, even if the base did not move."),
	containerfile: path.default("Containerfile").describe("Path of the Containerfile."),
	"build-arguments": record(string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a name of letters, digits and \"_\""), string()).default({}).describe("Values for ARG instructions. They are part of the build key."),
	tests: path.default("tests").describe("Folder of the tests that run inside the booted image; exit code 0 passes."),
	"allow-failed-units": array(string().regex(/^[^\s/]+$/, "the name of a unit, such as chronyd.service")).default([]).describe("Units of systemd that may fail in a boot test: those that have no use in a virtual machine."),
	"boot-test": bootTest.prefault({}),
	evidence: evidence.optional(),
	"state-branch": branch.default("coxswain").describe("Branch that holds releases and rollouts of all fleets."),
	fleets: record(name, fleet.nullable()).describe("The fleets by name, the first to get a release first."),
	freeze: freeze.describe("Times in which nothing is promoted to any fleet."),
	rings: record(name, number().min(0).max(mostSlices)).default({}).superRefine((rings, context) => {
		for (const [key, value] of Object.entries(rings)) {
			const place = {
				path: [key],
				input: value
			};
			if (key !== "slices" && value > 1) context.addIssue({
				...place,
				code: "too_big",
				origin: "number",
				maximum: 1,
				inclusive: true
			});
			else if (key === "slices" && (!Number.isInteger(value) || value < 2)) {
				const message = `how many slices: a whole number from 2 to ${mostSlices}`;
				context.addIssue({
					...place,
					code: "custom",
					message
				});
			}
		}
	}).describe("Named values of rollout_wariness, each with its own update graph: 0 gets an update first, 1 when the rollout is complete. slices: 100 makes a hundred graphs, slice-1 to slice-100, for rollouts without jumps."),
	publish: strictObject({
		url: string().optional().describe("Address at which the published files can be read, such as https://acme.github.io/os/"),
		oci: boolean().default(true).describe("Also publish the files as an OCI artifact, under the tag updates-<fleet> of image."),
		"signed-by": signers.optional().describe("publish-updates signs the artifact; doctor and restore-state accept none without a signature of one of these. For audits: nodes do not check it.")
	}).prefault({}).describe("Where update guidance is published."),
	notify: strictObject({ command: array(string().regex(/^[^\0]+$/, "a text")).min(1).optional().describe("Program and arguments that coxswain watch-fleet runs when something begins, changes or is over. It gets the facts as JSON on standard input and in variables.") }).prefault({}).describe("How failures are reported, besides the issues on GitHub."),
	node: node.prefault({}),
	"symbolic-tags": boolean().default(false).describe("Also tag releases as <version>-<fleet>, <version>-<fleet>-barrier and <version>-<fleet>-deadend.")
}).meta({
	title: "Coxswain configuration",
	description: "coxswain.yaml: what is built, for which fleets, and where update guidance is published"
});
/** Where the schema of this major version can always be read: for SchemaStore, and for editors without a checkout. */
const configSchemaAddress = "https://raw.githubusercontent.com/coxswain-os/coxswain/v1/schema/coxswain.schema.json";
/**
* The JSON Schema of coxswain.yaml, for completion in editors. Draft 7: what yaml-language-server knows best.
* It cannot say everything that parseConfig checks (references between fields).
*/
function configJsonSchema() {
	const { $schema, ...rest } = toJSONSchema(configSchema, {
		io: "input",
		target: "draft-7"
	});
	return {
		$schema,
		$id: configSchemaAddress,
		...rest
	};
}
init_errors();
/** One error that reports every problem of a file, in the order of the file. */
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
/** The problems that the schema found, each with place, found value and remedy. */
function problemsOf(issues, document) {
	return issues.flatMap((issue) => problemsOfIssue(issue, document));
}
function problemsOfIssue(issue, document) {
	const path = issue.path.filter((step) => typeof step !== "symbol");
	const found = valueAt(document.value, path);
	const here = {
		where: document.placeOf(path),
		...defined({ field: path.length === 0 ? void 0 : fieldName(path) })
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
				...defined({ remedy: issue.expected === "string" && issue.message.startsWith("Invalid input") && found !== null && typeof found !== "object" ? "Put it in quotes." : void 0 })
			}];
		case "invalid_union": return (issue.errors.find((errors) => errors.some((each) => each.path.length > 0 || each.code === "unrecognized_keys")) ?? issue.errors.find((errors) => errors.some((each) => each.code !== "invalid_type" || each.expected !== "null")) ?? []).flatMap((each) => problemsOfIssue({
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
				...defined({ remedy: meant && `Did you mean ${meant}?` })
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
/** People write GOARCH names although FCOS has names of its own. */
const goNames = {
	amd64: "x86_64",
	x64: "x86_64",
	arm64: "aarch64"
};
function expectationOf(issue) {
	switch (issue.code) {
		case "too_small":
			if (issue.origin === "array") return `at least ${issue.minimum}`;
			return issue.inclusive === false ? `more than ${issue.minimum}` : `${issue.minimum} or more`;
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
		problem: "this field does not exist",
		...meant === void 0 ? { expected: `one of ${known.join(", ")}` } : { remedy: `Did you mean ${meant}?` }
	};
}
function knownFields(path) {
	const { shape } = configSchema;
	if (path.length === 0) return Object.keys(shape);
	if (path[0] === "fleets" && path[2] === "halt-when") {
		const { prometheus, "behind-plan": behind, "came-back": back } = haltConditionSchema.shape;
		if (path[4] === "prometheus") return Object.keys(prometheus.unwrap().shape);
		if (path[4] === "behind-plan") return Object.keys(behind.unwrap().shape);
		if (path[4] === "came-back") return Object.keys(back.unwrap().shape);
		return Object.keys(haltConditionSchema.shape);
	}
	if (path[0] === "fleets" && path[2] === "success-threshold") return Object.keys(shape.fleets.valueType.unwrap().shape["success-threshold"].unwrap().shape);
	if (path[0] === "fleets") return Object.keys(shape.fleets.valueType.unwrap().shape);
	if (path[0] === "upstream") return ["updates", "releases"];
	if (path[0] === "boot-test") return Object.keys(shape["boot-test"].unwrap().shape);
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
// src/project/configuration/required-adoption.ts
init_errors();
const defaultAdoptionDays = 7;
/** `90 %`, `90 % in 14d` */
function readAdoption(text, place) {
	const [, percent = "", days = String(defaultAdoptionDays)] = /^([\d.]+) ?%(?: in (\d+)d)?$/.exec(text) ?? [];
	const required = {
		share: Number(percent) / 100,
		days: Number(days)
	};
	const isPossible = required.share > 0 && required.share <= 1;
	if (isPossible && required.days >= 1 && required.days <= 31) return required;
	throw new InputError({
		...place,
		problem: isPossible ? "adoption is not counted over so many days" : "not a share of the nodes",
		found: text,
		expected: `more than 0 % and at most 100 %, in 1d to 31d`
	});
}
// src/project/configuration/success-threshold.ts
/** Reads `success-threshold`. @throws InputError that names the field */
function readRingSuccess(written, place) {
	const { share } = readAdoption(written.adoption, {
		...place,
		field: `${place.field}.adoption`
	});
	const after = parseDuration(written.after, {
		...place,
		field: `${place.field}.after`
	});
	const { nodes, rings } = written;
	return {
		share,
		nodes,
		after,
		...rings === void 0 ? {} : { rings }
	};
}
init_errors();
/**
* The configuration that the file describes, with every default filled in.
* @param about.problems gets what is wrong with single fields
* @returns undefined if there is a problem
*/
function buildConfig(written, about) {
	const { file, document, problems } = about;
	const read = (path, reader) => {
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
	};
	const image = read(["image"], (place) => parseRepository(written.image, place));
	const testImage = read(["test-image"], (place) => parseRepository(written["test-image"] ?? `${written.image}-test`, place));
	const base = read(["base"], (place) => readBase(written.base, place));
	const upstream = readUpstream(written, base, read);
	const baseSignature = read(["base-signature"], (place) => base === void 0 ? void 0 : readBaseSignature(written["base-signature"], base, (name) => ({
		...place,
		field: `${place.field}.${name}`
	})));
	const refresh = read(["refresh"], (place) => readRefresh(written.refresh, place));
	const bootTest = readBootTest(written, read);
	const evidence = readEvidence(written, read);
	const url = read(["publish", "url"], (place) => readUrl(written.publish.url, place));
	const freeze = readFreeze(written.freeze, ["freeze"], read);
	const fleets = Object.entries(written.fleets).map(([name, fleet]) => readFleet(name, fleet, {
		freeze,
		read
	}));
	const [firstArchitecture, ...architectures] = [...new Set(written.architectures)];
	if (problems.length > 0 || image === void 0 || testImage === void 0 || base === void 0 || baseSignature === void 0 || refresh === void 0 || firstArchitecture === void 0) return;
	return {
		file,
		image,
		testImage,
		base,
		baseSignature,
		...defined({ upstream }),
		stream: written.stream ?? base.tag,
		architectures: [firstArchitecture, ...architectures],
		refresh,
		containerfile: tidyPath(written.containerfile),
		buildArguments: written["build-arguments"],
		tests: tidyPath(written.tests),
		bootTest,
		evidence,
		stateBranch: written["state-branch"],
		fleets: Object.fromEntries(fleets.filter((fleet) => fleet !== void 0).map((fleet) => [fleet.name, fleet])),
		rings: readRings(written.rings),
		publish: {
			...defined({ url }),
			oci: written.publish.oci,
			signedBy: (written.publish["signed-by"] ?? []).map(readSigner)
		},
		notifyCommand: written.notify.command ?? [],
		node: {
			parts: written.node.parts,
			reboots: written.node.reboots,
			migrateFrom: written.node["migrate-from"]
		},
		symbolicTags: written["symbolic-tags"]
	};
}
/** The addresses of the base's own guidance; undefined if no guidance is inherited. */
function readUpstream({ upstream }, base, read) {
	if (upstream === "none") return void 0;
	if (upstream === void 0) return base === void 0 ? void 0 : defaultUpstream(base);
	const updates = read(["upstream", "updates"], (place) => readAddress(upstream.updates, place));
	const releases = read(["upstream", "releases"], (place) => readAddress(upstream.releases, place));
	return updates === void 0 || releases === void 0 ? void 0 : {
		updates,
		releases
	};
}
function readBootTest(written, read) {
	const { mode, ignition, deadline, upgrades, ...given } = written["boot-test"];
	const deadlineSeconds = read(["boot-test", "deadline"], (place) => deadline === void 0 ? void 0 : readDeadline(deadline, place));
	return {
		...defined({
			mode,
			ignition: ignition === void 0 ? void 0 : tidyPath(ignition),
			deadlineSeconds,
			upgrades,
			cpus: given.cpus
		}),
		init: given.init,
		knownFailures: given["known-failures"],
		allowedUnits: written["allow-failed-units"],
		memoryMegabytes: given.memory,
		network: given.network,
		kernelArguments: given["kernel-arguments"],
		leftovers: given.leftovers,
		secureBoot: (given["secure-boot"]?.certificates ?? []).map(tidyPath)
	};
}
function readEvidence({ evidence }, read) {
	const sigstore = evidence?.sigstore;
	const address = (name, otherwise) => read([
		"evidence",
		"sigstore",
		name
	], (place) => readAddress((sigstore?.[name] ?? otherwise).replace(/\/+$/, ""), place)) ?? otherwise;
	const trustedRoot = sigstore?.["trusted-root"];
	return {
		signedBy: (evidence?.["signed-by"] ?? []).map(readSigner),
		sigstore: {
			fulcio: address("fulcio", "https://fulcio.sigstore.dev"),
			rekor: address("rekor", "https://rekor.sigstore.dev"),
			...defined({ trustedRoot: trustedRoot === void 0 ? void 0 : tidyPath(trustedRoot) })
		}
	};
}
function readSigner(signer) {
	if (typeof signer === "string") return {
		kind: "key",
		file: tidyPath(signer)
	};
	const { repository, workflow, refs } = signer;
	return {
		kind: "workflow",
		repository,
		workflow: workflow.startsWith(".github/") ? `${repository}/${workflow}` : workflow,
		refs
	};
}
/** @param common.freeze the windows of all fleets */
function readFleet(name, fleet, common) {
	const { read } = common;
	const [soakText = "", soakAfter] = (fleet?.soak ?? "0s").split(" after ");
	const soak = read([
		"fleets",
		name,
		"soak"
	], (place) => parseDuration(soakText, place));
	const own = readFreeze(fleet?.freeze ?? [], [
		"fleets",
		name,
		"freeze"
	], read);
	const signing = readSigning(fleet?.signing?.keys ?? [], [
		"fleets",
		name,
		"signing",
		"keys"
	], read);
	const vulnerabilities = readVulnerabilityRule(fleet?.vulnerabilities, ["fleets", name], read);
	const haltWhen = readHaltWhen(fleet?.["halt-when"] ?? [], [
		"fleets",
		name,
		"halt-when"
	], read);
	const required = fleet?.adoption;
	const adoption = required === void 0 ? void 0 : read([
		"fleets",
		name,
		"adoption"
	], (place) => readAdoption(required, place));
	const success = fleet?.["success-threshold"];
	const successThreshold = success === void 0 ? void 0 : read([
		"fleets",
		name,
		"success-threshold"
	], (place) => readRingSuccess(success, place));
	if (soak === void 0) return void 0;
	return {
		name,
		branch: fleet?.branch ?? name,
		tag: fleet?.tag ?? name,
		template: tidyPath(fleet?.template ?? `rollouts/${name}.json.hbs`),
		...defined({ promoteFrom: fleet?.["promote-from"] }),
		soak,
		soakAfter: soakAfter === "complete" ? "complete" : "start",
		...defined({ adoption }),
		approve: fleet?.approve ?? "manual",
		signing,
		...defined({ vulnerabilities }),
		freeze: [...common.freeze, ...own],
		haltWhen,
		...defined({ successThreshold })
	};
}
function readHaltWhen(conditions, path, read) {
	return conditions.map((condition, index) => read([...path, index], (place) => readHaltCondition(condition, place))).filter((condition) => condition !== void 0);
}
function readFreeze(windows, path, read) {
	return windows.map((window, index) => read([...path, index], (place) => readFreezeWindow(window, place))).filter((window) => window !== void 0);
}
function readSigning(keys, path, read) {
	return keys.map((key, index) => {
		const { file, until: day } = typeof key === "string" ? {
			file: key,
			until: void 0
		} : key;
		const until = read([
			...path,
			index,
			"until"
		], (place) => day === void 0 ? void 0 : parseTime(day, place));
		return {
			file: tidyPath(file),
			...defined({ until })
		};
	});
}
function readVulnerabilityRule(written, path, read) {
	if (written === void 0) return void 0;
	const exceptions = written.exceptions.map(({ id, until: day, reason }, index) => {
		return {
			id,
			until: read([
				...path,
				"vulnerabilities",
				"exceptions",
				index,
				"until"
			], (place) => parseTime(day, place)) ?? 0,
			reason
		};
	});
	return {
		noneAbove: written["none-above"],
		exceptions
	};
}
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
		...config.rings.filter(isNamed).flatMap(({ name }) => nameProblems(name, "ring", atKey(["rings", name]))),
		...sameNameProblems(Object.keys(config.fleets), "fleet", (name) => atKey(["fleets", name])),
		...sameNameProblems(config.rings.filter(isNamed).map(({ name }) => name), "ring", (name) => atKey(["rings", name])),
		...sharedRingNames(config.rings).map((name) => ({
			...atKey(["rings", name]),
			problem: "a ring cannot have this name: there is another ring of this name",
			found: name,
			expected: "another name"
		})),
		...fleetProblems(config, at),
		...branchProblems(config, at),
		...promotionProblems(config, at),
		...haltProblems(config, at),
		...ringSuccessProblems(config, at)
	];
}
function repositoryProblems(config, at) {
	const problems = [];
	if (sameRepository(config.image, config.testImage)) problems.push({
		...at(["test-image"]),
		problem: "this is the production repository too",
		found: formatRepository(config.testImage),
		expected: "another repository",
		remedy: "Untested images must not be in the repository that fleets pull from."
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
* `<fleet>/<basearch>/<ring>/v1/graph`, `<fleet>/releases.json`, `index.html`, `feed.xml`, and the files of FCOS's own servers.
*/
const publishedNames = /* @__PURE__ */ new Set([
	"v1",
	"builds",
	"graph",
	...architectures
]);
function nameProblems(name, kind, place) {
	if (kind === "fleet" && name.toLowerCase() === "github-pages") return [{
		...place,
		problem: "a fleet cannot have this name: it is the environment that GitHub Pages deploys to",
		found: name,
		remedy: "Workflows release a fleet in the environment of its name. Choose another name."
	}];
	if (!publishedNames.has(name.toLowerCase()) && !/\.(html|json|xml)$/i.test(name)) return [];
	return [{
		...place,
		problem: `a ${kind} cannot have this name: it is part of published addresses`,
		found: name,
		expected: `a name that does not end in .html, .json or .xml, and is none of ${[...publishedNames].join(", ")}`
	}];
}
/** Many file systems and some web servers ignore case. */
function sameNameProblems(names, kind, placeOf) {
	return names.flatMap((name, index) => {
		const other = names.slice(0, index).find((each) => each.toLowerCase() === name.toLowerCase());
		if (other === void 0) return [];
		return [{
			...placeOf(name),
			problem: `the name differs from the ${kind} ${other} only in upper and lower case`,
			found: name,
			expected: "another name"
		}];
	});
}
/** Git keeps branches like files: `a` and `a/b` cannot both exist. */
function branchProblems({ fleets, stateBranch }, at) {
	const branches = [{
		branch: stateBranch,
		path: ["state-branch"]
	}, ...Object.values(fleets).map(({ name, branch }) => ({
		branch,
		path: [
			"fleets",
			name,
			"branch"
		]
	}))];
	return branches.flatMap(({ branch, path }) => {
		const parent = branches.find((other) => branch.startsWith(`${other.branch}/`));
		if (parent === void 0) return [];
		return [{
			...at(path),
			problem: `git cannot have this branch and the branch ${parent.branch}`,
			found: branch,
			expected: `a branch that does not start with ${parent.branch}/`
		}];
	});
}
function fleetProblems(config, at) {
	const problems = [];
	const fleets = Object.values(config.fleets);
	if (fleets.length === 0) problems.push({
		...at(["fleets"]),
		problem: "it has no fleet",
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
		const prefixes = Object.values(tagPrefixes);
		if (/^\d+\.\d{8}\./.test(fleet.tag) || prefixes.some((prefix) => fleet.tag.startsWith(prefix))) problems.push({
			...at(field("tag")),
			problem: "Coxswain uses tags of this form for versions, evidence and published files",
			found: fleet.tag,
			expected: `not a version, and not a text that starts with ${prefixes.join(", ")}`
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
			if (fleet.adoption !== void 0) problems.push({
				...at([
					"fleets",
					fleet.name,
					"adoption"
				]),
				problem: "adoption means nothing without promote-from",
				remedy: "Add promote-from, or leave adoption out."
			});
			if (fleet.approve === "auto") problems.push({
				...at([
					"fleets",
					fleet.name,
					"approve"
				]),
				problem: "nothing is promoted to this fleet, so nothing can be approved",
				remedy: "Add promote-from, or leave approve out."
			});
		} else if (!names.includes(fleet.promoteFrom)) {
			const meant = nearest(fleet.promoteFrom, names);
			problems.push({
				...place,
				problem: "this fleet does not exist",
				found: fleet.promoteFrom,
				expected: `one of ${names.join(", ")}`,
				...defined({ remedy: meant && `Did you mean ${meant}?` })
			});
		} else {
			const cycle = cycleFrom(fleet, config.fleets);
			if (cycle !== void 0 && names.find((name) => cycle.includes(name)) === fleet.name) problems.push({
				...place,
				problem: "the promotions form a circle",
				found: [...cycle, fleet.name].join(" ← "),
				expected: "one fleet that is promoted from no other"
			});
		}
	}
	return problems;
}
/** The state branch knows a condition by its name. */
function haltProblems({ fleets }, at) {
	return Object.values(fleets).flatMap(({ name: fleet, haltWhen }) => haltWhen.flatMap(({ name }, index) => {
		if (haltWhen.findIndex((other) => other.name === name) === index) return [];
		return [{
			...at([
				"fleets",
				fleet,
				"halt-when",
				index,
				"name"
			]),
			problem: "another condition of this fleet has this name",
			found: name,
			expected: "a name of its own"
		}];
	}));
}
/** A threshold of a ring that does not exist, or has none after it, would never hold anything back. */
function ringSuccessProblems({ fleets, rings }, at) {
	const known = rings.filter((ring) => isNamed(ring) && ring.wariness < 1).map(({ name }) => name);
	return Object.values(fleets).flatMap(({ name: fleet, successThreshold }) => {
		if (successThreshold === void 0) return [];
		const path = [
			"fleets",
			fleet,
			"success-threshold"
		];
		if (known.length === 0) return [{
			...at(path),
			problem: "no ring opens before the others",
			expected: "a ring with a wariness below 1, such as rings: { canary: 0, early: 0.1 }"
		}];
		return (successThreshold.rings ?? []).flatMap((ring, index) => {
			if (known.includes(ring)) return [];
			const meant = nearest(ring, known);
			return [{
				...at([
					...path,
					"rings",
					index
				]),
				problem: rings.some(({ name }) => name === ring) ? "no ring opens after this one" : "this ring does not exist",
				found: ring,
				expected: `one of ${known.join(", ")}`,
				...defined({ remedy: meant && `Did you mean ${meant}?` })
			}];
		});
	});
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
// src/project/configuration/yaml-document.ts
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
	(0, import_dist.visit)(document, { Pair: (_, { key }) => {
		if (!(0, import_dist.isScalar)(key) || key.value !== "__proto__") return;
		problems.push({
			where: at(startOf(key) ?? 0),
			problem: "this name cannot be used",
			found: key.value,
			expected: "another name"
		});
	} });
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
/** For a duplicate key the library gives the end of the entry before it. */
function placeOfError(text, error) {
	if (error.code !== "DUPLICATE_KEY") return error.pos[0];
	const blank = /\s*(?:#[^\n]*\n\s*)*/y;
	blank.lastIndex = error.pos[0];
	return error.pos[0] + (blank.exec(text)?.[0].length ?? 0);
}
function explain(error) {
	switch (error.code) {
		case "DUPLICATE_KEY": return {
			problem: "this field occurs twice",
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
// src/project/configuration/config.ts
init_errors();
/** Name of the configuration file, at the top of the user's repository. */
const configFileName = "coxswain.yaml";
/** Path of the template for urgent releases, if it exists: `rollouts/stable.urgent.json.hbs`. */
function urgentTemplate({ template }) {
	const ending = /(\.json)?\.hbs$/.exec(template)?.[0] ?? "";
	return `${template.slice(0, template.length - ending.length)}.urgent${ending}`;
}
/**
* Reads the text of coxswain.yaml.
* @param file how messages name the file
* @throws InputError that lists every problem of the file
*/
function parseConfig(text, file) {
	const read = examineConfig(text, file);
	if (read.config === void 0) throw errorOf(file, read.problems);
	return read.config;
}
/** Reads the text of coxswain.yaml, or lists every problem of it. @param file how messages name the file */
function examineConfig(text, file) {
	const document = readDocument(text, file);
	if (document.problems.length > 0) return {
		config: void 0,
		problems: document.problems
	};
	if (document.value === null || document.value === void 0) return {
		config: void 0,
		problems: [{
			where: file,
			problem: "the file is empty",
			expected: "image, base and fleets",
			remedy: "coxswain init --image REF writes one to start with."
		}]
	};
	const newer = newerVersion(document);
	if (newer !== void 0) return {
		config: void 0,
		problems: [newer]
	};
	const written = configSchema.safeParse(document.value);
	if (!written.success) return {
		config: void 0,
		problems: problemsOf(written.error.issues, document)
	};
	const problems = [];
	const config = buildConfig(written.data, {
		file,
		document,
		problems
	});
	if (config === void 0) return {
		config,
		problems
	};
	const found = checkConfig(config, document);
	return found.length === 0 ? { config } : {
		config: void 0,
		problems: found
	};
}
/**
* Reads coxswain.yaml from the top folder of a checkout.
* @throws InputError when it is missing, or as parseConfig
*/
async function readConfig(directory) {
	return parseConfig(await readConfigText(directory), configFileName);
}
/** The text of coxswain.yaml in the top folder of a checkout. @throws InputError if the file cannot be read */
async function readConfigText(directory) {
	const where = join(directory, configFileName);
	const text = await readFileIfThere(where).catch((error) => {
		throw new InputError({
			where,
			problem: `the file cannot be read: ${messageOf(error)}`,
			expected: "a text file"
		}, { cause: error });
	});
	if (text !== void 0) return text;
	throw new InputError({
		where,
		problem: "this file does not exist",
		remedy: "coxswain init --image REF writes one to start with."
	});
}
// src/project/configuration/ring-gates.ts
/** undefined for a fleet whose rollouts open by time alone. */
function ringGatesOf({ rings, fleets }, fleet) {
	const threshold = fleets[fleet]?.successThreshold;
	if (threshold === void 0) return void 0;
	return {
		threshold,
		gates: rings.filter((ring) => isNamed(ring) && ring.wariness < 1).filter(({ name }) => threshold.rings?.includes(name) ?? true).map(({ name, wariness }) => ({
			ring: name,
			wariness
		})),
		steps: [...new Set(rings.map(({ wariness }) => wariness))]
	};
}
export { migrateConfigText as _, readConfig as a, configJsonSchema as c, groupRings as d, isChosen as f, nodeParts as g, sliceName as h, parseConfig as i, describeManyRings as l, ringsToShow as m, configFileName as n, readConfigText as o, isNamed as p, examineConfig as r, urgentTemplate as s, ringGatesOf as t, groupRingFolders as u, defaultUpstream as v, tagPrefixes as y };
