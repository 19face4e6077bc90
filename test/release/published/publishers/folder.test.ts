import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutsideError } from '../../../../src/host/errors.ts';
import { withTemporaryFolder } from '../../../../src/host/files.ts';
import { writeSite } from '../../../../src/release/published/publishers/folder.ts';
import { renderSite } from '../../../../src/release/published/site.ts';
import { start } from '../../../guidance/histories.ts';
import { siteInput } from '../fleets.ts';

describe('writeSite', () => {
  it('writes everything once, then only what is new', async () => {
    await withTemporaryFolder('site', async (folder) => {
      const files = renderSite(siteInput());
      expect(await writeSite(folder, files)).toEqual({ written: [...files.keys()], unchanged: [] });
      for (const [path, content] of files) expect(await readFile(join(folder, path), 'utf8')).toBe(content);
      const graph = join(folder, 'testing/x86_64/v1/graph');
      const before = (await stat(graph)).ino;
      expect(await writeSite(folder, files)).toEqual({ written: [], unchanged: [...files.keys()] });
      expect((await stat(graph)).ino).toBe(before);

      const later = await writeSite(folder, renderSite(siteInput({ now: start + 30_000 })));
      expect(later.written).toEqual([
        'testing/x86_64/broad/v1/graph',
        'testing/aarch64/broad/v1/graph',
        'index.html',
      ]);
    });
  });

  it('leaves files alone that it does not know, and no temporary files behind', async () => {
    await withTemporaryFolder('site', async (folder) => {
      await writeFile(join(folder, 'CNAME'), 'updates.example.org');
      await writeSite(folder, new Map([['a', '1']]));
      expect((await readdir(folder)).sort()).toEqual(['CNAME', 'a']);
    });
  });

  it('never writes outside its folder', async () => {
    await withTemporaryFolder('site', async (folder) => {
      for (const path of ['../escape', '/etc/escape', 'a/../../escape', 'a//b']) {
        await expect(writeSite(join(folder, 'inner'), new Map([[path, 'x']]))).rejects.toThrow(
          'outside its folder',
        );
      }
      expect(await readdir(folder)).toEqual([]);
    });
  });

  it('says what it could not write, and writes nothing after it', async () => {
    await withTemporaryFolder('site', async (folder) => {
      await mkdir(join(folder, 'graph'));
      const writing = writeSite(
        folder,
        new Map([
          ['first', '1'],
          ['graph', '2'],
          ['last', '3'],
        ]),
      );
      await expect(writing).rejects.toThrow(OutsideError);
      await expect(writing).rejects.toThrow(`writing ${join(folder, 'graph')} failed`);
      expect((await readdir(folder)).sort()).toEqual(['first', 'graph']);
    });
  });
});
