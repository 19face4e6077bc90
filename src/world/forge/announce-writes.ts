import { defined } from '../../host/defined.ts';
import type { Log } from '../../host/log.ts';
import type { Forge } from './forge.ts';

/**
 * Logs the place that a run writes to, before its first write and only once.
 * @param where phrase such as `origin (https://git.example.com/acme/os)`
 */
export function announceWrites(forge: Forge, where: string, log: Log): Forge {
  let announced = false;
  const first =
    <A extends readonly unknown[], R>(write: (...args: A) => R) =>
    (...args: A): R => {
      if (!announced) log.info(`writing to ${where}`);
      announced = true;
      return write(...args);
    };
  const { branches, pullRequests, statuses, workflowRuns, issues } = forge;
  return {
    ...forge,
    branches: { ...branches, commit: first(branches.commit), setBranch: first(branches.setBranch) },
    pullRequests: {
      ...pullRequests,
      open: first(pullRequests.open),
      update: first(pullRequests.update),
      comment: first(pullRequests.comment),
      merge: first(pullRequests.merge),
    },
    statuses: { ...statuses, set: first(statuses.set) },
    ...defined({
      workflowRuns: workflowRuns && { ...workflowRuns, start: first(workflowRuns.start) },
      issues: issues && {
        ...issues,
        open: first(issues.open),
        update: first(issues.update),
        close: first(issues.close),
      },
    }),
  };
}
