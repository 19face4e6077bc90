import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Breach, breachLine, findBreaches } from '../../script/house/walls.ts';
import { temporaryFolder } from '../support/repository.ts';
import { plants } from './plants.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the architecture of this repository', () => {
  it('has no breach', async () => {
    expect((await findBreaches(root)).map(breachLine)).toEqual([]);
  });
});

describe('a planted breach', () => {
  let breaches: Breach[];
  // One copy and one check for all: each plant adds files and changes none.
  beforeAll(async () => {
    const copy = await temporaryFolder();
    for (const folder of ['src', 'test']) {
      await cp(join(root, folder), join(copy, folder), { recursive: true });
    }
    await cp(join(root, 'package.json'), join(copy, 'package.json'));
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const [path, text] of plants.flatMap(({ files }) => Object.entries(files))) {
      await mkdir(dirname(join(copy, path)), { recursive: true });
      await writeFile(join(copy, path), text);
    }
    breaches = await findBreaches(copy);
  });

  it.each(plants)('is reported: $what', ({ file, rule, found }) => {
    const reported = breaches.filter((breach) => breach.file === file && breach.rule === rule);
    expect(reported.map(breachLine)).toEqual([expect.stringContaining(found)]);
    expect(reported[0]?.remedy).toMatch(/\w+ \w+/);
    expect(reported.map(breachLine).join('')).not.toContain('\n');
  });

  it('is reported alone: no other line is printed', () => {
    const planted = new Set(plants.map(({ file, rule }) => `${file} ${rule}`));
    const others = breaches.filter(({ file, rule }) => !planted.has(`${file} ${rule}`));
    expect(others.map(breachLine)).toEqual([]);
  });
});
