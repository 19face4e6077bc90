import { chmod, mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../host/errors.ts';
import { exec } from '../../host/exec.ts';
import { nothingHidden, putUnder } from './put-under.ts';
import { type Allowance, type PackedLayer, unpackLayer } from './unpack-layer.ts';

/** No image for a machine is larger. */
const largestRoot = 64 * 1024 ** 3;
/** This much of a disk stays free. */
const keptFree = 0.05;
/** How many layers come at the same time. */
const parallel = 3;

/** The mode that containers/storage gives to the root of every image, whatever its layers say. */
const modeOfRoot = 0o555;

/**
 * Makes the root file system of an image from its layers, each read once and as a stream: as a node or buildah has it,
 * but without a mount, so the number of layers does not matter. Only root can do it: owners and attributes are those
 * of the layers.
 * @param layers the lowest first
 * @param folder an empty folder; the caller removes it
 * @param options.largest bytes that the layers may have when unpacked
 * @returns the folder of the root
 * @throws InputError for a layer that cannot be trusted or read
 */
export async function makeRootOfLayers(
  layers: readonly PackedLayer[],
  folder: string,
  options: { readonly largest?: number; readonly onLayer?: (done: number) => void } = {},
): Promise<string> {
  const root = join(folder, 'root');
  await mkdir(root);
  const allowance = await allowanceIn(folder, options.largest);
  const { bytes: most } = allowance;
  const hidden = nothingHidden();
  const order = withoutRepeated(layers).reverse();
  const running: Promise<string>[] = [];
  let failure: { readonly error: unknown } | undefined;
  try {
    for (const [index, { what }] of order.entries()) {
      for (const next of order.slice(running.length, index + parallel)) {
        const place = join(folder, `layer-${running.length}`);
        const unpacked = mkdir(place).then(() => unpackLayer(next, place, allowance).then(() => place));
        unpacked.catch((error) => {
          failure ??= { error };
          // The others end too.
          allowance.bytes = Number.NEGATIVE_INFINITY;
        });
        running.push(unpacked);
      }
      const place = (await running[index]) as string;
      putUnder(root, place, hidden, what);
      await rm(place, { recursive: true });
      options.onLayer?.(index + 1);
    }
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  } finally {
    await Promise.allSettled(running);
  }
  await refuseHoles(root, most, allowance.reason);
  await chmod(root, modeOfRoot);
  return root;
}

/** A layer that comes again higher up hides itself. */
function withoutRepeated(layers: readonly PackedLayer[]): PackedLayer[] {
  return layers.filter(
    ({ diffId }, index) => !layers.slice(index + 1).some((each) => each.diffId === diffId),
  );
}

/** What may be unpacked in a folder: an image's worth, and no more than leaves the disk usable. */
export async function allowanceIn(folder: string, largest: number = largestRoot): Promise<Allowance> {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor(bavail * bsize * (1 - keptFree));
  const bytes = Math.min(largest, free);
  const reason =
    bytes === free ? `at most ${bytes} bytes, which are free in ${folder}` : `at most ${bytes} bytes`;
  return { bytes, reason };
}

/** A file of holes takes no space in an archive, and may say any size. */
async function refuseHoles(root: string, most: number, reason: string): Promise<void> {
  const args = ['--summarize', '--apparent-size', '--block-size=1', root];
  const { stdout } = await exec('du', args, { doing: 'measuring the unpacked image' });
  const size = Number.parseInt(stdout, 10);
  if (size <= most) return;
  throw new InputError({
    problem: 'files of the image have holes, and become too large',
    found: `${size} bytes`,
    expected: reason,
  });
}
