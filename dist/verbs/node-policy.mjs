import { O as text, d as directory, i as defineVerb } from "../chunks/cli.mjs";
import { Z as InputError } from "../chunks/host.mjs";
import { i as findFleet } from "../chunks/project.mjs";
import { m as openProject } from "../chunks/release.mjs";
import { o as nodePolicy, s as fleetKeys } from "../chunks/release-signatures.mjs";
// src/verbs/node-policy.ts
var node_policy_default = defineVerb({
	summary: "Print the policy with which a fleet's nodes accept only what the fleet signed",
	about: `Prints policy.json (containers-policy.json(5)): images of the production repository need a signature by a key of the fleet.
--part registries prints the file for registries.d that nodes need beside it. While keys change, both keys are in it.

  coxswain node-policy --fleet stable > policy.json
  coxswain node-policy --fleet stable --part registries > registries.d/os.yaml`,
	inputs: {
		fleet: text("the fleet", {
			placeholder: "NAME",
			required: true
		}),
		part: text("which file: policy or registries", {
			placeholder: "PART",
			fallback: "policy"
		}),
		directory
	},
	run: async (inputs, { env, log, now }) => {
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
			problem: "there is no such file",
			found: inputs.part,
			expected: "policy or registries"
		});
		return {
			data: files,
			text: shown
		};
	}
});
export { node_policy_default as default };
