import { describe, expect, it } from 'vitest';
import { readGraphQuery } from '../../../src/operate/serve-graph/graph-query.ts';

const scope = 'basearch=x86_64&stream=stable';

describe('the query of a graph', () => {
  it('takes what Zincati sends, and passes over what does not matter', () => {
    const sent = `${scope}&os_version=44.1&group=default&node_uuid=e0f3745b108f471cbd4883c6fbed8cdd&platform=metal&os_checksum=quay.io%2Fx%40sha256%3A00&oci=true`;
    expect(readGraphQuery(sent)).toEqual({
      basearch: 'x86_64',
      stream: 'stable',
      scheme: 'oci',
      // A vector of upstream's, in update-chain.md §2.6.
      wariness: 0.6533234000651716,
      node: { uuid: 'e0f3745b108f471cbd4883c6fbed8cdd', payload: 'quay.io/x@sha256:00', version: '44.1' },
    });
  });

  it.each([
    ['rollout_wariness=0.250000&node_uuid=a', 0.25],
    ['rollout_wariness=7', 1],
    ['rollout_wariness=-7', 0],
    ['rollout_wariness=1e-3', 0.001],
    ['rollout_wariness=.5', 0.5],
    ['rollout_wariness=%2B5.', 1],
    ['rollout_wariness=inf', 1],
    ['rollout_wariness=-Infinity', 0],
    ['rollout_wariness=NaN', Number.NaN],
    // Rust does not read these as numbers: then the node_uuid decides, even if it is absent.
    ['rollout_wariness=0x1&node_uuid=a', 0.4437761738999516],
    ['rollout_wariness=%200.5', 0.18848315746051456],
    ['rollout_wariness=', 0.18848315746051456],
    ['rollout_wariness=.', 0.18848315746051456],
    ['', 0.18848315746051456],
  ])('reads a wariness as upstream does: %s', (query, wariness) => {
    expect(readGraphQuery(`${scope}&${query}`)?.wariness).toBe(wariness);
  });

  it.each([
    '',
    'basearch=x86_64',
    'stream=stable',
    'basearch=&stream=stable',
    'basearch=x86_64&stream=',
    `${scope}&oci=1`,
    `${scope}&oci=True`,
    `${scope}&oci=`,
    `${scope}&stream=stable`,
    `${scope}&rollout_wariness=0&rollout_wariness=1`,
  ])('is refused where upstream refuses it: %s', (query) => {
    expect(readGraphQuery(query)).toBeUndefined();
  });

  it('asks for ostree commits unless it says oci', () => {
    expect(readGraphQuery(scope)?.scheme).toBe('checksum');
    expect(readGraphQuery(`${scope}&oci=false`)?.scheme).toBe('checksum');
  });
});
