import type { Config } from '../configuration/config.ts';
import { calledBy, type Pin } from './pin.ts';

/** File of the user's workflow that steers fleets by a form. */
export const operateWorkflow = 'operate.yml';

/** A file of .github/workflows. */
export interface WorkflowFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The workflows of a user's repository: short callers of ours, for the fleets and registries of its configuration.
 * @param pin the release of ours that they call
 */
export function workflowFiles(config: Config, pin: Pin): WorkflowFile[] {
  const uses: Uses = (workflow) => `uses: ${calledBy(pin, `.github/workflows/${workflow}`)}`;
  return [
    { path: '.github/workflows/watch.yml', text: watchText(config, uses) },
    { path: '.github/workflows/pull-request.yml', text: pullRequestText(config, uses) },
    { path: '.github/workflows/release.yml', text: releaseText(config, uses) },
    { path: `.github/workflows/${operateWorkflow}`, text: operateText(config, uses) },
  ];
}

/** The line that calls one of our workflows. */
type Uses = (workflow: string) => string;

const hourly = '41 * * * *';

/** When to look at the base and the promotions: every six hours, and by hand. */
const seldom = `>-
      github.event_name != 'pull_request' && github.event_name != 'repository_dispatch' &&
      github.event.schedule != '${hourly}'`;

function watchText(config: Config, uses: Uses): string {
  const promoted = hasPromotions(config);
  return `# Looks for a new base${promoted ? ', proposes promotions,' : ','} keeps rollouts going, and halts those that make trouble.
name: Watch
on:
  schedule:
    - cron: '11 */6 * * *' # the base${promoted ? ' and promotions' : ''}
    - cron: '${hourly}' # the published graphs: more often makes rollouts smoother
  workflow_dispatch:
  repository_dispatch: # an alert that halts a rollout: webhook in halt-when
    types: [coxswain-halt]
${promoted ? labelTrigger(config) : ''}
permissions: {}

jobs:
${promoted ? labelJob : ''}  base:
    name: base
    if: ${seldom}
    permissions:
      contents: write # the branch of the pull request
      pull-requests: write # opens, updates and closes it
      issues: write # makes its labels if the repository lacks them
      packages: read # images at ghcr.io
    ${uses('watch.yml')}
${secrets(config, 'all', app)}${
  promoted
    ? `
  promotion:
    name: promotion
    if: ${seldom}
    permissions:
      contents: write # the branch of the pull request
      pull-requests: write # opens, updates and closes it
      issues: write # makes its labels if the repository lacks them
      statuses: write # each gate is a status
      actions: write # starts a release that is due
      packages: read # images at ghcr.io
    ${uses('promotion.yml')}
${secrets(config, 'all', app)}`
    : ''
}
  publish:
    name: publish
    if: github.event_name != 'pull_request' && github.event_name != 'repository_dispatch'
    permissions:
      contents: write # a pause that has ended is a commit on the state branch
      packages: write # artifacts at ghcr.io
      pages: write # GitHub Pages
      id-token: write # GitHub Pages; signatures without a key
    ${uses('tick.yml')}
${secrets(config, 'production')}
  halt:
    name: halt
    needs: publish
    # Every hour only while a rollout is in progress: else there is nothing to halt.
    if: >-
      \${{ !cancelled() && github.event_name != 'pull_request' &&
      (github.event.schedule != '${hourly}' || needs.publish.outputs.next-change != '') }}
    permissions:
      contents: write # a halt is a commit on the state branch
      issues: write # one issue for each failure
      pull-requests: read # finds the pull request of the base
      actions: read # looks at the runs of releases and tests
      packages: write # artifacts at ghcr.io
      pages: write # GitHub Pages
      id-token: write # GitHub Pages; signatures without a key
    ${uses('watch-fleet.yml')}
    with:
      alert: \${{ github.event_name == 'repository_dispatch' && toJSON(github.event.client_payload) || '' }}
      prometheus-origin: \${{ vars.COXSWAIN_PROMETHEUS_ORIGIN }}
${secrets(config, 'production', prometheus)}`;
}

/** "hold: WHY" and "urgent: WHY" on the pull request of a promotion act at once. */
function labelTrigger(config: Config): string {
  const targets = Object.values(config.fleets).filter((fleet) => fleet.promoteFrom !== undefined);
  return `  pull_request:
    types: [labeled, unlabeled]
    branches: ${list(targets.map((fleet) => fleet.branch))}
`;
}

// A run for a pull request may not deploy to GitHub Pages: it starts a run of this workflow that may deploy.
const labelJob = `  label:
    name: label
    if: github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    concurrency:
      group: coxswain-label
      cancel-in-progress: true
    permissions:
      actions: write # starts this workflow on the default branch
    steps:
      - env:
          BRANCH: \${{ github.event.repository.default_branch }}
          TOKEN: \${{ github.token }}
        run: |
          printf 'Authorization: Bearer %s\\n' "$TOKEN" |
            curl --fail --silent --show-error --header @- --data "{\\"ref\\":\\"$BRANCH\\"}" \\
              "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/actions/workflows/watch.yml/dispatches"

`;

function pullRequestText(config: Config, uses: Uses): string {
  return `# Builds the image of a pull request and boots it. Pull requests from forks see no secret.
# Require the check "image / ok": it reports for every pull request, also of forks, in a merge
# queue, and to the state branch.
name: Pull request
on:
  pull_request:
    branches: ${branches(config)}
  merge_group:
  # To the state branch, which has no workflow files: GitHub runs this file as the default branch has it. What is proposed
  # is read as data, and none of it is run.
  pull_request_target: # zizmor: ignore[dangerous-triggers] into ${config.stateBranch} alone, and no code of it is checked out
    branches: ${list([config.stateBranch])}

permissions: {}

jobs:
  image:
    name: image
    permissions:
      contents: read # the commit
      packages: write # the test registry
      pull-requests: write # the result of the boot test
    ${uses('pull-request.yml')}
${secrets(config, 'all')}`;
}

function releaseText(config: Config, uses: Uses): string {
  return `# Releases what was merged: promotes the tested image, starts the rollout, publishes.
# If somebody has to approve a release, give required reviewers to the environment with the fleet's name.
name: Release
on:
  push:
    branches: ${branches(config)}
  workflow_dispatch: # by hand, or by the workflow Watch: releases the branch that it is started on
    inputs:
      freeze-exception:
        description: release it although the fleet is frozen, for this reason
      first-release:
        description: the fleet is new, although the registry or the site gives no answer
        type: boolean

permissions: {}

jobs:
  fleet:
    name: fleet
    permissions:
      contents: write # the state branch
      packages: write # the registries
      pull-requests: read # whose boot test this is, if one is needed
      pages: write # GitHub Pages
      id-token: write # GitHub Pages; signatures without a key
      attestations: write # what such a run signs, among GitHub's attestations too
    ${uses('release.yml')}
    with:
      freeze-exception: \${{ inputs.freeze-exception }}
      first-release: \${{ inputs.first-release == true }}
${secrets(config, 'all')}`;
}

function operateText(config: Config, uses: Uses): string {
  const fleets = Object.keys(config.fleets);
  return `# A form to steer a fleet: Actions, Operate, Run workflow.
name: Operate
on:
  workflow_dispatch:
    inputs:
      fleet:
        type: choice
        options: ${list(fleets)}
      action:
        type: choice
        options: [${operations(config).join(', ')}]
      version:
        description: the release (rollout, roll-back, pause and resume may go without)
      reason:
        description: why; preferably the URL of an issue
      start:
        description: rollout - when it starts, such as next tuesday 14:00 UTC
      duration:
        description: rollout - time until every node is offered it, such as 48h
      for:
        description: pause, hold - ends automatically after this, such as 6h
      force:
        type: boolean
      keep-rollouts:
        description: hold - rollouts that are under way go on
        type: boolean
      dry-run:
        description: only show what would change
        type: boolean

permissions: {}

jobs:
  fleet:
    name: fleet
    permissions:
      contents: write # the state branch; the branch of a pull request
      pull-requests: write # roll-back and urgent write one
      issues: write # makes its labels if the repository lacks them
      statuses: write # urgent: the gates of a promotion
      actions: write # release: starts the workflow Release
      packages: write # artifacts at ghcr.io
      pages: write # GitHub Pages
      id-token: write # GitHub Pages; signatures without a key
    ${uses('operate.yml')}
    with:
      fleet: \${{ inputs.fleet }}
      action: \${{ inputs.action }}
      version: \${{ inputs.version }}
      reason: \${{ inputs.reason }}
      start: \${{ inputs.start }}
      duration: \${{ inputs.duration }}
      for: \${{ inputs.for }}
      force: \${{ inputs.force }}
      keep-rollouts: \${{ inputs.keep-rollouts }}
      dry-run: \${{ inputs.dry-run }}
${secrets(config, 'all', app)}`;
}

/** The choices of the form: urgent is for promotions only. */
function operations(config: Config): string[] {
  const steer = ['pause', 'resume', 'rollout', 'barrier', 'deadend', 'withdraw', 'hold', 'release-hold'];
  return [...steer, 'roll-back', ...(hasPromotions(config) ? ['urgent'] : []), 'release'];
}

function hasPromotions(config: Config): boolean {
  return Object.values(config.fleets).some((fleet) => fleet.promoteFrom !== undefined);
}

function branches(config: Config): string {
  return list(Object.values(config.fleets).map((fleet) => fleet.branch));
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => (/^[A-Za-z][\w./-]*$/.test(name) ? name : JSON.stringify(name))).join(', ')}]`;
}

const app = {
  'app-client-id': 'COXSWAIN_APP_CLIENT_ID',
  'app-private-key': 'COXSWAIN_APP_PRIVATE_KEY',
} as const;

const prometheus = {
  COXSWAIN_PROMETHEUS_TOKEN: 'COXSWAIN_PROMETHEUS_TOKEN',
  COXSWAIN_PROMETHEUS_USERNAME: 'COXSWAIN_PROMETHEUS_USERNAME',
  COXSWAIN_PROMETHEUS_PASSWORD: 'COXSWAIN_PROMETHEUS_PASSWORD',
} as const;

/** GitHub's own registry accepts the token of the run; each other registry has a name and a password. */
function secrets(
  { image, testImage }: Config,
  which: 'all' | 'production',
  more: Readonly<Record<string, string>> = {},
): string {
  const own = image.registry !== 'ghcr.io';
  const other = which === 'all' && testImage.registry !== image.registry && testImage.registry !== 'ghcr.io';
  const names = [
    ...(own ? ['registry-username', 'registry-password'] : []),
    ...(other ? ['test-registry-username', 'test-registry-password'] : []),
  ];
  const passed = [
    ...Object.entries(more),
    ...names.map((name) => [name, name.replaceAll('-', '_').toUpperCase()] as const),
  ];
  const lines = passed.map(([name, secret]) => `      ${name}: \${{ secrets.${secret} }}\n`);
  return lines.length === 0 ? '' : `    secrets:\n${lines.join('')}`;
}
