import { mkdir, open, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { insideRoot } from '../../src/host/inside-root.ts';
import { requireKernel } from '../../src/loop/boot-test/guest/kernel.ts';
import { checkKernel } from '../../src/loop/boot-test/image-check.ts';
import type { BootReport } from '../../src/loop/boot-test/report/boot-report.ts';
import { type Entry, useMachines } from '../support/machines.ts';
import { temporaryFolder } from '../support/repository.ts';

// Unusual images: those that no node could boot, those that only look like that, and those whose links lead out of the
// image.

const { place, unpackRoot, variant, boot, note, refused } = useMachines();

let root: string;
let modules: string;

beforeAll(async () => {
  root = await unpackRoot('tiny');
  modules = (await requireKernel(insideRoot(root), 'root')).modules;
});

const canary = 'CANARY-OF-THE-HOST-b41e';

/** A folder of this machine with a marker text in its names and files. */
async function hostFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, canary), canary);
  return folder;
}

/** Everything that a machine left. */
async function leftBy(report: BootReport): Promise<string> {
  const logs = await Promise.all(
    [report.consoleLog, report.resultsLog].map((path) => readFile(path, 'utf8')),
  );
  return [JSON.stringify(report), ...logs].join('\n');
}

describe('an image', () => {
  let images = 0;
  const image = (files: Readonly<Record<string, Entry>>) => variant(root, `image-${images++}`, files);

  it.each(['var', 'etc'])(
    'whose /%s leads to the host has no such folder, and shows none of it',
    async (name) => {
      const other = await image({ [name]: { to: await hostFolder() } });
      const report = await boot(other, { '10-a.sh': `ls -lR /${name}` });
      expect(report.verdict, report.explanation).toBe('unbootable');
      expect(report.explanation).toContain(`the image has no folder /${name}`);
      expect(await leftBy(report)).not.toContain(canary);
    },
    240_000,
  );

  it('with links to the host in every place that a test can look sees its own files there', async () => {
    const folder = await hostFolder();
    const file = join(folder, canary);
    const names = [
      'usr/lib/os-release',
      'usr/lib/systemd',
      'usr/bin/bootc',
      'usr/lib/extra',
      'opt',
      'home',
      'boot',
      'mnt',
    ];
    const other = await image({
      ...Object.fromEntries(names.map((name) => [name, { to: file }])),
      [`${modules}/modules.alias`]: { to: file },
      [`${modules}/modules.softdep`]: { to: `../../../../../../../../../../..${file}` },
      [`${modules}/initramfs.img`]: { to: file },
    });
    const report = await boot(other, {
      '10-looks.sh': `for name in ${names.join(' ')}; do cat /$name /$name/* 2>/dev/null; done; exit 0`,
    });
    expect(report.verdict, report.explanation).toBe('passed');
    // The names of links are the image's own.
    expect((await leftBy(report)).replaceAll(file, '')).not.toContain(canary);
  }, 240_000);

  it('whose driver is a link to the host is refused', async () => {
    const folder = await hostFolder();
    const driver = (await exec('find', [join(root, modules), '-name', 'erofs.ko*', '-printf', '%P'])).stdout;
    const other = await image({ [`${modules}/${driver}`]: { to: join(folder, canary) } });
    await refused(boot(other, { '10-a.sh': '' }), /a kernel module that the image does not have/);
  });

  it('whose modules.dep leads out of the image is refused', async () => {
    const folder = await hostFolder();
    const index = await readFile(join(root, modules, 'modules.dep'), 'utf8');
    const out = `../../../../../../../../../..${folder}/`;
    const other = await image({ [`${modules}/modules.dep`]: index.replaceAll('kernel/', out) });
    await refused(boot(other, { '10-a.sh': '' }), /a kernel module that the image does not have/);
  });

  it('whose kernel is a folder is refused', async () => {
    const other = await image({ [`${modules}/vmlinuz`]: '' });
    await rm(join(other, modules, 'vmlinuz'));
    await mkdir(join(other, modules, 'vmlinuz'));
    await refused(boot(other, { '10-a.sh': '' }), /not a file that a kernel can be in, found "folder"/);
  });

  it('whose kernel is a link to itself is refused', async () => {
    const other = await image({ [`${modules}/vmlinuz`]: { to: 'vmlinuz' } });
    await refused(boot(other, { '10-a.sh': '' }), /the image has no kernel/);
  });

  it.each([
    ['text', 'not a kernel\n'],
    ['nothing', ''],
    ['a program', '\x7fELF'.padEnd(2000, '\0')],
  ])('whose kernel is %s is not bootable', async (_what, text) => {
    const other = await image({ [`${modules}/vmlinuz`]: text });
    const report = await boot(other, { '10-a.sh': '' });
    expect(report).toMatchObject({
      verdict: 'unbootable',
      explanation: expect.stringContaining('is not a kernel'),
    });
  });

  it.each([
    ['garbage', 'garbage', 'it cannot be read'],
    ['empty', '', 'it is empty'],
    ['an archive that was cut off', undefined, 'it cannot be read'],
  ])('whose initramfs is %s is not bootable', async (_what, text, problem) => {
    const own = await readFile(join(root, modules, 'initramfs.img'), 'latin1');
    const other = await image({ [`${modules}/initramfs.img`]: '' });
    await writeFile(join(other, modules, 'initramfs.img'), text ?? own.slice(0, own.length / 2), 'latin1');
    const check = await checkKernel(insideRoot(other), 'x');
    note(expect.getState().currentTestName ?? '', check.result === 'failed' ? 'unbootable' : 'passed', 0);
    expect(check).toMatchObject({ result: 'failed', output: expect.stringContaining(problem) });
  });

  it.each([
    ['a link to itself', { to: 'systemd' }],
    ['a link to nothing', { to: '/nowhere' }],
    ['a link to a program of this machine', { to: '/usr/bin/qemu-system-x86_64' }],
  ])('whose systemd is %s has none', async (_what, systemd) => {
    const other = await image({ 'usr/lib/systemd/systemd': systemd });
    const report = await boot(other, { '10-a.sh': '' }, { init: 'systemd' });
    expect(report).toMatchObject({
      verdict: 'unbootable',
      explanation: expect.stringContaining('no systemd'),
    });
  });

  it.each([
    ['text', 'not a program\n'],
    ['a link to busybox', { to: '../../bin/busybox' }],
  ])(
    'whose systemd is %s never comes up',
    async (_what, systemd) => {
      const other = await image({ 'usr/lib/systemd/systemd': systemd });
      const report = await boot(other, { '10-a.sh': '' }, { init: 'systemd' });
      expect(report.verdict, report.explanation).toBe('kernel-panic');
    },
    240_000,
  );

  it('whose /usr is a farm of links, with circles, odd names and devices, boots and has them all', async () => {
    const other = await image({});
    await mkdir(join(other, 'store'));
    await mkdir(join(other, 'usr/odd'));
    for (const name of await readdir(join(other, 'usr'))) {
      await rename(join(other, 'usr', name), join(other, 'store', name));
      await symlink(`../store/${name}`, join(other, 'usr', name));
    }
    const odd = join(other, 'store/odd');
    await symlink('self', join(odd, 'self'));
    await symlink('two', join(odd, 'one'));
    await symlink('/usr/odd/one', join(odd, 'two'));
    await symlink('..', join(odd, 'above'));
    await writeFile(
      Buffer.concat([Buffer.from(`${odd}/`), Buffer.from([0xff, 0x0a, 0x22, 0x24])]),
      'odd name',
    );
    await exec('mknod', [join(odd, 'null'), 'c', '1', '3']);
    await exec('mkfifo', [join(odd, 'pipe')]);
    const report = await boot(other, {
      '10-odd.sh': `cd /usr/odd && [ -c null ] && [ -p pipe ] && [ -L self ] && [ -L one ] && cat "$(printf '\\377\\n"$')"`,
    });
    expect(report.verdict, report.explanation).toBe('passed');
    expect(report.tests[0]?.output).toBe('odd name');
    // Node.js cannot remove a name that is not UTF-8.
    await exec('rm', ['-rf', other]);
  }, 240_000);

  it('with more than 4 GB in one file, and something at its end, has all of it', async () => {
    const other = await image({ 'usr/large': '' });
    const path = join(other, 'usr/large');
    await truncate(path, 4 * 1024 ** 3 + 100 * 1024 ** 2);
    const handle = await open(path, 'r+');
    await handle.write('the end', 4 * 1024 ** 3 + 5);
    await handle.close();
    const report = await boot(other, {
      '10-end.sh': 'dd if=/usr/large bs=1M skip=4096 count=1 2>/dev/null | head -c 12 | tail -c 7',
    });
    expect(report.verdict, report.explanation).toBe('passed');
    expect(report.tests[0]?.output).toBe('the end');
    // Holes stay holes on the disk of the machine, and none of it is left.
    expect((await exec('du', ['-sm', place()])).stdout).toMatch(/^\d{1,3}\t/);
  }, 240_000);
});
