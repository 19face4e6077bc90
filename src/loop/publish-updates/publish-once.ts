import { formatUpdateMetadata } from '../../guidance/metadata.ts';
import { nextHoldEnd } from '../../guidance/operations.ts';
import { formatReleaseIndex } from '../../guidance/releases.ts';
import { defined } from '../../host/defined.ts';
import { fewestReleases, neededVersions } from '../../release/needed-images.ts';
import { nextPauseEnd } from '../../release/operations/pause-rollout.ts';
import { readLastPublished } from '../../release/published/last-published.ts';
import { nextChangeDue } from '../../release/published/next-change.ts';
import { readPageFacts } from '../../release/published/page-facts.ts';
import { filesInFolder } from '../../release/published/published-files.ts';
import { publishEverywhere } from '../../release/published/publishers/publishers.ts';
import {
  findUnserved,
  type NamedImage,
  namedImages,
  refuseUnserved,
} from '../../release/published/served-images.ts';
import { renderSite } from '../../release/published/site.ts';
import type { PublicationStamp } from '../../release/published/stamp.ts';
import { refuseUnvouched } from '../../release/published/vouched-images.ts';
import type { FleetState } from '../../release/state/state.ts';
import { bundlePath, formatBundle } from '../../release/state/state-bundle.ts';
import { openWitnesses } from '../../release/witnesses/testimony.ts';
import type { PublishAnswer, PublishOptions, PublishParts } from './publication.ts';
import { type FleetToCompare, publicationTime, publishedTo, refuseLess } from './refuse-less.ts';
import { refuseRemovedFleets, replacedAt } from './replacement.ts';
import { tagMarkedReleases } from './symbolic-tags.ts';

/** A fleet on the state branch, and what was published for it last. */
interface FleetToPublish extends FleetToCompare {
  readonly name: string;
  readonly state: FleetState;
}

/** Publishes the state branch as it is now. @param names the fleets to publish @throws as publishUpdates */
export async function publishOnce(
  project: PublishParts,
  options: PublishOptions,
  names: readonly string[],
): Promise<Omit<PublishAnswer, 'resumed'>> {
  const { config, client } = project;
  const { firstRelease = false, folder } = options;
  await refuseRemovedFleets(project);
  const all: FleetToPublish[] = [];
  for (const name of Object.keys(config.fleets)) all.push(await readFleet(project, name, options));
  const chosen = all.filter(({ name }) => names.includes(name));
  const now = publicationTime(chosen, options.now);
  for (const fleet of chosen) refuseLess(fleet, { config, now, firstRelease });
  await checkImages(project, chosen);

  const { architectures, rings, stream, publish } = config;
  const stamps = new Map(chosen.map((fleet) => [fleet.name, stampOf(fleet, project, now)]));
  const { facts, ...page } = await readPageFacts(project, all, now);
  const fleets = all.map(({ name, state }) => ({
    name,
    state,
    ...defined({ stamp: stamps.get(name), facts: facts.get(name) }),
  }));
  const files = renderSite({ fleets, architectures, rings, stream, now, url: publish.url, ...page });
  const filesOf = (name: string) => [...files].filter(([path]) => path.startsWith(`${name}/`));
  const others = new Set(
    all.filter((fleet) => !chosen.includes(fleet)).flatMap(({ name }) => filesOf(name).map(([path]) => path)),
  );
  const published = await publishEverywhere({
    config,
    client,
    root: project.root,
    signer: options.signer,
    now,
    folder,
    site: new Map([...files].filter(([path]) => !others.has(path))),
    fleets: new Map(
      chosen.map(({ name, texts }) => [
        name,
        new Map([...filesOf(name), [bundlePath(name), formatBundle(texts)]]),
      ]),
    ),
  });
  const tagged: string[] = [];
  for (const fleet of chosen) tagged.push(...(await tagMarkedReleases(project, fleet)));
  const due = [...stamps.values()].flatMap(({ nextChange }) =>
    nextChange === undefined ? [] : [nextChange],
  );
  return { ...published, tagged, nextChange: due.length === 0 ? undefined : Math.min(...due) };
}

async function readFleet(
  { state, config, client }: PublishParts,
  name: string,
  { folder, replace }: PublishOptions,
): Promise<FleetToPublish> {
  const fleet = await state.readFleet(name);
  const places = [filesInFolder(folder), ...openWitnesses(config, client)];
  return {
    name,
    fleet: name,
    state: fleet,
    texts: await state.readTexts(name),
    releases: fleet.releases.releases.length,
    replacedAt: replace === undefined ? replacedAt(fleet) : Number.POSITIVE_INFINITY,
    heard: await Promise.all(places.map((place) => readLastPublished(place, name))),
  };
}

/** A publication without a change keeps the time of the previous one. */
function stampOf(fleet: FleetToPublish, { config }: PublishParts, now: number): PublicationStamp {
  const moments = [
    nextChangeDue([fleet], config.rings, now),
    nextPauseEnd(fleet.state),
    // The dashboard shows it.
    nextHoldEnd(fleet.state.operations, now),
  ].filter((moment) => moment !== undefined);
  const nextChange = moments.length === 0 ? undefined : Math.min(...moments);
  const bundle = formatBundle(fleet.texts);
  const releases = formatReleaseIndex(fleet.state.releases);
  const updates = formatUpdateMetadata(fleet.state.updates);
  const same = publishedTo(fleet)
    .filter((last) => last.releases === releases && last.updates === updates)
    .filter((last) => !last.hasState || formatBundle(last.texts) === bundle)
    .flatMap(({ stamp }) =>
      stamp?.nextChange === nextChange && stamp !== undefined ? [stamp.published] : [],
    );
  return { published: same.length === 0 ? now : Math.max(...same), nextChange };
}

async function checkImages(
  { config, root, client, log }: PublishParts,
  fleets: readonly FleetToPublish[],
): Promise<void> {
  const images = namedImages(fleets, config.architectures);
  const published = new Set(
    fleets.flatMap((fleet) => publishedTo(fleet).flatMap(({ digestRefs }) => [...digestRefs])),
  );
  const missing = await findUnserved(client, images, published);
  // prune-images may delete old releases. Nodes on them still need their place in the graph.
  const kept = new Map(fleets.map(({ name, state }) => [name, neededVersions(state, fewestReleases)]));
  const mayBeLost = ({ fleet, version, target }: NamedImage) =>
    !target && kept.get(fleet)?.has(version) !== true;
  refuseUnserved(missing.filter((image) => !mayBeLost(image)));
  await refuseUnvouched({ config, client, root }, fleets, published);
  for (const { fleet, version, digestRef } of missing.filter(mayBeLost)) {
    log.warn(
      `${fleet}: the registry has lost ${digestRef} (release ${version}). No node is offered it; nodes on it still get updates.`,
    );
  }
}
