import { InputError } from '../../host/errors.ts';
import { configFileName, examineConfig, readConfigText } from '../../project/configuration/config.ts';
import type { Git } from '../../world/git/git.ts';
import { errorOf, type Finding, type Found } from './checkout-finding.ts';
import { checkContainerfile } from './containerfile.ts';
import { type Examined, readTracked } from './examined.ts';
import { checkHoldFiles } from './hold-files.ts';
import { checkTemplates } from './templates.ts';
import { checkTests } from './tests.ts';
import { checkWorkflows } from './workflows.ts';

export interface Check {
  readonly name: string;
  readonly run: (examined: Examined) => Promise<readonly Found[]>;
}

/** Every check of a checkout whose configuration can be read. */
export const checks: readonly Check[] = [
  { name: 'containerfile', run: checkContainerfile },
  { name: 'template', run: checkTemplates },
  { name: 'test', run: checkTests },
  { name: 'hold-file', run: checkHoldFiles },
  { name: 'workflow', run: checkWorkflows },
];

/** What was found in a checkout. */
export interface CheckAnswer {
  readonly findings: readonly Finding[];
  /** Names of the checks that ran. */
  readonly ran: readonly string[];
}

/**
 * Checks everything in a checkout that Coxswain reads. Reads files only: no registry, no forge, no state.
 * @param git undefined in a folder that is not a repository yet
 * @param now UNIX seconds: templates are rendered for the day that begins then
 */
export async function checkCheckout(git: Git | undefined, root: string, now: number): Promise<CheckAnswer> {
  const configuration = 'configuration';
  let text: string;
  try {
    text = await readConfigText(root);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const finding = { check: configuration, ...errorOf({ ...error.details, where: configFileName }, '') };
    return { findings: [finding], ran: [configuration] };
  }
  const examinedConfig = examineConfig(text, configFileName);
  if (examinedConfig.config === undefined) {
    const findings = examinedConfig.problems.map((problem) => ({
      check: configuration,
      ...errorOf(problem, configFileName),
    }));
    return { findings, ran: [configuration] };
  }
  const examined: Examined = {
    root,
    config: examinedConfig.config,
    tracked: git === undefined ? undefined : await readTracked(git),
    now,
  };
  const findings: Finding[] = [];
  for (const { name, run } of checks) {
    for (const found of await run(examined)) findings.push({ check: name, ...found });
  }
  return { findings, ran: [configuration, ...checks.map(({ name }) => name)] };
}
