import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alwaysOn, nodeScript } from '../loop/boot-test/guest/node-agent.ts';
import { type Config, readConfig } from '../project/configuration/config.ts';
import { type Digest, formatRepository, shortDigest } from '../world/registry/reference.ts';
import { architecture, fleet, kitOf, readNodeImage, readPublished, siteOf } from './node-fleet.ts';
import { type BootMachine, type NodeMachines, type Update, withDirectMachines } from './node-machines.ts';
import { withOstreeMachines } from './ostree-node-machines.ts';
import type { Scene } from './scene.ts';
import { formatTable } from './table.ts';

/** A machine of the demo. */
interface DemoNode {
  readonly name: string;
  readonly ring: string;
  readonly boot: BootMachine;
  runs: Digest;
  boots: number;
}

/**
 * Two machines follow the rollout of stable by their own Zincati, canary first, and restart into the digest that was
 * tested; on an ostree base, by real deployments. Call it when stable has the release, half-way through its rollout.
 * @param tested digest of the image that the boot test booted
 */
export async function playNodes(scene: Scene, tested: string): Promise<void> {
  const { stage, options } = scene;
  const ostree = options.kind === 'ostree';
  stage.chapter(`Two machines of stable, with their own Zincati${ostree ? ' and real deployments' : ''}`);
  const config = await readConfig(scene.repository);
  const state = await readPublished(scene);
  const [from, to] = await Promise.all(state.digests.map((digest) => readNodeImage(config, scene, digest)));
  if (from === undefined || to === undefined) throw new Error(`${fleet} has fewer than two releases`);
  const update = { from, to };
  const withMachines = ostree ? withOstreeMachines : withDirectMachines;
  await withMachines(scene, config, update, async (machines) => {
    const nodes: DemoNode[] = [];
    for (const name of ['canary', 'late']) {
      nodes.push({ name, ring: name, boot: await machines.make(name), runs: from.digest, boots: 0 });
    }
    const rows: string[][] = [];
    for (const [moment, time] of state.moments) {
      scene.setTime(time);
      await scene.coxswain(['publish-updates', '--output', scene.site]);
      // A machine on the newest release has nothing to do.
      const waiting = nodes.filter(({ runs }) => runs !== to.digest);
      const answers = await Promise.all(
        waiting.map((node) =>
          stage.step(`${node.name}, ${moment}`, () => follow(scene, config, node, { machines, update })),
        ),
      );
      for (const [index, what] of answers.entries()) rows.push([moment, waiting[index]?.name ?? '', what]);
    }
    stage.note(formatTable(['rollout', 'machine', 'what its Zincati did'], rows));
    const wrong = nodes.find(({ runs }) => runs !== tested);
    if (wrong !== undefined) throw new Error(`${wrong.name} runs ${wrong.runs}, and ${tested} was tested`);
    stage.note(`Both machines run ${tested}: the digest that was tested.`);
    if (ostree) stage.note('Each says so itself, by the ostree commit that it booted.');
  });
}

interface Rollout {
  readonly machines: NodeMachines;
  readonly update: Update;
}

/** Boots a machine, and again while its Zincati takes an update. */
async function follow(scene: Scene, config: Config, node: DemoNode, rollout: Rollout) {
  const { from, to } = rollout.update;
  const versionOf = (digest: Digest) => [from, to].find((each) => each.digest === digest)?.version ?? digest;
  const said: string[] = [];
  for (;;) {
    const answer = await bootNode(scene, config, node, rollout);
    if (answer === 'stays') {
      said.push(`${said.length === 0 ? 'stays on' : 'restarted into'} ${versionOf(node.runs)}`);
      const what = said.join(', ');
      return { value: what, what };
    }
    said.push(`takes ${versionOf(answer)} (${shortDigest(answer)})`);
    node.runs = answer;
  }
}

/** @returns the digest that the machine's Zincati takes, or that it stays */
async function bootNode(
  scene: Scene,
  config: Config,
  node: DemoNode,
  { machines, update }: Rollout,
): Promise<Digest | 'stays'> {
  const repository = formatRepository(config.image);
  node.boots += 1;
  const script = join(scene.place.folder, `${node.name}-${node.boots}`);
  await writeFile(
    script,
    nodeScript({
      settings: alwaysOn,
      site: await siteOf(scene, config),
      images: [update.from, update.to],
      repository,
      values: {
        reference: `ostree-unverified-registry:${repository}:${config.stream}`,
        booted: node.runs,
        ring: node.ring,
      },
      files: { ...kitOf(config), ...machines.files },
      script: machines.script,
    }),
  );
  const report = await node.boot(node.runs, {
    architecture,
    // An emulated machine on a busy computer takes its time.
    tests: [{ name: 'node', path: script, timeoutSeconds: 1500 }],
    environment: {},
    outputFolder: join(scene.options.output, 'nodes', `${node.name}-${node.boots}`),
    log: scene.options.log,
  });
  const output = report.tests.find(({ name }) => name === 'node')?.output ?? '';
  for (const line of output.trim().split('\n')) scene.stage.note(`  ${node.name}: ${line}`);
  const taken = /^takes (sha256:[0-9a-f]{64})$/m.exec(output)?.[1];
  if (taken !== undefined) return taken as Digest;
  if (/^stays$/m.test(output)) return 'stays';
  throw new Error(`the machine ${node.name} did not answer: ${report.explanation}\n${output}`);
}
