import { randomBytes } from 'node:crypto';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExecOptions, exec } from '../../src/host/exec.ts';
import { findTool, packageOf } from '../../src/host/tools.ts';
import { preparedVerbs, programsOf } from '../../src/setup/needs.ts';
import { cliFolder } from '../support/build-cli.ts';
import { hasRootless, importEmptyMachine, runIn, runRootless } from '../support/empty-machine.ts';
import { temporaryFolder } from '../support/repository.ts';

let version: string;
/** What each way of getting it needs is made once. */
let place: string;
let tarball: string;
let single: string;
beforeAll(async () => {
  version = JSON.parse(await readFile('package.json', 'utf8')).version;
  // Folders of temporaryFolder() end with the test.
  place = await mkdtemp(join(tmpdir(), 'coxswain-getting-it-'));
  single = join(place, 'coxswain');
  [tarball] = await Promise.all([pack(place), run('script/single-file', [single, cliFolder])]);
}, 120_000);
afterAll(() => rm(place, { recursive: true, force: true }));

/** The tarball that `npm pack` makes of what the release publishes. */
async function pack(place: string): Promise<string> {
  const source = join(place, 'source');
  await mkdir(source);
  const { files } = JSON.parse(await readFile('package.json', 'utf8'));
  for (const file of [...files, 'package.json', 'LICENSE', 'README.md']) {
    await cp(file === 'dist' ? cliFolder : file, join(source, file), { recursive: true });
  }
  const env = { HOME: place, npm_config_cache: join(place, 'cache'), npm_config_update_notifier: 'false' };
  await exec('npm', ['pack', '--silent', '--pack-destination', place], { cwd: source, env });
  return join(place, `coxswain-${version}.tgz`);
}

/** Runs a program by its path. */
const run = (program: string, args: readonly string[], options: ExecOptions = {}) =>
  exec('env', [program, ...args], options);

/** What a newcomer does first, in an empty folder, without any file of this repository. */
async function firstSteps(program: string, env: Record<string, string>): Promise<void> {
  const cwd = await temporaryFolder();
  expect((await run(program, ['--version'], { cwd, env })).stdout).toMatch(
    new RegExp(`^coxswain ${version.replaceAll('.', '\\.')}, Node\\.js`),
  );
  await run(program, ['init', '--image', 'ghcr.io/acme/os'], { cwd, env });
  expect(await readdir(cwd)).toEqual(expect.arrayContaining(['Containerfile', 'coxswain.yaml', 'tests']));
  const unknown = await run(program, ['statsu'], { cwd, env, allow: [2] });
  expect(unknown.stderr).toContain('Did you mean status?');
}

describe('getting coxswain', () => {
  it('works from the tarball that npm packs, offline and without any other package', async () => {
    const env = { HOME: place, npm_config_cache: join(place, 'cache'), npm_config_update_notifier: 'false' };
    const prefix = join(place, 'prefix');
    await exec('npm', ['install', '--global', '--offline', '--silent', '--prefix', prefix, tarball], {
      cwd: place,
      env,
    });
    expect(await readdir(join(prefix, 'lib/node_modules'))).toEqual(['coxswain']);
    await firstSteps(join(prefix, 'bin/coxswain'), env);
  }, 180_000);

  it('works as one file, which unpacks once even if two runs start together', async () => {
    const home = await temporaryFolder();
    const other = join(home, 'again');
    await run('script/single-file', [other, cliFolder]);
    expect((await readFile(single)).equals(await readFile(other))).toBe(true);
    const env = { HOME: home, XDG_CACHE_HOME: '' };
    await Promise.all([1, 2, 3].map(() => run(single, ['--version'], { cwd: home, env })));
    const cache = await readdir(join(home, '.cache/coxswain'));
    expect(cache).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    await firstSteps(single, env);
  }, 180_000);

  describe.skipIf(findTool('mmdebstrap') === undefined || process.getuid?.() !== 0)(
    'on an empty Debian',
    () => {
      let base: string;
      const containers: string[] = [];
      const images: string[] = [];
      const buildah = async (...args: readonly string[]) => (await exec('buildah', args)).stdout.trim();
      const start = async (image: string) => {
        const container = await buildah('from', '--pull-never', image);
        containers.push(container);
        return container;
      };
      beforeAll(async () => {
        base = await importEmptyMachine();
      }, 180_000);
      afterAll(async () => {
        for (const container of containers) await exec('buildah', ['rm', container], { allow: [0, 1, 125] });
        for (const image of images) await exec('buildah', ['rmi', image], { allow: [0, 1, 125] });
      }, 60_000);

      it('that has Node.js and nothing else works from the tarball, and as one file', async () => {
        const root = await buildah('mount', await start(base));
        await cp(tarball, join(root, 'tmp/coxswain.tgz'));
        await cp(single, join(root, 'tmp/one'));
        const { stdout } = await runIn(
          root,
          'npm install --global --offline --silent --prefix /usr/local /tmp/coxswain.tgz; command -v coxswain',
        );
        expect(stdout).toBe('/usr/local/bin/coxswain\n');
        for (const program of ['coxswain', '/tmp/one']) {
          const steps = await runIn(
            root,
            `if command -v git; then exit 9; fi
          mkdir -p /root/os; cd /root/os; ${program} init --image ghcr.io/acme/os; ${program} check; rm -r /root/os`,
          );
          expect(steps.stdout).toMatch(/^written:\n {2}coxswain\.yaml .*\n {2}Containerfile /m);
          expect(steps.stdout).toContain('check: no finding\n');
          expect(steps.stderr).toContain('not a git repository yet');
        }
      }, 180_000);

      it('the container image of the Containerfile works with the programs of PACKAGES, as root, as a user and rootless', async () => {
        const context = join(place, 'context');
        await mkdir(context);
        for (const file of ['Containerfile', '.containerignore', 'package.json', 'LICENSE', 'README.md'])
          await cp(file, join(context, file));
        await cp(cliFolder, join(context, 'dist'), { recursive: true });
        // Only git is installed: a registry and all packages would take minutes.
        const image = `localhost/coxswain-test-image:${randomBytes(6).toString('hex')}`;
        images.push(image);
        const build = ['--isolation=chroot', '--network=host', '--build-arg', `BASE=${base}`];
        await buildah(
          ...['build', '--quiet', '--layers', '--pull-never', ...build],
          ...['--build-arg', 'PACKAGES=git', '--tag', image, context],
        );
        expect(JSON.parse(await buildah('inspect', '--type', 'image', image)).OCIv1.config).toMatchObject({
          Entrypoint: ['coxswain'],
          WorkingDir: '/work',
        });
        const container = await start(image);
        for (const user of ['0', '1234:1234']) {
          const steps = await exec('buildah', [
            ...['run', '--isolation=chroot', `--user=${user}`, '--env=HOME=/tmp', container],
            ...['--', 'sh', '-euc'],
            `cd "$(mktemp -d)"; git init -q -b testing; coxswain init --image ghcr.io/acme/os; git add --all; coxswain check`,
          ]);
          expect(steps.stdout).toContain('check: no finding\n');
          expect(steps.stderr).not.toContain('not a git repository');
        }
        const root = await buildah('mount', container);
        if (hasRootless) {
          const outside = await temporaryFolder();
          await chmod(outside, 0o755);
          for (const name of ['root', 'work']) await mkdir(join(outside, name));
          await chown(join(outside, 'work'), 1234, 1234);
          const { stdout } = await runRootless(
            root,
            outside,
            'git init -q -b testing; coxswain init --image ghcr.io/acme/os; git add --all; coxswain check',
          );
          expect(stdout).toContain('check: no finding\n');
          // As docs/getting-it.md says: files that it writes belong to the user.
          expect((await stat(join(outside, 'work/coxswain.yaml'))).uid).toBe(1234);
        }
        expect((await readdir(join(root, 'usr/lib/coxswain'))).sort()).toEqual([
          'LICENSE',
          'dist',
          'package.json',
        ]);
      }, 300_000);
    },
  );

  it('the container image has every package that set-up-host would install for root and for a user', async () => {
    const text = await readFile('Containerfile', 'utf8');
    const [, listed = ''] = /^ARG PACKAGES="(.*)"$/m.exec(text) ?? [];
    const needed = (['x86_64', 'aarch64'] as const).flatMap((architecture) =>
      [true, false].flatMap((user) =>
        preparedVerbs.flatMap((verb) => programsOf(verb, { architecture, user }).map(packageOf)),
      ),
    );
    expect(listed.split(' ')).toEqual([...new Set([...needed, 'ca-certificates'])].sort());
  });

  it('refuses as one file to unpack without a folder of the user', async () => {
    const refused = await run(single, ['--version'], { env: { HOME: '', XDG_CACHE_HOME: '' }, allow: [3] });
    expect(refused.stderr).toMatch(/set HOME or XDG_CACHE_HOME/);
  }, 60_000);
});
