import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExecOptions, exec } from '../../src/host/exec.ts';
import { findTool, packageOf } from '../../src/host/tools.ts';
import { preparedVerbs, programsOf } from '../../src/setup/needs.ts';
import { cliFolder } from '../support/build-cli.ts';
import { importEmptyMachine, makeEmptyMachine, runIn } from '../support/empty-machine.ts';
import { temporaryFolder } from '../support/repository.ts';

let version: string;
beforeAll(async () => {
  version = JSON.parse(await readFile('package.json', 'utf8')).version;
});

/** The tarball that `npm pack` makes of what the release publishes. @param place a folder of its own */
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
    const place = await temporaryFolder();
    const env = { HOME: place, npm_config_cache: join(place, 'cache'), npm_config_update_notifier: 'false' };
    const tarball = await pack(place);
    const prefix = join(place, 'prefix');
    await exec('npm', ['install', '--global', '--offline', '--silent', '--prefix', prefix, tarball], {
      cwd: place,
      env,
    });
    expect(await readdir(join(prefix, 'lib/node_modules'))).toEqual(['coxswain']);
    await firstSteps(join(prefix, 'bin/coxswain'), env);
  }, 180_000);

  it('works as one file, which unpacks once even if two runs start together', async () => {
    const place = await temporaryFolder();
    const [one, other] = [join(place, 'coxswain'), join(place, 'again')];
    await run('script/single-file', [one, cliFolder]);
    await run('script/single-file', [other, cliFolder]);
    expect((await readFile(one)).equals(await readFile(other))).toBe(true);
    const env = { HOME: place, XDG_CACHE_HOME: '' };
    await Promise.all([1, 2, 3].map(() => run(one, ['--version'], { cwd: place, env })));
    const cache = await readdir(join(place, '.cache/coxswain'));
    expect(cache).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    await firstSteps(one, env);
  }, 180_000);

  it.skipIf(findTool('mmdebstrap') === undefined || process.getuid?.() !== 0)(
    'works on a Debian that has Node.js and nothing else: from the tarball, and as one file',
    async () => {
      const place = await temporaryFolder();
      const root = join(place, 'root');
      const one = join(place, 'coxswain');
      const [tarball] = await Promise.all([
        pack(place),
        run('script/single-file', [one, cliFolder]),
        makeEmptyMachine(root),
      ]);
      await cp(tarball, join(root, 'tmp/coxswain.tgz'));
      await cp(one, join(root, 'tmp/one'));
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
    },
    180_000,
  );

  it.skipIf(findTool('mmdebstrap') === undefined || process.getuid?.() !== 0)(
    'works as the container image of the Containerfile, with the programs of PACKAGES, as root and as a user',
    async () => {
      const place = await temporaryFolder();
      const context = join(place, 'context');
      await mkdir(context);
      for (const file of ['Containerfile', '.containerignore', 'package.json', 'LICENSE', 'README.md'])
        await cp(file, join(context, file));
      await cp(cliFolder, join(context, 'dist'), { recursive: true });
      // The base is made here, and only git is installed: a registry and all packages would take minutes.
      const base = await importEmptyMachine(join(place, 'root'));
      const image = `localhost/coxswain-test-image:${randomBytes(6).toString('hex')}`;
      const build = ['--isolation=chroot', '--network=host', '--build-arg', `BASE=${base}`];
      await exec('buildah', [
        ...['build', '--quiet', '--layers', '--pull-never', ...build],
        ...['--build-arg', 'PACKAGES=git', '--tag', image, context],
      ]);
      try {
        const { stdout: config } = await exec('buildah', ['inspect', '--type', 'image', image]);
        expect(JSON.parse(config).OCIv1.config).toMatchObject({
          Entrypoint: ['coxswain'],
          WorkingDir: '/work',
        });
        const { stdout: name } = await exec('buildah', ['from', '--pull-never', image]);
        const container = name.trim();
        try {
          for (const user of ['0', '1234:1234']) {
            const steps = await exec('buildah', [
              ...['run', '--isolation=chroot', `--user=${user}`, '--env=HOME=/tmp', container],
              ...['--', 'sh', '-euc'],
              `cd "$(mktemp -d)"; git init -q -b testing; coxswain init --image ghcr.io/acme/os; git add --all; coxswain check`,
            ]);
            expect(steps.stdout).toContain('check: no finding\n');
            expect(steps.stderr).not.toContain('not a git repository');
          }
          const lacking = await exec('buildah', [
            'run',
            '--isolation=chroot',
            container,
            '--',
            'ls',
            '/usr/lib/coxswain',
          ]);
          expect(lacking.stdout.split('\n').filter(Boolean)).toEqual(['LICENSE', 'dist', 'package.json']);
        } finally {
          await exec('buildah', ['rm', container], { allow: [0, 1, 125] });
        }
      } finally {
        await exec('buildah', ['rmi', image], { allow: [0, 1, 125] });
      }
    },
    300_000,
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
    const place = await temporaryFolder();
    const one = join(place, 'coxswain');
    await run('script/single-file', [one, cliFolder]);
    const refused = await run(one, ['--version'], { env: { HOME: '', XDG_CACHE_HOME: '' }, allow: [3] });
    expect(refused.stderr).toMatch(/set HOME or XDG_CACHE_HOME/);
  }, 60_000);
});
