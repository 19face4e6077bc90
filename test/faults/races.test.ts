import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promoteImage } from '../../src/loop/promote-image/promote-image.ts';
import { startRollout } from '../../src/loop/start-rollout/start-rollout.ts';
import { formatRepository } from '../../src/world/registry/reference.ts';
import { useMemory } from '../support/in-memory.ts';
import { createProject, publishBase, type TestProject } from '../support/project.ts';
import { testClient, useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';
import { type FaultProxy, startFaultProxy } from './proxy.ts';
import { brokenInvariants, look, type Place, repositoriesIn } from './reader.ts';
import { buildAndTest, now } from './stage.ts';

// Several writers at once. The proxy delays one request of one of them, a different one each time, so that they
// interleave differently.

useMemory();
const registry = useRegistry();
let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(() => registry.host);
});
afterAll(() => proxy.stop());

async function start(): Promise<{ project: TestProject; place: Place }> {
  const project = await createProject(proxy.host, { time: now - 36_000 });
  await publishBase(project, '44.20260621.3.1');
  await buildAndTest(project);
  const { config, git } = project;
  return {
    project,
    place: {
      registry: registry.host,
      storage: repositoriesIn(registry.directory),
      publicName: formatRepository(config.image),
      production: config.image.path,
      test: config.testImage.path,
      repository: git.directory,
      stateBranch: config.stateBranch,
      site: await temporaryFolder(),
      foreignTags: ['stable'],
    },
  };
}

const rounds = [12, 24, 36];
const nothing = { tags: {}, referrers: {}, state: {}, site: {} };

function promote(project: TestProject, fleet: string, commit?: string) {
  return promoteImage({ ...project, client: testClient() }, { fleet, commit, now });
}

describe('promotions at the same time', () => {
  it('of one image to two fleets: both finish, with all tags', async () => {
    for (const at of rounds) {
      const { project, place } = await start();
      proxy.arm('delay', at);
      await Promise.all([promote(project, 'testing'), promote(project, 'stable')]);
      const tags = Object.entries((await look(place)).tags).filter(([tag]) => !tag.endsWith('.sig'));
      const digests = new Set(tags.map(([, digest]) => digest));
      expect(digests.size, `round ${at}`).toBe(1);
      expect(await brokenInvariants(place, nothing)).toEqual([]);
      await Promise.all([promote(project, 'testing'), promote(project, 'stable')]);
      expect(Object.keys((await look(place)).tags).sort()).toEqual(
        expect.arrayContaining(['stable', 'testing', '44.20260621.3.1']),
      );
    }
  }, 600_000);

  it('of two commits to one fleet: the newer one has the tag in the end, and the older can be no release after it', async () => {
    for (const at of rounds) {
      const { project, place } = await start();
      const older = await project.git.run(['rev-parse', 'HEAD']);
      await commitFiles(project.git, { 'etc/motd': 'newer\n' }, { time: now - 18_000 });
      const { built, candidate } = await buildAndTest(project);
      proxy.arm('delay', at);
      await Promise.allSettled([promote(project, 'testing', older), promote(project, 'testing')]);
      proxy.disarm();
      expect(await brokenInvariants(place, nothing), `round ${at}`).toEqual([]);
      // A writer that was refused or overtaken reports it; a second run of the newer one corrects its tag.
      await promote(project, 'testing');
      const seen = await look(place);
      expect(seen.tags.testing).toBe(built.digest);
      expect(seen.tags[candidate.version]).toBe(built.digest);
      const fleet = project.config.fleets.testing;
      if (fleet === undefined) throw new Error('no fleet');
      await startRollout(project, { fleet, now });
      await expect(promote(project, 'testing', older)).rejects.toThrow(/not newer than the newest release/);
      expect((await look(place)).tags.testing).toBe(built.digest);
    }
  }, 600_000);
});
