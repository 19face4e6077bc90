import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { parseReference } from '../../world/registry/reference.ts';

/** Layers that an image may have: containers/storage takes no more. */
export const mostLayers = 500;

/** Whether, and how, the own layer of an image is split into layers by content. */
export interface Rechunk {
  readonly tool: 'chunkah';
  /** The own layer becomes this many at most. */
  readonly maxLayers: number;
  /** Image that has the tool; absent: the installed one. */
  readonly image?: string;
}

const form = 'chunkah, or { tool: chunkah, max-layers: 64, image: quay.io/coreos/chunkah@sha256:… }';

export const rechunkSchema = z
  .union(
    [
      z.literal('chunkah'),
      z.strictObject({
        tool: z.literal('chunkah').default('chunkah').describe('The program that splits.'),
        'max-layers': z
          .int()
          .min(2)
          .max(mostLayers)
          .default(64)
          .describe('The own layer of an image becomes this many at most.'),
        image: z
          .string()
          .optional()
          .describe(
            'Image that has the program: buildah pulls and runs it, so nothing has to be installed. With a digest, the layers are the same until you change it. Default: the installed program.',
          ),
      }),
    ],
    form,
  )
  .describe(
    'Splits what the Containerfile adds to the base into layers by package, so that nodes download only packages that changed: chunkah, or {tool: chunkah, max-layers: 64, image: REF}. Part of the build key. Default: one layer.',
  );

/**
 * What the field says, with every default filled in.
 * @param placeOf where the field, or one field in it, is written
 * @throws InputError for an image without a registry, or without a tag and a digest
 */
export function readRechunk(
  written: z.output<typeof rechunkSchema>,
  placeOf: (field: string) => { readonly where?: string; readonly field?: string },
): Rechunk {
  if (written === 'chunkah') return { tool: 'chunkah', maxLayers: 64 };
  const { tool, image } = written;
  if (image !== undefined) parseReference(image, placeOf('image'));
  return { tool, maxLayers: written['max-layers'], ...defined({ image }) };
}
