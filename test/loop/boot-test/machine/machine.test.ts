import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTool } from '../../../../src/host/tools.ts';
import { runMachine } from '../../../../src/loop/boot-test/machine/machine.ts';
import type { MachineFiles } from '../../../../src/loop/boot-test/machine/machine-types.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const nonce = '0123456789ab';

/** Runs a shell script in place of an emulator; it writes to the files that a machine writes to. */
async function run(
  script: (files: MachineFiles) => string,
  more: { readonly deadlineSeconds?: number } = {},
) {
  return runMachine({
    program: 'sh',
    argumentsFor: (files) => ['-c', script(files)],
    outputFolder: await temporaryFolder(),
    deadlineSeconds: 60,
    nonce,
    tests: 0,
    onProgress: () => undefined,
    ...more,
  });
}

const story = ['begin 1.0 6.1', 'system 2.0 none', 'after 3.0 none', 'done 4.0 0'];
const say = (file: string, lines: readonly string[], start = `${nonce} `) =>
  lines.map((line) => `echo '${start}${line}' >>'${file}'`).join('\n');

/** A disk whose boot sector writes a sector (BIOS, interrupt 13h, function 3), and halts. */
function writingBootSector(): Buffer {
  const disk = Buffer.alloc(1024 * 1024);
  // mov ax, 0x301; mov cx, 2; mov dx, 0x80; mov bx, 0x7c00; int 0x13; hlt; jmp to the hlt
  const code = [0xb8, 1, 3, 0xb9, 2, 0, 0xba, 0x80, 0, 0xbb, 0, 0x7c, 0xcd, 0x13, 0xf4, 0xeb, 0xfd];
  Buffer.from(code).copy(disk);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

describe('runMachine', () => {
  it('is done at the word of the harness, and does not wait for the machine', async () => {
    const { record, end, seconds } = await run(({ results }) => `${say(results, story)}\nexec sleep 100`);
    expect(record).toMatchObject({ done: true, violation: undefined });
    expect(end.kind).toBe('done');
    expect(seconds).toBeLessThan(50);
  });

  it('ends a machine at the first line that is not of its harness', async () => {
    const { record } = await run(
      ({ results }) =>
        `${say(results, story.slice(0, 2))}\n${say(results, ['done 3.0 0'], '')}\nexec sleep 100`,
    );
    expect(record.violation).toMatch(/without the nonce/);
    expect(record.done).toBe(false);
  });

  it.each(['console', 'results', 'fallback', 'journal'] as const)(
    'ends a machine that writes to its %s without end',
    async (name) => {
      const { end, record } = await run(
        // The output ends: on a busy machine, endless output would fill the disk within seconds.
        (files) =>
          `${name === 'results' ? `yes '${nonce} output 0 x'` : 'yes'} | head -c 200000000 >'${files[name]}'; exec sleep 100`,
      );
      expect(record.done).toBe(false);
      if (name === 'results') expect(record.violation).toBeTypeOf('string');
      else expect(end.kind).toBe('flooded');
    },
  );

  it('reads all that a machine wrote before it ended, however much', async () => {
    const { record } = await run(
      ({ results, fallback }) =>
        `head -c 40000000 /dev/zero | tr '\\0' 'x' >'${fallback}'; ${say(results, story)}`,
    );
    expect(record.done).toBe(true);
  });

  it.skipIf(findTool('qemu-system-x86_64') === undefined)(
    'is an error, and no result, if a disk of this host is full: QEMU pauses the guest for ever',
    async () => {
      const disk = join(await temporaryFolder(), 'disk');
      await writeFile(disk, writingBootSector());
      const machine = runMachine({
        program: 'qemu-system-x86_64',
        argumentsFor: ({ monitor }) => [
          ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'q35', '-m', '64M'],
          ...['-qmp', `unix:${monitor},server=on,wait=off`],
          // Every write fails as on a full disk (28 is ENOSPC).
          '-blockdev',
          `driver=blkdebug,node-name=root,image.driver=file,image.filename=${disk},inject-error.0.event=none,inject-error.0.iotype=write,inject-error.0.errno=28`,
          ...['-device', 'virtio-blk-pci,drive=root'],
        ],
        outputFolder: await temporaryFolder(),
        deadlineSeconds: 60,
        nonce,
        tests: 0,
        onProgress: () => undefined,
      });
      await expect(machine).rejects.toThrow(/a disk of this host is full.*says nothing about the image/);
    },
    70_000,
  );

  it('gives up at the deadline', async () => {
    expect((await run(() => 'exec sleep 100', { deadlineSeconds: 1 })).end.kind).toBe('deadline');
  });
});
