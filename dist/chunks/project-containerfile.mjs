import { ct as InputError, dt as init_errors, it as defined } from "./host.mjs";
import { F as formatRepository, P as formatReference, V as sameRepository, z as parseReference } from "./world-registry.mjs";
import { t as require_main } from "./dockerfile-ast.mjs";
// src/project/containerfile/expand.ts
init_errors();
var import_main = require_main();
/** Text of a range of the file with line continuations (and comment lines inside them) removed. */
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
/** The characters as a text. */
function plain(text) {
	return text.map(({ character }) => character).join("");
}
/**
* Expands `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME-word}`, as FROM and ARG do (Dockerfile reference,
* "Environment replacement"); quotes around words are removed. A name that `lookUp` does not know stays as written,
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
// src/project/containerfile/mask.ts
/**
* A copy of a Containerfile for dockerfile-ast to read. Every character keeps its offset, and two constructs that the
* library reads wrongly are masked:
* - `RUN cat 3<<EOF`: a here-document with a file descriptor, which it does not see, so that a `FROM` inside
*   the document would count as an instruction;
* - `RUN echo "a <<EOF b"`: quoted, so not a here-document, but the library takes the rest of the file as its text.
*/
function maskForParser(text) {
	return text.replace(/(?<=[ \t])\d+(?=<<-?["']?[A-Za-z_])/g, (digits) => " ".repeat(digits.length)).replace(/(["'])(?:(?!\1).)*?[ \t]<<(?:(?!\1).)*\1/g, (quoted) => quoted.replaceAll("<<", "__"));
}
// src/project/containerfile/parse.ts
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
			...defined({ platform: platform == null ? void 0 : platform }),
			...defined({ alias: alias === null ? void 0 : alias }),
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
		problem: "it has no FROM",
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
// src/project/containerfile/base.ts
init_errors();
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
* Pins the base: every FROM that names the configured base gets `repository:tag@digest`, so that a build stage on the
* same base (for kernel modules, for example) moves with it. Nothing else in the file changes, and pinning twice
* changes nothing. If the reference comes from an ARG's default, the default is changed.
* @throws InputError as findBase; and for a reference that is composed in a way that cannot be rewritten
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
/** An ARG may be used by several FROMs: those that do not name the base must not change. */
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
		problem: "the base cannot be pinned here: its tag is composed from several places, or shared with another FROM",
		found: stage.image,
		expected: "one reference, or one ARG that holds it",
		remedy: `Write FROM ${formatReference(target)} by hand, or ARG BASE=… with FROM \${BASE}.`
	});
}
export { parseContainerfile as a, stagesOnBase as i, findBase as n, repinBase as r, externalStages as t };
