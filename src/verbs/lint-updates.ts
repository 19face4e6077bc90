import { directory } from '../cli/directory.ts';
import { firstRelease } from '../cli/first-release-input.ts';
import { many, parsed, text } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { defined } from '../host/defined.ts';
import { InputError } from '../host/errors.ts';
import { renderFindings } from '../host/findings.ts';
import { count } from '../host/report.ts';
import { findFleet } from '../project/fleets.ts';
import { openProject, type Project } from '../release/project.ts';
import { lintState } from '../release/state/lint-state.ts';
import type { Git } from '../world/git/git.ts';
import { findCommit } from '../world/git/read-commit.ts';
import { shortCommit } from '../world/git/short-commit.ts';

export default defineVerb({
  summary:
    'Check a change of the state branch: nodes that would lose their update path, mistakes, and what a person should check',
  about: `
For pull requests against the state branch, and for edits by hand. Exit code 1 if there is an error;
warnings alone are 0. It compares the commit with the state branch before it.

  coxswain lint-updates                                the newest commit of the state branch
  coxswain lint-updates --commit origin/my-change      a branch that will be merged into it`,
  inputs: {
    commit: text('the commit or branch to check (default: the tip of the state branch)', {
      placeholder: 'REV',
    }),
    against: text(
      'what to compare it with (default: its parent, or the commit at which it branched off the state branch)',
      {
        placeholder: 'REV',
      },
    ),
    fleet: many('only this fleet', { placeholder: 'NAME' }),
    'time-zone': parsed('time zone that decides what a weekend is', readTimeZone, {
      placeholder: 'ZONE',
      fallback: 'UTC',
    }),
    'first-release': firstRelease,
    directory,
  },
  run: async (inputs, context) => {
    const project = await openProject({
      directory: inputs.directory,
      env: context.env,
      log: context.log,
      firstRelease: inputs['first-release'],
    });
    const { config, forge } = project;
    const fleets = inputs.fleet.map((name) => findFleet(config, name).name);
    const { commit, against } = await findCommits(project, inputs);
    const after = await forge.branches.readFolder(commit, '');
    const before =
      against === undefined ? new Map<string, string>() : await forge.branches.readFolder(against, '');
    const now = context.now();
    const judged = lintState(after, before, { config, fleets, now, timeZone: inputs['time-zone'] });
    const findings = judged.flatMap(({ fleet, findings: list }) =>
      list.map((finding) => ({ ...defined({ fleet }), ...finding })),
    );
    const errors = findings.filter(({ severity }) => severity === 'error');
    const warnings = findings.filter(({ severity }) => severity === 'warning');
    const counts =
      findings.length === 0
        ? 'no finding'
        : `${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}`;
    const compared = `${shortCommit(commit)}${against === undefined ? '' : ` against ${shortCommit(against)}`}`;
    return {
      data: { commit, against: against ?? null, errors, warnings },
      ...renderFindings([...errors, ...warnings], { headline: `lint-updates: ${counts}`, facts: [compared] }),
      annotations: [...errors, ...warnings].map(({ severity, message, rule, where }) => ({
        level: severity,
        title: `lint-updates: ${rule}`,
        message: `${where}: ${message}`,
      })),
      exitCode: errors.length > 0 ? 1 : 0,
    };
  },
  action: { token: true },
  outputs: {
    errors: { about: 'how many errors', of: ({ errors }) => errors.length },
    warnings: { about: 'how many warnings', of: ({ warnings }) => warnings.length },
  },
});

async function findCommits(
  { git, forge, config }: Project,
  given: { readonly commit: string | undefined; readonly against: string | undefined },
): Promise<{ readonly commit: string; readonly against: string | undefined }> {
  const tip = await forge.branches.resolve(config.stateBranch);
  if (given.commit !== undefined && /^[0-9a-f]{40}$/.test(given.commit)) {
    // No clone has the commit of a pull request from a fork.
    await forge.branches.fetchHistory(given.commit, ...(tip === undefined ? [] : [tip]));
  }
  const commit = given.commit === undefined ? tip : await resolve(git, given.commit, '--commit');
  if (commit === undefined) {
    throw new InputError({
      field: 'state-branch',
      problem: `this repository has no branch ${config.stateBranch}`,
      remedy: 'start-rollout creates it with the first release; in a fresh clone, fetch it.',
    });
  }
  if (given.against !== undefined) return { commit, against: await resolve(git, given.against, '--against') };
  const merged = tip !== undefined && (await forge.branches.isAncestor(commit, tip));
  const against =
    merged || tip === undefined
      ? await git.try(['rev-parse', '--verify', '--quiet', `${commit}^`])
      : await git.try(['merge-base', commit, tip]);
  return { commit, against };
}

async function resolve(git: Git, name: string, field: string): Promise<string> {
  const found = await findCommit(git, name);
  if (found !== undefined) return found;
  throw new InputError({
    field,
    problem: 'this commit cannot be found',
    found: name,
    remedy: 'Fetch it first.',
  });
}

function readTimeZone(raw: string, name: string): string {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: raw });
    return raw;
  } catch {
    throw new InputError({
      field: `--${name}`,
      problem: 'unknown time zone',
      found: raw,
      expected: 'UTC, or a name such as Europe/Berlin',
    });
  }
}
