import { InputError, quote } from '../../../host/errors.ts';
import type { Config, Fleet } from '../../../project/configuration/config.ts';
import type { WorkflowEvent } from './event.ts';

/** What a workflow run has to do. */
export type Job =
  | { readonly kind: 'watch' }
  | { readonly kind: 'test'; readonly fleet: Fleet; readonly fork: boolean }
  /** Judge the commit that is to be merged into the state branch. */
  | { readonly kind: 'lint'; readonly commit: string }
  | { readonly kind: 'release'; readonly fleet: Fleet; readonly commit: string }
  /** Hand an alert to watch-fleet: JSON. */
  | { readonly kind: 'halt'; readonly alert: string }
  /** There is nothing to do, which is not an error. */
  | { readonly kind: 'nothing'; readonly reason: string };

/** The type of a repository_dispatch that halts a rollout. */
const haltType = 'coxswain-halt';

/** What a workflow is for. It decides what a manual start does, because that event has no other information. */
export const purposes = ['watch', 'release'] as const;
export type Purpose = (typeof purposes)[number];

/**
 * Decides what a workflow run does: a schedule watches the base, a pull request into a fleet's branch (or a merge
 * queue's group of them) is built and tested, one into the state branch is judged, a push to a fleet's branch is released, an alert halts a
 * rollout.
 * @throws InputError for any other event
 */
export function decide(event: WorkflowEvent, config: Config, purpose: Purpose = 'watch'): Job {
  switch (event.kind) {
    case 'workflow_dispatch': {
      if (purpose === 'watch') return { kind: 'watch' };
      const fleet = fleetOf(config, event.branch);
      if (fleet !== undefined) return { kind: 'release', fleet, commit: event.commit };
      throw noFleet(config, event.branch, 'push', 'Start the workflow on one of these branches.');
    }
    case 'schedule': {
      const { branch, defaultBranch } = event;
      if (defaultBranch !== undefined && branch !== defaultBranch) {
        throw new InputError({
          field: 'GITHUB_REF',
          problem: 'GitHub runs schedules on the default branch only, and this run is on another',
          found: branch,
          expected: defaultBranch,
          remedy: `Have the workflow file on ${defaultBranch}.`,
        });
      }
      return { kind: 'watch' };
    }
    case 'pull_request': {
      const fleet = fleetOf(config, event.base);
      if (fleet !== undefined) return { kind: 'test', fleet, fork: event.fork };
      if (event.base === config.stateBranch) {
        return {
          kind: 'nothing',
          reason: `pull requests into ${event.base} belong to the event pull_request_target`,
        };
      }
      throw noFleet(config, event.base, 'pull_request');
    }
    case 'pull_request_target': {
      if (event.base === config.stateBranch) return { kind: 'lint', commit: event.commit };
      throw wrongEvent(event.kind, config.stateBranch);
    }
    case 'merge_group': {
      const fleet = fleetOf(config, event.base);
      if (fleet !== undefined) return { kind: 'test', fleet, fork: false };
      throw noFleet(config, event.base, 'pull_request');
    }
    case 'repository_dispatch': {
      if (event.type === haltType) return { kind: 'halt', alert: JSON.stringify(event.payload) };
      throw new InputError({
        field: 'repository_dispatch',
        problem: 'coxswain does nothing for this type of event',
        found: event.type,
        expected: haltType,
        remedy: `on: { repository_dispatch: { types: [${haltType}] } }`,
      });
    }
    case 'push': {
      if (event.deleted) return { kind: 'nothing', reason: `branch ${event.branch} was deleted` };
      const fleet = fleetOf(config, event.branch);
      if (fleet !== undefined && event.created && fleet.promoteFrom !== undefined) {
        return { kind: 'nothing', reason: newBranch(fleet) };
      }
      if (fleet !== undefined) return { kind: 'release', fleet, commit: event.commit };
      throw noFleet(config, event.branch, 'push');
    }
    case 'other':
      throw wrongEvent(event.name, config.stateBranch);
  }
}

function wrongEvent(name: string, stateBranch: string): InputError {
  return new InputError({
    field: 'GITHUB_EVENT_NAME',
    problem: 'there is nothing to do for this event',
    found: name,
    expected:
      'schedule, workflow_dispatch, repository_dispatch, pull_request, merge_group, or push to the branch of a fleet',
    ...(name === 'pull_request_target'
      ? {
          remedy: `pull_request_target would give code from forks your credentials: use pull_request, which tests them without. Only for ${stateBranch}, whose files are never run, on: { pull_request_target: { branches: [${stateBranch}] } } is right.`,
        }
      : {}),
  });
}

/** The fleet that a branch releases to. */
export function fleetOf(config: Config, branch: string): Fleet | undefined {
  return Object.values(config.fleets).find((fleet) => fleet.branch === branch);
}

/** A new branch has content that has not passed this fleet's gates. */
function newBranch({ branch, promoteFrom }: Fleet): string {
  return `branch ${branch} is new, and its content has passed no gate of this fleet. The next promotion from ${promoteFrom} releases; to release this content, start this workflow by hand on ${branch}`;
}

function noFleet(
  config: Config,
  branch: string,
  event: 'push' | 'pull_request',
  remedy?: string,
): InputError {
  const branches = Object.values(config.fleets).map((fleet) => fleet.branch);
  return new InputError({
    where: config.file,
    field: 'fleets',
    problem: `no fleet is released from branch ${quote(branch)}`,
    expected: `one of ${branches.join(', ')}`,
    remedy:
      remedy ??
      `Start the workflow for these only: on: { ${event}: { branches: [${branches.join(', ')}] } }.`,
  });
}
