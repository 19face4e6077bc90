import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../../host/errors.ts';
import { readFileIfThere, withTemporaryFolder } from '../../../host/files.ts';
import { startProcess } from '../../../host/process.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import type { Accelerator } from '../report/boot-report.ts';
import { machineTypeOf } from './machine-types.ts';

export interface ChosenAccelerator {
  readonly accelerator: Accelerator;
  /** Why it is not KVM. */
  readonly note?: string;
}

/**
 * KVM if it really works, otherwise emulation.
 * @param requested skips the choice
 * @throws InputError when KVM is requested and does not work
 */
export async function chooseAccelerator(
  architecture: Architecture,
  requested?: Accelerator,
): Promise<ChosenAccelerator> {
  if (requested === 'tcg') return { accelerator: 'tcg', note: 'emulation was asked for' };
  const problem = await kvmProblem(architecture);
  if (problem === undefined) return { accelerator: 'kvm' };
  if (requested === 'kvm') throw new InputError({ problem: `KVM was asked for, but ${problem}` });
  return { accelerator: 'tcg', note: problem };
}

async function kvmProblem(architecture: Architecture): Promise<string | undefined> {
  const own = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string];
  if (own !== architecture) return `this machine is not ${architecture}`;
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return '/dev/kvm is missing, or this user may not use it';
  }
  return probeKvm(architecture);
}

const probeExitCode = 85;
const probeSeconds = 10;

/**
 * Runs a few instructions under KVM. It is not enough that /dev/kvm can be opened: nested KVM may refuse to set up a
 * processor (QEMU aborts), or never run it.
 */
async function probeKvm(architecture: Architecture): Promise<string | undefined> {
  const type = machineTypeOf(architecture);
  return withTemporaryFolder('kvm', async (folder) => {
    const logFile = join(folder, 'qemu.log');
    const common = ['-nodefaults', '-no-user-config', '-display', 'none', '-machine', type.machine];
    const machine = [...common, '-accel', 'kvm', '-cpu', 'host', '-m', '64M', '-no-reboot'];
    const firmware = join(folder, 'firmware');
    await writeFile(firmware, probeFirmware());
    const probe =
      architecture === 'x86_64'
        ? ['-bios', firmware, '-device', 'isa-debug-exit,iobase=0x501,iosize=1']
        : ['-S']; // Other machines have no such exit, so it is only checked that the processor can be set up.
    const qemu = await startProcess(type.program, [...machine, ...probe], { logFile });
    const patience = architecture === 'x86_64' ? probeSeconds : 1;
    const end = await Promise.race([qemu.ended, sleep(patience * 1000, undefined, { ref: false })]);
    await qemu.stop(1_000);
    const works = architecture === 'x86_64' ? end?.code === probeExitCode : end === undefined;
    if (works) return undefined;
    const said = (await readFileIfThere(logFile))?.trim().split('\n')[0] ?? '';
    const detail =
      end === undefined ? 'its processor does not run' : said || `QEMU ended with ${end.code ?? end.signal}`;
    return `KVM exists but does not work: ${detail}`;
  });
}

/** The last 64 KiB below 4 GiB; a processor starts 16 bytes before their end. */
function probeFirmware(): Buffer {
  const firmware = Buffer.alloc(64 * 1024, 0xf4);
  const exitValue = (probeExitCode - 1) / 2; // isa-debug-exit ends QEMU with 2 × value + 1
  // mov dx, 0x501; mov al, value; out dx, al; hlt
  Buffer.from([0xba, 0x01, 0x05, 0xb0, exitValue, 0xee, 0xf4]).copy(firmware, firmware.length - 16);
  return firmware;
}
