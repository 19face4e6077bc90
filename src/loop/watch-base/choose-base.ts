import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { Project } from '../../release/project.ts';
import { type UpstreamMark, upstreamMarksBetween } from '../../release/upstream/inherited-barriers.ts';
import {
  type Doubt,
  doubtOf,
  type UpstreamStatus,
  upstreamStatusOf,
} from '../../release/upstream/upstream-state.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { atTag, type Digest, formatReference, isTag } from '../../world/registry/reference.ts';
import { type BaseBuild, type NewBase, readNewBase } from './base-image.ts';

/** What upstream says about going from one base to another. */
export interface UpstreamView {
  readonly status: UpstreamStatus;
  /** Upstream's barriers strictly between the two. */
  readonly barriers: readonly UpstreamMark[];
  /** Upstream's dead-ends strictly between the two. */
  readonly deadends: readonly UpstreamMark[];
  /** The base that the tag points at, if the proposed one is a barrier on the way to it. */
  readonly onTheWayTo?: string;
}

export interface ChosenBase {
  readonly to: NewBase;
  /** Absent if the base has no guidance. */
  readonly view?: UpstreamView;
  /** Why it is not proposed. */
  readonly blocked?: string;
}

/** What a version tag of the base's repository points at. @throws InputError when there is no such tag */
export async function resolveVersion(
  client: RegistryClient,
  config: Config,
  version: string,
): Promise<Digest> {
  const field = '--base-version';
  if (!isTag(version)) throw new InputError({ field, problem: 'no tag can have this name', found: version });
  const reference = atTag(config.base.repository, version);
  const found = await client.resolve(reference);
  if (found !== undefined) return found.digest;
  throw new InputError({
    where: formatReference(reference),
    problem:
      'the registry answers, and has no such tag: this base is to be built on, and cannot be found by its version',
    remedy: `Fedora tags every release in its repository; a mirror has to copy those tags. With the digest, pin it yourself: ${formatReference(reference)}@sha256:…`,
  });
}

/**
 * Which build of the base to propose: what the tag points at, unless one of upstream's barriers comes before it; then
 * the oldest barrier is proposed first, because a fleet that skips it cannot continue.
 * @param options.explicit the build was asked for by its version: it is used unchanged
 */
export async function chooseBase(
  options: Pick<Project, 'config' | 'client' | 'readUpstream'> & {
    readonly from: BaseBuild | undefined;
    readonly digest: Digest;
    readonly explicit: boolean;
    readonly accept: readonly Doubt[];
    readonly now: number;
  },
): Promise<ChosenBase> {
  const { client, config, readUpstream, from, digest, explicit, accept, now } = options;
  const newest = await readNewBase(client, config, digest);
  const guidance = await readUpstream();
  if (guidance === undefined) return { to: newest };
  const between = (kind: 'barrier' | 'deadend', to: string) =>
    from?.version === undefined ? [] : upstreamMarksBetween(guidance, kind, { from: from.version, to });
  const [first] = explicit ? [] : between('barrier', newest.version);
  const to =
    first === undefined
      ? newest
      : await readNewBase(client, config, await resolveVersion(client, config, first.version));
  const status = upstreamStatusOf(guidance, to.version, now);
  const doubt = doubtOf(status);
  return {
    to,
    view: {
      status,
      barriers: between('barrier', to.version),
      deadends: between('deadend', to.version),
      ...defined({ onTheWayTo: first === undefined ? undefined : newest.version }),
    },
    ...defined({
      blocked:
        doubt === undefined || accept.includes(doubt.doubt)
          ? undefined
          : `${doubt.why}; --accept-upstream ${doubt.doubt} proposes it anyway`,
    }),
  };
}
