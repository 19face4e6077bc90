import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseUpdateMetadata } from '../guidance/metadata.ts';
import { parseReleaseIndex } from '../guidance/releases.ts';
import { simulate } from '../guidance/simulation/simulation.ts';
import { writeFileAtomically } from '../host/files.ts';
import { readConfig } from '../project/configuration/config.ts';
import { isNamed } from '../project/configuration/rings.ts';
import { graphPath } from '../release/published/file-paths.ts';
import { skopeoDigest } from './digests.ts';
import { askAsNode, withStaticServer } from './node.ts';
import { offersOverTime } from './offers.ts';
import { hasSystemd, mergePullRequest, playOpening, publishBase, releaseTo } from './opening.ts';
import { playPromotion } from './promotion-scene.ts';
import type { Scene } from './scene.ts';
import { readBoot, readBuild, readExamination, readPullRequest } from './verb-answers.ts';

const basearch = 'x86_64';

/**
 * The whole loop: a base moves, and in the end both fleets are offered the image that was tested.
 * @param extraTests for the user's repository, by their paths below tests/
 * @returns the image that was tested
 */
export async function playLoop(
  scene: Scene,
  extraTests: Readonly<Record<string, string>> = {},
): Promise<{ readonly digest: string }> {
  const { stage, options } = scene;
  const first = await playOpening(scene, extraTests);
  const { now } = first;

  stage.chapter('The base moves');
  const baseTo = await stage.step('base moves', async () => {
    const version = await publishBase(scene, 'to');
    return { value: version, what: `${first.base} → ${version}` };
  });
  const basePull = await stage.step('watch-base', async () => {
    const { pullRequest } = readPullRequest(await scene.coxswain(['watch-base']));
    const pull = await scene.pullRequest(pullRequest);
    return { value: pull, what: `pull request #${pull.number}: ${pull.title}` };
  });

  stage.chapter(`Pull request #${basePull.number}: build, push to the test registry, boot in a VM`);
  await scene.git('switch', '--quiet', basePull.head);
  const built = await stage.step('build-image', async () => {
    const answer = readBuild(await scene.coxswain(['build-image']));
    return { value: answer, what: `${answer.version} in the test registry` };
  });
  const booted = await stage.step('boot-test', async () => {
    const answer = readBoot(
      await scene.coxswain(['boot-test', '--output', join(options.output, 'boot-test', 'update')]),
    );
    await scene.pullRequest(basePull.number);
    const system = answer.system?.manager === 'systemd' ? `; systemd: ${answer.system.state}` : '';
    const updates = answer.upgrades?.map(({ from }) => `; updates from ${from}`).join('') ?? '';
    const agent = answer.agent === 'agrees' ? "; the image's own Zincati agrees" : '';
    return {
      value: answer,
      what: `${answer.tests?.length ?? 0} tests in the VM (${answer.accelerator}): ${answer.verdict}${system}${updates}${agent}`,
    };
  });
  if (hasSystemd(options.kind) && booted.system?.state !== 'running') {
    throw new Error(`systemd of the image reached ${booted.system?.state}, not running`);
  }

  stage.chapter('Merged to testing');
  await stage.step('merge', async () => {
    await mergePullRequest(scene, basePull);
    return { value: undefined, what: `#${basePull.number} merged into testing` };
  });
  await stage.step('release to testing', async () => {
    const requests = await releaseTo(scene, 'testing');
    return {
      value: undefined,
      what: `promoted by digest and signed (${requests}), rollout started, guidance published`,
    };
  });

  await playPromotion(scene, now);

  await showOutcome(scene, { first, baseTo, built });
  return { digest: built.digest };
}

async function showOutcome(
  scene: Scene,
  story: {
    readonly first: { readonly base: string; readonly version: string };
    readonly baseTo: string;
    readonly built: { readonly version: string; readonly digest: string; readonly image: string };
  },
): Promise<void> {
  const { stage, options, site } = scene;
  const { first, built } = story;
  const config = await readConfig(scene.repository);
  const published = async (fleet: string) => {
    const file = (name: string) => readFile(join(site, fleet, name), 'utf8');
    return {
      releases: parseReleaseIndex(await file('releases.json'), `${fleet}/releases.json`),
      updates: parseUpdateMetadata(await file('updates.json'), `${fleet}/updates.json`),
    };
  };

  stage.chapter('The same digest three times, as skopeo sees it');
  const digests = await stage.step('compare digests', async () => {
    const seen = {
      tested: await skopeoDigest(built.image),
      testing: await skopeoDigest(`${scene.image}:testing`),
      stable: await skopeoDigest(`${scene.image}:stable`),
    };
    for (const [name, digest] of Object.entries(seen)) stage.note(`${name.padEnd(8)} ${digest}`);
    if (new Set([...Object.values(seen), built.digest]).size !== 1) throw new Error('the digests differ');
    return { value: seen, what: 'tested = testing = stable' };
  });

  stage.chapter(`Who on fleet stable is offered ${built.version}, over time`);
  const stable = await published('stable');
  const rollout = stable.updates.releases.find((entry) => entry.version === built.version)?.metadata.rollout;
  stage.note(offersOverTime({ ...stable, basearch, rings: config.rings, from: first.version }));

  stage.chapter('Nodes ask, as Zincati does, half-way through that rollout');
  await stage.step('nodes ask', async () => {
    const halfWay = (rollout?.start_epoch ?? 0) + (rollout?.duration_minutes ?? 0) * 30;
    scene.setTime(halfWay);
    await scene.coxswain(['publish-updates', '--output', site]);
    const booted = stable.releases.releases.find((release) => release.version === first.version)?.[
      'oci-images'
    ]?.[0]?.['digest-ref'];
    const folders = config.rings.flatMap((ring) => ring.folders.slice(0, 1));
    const answers = await withStaticServer(site, (url) =>
      Promise.all(
        folders.map(async (folder) => {
          const baseUrl = `${url}stable/${basearch}/${folder === '' ? '' : `${folder}/`}`;
          const node = { basearch, stream: config.stream, version: first.version, booted: booted ?? '' };
          return { baseUrl: baseUrl.replace(url, '…/'), ...(await askAsNode(baseUrl, node)) };
        }),
      ),
    );
    for (const { baseUrl, offered } of answers) {
      stage.note(
        `a node on ${first.version} with base_url ${baseUrl.padEnd(24)} is offered ${offered ?? 'nothing yet'}`,
      );
    }
    return {
      value: undefined,
      what: `${answers.filter((answer) => answer.offered !== undefined).length} of ${answers.length} rings are offered the update`,
    };
  });

  stage.chapter('The published site, examined from outside');
  await stage.step('doctor', async () => {
    // A finding that is an error ends the demo: exit code 1.
    const { findings, images } = readExamination(await scene.coxswain(['doctor', '--site', site]));
    if (findings.length > 0) throw new Error(`doctor has found something: ${JSON.stringify(findings)}`);
    return { value: undefined, what: `no finding, ${images} images in graphs` };
  });

  stage.chapter('How a thousand nodes of stable would take it, simulated');
  await stage.step('simulate', async () => {
    const rings = config.rings.filter(isNamed);
    const share = 1 / rings.length;
    const { curve, svg } = simulate({
      ...stable,
      basearch,
      now: rollout?.start_epoch ?? 0,
      fleet: { nodes: 1000, wariness: rings.map(({ wariness }) => ({ wariness, share })) },
    });
    stage.note(curve);
    await writeFileAtomically(join(options.output, 'adoption.svg'), svg);
    return { value: undefined, what: 'adoption curve, a quarter of the nodes in each ring' };
  });

  const graphs = Object.fromEntries(
    Object.keys(config.fleets).flatMap((fleet) =>
      config.rings
        .flatMap((ring) => ring.folders.slice(0, 1))
        .map((folder) => [
          `${fleet}/${basearch}/${folder === '' ? 'default' : folder}`,
          graphPath({ fleet, basearch, folder }),
        ]),
    ),
  );
  const summary = {
    base: { from: first.base, to: story.baseTo },
    version: built.version,
    digests,
    steps: stage.steps.map(({ name, seconds }) => ({ name, seconds: Number(seconds.toFixed(2)) })),
    graphs,
  };
  await writeFileAtomically(join(options.output, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}
