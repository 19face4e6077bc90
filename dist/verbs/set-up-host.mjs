import { r as architecture } from "../chunks/cli-inputs.mjs";
import { Et as many, Lt as defined, Ot as readChoice, Vt as InputError, Wt as init_errors, kt as text, nt as defineVerb } from "../chunks/host.mjs";
import { n as preparedVerbs, t as setUp } from "../chunks/setup.mjs";
import { ft as hostArchitecture } from "../chunks/guidance.mjs";
init_errors();
var set_up_host_default = defineVerb({
	summary: "Install what build-image and boot-test need on this machine, and open /dev/kvm to this user",
	about: `For runners, and for machines of your own. Installs packages by apt-get (Debian, Ubuntu) or dnf (Fedora), as root or by a
sudo that asks for no password. What is installed already is not changed; if nothing is missing, nothing is done.
For machines of another architecture it downloads a static busybox, checks it against a pinned SHA-256, and keeps it in the
tool cache (RUNNER_TOOL_CACHE, or ~/.cache/coxswain/tools).`,
	writes: true,
	inputs: {
		for: many(`only for this verb: ${preparedVerbs.join(", ")}`, { placeholder: "VERB" }),
		architecture: architecture("of the images (default: that of this machine)"),
		"tool-mirror": text("folder on a web server to download tools from, in place of Debian (default: COXSWAIN_TOOL_MIRROR)", { placeholder: "URL" })
	},
	run: async (inputs, { log, env }) => {
		const verbs = inputs.for.length === 0 ? preparedVerbs : inputs.for.map((raw) => readChoice(raw, preparedVerbs, { field: "--for" }));
		const data = await setUp({
			verbs,
			architecture: inputs.architecture ?? hostArchitecture() ?? "x86_64",
			log,
			...defined({ toolMirror: readMirror(inputs["tool-mirror"] ?? (env.COXSWAIN_TOOL_MIRROR || void 0)) })
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
		helper: {
			about: "the static busybox for machines of another architecture",
			of: ({ helper }) => helper
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
	absent: "/dev/kvm does not exist: machines are emulated, which is slower",
	refused: "/dev/kvm stays closed to this user: machines are emulated, which is slower. On most systems the group kvm may use it: usermod -aG kvm USER"
};
function readMirror(address) {
	if (address === void 0 || /^https?:\/\/./.test(address)) return address;
	throw new InputError({
		field: "--tool-mirror",
		problem: "this is not the address of a folder on a web server",
		found: address,
		expected: "such as https://mirror.example.com/coxswain-tools/"
	});
}
function describe({ installed, helper, kvm }) {
	return [
		installed.length === 0 ? "nothing is missing" : `installed: ${installed.join(" ")}`,
		...helper === void 0 ? [] : [`helper for machines of that architecture: ${helper}`],
		...kvm === void 0 ? [] : [kvmTexts[kvm]]
	].join("\n");
}
export { set_up_host_default as default };
