import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exec } from '../../../src/host/exec.ts';
import { readPackageData } from '../../../src/world/tools/debian-package.ts';
import { temporaryFolder } from '../../support/repository.ts';

async function makePackage(compression: string): Promise<Buffer> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'root/DEBIAN'), { recursive: true });
  const control =
    'Package: small\nVersion: 1\nArchitecture: all\nMaintainer: Test <t@example.com>\nDescription: test\n';
  await writeFile(join(folder, 'root/DEBIAN/control'), control);
  await writeFile(join(folder, 'root/greeting'), 'hello\n');
  await exec('dpkg-deb', ['--build', `-Z${compression}`, join(folder, 'root'), join(folder, 'small.deb')]);
  return readFile(join(folder, 'small.deb'));
}

describe('readPackageData', () => {
  it.each([
    ['xz', 'data.tar.xz'],
    ['gzip', 'data.tar.gz'],
    ['none', 'data.tar'],
  ])('finds the files of a package that dpkg-deb made with %s', async (compression, name) => {
    const data = readPackageData(await makePackage(compression));
    expect(data.name).toBe(name);
    const file = join(await temporaryFolder(), name);
    await writeFile(file, data.content);
    expect((await exec('tar', ['xOf', file, './greeting'])).stdout).toBe('hello\n');
  });

  it('refuses a package that is cut off, at each length', async () => {
    const bytes = await makePackage('xz');
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => readPackageData(bytes.subarray(0, length)), `${length} bytes`).toThrow(
        /this is not a Debian package/,
      );
    }
  });

  it('answers or refuses whatever bytes it gets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const archive = Buffer.concat([Buffer.from('!<arch>\n'), Buffer.from(bytes)]);
        expect(() => readPackageData(archive)).toThrow(/this is not a Debian package/);
      }),
    );
  });
});
