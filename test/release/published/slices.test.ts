import { describe, expect, it } from 'vitest';
import { chooseUpdate } from '../../../src/guidance/choose.ts';
import { parseGraph } from '../../../src/guidance/graph.ts';
import { readRings } from '../../../src/project/configuration/rings.ts';
import { renderSite } from '../../../src/release/published/site.ts';
import { digestOf, start, versionOf } from '../../guidance/histories.ts';
import { fleetOf, siteInput } from './fleets.ts';

const hour = 3600;
const rings = readRings({ canary: 0, slices: 100 });

/** A fleet whose newest release rolls out over 48 hours. */
function siteAt(now: number): Map<string, string> {
  const updates = [
    { version: versionOf(0), metadata: { rollout: { start_percentage: 1 } } },
    {
      version: versionOf(1),
      metadata: { rollout: { start_epoch: start, start_percentage: 0, duration_minutes: 48 * 60 } },
    },
  ];
  const fleet = fleetOf('stable', 2, updates);
  return renderSite({ ...siteInput(), fleets: [fleet], architectures: ['x86_64'], rings, now });
}

/** The share of the nodes that is offered the release, if each node asks the file of its slice. */
function offeredAt(now: number): { readonly share: number; readonly texts: Set<string> } {
  const files = siteAt(now);
  const texts = Array.from(
    { length: 100 },
    (_, index) => files.get(`stable/x86_64/slice-${index + 1}/v1/graph`) ?? '',
  );
  const offers = texts.filter((text) => chooseUpdate(parseGraph(text, 'graph'), digestOf(0)) !== undefined);
  return { share: offers.length / 100, texts: new Set(texts) };
}

describe('a rollout over 48 hours with 100 slices', () => {
  const moments = Array.from({ length: 48 * 6 + 3 }, (_, index) => start + (index - 1) * 600);
  const shares = moments.map(offeredAt);

  it('reaches the nodes without jumps, as the published files have it', () => {
    const jumps = shares.map(({ share }, index) => share - (shares[index - 1]?.share ?? 0));
    console.log(
      `48 h, 100 slices, the published files asked every 10 minutes: largest jump ${(Math.max(...jumps) * 100).toFixed(1)} % of the nodes`,
    );
    expect(Math.max(...jumps)).toBeLessThanOrEqual(0.02);
    expect(Math.min(...jumps)).toBeGreaterThanOrEqual(0);
    expect(shares[0]?.share).toBe(0);
    expect(shares.at(-1)?.share).toBe(1);
  });

  it('has only two different graphs at any moment, so that an artifact holds each once', () => {
    expect(Math.max(...shares.map(({ texts }) => texts.size))).toBeLessThanOrEqual(2);
  });

  it('always has the folder for nodes whose group is Fedora’s default, and one for the canaries', () => {
    const files = siteAt(start - hour);
    const offered = (folder: string) =>
      chooseUpdate(parseGraph(files.get(`stable/x86_64/${folder}v1/graph`) ?? '', 'graph'), digestOf(0))
        ?.version;
    expect(offered('canary/')).toBe(versionOf(1));
    expect(offered('default/')).toBeUndefined();
    expect(files.get('stable/x86_64/default/v1/graph')).toBe(files.get('stable/x86_64/v1/graph'));
  });

  it('is written without spaces', () => {
    expect(siteAt(start).get('stable/x86_64/slice-1/v1/graph')).toMatch(/^\{"nodes":\[\{"version":.*\]\}\n$/);
  });
});
