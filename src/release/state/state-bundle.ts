import { z } from 'zod';
import { openObject, readDocument } from '../../guidance/document.ts';
import { InputError } from '../../host/errors.ts';
import { fleetFolder } from './fleet-files.ts';

/**
 * state.json of a fleet's artifact: every file of the fleet on the state branch, byte for byte, in one document. The
 * published release index and update metadata are not enough to restore the branch: they are formatted again, and
 * have no records and operations.
 */
export type FleetTexts = ReadonlyMap<string, string>;

const schema = openObject('an object {files}', {
  files: z.record(z.string(), z.string({ error: 'the text of a file' }), { error: 'the files by path' }),
});

/** Title of that file in the artifact. */
export function bundlePath(fleet: string): string {
  return `${fleet}/state.json`;
}

/** @param texts path on the state branch → text */
export function formatBundle(texts: FleetTexts): string {
  const files = Object.fromEntries([...texts].sort(([one], [other]) => (one < other ? -1 : 1)));
  return `${JSON.stringify({ files }, null, 2)}\n`;
}

/** @throws InputError if this is not such a document, or has a file outside the fleet's folder */
export function parseBundle(
  text: string,
  options: { readonly fleet: string; readonly where: string },
): FleetTexts {
  const { fleet, where } = options;
  const { files } = readDocument(schema, text, { where }) as z.infer<typeof schema>;
  const texts = new Map(Object.entries(files));
  for (const path of texts.keys()) {
    const parts = path.split('/');
    const isInside =
      path.startsWith(`${fleetFolder(fleet)}/`) &&
      parts.every((part) => part !== '' && !/^\.|[\\\0]/.test(part));
    if (isInside) continue;
    throw new InputError({
      where,
      field: 'files',
      problem: 'a file outside the folder of the fleet',
      found: path,
    });
  }
  return texts;
}
