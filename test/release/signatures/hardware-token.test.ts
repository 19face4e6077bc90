import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTool } from '../../../src/host/tools.ts';
import type { Fleet } from '../../../src/project/configuration/config.ts';
import { fleetKeys, signingKeys } from '../../../src/release/signatures/signing-keys.ts';
import { isSignedBy } from '../../../src/release/signatures/simple-signing.ts';
import { temporaryFolder } from '../../support/repository.ts';

const module = '/usr/lib/softhsm/libsofthsm2.so';
const isHere =
  findTool('softhsm2-util') !== undefined && findTool('pkcs11-tool') !== undefined && existsSync(module);

describe.skipIf(!isHere)(
  `a key in a token${isHere ? '' : ' (skipped: softhsm2 or opensc is not installed)'}`,
  () => {
    it('signs releases by the program of the documents, and never leaves the token', async () => {
      const folder = await temporaryFolder();
      await mkdir(join(folder, 'tokens'));
      await writeFile(join(folder, 'softhsm.conf'), `directories.tokendir = ${folder}/tokens\n`);
      const env = {
        ...process.env,
        SOFTHSM2_CONF: join(folder, 'softhsm.conf'),
        PKCS11_MODULE: module,
        PKCS11_PIN: '4711',
      };
      const run = (program: string, ...args: string[]) => execFileSync(program, args, { env, stdio: 'pipe' });
      run(
        'softhsm2-util',
        '--init-token',
        '--free',
        '--label',
        'coxswain',
        '--so-pin',
        '0815',
        '--pin',
        '4711',
      );
      const token = ['--module', module, '--token-label', 'coxswain'];
      const login = ['--login', '--pin', 'env:PKCS11_PIN'];
      run(
        'pkcs11-tool',
        ...token,
        ...login,
        '--keypairgen',
        '--key-type',
        'EC:prime256v1',
        '--label',
        'stable',
      );
      const der = join(folder, 'stable.der');
      run(
        'pkcs11-tool',
        ...token,
        '--read-object',
        '--type',
        'pubkey',
        '--label',
        'stable',
        '--output-file',
        der,
      );
      const publicKey = createPublicKey({ key: await readFile(der), format: 'der', type: 'spki' });
      await writeFile(join(folder, 'stable.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
      // The program is the one in the documents.
      const [, script] =
        /```sh\n(#!\/bin\/sh\n[^`]*pkcs11-tool[^`]*)```/.exec(await readFile('docs/signing.md', 'utf8')) ??
        [];
      await writeFile(join(folder, 'sign-by-token'), script ?? '', { mode: 0o755 });
      const fleet = { name: 'stable', signing: [{ file: 'stable.pub' }] } as unknown as Fleet;
      const [key] = await signingKeys(await fleetKeys(folder, fleet, 0), {
        fleet: 'stable',
        env: { ...env, COXSWAIN_SIGNING_COMMAND: join(folder, 'sign-by-token') },
      });
      const payload = Buffer.from('a payload');
      const signature = (await key?.signer(payload)) ?? '';
      expect(isSignedBy(publicKey, payload, signature)).toBe(true);
      expect(isSignedBy(publicKey, Buffer.from('another payload'), signature)).toBe(false);
      // A wrong PIN is one error, with the token's own words.
      const [refused] = await signingKeys(await fleetKeys(folder, fleet, 0), {
        fleet: 'stable',
        env: { ...env, PKCS11_PIN: '1111', COXSWAIN_SIGNING_COMMAND: join(folder, 'sign-by-token') },
      });
      await expect(refused?.signer(payload)).rejects.toThrow(
        /signing by .*CKR_PIN_INCORRECT|signing by .*0 bytes/s,
      );
    });
  },
);
