import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readConfig } from '../../src/project/configuration/config.ts';
import { buildKeyAnnotation } from '../../src/release/candidate/build-key.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import { pushEvidence } from '../../src/release/evidence/store.ts';
import { makeKeyPair } from '../../src/release/signatures/keys.ts';
import { Git } from '../../src/world/git/git.ts';
import { formatRepository } from '../../src/world/registry/reference.ts';
import { findCrane } from './crane.ts';
import type { Figure } from './measure.ts';
import { pushLayeredImage, type RegistryStage, withRegistryStage } from './registry-stage.ts';

const run = promisify(execFile);
export const program = fileURLToPath(new URL('./bench-cli/main.mjs', import.meta.url));
const rounds = 5;
const layers = 80;
const layerBytes = 500_000;
const keys = makeKeyPair();

export interface Cost {
  readonly requests: number;
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * A promotion next to `skopeo copy --preserve-digests` and `crane copy` of the same image: whole processes, the same registries, in
 * turns. Ours also checks evidence and labels, copies the evidence, sets four tags and reads them back. Then the same
 * with signatures.
 */
export async function benchPromote(report: (figure: Figure) => void): Promise<void> {
  const crane = await findCrane();
  if ('missing' in crane) report({ what: `promote: crane left out: ${crane.missing}`, value: 0, unit: '' });
  await withRegistryStage(async (stage) => {
    for (const [where, target] of [
      ['same registry', stage.first.host],
      ['another registry', stage.second.host],
    ] as const) {
      const ours: Cost[] = [];
      const theirs: Cost[] = [];
      const cranes: Cost[] = [];
      const signed: Cost[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const name = `${target}/${where.replace(' ', '-')}-${round}/os`;
        const source = await prepare(stage, name);
        ours.push(
          await cost(
            stage,
            process.execPath,
            [program, 'promote-image', '--fleet', 'testing'],
            stage.directory,
          ),
        );
        theirs.push(
          await cost(
            stage,
            'skopeo',
            [
              'copy',
              '--preserve-digests',
              '--src-tls-verify=false',
              '--dest-tls-verify=false',
              `docker://${source}`,
              `docker://${name}-skopeo:testing`,
            ],
            stage.directory,
          ),
        );
        await prepare(stage, `${name}-signed`, { signed: true });
        signed.push(
          await cost(
            stage,
            process.execPath,
            [program, 'promote-image', '--fleet', 'testing'],
            stage.directory,
            { COXSWAIN_SIGNING_KEY: keys.privateKey },
          ),
        );
        if ('missing' in crane) continue;
        const to = `${name}-crane:testing`;
        cranes.push(await cost(stage, crane.path, ['copy', '--insecure', source, to], stage.directory));
      }
      compare(report, { what: `promote, ${where}`, other: 'skopeo copy', ours, theirs });
      reportSigning(report, { what: `promote, ${where}`, signed, unsigned: ours });
      if (cranes.length === 0) continue;
      compare(report, { what: `promote, ${where}`, other: 'crane copy', ours, theirs: cranes });
    }
  });
}

/** What signatures, and the question to the nodes' policy, cost in addition. */
function reportSigning(
  report: (figure: Figure) => void,
  options: { readonly what: string; readonly signed: readonly Cost[]; readonly unsigned: readonly Cost[] },
): void {
  const { what, signed, unsigned } = options;
  const more = (unit: keyof Cost) =>
    median(signed.map((each) => each[unit])) - median(unsigned.map((each) => each[unit]));
  report({ what: `${what}, signed: requests in addition`, value: more('requests'), unit: 'requests' });
  report({ what: `${what}, signed: time in addition`, value: more('seconds') * 1000, unit: 'ms' });
}

async function prepare(stage: RegistryStage, production: string, { signed = false } = {}): Promise<string> {
  const { client, directory, git, writeFiles, first } = stage;
  const testing = signed ? '{ signing: { keys: [keys/testing.pub] } }' : '{}';
  await writeFiles({
    'coxswain.yaml': `image: ${production}\ntest-image: ${first.host}/acme/os-test\nbase: ${first.host}/fcos:stable\nfleets: { testing: ${testing}, stable: { promote-from: testing } }\n`,
    'keys/testing.pub': keys.publicKey,
    Containerfile: `FROM ${first.host}/fcos:stable\nRUN true\n`,
    'round.txt': production,
    'tests/10-boots.sh': '#!/bin/sh\n',
  });
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Round');
  const config = await readConfig(directory);
  const base = { 'org.opencontainers.image.version': '44.20260621.3.1', 'com.coreos.stream': 'stable' };
  const created = '2026-07-07T12:00:00Z';
  await pushLayeredImage(client, config.base.repository, {
    layers: 1,
    layerBytes: 1_000,
    tag: 'stable',
    created,
    labels: base,
  });
  const candidate = await readCandidate({ git: new Git(directory), config, client });
  const digest = await pushLayeredImage(client, config.testImage, {
    layers,
    layerBytes,
    tag: candidate.tag,
    created: new Date(candidate.committedAt * 1000).toISOString(),
    labels: { ...base, 'org.opencontainers.image.version': candidate.version },
    annotations: { [buildKeyAnnotation]: candidate.key },
  });
  const { descriptor } = await client.getManifest({ kind: 'digest', repository: config.testImage, digest });
  await pushEvidence(client, config.testImage, descriptor, {
    subject: { repository: formatRepository(config.testImage), digest },
    result: 'PASSED',
    testsTree: candidate.testsTree,
    tests: [{ name: '10-boots.sh', result: 'passed', seconds: 1 }],
    kernel: '6.1.0',
    architecture: 'x86_64',
    accelerator: 'tcg',
    startedAt: candidate.committedAt,
    seconds: 1,
  });
  return `${formatRepository(config.testImage)}@${digest}`;
}

/** Runs a program to its end, and counts what went through the proxies. */
export async function cost(
  stage: RegistryStage,
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Cost> {
  stage.first.take();
  stage.second.take();
  const started = performance.now();
  await run(file, args, { cwd, env: { ...process.env, ...env } });
  const seconds = (performance.now() - started) / 1000;
  const [one, other] = [stage.first.take(), stage.second.take()];
  return { requests: one.requests + other.requests, bytes: one.bytes + other.bytes, seconds };
}

export function compare(
  report: (figure: Figure) => void,
  options: {
    readonly what: string;
    readonly other: string;
    readonly ours: readonly Cost[];
    readonly theirs: readonly Cost[];
  },
): void {
  const { what, other, ours, theirs } = options;
  for (const unit of ['requests', 'bytes', 'seconds'] as const) {
    const mine = median(ours.map((each) => each[unit]));
    const his = median(theirs.map((each) => each[unit]));
    report({ what: `${what}: ours`, value: mine, unit });
    report({ what: `${what}: ${other}`, value: his, unit });
    report({ what: `${what}: ratio of ${unit} to ${other}`, value: mine / his, unit: '×' });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[values.length >> 1] ?? Number.NaN;
}
