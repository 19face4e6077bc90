import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentation } from '../../src/host/documentation.ts';
import { ours } from '../../src/project/init/ours.ts';

async function sources(): Promise<[path: string, text: string][]> {
  const files = await readdir('src', { recursive: true });
  const paths = files.filter((file) => file.endsWith('.ts')).map((file) => join('src', file));
  return Promise.all(
    paths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')]),
  );
}

it('names only pages that exist, in our own repository', async () => {
  const pages = (await sources()).flatMap(([, text]) =>
    [...text.matchAll(/documentation\('([^']+)'\)/g)].map((match) => match[1] ?? ''),
  );
  expect(pages.length).toBeGreaterThan(5);
  expect(pages.filter((page) => !existsSync(join('docs', page)))).toEqual([]);
  expect(documentation('nodes.md')).toBe(`https://github.com/${ours.repository}/blob/main/docs/nodes.md`);
});

it('is used by every message: a user may not have the folder docs/', async () => {
  const isComment = (line: string) => /^\s*(\/\/|\*|\/\*)/.test(line);
  const named = (await sources())
    .filter(([path]) => path !== 'src/host/documentation.ts')
    .flatMap(([path, text]) =>
      text
        .split('\n')
        .filter((line) => !isComment(line) && /(?<!main\/)docs\/[\w-]+\.md/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
  expect(named).toEqual([]);
});
