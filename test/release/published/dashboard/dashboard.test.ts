import { describe, expect, it } from 'vitest';
import { readRings } from '../../../../src/project/configuration/rings.ts';
import { renderDashboard } from '../../../../src/release/published/dashboard/dashboard.ts';
import { html } from '../../../../src/release/published/dashboard/html.ts';
import type { SiteInput } from '../../../../src/release/published/site.ts';
import { makeRelease, start, versionOf } from '../../../guidance/histories.ts';
import { fleetOf, siteInput } from '../fleets.ts';

const evil = '"><script>alert(1)</script>\'&';

describe('renderDashboard', () => {
  const page = renderDashboard(siteInput());

  it('says how far a rollout is, and how long it will still take', () => {
    expect(page).toContain('aria-valuenow="25"');
    expect(page).toContain('in progress, 25 %');
    expect(text(page)).toContain('12 h 30 min left: complete 2026-07-23 06:40 UTC.');
    expect(text(page)).toContain('as of 2026-07-22 18:10 UTC');
  });

  it('says who is offered what', () => {
    const rows = text(/<tbody>([\s\S]*?)<\/tbody>/.exec(page)?.[1] ?? '')
      .split('\n')
      .filter((row) => row.trim() !== '');
    const [two, three] = [`→ ${versionOf(2)}`, `→ ${versionOf(3)}`];
    expect(rows).toEqual([
      [versionOf(3), 'up to date', 'up to date', 'up to date', 'up to date'].join(' '),
      [versionOf(2), three, three, 'nothing yet', 'nothing yet'].join(' '),
      [versionOf(1), three, three, two, two].join(' '),
      [versionOf(0), 'dead-end', 'dead-end', 'dead-end', 'dead-end'].join(' '),
    ]);
    expect(text(page)).toContain('late, no ring wariness 1');
    expect(text(page)).toContain('Who is offered what on x86_64, aarch64');
  });

  it('groups releases whose nodes get the same offers, and separates architectures that differ', () => {
    const fleet = fleetOf('stable', 6, [
      { version: versionOf(5), metadata: { rollout: { start_percentage: 1 } } },
    ]);
    const releases = fleet.state.releases.releases.map((release, index) =>
      index === 5 ? makeRelease(5, ['x86_64']) : release,
    );
    const state = { ...fleet.state, releases: { ...fleet.state.releases, releases } };
    const shown = text(renderDashboard(siteInput({ fleets: [{ ...fleet, state }] })));
    expect(shown).toContain(`${versionOf(4)} and 4 more, down to ${versionOf(0)} → ${versionOf(5)}`);
    expect(shown).toContain('Who is offered what on x86_64');
    expect(shown).toContain('Who is offered what on aarch64');
  });

  it('says of a release without evidence who accepted that, and why', () => {
    const fleet = fleetOf('stable', 2, [
      { version: versionOf(1), metadata: { rollout: { start_percentage: 1 } } },
    ]);
    const records = { [versionOf(1)]: { acceptedMissingEvidence: { reason: evil, by: 'Ada' } } };
    const shown = renderDashboard(siteInput({ fleets: [{ ...fleet, state: { ...fleet.state, records } }] }));
    expect(text(shown)).toContain('no evidence accepted by Ada:');
    expect(shown).not.toContain('<script>alert');
    expect(text(page)).not.toContain('no evidence');
  });

  it('lists barriers and dead-ends, and links reasons that are addresses', () => {
    expect(text(page)).toContain(`barrier ${versionOf(1)} new keys`);
    expect(page).toContain('<a href="https://example.invalid/dead" rel="noopener noreferrer">');
    const stray = siteInput({
      fleets: [fleetOf('a', 1, [{ version: 'x', metadata: { barrier: { reason: 'javascript:alert(1)' } } }])],
    });
    expect(text(renderDashboard(stray))).toContain(
      'barrier x (no release here: no effect) javascript:alert(1)',
    );
    expect(renderDashboard(stray)).not.toContain('href="javascript');
  });

  it('shows what to put into the configuration of Zincati', () => {
    expect(page).toContain(
      'base_url = &quot;https://example.invalid/os/testing/${basearch}/&quot;'.replaceAll('&quot;', '"'),
    );
    expect(page).toContain('base_url = "https://example.invalid/os/testing/${basearch}/early/"');
    const { url: _, ...rest } = siteInput();
    expect(text(renderDashboard(rest))).toContain('publish.url is not set');
  });

  it.each([
    [
      'scheduled',
      { start_epoch: start + 86_400 * 2, duration_minutes: 600 },
      'Starts 2026-07-24 14:00 UTC, and takes 10 h.',
    ],
    [
      'scheduled without an end',
      { start_epoch: start + 86_400 * 2, start_percentage: 1 },
      'Starts 2026-07-24 14:00 UTC.',
    ],
    ['held', { start_percentage: 0.29 }, 'Stays at 29 %'],
    ['almost done', { start_epoch: start, duration_minutes: 250 }, 'in progress, 99 %'],
    ['complete', { start_percentage: 1 }, 'Complete: offered to every node'],
  ])('names a rollout that is %s', (_, rollout, expected) => {
    const fleets = [fleetOf('stable', 2, [{ version: versionOf(1), metadata: { rollout } }])];
    expect(text(renderDashboard(siteInput({ fleets, now: start + 14_999 })))).toContain(expected);
  });

  it('says so when the newest release has no rollout, and shows the one that is offered', () => {
    const fleets = [
      fleetOf('stable', 3, [{ version: versionOf(1), metadata: { rollout: { start_percentage: 1 } } }]),
    ];
    const shown = text(renderDashboard(siteInput({ fleets })));
    expect(shown).toContain(`Current release: ${versionOf(2)} not offered`);
    expect(shown).toContain(`Also offered: ${versionOf(1)} complete`);
  });

  it('knows that a barrier needs no rollout to be offered', () => {
    const fleets = [
      fleetOf('stable', 2, [{ version: versionOf(1), metadata: { barrier: { reason: 'x' } } }]),
    ];
    const shown = text(renderDashboard(siteInput({ fleets })));
    expect(shown).toContain(`Current release: ${versionOf(1)} complete`);
    expect(shown).toContain('A barrier: offered to every older node.');
    expect(shown).toContain(`${versionOf(0)} → ${versionOf(1)}`);
  });

  it('escapes everything that comes from outside', () => {
    const release = makeRelease(0);
    const image = { architecture: evil, image: evil, 'digest-ref': evil };
    const head = { stream: evil, metadata: { 'last-modified': evil } };
    const input: SiteInput = {
      fleets: [
        {
          name: evil,
          state: {
            releases: { ...head, releases: [{ ...release, version: evil, 'oci-images': [image] }] },
            updates: {
              ...head,
              releases: [
                {
                  version: evil,
                  metadata: {
                    barrier: { reason: evil },
                    deadend: { reason: `https://x/${evil}` },
                    rollout: { start_percentage: 1 },
                  },
                },
              ],
            },
            records: { [evil]: { baseVersion: evil, recordedAt: start } },
          },
        },
      ],
      architectures: [evil],
      rings: readRings({ [evil]: 0.5 }),
      stream: evil,
      now: start,
      url: `https://x/${evil}`,
    };
    const rendered = renderDashboard(input);
    expect(rendered).not.toContain('<script');
    expect(rendered).not.toMatch(/="[^"<>]*<|'>|"">/);
    expect(rendered).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;');
  });

  it('loads nothing, runs nothing, and balances its tags', () => {
    expect(page).not.toMatch(/<script|<img|@import|url\(|\son\w+=/);
    expect(page.match(/(?:src|href)="(?!#|\.\/|data:,"|https:\/\/example\.invalid\/)[^"]*"/g)).toBeNull();
    const open: string[] = [];
    for (const [, closing, name = '', rest = ''] of page.matchAll(
      /<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/g,
    )) {
      if (['meta', 'link'].includes(name) || rest.endsWith('/')) continue;
      if (closing === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('html', () => {
  it('escapes values, also in lists, and leaves Html as it is', () => {
    expect(html`<a title="${'"<&\'>'}">${['<', html`<b>${1}</b>`, undefined]}</a>`.html).toBe(
      '<a title="&quot;&lt;&amp;&#39;&gt;">&lt;<b>1</b></a>',
    );
  });
});

/** What a reader sees, cells and blocks separated by a space. */
function text(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<\/(?:td|th|span|code|h\d|dt|p)>/g, '$& ')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replace(/ +([.,)\n]|$)/g, '$1')
    .replace(/ +/g, ' ')
    .trim();
}

describe('what operators said', () => {
  const said = { by: 'Ada <ada@example.invalid>', at: start, reason: 'https://example.invalid/7' };
  const base = siteInput();
  const [testing] = base.fleets;
  if (testing === undefined) throw new Error('no fleet');
  const shown = (state: Partial<typeof testing.state>, now = base.now) =>
    renderDashboard(siteInput({ now, fleets: [{ ...testing, state: { ...testing.state, ...state } }] }));

  it('shows a hold with reason, name and end, until it is over', () => {
    const operations = { hold: { ...said, until: start + 20_000 } };
    const page = shown({ operations });
    expect(text(page)).toContain(
      'held This fleet gets no new release until 2026-07-22 19:33 UTC: https://example.invalid/7 (Ada, 2026-07-22 14:00 UTC)',
    );
    expect(page).toContain('<a href="https://example.invalid/7" rel="noopener noreferrer">');
    expect(shown({ operations }, start + 20_000)).not.toContain('class="notices"');
    const stops = [{ ...said, reason: evil, source: 'label on pull request #7' }];
    expect(shown({ operations: { stops } })).not.toContain(evil);
  });

  it('shows the share of a paused rollout, and what was withdrawn', () => {
    const updates = { ...testing.state.updates, releases: testing.state.updates.releases.slice(0, 3) };
    const version = versionOf(3);
    const entry = { version, metadata: {} };
    const paused = [{ ...said, version, entry, since: start, progress: 0.25 }];
    const page = shown({ updates, operations: { paused } });
    expect(text(page)).toContain(`paused ${version} is paused at 25 %: `);
    expect(text(page)).toContain(`Current release: ${version} paused, 25 %`);
    expect(page).toContain('aria-valuenow="25"');
    const withdrawn = text(shown({ updates, operations: { withdrawn: [{ ...said, version }] } }));
    expect(withdrawn).toContain(`withdrawn ${version} is offered to nobody: `);
    expect(withdrawn).toContain(`Current release: ${version} withdrawn`);
  });

  it('shows which release did not soak, and which brings an old content back', () => {
    const rollBack = { insteadOf: 'bad', restores: 'good', reason: 'loop', by: 'Ada' };
    const records = { [versionOf(3)]: { urgent: { reason: 'CVE', by: 'Grace' }, rollBack } };
    const page = text(shown({ records }));
    expect(page).toContain('urgent It did not soak: CVE (Grace)');
    expect(page).toContain('roll-back The content of good instead of bad : loop (Ada)');
  });
});
