import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { initRepository } from '../../src/project/init/init.ts';
import { temporaryFolder } from '../support/repository.ts';

const run = promisify(execFile);
const tools = execFileSync('script/workflow-tools', {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
});
const zizmor = join(tools.trim(), 'bin/zizmor');

/** Every persona, in a folder in which no configuration file is found. */
async function audit(folder: string): Promise<void> {
  for (const persona of ['regular', 'pedantic', 'auditor']) {
    const args = ['--offline', '--no-progress', '--quiet', '--persona', persona, folder];
    const { stdout, stderr } = await run(zizmor, args, { cwd: folder });
    expect(`${stdout}${stderr}`).toMatch(/No findings to report/);
  }
}

describe('zizmor, without any configuration file', () => {
  beforeEach(({ skip }) => {
    if (!existsSync(zizmor)) skip('zizmor is not here (script/workflow-tools says why)');
  });

  it('finds nothing in our workflows and actions', async () => {
    const folder = await temporaryFolder();
    for (const path of ['action.yml', 'actions', '.github/workflows'])
      await cp(resolve(path), join(folder, path), { recursive: true });
    await audit(folder);
  });

  it.each([
    ['two fleets at ghcr.io', 'ghcr.io/acme/os', ['testing', 'stable']],
    ['one fleet at a registry with a password', 'registry.example.com/acme/os', ['stable']],
  ])('finds nothing in what init writes: %s', async (_, image, fleets) => {
    const folder = await temporaryFolder();
    await initRepository(folder, {
      image,
      testImage: `${image}-test`,
      base: 'quay.io/fedora/fedora-coreos:stable',
      stream: 'stable',
      fleets,
      architectures: ['x86_64'],
    });
    await audit(folder);
  });
});
