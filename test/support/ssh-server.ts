import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/demo/registry-process.ts';
import { exec } from '../../src/host/exec.ts';
import { startProcess } from '../../src/host/process.ts';
import { findTool } from '../../src/host/tools.ts';
import { temporaryFolder } from './repository.ts';

/** A real sshd on a free loopback port, for the user who runs the tests. */
export interface SshServer {
  /** Address of a repository on this machine. */
  urlOf(directory: string): string;
  /** What git takes as `core.sshCommand`: with the key that the server knows, and the server's own key. */
  readonly command: string;
  /** The same without a key that the server knows. */
  readonly commandWithoutKey: string;
  /** The same without the server's own key. */
  readonly commandWithoutHost: string;
  stop(): Promise<void>;
}

/** Why there can be no such server here; undefined if there can. */
export function whyNoSsh(): string | undefined {
  const missing = ['sshd', 'ssh', 'ssh-keygen'].filter((tool) => findTool(tool) === undefined);
  if (missing.length === 0) return undefined;
  return `needs ${missing.join(', ')}: script/bootstrap installs it, without its service`;
}

export async function startSshServer(): Promise<SshServer> {
  const folder = await temporaryFolder();
  const file = (name: string) => join(folder, name);
  for (const name of ['host', 'ada']) {
    await exec('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  }
  const port = await freePort();
  const { username } = userInfo();
  const publicKey = async (name: string) =>
    (await exec('ssh-keygen', ['-y', '-f', file(name)])).stdout.trim();
  await writeFile(file('authorized'), `${await publicKey('ada')}\n`);
  await writeFile(file('known'), `[127.0.0.1]:${port} ${await publicKey('host')}\n`);
  await writeFile(file('nobody'), '');
  const settings = {
    ListenAddress: '127.0.0.1',
    Port: port,
    HostKey: file('host'),
    PidFile: 'none',
    AuthorizedKeysFile: file('authorized'),
    AuthenticationMethods: 'publickey',
    PermitRootLogin: 'prohibit-password',
    // The folders above a temporary one may belong to anybody.
    StrictModes: 'no',
    UsePAM: 'no',
    // Ten clones log in at once.
    MaxStartups: 100,
  };
  await writeFile(
    file('config'),
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  );
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const server = await startProcess('sshd', ['-D', '-e', '-f', file('config')], {
    logFile: file('log'),
  });
  const command = (key: string, known: string) =>
    `ssh -F /dev/null -i ${file(key)} -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes -o UserKnownHostsFile=${file(known)}`;
  const started: SshServer = {
    urlOf: (directory) => `ssh://${username}@127.0.0.1:${port}${directory}`,
    command: command('ada', 'known'),
    commandWithoutKey: command('host', 'known'),
    commandWithoutHost: command('ada', 'nobody'),
    stop: () => server.stop(),
  };
  const [program = '', ...args] = started.command.split(' ');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await exec(program, [...args, '-p', String(port), `${username}@127.0.0.1`, 'true']);
      return started;
    } catch (error) {
      if (attempt === 50) {
        await server.stop();
        throw error;
      }
      await sleep(100);
    }
  }
}
