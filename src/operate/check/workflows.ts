import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Fleet } from '../../project/configuration/config.ts';
import type { Found } from './checkout-finding.ts';
import { type Examined, fileNames, readText } from './examined.ts';

const folder = '.github/workflows';

/** Reads only what matters here; actionlint checks everything else. */
const workflowSchema = z.looseObject({
  on: z.unknown(),
  jobs: z.record(
    z.string(),
    z.looseObject({
      uses: z.string().optional(),
      steps: z.array(z.looseObject({ uses: z.string().optional(), run: z.string().optional() })).optional(),
    }),
  ),
});

const branchFilter = z.looseObject({ branches: z.array(z.string()) });

interface Workflow {
  readonly path: string;
  readonly on: unknown;
  /** What its jobs and steps use or run. */
  readonly calls: readonly string[];
}

/** A step of the loop that workflows must call, and the event that each fleet's branch must start. */
const required = [
  {
    name: 'release',
    event: 'push',
    calls:
      /coxswain[^/]*\/(\.github\/workflows\/release\.yml|actions\/start-rollout)@|\bcoxswain start-rollout\b/,
    effect: 'a merge would release nothing',
  },
  {
    name: 'pull-request',
    event: 'pull_request',
    calls:
      /coxswain[^/]*\/(\.github\/workflows\/pull-request\.yml|actions\/boot-test)@|\bcoxswain boot-test\b/,
    effect: 'no pull request would be built and tested',
  },
] as const;

/** If workflows call Coxswain, they must call its release and its test, for every fleet's branch. */
export async function checkWorkflows(examined: Examined): Promise<readonly Found[]> {
  const names = (await fileNames(examined, folder)).filter((name) => /\.ya?ml$/.test(name));
  if (names.length === 0) return [];
  const found: Found[] = [];
  const workflows: Workflow[] = [];
  for (const name of names) {
    const path = `${folder}/${name}`;
    const workflow = readWorkflow(path, (await readText(examined, path)) ?? '');
    if (workflow === undefined) {
      found.push({ severity: 'warning', where: path, message: 'This is not a workflow: it cannot be read.' });
    } else {
      workflows.push(workflow);
    }
  }
  const usesCoxswain = workflows.some(({ calls }) =>
    calls.some((call) => /coxswain[^/]*\/(\.github\/workflows|actions)\/|\bcoxswain [a-z]+-/.test(call)),
  );
  const fleets = Object.values(examined.config.fleets);
  for (const step of required) {
    const callers = workflows.filter(({ calls }) => calls.some((call) => step.calls.test(call)));
    if (callers.length === 0) {
      found.push({
        severity: usesCoxswain ? 'error' : 'warning',
        where: `${folder}/`,
        message: `No workflow calls Coxswain's ${step.name}.yml, so ${step.effect}.`,
        remedy: `coxswain init writes ${folder}/${step.name}.yml; it does not change an existing file of that name, so rename yours first.`,
      });
      continue;
    }
    for (const fleet of fleets.filter(
      (each) => !callers.some((caller) => startsFor(caller, step.event, each)),
    )) {
      found.push({
        severity: 'error',
        where: (callers[0] as Workflow).path,
        message: `It does not run for branch ${fleet.branch} of fleet ${fleet.name} (on.${step.event}.branches), so ${step.effect} there.`,
        remedy: `Add ${fleet.branch} to on.${step.event}.branches.`,
      });
    }
  }
  return found;
}

function readWorkflow(path: string, text: string): Workflow | undefined {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) return undefined;
  const read = workflowSchema.safeParse(document.toJS());
  if (!read.success) return undefined;
  const calls = Object.values(read.data.jobs).flatMap(({ uses, steps = [] }) => [
    uses,
    ...steps.flatMap((step) => [step.uses, step.run]),
  ]);
  return { path, on: read.data.on, calls: calls.filter((call) => call !== undefined) };
}

/** Whether an event on the fleet's branch starts the workflow. A filter with patterns is assumed to match. */
function startsFor({ on }: Workflow, event: string, { branch }: Fleet): boolean {
  // A workflow that another one calls, or that a person starts, is not checked.
  if (typeof on !== 'object' || on === null || !(event in on)) return true;
  const filter = branchFilter.safeParse((on as Record<string, unknown>)[event]);
  if (!filter.success) return true;
  return filter.data.branches.some((each) => each === branch || /[*?+[\]!]/.test(each));
}
