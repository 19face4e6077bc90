import { lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applets, type GuestSettings } from '../../../../src/loop/boot-test/guest/guest-scripts.ts';
import { listTests } from '../../../../src/loop/boot-test/guest/list-tests.ts';
import { writeTools } from '../../../../src/loop/boot-test/guest/tools-disk.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const settings: GuestSettings = {
  systemd: undefined,
  rootType: 'erofs',
  fallbackTerminal: 'ttyS1',
  systemSeconds: 300,
  environment: {},
  tests: [],
};

describe('the disk with the tools', () => {
  it('has the tests executable, the files beside them, and a copy of each linked test', async () => {
    const testsFolder = await temporaryFolder();
    await writeFile(join(testsFolder, '00000.sh'), 'exit 0\n', { mode: 0o600 });
    await mkdir(join(testsFolder, 'lib'));
    await writeFile(join(testsFolder, 'lib/shared'), 'shared');
    await symlink('lib/shared', join(testsFolder, 'data'));
    await symlink('lib/shared', join(testsFolder, '10-linked.sh'));
    const tests = await listTests(testsFolder);
    expect(tests.map(({ name }) => name)).toEqual(['00000.sh', '10-linked.sh']);
    const top = join(await temporaryFolder(), 'tools');
    await writeTools({ busybox: '/bin/sh', tests, testsFolder, settings }, top);
    expect((await stat(join(top, 'tests/00000.sh'))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(top, 'tests/10-linked.sh'), 'utf8')).toBe('shared');
    expect((await lstat(join(top, 'tests/10-linked.sh'))).isSymbolicLink()).toBe(false);
    expect(await readlink(join(top, 'tests/data'))).toBe('lib/shared');
    expect((await readdir(join(top, 'bin'))).sort()).toEqual([...applets].sort());
    // The link's target has not changed: nothing is written through a link.
    expect(await readFile(join(testsFolder, 'lib/shared'), 'utf8')).toBe('shared');
  });
});
