import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { temporaryFolder } from '../support/repository.ts';
import { pagesForUsers } from './pages.ts';

// VitePress ends with an error if a link between pages is broken.
it('the site of the documents is built from the same files, with a search over all of them', async () => {
  const folder = await temporaryFolder();
  await exec('env', ['script/site', folder]);
  const built = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.html'));
  const wanted = pagesForUsers()
    .filter((page) => page.startsWith('docs/'))
    .map((page) =>
      page
        .replace(/^docs\//, '')
        .replace(/README\.md$/, 'index.md')
        .replace(/\.md$/, '.html'),
    );
  expect(built).toEqual(expect.arrayContaining(wanted));
  const start = await readFile(join(folder, 'index.html'), 'utf8');
  expect(start).toContain('At 3 a.m.');
  expect(start).toContain('https://github.com/coxswain-os/coxswain/blob/main/CONTRIBUTING.md');
  const assets = await readdir(join(folder, 'assets'), { recursive: true });
  const index = assets.find((path) => /localSearchIndex/.test(path));
  expect(await readFile(join(folder, 'assets', index ?? ''), 'utf8')).toContain('wariness');
}, 300_000);
