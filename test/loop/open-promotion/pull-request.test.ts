import { describe, expect, it } from 'vitest';
import { type PromotionFacts, promotionProposal } from '../../../src/loop/open-promotion/pull-request.ts';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { digestOf } from '../../../src/world/registry/reference.ts';
import { fleetOf } from '../../release/operations/fleet.ts';

const config = parseConfig(
  `image: ghcr.io/acme/os
base: quay.io/fedora/fedora-coreos:stable
fleets:
  testing: {}
  stable: { promote-from: testing, soak: 48h, approve: auto }
rings: { early: 0.1 }
`,
  'coxswain.yaml',
);
const now = 1_785_000_000;
const day = 86_400;

function record(version: string, created: number) {
  return {
    version,
    fleet: 'testing',
    commit: '0'.repeat(40),
    buildKey: '0'.repeat(64),
    baseVersion: version.replace(/-.*/, ''),
    created: new Date(created * 1000).toISOString(),
    recordedAt: created,
    rolloutStart: created,
    rolloutEnd: created + day,
    images: [
      {
        architecture: 'x86_64' as const,
        image: 'x',
        digestRef: `ghcr.io/acme/os@${digestOf(version)}`,
        evidence: digestOf(`evidence ${version}`),
      },
    ],
  };
}

function facts(more: Partial<PromotionFacts> = {}): PromotionFacts {
  const { testing, stable } = config.fleets;
  if (testing === undefined || stable === undefined) throw new Error('no fleets');
  return {
    config,
    source: testing,
    target: stable,
    release: { record: record('44.2-bb', now), state: fleetOf(0, {}) },
    current: record('44.1-aa', now - 9 * day),
    gates: [{ name: 'soak time', state: 'green', note: 'over' }],
    commits: [{ sha: 'c'.repeat(40), parents: [], time: now, message: 'Greet @everyone | #1\n\nmore' }],
    files: ['Containerfile'],
    build: { same: true, different: [] },
    packages: undefined,
    evidence: ['x86_64: **PASSED**'],
    forecast: {
      entry: { version: '44.2-bb', metadata: { rollout: { start_epoch: now, duration_minutes: 1440 } } },
      at: now,
    },
    template: 'rollouts/stable.json.hbs',
    ...more,
  };
}

const link = (version: string) =>
  `[\`${digestOf(version).slice(0, 19)}\`](https://ghcr.io/acme/os@${digestOf(version)})`;
const one = (name: string, version: string) => ({ name, version, release: '1', architecture: 'x86_64' });

describe("a promotion's pull request", () => {
  it('says what changes, who gets it when, how it went, and how to go back', () => {
    const difference = {
      added: [one('new', '1')],
      removed: [],
      upgraded: [{ name: 'kernel', before: one('kernel', '6.1'), after: one('kernel', '6.2') }],
      downgraded: [],
    };
    const packages = { difference, source: 'SBOM' as const, own: 1 };
    const { body, ready, title } = promotionProposal(facts({ packages }));
    expect([title, ready]).toEqual(['Promote 44.2-bb from testing to stable', true]);
    for (const part of [
      `| digest x86_64 | ${link('44.1-aa')} | ${link('44.2-bb')} |`,
      'built from commit 000000000000',
      '| packages |  | 1 package upgraded, 1 added |',
      '- Packages: 1 package upgraded, 1 added; 1 of them not of the base',
      '<summary>Packages: 1 package upgraded, 1 added</summary>\n\nFrom the SBOMs of both releases',
      '| `kernel` | `6.1-1` | `6.2-1` |',
      '| early | 0.1 | 2026-07-25 19:44 UTC |',
      '| no ring | 1 | 2026-07-26 17:20 UTC |',
      '2026-07-26 05:20 UTC  ██████████░░░░░░░░░░   50 %',
      'It is merged automatically when all gates are green.',
      '`coxswain roll-back --fleet stable --reason WHY`',
      'the content of `44.1-aa` as a new release',
    ]) {
      expect(body).toContain(part);
    }
  });

  it('says risk and changes first, folds gates that are green, and gives the plan relative to the merge', () => {
    const kernel = { name: 'kernel', before: one('kernel', '6.1'), after: one('kernel', '6.2') };
    const difference = { added: [], removed: [], upgraded: [kernel], downgraded: [] };
    const packages = { difference, source: 'rpm database' as const };
    const late = { start_epoch: now + 3600, duration_minutes: 1440 };
    const gates = [
      { name: 'soak time', state: 'green' as const, note: 'over' },
      { name: 'freeze', state: 'waiting' as const, note: 'a weekend' },
    ];
    const { body } = promotionProposal(
      facts({ packages, gates, forecast: { entry: { version: 'x', metadata: { rollout: late } }, at: now } }),
    );
    const order = [
      '### Risk and changes',
      '**Kernel**: `6.1-1` → `6.2-1`',
      '### Gates',
      '### What a merge does',
    ];
    expect(order.map((part) => body.indexOf(part))).toEqual(
      order.map((part) => body.indexOf(part)).toSorted((one, other) => one - other),
    );
    expect(body).toContain('starts 1 h after the merge');
    expect(body).toMatch(/\| ⏳ \| freeze \| a weekend \|\n\n<details>\n<summary>1 gate green<\/summary>/);
    // Without what is folded, it is one screen.
    const shown = body.replaceAll(/<details>.*?<\/details>\n*/gs, '');
    expect(shown.split('\n').length).toBeLessThan(45);
  });

  it('names nobody by accident, and stays a table whatever people write', () => {
    const gates = [{ name: 'hold', state: 'red' as const, note: 'ask @acme/ops | see #7\n<b>' }];
    const { body } = promotionProposal(facts({ gates }));
    expect(body).toContain('| ❌ | hold | ask @\u2060acme/ops \\| see #\u20607 &#60;b&#62; |');
    expect(body).toContain('cccccccccccc Greet @\u2060everyone');
  });

  it("stays within GitHub's limit, however long its parts are", () => {
    const many = Array.from({ length: 3000 }, (_, index) =>
      one(`package-with-a-long-name-${index}`, '1.2.3.4'),
    );
    const difference = {
      added: many,
      removed: many,
      downgraded: [],
      upgraded: many.map(({ name }) => ({ name, before: one(name, '1'), after: one(name, '2') })),
    };
    const packages = { difference, source: 'SBOM' as const };
    const commits = Array.from({ length: 400 }, (_, index) => ({
      sha: String(index).padStart(40, '0'),
      parents: [],
      time: now,
      message: 'x'.repeat(200),
    }));
    const files = many.map(({ name }) => `etc/${name}`);
    const { body } = promotionProposal(facts({ packages, commits, files }));
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain('- … and 370 more');
    expect(body.trimEnd().endsWith('on their own.')).toBe(true);
  });
});
