import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { OutsideError } from '../../host/errors.ts';
import { findTool } from '../../host/tools.ts';

/** A way from a network namespace to the outside. */
export interface Network {
  close(): Promise<void>;
}

/**
 * Connects the network namespace of a process with the outside by slirp4netns, which needs no rights on the host. The
 * host's loopback cannot be reached from there. It ends with this process, however that ends.
 * @param pid of a process in that namespace
 * @throws OutsideError if that cannot be done here
 */
export async function openNetwork(pid: number): Promise<Network> {
  const [ready, exit] = [3, 4];
  const args = [
    '--configure',
    '--mtu=65520',
    '--disable-host-loopback',
    `--ready-fd=${ready}`,
    `--exit-fd=${exit}`,
  ];
  const child = spawn(findTool('slirp4netns') ?? 'slirp4netns', [...args, String(pid), 'tap0'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (printed += data));
  const ended = once(child, 'close');
  const isReady = await Promise.race([
    once(child.stdio[ready] as Readable, 'data').then(() => true),
    ended.then(
      () => false,
      () => false,
    ),
  ]);
  if (!isReady) {
    const reason = printed.trim().split('\n').slice(-3).join('; ');
    throw new OutsideError('giving the build a network of its own', `slirp4netns ended: ${reason}`);
  }
  return {
    close: async () => {
      child.kill();
      await ended;
    },
  };
}
