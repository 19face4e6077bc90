import { formatTime } from '../../host/time.ts';
import { type GateResult, isReady } from '../../release/gates/gate.ts';

/** Says whether a promotion may be merged, and when. The sentence does not change just because time passes. */
export function readinessSentence(gates: readonly GateResult[]): string {
  if (isReady(gates)) return 'All gates are green: it is ready to be merged.';
  const red = gates.filter((gate) => gate.state === 'red').map((gate) => gate.name);
  if (red.length > 0) return `**Not to be merged yet**: ${red.join(', ')}.`;
  const waiting = gates.filter((gate) => gate.state === 'waiting');
  const names = waiting.map((gate) => gate.name).join(', ');
  const until = Math.max(...waiting.map((gate) => gate.until ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(until)
    ? `**Not to be merged yet**: it waits until ${formatTime(until)} (${names}).`
    : `**Not to be merged yet**: it waits (${names}).`;
}
