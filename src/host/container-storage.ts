import { z } from 'zod';
import { OutsideError } from './errors.ts';
import { exec } from './exec.ts';

/** Where buildah keeps images. */
export interface ContainerStorage {
  readonly folder: string;
  /** `overlay` shares layers; `vfs` copies all files of the layers below for each layer. */
  readonly driver: string;
}

const infoSchema = z.looseObject({
  store: z.looseObject({ GraphRoot: z.string(), GraphDriverName: z.string() }),
});

/**
 * Asks buildah: it knows of configuration files, the environment and what the kernel can do.
 * @param env for buildah; default: that of this process
 */
export async function readContainerStorage(env?: NodeJS.ProcessEnv): Promise<ContainerStorage> {
  const given = Object.entries(env ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const doing = 'asking buildah for its folder of images';
  const { stdout } = await exec('buildah', ['info'], { doing, env: Object.fromEntries(given) });
  const parsed = infoSchema.safeParse(JSON.parse(stdout));
  if (!parsed.success) throw new OutsideError(doing, `its answer does not name it: ${stdout.slice(0, 200)}`);
  return { folder: parsed.data.store.GraphRoot, driver: parsed.data.store.GraphDriverName };
}
