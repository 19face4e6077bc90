import { defined } from '../../../host/defined.ts';
import type { TestFile } from '../guest/list-tests.ts';
import type { GuestRecord } from '../guest/protocol.ts';
import type { MachineRun } from '../machine/machine.ts';
import type { Span } from './boot-report.ts';
import { resultOf } from './verdict.ts';

/**
 * What a machine did from its start to its end. The guest counts from the start of its kernel, we from the start of
 * QEMU: the first message of the harness connects the two.
 */
export function timelineOf(
  run: Pick<MachineRun, 'record' | 'milestones' | 'seconds'>,
  tests: readonly TestFile[],
): Span[] {
  const { record, milestones, seconds } = run;
  const begin = record.marks.get('begin');
  if (begin === undefined || milestones.begin === undefined) {
    return [{ kind: 'machine', name: 'machine', from: 0, to: round(seconds) }];
  }
  const kernelStart = Math.max(0, milestones.begin - begin);
  const spans: Span[] = [];
  let reached = 0;
  const add = (kind: Span['kind'], name: string, until: number, result?: Span['result']) => {
    const to = Math.max(reached, Math.min(until, Math.max(seconds, reached)));
    spans.push({
      kind,
      name,
      from: round(reached),
      to: round(to),
      ...defined({ result }),
    });
    reached = to;
  };
  add('machine', 'QEMU', kernelStart);
  for (const [kind, mark, name] of phasesOf(record)) {
    const uptime = record.marks.get(mark);
    if (uptime !== undefined) add(kind, name, kernelStart + uptime);
  }
  for (const [index, test] of record.tests) {
    const until = test.end === undefined ? seconds : kernelStart + test.end.at;
    add('test', tests[index]?.name ?? `test ${index}`, until, resultOf(test));
  }
  if (seconds - reached > 0.01) add('end', record.done ? 'power-off' : 'until the end', seconds);
  return spans;
}

function phasesOf(record: GuestRecord): ReadonlyArray<readonly [Span['kind'], string, string]> {
  return [
    ['kernel', 'initrd', 'kernel'],
    ['initrd', 'root', 'initrd'],
    ['system', 'system', record.systemState === 'none' ? 'first process' : 'systemd'],
  ];
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
