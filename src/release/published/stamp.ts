import { z } from 'zod';
import { openObject, readDocument } from '../../guidance/document.ts';
import { InputError } from '../../host/errors.ts';
import { formatTime } from '../../host/time.ts';

/** published.json of a fleet: how old its guidance is, and when it must be published again. */
export interface PublicationStamp {
  /** When the guidance last changed, UNIX seconds. */
  readonly published: number;
  /** When the guidance changes next without any commit, UNIX seconds; undefined if it does not. */
  readonly nextChange: number | undefined;
}

const moment = z.iso.datetime({ error: 'a time in ISO 8601, such as 2026-07-22T14:00:00Z' });

const schema = openObject('an object {published, next-change}', {
  published: moment,
  'next-change': moment.nullable(),
});

/** Path of a fleet's published.json. */
export function stampPath(fleet: string): string {
  return `${fleet}/published.json`;
}

export function formatStamp({ published, nextChange }: PublicationStamp): string {
  const document = {
    published: formatTime(published),
    'next-change': nextChange === undefined ? null : formatTime(nextChange),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** @throws InputError naming file and field */
export function parseStamp(text: string, where: string): PublicationStamp {
  const read = readDocument(schema, text, { where }) as z.infer<typeof schema>;
  const next = read['next-change'];
  return { published: seconds(read.published), nextChange: next === null ? undefined : seconds(next) };
}

/** undefined if there is no such file, or it cannot be read. */
export function readStamp(text: string | undefined, where: string): PublicationStamp | undefined {
  if (text === undefined) return undefined;
  try {
    return parseStamp(text, where);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function seconds(text: string): number {
  return Math.floor(Date.parse(text) / 1000);
}
