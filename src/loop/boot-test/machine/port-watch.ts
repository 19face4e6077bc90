import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLineReader } from '../guest/line-reader.ts';

/** What QEMU reports about its machine. */
export interface PortWatch {
  /** The guest had opened the port, and has closed it. */
  readonly closed: boolean;
  /** A disk of the host has no space for what the guest writes. QEMU has paused the guest, and nobody resumes it. */
  readonly hostFull: boolean;
  stop(): void;
}

const retryMilliseconds = 50;

/**
 * Learns from QEMU when the guest closes a port (QEMU Machine Protocol, event VSERPORT_CHANGE): only the harness has it
 * open, and a harness that was killed cannot report that itself. Also learns of a full disk (BLOCK_IO_ERROR).
 * @param socket where QEMU listens, or will listen
 */
export function watchPort(socket: string, port: string): PortWatch {
  const state = { opened: false, closed: false, hostFull: false, stopped: false };
  let connection: Socket | undefined;
  const onLine = (line: string) => {
    const message = parse(line);
    if (message?.QMP !== undefined) connection?.write('{"execute":"qmp_capabilities"}\n');
    if (message?.event === 'BLOCK_IO_ERROR' && message.data?.nospace === true) state.hostFull = true;
    if (message?.event !== 'VSERPORT_CHANGE' || message.data?.id !== port) return;
    if (message.data.open === true) state.opened = true;
    else if (state.opened) state.closed = true;
  };
  const connect = async (): Promise<void> => {
    while (!state.stopped) {
      const attempt = createConnection(socket);
      const connected = await new Promise<boolean>((resolve) => {
        attempt.once('connect', () => resolve(true));
        attempt.once('error', () => resolve(false));
      });
      if (connected) {
        connection = attempt;
        attempt.on('error', () => undefined);
        attempt.on('data', createLineReader(onLine));
        if (state.stopped) attempt.destroy();
        return;
      }
      await sleep(retryMilliseconds, undefined, { ref: false });
    }
  };
  void connect();
  return {
    get closed() {
      return state.closed;
    },
    get hostFull() {
      return state.hostFull;
    },
    stop: () => {
      state.stopped = true;
      connection?.destroy();
    },
  };
}

interface Message {
  readonly QMP?: unknown;
  readonly event?: unknown;
  readonly data?: { readonly id?: unknown; readonly open?: unknown; readonly nospace?: unknown };
}

function parse(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
