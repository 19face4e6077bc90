import { type GateResult, isReady } from '../../release/gates/gate.ts';
import { type Status, statusLength } from '../../world/forge/forge.ts';
import { readinessSentence } from './readiness.ts';

/** The gates as a commit status that branch protection can require. Each target has its own context, because a commit may go to several. */
export function promotionStatus(target: string, gates: readonly GateResult[]): Status {
  const text = readinessSentence(gates).replaceAll('**', '');
  return {
    context: `coxswain/promotion/${target}`,
    state: isReady(gates) ? 'success' : gates.some(({ state }) => state === 'red') ? 'failure' : 'pending',
    description: text.length <= statusLength ? text : `${text.slice(0, statusLength - 1)}…`,
  };
}
