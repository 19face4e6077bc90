import type { Figure } from './measure.ts';
import { type Cost, compare, cost, program } from './promote.ts';
import { pushLayeredImage, type RegistryStage, withRegistryStage } from './registry-stage.ts';

const rounds = 5;

/**
 * watch-base when the base has not moved, as in nearly all runs of a schedule, next to `skopeo inspect` of the same
 * tag.
 */
export async function benchWatchBase(report: (figure: Figure) => void): Promise<void> {
  await withRegistryStage(async (stage) => {
    const { base, directory } = await prepareWatch(stage);
    const watch = [program, 'watch-base'];
    const ours: Cost[] = [];
    const theirs: Cost[] = [];
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await cost(stage, process.execPath, watch, directory));
      theirs.push(
        await cost(stage, 'skopeo', ['inspect', '--tls-verify=false', `docker://${base}:stable`], directory),
      );
    }
    compare(report, { what: 'watch-base, unchanged', other: 'skopeo inspect', ours, theirs });
  });
}

/** A checkout whose base has not moved. */
export async function prepareWatch(
  stage: RegistryStage,
): Promise<{ readonly base: string; readonly directory: string }> {
  const { client, git, writeFiles, first, directory } = stage;
  const base = `${first.host}/fedora/fedora-coreos`;
  const digest = await pushLayeredImage(
    client,
    { registry: first.host, path: 'fedora/fedora-coreos' },
    {
      layers: 80,
      layerBytes: 1_000,
      tag: 'stable',
      created: '2026-07-07T12:00:00Z',
      labels: { 'org.opencontainers.image.version': '44.20260621.3.1', 'com.coreos.stream': 'stable' },
    },
  );
  await writeFiles({
    'coxswain.yaml': `image: ${first.host}/acme/os\nbase: ${base}:stable\nfleets: { testing: {}, stable: { promote-from: testing } }\n`,
    Containerfile: `FROM ${base}:44.20260621.3.1@${digest}\nRUN true\n`,
    'tests/10-boots.sh': '#!/bin/sh\n',
  });
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Start');
  return { base, directory };
}
