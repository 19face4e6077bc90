import { InputError } from '../../host/errors.ts';
import type { Place } from './edges.ts';
import { distribute, remainingShare } from './shares.ts';
import type { SimulationInput } from './simulation-input.ts';

/** The place whose adoption is measured. */
export function findTarget(places: readonly Place[], input: SimulationInput): number {
  if (input.target !== undefined) {
    const position = places.findIndex(({ version }) => version === input.target);
    if (position >= 0) return position;
    throw unknownVersion(input.target, input, places);
  }
  const offered = places.flatMap(({ targets }) => targets);
  if (places.length === 0) {
    throw new InputError({
      problem: 'no release of this fleet has an image for this architecture',
      found: input.basearch,
    });
  }
  return offered.length === 0 ? places.length - 1 : Math.max(...new Set(offered));
}

/** Version and number of nodes per place; the last entry is for nodes whose release is in no graph. */
export function startCounts(
  places: readonly Place[],
  input: SimulationInput,
  targetPlace: number,
): [version: string, count: number][] {
  const target = places[targetPlace] as Place;
  // One release may have several nodes in a graph: other digests by which it is known.
  const older = places.flatMap((place, position) =>
    place.age < target.age && places.findIndex(({ age }) => age === place.age) === position ? [position] : [],
  );
  const shares = new Map<number, number>();
  let absent = '';
  const add = (position: number, share: number) => shares.set(position, (shares.get(position) ?? 0) + share);
  for (const { version, share } of input.fleet.start) {
    if (version === 'spread') {
      for (const position of older) add(position, share / older.length);
      if (older.length === 0) add(targetPlace, share);
      continue;
    }
    const position = places.findIndex((place) => place.version === version);
    if (position >= 0) {
      add(position, share);
    } else {
      if (!input.releases.releases.some((release) => release.version === version)) {
        throw unknownVersion(version, input, places);
      }
      absent = absent === '' ? version : `${absent}, ${version}`;
      add(places.length, share);
    }
  }
  const rest = remainingShare(input.fleet.start, '--start');
  if (rest > 0) add(older.at(-1) ?? targetPlace, rest);
  const all = [...places.keys(), places.length];
  const counts = distribute(
    input.fleet.nodes,
    all.map((position) => shares.get(position) ?? 0),
  );
  return all.map((position) => [places[position]?.version ?? absent, counts[position] as number]);
}

function unknownVersion(version: string, input: SimulationInput, places: readonly Place[]): InputError {
  const released = input.releases.releases.some((release) => release.version === version);
  const known = places.map((place) => place.version).slice(-5);
  return new InputError({
    problem: released
      ? `this release has no image for ${input.basearch}`
      : 'this version is not in the release index',
    found: version,
    expected: `one of ${places.length > known.length ? '…, ' : ''}${known.join(', ')}`,
  });
}
