import { createHash } from 'node:crypto';
import { OutsideError } from '../../host/errors.ts';
import type { Descriptor } from './manifest.ts';
import { connectionFailure, TransientError } from './registry-failures.ts';
import type { ByteRange } from './request.ts';

/** Passes a stream through. At its end it errors if the content does not match the descriptor. */
export function verified(
  source: ReadableStream<Uint8Array>,
  descriptor: Descriptor,
  what: string,
): ReadableStream<Uint8Array> {
  const hash = createHash('sha256');
  const reader = source.getReader();
  let size = 0;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          hash.update(value);
          size += value.length;
          if (size > descriptor.size) throw wrongSize(what, descriptor.size, `more than ${descriptor.size}`);
          controller.enqueue(value);
          return;
        }
        if (size !== descriptor.size) throw wrongSize(what, descriptor.size, `${size}`);
        const found = `sha256:${hash.digest('hex')}`;
        if (found !== descriptor.digest) throw wrongBytes(what, found);
        controller.close();
      } catch (error) {
        await reader.cancel().catch(() => {});
        controller.error(connectionFailure(`reading ${what}`, what.split('/')[0] as string, error));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** Cuts a range from a stream of the whole content. */
export function part(source: ReadableStream<Uint8Array>, range: ByteRange): ReadableStream<Uint8Array> {
  let position = 0;
  const end = range.offset + range.length;
  return source.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        const wanted = chunk.subarray(Math.max(range.offset - position, 0), Math.max(end - position, 0));
        position += chunk.length;
        if (wanted.length > 0) controller.enqueue(wanted);
        if (position >= end) controller.terminate();
      },
    }),
  );
}

function wrongSize(what: string, expected: number, found: string): OutsideError {
  return new TransientError(`reading ${what}`, `${expected} bytes were expected, and ${found} came`);
}

export function wrongBytes(what: string, found: string): OutsideError {
  return new OutsideError(
    `reading ${what}`,
    `the content does not match its digest: it is ${found}`,
    'None of it was used. The registry, or a proxy before it, damages or replaces content.',
  );
}
