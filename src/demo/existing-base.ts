import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../host/errors.ts';
import { exec } from '../host/exec.ts';
import { withTemporaryFolder } from '../host/files.ts';
import type { Log } from '../host/log.ts';
import { formatRepository, type Repository } from '../world/registry/reference.ts';

const versionLabel = 'org.opencontainers.image.version';

/**
 * Makes a moving base from an existing image (such as FCOS itself): the first version is the image with its own
 * version, the second is the same image with a higher last number in its version.
 * @returns the version that `:stable` now has
 */
export async function moveExistingBase(options: {
  readonly source: string;
  readonly repository: Repository;
  readonly which: 'from' | 'to';
  readonly log: Log;
}): Promise<string> {
  const { source, repository, which, log } = options;
  return log.task(`Preparing ${source}`, () =>
    withTemporaryFolder('base', async (folder) => {
      const idFile = join(folder, 'id');
      const container = (
        await exec('buildah', ['from', '--quiet', '--tls-verify=false', source])
      ).stdout.trim();
      try {
        const inspected = await exec('buildah', [
          'inspect',
          '--format',
          `{{index .OCIv1.Config.Labels "${versionLabel}"}}`,
          container,
        ]);
        const version = inspected.stdout.trim();
        const match = /^(.*?)(\d+)$/.exec(version);
        if (match === null) {
          throw new InputError({
            field: '--base',
            problem: `${source} has no usable label ${versionLabel}`,
            found: version,
            expected: 'a version that ends in a number, such as 44.20260707.3.1',
          });
        }
        const shown = which === 'from' ? version : `${match[1]}${Number(match[2]) + 1}`;
        await exec('buildah', [
          'config',
          '--label',
          `${versionLabel}=${shown}`,
          '--label',
          'com.coreos.stream=stable',
          container,
        ]);
        await exec('buildah', ['commit', '--quiet', '--iidfile', idFile, container]);
        const id = (await readFile(idFile, 'utf8')).trim();
        for (const tag of [shown, 'stable']) {
          await exec('buildah', [
            'push',
            '--quiet',
            '--tls-verify=false',
            id,
            `docker://${formatRepository(repository)}:${tag}`,
          ]);
        }
        return shown;
      } finally {
        await exec('buildah', ['rm', container]);
      }
    }),
  );
}
