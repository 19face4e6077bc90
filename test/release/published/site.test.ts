import { describe, expect, it } from 'vitest';
import { chooseUpdate, offers } from '../../../src/guidance/choose.ts';
import { parseGraph } from '../../../src/guidance/graph.ts';
import { parseUpdateMetadata } from '../../../src/guidance/metadata.ts';
import { parseReleaseIndex } from '../../../src/guidance/releases.ts';
import { baseUrl, buildReleasePath, buildReleaseUrl } from '../../../src/release/published/file-paths.ts';
import { renderSite } from '../../../src/release/published/site.ts';
import { digestOf, makeRelease, start, versionOf } from '../../guidance/histories.ts';
import { fleetOf, lastModified, siteInput } from './fleets.ts';

describe('renderSite', () => {
  const files = renderSite(siteInput());
  const graph = (path: string) => parseGraph(files.get(path) ?? '', path);

  it('renders every fleet, architecture and ring, and writes graphs after what they refer to', () => {
    const paths = [...files.keys()];
    const graphs = ['testing', 'stable'].flatMap((fleet) =>
      ['x86_64', 'aarch64'].flatMap((basearch) =>
        ['', 'default/', 'canary/', 'early/', 'broad/', 'late/'].map(
          (ring) => `${fleet}/${basearch}/${ring}v1/graph`,
        ),
      ),
    );
    const indexes = ['testing', 'stable'].flatMap((fleet) => [
      `${fleet}/releases.json`,
      `${fleet}/updates.json`,
    ]);
    const builds = [0, 1, 2, 3].map((each) => `testing/builds/${versionOf(each)}/release.json`);
    expect(paths).toEqual(expect.arrayContaining([...graphs, ...indexes, ...builds]));
    expect(paths).toHaveLength(graphs.length + indexes.length + 4 + 2 + 2);
    expect(paths.at(-1)).toBe('index.html');
    const firstGraph = paths.findIndex((path) => path.endsWith('v1/graph'));
    for (const path of [...indexes, ...builds]) expect(paths.indexOf(path)).toBeLessThan(firstGraph);
  });

  it('throttles by ring; the default graph offers only what is complete', () => {
    const offered = (ring: string) => offers(graph(`testing/x86_64/${ring}v1/graph`), versionOf(1))?.version;
    expect(offered('canary/')).toBe(versionOf(3));
    expect(offered('early/')).toBe(versionOf(3));
    expect(offered('broad/')).toBe(versionOf(2));
    expect(offered('late/')).toBe(versionOf(2));
    expect(offered('')).toBe(versionOf(2));
  });

  it('gives each architecture its own images', () => {
    const booted = digestOf(0, 'aarch64');
    expect(chooseUpdate(graph('stable/aarch64/v1/graph'), booted)?.payload).toBe(digestOf(1, 'aarch64'));
    expect(chooseUpdate(graph('stable/x86_64/v1/graph'), booted)).toBeUndefined();
  });

  it('lets a node that reports the index of a release find its way too', () => {
    const input = siteInput();
    const [fleet = fleetOf('', 0, [])] = input.fleets;
    const index = digestOf(99);
    const releases = fleet.state.releases.releases.map((release, each) =>
      each === 1 ? { ...release, 'oci-index': index } : release,
    );
    const state = { ...fleet.state, releases: { ...fleet.state.releases, releases } };
    const path = 'testing/x86_64/v1/graph';
    const aliased = parseGraph(renderSite({ ...input, fleets: [{ ...fleet, state }] }).get(path) ?? '', path);
    expect(chooseUpdate(aliased, index)?.payload).toBe(digestOf(2));
    expect(chooseUpdate(aliased, digestOf(1))?.payload).toBe(digestOf(2));
    expect(aliased.nodes).toHaveLength(graph(path).nodes.length + 1);
  });

  it('publishes the state as upstream formats', () => {
    const { state } = siteInput().fleets[0] ?? fleetOf('', 0, []);
    expect(parseReleaseIndex(files.get('testing/releases.json') ?? '', 'r')).toEqual(state.releases);
    expect(parseUpdateMetadata(files.get('testing/updates.json') ?? '', 'u')).toEqual(state.updates);
  });

  it("describes each release in upstream's per-build shape", () => {
    expect(JSON.parse(files.get(`stable/builds/${versionOf(1)}/release.json`) ?? '')).toEqual({
      release: versionOf(1),
      stream: 'stable',
      metadata: { 'last-modified': lastModified },
      architectures: {
        x86_64: { 'oci-image': { image: 'quay.io/example/os:stable', 'digest-ref': digestOf(1) } },
        aarch64: {
          'oci-image': { image: 'quay.io/example/os:stable', 'digest-ref': digestOf(1, 'aarch64') },
        },
      },
    });
  });

  it('dates a release by its record, so that its file does not change with later ones', () => {
    const fleet = fleetOf('stable', 2, []);
    const state = { ...fleet.state, records: { [versionOf(0)]: { recordedAt: start - 60 } } };
    const rendered = renderSite(siteInput({ fleets: [{ ...fleet, state }] }));
    expect(rendered.get(`stable/builds/${versionOf(0)}/release.json`)).toContain('2026-07-22T13:59:00Z');
  });

  it('renders a fleet without releases as empty graphs', () => {
    const rendered = renderSite(siteInput({ fleets: [fleetOf('next', 0, [])] }));
    expect(JSON.parse(rendered.get('next/x86_64/v1/graph') ?? '')).toEqual({ nodes: [], edges: [] });
    expect(rendered.get('index.html')).toContain('This fleet has no release yet');
  });

  it('gives the same bytes for the same input', () => {
    expect([...renderSite(siteInput())]).toEqual([...files]);
  });

  it('does not follow the clock while no rollout is in progress', () => {
    const quiet = siteInput().fleets.slice(1);
    const scheduled = fleetOf('next', 2, [
      {
        version: versionOf(1),
        metadata: { rollout: { start_epoch: start + 900_000, duration_minutes: 60 } },
      },
    ]);
    const held = fleetOf('held', 2, [
      { version: versionOf(1), metadata: { rollout: { start_percentage: 0.29 } } },
    ]);
    const stamp = { published: start - 60, nextChange: start + 900_000 };
    const fleets = [...quiet, scheduled, held].map((fleet) => ({ ...fleet, stamp }));
    const now = [...renderSite(siteInput({ fleets, now: start }))];
    expect([...renderSite(siteInput({ fleets, now: start + 800_000 }))]).toEqual(now);
  });

  it('refuses to give two files one path', () => {
    const twice = fleetOf('testing', 1, []);
    expect(() => renderSite(siteInput({ fleets: [twice, twice] }))).toThrow(
      'two published files have the path',
    );
  });

  it('keeps a strange version inside its folder', () => {
    const odd = fleetOf('stable', 0, []);
    const releases = ['../../escape', '..', '1+2'].map((version) => ({ ...makeRelease(0), version }));
    const state = { ...odd.state, releases: { ...odd.state.releases, releases } };
    const paths = [...renderSite(siteInput({ fleets: [{ ...odd, state }] })).keys()].slice(0, 3);
    expect(paths).toEqual([
      'stable/builds/..%2F..%2Fescape/release.json',
      'stable/builds/%2E%2E/release.json',
      'stable/builds/1+2/release.json',
    ]);
  });
});

describe('paths', () => {
  it('give Zincati a base URL that ends in a slash', () => {
    const options = { fleet: 'testing', basearch: 'x86_64' };
    expect(baseUrl({ ...options, url: 'https://example.invalid/os' })).toBe(
      'https://example.invalid/os/testing/x86_64/',
    );
    expect(
      new URL('v1/graph', baseUrl({ ...options, url: 'https://example.invalid/', folder: 'early' })).pathname,
    ).toBe('/testing/x86_64/early/v1/graph');
  });

  it('name the file that the release index points to, whatever the version', () => {
    const url = buildReleaseUrl({ url: 'https://example.invalid/os/', fleet: 'testing', version: 'a b/c+d' });
    expect(decodeURIComponent(new URL(url).pathname)).toBe(`/os/${buildReleasePath('testing', 'a b/c+d')}`);
  });
});
