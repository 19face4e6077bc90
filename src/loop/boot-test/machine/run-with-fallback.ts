import { defined } from '../../../host/defined.ts';
import type { TestFile } from '../guest/list-tests.ts';
import type { GuestRecord } from '../guest/protocol.ts';
import type { Accelerator } from '../report/boot-report.ts';
import { judge } from '../report/verdict.ts';
import { type ChosenAccelerator, chooseAccelerator } from './accelerator.ts';
import { type BootOptions, deadlineOf } from './boot-options.ts';
import { type MachineRun, runMachine } from './machine.ts';
import { type MachineFiles, machineTypeOf } from './machine-types.ts';

/** A kernel under KVM prints its first line within a second; a broken KVM may never run it. */
const kvmSilenceSeconds = 30;

/**
 * Runs a machine under KVM if that works, and emulated otherwise; also if KVM fails although the probe succeeded: it
 * sets up a processor but never runs it, or makes QEMU abort.
 * @param argumentsFor the command line of QEMU, without the program's name
 */
export async function runAccelerated(
  options: MachineOptions,
  argumentsFor: (accelerator: Accelerator, files: MachineFiles) => string[],
): Promise<{ readonly run: MachineRun; readonly used: ChosenAccelerator }> {
  const chosen = await chooseAccelerator(options.architecture, options.accelerator);
  const first = await run(options, chosen.accelerator, argumentsFor);
  const kvmFailed =
    chosen.accelerator === 'kvm' &&
    options.accelerator === undefined &&
    !first.console.includes('Linux version');
  if (!kvmFailed) return { run: first, used: chosen };
  const note = `KVM exists but does not work: ${judge(first, options.tests).explanation}`;
  return {
    run: await run(options, 'tcg', argumentsFor),
    used: { accelerator: 'tcg', note },
  };
}

/** @param nonce begins each line of the harness */
type MachineOptions = BootOptions & { readonly nonce: string };

function run(
  options: MachineOptions,
  accelerator: Accelerator,
  argumentsFor: (accelerator: Accelerator, files: MachineFiles) => string[],
): Promise<MachineRun> {
  return options.log.task(`boot test (${accelerator})`, (report) =>
    runMachine({
      program: machineTypeOf(options.architecture).program,
      argumentsFor: (files) => argumentsFor(accelerator, files),
      outputFolder: options.outputFolder,
      deadlineSeconds: deadlineOf(options),
      nonce: options.nonce,
      tests: options.tests.length,
      ...defined({ silenceSeconds: accelerator === 'kvm' ? kvmSilenceSeconds : undefined }),
      onProgress: (record) => report(progress(record, options.tests)),
    }),
  );
}

function progress(record: GuestRecord, tests: readonly TestFile[]): string {
  const current = record.tests.size - 1;
  if (record.done) return 'done';
  if (current >= 0) return `test ${current + 1} of ${tests.length}: ${tests[current]?.name ?? ''}`;
  return record.kernel === undefined ? 'kernel' : 'waiting for the system';
}
