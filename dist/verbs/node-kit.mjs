import { $ as beforeWriting, Et as many, G as writeFileAtomically, Lt as defined, M as documentation, Vt as InputError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb } from "../chunks/host.mjs";
import { a as nodeFiles, i as kitPolicy, n as butaneOf, r as ignitionOf, t as writeRootfs } from "../chunks/operate-node-kit.mjs";
import { Ha as findFleet, ea as fleetKeys, wi as nodeParts, zn as openProject } from "../chunks/shared.mjs";
import { join } from "node:path";
import { mkdir } from "node:fs/promises";
init_errors();
var node_kit_default = defineVerb({
	summary: "Write what nodes need to join and follow their fleet: files for the image, Butane and Ignition",
	about: `
Writes, from coxswain.yaml:

  rootfs/        files for the image: COPY node-kit/rootfs/ /
  <fleet>.bu     Butane for machines that are provisioned from stock Fedora CoreOS, one file for each fleet
  <fleet>.ign    the Ignition configuration of it

node.parts in coxswain.yaml, or --part, chooses the parts: ${nodeParts.join(", ")}.
${documentation("nodes.md")} says what each does.

  coxswain node-kit --output node-kit`,
	writes: true,
	inputs: {
		output: text("folder to write to", {
			placeholder: "FOLDER",
			fallback: "node-kit"
		}),
		part: many("only this part (default: node.parts in coxswain.yaml)", { placeholder: "PART" }),
		fleet: text("the fleet of nodes that run this image; default: the one whose tag they were installed by", { placeholder: "NAME" }),
		directory
	},
	run: async (inputs, { env, log, now }) => {
		const { config, root } = await openProject({
			directory: inputs.directory,
			env,
			log
		});
		const chosen = inputs.part.length === 0 ? new Set(config.node.parts) : readParts(inputs.part);
		const imageFleet = inputs.fleet === void 0 ? void 0 : findFleet(config, inputs.fleet);
		if (!config.publish.oci && config.publish.url === void 0) throw new InputError({
			where: config.file,
			field: "publish",
			problem: "nodes cannot read guidance that is published nowhere",
			expected: "publish.url, or publish.oci: true"
		});
		const policies = new Map(await Promise.all(Object.values(config.fleets).map(async (fleet) => {
			const keys = chosen.has("trust") ? await fleetKeys(root, fleet, now()) : [];
			return [fleet.name, keys.length === 0 ? void 0 : kitPolicy(config, keys)];
		})));
		const image = nodeFiles(config, {
			into: "image",
			parts: chosen,
			...defined({
				fleet: imageFleet?.name,
				policy: policies.get(imageFleet?.name ?? "")
			})
		});
		const signed = [...policies.values()].some((policy) => policy !== void 0);
		const machines = Object.keys(config.fleets).map((fleet) => {
			const policy = policies.get(fleet);
			return {
				fleet,
				node: nodeFiles(config, {
					into: "machine",
					fleet,
					parts: chosen,
					...defined({ policy })
				})
			};
		});
		beforeWriting(() => `write the node kit (${[...chosen].join(", ")}) into ${inputs.output}`);
		await mkdir(inputs.output, { recursive: true });
		const written = (await writeRootfs(join(inputs.output, "rootfs"), image)).map((path) => `rootfs${path}`);
		for (const { fleet, node } of machines) {
			await writeFileAtomically(join(inputs.output, `${fleet}.bu`), butaneOf(node));
			await writeFileAtomically(join(inputs.output, `${fleet}.ign`), ignitionOf(node));
			written.push(`${fleet}.bu`, `${fleet}.ign`);
		}
		return {
			data: {
				output: inputs.output,
				parts: [...chosen],
				files: written
			},
			text: [
				`${inputs.output}: ${written.length} files (${[...chosen].join(", ")})`,
				"in the image:      COPY node-kit/rootfs/ /",
				...signed && imageFleet === void 0 ? ["                   without a policy, because each fleet has its own keys: --fleet NAME adds one"] : [],
				...machines.map(({ fleet }) => `a machine of ${fleet}: ${fleet}.ign, or your own Butane with ${fleet}.bu`)
			].join("\n")
		};
	}
});
function readParts(names) {
	const known = nodeParts;
	const unknown = names.find((name) => !known.includes(name));
	if (unknown === void 0) return new Set(names);
	throw new InputError({
		field: "--part",
		problem: "the node kit has no such part",
		found: unknown,
		expected: nodeParts.join(", ")
	});
}
export { node_kit_default as default };
