import { C as many, T as readChoice, a as architecture, s as defineVerb } from "../chunks/cli.mjs";
import { n as preparedVerbs, t as setUp } from "../chunks/setup.mjs";
import { V as hostArchitecture } from "../chunks/world-registry.mjs";
// src/verbs/set-up-host.ts
var set_up_host_default = defineVerb({
	summary: "Install what build-image and boot-test need on this machine, and open /dev/kvm to this user",
	about: `For runners, and for machines of your own. Installs packages by apt-get (Debian, Ubuntu) or dnf (Fedora), as root or by a
sudo that asks for no password. What is installed already is not changed; if nothing is missing, nothing is done.`,
	inputs: {
		for: many(`only for this verb: ${preparedVerbs.join(", ")}`, { placeholder: "VERB" }),
		architecture: architecture("of the images (default: that of this machine)")
	},
	run: async (inputs, { log }) => {
		const verbs = inputs.for.length === 0 ? preparedVerbs : inputs.for.map((raw) => readChoice(raw, preparedVerbs, { field: "--for" }));
		const data = await setUp({
			verbs,
			architecture: inputs.architecture ?? hostArchitecture() ?? "x86_64",
			log
		});
		return {
			data,
			text: describe(data)
		};
	},
	outputs: {
		installed: {
			about: "packages that were installed, one on each line",
			of: ({ installed }) => installed.join("\n")
		},
		kvm: {
			about: "/dev/kvm: ours, opened, absent or refused",
			of: ({ kvm }) => kvm
		}
	}
});
const kvmTexts = {
	ours: "/dev/kvm is open to this user",
	opened: "/dev/kvm was opened to this user",
	absent: "there is no /dev/kvm: machines are emulated, which is slower",
	refused: "/dev/kvm stays closed to this user: machines are emulated, which is slower"
};
function describe({ installed, kvm }) {
	return [installed.length === 0 ? "nothing is missing" : `installed: ${installed.join(" ")}`, ...kvm === void 0 ? [] : [kvmTexts[kvm]]].join("\n");
}
export { set_up_host_default as default };
