import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { Context } from '../../src/cli/verb.ts';
import { renderTemplate } from '../../src/guidance/template/template.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { listTests } from '../../src/loop/boot-test/guest/list-tests.ts';
import { readConfig } from '../../src/project/configuration/config.ts';
import { findBase } from '../../src/project/containerfile/base.ts';
import { parseContainerfile } from '../../src/project/containerfile/parse.ts';
import { selectContext } from '../../src/release/candidate/build-context.ts';
import init from '../../src/verbs/init.ts';
import { Git } from '../../src/world/git/git.ts';
import { listCommit } from '../../src/world/git/list-tree.ts';
import { cliFolder } from '../support/build-cli.ts';
import { cli } from '../support/cli.ts';
import { useGitHub } from '../support/forges.ts';
import { commitFiles, createRepository, temporaryFolder } from '../support/repository.ts';

async function run(
  directory: string,
  args: string[] = ['--image', 'ghcr.io/acme/os'],
  env: NodeJS.ProcessEnv = {},
) {
  const warnings: string[] = [];
  const context: Context = {
    log: { ...silentLog, warn: (message) => warnings.push(message) },
    env,
    now: () => 0,
  };
  const outcome = await init.run(readArguments(init.inputs, [...args, '--directory', directory]), context);
  const data = outcome.data as { written: string[]; kept: string[] };
  return { ...data, text: outcome.text, warnings };
}

const all = [
  'coxswain.yaml',
  'Containerfile',
  '.containerignore',
  'rootfs/etc/motd.d/50-derived.motd',
  '.gitignore',
  'rollouts/testing.json.hbs',
  'rollouts/stable.json.hbs',
  'tests/10-image.sh',
  '.github/workflows/watch.yml',
  '.github/workflows/pull-request.yml',
  '.github/workflows/release.yml',
  '.github/workflows/operate.yml',
  '.coxswain/coxswain.schema.json',
];

describe('coxswain init', () => {
  it('writes a repository that every part of Coxswain accepts unchanged', async () => {
    const git = await createRepository();
    const root = git.directory;
    const { written, kept, warnings, text } = await run(root);
    expect(written).toEqual(all);
    expect(kept).toEqual([]);
    expect(warnings).toEqual([]);
    expect(text).toContain('coxswain build-image');
    const config = await readConfig(root);
    expect(config).toMatchObject({
      image: { registry: 'ghcr.io', path: 'acme/os' },
      testImage: { registry: 'ghcr.io', path: 'acme/os-test' },
      stream: 'stable',
      fleets: { testing: { soak: 0 }, stable: { promoteFrom: 'testing', soak: 172_800 } },
    });
    const containerfile = await readFile(join(root, 'Containerfile'), 'utf8');
    expect(findBase(parseContainerfile(containerfile, 'Containerfile'), config.base).reference).toEqual(
      config.base,
    );
    for (const { template } of Object.values(config.fleets)) {
      const source = await readFile(join(root, template), 'utf8');
      const entry = renderTemplate({
        source,
        where: template,
        variables: { version: '44.1-abc' },
        now: 1_784_000_000,
      });
      expect(entry.metadata.rollout?.start_epoch).toBeGreaterThanOrEqual(1_784_000_000);
      expect(entry.metadata.rollout?.duration_minutes).toBeGreaterThan(0);
    }
    const tests = await listTests(join(root, 'tests'));
    expect(tests.map(({ name }) => name)).toEqual(['10-image.sh']);
    expect((await stat(join(root, 'tests/10-image.sh'))).mode & 0o111).toBe(0o111);
    await git.run(['add', '--all']);
    await git.run(['commit', '--quiet', '--message', 'x']);
    const context = selectContext(
      await listCommit(git, 'HEAD'),
      { containerfile: 'Containerfile', tests: 'tests', templates: [] },
      { path: '.containerignore', text: await readFile(join(root, '.containerignore'), 'utf8') },
    );
    expect(context.map(({ path }) => path)).toEqual(['rootfs/etc/motd.d/50-derived.motd']);
  });

  it.each([
    ['main', 'git switch -c testing && git add --all && git commit && git branch stable'],
    ['testing', 'git add --all && git commit && git branch stable'],
  ])('says how to make every branch in a clone of an empty repository on %s', async (branch, commands) => {
    const folder = await temporaryFolder();
    await new Git(folder).run(['init', '--quiet', '--initial-branch', branch]);
    const { text } = await run(folder);
    expect(text).toContain(`\n  ${commands}\n`);
    expect(text).toContain('https://github.com/coxswain-os/coxswain/blob/main/docs/github.md');
  });

  it('has a test that busybox can run, and that fails if the image is not the one that was built', async () => {
    const root = await temporaryFolder();
    await run(root);
    const script = join(root, 'tests/10-image.sh');
    expect((await exec('busybox', ['sh', '-n', script])).exitCode).toBe(0);
    const here = await exec('busybox', ['sh', script], { allow: [0, 1] });
    expect(here.exitCode).toBe(1);
  });

  it.each([
    ['https://github.com/Acme/Os.git', 'acme/os'],
    ['https://x-access-token:abc@github.com/acme/os', 'acme/os'],
    ['git@github.com:acme/os.linux.git', 'acme/os.linux'],
    ['ssh://git@github.com/acme/os', 'acme/os'],
  ])('finds the image by the remote %s', async (url, path) => {
    const git = await createRepository();
    await git.run(['remote', 'add', 'origin', url]);
    await run(git.directory, []);
    expect((await readConfig(git.directory)).image).toEqual({ registry: 'ghcr.io', path });
  });

  it('asks for the image if the remote is not on GitHub', async () => {
    const git = await createRepository();
    await git.run(['remote', 'add', 'origin', 'https://github.com.example.org/acme/os.git']);
    await expect(run(git.directory, [])).rejects.toThrow(/--image: .*has to be given/);
  });

  it('writes the fleets and architectures that are asked for', async () => {
    const root = await temporaryFolder();
    const fleets = ['--fleet', 'next', '--fleet', 'testing', '--fleet', 'stable'];
    await run(root, ['--image', 'r.example.com/os', ...fleets, '--architecture', 'aarch64']);
    const config = await readConfig(root);
    expect(Object.values(config.fleets).map(({ name, promoteFrom }) => [name, promoteFrom])).toEqual([
      ['next', undefined],
      ['testing', 'next'],
      ['stable', 'testing'],
    ]);
    expect(config.architectures).toEqual(['aarch64']);
    const release = await readFile(join(root, '.github/workflows/release.yml'), 'utf8');
    expect(release).toContain('branches: [next, testing, stable]');
    expect(release).toContain('registry-password: ${{ secrets.REGISTRY_PASSWORD }}');
    await expect(
      run(await temporaryFolder(), ['--image', 'r.example.com/os', '--fleet', 'a b']),
    ).rejects.toThrow();
  });

  it('says in the configuration where editors find its schema', async () => {
    const root = await temporaryFolder();
    await run(root);
    const yaml = await readFile(join(root, 'coxswain.yaml'), 'utf8');
    const path = /^# yaml-language-server: \$schema=(.*)$/m.exec(yaml)?.[1] ?? '';
    expect(JSON.parse(await readFile(join(root, path), 'utf8'))).toMatchObject({
      title: 'Coxswain configuration',
    });
  });

  it('changes nothing the second time, whatever was edited, and adds what is missing', async () => {
    const root = (await createRepository()).directory;
    await run(root);
    for (const path of all.slice(0, -1)) {
      const text = await readFile(join(root, path), 'utf8');
      await writeFile(join(root, path), `${text}${path.endsWith('.hbs') ? '' : '# mine\n'}`);
    }
    const before = await readFile(join(root, 'coxswain.yaml'), 'utf8');
    expect(await run(root, [])).toMatchObject({ written: [], kept: all });
    expect(await readFile(join(root, 'coxswain.yaml'), 'utf8')).toBe(before);
    await exec('rm', ['-r', join(root, 'rollouts'), join(root, 'tests'), join(root, '.containerignore')]);
    const { written } = await run(root, []);
    expect(written).toEqual([
      '.containerignore',
      'rollouts/testing.json.hbs',
      'rollouts/stable.json.hbs',
      'tests/10-image.sh',
    ]);
  });

  it('renews the schema of an older version: that file is not the user’s', async () => {
    const root = await temporaryFolder();
    await run(root);
    await writeFile(join(root, '.coxswain/coxswain.schema.json'), '{}');
    expect((await run(root, [])).written).toEqual(['.coxswain/coxswain.schema.json']);
  });

  it('follows an existing configuration: its paths, its fleets, its base', async () => {
    const root = await temporaryFolder();
    await writeFile(
      join(root, 'coxswain.yaml'),
      'image: ghcr.io/acme/os\nbase: quay.io/fedora/fedora-coreos:next\ncontainerfile: os/Containerfile\ntests: checks\nfleets: { canary: { template: policy/canary.hbs } }\n',
    );
    const { written, warnings } = await run(root, ['--image', 'ghcr.io/acme/other']);
    expect(written).toEqual([
      'os/Containerfile',
      '.containerignore',
      'rootfs/etc/motd.d/50-derived.motd',
      '.gitignore',
      'policy/canary.hbs',
      'checks/10-image.sh',
      ...all.filter((path) => path.startsWith('.github/')),
      '.coxswain/coxswain.schema.json',
    ]);
    expect(await readFile(join(root, 'os/Containerfile'), 'utf8')).toContain(
      'FROM quay.io/fedora/fedora-coreos:next\n',
    );
    expect(warnings).toEqual([
      'coxswain.yaml existed and is kept: it names ghcr.io/acme/os, not ghcr.io/acme/other',
    ]);
  });

  it('leaves out of the build what a Containerfile that exists does not name, and says when its base is another', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'Containerfile'), 'FROM quay.io/fedora/fedora-bootc:44\nCOPY files docs /\n');
    const { written, kept, warnings } = await run(root);
    expect(kept).toEqual(['Containerfile']);
    expect(written.filter((path) => path.startsWith('rootfs'))).toEqual([]);
    const ignored = (await readFile(join(root, '.containerignore'), 'utf8')).split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.github', 'rollouts', 'tests']));
    for (const used of ['files', 'docs', '*']) expect(ignored).not.toContain(used);
    expect(await readFile(join(root, 'tests/10-image.sh'), 'utf8')).not.toContain('motd');
    expect(warnings.join()).toMatch(
      /^Containerfile:1:6: FROM: the image is not derived from the configured base/,
    );
  });

  it('takes the other settings, and quotes what YAML would take for something else', async () => {
    const root = await temporaryFolder();
    const base = '127.0.0.1:5000/fcos:testing';
    await run(root, [
      '--image',
      '127.0.0.1:5000/os',
      '--test-image',
      'localhost:5001/os',
      '--base',
      base,
      '--stream',
      '1.0',
    ]);
    expect(await readConfig(root)).toMatchObject({
      image: { registry: '127.0.0.1:5000', path: 'os' },
      testImage: { registry: 'localhost:5001', path: 'os' },
      base: { tag: 'testing' },
      stream: '1.0',
    });
  });

  it.each([
    ['no image', [], /^--image: coxswain\.yaml does not exist yet/],
    ['an image with a tag', ['--image', 'ghcr.io/acme/os:latest'], /^--image: a repository has no tag/],
    [
      'a base without a tag',
      ['--image', 'ghcr.io/a/b', '--base', 'quay.io/x/y'],
      /^--base: this image has neither a tag nor a digest/,
    ],
    [
      'one repository for both',
      ['--image', 'ghcr.io/a/b', '--test-image', 'ghcr.io/a/b'],
      /test-image: this is the production repository too/,
    ],
  ])('refuses %s and writes nothing', async (_name, args, message) => {
    const root = await temporaryFolder();
    await expect(run(root, args)).rejects.toThrowError(message);
    expect((await exec('ls', ['-A', root])).stdout).toBe('');
  });

  it.each([
    ['another base', 'FROM ghcr.io/ublue-os/ucore:stable\n'],
    ['another stream', 'FROM quay.io/fedora/fedora-coreos:testing\n'],
    ['a version', 'FROM quay.io/fedora/fedora-coreos:44.20260707.3.1\n'],
  ])(
    'as a program warns of a Containerfile with %s, and says no word of a defect',
    async (_, containerfile) => {
      const directory = await temporaryFolder();
      await writeFile(join(directory, 'Containerfile'), containerfile);
      const first = await cli(['init', '--image', 'ghcr.io/acme/os'], { cwd: directory });
      expect(first).toMatchObject({ exitCode: 0 });
      // An input of this verb has the name of a setting of the log.
      const again = await cli(['init', '--image', 'ghcr.io/other/os', '--stream', 'x'], { cwd: directory });
      expect(again).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(/warning: coxswain\.yaml existed/),
      });
      expect(first.stderr + again.stderr).not.toMatch(/defect|not a function/);
    },
  );

  it.each(['Containerfile/x', '/proc/coxswain'])('refuses the folder %s by one line', async (folder) => {
    const directory = await temporaryFolder();
    await writeFile(join(directory, 'Containerfile'), 'FROM x\n');
    const args = ['init', '--image', 'ghcr.io/acme/os', '--directory', folder];
    const { exitCode, stderr } = await cli(args, { cwd: directory, killAfter: 10_000 });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: .*cannot be written: [^\n]*\n$/);
  });

  it('refuses a folder inside a repository', async () => {
    const git: Git = await createRepository();
    await mkdir(join(git.directory, 'inside'));
    await expect(run(join(git.directory, 'inside'))).rejects.toThrowError(
      /^--directory: this folder is inside a repository/,
    );
  });
});

describe('coxswain init in a repository that has its own workflows, Containerfile and main branch', () => {
  const github = useGitHub({ defaultBranch: 'main' });
  const theirs = {
    '.github/workflows/release.yml': 'name: Ours\non: push\njobs: {}\n',
    '.gitignore': 'node_modules',
    Containerfile: 'FROM quay.io/fedora/fedora-coreos:stable\nCOPY files /\n',
  };
  async function adopted(): Promise<Git> {
    const git = await createRepository();
    await git.run(['switch', '--quiet', '--orphan', 'main']);
    await commitFiles(git, theirs);
    await git.run(['push', '--quiet', '--force', github().directory, 'HEAD:refs/heads/main']);
    await git.run(['remote', 'add', 'origin', `${github().serverUrl}/${github().repository}`]);
    return git;
  }

  it('releases the first fleet from main, writes beside what is there, and names what it leaves alone', async () => {
    const { directory } = await adopted();
    const { written, kept, warnings } = await run(directory);
    expect(kept).toEqual(['Containerfile']);
    const config = await readConfig(directory);
    expect(Object.values(config.fleets).map(({ name, branch }) => [name, branch])).toEqual([
      ['testing', 'main'],
      ['stable', 'stable'],
    ]);
    expect(written).toContain('.github/workflows/coxswain-release.yml');
    expect(await readFile(join(directory, '.github/workflows/release.yml'), 'utf8')).toBe(
      theirs['.github/workflows/release.yml'],
    );
    expect(await readFile(join(directory, '.github/workflows/coxswain-release.yml'), 'utf8')).toContain(
      'branches: [main, stable]',
    );
    expect(await readFile(join(directory, '.gitignore'), 'utf8')).toMatch(
      /^node_modules\n# .*\n\/boot-test-output\/\n/,
    );
    expect(warnings).toEqual([expect.stringMatching(/release\.yml is yours.*coxswain-release\.yml/)]);
    expect((await run(directory, [])).written).toEqual([]);
  });

  it('offers it as a pull request, and writes nothing in the checkout', async () => {
    const git = await adopted();
    const { apiUrl, serverUrl, repository, tokens } = github();
    const env = {
      COXSWAIN_FORGE: 'github',
      GITHUB_REPOSITORY: repository,
      GITHUB_API_URL: apiUrl,
      GITHUB_SERVER_URL: serverUrl,
      GITHUB_TOKEN: tokens.person,
    };
    const given = ['--image', 'ghcr.io/acme/os', '--pull-request'];
    const { text, written } = await run(git.directory, given, env);
    expect(written).toEqual([]);
    expect(text).toMatch(/^pull request #\d+ \(branch coxswain-init\) offers 11 files/);
    expect(await git.run(['status', '--porcelain'])).toBe('');
    const bare = new Git(github().directory);
    const files = await bare.run(['diff', '--name-only', 'main', 'coxswain-init']);
    expect(files.split('\n')).toEqual(
      expect.arrayContaining(['coxswain.yaml', '.github/workflows/coxswain-release.yml', '.containerignore']),
    );
    expect(await bare.run(['ls-tree', 'coxswain-init', 'tests/'])).toMatch(/^100755/);
    // A second run updates the same pull request.
    expect((await run(git.directory, given, env)).text).toBe(text);
  });

  it('takes the release of Coxswain that --from names, by its commit', async () => {
    // A public repository is read without a login.
    const server = await temporaryFolder();
    await mkdir(join(server, 'acme'));
    await symlink(github().directory, join(server, 'acme/os'));
    const bare = new Git(github().directory);
    await adopted();
    await bare.run(['tag', '--annotate', '--message', 'x', 'v1.2.3', 'main']);
    const commit = await bare.run(['rev-parse', 'main']);
    const source = github().repository;
    const from = async (ref: string) => {
      const folder = await temporaryFolder();
      await run(folder, ['--image', 'ghcr.io/acme/os', '--from', `${source}@${ref}`], {
        GITHUB_SERVER_URL: `file://${server}`,
      });
      return readFile(join(folder, '.github/workflows/release.yml'), 'utf8');
    };
    for (const ref of ['v1.2.3', 'main', commit]) {
      expect(await from(ref)).toContain(`uses: ${source}/.github/workflows/release.yml@${commit} # v1.2.3`);
    }
    await expect(from('v9')).rejects.toThrow(/no tag and no branch v9/);
    await expect(from('a..b')).rejects.toThrow(/not a release of Coxswain/);
  });
});

describe('coxswain init on a terminal', () => {
  /** Runs it in a pseudo terminal, and types an answer when a question appears. */
  async function typed(answers: ReadonlyArray<readonly [question: RegExp, keys: string]>) {
    const cwd = await temporaryFolder();
    const line = `stty columns 120 rows 40; exec '${process.execPath}' '${join(cliFolder, 'main.mjs')}' init`;
    const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
      cwd,
      env: { ...process.env, TERM: 'xterm', CI: '' },
    });
    let shown = '';
    let open = [...answers];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      shown += chunk;
      const [next] = open;
      if (next === undefined || !next[0].test(shown)) return;
      open = open.slice(1);
      child.stdin.write(next[1]);
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    return { cwd, code, shown };
  }

  it('asks for the image and the fleets, explains each file, and ends with the next three commands', async () => {
    const { cwd, code, shown } = await typed([
      [/Where do nodes get their images/, 'registry.example.com/acme/os\r'],
      [/Which fleets are there/, '\u001b[B\r'],
    ]);
    expect(code, shown).toBe(0);
    const config = await readConfig(cwd);
    expect(config.image).toMatchObject({ registry: 'registry.example.com', path: 'acme/os' });
    expect(Object.keys(config.fleets)).toEqual(['stable']);
    expect(shown).toContain('the configuration: images, base, fleets, rings');
    expect(shown.slice(shown.indexOf('Next:'))).toMatch(
      /^Next:\r\n {2}coxswain check\r\n {2}git init .*\r\n {2}coxswain build-image && coxswain boot-test\r\n/,
    );
  }, 60_000);

  it('writes nothing after Ctrl-C', async () => {
    const { cwd, code, shown } = await typed([[/Where do nodes get their images/, '\u0003']]);
    expect(code, shown).toBe(2);
    expect(await readdir(cwd)).toEqual([]);
  }, 60_000);

  it('asks nothing without a terminal', async () => {
    const cwd = await temporaryFolder();
    expect(await cli(['init'], { cwd })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('--image'),
    });
  });
});
