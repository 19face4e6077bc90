import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { directory } from '../cli/directory.ts';
import { many, text } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { defined } from '../host/defined.ts';
import { documentation } from '../host/documentation.ts';
import { beforeWriting } from '../host/dry-run.ts';
import { InputError } from '../host/errors.ts';
import { writeFileAtomically } from '../host/files.ts';
import { nodeFiles } from '../operate/node-kit/node-files.ts';
import { kitPolicy } from '../operate/node-kit/node-policy-files.ts';
import { butaneOf, ignitionOf } from '../operate/node-kit/provisioning.ts';
import { writeRootfs } from '../operate/node-kit/write-kit.ts';
import { type NodePart, nodeParts } from '../project/configuration/node-parts.ts';
import { findFleet } from '../project/fleets.ts';
import { openProject } from '../release/project.ts';
import { fleetKeys } from '../release/signatures/signing-keys.ts';

export default defineVerb({
  summary: 'Write what nodes need to join and follow their fleet: files for the image, Butane and Ignition',
  about: `
Writes, from coxswain.yaml:

  rootfs/        files for the image: COPY node-kit/rootfs/ /
  <fleet>.bu     Butane for machines that are provisioned from stock Fedora CoreOS, one file for each fleet
  <fleet>.ign    the Ignition configuration of it

node.parts in coxswain.yaml, or --part, chooses the parts: ${nodeParts.join(', ')}.
${documentation('nodes.md')} says what each does.

  coxswain node-kit --output node-kit`,
  writes: true,
  inputs: {
    output: text('folder to write to', { placeholder: 'FOLDER', fallback: 'node-kit' }),
    part: many('only this part (default: node.parts in coxswain.yaml)', { placeholder: 'PART' }),
    fleet: text('the fleet of nodes that run this image; default: the one whose tag they were installed by', {
      placeholder: 'NAME',
    }),
    directory,
  },
  run: async (inputs, { env, log, now }) => {
    const { config, root } = await openProject({ directory: inputs.directory, env, log });
    const chosen = inputs.part.length === 0 ? new Set<NodePart>(config.node.parts) : readParts(inputs.part);
    const imageFleet = inputs.fleet === undefined ? undefined : findFleet(config, inputs.fleet);
    if (!config.publish.oci && config.publish.url === undefined) {
      throw new InputError({
        where: config.file,
        field: 'publish',
        problem: 'nodes cannot read guidance that is published nowhere',
        expected: 'publish.url, or publish.oci: true',
      });
    }
    const policies = new Map(
      await Promise.all(
        Object.values(config.fleets).map(async (fleet) => {
          const keys = chosen.has('trust') ? await fleetKeys(root, fleet, now()) : [];
          return [fleet.name, keys.length === 0 ? undefined : kitPolicy(config, keys)] as const;
        }),
      ),
    );
    const image = nodeFiles(config, {
      into: 'image',
      parts: chosen,
      ...defined({ fleet: imageFleet?.name, policy: policies.get(imageFleet?.name ?? '') }),
    });
    const signed = [...policies.values()].some((policy) => policy !== undefined);
    const machines = Object.keys(config.fleets).map((fleet) => {
      const policy = policies.get(fleet);
      return {
        fleet,
        node: nodeFiles(config, { into: 'machine', fleet, parts: chosen, ...defined({ policy }) }),
      };
    });
    // Everything was read and checked: now write.
    beforeWriting(() => `write the node kit (${[...chosen].join(', ')}) into ${inputs.output}`);
    await mkdir(inputs.output, { recursive: true });
    const written = (await writeRootfs(join(inputs.output, 'rootfs'), image)).map((path) => `rootfs${path}`);
    for (const { fleet, node } of machines) {
      await writeFileAtomically(join(inputs.output, `${fleet}.bu`), butaneOf(node));
      await writeFileAtomically(join(inputs.output, `${fleet}.ign`), ignitionOf(node));
      written.push(`${fleet}.bu`, `${fleet}.ign`);
    }
    return {
      data: { output: inputs.output, parts: [...chosen], files: written },
      text: [
        `${inputs.output}: ${written.length} files (${[...chosen].join(', ')})`,
        'in the image:      COPY node-kit/rootfs/ /',
        ...(signed && imageFleet === undefined
          ? [
              '                   without a policy, because each fleet has its own keys: --fleet NAME adds one',
            ]
          : []),
        ...machines.map(
          ({ fleet }) => `a machine of ${fleet}: ${fleet}.ign, or your own Butane with ${fleet}.bu`,
        ),
      ].join('\n'),
    };
  },
});

function readParts(names: readonly string[]): Set<NodePart> {
  const known: readonly string[] = nodeParts;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return new Set(names as NodePart[]);
  throw new InputError({
    field: '--part',
    problem: 'the node kit has no such part',
    found: unknown,
    expected: nodeParts.join(', '),
  });
}
