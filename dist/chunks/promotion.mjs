import { o as __toESM } from "./rolldown-runtime.mjs";
import { $ as formatTime, B as formatRepository, O as untilNotStale, Q as formatDuration, Y as withTemporaryFolder, a as findFleet, at as messageOf, et as parseDuration, i as promotionBranch, n as proposeCommit, nt as InputError, o as fleetTip, r as withdrawProposal } from "./base.mjs";
import { t as require_lib } from "./handlebars.mjs";
import { l as number, u as object } from "./zod.mjs";
import { f as updateEntry, l as nullableEntryFields, m as readDocument } from "./cli.mjs";
import { g as rolloutEnd, l as parseWhen, v as rolloutProgress } from "./demo.mjs";
import { u as exec } from "./build.mjs";
import { join } from "node:path";
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
// src/rollout/template.ts
/**
* Renders a fleet's template as it is in a commit (or tree).
* @param now UNIX seconds
* @throws InputError naming the template and its line
*/
async function renderFleetTemplate(branches, options) {
	const { config, fleet, commit, release, now } = options;
	const where = `${fleet.template} (commit ${commit.slice(0, 12)})`;
	const source = await branches.readFile(commit, fleet.template);
	if (source === void 0) throw new InputError({
		where,
		field: `fleets.${fleet.name}.template`,
		problem: "this commit has no such file",
		remedy: "Keep one template for each fleet, on every branch."
	});
	const { version, baseVersion, digests, previousVersion = "" } = release;
	return renderTemplate({
		source,
		where,
		variables: {
			version,
			baseVersion,
			fleet: fleet.name,
			stream: config.stream,
			digests,
			image: formatRepository(config.image),
			previousVersion,
			now
		},
		now
	});
}
// src/promotion/gates.ts
/** True when nothing holds a promotion up. */
function isReady(gates) {
	return gates.every((gate) => gate.state === "green" || gate.state === "unknown");
}
/** UNIX seconds: when the source fleet's nodes began to be offered the release. */
function rolloutStart(record, entry) {
	const start = entry?.metadata.rollout?.start_epoch ?? 0;
	return start > 0 ? start : record.rolloutStart ?? record.recordedAt;
}
/** UNIX seconds at which the gates that only wait will all be open, as far as that is known. */
function readyTime(record, entry, soak) {
	const { rollout } = entry?.metadata ?? {};
	const end = rollout === void 0 ? void 0 : rolloutEnd(rollout);
	return Math.max(rolloutStart(record, entry) + soak, end ?? record.rolloutEnd ?? 0);
}
/** The source fleet's rollout must be complete. @param now UNIX seconds */
function rolloutGate(source, entry, now) {
	const name = `rollout in ${source}`;
	if (entry === void 0) return {
		name,
		state: "red",
		note: "it is not offered to any node there: paused, or withdrawn"
	};
	const { rollout, barrier, deadend } = entry.metadata;
	if (deadend !== void 0) return {
		name,
		state: "red",
		note: `it is a dead-end there: ${deadend.reason}`
	};
	if (rollout === void 0) return barrier === void 0 ? {
		name,
		state: "red",
		note: "it is not offered to any node there"
	} : {
		name,
		state: "green",
		note: "a barrier, offered to every node"
	};
	const end = rolloutEnd(rollout);
	if (rolloutProgress(rollout, now) >= 1) return {
		name,
		state: "green",
		note: "complete"
	};
	if (end !== void 0) return {
		name,
		state: "waiting",
		until: end,
		note: `complete on ${formatTime(end)}`
	};
	const start = rollout.start_epoch ?? 0;
	return (rollout.start_percentage ?? 0) >= 1 ? {
		name,
		state: "waiting",
		until: start,
		note: `starts on ${formatTime(start)}`
	} : {
		name,
		state: "red",
		note: "held: it has no duration, so it will not go on by itself"
	};
}
/** The release must have run in the source fleet for a while. @param soak seconds; @param now UNIX seconds */
function soakGate(options) {
	const { record, entry, soak, now } = options;
	const until = rolloutStart(record, entry) + soak;
	const name = "soak time";
	const since = `${formatDuration(soak)} from the start of the rollout`;
	if (now >= until) return {
		name,
		state: "green",
		note: `${since}: over since ${formatTime(until)}`
	};
	return {
		name,
		state: "waiting",
		until,
		note: `${since}: over on ${formatTime(until)}`
	};
}
/** Each image must have its evidence. */
function evidenceGate(record) {
	const missing = record.images.filter((image) => image.evidence === void 0);
	return missing.length === 0 ? {
		name: "evidence",
		state: "green",
		note: "every image passed its tests"
	} : {
		name: "evidence",
		state: "red",
		note: `none recorded for ${missing.map((image) => image.architecture).join(", ")}`
	};
}
/** `created` must grow along the target's releases, too, or rpm-ostree refuses the update. */
function orderGate(record, target, state) {
	const name = `newer than ${target}`;
	const newest = state.records[state.releases.releases.at(-1)?.version ?? ""];
	return newest === void 0 || Date.parse(record.created) > Date.parse(newest.created) ? {
		name,
		state: "green",
		note: `created ${record.created}`
	} : {
		name,
		state: "red",
		note: `${target} has ${newest.version}, created ${newest.created}: nodes would refuse the older image`
	};
}
/** The merge must not need anybody's judgement. */
function mergeGate(forecast) {
	const name = "merge";
	if (forecast.result === "clean") return {
		name,
		state: "green",
		note: "no conflicts"
	};
	if (forecast.result === "unknown") return {
		name,
		state: "unknown",
		note: forecast.why
	};
	return {
		name,
		state: "red",
		note: `conflicts in ${forecast.paths.join(", ")}`
	};
}
// src/promotion/merge.ts
/** What merging a commit into another would give. Touches no branch and no work tree. */
async function forecastMerge(git, into, commit) {
	const { exitCode, stdout } = await exec("git", [
		"-C",
		git.directory,
		"merge-tree",
		"--write-tree",
		"--name-only",
		"--no-messages",
		"-z",
		into,
		commit
	], {
		allow: [
			0,
			1,
			128,
			129
		],
		doing: "trying the merge"
	});
	const [tree = "", ...paths] = stdout.split("\0").filter((part) => part !== "");
	if (exitCode === 0) return {
		result: "clean",
		tree
	};
	if (exitCode === 1) return {
		result: "conflict",
		paths: [...new Set(paths)]
	};
	return forecastByIndex(git, into, commit);
}
/**
* For git before 2.38, which has no `merge-tree --write-tree`: where each path was changed on one side at most, the
* merge is clean; otherwise only a merge of the contents could tell.
*/
async function forecastByIndex(git, into, commit) {
	const base = await git.run([
		"merge-base",
		into,
		commit
	], { allow: [0, 1] });
	if (base === "") return {
		result: "unknown",
		why: "the two branches share no history here"
	};
	return withTemporaryFolder("merge", async (folder) => {
		const env = { GIT_INDEX_FILE: join(folder, "index") };
		await git.run([
			"read-tree",
			"-i",
			"-m",
			"--aggressive",
			base,
			into,
			commit
		], { env });
		if (await git.run([
			"ls-files",
			"--unmerged",
			"-z"
		], { env }) !== "") return {
			result: "unknown",
			why: "both sides changed the same files, and git before 2.38 cannot tell"
		};
		return {
			result: "clean",
			tree: await git.run(["write-tree"], { env })
		};
	});
}
// src/rollout/describe.ts
/**
* An update entry in words: one line a fact.
* @param now UNIX seconds; left out, times are told without "in 2 h"
*/
function describeEntry(entry, now) {
	const { rollout, barrier, deadend } = entry.metadata;
	return [
		...rollout === void 0 ? ["not offered to any node"] : describeRollout(rollout, now),
		...barrier === void 0 ? [] : [`barrier: older releases must pass through this one (${barrier.reason})`],
		...deadend === void 0 ? [] : [`dead-end: nodes on it get no further update (${deadend.reason})`]
	];
}
function describeRollout(rollout, now) {
	const start = rollout.start_epoch ?? 0;
	const share = rollout.start_percentage ?? 0;
	const end = rolloutEnd(rollout);
	const starts = start <= 0 ? "at once" : `${formatTime(start)}${relative(start, now)}`;
	if (share >= 1) return [`offered to every node from its start: ${starts}`];
	if (end === void 0) return [`starts: ${starts}`, `stays at ${percent(share)} of the nodes`];
	return [
		`starts: ${starts}${share > 0 ? `, with ${percent(share)} of the nodes` : ""}`,
		`takes: ${formatDuration(end - start)}`,
		`complete: ${formatTime(end)}${relative(end, now)}`
	];
}
function relative(time, now) {
	if (now === void 0) return "";
	if (time === now) return " (now)";
	return time > now ? ` (in ${formatDuration(time - now)})` : ` (${formatDuration(now - time)} ago)`;
}
function percent(share) {
	return `${Number((share * 100).toFixed(1))} %`;
}
// src/promotion/proposal.ts
const shownCommits = 30;
const shownFiles = 10;
/** The pull request of a promotion. It says the same as long as nothing happens but time passing. */
function promotionProposal(options) {
	const { config, source, target, record, current, gates, commits, different, rollout } = options;
	const ready = isReady(gates);
	const paragraphs = [
		`Release \`${record.version}\`, which fleet \`${source.name}\` runs, for fleet \`${target.name}\`. ${outlook(gates, ready)}`,
		table([
			[
				"",
				`${target.name} now`,
				"proposed"
			],
			[
				"version",
				code(current?.version),
				code(record.version)
			],
			[
				"base",
				code(current?.baseVersion),
				code(record.baseVersion)
			],
			...config.architectures.map((architecture) => [
				`digest ${architecture}`,
				code(digestOf(current, architecture)),
				code(digestOf(record, architecture))
			]),
			[
				"created",
				current?.created ?? "none",
				record.created
			]
		]),
		`### Gates\n\n${table([[
			"",
			"gate",
			""
		], ...gates.map((gate) => [
			marks[gate.state],
			gate.name,
			gate.note
		])])}`,
		`### What a merge does\n\n${whatMergeDoes({
			config,
			source,
			target,
			different
		})}`,
		...rollout === void 0 ? [] : [`\`${target.template}\` would render to this on ${formatTime(rollout.at)}:\n\n${describeEntry(rollout.entry).map((fact) => `- ${fact}`).join("\n")}\n\n\`\`\`json\n${JSON.stringify(rollout.entry, null, 2)}\n\`\`\``],
		`### Commits\n\n${commitList(commits)}`
	];
	return {
		head: promotionBranch(source.name, target.name),
		base: target.branch,
		title: `Promote ${record.version} from ${source.name} to ${target.name}`,
		body: `${paragraphs.join("\n\n")}\n`,
		ready,
		labels: ["coxswain", "promotion"]
	};
}
const marks = {
	green: "✅",
	waiting: "⏳",
	red: "❌",
	unknown: "❔"
};
function outlook(gates, ready) {
	if (ready) return "Nothing holds it: it is ready to be merged.";
	const red = gates.filter((gate) => gate.state === "red").map((gate) => gate.name);
	if (red.length > 0) return `**Not to be merged yet**: ${red.join(", ")}.`;
	const until = Math.max(...gates.map((gate) => gate.until ?? 0));
	return `**Not to be merged yet**: it waits until ${formatTime(until)}.`;
}
function whatMergeDoes(options) {
	const { config, source, target, different } = options;
	const repository = formatRepository(config.image);
	if (different === void 0) return `Where the merged content builds the same, the image that ${source.name} runs becomes \`${repository}:${target.tag}\`, byte for byte; otherwise a new one is built and tested first.`;
	if (different.length === 0) return `The merged content is what ${source.name} runs, so nothing is built: the tested image becomes \`${repository}:${target.tag}\`, byte for byte.`;
	const files = different.slice(0, shownFiles).map((path) => `\`${path}\``);
	const more = different.length > shownFiles ? ` and ${different.length - shownFiles} more` : "";
	return `\`${target.branch}\` has content of its own: ${files.join(", ")}${more}. Where that is part of the image, a new image is built and tested; otherwise the tested image becomes \`${repository}:${target.tag}\`, byte for byte.`;
}
function commitList(commits) {
	return [...commits.slice(0, shownCommits).map(({ sha, message }) => `- ${sha.slice(0, 12)} ${message.split("\n")[0]}`), ...commits.length > shownCommits ? [`- … and ${commits.length - shownCommits} more`] : []].join("\n");
}
function digestOf(record, architecture) {
	const reference = record?.images.find((image) => image.architecture === architecture)?.digestRef;
	return reference?.slice(reference.indexOf("@") + 1);
}
function code(text) {
	return text === void 0 ? "none" : `\`${text}\``;
}
function table([head = [], ...rows]) {
	return [
		head,
		head.map(() => "---"),
		...rows
	].map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}
// src/promotion/open-promotion.ts
/** Fleets that are promoted from another one. @throws InputError for one that is not */
function promotionTargets(config, name) {
	if (name === void 0) return Object.values(config.fleets).filter((fleet) => fleet.promoteFrom !== void 0);
	const fleet = findFleet(config, name);
	if (fleet.promoteFrom !== void 0) return [fleet];
	throw new InputError({
		field: "--fleet",
		problem: `fleet ${name} is promoted from no other: it has no promote-from in ${config.file}`,
		found: name
	});
}
/**
* Keeps the pull request by which a fleet gets what its source fleet runs.
* @param now UNIX seconds
*/
async function openPromotion(project, target, now) {
	return untilNotStale(() => promote(project, target, now));
}
async function promote(project, target, now) {
	const { config, forge, state } = project;
	const source = findFleet(config, target.promoteFrom ?? "", `fleets.${target.name}.promote-from`);
	const [from, to] = [await state.readFleet(source.name), await state.readFleet(target.name)];
	const tip = await fleetTip(forge.branches, target);
	const version = from.releases.releases.at(-1)?.version;
	const record = version === void 0 ? void 0 : recordOf(config, from, source, version);
	const nothing = await nothingToPromote(forge, {
		source,
		target,
		record,
		tip,
		to
	});
	if (record === void 0 || nothing !== void 0) {
		const branches = {
			head: promotionBranch(source.name, target.name),
			base: target.branch
		};
		const { action, pullRequest } = await withdrawProposal(forge, branches, `Closed: ${nothing}.`);
		return {
			fleet: target.name,
			from: source.name,
			version,
			action,
			pullRequest: pullRequest?.number,
			ready: false,
			gates: [],
			...nothing === void 0 ? {} : { reason: nothing }
		};
	}
	return propose(project, {
		source,
		target,
		record,
		tip,
		from,
		to,
		now
	});
}
function recordOf(config, state, source, version) {
	const record = state.records[version];
	if (record !== void 0) return record;
	throw new InputError({
		where: `${config.stateBranch}: fleets/${source.name}/records/${version}.json`,
		problem: `release ${version} has no record, so nobody knows which commit to promote`,
		remedy: "Release a new version with coxswain start-rollout."
	});
}
/** Why there is nothing to promote, as a clause. */
async function nothingToPromote(forge, options) {
	const { source, target, record, tip, to } = options;
	if (record === void 0) return `fleet ${source.name} has no release yet`;
	if (to.releases.releases.some((release) => release.version === record.version)) return `fleet ${target.name} has ${record.version} already`;
	if (await forge.branches.contains(tip, record.commit)) return `${record.version} is merged into ${target.branch} already; promote-image and start-rollout for ${target.name} do the rest`;
}
async function propose(project, options) {
	const { config, git, forge } = project;
	const { source, target, record, tip, from, to, now } = options;
	const { branches } = forge;
	const entry = from.updates.releases.findLast((each) => each.version === record.version);
	const head = await headCommit(forge, {
		source,
		target,
		commit: record.commit
	});
	const forecast = await forecastMerge(git, tip, head.to);
	const rollout = await forecastRollout(project, {
		target,
		record,
		commit: forecast.result === "clean" ? forecast.tree : record.commit,
		previousVersion: to.releases.releases.at(-1)?.version,
		at: readyTime(record, entry, target.soak)
	});
	const gates = [
		rolloutGate(source.name, entry, now),
		soakGate({
			record,
			entry,
			soak: target.soak,
			now
		}),
		evidenceGate(record),
		orderGate(record, target.name, to),
		mergeGate(forecast),
		rollout.gate,
		...head.gates
	];
	const proposal = promotionProposal({
		config,
		source,
		target,
		record,
		current: to.records[to.releases.releases.at(-1)?.version ?? ""],
		gates,
		commits: await branches.log({
			from: tip,
			to: head.to
		}),
		different: forecast.result === "clean" ? await branches.changedFiles(record.commit, forecast.tree) : void 0,
		rollout: rollout.rendered
	});
	const { action, pullRequest } = await proposeCommit(forge, proposal, head);
	return {
		fleet: target.name,
		from: source.name,
		version: record.version,
		action,
		pullRequest: pullRequest.number,
		ready: isReady(gates),
		gates
	};
}
/**
* Where the pull request's branch should be: at the release's commit. Only where people have put commits of their
* own on it (a solved conflict, say) it stays theirs.
*/
async function headCommit({ branches, pullRequests }, { source, target, commit }) {
	const head = promotionBranch(source.name, target.name);
	const open = await pullRequests.find({
		head,
		base: target.branch
	});
	const there = await branches.resolve(head);
	if (open === void 0 || there === void 0) return {
		from: there,
		to: commit,
		gates: []
	};
	if ((await branches.log({
		from: commit,
		to: there
	})).length === 0) return {
		from: there,
		to: commit,
		gates: []
	};
	if (await branches.isAncestor(commit, there)) return {
		from: there,
		to: there,
		gates: []
	};
	return {
		from: there,
		to: there,
		gates: [{
			name: "branch",
			state: "red",
			note: `${head} has commits of its own and lacks ${commit.slice(0, 12)}: merge that into it, or delete the branch`
		}]
	};
}
async function forecastRollout({ config, forge }, options) {
	const { target, record, commit, previousVersion, at } = options;
	const name = "template";
	const digests = Object.fromEntries(record.images.map(({ architecture, digestRef }) => [architecture, digestRef.slice(digestRef.indexOf("@") + 1)]));
	const { version, baseVersion } = record;
	try {
		const entry = await renderFleetTemplate(forge.branches, {
			config,
			fleet: target,
			commit,
			release: {
				version,
				baseVersion,
				digests,
				previousVersion
			},
			now: at
		});
		return {
			gate: {
				name,
				state: "green",
				note: `${target.template} renders`
			},
			rendered: {
				entry,
				at
			}
		};
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return {
			gate: {
				name,
				state: "red",
				note: error.message.split("\n")[0] ?? ""
			},
			rendered: void 0
		};
	}
}
export { renderFleetTemplate as i, promotionTargets as n, describeEntry as r, openPromotion as t };
