import { InputError } from '../../host/errors.ts';
import { formatRepository, type TagReference } from '../../world/registry/reference.ts';

/** Where the base's own update guidance can be read. */
export interface UpstreamAddresses {
  /** Of updates.json: rollouts, barriers, dead-ends. */
  readonly updates: string;
  /** Address of releases.json: all releases in their order. */
  readonly releases: string;
}

const fedoraStreams: ReadonlySet<string> = new Set(['stable', 'testing', 'next']);

/** Fedora publishes guidance for its three production streams, and only for its own images. */
export function defaultUpstream(base: TagReference): UpstreamAddresses | undefined {
  if (formatRepository(base.repository) !== 'quay.io/fedora/fedora-coreos') return undefined;
  if (!fedoraStreams.has(base.tag)) return undefined;
  return {
    updates: `https://builds.coreos.fedoraproject.org/updates/${base.tag}.json`,
    releases: `https://builds.coreos.fedoraproject.org/prod/streams/${base.tag}/releases.json`,
  };
}

/** @throws InputError if it is not an address */
export function readAddress(text: string, place: { where: string; field: string }): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InputError({
    ...place,
    problem: 'not an address of http:// or https://',
    found: text,
    expected: 'http:// or https://',
  });
}
