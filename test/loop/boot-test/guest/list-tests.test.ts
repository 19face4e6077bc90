import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listTests, readTestTimeout } from '../../../../src/loop/boot-test/guest/list-tests.ts';
import { temporaryFolder } from '../../../support/repository.ts';

describe('listTests', () => {
  it('takes scripts and executables directly in the folder, in the order of their names', async () => {
    const folder = await temporaryFolder();
    for (const name of ['9-z.sh', '10-a.sh', 'B', 'a.sh', 'README.md', '.hidden.sh']) {
      await writeFile(join(folder, name), '#!/bin/sh\n');
      await chmod(join(folder, name), name === 'B' ? 0o755 : 0o644);
    }
    await mkdir(join(folder, 'lib'));
    await writeFile(join(folder, 'lib/shared.sh'), '');
    await symlink('lib', join(folder, 'link.sh'));
    expect((await listTests(folder)).map(({ name }) => name)).toEqual(['10-a.sh', '9-z.sh', 'B', 'a.sh']);
  });

  it('takes symbolic links that stay among the tests, and refuses all others', async () => {
    const top = await temporaryFolder();
    await mkdir(join(top, 'lib'));
    await writeFile(join(top, 'lib/shared.sh'), '# coxswain: timeout=7\n');
    await symlink('lib/shared.sh', join(top, '10-link.sh'));
    await symlink('10-link.sh', join(top, '20-link-of-link.sh'));
    expect(await listTests(top)).toMatchObject([
      { name: '10-link.sh', timeoutSeconds: 7 },
      { name: '20-link-of-link.sh', timeoutSeconds: 7 },
    ]);
    await mkdir(join(top, 'after-upgrade'));
    await symlink('../lib/shared.sh', join(top, 'after-upgrade/10-link.sh'));
    expect(await listTests(join(top, 'after-upgrade'), 'after', top)).toHaveLength(1);
    for (const [target, message] of [
      ['/etc/hostname', 'leads out of the folder'],
      ['../../../../../../etc/hostname', 'leads out of the folder'],
      ['nowhere', 'leads to nothing'],
      ['30-bad.sh', 'leads to nothing'],
    ] as const) {
      await rm(join(top, '30-bad.sh'), { force: true });
      await symlink(target, join(top, '30-bad.sh'));
      await expect(listTests(top, 'tests')).rejects.toThrow(`tests/30-bad.sh: this symbolic link ${message}`);
    }
  });

  it('reads the time limits', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a.sh'), '#!/bin/sh\n# coxswain: timeout=5m\n');
    expect(await listTests(folder)).toMatchObject([{ name: 'a.sh', timeoutSeconds: 300 }]);
    await writeFile(join(folder, 'b.sh'), '#!/bin/sh\n\n# coxswain: retries=3\n');
    await expect(listTests(folder, 'tests')).rejects.toThrow(/tests\/b\.sh:3: unknown setting/);
  });

  it.each(['', ' \n\t\n'])(
    'refuses a test that is empty (%j), because it would always pass',
    async (text) => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, 'a.sh'), text);
      await expect(listTests(folder, 'tests')).rejects.toThrow(/tests\/a\.sh: this test is empty/);
    },
  );

  it('finds nothing in a folder that does not exist', async () => {
    expect(await listTests('/nowhere/at/all')).toEqual([]);
  });
});

describe('readTestTimeout', () => {
  it.each([
    ['#!/bin/sh\n# coxswain: timeout=300\n', 300],
    ['#!/bin/sh\n#coxswain:timeout=90\r\n', 90],
    ['#!/bin/sh\necho "# coxswain: timeout=1"\n', undefined],
    [`${'\n'.repeat(10)}# coxswain: timeout=300\n`, undefined],
    ['', undefined],
  ])('%j: %s', (text, seconds) => {
    expect(readTestTimeout(text, 'x')).toBe(seconds);
  });

  it.each(['timeout=soon', 'timeout=', 'timeout=0', 'timeout=-1', 'timout=3'])('refuses %s', (setting) => {
    expect(() => readTestTimeout(`# coxswain: ${setting}\n`, 'x.sh')).toThrow(/x\.sh:1/);
  });
});
