import type { PullRequest } from '../../world/forge/forge.ts';
import { cleanStatement } from '../operations/operator.ts';
import type { Exception } from './gate.ts';

/** Labels by which people steer a promotion; a colon and the reason may follow each. */
export type SteeringLabel = 'hold' | 'urgent' | 'freeze-exception';

/**
 * What a label on a pull request says: `urgent: CVE-2026-1234`.
 * @returns `reason` is empty if none is given; undefined if there is no such label
 */
export function readLabel(
  request: Pick<PullRequest, 'number' | 'labels'> | undefined,
  name: SteeringLabel,
): Exception | undefined {
  const label = request?.labels.find((each) => each === name || each.startsWith(`${name}:`));
  if (request === undefined || label === undefined) return undefined;
  return {
    reason: cleanStatement(label.slice(name.length + 1)),
    by: `a label on pull request #${request.number}`,
  };
}
