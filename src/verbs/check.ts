import { join, resolve } from 'node:path';
import { directory } from '../cli/directory.ts';
import { defineVerb } from '../cli/verb.ts';
import type { Annotation } from '../host/annotation.ts';
import { defined } from '../host/defined.ts';
import { exists } from '../host/files.ts';
import { renderFindings } from '../host/findings.ts';
import type { Log } from '../host/log.ts';
import { count } from '../host/report.ts';
import { findTool } from '../host/tools.ts';
import { checkCheckout } from '../operate/check/check.ts';
import type { Finding } from '../operate/check/checkout-finding.ts';
import { findRoot } from '../project/checkout.ts';
import { configFileName } from '../project/configuration/config.ts';
import { Git } from '../world/git/git.ts';

export default defineVerb({
  summary: 'Check a whole checkout before anything runs: configuration, templates, tests, workflows',
  about: `Reads the files of the checkout, committed or not, and reports everything that would fail later. It asks no
registry and no forge, and writes nothing. In a folder that is not a repository yet it checks the same, except for commits. Exit code 1 if there is an error; warnings alone are 0.

  configuration  coxswain.yaml
  containerfile  it can be read, and builds on the configured base
  template       every fleet's rollout template renders, now and at every hour of the next day
  test           there are tests, and Linux can run them
  hold-file      each file in .coxswain/hold names a fleet
  workflow       the workflows call the release and the test, for every fleet's branch

  coxswain check`,
  inputs: { directory },
  run: async (inputs, context) => {
    const { git, root } = await findCheckout(inputs.directory, context.log);
    const { findings, ran } = await checkCheckout(git, root, context.now());
    const errors = findings.filter(({ severity }) => severity === 'error');
    const warnings = findings.filter(({ severity }) => severity === 'warning');
    const reported = findings.map(({ check, ...finding }) => ({ rule: check, ...finding }));
    const counts = `${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}`;
    return {
      data: { findings, errors: errors.length, warnings: warnings.length, checks: ran },
      ...renderFindings(reported, {
        headline: `check: ${findings.length === 0 ? 'no finding' : counts}`,
        facts: [`checked: ${ran.join(', ')}`],
      }),
      annotations: findings.map(annotationOf),
      exitCode: errors.length > 0 ? 1 : 0,
    };
  },
  action: {},
  outputs: {
    errors: { about: 'how many errors', of: ({ errors }) => errors },
    warnings: { about: 'how many warnings', of: ({ warnings }) => warnings },
  },
});

/** The checkout; before the first `git init` also a folder with a configuration, for which git is not needed. */
async function findCheckout(directory: string, log: Log): Promise<{ git: Git | undefined; root: string }> {
  const isRepository =
    findTool('git') !== undefined &&
    (await new Git(directory).try(['rev-parse', '--show-toplevel']).catch(() => undefined)) !== undefined;
  if (isRepository || !(await exists(join(directory, configFileName)))) {
    const root = await findRoot(directory);
    return { git: new Git(root), root };
  }
  log.warn('this folder is not a git repository yet, so nothing was checked about commits: git init');
  return { git: undefined, root: resolve(directory) };
}

function annotationOf({ check, severity, where, message, remedy }: Finding): Annotation {
  const place = /^([^:]+?)( \(rendered\))?(?::(\d+)|:|$)/.exec(where);
  // Lines of the rendered text are not those of the file.
  const line = place?.[2] === undefined ? place?.[3] : undefined;
  return {
    level: severity,
    title: `check: ${check}`,
    message: remedy === undefined ? message : `${message} ${remedy}`,
    ...defined({ file: place?.[1]?.replace(/\/$/, ''), line: line === undefined ? undefined : Number(line) }),
  };
}
