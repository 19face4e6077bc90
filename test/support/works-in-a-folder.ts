import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withTemporaryFolder } from '../../src/host/files.ts';

// A program for a test that kills it: it works in a temporary folder below its argument, and prints which one.

await withTemporaryFolder(
  'root',
  async (folder) => {
    await writeFile(join(folder, 'layer'), 'x');
    process.stdout.write(folder);
    await sleep(60_000);
  },
  process.argv[2],
);
