import { f as many, n as architecture, r as defineVerb } from "../chunks/cli.mjs";
import { D as InputError } from "../chunks/host.mjs";
import { n as preparedVerbs, t as setUp } from "../chunks/setup.mjs";
import { I as hostArchitecture } from "../chunks/world-registry.mjs";
// src/verbs/set-up-host.ts
var set_up_host_default = defineVerb({
	summary: "Install what build-image and boot-test need on this machine, and open /dev/kvm to this user",
	about: `For runners, and for machines of your own. Debian and Ubuntu packages, by apt-get, as root or by a sudo that asks for no
password; what is there already is left alone, and where nothing is missing nothing is done.`,
	inputs: {
		for: many(`only for this verb: ${preparedVerbs.join(", ")}`, { placeholder: "VERB" }),
		architecture: architecture("of the images (default: that of this machine)")
	},
	run: async (inputs, { log }) => {
		const verbs = inputs.for.length === 0 ? preparedVerbs : inputs.for.map(readVerb);
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
			about: "Debian packages that were installed, one a line",
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
function readVerb(raw) {
	const verb = preparedVerbs.find((each) => each === raw);
	if (verb !== void 0) return verb;
	throw new InputError({
		field: "--for",
		problem: "this verb needs no set-up, or is none",
		found: raw,
		expected: preparedVerbs.join(" or ")
	});
}
export { set_up_host_default as default };
