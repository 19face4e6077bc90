import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBaseImage } from '../../src/demo/base-images.ts';
import { skopeoTags } from '../../src/demo/digests.ts';
import { type Workplace, withWorkplace } from '../../src/demo/workplace.ts';
import { silentLog } from '../../src/host/log.ts';
import { openGitForge } from '../../src/world/forge/git/git-forge.ts';
import { Git } from '../../src/world/git/git.ts';
import { type CliResult, cli } from '../support/cli.ts';

// The loop on real parts, each verb killed (SIGKILL, with all its children) again and again, a little later each
// time, until it reaches its end. The result must be what an undisturbed run leaves.

const delays = [80, 140, 200, 260, 330, 420, 550, 700, 900, 1200, 1600, 2200, 3000, 4000];
const now = 1_790_000_000;
let place: Workplace;
let repository: string;
let git: Git;
let kills = 0;
/** A killed process cannot clean up. */
let temporary: string;
let leave: () => void;
let left: Promise<void>;

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'coxswain-killed-'));
  await new Promise<void>((entered, failed) => {
    left = withWorkplace(async (workplace) => {
      place = workplace;
      repository = join(place.folder, 'os');
      await mkdir(repository);
      git = new Git(repository);
      await publishBase('44.20260621.3.1');
      await git.run(['init', '--quiet', '--initial-branch', 'testing', '.']);
      const { host } = place.registry;
      await run(['init', '--image', `${host}/acme/os`, '--base', `${host}/fedora/fedora-coreos:stable`]);
      // The small base image has no systemd, on purpose.
      await appendFile(join(repository, 'coxswain.yaml'), '\nboot-test: { init: any }\n');
      await git.run(['add', '--all']);
      await git.run(['commit', '--quiet', '-m', 'Start']);
      await git.run(['branch', 'stable']);
      await writeFile(join(repository, 'NOTES.md'), 'testing is ahead of stable\n');
      await git.run(['add', '--all']);
      await git.run(['commit', '--quiet', '-m', 'Note something']);
      entered();
      await new Promise<void>((resolve) => {
        leave = resolve;
      });
    });
    left.catch(failed);
  });
});

afterAll(async () => {
  leave();
  await left;
  await rm(temporary, { recursive: true, force: true });
});

describe('a verb that is killed and run again', () => {
  it('build-image: one image under the build key', async () => {
    await killUntilDone(['build-image']);
    const tags = await skopeoTags(`${place.registry.host}/acme/os-test`);
    expect(Object.keys(tags).filter((tag) => tag.startsWith('key-'))).toHaveLength(1);
    expect((await answer(['build-image'])).built).toBe(false);
  }, 120_000);

  it('boot-test: passing evidence', async () => {
    await killUntilDone(['boot-test']);
    expect((await answer(['boot-test'])).verdict).toBe('passed');
  }, 120_000);

  it('promote-image: every tag on the tested digest', async () => {
    await killUntilDone(['promote-image', '--fleet', 'testing']);
    const { digest } = await answer(['build-image']);
    const tags = await skopeoTags(`${place.registry.host}/acme/os`);
    // The tag sha256-… lists what refers to the image: the evidence.
    const onImages = Object.entries(tags).filter(([tag]) => !tag.startsWith('sha256-'));
    expect(new Set(onImages.map(([, seen]) => seen))).toEqual(new Set([digest]));
    expect(Object.keys(tags)).toEqual(expect.arrayContaining(['testing', 'stable', '44.20260621.3.1']));
  }, 60_000);

  it('start-rollout: one release, one commit on the state branch', async () => {
    await killUntilDone(['start-rollout', '--fleet', 'testing']);
    const index = JSON.parse(await git.run(['show', 'coxswain:fleets/testing/releases.json'])) as {
      releases: unknown[];
    };
    expect(index.releases).toHaveLength(1);
    expect(await git.run(['rev-list', '--count', 'coxswain'])).toBe('1');
  }, 60_000);

  it('publish-updates: whole files, and no more to write', async () => {
    await killUntilDone(['publish-updates', '--output', 'site']);
    const files = (await readdir(join(repository, 'site'), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    );
    for (const file of files.filter((entry) => entry.name === 'graph')) {
      const graph = JSON.parse(await readFile(join(file.parentPath, file.name), 'utf8')) as {
        nodes: unknown[];
      };
      if (file.parentPath.includes('/testing/')) expect(graph.nodes).toHaveLength(1);
    }
    expect((await answer(['publish-updates', '--output', 'site'])).written).toEqual([]);
  }, 60_000);

  it('watch-base: one pull request', async () => {
    await publishBase('44.20260707.3.1');
    await killUntilDone(['watch-base']);
    const forge = await openGitForge(repository);
    expect(await forge.pullRequests.list({ state: 'open' })).toHaveLength(1);
    expect((await answer(['watch-base'])).action).toBe('unchanged');
  }, 60_000);

  it('open-promotion: one pull request to stable', async () => {
    await killUntilDone(['open-promotion'], now + 100 * 3600);
    const forge = await openGitForge(repository);
    const pulls = await forge.pullRequests.list({ state: 'open' });
    expect(pulls.filter((pull) => pull.base === 'stable')).toMatchObject([{ ready: true }]);
    console.log(`killed ${kills} times in all`);
  }, 60_000);
});

async function killUntilDone(args: readonly string[], time = now): Promise<void> {
  const before = kills;
  for (const killAfter of delays) {
    const result = await runAt(args, time, killAfter);
    if (result.exitCode !== null) {
      expect(result.stderr).not.toContain('error:');
      break;
    }
    kills++;
  }
  expect(kills, 'it must have been killed at least once for this test to mean something').toBeGreaterThan(
    before,
  );
  await run(args, time);
}

async function run(args: readonly string[], time = now): Promise<CliResult> {
  const result = await runAt(args, time);
  expect(result, result.stderr).toMatchObject({ exitCode: 0 });
  return result;
}

async function answer(args: readonly string[]): Promise<Record<string, unknown>> {
  return JSON.parse((await run([...args, '--json'])).stdout) as Record<string, unknown>;
}

function runAt(args: readonly string[], time: number, killAfter?: number): Promise<CliResult> {
  const when = args[0] === 'init' ? [] : ['--now', String(time)];
  return cli([...args, ...when], {
    cwd: repository,
    env: { ...place.env, TMPDIR: temporary },
    ...(killAfter === undefined ? {} : { killAfter }),
  });
}

async function publishBase(version: string): Promise<void> {
  await buildBaseImage({
    kind: 'tiny',
    version,
    stream: 'stable',
    repository: { registry: place.registry.host, path: 'fedora/fedora-coreos' },
    tag: 'stable',
    log: silentLog,
  });
}
