import { directory } from '../cli/directory.ts';
import { text } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { InputError } from '../host/errors.ts';
import { findFleet } from '../project/fleets.ts';
import { openProject } from '../release/project.ts';
import { nodePolicy } from '../release/signatures/containers-policy.ts';
import { askNodePolicy } from '../release/signatures/node-verdict.ts';
import { fleetKeys } from '../release/signatures/signing-keys.ts';
import { atDigest, formatReference, parseReference } from '../world/registry/reference.ts';

export default defineVerb({
  summary: "Print the policy with which a fleet's nodes accept only what the fleet signed",
  about: `Prints policy.json (containers-policy.json(5)): images of the production repository need a signature by a key of the fleet.
--part registries prints the file for registries.d that nodes need beside it. While keys change, both keys are in it.
--image asks that policy about an image, and prints the answer in place of the policy: exit code 1 if nodes would refuse it.

  coxswain node-policy --fleet stable > policy.json
  coxswain node-policy --fleet stable --part registries > registries.d/os.yaml
  coxswain node-policy --fleet stable --image ghcr.io/acme/os:testing`,
  inputs: {
    fleet: text('the fleet', { placeholder: 'NAME', required: true }),
    part: text('which file: policy or registries', { placeholder: 'PART', fallback: 'policy' }),
    image: text('ask the policy about this image, by tag or digest', { placeholder: 'REF' }),
    directory,
  },
  run: async (inputs, { env, log, now }) => {
    const image = inputs.image === undefined ? undefined : parseReference(inputs.image, { field: '--image' });
    const project = await openProject({ directory: inputs.directory, env, log });
    const fleet = findFleet(project.config, inputs.fleet);
    const keys = await fleetKeys(project.root, fleet, now());
    if (keys.length === 0) {
      throw new InputError({
        where: project.config.file,
        field: `fleets.${fleet.name}.signing`,
        problem: 'this fleet names no key, so its nodes have nothing to check',
        remedy: `coxswain make-key --name ${fleet.name} makes a pair and says what to write here.`,
      });
    }
    const files = nodePolicy(project.config.image, keys);
    const parts = new Map([
      ['policy', JSON.stringify(files.policy, null, 2)],
      ['registries', files.registries],
    ]);
    const shown = parts.get(inputs.part);
    if (shown === undefined) {
      throw new InputError({
        field: '--part',
        problem: 'this file does not exist',
        found: inputs.part,
        expected: 'policy or registries',
      });
    }
    if (image === undefined) return { data: files, text: shown };
    const { descriptor } = await project.client.getManifest(image);
    const reference = atDigest(image.repository, descriptor.digest);
    const verdict = await askNodePolicy(project.client, files, reference);
    const name = formatReference(reference);
    const answer = verdict.accepted
      ? `nodes of ${fleet.name} accept ${name}`
      : `nodes of ${fleet.name} refuse ${name}: ${verdict.reason}`;
    return {
      data: { ...files, image: name, ...verdict },
      text: answer,
      exitCode: verdict.accepted ? 0 : 1,
    };
  },
});
