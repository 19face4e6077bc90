import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from './errors.ts';
import { isMissing } from './files.ts';

/** Disk space that a task needs. */
export interface SpaceNeed {
  /** The task may create it. */
  readonly folder: string;
  readonly bytes: number;
  /** Continues "… GB for ". */
  readonly what: string;
}

/**
 * Makes sure that there is enough disk space for a task, before it begins. The needs of folders in the same file system
 * are added.
 * @throws InputError that names every need, if a file system has too little space
 */
export async function requireSpace(needs: readonly SpaceNeed[]): Promise<void> {
  const devices = new Map<number, { folder: string; needs: SpaceNeed[] }>();
  for (const need of needs) {
    const folder = await existing(need.folder);
    const { dev } = await stat(folder);
    const device = devices.get(dev) ?? { folder, needs: [] };
    device.needs.push(need);
    devices.set(dev, device);
  }
  for (const { folder, needs: here } of devices.values()) {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const wanted = here.reduce((sum, { bytes }) => sum + bytes, 0);
    if (free >= wanted) continue;
    const parts = here.map(({ bytes, what, folder: of }) => `${inGigabytes(bytes)} for ${what} in ${of}`);
    throw new InputError({
      where: folder,
      problem: 'there is not enough disk space, and nothing was begun',
      found: `${inGigabytes(free)} free`,
      expected: `about ${inGigabytes(wanted)} (${parts.join(', ')})`,
      remedy:
        'Free some, or use a larger disk: TMPDIR moves temporary files, CONTAINERS_STORAGE_CONF the images.',
    });
  }
}

/** The folder, or the nearest one above it that exists. */
async function existing(folder: string): Promise<string> {
  for (let each = folder; ; each = dirname(each)) {
    try {
      await stat(each);
      return each;
    } catch (error) {
      if (!isMissing(error) || each === dirname(each)) throw error;
    }
  }
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
