import { formatUpdateMetadata } from '../../../guidance/metadata.ts';
import { formatTime } from '../../../host/time.ts';
import type { LastPublished } from '../../../release/published/last-published.ts';
import { atTag, formatReference } from '../../../world/registry/reference.ts';
import type { CheckOf, FleetSubject, Problem, Tools } from '../site-check.ts';

const restore =
  'Compare with the state branch (coxswain status). If that lost releases too: coxswain restore-state. Then coxswain publish-updates.';

/** A fleet without a release whose tag has an image had releases. */
export const emptiedCheck: CheckOf<'fleet'> = {
  name: 'emptied',
  of: 'fleet',
  run: async ({ fleet, releases }, { config, client }) => {
    if (releases.releases.length > 0) return [];
    const tag = config.fleets[fleet]?.tag;
    if (tag === undefined) return [];
    const reference = atTag(config.image, tag);
    // A tag that is also the stream label may be set for another fleet.
    if (tag === config.stream && Object.keys(config.fleets).length > 1) return [];
    if ((await client.resolve(reference)) === undefined) return [];
    return [
      {
        where: `${fleet}/releases.json`,
        message: `no release is published, but ${formatReference(reference)} exists: its nodes do not find themselves`,
        remedy: `${restore} If its first release is being made just now, wait for that.`,
      },
    ];
  },
};

/** Every place must have every release that another place has had for a while. */
export const lostReleasesCheck: CheckOf<'fleet'> = {
  name: 'lost-releases',
  of: 'fleet',
  run: (subject, tools) =>
    subject.heard.flatMap((heard): Problem[] => {
      if (heard.answer === 'none') {
        return [
          {
            severity: 'warning',
            where: heard.where,
            message: `gives no answer about ${subject.fleet}, so that lost releases may not be seen: ${heard.why.replace(/\.$/, '')}`,
            remedy: 'Run doctor again when it answers.',
          },
        ];
      }
      if (heard.answer === 'nothing') return [];
      const here = {
        where: tools.files.whereIs(subject.fleet),
        versions: versionsOf(subject),
        stamp: subject.stamp,
      };
      return [
        ...missing({ from: heard.last, versions: heard.last.versions }, here, subject, tools),
        ...missing({ from: here, versions: here.versions }, heard.last, subject, tools),
      ];
    }),
};

/** The releases of one place that another lacks, or has at another position. */
function missing(
  known: { readonly from: Pick<LastPublished, 'where' | 'stamp'>; readonly versions: readonly string[] },
  place: Pick<LastPublished, 'where' | 'stamp' | 'versions'>,
  { fleet }: FleetSubject,
  { now, grace }: Tools,
): Problem[] {
  const lost = known.versions.filter((version, position) => place.versions[position] !== version);
  // A publication takes a while to reach every place.
  const published = known.from.stamp?.published ?? 0;
  const isOnItsWay = published > (place.stamp?.published ?? 0) && published > now - grace;
  if (lost.length === 0 || isOnItsWay) return [];
  return [
    {
      where: `${place.where} ${fleet}/releases.json`,
      message: `${lost.length === 1 ? `release ${lost[0]} is` : `${lost.length} releases are`} missing or at another position (${known.from.where} has ${lost.at(-1)}): nodes on ${lost.length === 1 ? 'it' : 'them'} do not find themselves`,
      remedy: restore,
    },
  ];
}

/** A site with the same releases can still have old rollouts. */
export const oldSiteCheck: CheckOf<'fleet'> = {
  name: 'old-site',
  of: 'fleet',
  run: (subject, { files, now, grace }) =>
    subject.heard.flatMap((heard): Problem[] => {
      if (heard.answer !== 'published') return [];
      const { where, stamp, updates } = heard.last;
      const isNewer = stamp !== undefined && stamp.published > (subject.stamp?.published ?? 0);
      if (!isNewer || stamp.published > now - grace) return [];
      if (updates === formatUpdateMetadata(subject.updates)) return [];
      return [
        {
          where: `${files.whereIs(subject.fleet)} ${subject.fleet}/updates.json`,
          message: `older than ${where}, which was published at ${formatTime(stamp.published)}`,
          remedy: 'Deploy the files that coxswain publish-updates wrote last.',
        },
      ];
    }),
};

function versionsOf({ releases }: FleetSubject): string[] {
  return releases.releases.map(({ version }) => version);
}
