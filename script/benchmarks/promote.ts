import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readConfig } from '../../src/project/configuration/config.ts';
import { buildKeyAnnotation } from '../../src/release/candidate/build-key.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import { pushEvidence } from '../../src/release/evidence/store.ts';
import { makeKeyPair } from '../../src/release/signatures/keys.ts';
import { Git } from '../../src/world/git/git.ts';
import { formatRepository } from '../../src/world/registry/reference.ts';
import { findCopier } from './copiers.ts';
import type { Figure } from './measure.ts';
import { pushLayeredImage, type RegistryStage, withRegistryStage } from './registry-stage.ts';

const run = promisify(execFile);
export const program = fileURLToPath(new URL('./bench-cli/main.mjs', import.meta.url));
// COXSWAIN_BENCH_ROUNDS=1 for requests and bytes alone: they are the same in each round.
const rounds = Number(process.env.COXSWAIN_BENCH_ROUNDS ?? 5);
/** Fedora CoreOS is moving to 400 layers. About 40 MB in each case. */
export const shapes = [
  { layers: 5, layerBytes: 8_000_000 },
  { layers: 80, layerBytes: 500_000 },
  { layers: 400, layerBytes: 100_000 },
] as const;
const keys = makeKeyPair();

export interface Cost {
  readonly requests: number;
  readonly bytes: number;
  readonly seconds: number;
}

type Shape = (typeof shapes)[number];

/**
 * A promotion next to skopeo, crane and regctl, which copy the same image: whole processes, the same registries, in
 * turns. Ours also checks evidence and labels, copies the evidence, sets four tags and reads them back. Then the same
 * with signatures, and once more when everything is done already.
 */
export async function benchPromote(report: (figure: Figure) => void): Promise<void> {
  const copiers: Copier[] = [skopeo];
  for (const name of ['crane', 'regctl'] as const) {
    const found = await findCopier(name);
    if ('path' in found) copiers.push({ name, ...others[name](found.path) });
    else report({ what: `promote: ${name} left out: ${found.missing}`, value: 0, unit: '' });
  }
  for (const shape of shapes) {
    await withRegistryStage(async (stage) => {
      await prepareHome(stage);
      for (const [where, target] of [
        ['same registry', stage.first.host],
        ['another registry', stage.second.host],
      ] as const) {
        const what = `promote ${shape.layers} layers, ${where}`;
        await benchCopies(report, { stage, shape, what, target, copiers });
      }
    });
  }
}

async function benchCopies(
  report: (figure: Figure) => void,
  options: {
    readonly stage: RegistryStage;
    readonly shape: Shape;
    readonly what: string;
    readonly target: string;
    readonly copiers: readonly Copier[];
  },
): Promise<void> {
  const { stage, shape, what, target, copiers } = options;
  const promote = [program, 'promote-image', '--fleet', 'testing'];
  const ours: Cost[] = [];
  const again: Cost[] = [];
  const signed: Cost[] = [];
  const theirs = new Map<string, Cost[]>(copiers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const name = `${target}/${what.replace(/[ ,]+/g, '-')}-${round}/os`;
    const source = await prepare(stage, name, { shape });
    ours.push(await cost(stage, process.execPath, promote, stage.directory));
    again.push(await cost(stage, process.execPath, promote, stage.directory));
    for (const copier of copiers) {
      const args = copier.args(source, `${name}-${copier.name}:testing`);
      theirs.get(copier.name)?.push(await cost(stage, copier.path, args, stage.directory, homeOf(stage)));
    }
    await prepare(stage, `${name}-signed`, { shape, signed: true });
    const key = { COXSWAIN_SIGNING_KEY: keys.privateKey };
    signed.push(await cost(stage, process.execPath, promote, stage.directory, key));
  }
  for (const [other, costs] of theirs) compare(report, { what, other: `${other} copy`, ours, theirs: costs });
  reportSigning(report, { what, signed, unsigned: ours });
  report({
    what: `${what}, done already`,
    value: median(again.map((each) => each.seconds)),
    unit: 'seconds',
  });
}

interface Copier {
  readonly name: string;
  readonly path: string;
  args(from: string, to: string): string[];
}

const skopeo: Copier = {
  name: 'skopeo',
  path: 'skopeo',
  args: (from, to) => [
    ...['copy', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false'],
    ...[`docker://${from}`, `docker://${to}`],
  ],
};

const others = {
  crane: (path: string) => ({
    path,
    args: (from: string, to: string) => ['copy', '--insecure', from, to],
  }),
  regctl: (path: string) => ({ path, args: (from: string, to: string) => ['image', 'copy', from, to] }),
};

/** regctl learns from a file of its user which registries speak plain HTTP. */
function homeOf({ directory }: RegistryStage): { HOME: string } {
  return { HOME: join(directory, '..', 'home') };
}

async function prepareHome(stage: RegistryStage): Promise<void> {
  const folder = join(homeOf(stage).HOME, '.regctl');
  await mkdir(folder, { recursive: true });
  const hosts = Object.fromEntries(
    [stage.first, stage.second].map(({ host }) => [host, { tls: 'disabled' }]),
  );
  await writeFile(join(folder, 'config.json'), JSON.stringify({ hosts }));
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

export async function prepare(
  stage: RegistryStage,
  production: string,
  { shape, signed = false }: { readonly shape: Shape; readonly signed?: boolean },
): Promise<string> {
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
    ...shape,
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

export function median(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[values.length >> 1] ?? Number.NaN;
}
