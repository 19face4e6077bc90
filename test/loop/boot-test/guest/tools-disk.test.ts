import { lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applets, type GuestSettings } from '../../../../src/loop/boot-test/guest/guest-scripts.ts';
import { listTests } from '../../../../src/loop/boot-test/guest/list-tests.ts';
import { createGuestReader } from '../../../../src/loop/boot-test/guest/protocol.ts';
import { makeToolsDisk, writeTools } from '../../../../src/loop/boot-test/guest/tools-disk.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const settings: GuestSettings = {
  systemd: undefined,
  rootType: 'erofs',
  fallbackTerminal: 'ttyS1',
  systemSeconds: 300,
  environment: {},
  tests: [],
};

async function testsIn(count: number): Promise<string> {
  const folder = await temporaryFolder();
  for (let index = 0; index < count; index += 1)
    await writeFile(join(folder, `${String(index).padStart(5, '0')}.sh`), `exit ${index % 2}\n`, {
      mode: 0o600,
    });
  return folder;
}

describe('the disk with the tools', () => {
  it('has the tests executable, the files beside them, and a copy of each linked test', async () => {
    const testsFolder = await testsIn(1);
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

  it('takes 10,000 tests, and so does the reader of their results', async () => {
    const count = 10_000;
    const testsFolder = await testsIn(count);
    const tests = await listTests(testsFolder);
    const named = tests.map(({ name }) => ({ name, timeoutSeconds: 1 }));
    const folder = await temporaryFolder();
    const disk = await makeToolsDisk(
      { busybox: '/bin/true', tests, testsFolder, settings: { ...settings, tests: named } },
      folder,
    );
    expect((await stat(disk)).size).toBeGreaterThan(count * 32);
    const { record, read } = createGuestReader({ nonce: 'n', tests: count });
    const story = [
      ...['begin 1 6.1', 'system 1 none'],
      ...tests.flatMap((_, index) => [`start 2 ${index}`, `end 2 ${index} exited 0`]),
      ...['after 3 none', `done 4 ${count}`],
    ];
    for (const line of story) read('port', `n ${line}`);
    expect(record).toMatchObject({ done: true, violation: undefined });
    expect(record.tests.size).toBe(count);
  }, 120_000);
});
