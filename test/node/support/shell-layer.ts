import { copyFile, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../../../src/host/exec.ts';
import { findTool } from '../../../src/host/tools.ts';

/** A layer with a shell, so that builds can run something. */
export async function makeShellLayer(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-layer-'));
  try {
    await mkdir(join(folder, 'root/bin'), { recursive: true });
    await copyFile(findTool('busybox') ?? '', join(folder, 'root/bin/busybox'));
    await exec('chmod', ['755', join(folder, 'root/bin/busybox')]);
    for (const name of ['sh', 'sleep']) await symlink('busybox', join(folder, 'root/bin', name));
    await exec('tar', [
      '--create',
      '--file',
      join(folder, 'layer.tar'),
      '--directory',
      join(folder, 'root'),
      '.',
    ]);
    return await readFile(join(folder, 'layer.tar'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
