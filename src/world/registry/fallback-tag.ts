import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideError } from '../../host/errors.ts';
import { type Descriptor, mediaTypes } from './manifest.ts';
import { type Digest, formatRepository, type Repository } from './reference.ts';
import { emptyReferrerList, fallbackTag } from './referrer-list.ts';
import type { RegistryClient } from './registry-client.ts';

const attempts = 10;

/**
 * Adds an entry to the list under the fallback tag. Registries have no compare-and-swap for tags, so two writers that
 * read the same list lose one entry. Each therefore reads again after the time that a rival's read and write may
 * take, and adds what is missing: the writer whose entry was lost puts it back. Entries that we cannot read are kept.
 *
 * The list is replaced as a whole, so entries that an incomplete answer lacks would be lost. Before the first write it
 * is read twice, and every entry of either answer stays.
 */
export function addToFallbackTag(
  client: RegistryClient,
  repository: Repository,
  subject: Digest,
  entry: Descriptor,
): Promise<void> {
  return inSequence(`${formatRepository(repository)}@${subject}`, () =>
    addNow(client, repository, subject, entry),
  );
}

async function addNow(
  client: RegistryClient,
  repository: Repository,
  subject: Digest,
  entry: Descriptor,
): Promise<void> {
  const tag = fallbackTag(subject);
  const read = () => client.fallbackList(repository, subject);
  const before = ((await read())?.json.manifests ?? []).filter(
    (each) => digestOfEntry(each) !== entry.digest,
  );
  let wanted: readonly unknown[] = [...before, entry];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const started = performance.now();
    const { json } = (await read()) ?? emptyReferrerList;
    const there = json.manifests.map(digestOfEntry);
    const missing = wanted.filter((each) => !there.includes(digestOfEntry(each)));
    if (missing.length === 0) return;
    wanted = [...json.manifests, ...missing];
    const bytes = new TextEncoder().encode(JSON.stringify({ ...json, manifests: wanted }));
    await client.putManifest(repository, tag, bytes, mediaTypes.ociIndex);
    const took = performance.now() - started;
    await sleep(Math.max(40, took * 2) * (1 + Math.random()));
  }
  throw new OutsideError(
    `adding ${entry.digest} to the list ${formatRepository(repository)}:${tag}`,
    'other writers kept replacing the list',
  );
}

/** Whatever an entry has as its digest; the whole entry if it has none. */
function digestOfEntry(entry: unknown): string {
  const digest = typeof entry === 'object' && entry !== null && 'digest' in entry ? entry.digest : undefined;
  return typeof digest === 'string' ? digest : JSON.stringify(entry);
}

const queues = new Map<string, Promise<void>>();

/** Writers inside this process run one after the other, so they do not race. */
async function inSequence(key: string, work: () => Promise<void>): Promise<void> {
  const previous = queues.get(key) ?? Promise.resolve();
  const turn = previous.then(work, work);
  const tail = turn.then(
    () => {},
    () => {},
  );
  queues.set(key, tail);
  try {
    await turn;
  } finally {
    if (queues.get(key) === tail) queues.delete(key);
  }
}
