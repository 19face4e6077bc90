import { type Gate, isReady } from '../../release/gates/gate.ts';
import { type Status, statusLength } from '../../world/forge/forge.ts';
import { outlook } from './outlook.ts';

/** The gates as a commit status, which branch protection can require. One context a target: a commit may go to several. */
export function promotionStatus(target: string, gates: readonly Gate[]): Status {
  const text = outlook(gates).replaceAll('**', '');
  return {
    context: `coxswain/promotion/${target}`,
    state: isReady(gates) ? 'success' : gates.some(({ state }) => state === 'red') ? 'failure' : 'pending',
    description: text.length <= statusLength ? text : `${text.slice(0, statusLength - 1)}…`,
  };
}
