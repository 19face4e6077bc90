import { o as __toESM } from "./rolldown-runtime.mjs";
import { t as require_lib } from "./handlebars.mjs";
import { f as number, p as object } from "./zod.mjs";
import { $ as requireDay, J as formatDuration, Q as parseTime, X as longestDuration, Z as parseDuration, ct as messageOf, et as defined, it as InputError, st as init_errors } from "./host.mjs";
import { H as updateEntry, R as nullableEntryFields, b as rolloutProgress, et as readDocument, v as rolloutEnd } from "./guidance.mjs";
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
// src/guidance/template/names.ts
var import_lib = /* @__PURE__ */ __toESM(require_lib(), 1);
const changesContext = /* @__PURE__ */ new Set(["each", "with"]);
/**
* Finds the first unknown name of a template, also in branches that are not taken and in arguments of helpers:
* Handlebars' own strict mode checks neither.
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
// src/guidance/template/template.ts
init_errors();
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
	const minutes = rollout?.duration_minutes;
	if (rollout !== void 0 && minutes === void 0 && (rollout.start_percentage ?? 0) < 1) context.addIssue({
		code: "custom",
		path: ["metadata", "rollout"],
		message: "\"duration_minutes\": {{minutes \"48h\"}}, or \"start_percentage\": 1.0 for every node at once",
		params: { problem: "this rollout has no duration, so it would never be complete" }
	});
	if (minutes !== void 0 && minutes * 60 > 31536e4) context.addIssue({
		code: "custom",
		path: [
			"metadata",
			"rollout",
			"duration_minutes"
		],
		message: `at most ${longestDuration / 60} minutes`,
		params: { problem: "this duration is too long" }
	});
	if (deadend !== void 0) context.addIssue({
		code: "custom",
		path: ["metadata", "deadend"],
		message: "a rollout or a barrier",
		params: {
			problem: "a new release cannot be a dead-end: no node on it would get an update again",
			remedy: "Make a release a dead-end later, by coxswain edit-updates --action deadend."
		}
	});
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
	const start = rollout?.start_epoch ?? 0;
	if (start > now + 31536e4) throw new InputError({
		where: `${where}${lineOf(source, "\"start_epoch\"")}`,
		field: "metadata.rollout.start_epoch",
		problem: `this rollout would start in ${formatDuration(start - now)}`,
		found: start,
		expected: `a start in the next ${formatDuration(longestDuration)}`
	});
	const end = rollout === void 0 ? void 0 : rolloutEnd(rollout);
	if (rollout !== void 0 && end !== void 0 && end < now && rolloutProgress(rollout, end - 1) < 1) throw new InputError({
		where: `${where}${lineOf(source, "\"start_epoch\"")}`,
		field: "metadata.rollout",
		problem: "this rollout would end before it begins: every node would be offered the release at once",
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
	refuseDeepNesting(source, where);
	let program;
	try {
		program = handlebars.parse(source);
	} catch (error) {
		const message = messageOf(error);
		const line = /on line (\d+)|- (\d+):\d+$/.exec(message);
		throw new InputError({
			where: line === null ? where : `${where}:${line[1] ?? line[2]}`,
			problem: `not a Handlebars template: ${message.split("\n").slice(1).join(" | ") || message}`,
			...defined({ remedy: /CLOSE_(?:RAW|UNESCAPED)/.test(message) ? "Put a space between }} and a } of JSON." : void 0 })
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
			...defined({ expected: unknown.kind === "partial" ? void 0 : `one of ${known.join(", ")}` })
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
const longestTemplate = 65536;
const deepestNesting = 50;
/** @throws InputError for a template that Handlebars could not parse in reasonable time */
function refuseDeepNesting(source, where) {
	if (source.length > longestTemplate) throw new InputError({
		where,
		problem: "this template is too long",
		found: `${source.length} characters`,
		expected: `at most ${longestTemplate}`
	});
	let depth = 0;
	for (const { 0: found, index } of source.matchAll(/\{\{~?[#/]|[()[\]]/g)) {
		depth += /[#([]$/.test(found) ? 1 : -1;
		if (depth <= deepestNesting) continue;
		throw new InputError({
			where: `${where}:${source.slice(0, index).split("\n").length}`,
			problem: "blocks are nested too deeply",
			expected: `at most ${deepestNesting} levels`
		});
	}
}
/** Handlebars passes its options object last, so if an argument is missing, the options are in its place. */
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
export { parseWhen as n, renderTemplate as t };
