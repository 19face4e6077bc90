import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRings } from '../../../../src/project/configuration/rings.ts';
import { renderDashboard } from '../../../../src/release/published/dashboard/dashboard.ts';
import { html } from '../../../../src/release/published/dashboard/html.ts';
import type { SiteInput } from '../../../../src/release/published/site.ts';
import { largeSite, smallSite } from '../../../browser/sites.ts';
import { makeRelease, start, versionOf } from '../../../guidance/histories.ts';
import { fleetOf, siteInput } from '../fleets.ts';

const evil = '"><script>alert(1)</script>\'&';

describe('renderDashboard', () => {
  const page = renderDashboard(siteInput());

  it('says how far a rollout is, when it is complete, and which ring is next', () => {
    expect(page).toContain('in progress, 25 %');
    expect(text(page)).toContain(
      'Began 2026-07-22 14:00 UTC, complete 2026-07-23 06:40 UTC. 2 of 5 rings are offered it; next: broad, 2026-07-22 22:20 UTC.',
    );
    expect(text(page)).toContain('As of 2026-07-22 18:10 UTC');
  });

  it('says who is offered what', () => {
    const rows = text(/<tbody[^>]*>([\s\S]*?)<\/tbody>/.exec(page)?.[1] ?? '')
      .split('\n')
      .filter((row) => row.trim() !== '');
    const [two, three] = [`→ ${versionOf(2)}`, `→ ${versionOf(3)}`];
    expect(rows).toEqual([
      [versionOf(3), 'up to date'].join(' '),
      [versionOf(2), three, 'nothing yet'].join(' '),
      [versionOf(1), three, two].join(' '),
      [versionOf(0), 'dead-end'].join(' '),
    ]);
    expect(text(page)).toContain('canary, early wariness 0 to 0.1 broad, late, no ring wariness 0.5 to 1');
    expect(page).toContain('data-label="broad, late, no ring"');
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
    expect(shown).toContain('Update graph on x86_64');
    expect(shown).toContain('Update graph on aarch64');
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
    expect(shown).toContain(`Newest release ${versionOf(2)} not offered`);
    expect(shown).toContain(`Offered to everyone ${versionOf(1)} complete`);
  });

  it('knows that a barrier needs no rollout to be offered', () => {
    const fleets = [
      fleetOf('stable', 2, [{ version: versionOf(1), metadata: { barrier: { reason: 'x' } } }]),
    ];
    const shown = text(renderDashboard(siteInput({ fleets })));
    expect(shown).toContain(`Newest release ${versionOf(1)} complete`);
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
    expect(rendered).not.toContain('<script>alert');
    expect(rendered).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;');
  });

  it('loads nothing, runs only what its policy names, and balances its tags', () => {
    expect(page).not.toMatch(/<img|@import|url\(|\son\w+=|\sstyle=|\ssrc=/);
    expect(
      page.match(/(?:src|href)="(?!#|\.\/|data:,"|https:\/\/(?:example\.invalid|quay\.io)\/)[^"]*"/g),
    ).toBeNull();
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    for (const [, kind, body = ''] of page.matchAll(/<(script|style)>([\s\S]*?)<\/\1>/g)) {
      const hash = createHash('sha256').update(body).digest('base64');
      expect(policy).toContain(`${kind}-src &#39;sha256-${hash}&#39;`);
    }
    const open: string[] = [];
    for (const [, closing, name = '', rest = ''] of page
      .replace(/<script>[\s\S]*?<\/script>/, '')
      .matchAll(/<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/g)) {
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
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    .replace(/<svg[\s\S]*?<\/svg>/g, '')
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
      'held testing No new release until 2026-07-22 19:33 UTC: https://example.invalid/7 (Ada, 2026-07-22 14:00 UTC)',
    );
    expect(page).toContain('<a href="https://example.invalid/7" rel="noopener noreferrer">');
    expect(shown({ operations }, start + 20_000)).not.toContain('>held<');
    const stops = [{ ...said, reason: evil, source: 'label on pull request #7' }];
    expect(shown({ operations: { stops } })).not.toContain(evil);
  });

  it('shows the share of a paused rollout, and what was withdrawn', () => {
    const updates = { ...testing.state.updates, releases: testing.state.updates.releases.slice(0, 3) };
    const version = versionOf(3);
    const entry = { version, metadata: {} };
    const paused = [{ ...said, version, entry, since: start, progress: 0.25 }];
    const page = shown({ updates, operations: { paused } });
    expect(text(page)).toContain(`paused testing ${version} is paused at 25 %: `);
    expect(text(page)).toContain(`Newest release ${version} paused, 25 %`);
    const withdrawn = text(shown({ updates, operations: { withdrawn: [{ ...said, version }] } }));
    expect(withdrawn).toContain(`withdrawn testing ${version} is offered to nobody`);
    expect(withdrawn).toContain(`Newest release ${version} withdrawn`);
  });

  it('shows which release did not soak, and which brings an old content back', () => {
    const rollBack = { insteadOf: 'bad', restores: 'good', reason: 'loop', by: 'Ada' };
    const records = { [versionOf(3)]: { urgent: { reason: 'CVE', by: 'Grace' }, rollBack } };
    const page = text(shown({ records }));
    expect(page).toContain('urgent It did not soak: CVE (Grace)');
    expect(page).toContain('roll-back The content of good instead of bad : loop (Ada)');
  });
});

describe('the page as a whole', () => {
  const said = { by: 'Ada <ada@example.invalid>', at: start, reason: 'too slow' };
  const trouble = renderDashboard(smallSite());
  const with3 = (state: object, more: Partial<SiteInput> = {}) => {
    const [testing = fleetOf('', 0, [])] = siteInput().fleets;
    return text(
      renderDashboard(
        siteInput({ fleets: [{ ...testing, state: { ...testing.state, ...state } }], ...more }),
      ),
    );
  };

  it('shows what is wrong first, then what waits, each with its fleet', () => {
    const [wrong = '', waiting = ''] = text(trouble).split('Waiting: ');
    expect(wrong).toContain('Wrong: 1');
    expect(wrong).toContain(
      `halted stable ${versionOf(3)} is halted at 54 %: rate of failed boots above 2 %`,
    );
    for (const each of [
      'held stable',
      'frozen stable',
      'waits stable',
      'not known stable',
      'deadline stable',
    ]) {
      expect(waiting).toContain(each);
    }
    expect(text(renderDashboard(siteInput()))).toContain('Nothing is wrong or waiting');
  });

  it('shows nodes that are stranded, and a base that upstream holds back', () => {
    const lost = fleetOf('stable', 3, [
      { version: versionOf(1), metadata: { barrier: { reason: 'x' }, rollout: {} } },
      { version: versionOf(2), metadata: { rollout: { start_percentage: 1 } } },
    ]);
    const facts = { upstream: { version: '44.1', verdict: 'paused' as const } };
    const shown = text(renderDashboard(siteInput({ fleets: [{ ...lost, facts }] })));
    expect(shown).toContain('Wrong: 3');
    expect(shown).toContain(
      `stranded stable Nodes on ${versionOf(0)} on aarch64 stay where they are, and never reach ${versionOf(2)}.`,
    );
    expect(shown).toContain('base stable upstream offers base 44.1, its newest release, to nobody');
  });

  it('names no gate twice that the hold and the freeze of the fleet name', () => {
    expect(text(trouble)).not.toContain('gate stable Promotion');
  });

  it('does not call a paused release offered, nor a withdrawn one current', () => {
    const updates = { ...siteInput().fleets[0]?.state.updates, releases: [] };
    const version = versionOf(2);
    const paused = [{ ...said, version, entry: { version, metadata: {} }, since: start, progress: 0.5 }];
    expect(with3({ updates, operations: { paused } })).toContain(`Stopped before ${version} paused, 50 %`);
    const withdrawn = with3({ updates, operations: { withdrawn: [{ ...said, version: versionOf(3) }] } });
    expect(withdrawn).toContain(`${versionOf(3)} runs a withdrawn release`);
    expect(`${with3({ updates, operations: { paused } })}${withdrawn}`).not.toMatch(
      /also offered|current release/i,
    );
  });

  it('says when it was published, when the next change is due, and that this time has passed', () => {
    const fleets = siteInput().fleets.map((fleet) => ({
      ...fleet,
      stamp: { published: start, nextChange: start + 600 },
    }));
    const shown = renderDashboard(siteInput({ fleets, now: start + 60 }));
    expect(text(shown)).toContain(
      'Published 2026-07-22 14:00 UTC. The next change is due 2026-07-22 14:10 UTC.',
    );
    expect(shown).toContain(`data-late="${start + 600 + 3600}"`);
    const late = text(renderDashboard(siteInput({ fleets, now: start + 10_000 })));
    expect(late).toContain('overdue The next publication was due 2026-07-22 14:10 UTC');
  });

  it('stays the same while the clock moves and nothing begins or ends', () => {
    const fleets = siteInput().fleets.map((fleet) => ({
      ...fleet,
      stamp: { published: start + 100, nextChange: start + 6000 },
    }));
    expect(renderDashboard(siteInput({ fleets, now: start + 5000 }))).toBe(
      renderDashboard(siteInput({ fleets, now: start + 200 })),
    );
  });

  it('links addresses inside a reason, and commits, images, evidence and the pull request', () => {
    const address = 'https://prometheus.example.invalid/graph?g0.expr=x';
    for (const href of [
      address,
      'https://example.invalid/keys',
      'https://github.com/acme/os/pull/42',
      `https://github.com/acme/os/commit/${'3f9a1c02'.repeat(5)}`,
      `https://github.com/acme/os/commit/${'3f9a1c02'.repeat(5)}/checks`,
      `https://quay.io/repository/example/os/manifest/sha256%3A${'ab'.repeat(32)}`,
    ]) {
      expect(trouble).toContain(`<a href="${href}" rel="noopener noreferrer">`);
    }
  });

  it('draws what was observed beside the plan, and says who does not move on', () => {
    expect(trouble).toContain('class="seen"');
    expect(text(trouble)).toContain(`15.1 % of the nodes run ${versionOf(5)} (150 of 992).`);
    expect(text(trouble)).toContain(`dead-end 12 nodes on ${versionOf(0)} : https://example.invalid/dead`);
    expect(text(trouble)).toContain('no such graph 2 nodes for /os/testing/x86_64/earlier/v1/graph');
    expect(renderDashboard(siteInput())).not.toContain('class="seen"');
    const input = smallSite();
    const [fleet = fleetOf('', 0, [])] = input.fleets;
    const { adoption } = fleet.state;
    if (adoption === undefined) throw new Error('no adoption');
    const cameBack = [{ from: versionOf(5), to: versionOf(4), nodes: 3 }];
    const fleets = [{ ...fleet, state: { ...fleet.state, adoption: { ...adoption, cameBack } } }];
    expect(text(renderDashboard({ ...input, fleets }))).toContain(
      'came back testing 3 nodes ran a newer release',
    );
  });

  it('lists who did what, with the reason and the commit, and no mail address', () => {
    expect(text(trouble)).toContain(
      '2026-07-23 00:00 UTC testing pause 44.20260104.3.0 at 54 %: see https://example.invalid/issue/7 Ada Lovelace, 555555555555',
    );
    expect(trouble).not.toContain('ada@example.invalid');
  });

  it('draws each release once, a gate for a barrier, a cross for a dead-end, and a way for every node', () => {
    const [picture = ''] = /<svg class="graph"[\s\S]*?<\/svg>/.exec(trouble) ?? [];
    expect(picture.match(/class="row"/g)).toHaveLength(5);
    expect(picture.match(/class="gate"/g)).toHaveLength(1);
    expect(picture.match(/class="cross"/g)).toHaveLength(1);
    const ways = [...picture.matchAll(/id="(way-[^"]*)" data-version="([^"]*)"(?: data-next="([^"]*)")?/g)];
    expect(ways.map(([, , version, next]) => [version, next])).toEqual([
      [versionOf(5), undefined],
      [versionOf(4), 'way-0-0-0'],
      [versionOf(3), 'way-0-0-0'],
      [versionOf(1), 'way-0-0-0'],
      [versionOf(0), undefined],
    ]);
  });

  it('is small for 3 fleets, 4 architectures, 100 rings and 200 releases', () => {
    const large = renderDashboard(largeSite());
    expect(Buffer.byteLength(large)).toBeLessThan(300_000);
    expect(large).toContain('ring-0 to ring-22 (23 rings)');
    expect(large.match(/<svg class="graph"/g)).toHaveLength(3);
  });

  it('carries the nonce of a server instead of its own policy, and the HTML of its actions', () => {
    const actions = new Map([['stable', html`<form id="mine"></form>`]]);
    const served = renderDashboard(smallSite(), {
      nonce: 'n0nce',
      actions,
      scripts: ['mine()'],
      banner: html`<p>done</p>`,
    });
    expect(served).not.toContain('Content-Security-Policy');
    expect(served.match(/<(?:script|style) nonce="n0nce">/g)).toHaveLength(3);
    expect(served).toContain('<form id="mine"></form></section>');
    expect(served).toContain('<p>done</p><header>');
  });

  it('never lets a text become markup, wherever it comes from', () => {
    const hostile = fc
      .tuple(
        fc.constantFrom(
          '"><img src=x onerror=a>',
          "'><svg/onload=a>",
          '</style><b>',
          '</title><script>a</script>',
          'javascript:a',
          'https://x/"><b>',
          ']]>&lt;',
          '\u0000\u202e`${1}',
        ),
        fc.string({ maxLength: 6 }),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 8, maxLength: 8 }), (words) => {
        const [
          version = '',
          reason = '',
          by = '',
          name = '',
          ring = '',
          note = '',
          summary = '',
          commit = '',
        ] = words;
        const input = smallSite();
        const [fleet = fleetOf('', 0, [])] = input.fleets;
        const statement = { reason, by, at: start };
        const entry = { version, metadata: { barrier: { reason }, deadend: { reason: note } } };
        const releases = [makeRelease(0), { ...makeRelease(1), version }];
        const shown = renderDashboard({
          ...input,
          stream: name,
          rings: [{ name: ring, wariness: 0.5, isSlice: false, folders: [ring] }],
          repository: 'https://github.com/acme/os',
          events: [{ commit, time: start, summary, reason, by, fleet: name }],
          fleets: [
            {
              name,
              state: {
                releases: { ...fleet.state.releases, releases },
                updates: { ...fleet.state.updates, releases: [entry] },
                records: { [version]: { commit, baseVersion: note, urgent: { reason, by } } },
                operations: {
                  paused: [{ ...statement, version, entry, since: start, progress: 0.5 }],
                  withdrawn: [{ ...statement, version }],
                  stops: [{ ...statement, source: note }],
                },
              },
              facts: {
                freeze: { reason },
                upstream: { version, verdict: 'deadend', deadend: reason },
                deadlines: [{ what: note, at: start }],
                promotion: { from: name, version, gates: [{ name: note, state: 'red', note: reason }] },
              },
            },
          ],
        });
        const markup = shown.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '');
        const tags = [...markup.matchAll(/<\/?([a-z]+\d?)/gi)].map((match) => match[1]?.toLowerCase());
        expect(tags.filter((tag) => ['img', 'script', 'b', 'style'].includes(tag ?? ''))).toEqual([]);
        expect(markup.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+=/);
        for (const [, href = ''] of markup.matchAll(/href="([^"]*)"/g)) {
          expect(href).toMatch(/^(?:https?:\/\/|#|\.\/|data:,$)/);
        }
      }),
      { numRuns: 40 },
    );
  });
});
