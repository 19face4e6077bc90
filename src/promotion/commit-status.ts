import { type Status, statusLength } from '../forge/forge.ts';
import { type Gate, isReady } from './gates.ts';
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
