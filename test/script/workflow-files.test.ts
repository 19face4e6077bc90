import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exampleFiles, examples } from '../../script/generate.ts';
import { ours as pin } from '../../src/project/init/ours.ts';

interface Called {
  readonly type?: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly with?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>;
  readonly steps?: readonly Step[];
  readonly 'timeout-minutes'?: number;
}

interface Workflow {
  readonly on: {
    readonly workflow_call?: {
      readonly inputs?: Readonly<Record<string, Called>>;
      readonly secrets?: Readonly<Record<string, Called>>;
    } | null;
  };
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const ours = `${pin.repository}/`;
const folder = '.github/workflows';
const read = (path: string): Workflow => parse(readFileSync(path, 'utf8'));
const names = readdirSync(folder);
const reusable = names.filter((name) => !name.startsWith('coxswain-'));
const all = [
  ...names.map((name) => `${folder}/${name}`),
  ...Object.keys(examples).flatMap((example) =>
    readdirSync(`workflows-examples/${example}/${folder}`).map(
      (name) => `workflows-examples/${example}/${folder}/${name}`,
    ),
  ),
];

describe('every workflow', () => {
  it.each(all)('%s: permissions job by job, a timeout for each, no expression in a command', (path) => {
    const workflow = read(path);
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) {
      expect(job.permissions).toBeDefined();
      if (job.uses === undefined) expect(job['timeout-minutes']).toBeGreaterThan(0);
      for (const { run } of job.steps ?? []) expect(run ?? '').not.toContain('${{');
    }
  });

  it.each(all)('%s: calls others and ours by a commit, with the version beside it', (path) => {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => /^\s*(- )?uses:/.test(line));
    for (const line of lines) {
      if (line.includes('uses: ./')) continue;
      expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+\S*$/);
    }
  });
});

describe('what is called', () => {
  it.each(all)('%s: gives actions inputs that they have', (path) => {
    for (const job of Object.values(read(path).jobs)) {
      for (const step of job.steps ?? []) {
        if (step.uses?.startsWith(ours) !== true) continue;
        const action = parse(
          readFileSync(`${step.uses.slice(ours.length).replace(/@.*/, '')}/action.yml`, 'utf8'),
        );
        for (const name of Object.keys(step.with ?? {})) expect(Object.keys(action.inputs)).toContain(name);
      }
    }
  });

  it.each(all)('%s: gives workflows inputs, secrets and permissions that they ask for', (path) => {
    for (const job of Object.values(read(path).jobs)) {
      if (job.uses?.startsWith(ours) !== true) continue;
      const called = read(job.uses.slice(ours.length).replace(/@.*/, ''));
      const inputs = called.on.workflow_call?.inputs ?? {};
      for (const name of Object.keys(job.with ?? {})) expect(Object.keys(inputs)).toContain(name);
      for (const [name, { required }] of Object.entries(inputs)) {
        if (required === true) expect(Object.keys(job.with ?? {})).toContain(name);
      }
      const secrets = called.on.workflow_call?.secrets ?? {};
      for (const name of Object.keys(job.secrets ?? {})) expect(Object.keys(secrets)).toContain(name);
      // A called job may not ask for more permissions than the calling job has.
      for (const inner of Object.values(called.jobs)) {
        for (const [scope, level] of Object.entries(inner.permissions ?? {})) {
          expect([`${scope}: write`, `${scope}: ${level}`]).toContain(
            `${scope}: ${job.permissions?.[scope]}`,
          );
        }
      }
    }
  });

  it.each(reusable)('%s: every input goes somewhere', (name) => {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    const { inputs = {}, secrets = {} } = read(`${folder}/${name}`).on.workflow_call ?? {};
    for (const input of Object.keys(inputs)) expect(text).toContain(`inputs.${input}`);
    for (const secret of Object.keys(secrets)) expect(text).toContain(`secrets.${secret}`);
  });

  it('pull-request.yml judges the checkout before it builds anything', () => {
    const { jobs } = read(`${folder}/pull-request.yml`);
    const isStep = (name: string) => (step: Step) =>
      step.uses?.startsWith(`${ours}actions/${name}@`) === true;
    const first = Object.entries(jobs).find(([, job]) => job.steps?.some(isStep('check')));
    const builds = Object.values(jobs).filter((job) => job.steps?.some(isStep('build-image')));
    expect(builds.length).toBeGreaterThan(0);
    for (const { needs } of builds) expect([needs].flat()).toContain(first?.[0]);
  });

  it.each(reusable)('%s: passes on what an operator says of a first release and of a freeze', (name) => {
    const words = ['first-release', 'freeze-exception'];
    for (const job of Object.values(read(`${folder}/${name}`).jobs)) {
      for (const { uses = '', with: given = {} } of [job, ...(job.steps ?? [])]) {
        if (!uses.startsWith(ours)) continue;
        const path = uses.slice(ours.length).replace(/@.*/, '');
        // A pull request into the state branch has a state branch.
        if (path === 'actions/lint-updates') continue;
        const inputs: Readonly<Record<string, unknown>> = path.endsWith('.yml')
          ? (read(path).on.workflow_call?.inputs ?? {})
          : parse(readFileSync(`${path}/action.yml`, 'utf8')).inputs;
        for (const word of words.filter((each) => each in inputs)) {
          expect(given, `${uses} in ${name}`).toMatchObject({ [word]: `\${{ inputs.${word} }}` });
        }
      }
    }
  });

  it('operate.yml has the inputs of edit-updates', () => {
    const inputs = Object.keys(read(`${folder}/operate.yml`).on.workflow_call?.inputs ?? {});
    const action = parse(readFileSync('actions/edit-updates/action.yml', 'utf8'));
    const own = Object.keys(action.inputs).filter((name) => !['token', 'directory', 'by'].includes(name));
    expect(new Set(inputs)).toEqual(new Set([...own, 'pages']));
  });
});

it('no example deletes images without saying yes: nobody can be asked in a workflow', () => {
  const documents = ['actions', 'docs', 'workflows-examples'].flatMap((place) =>
    readdirSync(place, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(md|yml)$/.test(path))
      .map((path) => `${place}/${path}`),
  );
  const steps = documents.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split(/^\s*- uses: /m)
      .filter((text) => text.startsWith(`${ours}actions/prune-images@`))
      .map((text) => text.split(/^```|^\s*- /m)[0] ?? ''),
  );
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) if (step.includes('delete: true')) expect(step).toContain('yes: true');
});

describe('workflows-examples/', () => {
  it.each(Object.entries(examples))('%s is what init writes', async (name, settings) => {
    for (const [path, { content, mode }] of await exampleFiles(settings)) {
      const file = `workflows-examples/${name}/${path}`;
      expect(readFileSync(file, 'utf8'), file).toBe(content);
      expect(statSync(file).mode & 0o111, file).toBe(mode & 0o111);
    }
  });
});
