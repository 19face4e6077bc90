import { completeWord, filesLine } from '../completion-protocol.ts';

/** The shells that can complete our command line. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

// Each calls the program at the start of the line, so an installation outside PATH works too.
const bash = `# bash completion for coxswain: eval "$(coxswain completion bash)"
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
`;

const zsh = `#compdef coxswain
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
`;

const fish = `# fish completion for coxswain: coxswain completion fish | source
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
`;

/** What a shell has to evaluate, by shell. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
