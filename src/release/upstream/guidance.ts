import { z } from 'zod';
import { openObject, readDocument, someText } from '../../guidance/document.ts';
import { parseGraphUpdates, type UpdateEntry } from '../../guidance/metadata.ts';
import { defined } from '../../host/defined.ts';
import type { Log } from '../../host/log.ts';
import type { Config } from '../../project/configuration/config.ts';
import { cachedGet, upstreamCache } from './cached-get.ts';

/** The base's own update guidance. */
export interface UpstreamGuidance {
  /** Versions of the base, oldest first. */
  readonly order: readonly string[];
  readonly updates: readonly UpdateEntry[];
}

/** Reads upstream's guidance; undefined if the base has none. @throws OutsideError */
export type ReadUpstream = () => Promise<UpstreamGuidance | undefined>;

// Checks only what is needed: other changes of Fedora's file must not stop a release.
const index = openObject('a release index: {releases}', {
  releases: z
    .array(openObject('a release: {version}', { version: someText('a version') }), {
      error: 'the list of releases, oldest first',
    })
    .min(1, { error: 'at least one release' }),
});

/** A way to read upstream's guidance, at most once. */
export function upstreamReader(
  config: Pick<Config, 'upstream'>,
  context: { readonly env: NodeJS.ProcessEnv; readonly log: Log; readonly retryDelays?: readonly number[] },
): ReadUpstream {
  let reading: Promise<UpstreamGuidance | undefined> | undefined;
  return () => {
    reading ??= read(config, context);
    return reading;
  };
}

async function read(
  { upstream }: Pick<Config, 'upstream'>,
  {
    env,
    log,
    retryDelays,
  }: { readonly env: NodeJS.ProcessEnv; readonly log: Log; readonly retryDelays?: readonly number[] },
): Promise<UpstreamGuidance | undefined> {
  if (upstream === undefined) return undefined;
  const options = {
    cacheFolder: upstreamCache(env),
    log,
    ...defined({ retryDelays }),
  };
  const [order, updates] = await Promise.all([
    cachedGet(upstream.releases, {
      ...options,
      parse: (text) =>
        (readDocument(index, text, { where: 'releases.json' }) as z.infer<typeof index>).releases.map(
          ({ version }) => version,
        ),
    }),
    cachedGet(upstream.updates, {
      ...options,
      parse: (text) => parseGraphUpdates(text, 'updates.json').releases,
    }),
  ]);
  return { order, updates };
}
