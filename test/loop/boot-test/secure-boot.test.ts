import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insideRoot } from '../../../src/host/inside-root.ts';
import { findTool } from '../../../src/host/tools.ts';
import { checkSecureBoot } from '../../../src/loop/boot-test/secure-boot.ts';
import { temporaryFolder } from '../../support/repository.ts';
import { smallPe } from '../../support/small-pe.ts';

const path = process.env.PATH;
let folder: string;
beforeEach(async ({ skip }) => {
  if (findTool('sbsign') === undefined) skip('sbsign is not installed (sbsigntool)');
  folder = await temporaryFolder();
  for (const name of ['own', 'stranger']) {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`];
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files];
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  }
  await writeFile(join(folder, 'plain'), smallPe());
  for (const name of ['own', 'stranger']) {
    const args = ['--key', `${name}.key`, '--cert', `${name}.pem`, '--output', `by-${name}`, 'plain'];
    execFileSync('sbsign', args, { cwd: folder, stdio: 'ignore' });
  }
});
afterEach(() => {
  process.env.PATH = path;
});

async function check(kernel: string, certificates: readonly string[] = ['own.pem']) {
  const root = join(folder, `root-${kernel}`);
  await mkdir(join(root, 'usr/lib/modules/6.1'), { recursive: true });
  await copyFile(join(folder, kernel), join(root, 'usr/lib/modules/6.1/vmlinuz'));
  const named = certificates.map((name) => ({ name: `keys/${name}`, file: join(folder, name) }));
  return checkSecureBoot(insideRoot(root), 'an image', named);
}

describe('the check for Secure Boot', () => {
  it('accepts a kernel that the key of one of the certificates signed', async () => {
    expect(await check('by-own')).toMatchObject({ name: 'check: Secure Boot', result: 'passed', output: '' });
    expect(await check('by-stranger', ['own.pem', 'stranger.pem'])).toMatchObject({ result: 'passed' });
  });

  it('refuses a kernel by another key, one that was changed, and one without a signature', async () => {
    expect(await check('by-stranger')).toMatchObject({
      result: 'failed',
      exitCode: 1,
      output: expect.stringMatching(
        /^\/usr\/lib\/modules\/6\.1\/vmlinuz is not signed by keys\/own\.pem: machines with Secure Boot will not start it\n/,
      ),
    });
    const changed = execFileSync('cat', ['by-own'], { cwd: folder });
    changed[600] = 0x90;
    await writeFile(join(folder, 'changed'), changed);
    expect(await check('changed')).toMatchObject({ result: 'failed' });
    expect(await check('plain')).toMatchObject({ result: 'failed' });
  });

  it('ends with one error for a file without a certificate, and without sbverify', async () => {
    await writeFile(
      join(folder, 'broken.pem'),
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    );
    await expect(check('by-own', ['broken.pem'])).rejects.toThrow(
      /keys\/broken\.pem: .*cannot read this certificate/,
    );
    const bin = await temporaryFolder();
    await symlink(findTool('cat') ?? '', join(bin, 'cat'));
    process.env.PATH = bin;
    await expect(check('by-own')).rejects.toThrow(/not installed: sbverify.*apt-get install .*sbsigntool/s);
  });
});
