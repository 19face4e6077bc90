import { mkdir, readdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTool } from '../../src/host/tools.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import { cli } from '../support/cli.ts';
import { createProject, promote, publishBase, type TestProject } from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';

// Each wrong input through the real program: one clear error, exit code 1, nothing written anywhere.

const registry = useRegistry();
const locked = useRegistry({ login: true });
const baseVersion = '44.20260621.3.1';

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  /** Breaks a correct project. May return variables for the environment. */
  readonly spoil: (project: TestProject) => Promise<unknown>;
  readonly says: RegExp;
}

const configure = (change: (yaml: string) => string) => async (project: TestProject) => {
  const yaml = await project.git.run(['show', 'testing:coxswain.yaml']);
  await commitFiles(project.git, { 'coxswain.yaml': `${change(yaml)}\n` });
};
const withBase = (base: () => string) => async (project: TestProject) => {
  await configure((yaml) => yaml.replace(/^base: .*$/m, `base: ${base()}`))(project);
  await commitFiles(project.git, { Containerfile: `FROM ${base()}\n` });
};

const cases: Case[] = [
  {
    name: 'an unknown key in coxswain.yaml',
    args: ['build-image'],
    spoil: configure((yaml) => `${yaml}\nrefesh: 7d`),
    says: /^error: .*coxswain\.yaml:\d+:1: refesh: .*refresh/,
  },
  {
    name: 'a wrong type in coxswain.yaml',
    args: ['watch-base'],
    spoil: configure((yaml) => yaml.replace('soak: 48h', 'soak: 48')),
    says: /^error: .*coxswain\.yaml:\d+:\d+: fleets\.stable\.soak: .*found 48, expected .*48h/,
  },
  {
    name: 'a Containerfile without FROM',
    args: ['build-image'],
    spoil: async ({ git }) => commitFiles(git, { Containerfile: 'RUN true\n' }),
    says: /^error: .*Containerfile.*FROM/,
  },
  {
    name: 'a FROM that is not the configured base',
    args: ['build-image'],
    spoil: async ({ git }) => commitFiles(git, { Containerfile: 'FROM quay.io/other/image:1\n' }),
    says: /^error: .*Containerfile:1.*found "quay\.io\/other\/image:1".*expected .*fcos:stable/,
  },
  {
    name: 'a base that is not reachable',
    args: ['watch-base'],
    spoil: withBase(() => '127.0.0.1:9/fedora/fedora-coreos:stable'),
    says: /^error: .*127\.0\.0\.1:9.*(ECONNREFUSED|refused|reach).*safe/,
  },
  {
    name: 'a base that is not there',
    args: ['watch-base'],
    spoil: withBase(() => `${registry.host}/no/such:stable`),
    says: /^error: coxswain\.yaml: base: .*no such tag, found ".*no\/such:stable"/,
  },
  {
    name: 'a base that needs a login',
    args: ['watch-base'],
    spoil: withBase(() => `${locked.host}/fedora/fedora-coreos:stable`),
    says: /^error: .*fedora-coreos:stable.*(unauthorised|log ?in)/i,
  },
  {
    name: 'an image without a kernel',
    args: ['boot-test'],
    spoil: async ({ git, client, config }) => {
      const candidate = await readCandidate({ git, config, client });
      await pushSampleImage(client, config.testImage, {
        tag: candidate.tag,
        layers: [emptyTar],
        labels: {
          'containers.bootc': '1',
          'org.opencontainers.image.version': candidate.version,
          'com.coreos.stream': 'stable',
        },
      });
    },
    says: /^error: .*(kernel|vmlinuz)/,
  },
  {
    name: 'a test directory that is empty',
    args: ['boot-test'],
    spoil: async ({ git }) => commitFiles(git, { 'tests/10-boots.sh': null }),
    says: /^error: .*tests.*(nothing would be tested|no test)/,
  },
  {
    name: 'a registry that is not one',
    args: ['watch-base'],
    spoil: async (project) => withBase(() => `${webServer()}/fedora/fedora-coreos:stable`)(project),
    says: /^error: .*not .*registry/,
  },
  {
    name: 'a template that does not render to an update entry',
    args: ['start-rollout', '--fleet', 'testing'],
    spoil: async (project) => {
      await commitFiles(project.git, {
        'rollouts/testing.json.hbs': '{ "version": "{{version}}", "metadata": { "rollout": 7 } }\n',
      });
      await promote(project, 'testing');
    },
    says: /^error: .*rollouts\/testing\.json\.hbs.*metadata\.rollout/s,
  },
  {
    name: 'a dirty state branch',
    args: ['publish-updates'],
    spoil: async ({ forge }) => {
      const changes = [
        { path: 'fleets/testing/releases.json', content: '{ "stream": "stable", "releases": [' },
      ];
      await forge.branches.commit({ branch: 'coxswain', parent: undefined, changes, message: 'Break it' });
    },
    says: /^error: .*coxswain.*fleets\/testing\/releases\.json/,
  },
  {
    name: 'a program that is missing',
    args: ['build-image'],
    spoil: async () => {
      // A PATH with git and node only; /usr/sbin is searched too, and has none of these.
      const bin = await temporaryFolder();
      for (const tool of ['git', 'node']) await symlink(findTool(tool) as string, join(bin, tool));
      return { PATH: bin };
    },
    says: /^error: .*not installed: .*buildah.*apt-get install --no-install-recommends .*buildah/,
  },
];

const emptyTar = new Uint8Array(10_240);
let webPort = 0;
const webServer = () => `127.0.0.1:${webPort}`;

describe('bad input', () => {
  it.each(cases)('$name', { timeout: 60_000 }, async ({ args, spoil, says }) => {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<html><body>It works!</body></html>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    webPort = (server.address() as { port: number }).port;
    try {
      const project = await createProject(registry.host);
      await publishBase(project, baseVersion);
      const answer = await spoil(project);
      const env = typeof answer === 'object' ? (answer as Record<string, string>) : {};
      const home = await temporaryFolder();
      await mkdir(join(home, 'config'));
      const before = await everything(project);
      const result = await cli(args, {
        cwd: project.git.directory,
        env: { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ...env },
      });
      expect(result.stdout, result.stderr).toBe('');
      // 1 for bad input, 3 if what is wrong is outside.
      expect([1, 3]).toContain(result.exitCode);
      expect(result.stderr.match(/^error: /gm), result.stderr).toHaveLength(1);
      expect(result.stderr.replace(/^(?!error: ).*\n/gm, '') || result.stderr).toMatch(says);
      expect(result.stderr).not.toContain('defect');
      expect(await everything(project)).toEqual(before);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

/** All refs, files and tags that a verb could have written. */
async function everything({ git, client, config }: TestProject): Promise<unknown> {
  return {
    refs: await git.run(['for-each-ref', '--format=%(refname) %(objectname)']),
    files: (await readdir(git.directory)).sort(),
    production: await client.listTags(config.image),
    test: await client.listTags(config.testImage),
  };
}
