import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach } from 'vitest';

/** The real containers/image, as a program; undefined if it cannot be built here. */
export function findPolicyOracle(): string | undefined {
  const path = execFileSync(resolve('script/policy-oracle'), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  return path === '' ? undefined : path;
}

export function skipWithoutOracle(oracle: string | undefined): void {
  beforeEach(({ skip }) => {
    if (oracle === undefined) skip('containers/image cannot be built here (script/policy-oracle says why)');
  });
}

/** What a node with this policy says to an image. @param reference `host/repository@sha256:…`, or by a tag */
export async function askPolicy(
  oracle: string,
  files: { readonly policy: object; readonly registries: string },
  reference: string,
): Promise<{ readonly accepted: boolean; readonly said: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-test-policy-'));
  try {
    await writeFile(join(folder, 'policy.json'), JSON.stringify(files.policy));
    await mkdir(join(folder, 'registries.d'));
    await writeFile(join(folder, 'registries.d/test.yaml'), files.registries);
    const args = [join(folder, 'policy.json'), join(folder, 'registries.d'), `docker://${reference}`];
    return await new Promise((done, failed) => {
      execFile(oracle, args, (error, stdout, stderr) => {
        if (error === null) return done({ accepted: true, said: stdout });
        if (error.code === 1) return done({ accepted: false, said: stdout });
        failed(new Error(`the oracle could not ask: ${stderr}`));
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
