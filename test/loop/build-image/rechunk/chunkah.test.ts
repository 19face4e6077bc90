import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../../src/host/log.ts';
import {
  chunkahArguments,
  requireChunkah,
  type SplitOrder,
  withChunkah,
} from '../../../../src/loop/build-image/rechunk/chunkah.ts';
import { withProgram } from '../../../support/chunkah.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const rechunk = { tool: 'chunkah', maxLayers: 64 } as const;

/** Runs a shell script in place of chunkah. */
async function run(script: string, more: NodeJS.ProcessEnv = {}) {
  const folder = await temporaryFolder();
  const program = join(folder, 'chunkah');
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
  const order: SplitOrder = {
    root: join(folder, 'files'),
    output: join(folder, 'output'),
    mostLayers: 5,
    epoch: 1_790_000_000,
    architecture: 'aarch64',
  };
  await mkdir(order.root);
  await mkdir(order.output);
  const env = withProgram(program, { ...process.env, ...more });
  const result = withChunkah(rechunk, { env, log: silentLog, folder }, (splitter) => splitter(order));
  return { order, folder, result };
}

describe('the arguments of chunkah', () => {
  it('hold everything that decides the layers', () => {
    const order = { root: '/a', output: '/b', mostLayers: 9, epoch: 17, architecture: 'aarch64' } as const;
    expect(chunkahArguments(order)).toEqual([
      'build',
      '--rootfs=/a',
      '--output=oci:/b/image',
      '--tag=split',
      '--max-layers=9',
      '--source-date-epoch=17',
      '--arch=arm64',
      '--config-str={}',
      '--compressed',
      '--compression-level=6',
    ]);
  });
});

describe('a chunkah that is missing', () => {
  const nothing = { resolve: async () => undefined };
  const digest = `sha256:${'0'.repeat(64)}` as const;
  const something = { resolve: async () => ({ mediaType: 'x', digest, size: 1 }) };

  it('is one error that says what to install, or to write', async () => {
    await expect(requireChunkah(rechunk, { client: something, env: { PATH: '/nowhere' } })).rejects.toThrow(
      /^rechunk: a program is not installed: chunkah\. Install it .* name its image in coxswain\.yaml/,
    );
  });

  it('is not looked for on this machine if its image is named, which has to exist', async () => {
    const named = { ...rechunk, image: 'quay.io/coreos/chunkah:1' };
    await requireChunkah(named, { client: something, env: { PATH: '' } });
    await expect(requireChunkah(named, { client: nothing, env: process.env })).rejects.toThrow(
      'rechunk.image: this image does not exist, found "quay.io/coreos/chunkah:1"',
    );
  });
});

describe('a chunkah that is installed', () => {
  it('gets the arguments, and no secret of the run', async () => {
    const script = 'printf "%s\\n" "$@" >"${0%/*}/output/arguments"; env >"${0%/*}/output/env"';
    const { order, result } = await run(script, { SECRET_TOKEN: 'hush', CHUNKAH_CONFIG_STR: 'mine' });
    expect(await result).toBe(true);
    const read = (name: string) => readFile(join(order.output, name), 'utf8');
    expect((await read('arguments')).trimEnd().split('\n')).toEqual(chunkahArguments(order));
    expect(await read('env')).not.toMatch(/hush|mine/);
  });

  it('cannot write to the files', async () => {
    const { order, result } = await run('echo x >"${0%/*}/files/new"');
    await expect(result).rejects.toThrow(/splitting layers with chunkah failed: .*Read-only file system/s);
    await writeFile(join(order.root, 'new'), 'we can, and after it too');
  });

  it('ends the build if it fails, with what it said', async () => {
    const { result } = await run('echo "Error: opening rootfs" >&2; exit 3');
    await expect(result).rejects.toThrow(
      /splitting layers with chunkah failed: exit code 3.*opening rootfs/s,
    );
  });

  it('ends the build if it is killed', async () => {
    const { result } = await run('kill -9 $$');
    await expect(result).rejects.toThrow(/splitting layers with chunkah failed: /);
  });

  it('may know nothing about the files', async () => {
    const { result } = await run('echo "Error: no supported component repo found in rootfs" >&2; exit 1');
    expect(await result).toBe(false);
  });
});
