import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderFeed } from '../../../src/release/published/feed.ts';
import { smallSite } from '../../browser/sites.ts';
import { start, versionOf } from '../../guidance/histories.ts';
import { siteInput } from './fleets.ts';

/** The parts of an entry, or of the feed itself. */
function parts(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`, 'g'))].map(
    (match) => match[1] ?? '',
  );
}

function entriesOf(feed: string): string[] {
  return [...feed.matchAll(/<entry>[\s\S]*?<\/entry>/g)].map((match) => match[0]);
}

describe('renderFeed', () => {
  const feed = renderFeed(smallSite());
  const entries = entriesOf(feed);

  it('has what RFC 4287 requires of a feed and of each entry, once', () => {
    const head = feed.replace(/<entry>[\s\S]*<\/entry>/, '');
    for (const each of [head, ...entries]) {
      for (const name of ['id', 'title', 'updated', 'name']) expect(parts(each, name)).toHaveLength(1);
      expect(parts(each, 'updated')[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(() => new URL(parts(each, 'id')[0] ?? '')).not.toThrow();
    }
    expect(head).toContain(
      '<link rel="self" type="application/atom+xml" href="https://example.invalid/os/feed.xml"/>',
    );
    expect(new Set(parts(feed, 'id')).size).toBe(entries.length + 1);
    expect(parts(head, 'updated')[0]).toBe(parts(entries[0] ?? '', 'updated')[0]);
    for (const id of entries.flatMap((each) => parts(each, 'id'))) {
      expect(id).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('lists releases and incidents, the newest first', () => {
    const titles = entries.flatMap((each) => parts(each, 'title'));
    expect(titles).toContain(`testing: release ${versionOf(5)}`);
    expect(titles[0]).toBe('testing: pause 44.20260104.3.0 at 54 %');
    expect(feed).toContain('Reason: see https://example.invalid/issue/7');
    expect(feed).not.toContain('ada@example.invalid');
    const times = entries.flatMap((each) => parts(each, 'updated'));
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('has the same bytes at any time, and keeps ids when something is added or the site moves', () => {
    const input = smallSite();
    expect(renderFeed({ ...input, now: input.now + 900_000 })).toBe(feed);
    const event = { commit: 'ff', time: input.now + 5, fleet: 'stable', summary: 'x', reason: 'y' };
    const more = renderFeed({
      ...input,
      events: [event, ...(input.events ?? [])],
      url: 'https://other.invalid/',
    });
    expect(
      entriesOf(more)
        .slice(1)
        .flatMap((each) => parts(each, 'id')),
    ).toEqual(entries.flatMap((each) => parts(each, 'id')));
  });

  it('is a feed without an entry if nothing is recorded', () => {
    const empty = renderFeed(siteInput());
    expect(entriesOf(empty)).toEqual([]);
    expect(parts(empty, 'updated')).toEqual(['1970-01-01T00:00:00Z']);
  });

  it('is well-formed whatever people write', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('</entry><script>', ']]>', '\ud800', '\u0000\u001b[31m', '"\'&<'),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (summary, reason, by) => {
        const event = { commit: 'ff', time: start, fleet: 'stable', summary, reason, by };
        const shown = renderFeed(siteInput({ events: [event] }));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids them.
        expect(shown).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(Buffer.from(shown).toString()).toBe(shown);
        expect(shown.match(/<[^>]*>/g)).toEqual(
          renderFeed(siteInput({ events: [{ ...event, summary: 'a', reason: 'b', by: 'c' }] })).match(
            /<[^>]*>/g,
          ),
        );
      }),
    );
  });
});
