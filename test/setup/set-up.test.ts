import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { programsOf } from '../../src/setup/needs.ts';
import { setUp } from '../../src/setup/set-up.ts';
import { cliFolder } from '../support/build-cli.ts';
import { temporaryFolder } from '../support/repository.ts';

// As root, as in the containers that CI and these tests run in; apt-get is a recorder in PATH.

const path = process.env.PATH;
let folder: string;
let record: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  record = join(folder, 'record');
  await writeFile(record, '');
});
afterEach(() => {
  process.env.PATH = path;
});

async function program(name: string, script: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true });
  const file = join(folder, 'bin', name);
  await writeFile(file, `#!/bin/sh\necho "${name} $*" >>${record}\n${script}\n`);
  await chmod(file, 0o755);
}

describe.skipIf(process.getuid?.() !== 0)('setUp', () => {
  it('does nothing if nothing is missing', async () => {
    await program('apt-get', '');
    process.env.PATH = `${folder}/bin:${path}`;
    const { installed } = await setUp({ verbs: ['build-image'], architecture: 'x86_64', log: silentLog });
    expect(installed).toEqual([]);
    expect(await readFile(record, 'utf8')).toBe('');
  });

  it('installs by dnf, under the names of Fedora, if there is no apt-get', async () => {
    await program('dnf', 'exit 0');
    await program('setfacl', 'exit 0');
    await program('chmod', 'exit 0');
    process.env.PATH = join(folder, 'bin');
    // The system folders are searched too, so some of these programs may be found there.
    const { installed } = await setUp({ verbs: ['boot-test'], architecture: 'x86_64', log: silentLog });
    expect(installed).toEqual(expect.arrayContaining(['buildah', 'git', 'qemu-system-x86-core', 'xz']));
    expect(installed).not.toContain('xz-utils');
    expect(await readFile(record, 'utf8')).toContain(
      `dnf --assumeyes --setopt=install_weak_deps=False install ${installed.join(' ')}\n`,
    );
  });

  it('installs the packages of what is missing, with new package lists if the old ones fail', async () => {
    await program('apt-cache', 'exit 0');
    // The first install fails, as with lists that name packages that the mirror no longer has.
    await program(
      'apt-get',
      `case "$*" in *install*) [ "$(grep -c install ${record})" -gt 1 ] || exit 100 ;; esac`,
    );
    for (const name of ['sh', 'grep']) await symlink(findTool(name) as string, join(folder, 'bin', name));
    process.env.PATH = join(folder, 'bin');
    const { installed } = await setUp({ verbs: ['build-image'], architecture: 'x86_64', log: silentLog });
    expect(installed).toEqual(['buildah', 'git', 'slirp4netns']);
    const calls = (await readFile(record, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.replace(/ -q .*=3/, ''));
    expect(calls).toEqual([
      'apt-cache show buildah git slirp4netns',
      'apt-get install --yes --no-install-recommends buildah git slirp4netns',
      'apt-get update',
      'apt-get install --yes --no-install-recommends buildah git slirp4netns',
    ]);
  });

  it('uses sudo without a password if the user is not root', async () => {
    await program('sudo', 'shift; exec "$@"');
    await program('apt-cache', 'exit 0');
    await program('apt-get', 'test "$DEBIAN_FRONTEND" = noninteractive');
    for (const name of ['sh', 'grep', 'env', 'true'])
      await symlink(findTool(name) as string, join(folder, 'bin', name));
    await chmod(folder, 0o777);
    await chmod(record, 0o666);
    const main = join(folder, 'program');
    await cp(cliFolder, main, { recursive: true });
    const { stdout } = await exec(
      'setpriv',
      [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        process.execPath,
        join(main, 'main.mjs'),
        'set-up-host',
        '--for',
        'build-image',
      ],
      {
        env: { PATH: join(folder, 'bin') },
      },
    );
    expect(stdout).toMatch(/installed: buildah fuse-overlayfs git slirp4netns uidmap/);
    const calls = (await readFile(record, 'utf8')).split('\n').filter((line) => line.startsWith('sudo'));
    expect(calls).toEqual([
      'sudo -n true',
      'sudo -n true',
      expect.stringMatching(
        /^sudo -n env DEBIAN_FRONTEND=noninteractive .*apt-get .*install --yes .* buildah fuse-overlayfs git slirp4netns uidmap$/,
      ),
    ]);
  });

  it('says what is missing if it cannot be installed', async () => {
    process.env.PATH = folder;
    const set = setUp({ verbs: ['build-image'], architecture: 'x86_64', log: silentLog });
    await expect(set).rejects.toThrow(/cannot be installed here: the Debian packages buildah git/);
  });
});

describe('what verbs need', () => {
  it('is the emulator of the image, and more for an unprivileged user', () => {
    expect(programsOf('boot-test', { architecture: 'aarch64', user: false })).toContain(
      'qemu-system-aarch64',
    );
    expect(programsOf('boot-test', { architecture: 'aarch64', user: false })).not.toContain('newuidmap');
    expect(programsOf('build-image', { architecture: 'x86_64', user: true })).toContain('newuidmap');
    expect(programsOf('build-image', { architecture: 'x86_64', user: true })).not.toContain(
      'qemu-system-x86_64',
    );
  });
});
