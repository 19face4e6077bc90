import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../src/demo/registry-process.ts';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { findBuilt } from '../../../src/release/candidate/built.ts';
import { type Candidate, readCandidate } from '../../../src/release/candidate/candidate.ts';
import type { Git } from '../../../src/world/git/git.ts';
import {
  atDigest,
  atTag,
  type DigestReference,
  digestOf,
  formatReference,
  formatRepository,
  parseRepository,
  type Repository,
} from '../../../src/world/registry/reference.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';
import { commitFiles, createRepository } from '../../support/repository.ts';

const registry = useRegistry();
const closedRegistry = useRegistry({ login: true });
const client = testClient();
let repositories = 0;

interface Setting {
  git: Git;
  base: Repository;
  baseDigest: DigestReference;
  /** Reads the candidate with these lines added to coxswain.yaml. */
  read(options?: { more?: string; commit?: string }): Promise<Candidate>;
}

/** A repository with one commit, and a base image of its own. */
async function setting(
  options: { labels?: Record<string, string>; containerfile?: (base: string) => string } = {},
): Promise<Setting> {
  repositories += 1;
  const base = parseRepository(`${registry.host}/candidate-${repositories}/fcos`);
  const labels = options.labels ?? { 'org.opencontainers.image.version': '44.20260707.3.1' };
  const baseDigest = await pushSampleImage(client, base, { labels, tag: 'stable' });
  const git = await createRepository();
  const containerfile = options.containerfile ?? ((image) => `FROM ${image}\nCOPY rootfs /\n`);
  await commitFiles(
    git,
    {
      Containerfile: containerfile(`${formatRepository(base)}:stable`),
      'rootfs/etc/motd': 'hello\n',
      'tests/10-x.sh': '#!/bin/sh\n',
      '.containerignore': '*\n!rootfs\n',
      'coxswain.yaml': 'image: x\n',
      'rollouts/stable.json.hbs': '{}\n',
      'README.md': 'read me\n',
    },
    { time: 1_750_000_000 },
  );
  return {
    git,
    base,
    baseDigest,
    read: ({ more = '', commit } = {}) => {
      const image = `${registry.host}/candidate/os`;
      const config = parseConfig(
        `image: ${image}\nbase: ${formatRepository(base)}:stable\nfleets: { stable: {} }\n${more}`,
        'coxswain.yaml',
      );
      return readCandidate({ git, config, client, ...(commit === undefined ? {} : { commit }) });
    },
  };
}

describe('a candidate', () => {
  it('says what a commit would build', async () => {
    const { git, base, baseDigest, read } = await setting();
    const candidate = await read();
    expect(candidate).toMatchObject({
      commit: await git.run(['rev-parse', 'HEAD']),
      committedAt: 1_750_000_000,
      base: {
        pinned: false,
        reference: { ...atDigest(base, baseDigest.digest), tag: 'stable' },
        version: '44.20260707.3.1',
      },
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      tag: `key-${candidate.key.slice(0, 16)}`,
      version: `44.20260707.3.1-${candidate.key.slice(0, 8)}`,
      testsTree: await git.run(['rev-parse', 'HEAD:tests']),
      context: [{ path: 'rootfs/etc/motd', mode: '100644' }],
      unpinned: [],
    });
  });

  it('has the same key on another branch, in another commit, after a squash', async () => {
    const { git, read } = await setting();
    const { key } = await read();
    await git.run(['switch', '--quiet', '--orphan', 'elsewhere']);
    await git.run(['checkout', 'main', '--', '.']);
    await commitFiles(git, {}, { time: 1_760_000_000, message: 'squashed' });
    const other = await read();
    expect(other.key).toBe(key);
    expect(other.committedAt).toBe(1_760_000_000);
    expect((await read({ commit: 'main' })).key).toBe(key);
  });

  it('has the same key after edits of tests, templates, configuration, documents, and in the work tree', async () => {
    const { git, read } = await setting();
    const before = await read();
    await commitFiles(git, {
      'tests/20-y.sh': '#!/bin/sh\n',
      'rollouts/stable.json.hbs': '{ }\n',
      'coxswain.yaml': 'image: y\n',
      'README.md': 'changed\n',
      '.github/workflows/x.yml': 'on: push\n',
    });
    await writeFile(join(git.directory, 'rootfs/etc/motd'), 'not committed');
    const after = await read({ more: 'rings: { early: 0.1 }\nrefresh: 3d\n' });
    expect(after.key).toBe(before.key);
    expect(after.testsTree).not.toBe(before.testsTree);
  });

  it('has another key after any change that decides the image', async () => {
    const { git, base, read } = await setting();
    const keys = [(await read()).key];
    const changes: Array<Record<string, string>> = [
      { 'rootfs/etc/motd': 'hello again\n' },
      { 'rootfs/new': '' },
      { Containerfile: `FROM ${formatRepository(base)}:stable\nCOPY rootfs /\nRUN true\n` },
      { '.coxswain/refresh': '2026-07-21\n' },
      { '.coxswain/refresh': '2026-07-28\n' },
      { '.containerignore': '*\n!rootfs\n!README.md\n' },
    ];
    for (const files of changes) {
      await commitFiles(git, files);
      keys.push((await read()).key);
    }
    await git.run(['update-index', '--chmod=+x', 'rootfs/new']);
    await git.run(['commit', '--quiet', '--message', 'mode']);
    keys.push((await read()).key);
    for (const more of [
      'stream: other\n',
      'architectures: [x86_64, aarch64]\n',
      'build-arguments: { A: "1" }\n',
    ]) {
      keys.push((await read({ more })).key);
    }
    await pushSampleImage(client, base, {
      labels: { 'org.opencontainers.image.version': '44.2' },
      tag: 'stable',
    });
    keys.push((await read()).key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('keeps to a pinned base when the tag moves', async () => {
    const { git, base, baseDigest, read } = await setting();
    await commitFiles(git, { Containerfile: `FROM ${formatRepository(base)}:44.1@${baseDigest.digest}\n` });
    const before = await read();
    await pushSampleImage(client, base, {
      labels: { 'org.opencontainers.image.version': '44.2' },
      tag: 'stable',
    });
    const after = await read();
    expect(after.key).toBe(before.key);
    expect(after.base).toEqual({
      pinned: true,
      reference: { ...baseDigest, tag: '44.1' },
      version: '44.20260707.3.1',
    });
  });

  it('names the images of other stages that nothing pins', async () => {
    const { read } = await setting({
      containerfile: (base) =>
        `FROM ${base} AS kmod\nFROM quay.io/x/go:1 AS go\nFROM quay.io/x/y:1@${digestOf('y')}\nFROM scratch AS s\nFROM kmod\n`,
    });
    expect((await read()).unpinned).toEqual(['quay.io/x/go:1']);
  });

  it('without tests has the empty tree for them', async () => {
    const { git, read } = await setting();
    await commitFiles(git, { 'tests/10-x.sh': null });
    expect((await read()).testsTree).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
  });

  describe('is refused', () => {
    it('without the version label in the base', async () => {
      const { base, baseDigest, read } = await setting({ labels: {} });
      await expect(read()).rejects.toThrowError(
        `${formatRepository(base)}:stable@${baseDigest.digest}: org.opencontainers.image.version: the base image has no such label`,
      );
    });

    it('with a version in the base that no tag can hold', async () => {
      const { read } = await setting({ labels: { 'org.opencontainers.image.version': '44 beta' } });
      await expect(read()).rejects.toThrowError(
        /the version of the base image cannot be part of a tag, found "44 beta"/,
      );
    });

    it('with three different errors when the base does not exist, is not allowed, or cannot be reached', async () => {
      const { git } = await setting();
      const image = `${registry.host}/candidate/os`;
      const from = async (base: string) => {
        await commitFiles(git, { Containerfile: `FROM ${base}\n` });
        const config = parseConfig(
          `image: ${image}\nbase: ${base}\nfleets: { stable: {} }\n`,
          'coxswain.yaml',
        );
        return readCandidate({ git, config, client });
      };
      await expect(from(`${registry.host}/nothing/here:stable`)).rejects.toThrowError(
        new RegExp(
          `^${registry.host}/nothing/here:stable: the base image was not found: the registry answers, and has no such tag\\.`,
        ),
      );
      await expect(from(`127.0.0.1:${await freePort()}/fcos:stable`)).rejects.toThrowError(
        /127\.0\.0\.1:\d+ is not reachable: connection refused/,
      );
      await expect(from(`${closedRegistry.host}/fcos:stable`)).rejects.toThrowError(
        /unauthorised: 127\.0\.0\.1:\d+ answered 401, and no credentials/,
      );
    });

    it('with a pinned digest that the registry does not have', async () => {
      const { git, base, read } = await setting();
      await commitFiles(git, { Containerfile: `FROM ${formatRepository(base)}@${digestOf('gone')}\n` });
      await expect(read()).rejects.toThrowError(/not found/);
    });

    it('for an architecture that the base is not made for', async () => {
      const { read } = await setting();
      await expect(read({ more: 'architectures: [aarch64]\n' })).rejects.toThrowError(
        /this image is not made for aarch64, found "x86_64"/,
      );
    });

    it('without a Containerfile, naming one under another name', async () => {
      const { git, read } = await setting();
      await commitFiles(git, { Containerfile: null, Dockerfile: 'FROM x\n' });
      await expect(read()).rejects.toThrowError(
        /^Containerfile: commit [0-9a-f]{12} has no such file\. Set containerfile: Dockerfile in coxswain\.yaml\.$/,
      );
    });

    it('with a Containerfile that is not UTF-8', async () => {
      const { git, read } = await setting();
      await writeFile(join(git.directory, 'Containerfile'), Buffer.from([0x46, 0xff, 0xfe]));
      await commitFiles(git, {});
      await expect(read()).rejects.toThrowError('Containerfile: this file is not UTF-8 text');
    });

    it('when a build argument would replace the base', async () => {
      const { read } = await setting({ containerfile: (base) => `ARG BASE=${base}\nFROM \${BASE}\n` });
      await expect(read({ more: 'build-arguments: { BASE: "quay.io/evil:1" }\n' })).rejects.toThrowError(
        /^coxswain\.yaml: build-arguments\.BASE: this would replace the base image, which Containerfile:2:6 takes from the ARG BASE/,
      );
    });

    it('for a commit that does not exist, and in a repository without one', async () => {
      const { read } = await setting();
      await expect(read({ commit: 'nowhere' })).rejects.toThrowError(
        /this commit cannot be found, found "nowhere"/,
      );
      await expect(read({ commit: '--help' })).rejects.toThrowError(
        /this commit cannot be found, found "--help"/,
      );
      const empty = await createRepository();
      const config = parseConfig('image: a.b/c\nbase: a.b/d:e\nfleets: { x: {} }\n', 'coxswain.yaml');
      await expect(readCandidate({ git: empty, config, client })).rejects.toThrowError(
        /Commit something first/,
      );
    });
  });
});

describe('finding what was built', () => {
  it('is by the key tag in the test repository', async () => {
    const { read } = await setting();
    const candidate = await read();
    const config = parseConfig(
      `image: ${registry.host}/found/os\nbase: ${formatReference(candidate.base.reference).replace(/@.*/, '')}\nfleets: { stable: {} }\n`,
      'coxswain.yaml',
    );
    expect(await findBuilt(client, config, candidate)).toBeUndefined();
    const pushed = await pushSampleImage(client, config.testImage, { tag: candidate.tag });
    expect(await findBuilt(client, config, candidate)).toEqual(pushed);
    expect((await client.resolve(atTag(config.testImage, candidate.tag)))?.digest).toBe(pushed.digest);
  });
});
