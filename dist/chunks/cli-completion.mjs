import { S as string, _ as looseObject, l as array } from "./libraries.mjs";
import { _t as filesLine, gt as completeWord } from "./host.mjs";
import { dr as Git, pi as readConfig } from "./shared.mjs";
// src/cli/completion/scripts.ts
/** The shells that can complete our command line. */
const shells = [
	"bash",
	"zsh",
	"fish"
];
/** What a shell has to evaluate, by shell. */
const completionScripts = {
	bash: `# bash completion for coxswain: eval "$(coxswain completion bash)"
_coxswain() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line
  [ "$current" = "=" ] && current=""
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = "${filesLine}" ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("\${COMP_WORDS[0]}" ${completeWord} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _coxswain coxswain
`,
	zsh: `#compdef coxswain
# zsh completion for coxswain: eval "$(coxswain completion zsh)" after compinit
_coxswain() {
  local -a lines values
  local line files=0
  lines=("\${(@f)$("\${words[1]}" ${completeWord} "\${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    if [[ $line == ${filesLine} ]]; then
      files=1
    else
      values+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( $#values )) && _describe -V coxswain values
  (( files )) && _files
  return 0
}
if [[ "\${funcstack[1]}" == _coxswain ]]; then _coxswain "$@"; else compdef _coxswain coxswain; fi
`,
	fish: `# fish completion for coxswain: coxswain completion fish | source
function __coxswain_complete
    set -l current (commandline -ct)
    set -l line_words (commandline -opc)
    for line in ($line_words[1] ${completeWord} $line_words[2..-1] "$current" 2>/dev/null)
        if test "$line" = "${filesLine}"
            __fish_complete_path "$current"
        else
            echo -- $line
        end
    end
end
complete -c coxswain -f -a '(__coxswain_complete)'
`
};
// src/cli/completion/checkout-values.ts
const releasesSchema = looseObject({ releases: array(looseObject({ version: string() })) });
/** The fleets of coxswain.yaml; none if it cannot be read, because a completion cannot show errors. */
const fleets = async (directory) => {
	const config = await readConfig(directory).catch(() => void 0);
	return Object.keys(config?.fleets ?? {});
};
/** The versions that this clone knows: completion asks no remote. Newest first. */
const versions = async (directory, fleet) => {
	const config = await readConfig(directory).catch(() => void 0);
	if (config === void 0) return [];
	const names = Object.keys(config.fleets).filter((name) => fleet === void 0 || name === fleet);
	const git = new Git(directory);
	const lists = names.map(async (name) => {
		for (const branch of [`origin/${config.stateBranch}`, config.stateBranch]) {
			const text = await git.try(["show", `${branch}:fleets/${name}/releases.json`]).catch(() => void 0);
			const found = text === void 0 ? void 0 : readVersions(text);
			if (found !== void 0) return found;
		}
		return [];
	});
	return [...new Set((await Promise.all(lists)).flat())];
};
function readVersions(text) {
	try {
		return releasesSchema.parse(JSON.parse(text)).releases.map(({ version }) => version).reverse();
	} catch {
		return;
	}
}
// src/cli/completion/complete.ts
const nothing = {
	candidates: [],
	files: false
};
/**
* Proposes completions for the last word of a command line.
* @param given the words after the program's name, the unfinished one last. A shell that splits words at `=` (bash) may
*   pass `--fleet`, `=`, `st`
*/
async function complete(given, sources) {
	const [verb = "", ...rest] = given;
	if (given.length <= 1) return words(verb, await sources.verbs());
	const known = verb === "help" ? void 0 : await sources.inputsOf(verb);
	if (known === void 0) return verb === "help" && rest.length === 1 ? words(rest[0] ?? "", await sources.verbs()) : nothing;
	const last = rest.at(-1) === "=" ? "" : rest.at(-1) ?? "";
	const line = readLine(rest.slice(0, -1).filter((word) => word !== "="), known);
	const [, name, start] = /^--([\w-]+)=(.*)$/s.exec(last) ?? [];
	if (name !== void 0 && start !== void 0) {
		const found = await valuesOf(name, known, start, line, sources);
		return {
			...found,
			candidates: found.candidates.map((each) => ({
				...each,
				value: `--${name}=${each.value}`
			}))
		};
	}
	if (line.open !== void 0) return valuesOf(line.open, known, last, line, sources);
	if (last.startsWith("-")) return flags(last, known, line.given);
	const places = sources.positionals(known).filter((place) => !line.given.has(place));
	const place = places[line.strayCount] ?? places.findLast((each) => known[each]?.kind === "many");
	const values = place === void 0 ? nothing : await valuesOf(place, known, last, line, sources);
	return values.candidates.length > 0 || last !== "" ? values : flags(last, known, line.given);
}
function readLine(done, inputs) {
	const given = /* @__PURE__ */ new Map();
	const stray = [];
	let open;
	for (const word of done) {
		const [, name, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
		if (open !== void 0) {
			given.set(open, word);
			open = void 0;
		} else if (name === void 0) stray.push(word);
		else if (value !== void 0 || inputs[name]?.kind === "flag") given.set(name, value ?? "");
		else open = name;
	}
	return {
		given,
		open,
		stray,
		strayCount: stray.length
	};
}
async function valuesOf(name, inputs, start, line, sources) {
	const input = Object.hasOwn(inputs, name) ? inputs[name] : void 0;
	if (input === void 0) return nothing;
	const directory = line.given.get("directory") ?? ".";
	const values = async () => {
		if (input.choices !== void 0) return input.choices;
		if (name === "fleet") return sources.fleets(directory);
		const [first] = sources.positionals(inputs)[0] === "fleet" ? line.stray : [];
		return name === "version" ? sources.versions(directory, line.given.get("fleet") ?? first) : [];
	};
	const found = (await values()).map((value) => ({
		value,
		about: input.about
	}));
	return {
		...words(start, found),
		files: found.length === 0 && takesFiles(input)
	};
}
function takesFiles({ placeholder }) {
	return /FILE|FOLDER|DIR/.test(placeholder);
}
/** Flags that may still be given. */
function flags(start, inputs, given) {
	return words(start, Object.entries(inputs).filter(([name, { kind }]) => kind === "many" || !given.has(name)).map(([name, { about }]) => ({
		value: `--${name}`,
		about
	})));
}
function words(start, all) {
	return {
		candidates: all.filter(({ value }) => value.startsWith(start)),
		files: false
	};
}
export { shells as a, completionScripts as i, fleets as n, versions as r, complete as t };
