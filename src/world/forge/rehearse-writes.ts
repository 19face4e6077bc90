import { defined } from '../../host/defined.ts';
import { beforeWriting } from '../../host/dry-run.ts';
import type { Forge } from './forge.ts';

/** A forge whose writes end a rehearsal; in every other run it is the same forge. */
export function rehearseWrites(forge: Forge): Forge {
  const { branches, pullRequests, statuses, workflowRuns, issues, attestations } = forge;
  const { place } = forge;
  const guarded =
    <A extends readonly unknown[], R>(write: (...args: A) => R, what: (...args: A) => string) =>
    (...args: A): R => {
      beforeWriting(() => `${what(...args)} (${place})`);
      return write(...args);
    };
  return {
    ...forge,
    branches: {
      ...branches,
      commit: guarded(branches.commit, ({ branch, message, changes }) => {
        const [subject = ''] = message.split('\n');
        return `commit to the branch ${branch}: ${JSON.stringify(subject)}, files: ${changes.map(({ path }) => path).join(', ')}`;
      }),
      setBranch: guarded(branches.setBranch, ({ branch, to }) => `set the branch ${branch} to ${to}`),
    },
    pullRequests: {
      ...pullRequests,
      open: guarded(
        pullRequests.open,
        ({ title, head, base }) => `open the pull request ${JSON.stringify(title)}, ${head} into ${base}`,
      ),
      update: guarded(pullRequests.update, (number) => `update pull request #${number}`),
      comment: guarded(pullRequests.comment, (number) => `comment on pull request #${number}`),
      merge: guarded(pullRequests.merge, (number) => `merge pull request #${number}`),
    },
    statuses: {
      ...statuses,
      set: guarded(statuses.set, (commit, { context }) => `set the status ${context} of commit ${commit}`),
    },
    ...defined({
      workflowRuns: workflowRuns && {
        ...workflowRuns,
        start: guarded(
          workflowRuns.start,
          ({ workflow, branch }) => `start the workflow ${workflow} on ${branch}`,
        ),
      },
      attestations: attestations && { keep: guarded(attestations.keep, () => 'write an attestation') },
      issues: issues && {
        ...issues,
        open: guarded(issues.open, ({ title }) => `open the issue ${JSON.stringify(title)}`),
        update: guarded(issues.update, ({ number }) => `update issue #${number}`),
        close: guarded(issues.close, ({ number }) => `close issue #${number}`),
      },
    }),
  };
}
