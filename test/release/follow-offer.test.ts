import { beforeEach, describe, expect, it } from 'vitest';
import { promoteImage } from '../../src/loop/promote-image/promote-image.ts';
import { publishUpdates } from '../../src/loop/publish-updates/publish-updates.ts';
import { startRollout } from '../../src/loop/start-rollout/start-rollout.ts';
import { rollBack } from '../../src/operate/roll-back/roll-back.ts';
import { followOffer } from '../../src/release/follow-offer.ts';
import { editFleet } from '../../src/release/operations/edit-fleet.ts';
import { atTag, type Digest } from '../../src/world/registry/reference.ts';
import { buildAndTest } from '../faults/stage.ts';
import { createProject, publishBase, type TestProject } from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';

const registry = useRegistry();
const now = 1_785_000_000;
const base = '44.20260621.3.1';
let project: TestProject;
let good: { digest: Digest; version: string };
let bad: { digest: Digest; version: string };

beforeEach(async () => {
  project = await createProject(registry.host, {
    time: now - 90_000,
    fleets: '  testing: {}',
    files: {},
  });
  await publishBase(project, base);
  good = await release('first');
  bad = await release('second');
});

let commits = 0;

async function release(text: string): Promise<{ digest: Digest; version: string }> {
  commits += 1;
  await commitFiles(project.git, { 'etc/motd': text }, { time: now - 80_000 + commits });
  const { candidate, built } = await buildAndTest(project);
  const fleet = project.config.fleets.testing;
  if (fleet === undefined) throw new Error('no fleet');
  await promoteImage(project, { fleet: 'testing', now });
  await startRollout(project, { fleet, now });
  return { digest: built.digest, version: candidate.version };
}

const order = { fleet: 'testing', by: 'Ada', now };

async function withdraw(version: string): Promise<void> {
  const action = { kind: 'withdraw', version, reason: 'it does not boot', force: false } as const;
  await editFleet(project.state, order, action, { rehearse: false });
}

async function tagsAt(): Promise<Record<string, Digest | undefined>> {
  const { client, config } = project;
  const tags = ['testing', 'stable', base, good.version, bad.version];
  const entries = tags.map(async (tag) => [tag, (await client.resolve(atTag(config.image, tag)))?.digest]);
  return Object.fromEntries(await Promise.all(entries));
}

const everythingOn = (digest: Digest) => ({
  testing: digest,
  stable: digest,
  [base]: digest,
  [good.version]: good.digest,
  [bad.version]: bad.digest,
});

describe('the floating tags', () => {
  it('move to the last good release after a withdrawal, and version tags stay; a second run changes nothing', async () => {
    expect(await tagsAt()).toEqual(everythingOn(bad.digest));
    await withdraw(bad.version);
    const moved = await followOffer(project, 'testing');
    expect(moved.map(({ tag, version }) => [tag, version]).sort()).toEqual(
      [base, 'stable', 'testing'].map((tag) => [tag, good.version]),
    );
    expect(await tagsAt()).toEqual(everythingOn(good.digest));
    expect(await followOffer(project, 'testing')).toEqual([]);
  });

  it('move by roll-back itself', async () => {
    const fleet = project.config.fleets.testing;
    if (fleet === undefined) throw new Error('no fleet');
    await rollBack(project, { fleet, bad: undefined, good: undefined, order, reason: 'it does not boot' });
    expect(await tagsAt()).toEqual(everythingOn(good.digest));
  });

  it('move by publish-updates, if the run that withdrew the release ended before it moved them', async () => {
    await withdraw(bad.version);
    await publishUpdates(project, { folder: await temporaryFolder(), fleets: [], now });
    expect(await tagsAt()).toEqual(everythingOn(good.digest));
  });

  it('stay there when the withdrawn commit is promoted again', async () => {
    await withdraw(bad.version);
    const { kept } = await promoteImage(project, { fleet: 'testing', now });
    expect(kept).toEqual(expect.arrayContaining(['testing', 'stable', base]));
    expect(await tagsAt()).toEqual(everythingOn(good.digest));
  });

  it('go on to a release that is offered again', async () => {
    await withdraw(bad.version);
    await followOffer(project, 'testing');
    const action = {
      kind: 'rollout',
      version: bad.version,
      start: now,
      duration: 3600,
      force: true,
    } as const;
    await editFleet(project.state, order, action, { rehearse: false });
    await followOffer(project, 'testing');
    expect(await tagsAt()).toEqual(everythingOn(bad.digest));
  });

  it('stay if they lead to an image that is not a release, or no other release can have them', async () => {
    const { client, config } = project;
    const other = await pushSampleImage(client, config.image, { tag: 'testing' });
    await withdraw(good.version);
    await withdraw(bad.version);
    expect(await followOffer(project, 'testing')).toEqual([]);
    expect((await tagsAt()).testing).toBe(other.digest);
    expect((await tagsAt()).stable).toBe(bad.digest);
  });
});

describe('the stream label, if it is the tag of a fleet that has no release yet', () => {
  beforeEach(async () => {
    project = await createProject(registry.host, {
      time: now - 90_000,
      fleets: '  testing: {}\n  stable: {}',
      files: {},
    });
    await publishBase(project, base);
    good = await release('first');
    bad = await release('second');
  });

  it('stays with the first release of another fleet when that fleet goes on', async () => {
    expect((await tagsAt()).stable).toBe(good.digest);
    await publishUpdates(project, { folder: await temporaryFolder(), fleets: [], now });
    expect(await tagsAt()).toMatchObject({ testing: bad.digest, stable: good.digest });
  });

  it('moves off that release if it is withdrawn', async () => {
    await withdraw(good.version);
    await followOffer(project, 'testing');
    expect((await tagsAt()).stable).toBe(bad.digest);
  });
});
