import { Vt as InputError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb } from "../chunks/host.mjs";
import { Ca as atDigest, Da as formatReference, Ha as findFleet, Ma as parseReference, Q as nodePolicy, X as askNodePolicy, ea as fleetKeys, zn as openProject } from "../chunks/shared.mjs";
// src/verbs/node-policy.ts
init_errors();
var node_policy_default = defineVerb({
	summary: "Print the policy with which a fleet's nodes accept only what the fleet signed",
	about: `Prints policy.json (containers-policy.json(5)): images of the production repository need a signature by a key of the fleet.
--part registries prints the file for registries.d that nodes need beside it. While keys change, both keys are in it.
--image asks that policy about an image, and prints the answer in place of the policy: exit code 1 if nodes would refuse it.

  coxswain node-policy --fleet stable > policy.json
  coxswain node-policy --fleet stable --part registries > registries.d/os.yaml
  coxswain node-policy --fleet stable --image ghcr.io/acme/os:testing`,
	inputs: {
		fleet: text("the fleet", {
			placeholder: "NAME",
			required: true
		}),
		part: text("which file: policy or registries", {
			placeholder: "PART",
			fallback: "policy"
		}),
		image: text("ask the policy about this image, by tag or digest", { placeholder: "REF" }),
		directory
	},
	run: async (inputs, { env, log, now }) => {
		const image = inputs.image === void 0 ? void 0 : parseReference(inputs.image, { field: "--image" });
		const project = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const fleet = findFleet(project.config, inputs.fleet);
		const keys = await fleetKeys(project.root, fleet, now());
		if (keys.length === 0) throw new InputError({
			where: project.config.file,
			field: `fleets.${fleet.name}.signing`,
			problem: "this fleet names no key, so its nodes have nothing to check",
			remedy: `coxswain make-key --name ${fleet.name} makes a pair and says what to write here.`
		});
		const files = nodePolicy(project.config.image, keys);
		const shown = (/* @__PURE__ */ new Map([["policy", JSON.stringify(files.policy, null, 2)], ["registries", files.registries]])).get(inputs.part);
		if (shown === void 0) throw new InputError({
			field: "--part",
			problem: "this file does not exist",
			found: inputs.part,
			expected: "policy or registries"
		});
		if (image === void 0) return {
			data: files,
			text: shown
		};
		const { descriptor } = await project.client.getManifest(image);
		const reference = atDigest(image.repository, descriptor.digest);
		const verdict = await askNodePolicy(project.client, files, reference);
		const name = formatReference(reference);
		const answer = verdict.accepted ? `nodes of ${fleet.name} accept ${name}` : `nodes of ${fleet.name} refuse ${name}: ${verdict.reason}`;
		return {
			data: {
				...files,
				image: name,
				...verdict
			},
			text: answer,
			exitCode: verdict.accepted ? 0 : 1
		};
	}
});
export { node_policy_default as default };
