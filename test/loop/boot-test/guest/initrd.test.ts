import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exec } from '../../../../src/host/exec.ts';
import { makeInitrd } from '../../../../src/loop/boot-test/guest/initrd.ts';
import { temporaryFolder } from '../../../support/repository.ts';

describe('makeInitrd', () => {
  it('has the modules decompressed and in order, the tests executable, and what lies beside them', async () => {
    const modules = await temporaryFolder();
    await mkdir(join(modules, 'kernel'));
    const compressors = { xz: ['xz', '-z'], zst: ['zstd', '--rm', '-q'], gz: ['gzip'], plain: undefined };
    for (const [name, compressor] of Object.entries(compressors)) {
      const file = join(modules, `kernel/m-${name}.ko`);
      await writeFile(file, `module ${name}`);
      if (compressor !== undefined) await exec(compressor[0] as string, [...compressor.slice(1), file]);
    }
    const testsFolder = await temporaryFolder();
    await mkdir(join(testsFolder, 'lib'));
    await writeFile(join(testsFolder, '10-a.sh'), 'the test');
    await chmod(join(testsFolder, '10-a.sh'), 0o644);
    await writeFile(join(testsFolder, 'lib/shared'), 'shared');
    const initrd = await makeInitrd({
      busybox: '/bin/sh',
      modules,
      moduleFiles: ['kernel/m-xz.ko.xz', 'kernel/m-zst.ko.zst', 'kernel/m-gz.ko.gz', 'kernel/m-plain.ko'],
      tests: [{ name: '10-a.sh', path: join(testsFolder, '10-a.sh') }],
      testsFolder,
      settings: {
        systemd: '/usr/lib/systemd/systemd',
        fallbackTerminal: 'ttyS1',
        systemSeconds: 300,
        environment: {},
        tests: [{ name: '10-a.sh', timeoutSeconds: 120 }],
      },
    });
    const place = await temporaryFolder();
    await writeFile(join(place, 'initrd'), initrd);
    await exec('cpio', ['--extract', '--quiet', '--file', 'initrd'], { cwd: place });
    const text = (path: string) => readFile(join(place, path), 'utf8');
    expect(await text('modules/order')).toBe('m-xz.ko\nm-zst.ko\nm-gz.ko\nm-plain.ko\n');
    for (const name of Object.keys(compressors))
      expect(await text(`modules/m-${name}.ko`)).toBe(`module ${name}`);
    expect(await text('coxswain/tests/lib/shared')).toBe('shared');
    expect((await exec('ls', ['-l', join(place, 'coxswain/tests/10-a.sh')])).stdout).toMatch(/^-rwxr-xr-x/);
    expect(await text('coxswain/coxswain.service')).toContain('ExecStart=/run/coxswain/busybox sh');
  });

  it('leaves an unknown compression to nobody', async () => {
    const settings = {
      systemd: undefined,
      fallbackTerminal: 'ttyS1',
      systemSeconds: 1,
      environment: {},
      tests: [],
    };
    const options = { busybox: '/bin/sh', modules: '/nowhere', tests: [], settings };
    await expect(makeInitrd({ ...options, moduleFiles: ['kernel/a.ko.br'] })).rejects.toThrow(
      /unknown compression/,
    );
  });
});
