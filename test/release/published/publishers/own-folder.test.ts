import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishToFolder } from '../../../../src/release/published/publishers/folder.ts';
import { removeTemporaryFiles } from '../../../../src/release/published/publishers/own-folder.ts';
import type { Git } from '../../../../src/world/git/git.ts';
import { commitFiles, createRepository, temporaryFolder } from '../../../support/repository.ts';

const files = new Map([
  ['testing/releases.json', '{}'],
  ['testing/x86_64/v1/graph', '{}'],
]);

let git: Git;
let site: string;

beforeEach(async () => {
  git = await createRepository();
  site = join(git.directory, 'site');
});

const publish = (folder = site) => publishToFolder(folder, files);

describe('the folder to publish to', () => {
  it('is made, also inside a clone', async () => {
    expect((await publish()).written).toEqual([...files.keys()]);
    expect((await publish()).written).toEqual([]);
  });

  it.each([
    ['a page', { 'site/login.html': 'password?' }],
    ['a graph', { 'site/testing/aarch64/v1/graph': '{}' }],
  ])('is refused if %s in it is committed', async (_what, committed) => {
    await commitFiles(git, committed);
    await expect(publish()).rejects.toThrow('files in this folder are committed (');
    expect(await readdir(site)).not.toContain('x86_64');
  });

  it('is refused if it was committed and removed from the work tree', async () => {
    await commitFiles(git, { 'site/login.html': 'password?' });
    await git.run(['rm', '--quiet', '-r', '--cached', 'site']);
    await git.run(['reset', '--quiet']);
    await expect(publish()).rejects.toThrow('committed');
  });

  it.each(['file', 'folder'])('is refused with a link to a %s in it', async (kind) => {
    await publish();
    await symlink(kind === 'file' ? '/etc/hostname' : '/etc', join(site, 'testing/link'));
    await expect(publish()).rejects.toThrow('testing/link: --output: a link in the folder to publish to');
  });

  it('is refused if it is itself a link, a file, or holds other files', async () => {
    const other = await temporaryFolder();
    await symlink(other, site);
    await expect(publish()).rejects.toThrow('this is a link');
    await writeFile(join(other, 'file'), 'x');
    await expect(publish(join(other, 'file'))).rejects.toThrow('this is a file');
    await expect(publish(other)).rejects.toThrow('none that publish-updates wrote');
    expect(await readdir(other)).toEqual(['file']);
  });

  it('is refused at once if no folder can be made', async () => {
    await expect(publish('/proc/x/y')).rejects.toThrow('creating /proc/x failed');
  });

  it('loses what a killed run left half-written, and keeps the rest', async () => {
    await publish();
    const folder = join(site, 'testing/x86_64/v1');
    const left = join(folder, '.graph.0123456789ab');
    await writeFile(left, '{"nodes');
    await utimes(left, 0, 0);
    await writeFile(join(site, 'CNAME'), 'os.example');
    await publish();
    expect(await readdir(folder)).toEqual(['graph']);
    expect(await readdir(site)).toContain('CNAME');
  });

  it('is published to by several runs at once', async () => {
    await mkdir(site);
    const many = new Map(Array.from({ length: 30 }, (_, index) => [`a/${index}/v1/graph`, `${index}`]));
    await Promise.all([1, 2, 3].map(() => publishToFolder(site, many)));
    for (const path of many.keys()) expect(await readdir(join(site, path, '..'))).toEqual(['graph']);
  });

  it('keeps the half-written file of a run that goes on beside it', async () => {
    await mkdir(site);
    const many = new Map(Array.from({ length: 30 }, (_, index) => [`a/${index}/v1/graph`, `${index}`]));
    let published = false;
    const other = (async () => {
      while (!published) await removeTemporaryFiles(site);
    })();
    await publishToFolder(site, many).finally(() => {
      published = true;
    });
    await other;
    expect(await readdir(join(site, 'a'))).toHaveLength(30);
  });
});
