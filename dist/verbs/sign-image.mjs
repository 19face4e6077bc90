import { D as say, Et as many, S as exact, V as isMissing, Vt as InputError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb, w as renderReports, x as count } from "../chunks/host.mjs";
import { t as signReleases } from "../chunks/operate-sign-image.mjs";
import { Ha as findFleet, aa as readPublicKey, zn as openProject } from "../chunks/shared.mjs";
import { resolve } from "node:path";
import { readFile } from "node:fs/promises";
// src/verbs/sign-image.ts
init_errors();
var sign_image_default = defineVerb({
	summary: "Sign releases of a fleet with its keys, in the format that nodes check",
	about: `promote-image signs what it promotes. This is for older releases, and for a change of keys: it adds missing signatures to
the index and to each architecture, and reads them back. Signatures by others stay. The private keys come from the
environment: COXSWAIN_SIGNING_KEY, COXSWAIN_SIGNING_KEY_FILE or COXSWAIN_SIGNING_COMMAND, and COXSWAIN_SIGNING_PASSPHRASE.

  coxswain sign-image --fleet stable
  coxswain sign-image --fleet stable --remove-key keys/stable-2025.pub`,
	writes: true,
	inputs: {
		fleet: text("the fleet", {
			placeholder: "NAME",
			required: true
		}),
		version: many("only this release (default: all that the fleet has)", { placeholder: "VERSION" }),
		"remove-key": many("remove the signatures by this public key", { placeholder: "FILE" }),
		directory
	},
	run: async (inputs, { env, log, now }) => {
		const project = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const fleet = findFleet(project.config, inputs.fleet);
		const retired = await Promise.all(inputs["remove-key"].map(readKey));
		const { signed, pruned } = await log.task(`signing releases of ${fleet.name}`, () => signReleases(project, {
			fleet,
			versions: inputs.version,
			retired,
			env,
			now: now()
		}));
		const added = signed.reduce((sum, each) => sum + each.added, 0);
		const removed = signed.reduce((sum, each) => sum + each.removed, 0);
		const changed = signed.filter((each) => each.added + each.removed > 0);
		return {
			data: {
				fleet: fleet.name,
				added,
				removed,
				releases: signed,
				pruned
			},
			...renderReports({
				headline: `${fleet.name}: ${count(added, "signature")} added, ${removed} removed, ${count(signed.length, "release")} checked`,
				facts: [...changed.map((each) => say`${exact(each.version)}: ${each.added} added, ${each.removed} removed`), ...pruned.map((version) => say`${exact(version)}: not signed, its image was removed from production`)]
			})
		};
	},
	action: { token: true },
	outputs: { added: {
		about: "how many signatures were added",
		of: ({ added }) => added
	} }
});
async function readKey(file) {
	try {
		return {
			file,
			key: readPublicKey(await readFile(resolve(file), "utf8"), file)
		};
	} catch (error) {
		if (!isMissing(error)) throw error;
		throw new InputError({
			field: "--remove-key",
			problem: "this file does not exist",
			found: file
		});
	}
}
export { sign_image_default as default };
