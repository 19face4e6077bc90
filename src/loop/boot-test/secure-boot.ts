import { join } from 'node:path';
import { InputError } from '../../host/errors.ts';
import { exec } from '../../host/exec.ts';
import type { InsideRoot } from '../../host/inside-root.ts';
import { requireKernel } from './guest/kernel.ts';
import type { TestResult } from './report/boot-report.ts';

/** A certificate whose key may have signed the kernel. */
export interface BootCertificate {
  /** Path in the repository. */
  readonly name: string;
  /** The file on this machine. */
  readonly file: string;
}

/** Name of the result of this check. */
export const secureBootCheckName = 'check: Secure Boot';

/**
 * Checks by sbverify that the kernel, or the unified kernel image, is signed by one of the certificates: a firmware or
 * a shim with Secure Boot starts nothing else.
 * @param image what the image is called in messages
 * @throws InputError if sbverify is not installed, or a certificate cannot be read
 */
export async function checkSecureBoot(
  root: InsideRoot,
  image: string,
  certificates: readonly BootCertificate[],
): Promise<TestResult> {
  const started = performance.now();
  const { path } = await requireKernel(root, image);
  const file = (await root.resolve(path))?.hostPath ?? join(root.folder, path);
  const said: string[] = [];
  let isSigned = false;
  for (const certificate of certificates) {
    const { exitCode, stdout, stderr } = await exec('sbverify', ['--cert', certificate.file, file], {
      allow: [0, 1],
      doing: 'checking the signature of the kernel by sbverify',
    });
    const text = `${stdout}${stderr}`.trim();
    if (/(can't|unable to|couldn't) .*cert/i.test(text)) {
      throw new InputError({
        where: certificate.name,
        field: 'boot-test.secure-boot.certificates',
        problem: 'sbverify cannot read this certificate',
        found: text.split('\n')[0] ?? '',
        expected: 'a certificate in PEM: -----BEGIN CERTIFICATE-----',
      });
    }
    isSigned ||= exitCode === 0;
    said.push(`${certificate.name}: ${text.split('\n').at(-1) ?? ''}`);
  }
  const problem = `${path} is not signed by ${certificates.map(({ name }) => name).join(' or ')}: machines with Secure Boot will not start it`;
  return {
    name: secureBootCheckName,
    result: isSigned ? 'passed' : 'failed',
    exitCode: isSigned ? 0 : 1,
    seconds: Math.round((performance.now() - started) / 10) / 100,
    output: isSigned ? '' : `${[problem, ...said].join('\n')}\n`,
  };
}
