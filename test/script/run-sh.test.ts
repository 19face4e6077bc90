import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/repository.ts';

interface Ended {
  readonly stdout: string;
  readonly exitCode: number;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { env }, (error, stdout) => {
      resolve({ stdout, exitCode: error === null ? 0 : Number(error.code) });
    });
  });
}

/** A copy of actions/ whose program only says which Node.js runs it. */
async function workplace() {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'actions'));
  await mkdir(join(folder, 'dist'));
  await copyFile('actions/run.sh', join(folder, 'actions/run.sh'));
  await writeFile(join(folder, 'dist/main.mjs'), 'console.log(process.argv0, process.argv[2])');
  // An old Node.js that can only print its version.
  await mkdir(join(folder, 'old'));
  await writeFile(
    join(folder, 'old/node'),
    '#!/bin/sh\n[ "$1" = --version ] && echo v16.20.2 && exit 0\nexit 1\n',
  );
  await chmod(join(folder, 'old/node'), 0o755);
  return folder;
}

describe('actions/run.sh', () => {
  it('takes the Node.js in PATH if it is new enough', async () => {
    const folder = await workplace();
    const { stdout } = await run('sh', [join(folder, 'actions/run.sh'), 'doctor']);
    expect(stdout).toMatch(/node doctor\n$/);
  });

  it("takes the runner's own if an older one comes first in PATH", async () => {
    const folder = await workplace();
    const runner = join(folder, 'runner');
    await mkdir(join(runner, 'externals/node24/bin'), { recursive: true });
    await symlink(process.execPath, join(runner, 'externals/node24/bin/node'));
    // The runner's worker starts steps; a shell can do the same.
    await mkdir(join(runner, 'bin'));
    await copyFile('/bin/sh', join(runner, 'bin/Runner.Worker'));
    await chmod(join(runner, 'bin/Runner.Worker'), 0o755);
    await writeFile(
      join(folder, 'step.sh'),
      `sh -e -c 'exec sh ${folder}/actions/run.sh boot-test'; exit $?\n`,
    );
    const { stdout } = await run(join(runner, 'bin/Runner.Worker'), [join(folder, 'step.sh')], {
      PATH: `${folder}/old:/usr/bin:/bin`,
    });
    expect(stdout).toContain(`${runner}/bin/../externals/node24/bin/node boot-test`);
  });

  it('says what to do if there is none', async () => {
    const folder = await workplace();
    const { stdout, exitCode } = await run('/bin/sh', [join(folder, 'actions/run.sh'), 'doctor'], {
      PATH: `${folder}/old:/usr/bin:/bin`,
    });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^::error title=Coxswain::no Node\.js 20 or newer.*v16\.20\.2.*setup-node/);
  });
});
