import { a as shells, i as completionScripts } from "../chunks/cli-completion.mjs";
import { Ct as choice, nt as defineVerb } from "../chunks/host.mjs";
// src/verbs/completion.ts
var completion_default = defineVerb({
	summary: "Print the script by which a shell completes the command line of coxswain",
	about: `The script completes verbs, options, actions and architectures, and the fleets and versions of the checkout in this
folder. It uses no network.

  eval "$(coxswain completion bash)"        in ~/.bashrc
  eval "$(coxswain completion zsh)"         in ~/.zshrc, after compinit
  coxswain completion fish | source         in ~/.config/fish/config.fish`,
	inputs: { shell: choice(`the shell: ${shells.join(", ")}`, shells, {
		placeholder: "SHELL",
		required: true
	}) },
	run: async ({ shell }) => ({
		data: {
			shell,
			script: completionScripts[shell]
		},
		text: completionScripts[shell]
	})
});
export { completion_default as default };
