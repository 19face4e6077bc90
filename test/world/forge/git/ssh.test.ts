import { beforeEach, describe, expect, it } from 'vitest';
import { untilNotStale } from '../../../../src/world/forge/retry.ts';
import { cloneOf, gitStage, openRemoteForge } from '../../../support/forges.ts';
import { type SshServer, startSshServer, whyNoSsh } from '../../../support/ssh-server.ts';

// Against a real sshd, as a bare repository on a NAS or a server of one's own is reached.

beforeEach(({ skip }) => {
  const why = whyNoSsh();
  if (why !== undefined) skip(why);
});

async function withServer(work: (server: SshServer) => Promise<void>): Promise<void> {
  const server = await startSshServer();
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

const withCommand = (command: string) => ['--config', `core.sshCommand=${command}`];

describe('a remote over ssh', () => {
  it('is read and written, and loses no line of clones that write at once', async () => {
    const stage = await gitStage();
    await withServer(async (server) => {
      const names = ['1', '2', '3', '4'];
      const forges = await Promise.all(
        names.map(async () => {
          const clone = await cloneOf(server.urlOf(stage.repository.directory), withCommand(server.command));
          return openRemoteForge(clone);
        }),
      );
      expect(await forges[0]?.branches.readFile(stage.base, 'folder/b.txt')).toBe('b\n');
      await Promise.all(
        forges.map(({ branches }, index) =>
          untilNotStale(async () => {
            const parent = await branches.resolve('coxswain');
            const text = parent === undefined ? '' : ((await branches.readFile(parent, 'log')) ?? '');
            const changes = [{ path: 'log', content: `${text}${names[index]}\n` }];
            await branches.commit({ branch: 'coxswain', parent, changes, message: 'Add a line' });
          }),
        ),
      );
    });
    const log = await stage.repository.run(['show', 'coxswain:log']);
    expect(log.split('\n').sort()).toEqual(['1', '2', '3', '4']);
    expect(await stage.repository.run(['rev-list', '--count', 'coxswain'])).toBe('4');
  }, 120_000);

  it('says what to do if the server does not know the key, and if the host is not known', async () => {
    const stage = await gitStage();
    await withServer(async (server) => {
      const clone = await cloneOf(server.urlOf(stage.repository.directory), withCommand(server.command));
      const resolve = async (command: string) => {
        await clone.run(['config', 'core.sshCommand', command]);
        return (await openRemoteForge(clone)).branches.resolve('main');
      };
      expect(await resolve(server.command)).toBe(stage.base);
      await expect(resolve(server.commandWithoutKey)).rejects.toThrow(
        /does not accept the login, or there is none.*an ssh key/,
      );
      await expect(resolve(server.commandWithoutHost)).rejects.toThrow(
        /ssh does not know the host.*Connect once by hand/,
      );
    });
  }, 60_000);
});
