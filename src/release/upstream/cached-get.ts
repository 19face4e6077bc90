import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { cacheFolder } from '../../host/cache-folder.ts';
import { defined } from '../../host/defined.ts';
import { messageOf, OutsideError } from '../../host/errors.ts';
import { readFileIfThere, writeFileAtomically } from '../../host/files.ts';
import type { Log } from '../../host/log.ts';
import { fetchWhole } from '../../world/http/fetch-whole.ts';

const patience = 30_000;

const entrySchema = z.object({ url: z.string(), etag: z.string(), body: z.string() });

/** Folder for answers between runs: `$XDG_CACHE_HOME/coxswain/upstream`. */
export function upstreamCache(env: NodeJS.ProcessEnv): string {
  return cacheFolder('upstream', env);
}

/**
 * Reads a document by HTTP. A cached copy is used only if the server confirms by its ETag that it has not changed: an
 * old copy could lack the newest barrier.
 * @param options.parse reads the text; a text that it refuses is not cached
 * @throws OutsideError that says what was tried
 */
export async function cachedGet<T>(
  url: string,
  options: {
    readonly parse: (text: string) => T;
    readonly cacheFolder: string;
    readonly log: Log;
    /** Milliseconds before each further attempt. */
    readonly retryDelays?: readonly number[];
  },
): Promise<T> {
  const { parse, cacheFolder, log, retryDelays = [500, 2_000] } = options;
  const file = join(cacheFolder, `${createHash('sha256').update(url).digest('hex')}.json`);
  const known = await readEntry(file, url);
  const delays = retryDelays.values();
  for (;;) {
    const answer = await request(url, known?.etag);
    if (answer.kind === 'unchanged' && known !== undefined) {
      log.detail(`${url} has not changed`);
      return parseAnswer(url, known.body, parse);
    }
    if (answer.kind === 'text') {
      const value = parseAnswer(url, answer.body, parse);
      if (answer.etag !== undefined) {
        const entry = { url, etag: answer.etag, body: answer.body };
        await keep(file, entry, log);
      }
      return value;
    }
    const happened =
      answer.kind === 'unchanged'
        ? 'it answered "not changed" to a request without an ETag'
        : answer.happened;
    const delay = answer.kind === 'failed' && answer.passing ? delays.next().value : undefined;
    if (delay === undefined) throw failure(url, happened);
    await sleep(delay);
  }
}

type Answer =
  | { readonly kind: 'text'; readonly body: string; readonly etag: string | undefined }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly happened: string; readonly passing: boolean };

async function request(url: string, etag: string | undefined): Promise<Answer> {
  try {
    const response = await fetchWhole(url, {
      headers: { accept: 'application/json', ...defined({ 'if-none-match': etag }) },
      timeout: patience,
    });
    if (response.status === 304) return { kind: 'unchanged' };
    if (response.ok) {
      return { kind: 'text', body: await response.text(), etag: response.headers.get('etag') ?? undefined };
    }
    response.discard();
    return {
      kind: 'failed',
      happened: `the server answered ${response.status}`,
      passing: response.status >= 500 || response.status === 429,
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { kind: 'failed', happened: messageOf(cause), passing: true };
  }
}

function parseAnswer<T>(url: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw failure(url, `the answer is not update guidance: ${messageOf(error)}`);
  }
}

function failure(url: string, happened: string): OutsideError {
  return new OutsideError(
    `reading the base's own update guidance from ${url}`,
    happened,
    'Without it the barriers of the base are not known. Running the same command again is safe; the address is "upstream" in coxswain.yaml, and "upstream: none" switches this off.',
  );
}

async function readEntry(file: string, url: string): Promise<z.infer<typeof entrySchema> | undefined> {
  try {
    const entry = entrySchema.safeParse(JSON.parse((await readFileIfThere(file)) ?? 'null'));
    return entry.data?.url === url ? entry.data : undefined;
  } catch {
    // It is not ours, or broken: then the document is read again.
    return undefined;
  }
}

async function keep(file: string, entry: z.infer<typeof entrySchema>, log: Log): Promise<void> {
  try {
    await writeFileAtomically(file, JSON.stringify(entry));
  } catch (error) {
    log.detail(`cannot keep a copy in ${file}: ${messageOf(error)}`);
  }
}
