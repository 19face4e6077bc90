import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exec } from '../../host/exec.ts';
import { withTemporaryFolder } from '../../host/files.ts';
import type { FilePreview } from './state.ts';

/** What would change, as `git diff` shows it. */
export async function showDifference(files: readonly FilePreview[]): Promise<string> {
  if (files.length === 0) return '';
  return withTemporaryFolder('difference', async (folder) => {
    const shown: string[] = [];
    for (const { path, before, after } of files) {
      for (const [side, text] of [
        ['a', before],
        ['b', after],
      ] as const) {
        if (text === undefined) continue;
        const file = join(folder, side, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      const side = (name: string, text: string | undefined) =>
        text === undefined ? '/dev/null' : `${name}/${path}`;
      const { stdout } = await exec(
        'git',
        [
          'diff',
          '--no-index',
          '--no-color',
          '--no-ext-diff',
          '--no-prefix',
          side('a', before),
          side('b', after),
        ],
        { cwd: folder, allow: [0, 1] },
      );
      // The header has names of objects that are in no repository, so it is removed; the names of the files follow.
      shown.push(stdout.replaceAll(/^(?:index|diff --git) .*\n/gm, ''));
    }
    return shown.join('');
  });
}
