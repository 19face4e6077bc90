import { o as __toESM } from "./rolldown-runtime.mjs";
import { v as number, y as object } from "./libraries.mjs";
import { t as require_lib } from "./handlebars.mjs";
import { Gt as messageOf, Lt as defined, Nt as longestDuration, Pt as parseDuration, Vt as InputError, Wt as init_errors, jt as formatDuration } from "./host.mjs";
import { C as rolloutProgress, G as updateEntry, V as nullableEntryFields, l as parseWhen, rt as readDocument, x as rolloutEnd } from "./guidance.mjs";
// src/guidance/template/names.ts
init_errors();
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
export { renderTemplate as t };
