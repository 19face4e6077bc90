import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/project/configuration/config.ts';

const read = (conditions: string) =>
  parseConfig(
    `image: ghcr.io/acme/os
base: quay.io/fedora/fedora-coreos:stable
fleets:
  stable:
    halt-when:
${conditions}
`,
    'coxswain.yaml',
  ).fleets.stable?.haltWhen;

const query = 'url: "https://prometheus.example.com", query: sum(up)';

describe('halt-when', () => {
  it('is a list of conditions, with every default filled in', () => {
    expect(
      read(`      - { name: errors, prometheus: { ${query}, above: 0 }, resume-after: 2h }
      - { name: traffic, prometheus: { url: "https://mimir.example.com/prometheus", query: " rate(x) ", below: -1.5, for: 1h } }
      - { name: behind, behind-plan: { by: 20 } }
      - { name: back, came-back: { share: 2 } }
      - { name: lost, came-back: { nodes: 3 } }
      - { name: alerts, webhook: true }`),
    ).toEqual([
      {
        name: 'errors',
        resumeAfter: 7200,
        kind: 'prometheus',
        prometheus: {
          url: 'https://prometheus.example.com/',
          query: 'sum(up)',
          threshold: { side: 'above', value: 0 },
          for: 300,
        },
      },
      {
        name: 'traffic',
        kind: 'prometheus',
        prometheus: {
          url: 'https://mimir.example.com/prometheus/',
          query: 'rate(x)',
          threshold: { side: 'below', value: -1.5 },
          for: 3600,
        },
      },
      { name: 'behind', kind: 'behind-plan', by: 0.2, for: 21_600 },
      { name: 'back', kind: 'came-back', from: { share: 0.02 } },
      { name: 'lost', kind: 'came-back', from: { nodes: 3 } },
      { name: 'alerts', kind: 'webhook' },
    ]);
  });

  it.each<[string, string, RegExp]>([
    [
      'no condition',
      '{ name: x }',
      /halt-when\[0\]: a condition has one of these fields, found "none of them"/,
    ],
    ['two conditions', `{ name: x, webhook: true, came-back: { nodes: 1 } }`, /found "came-back, webhook"/],
    [
      'no threshold',
      `{ name: x, prometheus: { ${query} } }`,
      /which values are trouble\?, found "no threshold"/,
    ],
    ['two thresholds', `{ name: x, prometheus: { ${query}, above: 1, below: 0 } }`, /two thresholds/],
    ['a threshold that is no number', `{ name: x, prometheus: { ${query}, above: .nan } }`, /above/],
    ['a threshold without end', `{ name: x, prometheus: { ${query}, above: .inf } }`, /above/],
    ['a threshold as a text', `{ name: x, prometheus: { ${query}, above: "5" } }`, /above: the wrong type/],
    ['no query', `{ name: x, prometheus: { url: "https://a.example", query: "", above: 1 } }`, /query/],
    [
      'an address with a password',
      `{ name: x, prometheus: { url: "https://u:p@a.example", query: up, above: 1 } }`,
      /password would be published/,
    ],
    [
      'an address of a file',
      `{ name: x, prometheus: { url: "file:///etc/passwd", query: up, above: 1 } }`,
      /prometheus\.url/,
    ],
    ['a time that is none', `{ name: x, prometheus: { ${query}, above: 1, for: 5 } }`, /for: /],
    ['a time that is too long', `{ name: x, prometheus: { ${query}, above: 1, for: 30d } }`, /at most 14d/],
    ['a calm of no time', `{ name: x, webhook: true, resume-after: 0s }`, /resumed at once/],
    ['a webhook that is off', `{ name: x, webhook: false }`, /webhook/],
    ['nodes and a share', `{ name: x, came-back: { nodes: 1, share: 1 } }`, /nodes or share, one of them/],
    ['a share of nothing', `{ name: x, came-back: { share: 0 } }`, /more than 0/],
    ['a name that could be a path', `{ name: ../x, webhook: true }`, /name/],
    ['an unknown field', `{ name: x, prometheus: { ${query}, over: 1 } }`, /over: this field does not exist/],
    ['a field that is almost right', `{ name: x, web-hook: true }`, /Did you mean webhook\?/],
    [
      'the same name twice',
      `{ name: x, webhook: true }\n      - { name: x, webhook: true }`,
      /halt-when\[1\]\.name: another condition/,
    ],
  ])('is refused with %s', (_what, condition, says) => {
    expect(() => read(`      - ${condition}`)).toThrow(says);
  });
});
