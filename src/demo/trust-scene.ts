import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { Scene } from './scene.ts';
import { readNodeVerdict } from './verb-answers.ts';

const fleets = ['testing', 'stable'] as const;

/** The private key of a fleet: outside of the repository, as make-key requires. */
export function fleetKeyFile({ place }: Scene, fleet: string): string {
  return join(place.folder, `${fleet}.key`);
}

/** Gives each fleet a key of its own, and names the public keys in coxswain.yaml. */
export async function makeFleetKeys(scene: Scene): Promise<void> {
  const file = join(scene.repository, 'coxswain.yaml');
  const config = parseDocument(await readFile(file, 'utf8'));
  for (const fleet of fleets) {
    await scene.coxswain(['make-key', '--name', fleet, '--private', fleetKeyFile(scene, fleet)]);
    const signing = config.createNode({ keys: [`keys/${fleet}.pub`] }, { flow: true });
    config.setIn(['fleets', fleet, 'signing'], signing);
  }
  await writeFile(file, String(config));
}

/** The release of testing, which stable does not have yet: nodes of stable refuse it. */
export async function playRefusal(scene: Scene): Promise<void> {
  const { stage } = scene;
  stage.chapter('The policy of a node of stable, and what it says before the promotion');
  await stage.step('policy refuses', async () => {
    await scene.coxswain(['node-policy', '--fleet', 'stable']);
    const { accepted, reason } = await ask(scene, 'testing', 1);
    if (accepted) throw new Error('nodes of stable accept an image that was never promoted to stable');
    return { value: undefined, what: `nodes of stable refuse the release of testing: ${reason}` };
  });
}

/** The same image after the promotion: nodes of stable accept it. */
export async function playAcceptance(scene: Scene): Promise<void> {
  await scene.stage.step('policy accepts', async () => {
    const { accepted } = await ask(scene, 'stable', 0);
    if (!accepted) throw new Error('nodes of stable refuse what was promoted to stable');
    return { value: undefined, what: 'nodes of stable accept the same digest, signed by the key of stable' };
  });
}

async function ask(scene: Scene, tag: string, exitCode: number) {
  const args = ['node-policy', '--fleet', 'stable', '--image', `${scene.image}:${tag}`];
  return readNodeVerdict(await scene.coxswain(args, { expect: [exitCode] }));
}
