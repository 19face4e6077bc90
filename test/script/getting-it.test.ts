import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExecOptions, exec } from '../../src/host/exec.ts';
import { cliFolder } from '../support/build-cli.ts';
import { temporaryFolder } from '../support/repository.ts';

let version: string;
beforeAll(async () => {
  version = JSON.parse(await readFile('package.json', 'utf8')).version;
});

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
    const source = join(place, 'source');
    await mkdir(source);
    const { files } = JSON.parse(await readFile('package.json', 'utf8'));
    for (const file of [...files, 'package.json', 'LICENSE', 'README.md']) {
      await cp(file === 'dist' ? cliFolder : file, join(source, file), { recursive: true });
    }
    const env = { HOME: place, npm_config_cache: join(place, 'cache'), npm_config_update_notifier: 'false' };
    await exec('npm', ['pack', '--silent', '--pack-destination', place], { cwd: source, env });
    const tarball = join(place, `coxswain-${version}.tgz`);
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

  it('refuses as one file to unpack without a folder of the user', async () => {
    const place = await temporaryFolder();
    const one = join(place, 'coxswain');
    await run('script/single-file', [one, cliFolder]);
    const refused = await run(one, ['--version'], { env: { HOME: '', XDG_CACHE_HOME: '' }, allow: [3] });
    expect(refused.stderr).toMatch(/set HOME or XDG_CACHE_HOME/);
  }, 60_000);
});
