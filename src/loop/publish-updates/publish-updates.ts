import { join } from 'node:path';
import { nextHoldEnd } from '../../guidance/operations.ts';
import { readFileIfThere } from '../../host/files.ts';
import type { Config } from '../../project/configuration/config.ts';
import { followOffer } from '../../release/follow-offer.ts';
import { commitMessage } from '../../release/operations/edit-fleet.ts';
import { endExpiredPauses, nextPauseEnd } from '../../release/operations/pause-rollout.ts';
import type { Project } from '../../release/project.ts';
import { readFleetArtifact } from '../../release/published/fleet-artifact.ts';
import { nextChangeDue } from '../../release/published/next-change.ts';
import { readPublished } from '../../release/published/published.ts';
import type { FleetArtifact } from '../../release/published/publishers/publisher.ts';
import { publishEverywhere } from '../../release/published/publishers/publishers.ts';
import {
  findUnserved,
  type NamedImage,
  namedImages,
  refuseUnserved,
} from '../../release/published/served-images.ts';
import { renderSite, type SiteFleet } from '../../release/published/site.ts';
import type { FleetState, State } from '../../release/state/state.ts';
import { tagMarkedReleases } from './symbolic-tags.ts';

/** What publish-updates did. */
export interface PublishAnswer {
  /** Paths inside the folder. */
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly artifacts: readonly FleetArtifact[];
  /** Symbolic tags of barriers and dead-ends that were set. */
  readonly tagged: readonly string[];
  /** Rollouts that went on because their pause had ended, by fleet; each is a commit on the state branch. */
  readonly resumed: readonly { readonly fleet: string; readonly what: string }[];
  /** UNIX seconds; undefined when nothing changes until somebody releases or steers. */
  readonly nextChange: number | undefined;
}

type Parts = Pick<Project, 'config' | 'forge' | 'client' | 'state' | 'log'>;

interface PublishOptions {
  readonly folder: string;
  /** Names; none for all. */
  readonly fleets: readonly string[];
  /** UNIX seconds. */
  readonly now: number;
}

/**
 * Lets rollouts go on whose pause has ended, then publishes the state branch as it is: files in a folder, and an artifact for each fleet.
 * @throws InputError, before anything is written, for a dirty state branch, for an image that production cannot
 *   serve, and when a published release would be lost
 */
export async function publishUpdates(project: Parts, options: PublishOptions): Promise<PublishAnswer> {
  const { forge, config } = project;
  const written = new Set<string>();
  const artifacts = new Map<string, FleetArtifact>();
  const tagged = new Set<string>();
  const resumed: { fleet: string; what: string }[] = [];
  for (;;) {
    for (const fleet of chosenFleets(config, options)) {
      const what = await endPauses(project.state, fleet, options.now);
      if (what !== undefined) resumed.push({ fleet, what });
    }
    const commit = await forge.branches.resolve(config.stateBranch);
    const moved = async () => (await forge.branches.resolve(config.stateBranch)) !== commit;
    let answer: Omit<PublishAnswer, 'resumed'>;
    try {
      answer = await publishOnce(project, options);
    } catch (error) {
      // What we read may have been outdated before we got to it.
      if (await moved()) continue;
      throw error;
    }
    for (const path of answer.written) written.add(path);
    for (const tag of answer.tagged) tagged.add(tag);
    for (const artifact of answer.artifacts) {
      const changed = artifact.changed || artifacts.get(artifact.fleet)?.changed === true;
      artifacts.set(artifact.fleet, { ...artifact, changed });
    }
    // Somebody who published a newer state at the same time may have been overwritten: whoever ends last puts it right.
    if (await moved()) continue;
    await followOffer(project);
    return {
      written: [...written],
      unchanged: answer.unchanged.filter((path) => !written.has(path)),
      artifacts: [...artifacts.values()],
      tagged: [...tagged],
      resumed,
      nextChange: answer.nextChange,
    };
  }
}

function chosenFleets(config: Config, { fleets }: PublishOptions): string[] {
  return Object.keys(config.fleets).filter((name) => fleets.length === 0 || fleets.includes(name));
}

/** @returns what was resumed, undefined where nothing was */
async function endPauses(state: State, fleet: string, now: number): Promise<string | undefined> {
  let done: readonly string[] = [];
  const change = (current: FleetState) => {
    const settled = endExpiredPauses(current, now);
    done = settled.done;
    return settled.state;
  };
  const order = { fleet, by: 'coxswain publish-updates', now };
  await state.changeFleet(fleet, () => commitMessage(order, done.join('; '), undefined), change);
  return done.length === 0 ? undefined : done.join('; ');
}

async function publishOnce(project: Parts, options: PublishOptions): Promise<Omit<PublishAnswer, 'resumed'>> {
  const { config, client, state } = project;
  const { folder, now } = options;
  const all: { readonly name: string; readonly state: FleetState }[] = [];
  for (const name of Object.keys(config.fleets)) all.push({ name, state: await state.readFleet(name) });
  const names = chosenFleets(config, options);
  const chosen = all.filter(({ name }) => names.includes(name));
  await checkImages(project, chosen, folder);

  const { architectures, rings, stream, publish } = config;
  const files = renderSite({ fleets: all, architectures, rings, stream, now, url: publish.url });
  const filesOf = (name: string) => new Map([...files].filter(([path]) => path.startsWith(`${name}/`)));
  const others = all
    .filter((fleet) => !chosen.includes(fleet))
    .flatMap(({ name }) => [...filesOf(name).keys()]);
  const { written, unchanged, artifacts } = await publishEverywhere({
    config,
    client,
    folder,
    site: new Map([...files].filter(([path]) => !others.includes(path))),
    fleets: new Map(chosen.map(({ name }) => [name, filesOf(name)])),
  });
  const tagged: string[] = [];
  for (const fleet of chosen) tagged.push(...(await tagMarkedReleases(project, fleet)));
  const moments = [
    nextChangeDue(chosen, rings, now),
    ...chosen.flatMap((fleet) => [
      nextPauseEnd(fleet.state),
      // The dashboard shows it.
      nextHoldEnd(fleet.state.operations, now),
    ]),
  ];
  const due = moments.filter((moment) => moment !== undefined);
  return {
    written,
    unchanged,
    artifacts,
    tagged,
    nextChange: due.length === 0 ? undefined : Math.min(...due),
  };
}

async function checkImages(project: Parts, fleets: readonly SiteFleet[], folder: string): Promise<void> {
  const { config, client, log } = project;
  const images = namedImages(fleets, config.architectures);
  const published = await readPublished((path) => readFileIfThere(join(folder, path)), {
    fleets,
    architectures: config.architectures,
    images,
  });
  const missing = await findUnserved(client, images, published);
  // In an empty folder (a CI job's, say) the artifact still knows what was published before.
  const known = missing.every((image) => image.target)
    ? new Set<string>()
    : await inArtifacts(project, fleets, images);
  const lost = (image: NamedImage) => !image.target && known.has(image.digestRef);
  refuseUnserved(missing.filter((image) => !lost(image)));
  for (const { fleet, version, digestRef } of missing.filter(lost)) {
    log.warn(
      `${fleet}: the registry has lost ${digestRef} (release ${version}). No node is offered it; those that run it are still told what comes next.`,
    );
  }
}

async function inArtifacts(
  { config, client }: Parts,
  fleets: readonly SiteFleet[],
  images: readonly NamedImage[],
): Promise<ReadonlySet<string>> {
  if (!config.publish.oci) return new Set();
  const found = new Set<string>();
  for (const fleet of fleets) {
    const files = await readFleetArtifact(client, config, fleet.name);
    const published = await readPublished(async (path) => files.get(path), {
      fleets: [fleet],
      architectures: config.architectures,
      images,
    });
    for (const digestRef of published) found.add(digestRef);
  }
  return found;
}
