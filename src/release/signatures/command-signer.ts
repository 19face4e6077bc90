import { spawn } from 'node:child_process';
import { InputError, OutsideError } from '../../host/errors.ts';
import type { Signer } from './simple-signing.ts';

const patience = 60_000;
/** A signature has at most 72 bytes; a longer output is not a signature. */
const longestAnswer = 4096;

/**
 * Signs by a program: for keys that never leave a KMS or a token. The program gets the payload on standard input, and the
 * public key whose private half is to sign in COXSWAIN_SIGNING_PUBLIC_KEY; it writes the signature, DER or base64 of it.
 * @param command program and arguments, separated by blanks; no shell reads it
 */
export function commandSigner(
  command: string,
  options: { readonly env: NodeJS.ProcessEnv; readonly publicKey: string },
): Signer {
  const [program = '', ...args] = command.trim().split(/\s+/);
  // The program has its own access to its key, so it gets none of ours.
  const env = Object.fromEntries(
    Object.entries(options.env).filter(
      ([name]) => !/^COXSWAIN_(SIGNING|EVIDENCE|GUIDANCE)_(KEY|PASSPHRASE)$/.test(name),
    ),
  );
  return async (payload) => {
    const answer = await run(program, args, payload, {
      ...env,
      COXSWAIN_SIGNING_PUBLIC_KEY: options.publicKey,
    });
    if (answer[0] === 0x30) return answer.toString('base64');
    return answer.toString('latin1').trim();
  };
}

function run(
  program: string,
  args: readonly string[],
  payload: Uint8Array,
  env: NodeJS.ProcessEnv,
): Promise<Buffer> {
  const doing = `signing by ${program}`;
  return new Promise((done, failed) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: patience });
    const answer: Buffer[] = [];
    let size = 0;
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= longestAnswer) answer.push(chunk);
      else child.kill();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-500);
    });
    // A program that does not read its input ends with its own error.
    child.stdin.on('error', () => {});
    child.on('error', (error: NodeJS.ErrnoException) => {
      failed(
        error.code === 'ENOENT'
          ? new InputError({
              field: 'COXSWAIN_SIGNING_COMMAND',
              problem: 'this program cannot be found',
              found: program,
            })
          : new OutsideError(doing, error.message),
      );
    });
    child.on('close', (code, signal) => {
      if (code === 0 && size > 0 && size <= longestAnswer) return done(Buffer.concat(answer));
      const how =
        signal !== null
          ? `it was ended by ${signal}${signal === 'SIGTERM' ? ` after ${patience / 1000} seconds` : ''}`
          : code === 0
            ? `it wrote ${size} bytes, which is not a signature`
            : `exit code ${code}`;
      failed(new OutsideError(doing, [how, said.trim()].filter((part) => part !== '').join(': ')));
    });
    child.stdin.end(payload);
  });
}
