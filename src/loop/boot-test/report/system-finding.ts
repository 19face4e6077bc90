import { defined } from '../../../host/defined.ts';
import type { GuestRecord, UnitRestarts } from '../guest/protocol.ts';
import type { SystemState, TestResult } from './boot-report.ts';
import type { KnownFailure } from './known-failures.ts';

/** Units that need not work. */
export interface AllowedUnits {
  /** Named by the user; `chronyd` stands for `chronyd.service`, as with systemctl. */
  readonly allowedUnits?: readonly string[];
  /** Units of the distribution that cannot work in such a machine. */
  readonly knownFailures?: readonly KnownFailure[];
}

/** A unit that was restarted this often never starts. */
const mostRestarts = 3;

/** What is wrong with systemd, as a sentence; undefined if nothing is. */
export function systemFinding(record: GuestRecord, allowed: AllowedUnits): string | undefined {
  const state = record.systemState;
  if (state === 'none') return undefined;
  if (state === undefined) return 'systemd did not report its state.';
  const unexpected = record.failedUnits.filter((unit) => !isAllowed(unit, allowed));
  const failed = unexpected.length === 0 ? '' : ` (failed: ${unexpected.join(', ')})`;
  if (state === 'maintenance') return `systemd could not boot and went into emergency mode${failed}.`;
  if (state.endsWith('-is-not-systemd')) {
    return `The first process of the machine is ${state.slice(0, -'-is-not-systemd'.length)}, and not the image's systemd.`;
  }
  if (!isWell(state, record.failedUnits, unexpected))
    return `systemd ended its boot in the state "${state}"${failed}.`;
  return findingAfter(record, allowed);
}

/** Degraded only means that units failed; any other state has a reason of its own. */
function isWell(state: string, failed: readonly string[], unexpected: readonly string[]): boolean {
  return state === 'running' || (state === 'degraded' && failed.length > 0 && unexpected.length === 0);
}

function findingAfter(record: GuestRecord, allowed: AllowedUnits): string | undefined {
  const state = record.stateAfter;
  // The machine did not reach this point.
  if (state === undefined) return undefined;
  const unexpected = record.failedAfter.filter((unit) => !isAllowed(unit, allowed));
  const restarting = restartingUnits(record, allowed);
  const findings = [
    ...(isWell(state, record.failedAfter, unexpected)
      ? []
      : [
          `After the tests, systemd was in the state "${state}"${unexpected.length === 0 ? '' : ` (failed since the boot: ${unexpected.join(', ')})`}.`,
        ]),
    ...(restarting.length === 0
      ? []
      : [
          `Units end and are restarted again and again: ${restarting.map(({ unit, count }) => `${unit} (${count} times)`).join(', ')}.`,
        ]),
  ];
  return findings.length === 0 ? undefined : findings.join(' ');
}

function restartingUnits({ restarts }: GuestRecord, allowed: AllowedUnits): UnitRestarts[] {
  return restarts.filter(
    ({ unit, count, state }) =>
      (count >= mostRestarts || state.startsWith('auto-restart')) && !isAllowed(unit, allowed),
  );
}

function isAllowed(unit: string, { allowedUnits = [], knownFailures = [] }: AllowedUnits): boolean {
  return (
    allowedUnits.some((name) => unit === name || unit === `${name}.service`) ||
    knownFailures.some((known) => known.unit === unit)
  );
}

/** Name of the entry among the tests that says whether systemd came up. */
export const systemTestName = 'systemd';

/** The state of systemd as a test; undefined if there is none, or the machine did not reach this point. */
export function systemTest(record: GuestRecord, allowed: AllowedUnits = {}): TestResult | undefined {
  const state = record.systemState;
  if (state === undefined || state === 'none') return undefined;
  const finding = systemFinding(record, allowed);
  const [from, to] = [record.marks.get('root') ?? record.marks.get('begin'), record.marks.get('system')];
  const { stateAfter } = record;
  return {
    name: systemTestName,
    result: finding === undefined ? 'passed' : 'failed',
    exitCode: finding === undefined ? 0 : 1,
    seconds: from === undefined || to === undefined ? 0 : Math.round((to - from) * 100) / 100,
    output: `${[
      state,
      ...(stateAfter === undefined || stateAfter === state ? [] : [`after the tests: ${stateAfter}`]),
      ...unitLines(record, allowed),
      ...record.details,
    ].join('\n')}\n`,
  };
}

function unitLines(record: GuestRecord, allowed: AllowedUnits): string[] {
  const { knownFailures = [] } = allowed;
  const failed = new Set([...record.failedUnits, ...record.failedAfter]);
  const restarting = new Set(record.restarts.map(({ unit }) => unit));
  const line = (unit: string) => {
    const known = knownFailures.find((each) => each.unit === unit);
    if (known !== undefined) return `${unit} fails here: ${known.reason}`;
    return isAllowed(unit, allowed) ? `failed, which is allowed: ${unit}` : `failed: ${unit}`;
  };
  return [
    ...[...failed].map(line),
    ...record.restarts.map(({ unit, count, state }) => `started again ${count} times: ${unit} (${state})`),
    // An entry that is not needed could hide a real failure later.
    ...knownFailures
      .filter(({ unit }) => record.stateAfter !== undefined && !failed.has(unit) && !restarting.has(unit))
      .map(({ unit }) => `${unit} may fail here, and did not`),
  ];
}

export function systemState(record: GuestRecord): SystemState | undefined {
  const { systemState: state, stateAfter } = record;
  if (state === undefined) return undefined;
  return {
    manager: state === 'none' ? 'none' : 'systemd',
    state,
    ...defined({ stateAfter }),
    failedUnits: [...new Set([...record.failedUnits, ...record.failedAfter])],
    details: record.details.join('\n'),
  };
}
