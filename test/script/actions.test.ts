import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { actionFiles, loadVerbs } from '../../script/generate.ts';
import type { Verb } from '../../src/cli/verb.ts';

let verbs: Map<string, Verb>;
beforeAll(async () => {
  verbs = await loadVerbs('src/verbs');
});

interface WrittenAction {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs?: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: {
    readonly steps: ReadonlyArray<{
      readonly run?: string;
      readonly uses?: string;
      readonly env?: Readonly<Record<string, string>>;
    }>;
  };
}

const folders = readdirSync('actions', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

function read(path: string): WrittenAction {
  return parse(readFileSync(path, 'utf8'));
}

describe('actions/', () => {
  it('has what script/build makes of the verbs, tables of the READMEs included', () => {
    const files = actionFiles('.', verbs);
    for (const [path, content] of files) expect(readFileSync(path, 'utf8'), path).toBe(content);
    expect([...files.keys()].filter((path) => path.endsWith('.yml'))).toEqual(
      folders.map((name) => `actions/${name}/action.yml`),
    );
  });

  it.each(folders)('%s: inputs and outputs are those of the verb, each with a description', (name) => {
    const action = read(`actions/${name}/action.yml`);
    const verb = verbs.get(name) as Verb;
    const own = Object.keys(action.inputs).filter((input) => input !== 'token');
    expect(own).toEqual(Object.keys(verb.inputs));
    expect(Object.keys(action.outputs ?? {})).toEqual(Object.keys(verb.outputs ?? {}));
    for (const each of [...Object.values(action.inputs), ...Object.values(action.outputs ?? {})]) {
      expect(each.description).toMatch(/\S/);
    }
  });

  it.each(folders)('%s: its README says permissions one by one, each with a reason', (name) => {
    const readme = readFileSync(`actions/${name}/README.md`, 'utf8');
    const permissions = readme.split('## Permissions')[1]?.split('##')[0]?.trim().split('\n') ?? [];
    expect(permissions.length).toBeGreaterThan(0);
    for (const line of permissions) expect(line).toMatch(/^- `[a-z-]+: (read|write)`: \S/);
  });

  it.each(['action.yml', ...folders.map((name) => `actions/${name}/action.yml`)])(
    '%s: no input is text of a command',
    (path) => {
      for (const { run } of read(path).runs.steps) {
        if (run === undefined) continue;
        expect(run).toMatch(/^exec sh "\$COXSWAIN_ACTION\/[./a-z]+\/?run\.sh" [a-z-]+$/);
      }
    },
  );
});

describe('action.yml', () => {
  it('has the inputs of run-event and log-in, and the outputs of run-event', () => {
    const action = read('action.yml');
    const wanted = ['run-event', 'log-in'].flatMap((name) => Object.keys(verbs.get(name)?.inputs ?? {}));
    expect(new Set(Object.keys(action.inputs))).toEqual(new Set([...wanted, 'pages', 'token']));
    expect(Object.keys(action.outputs ?? {})).toEqual(Object.keys(verbs.get('run-event')?.outputs ?? {}));
    for (const step of action.runs.steps) {
      const verb = / ([a-z-]+)$/.exec(step.run ?? '')?.[1];
      if (verb === undefined) continue;
      const given = [...(step.env?.COXSWAIN_INPUTS ?? '').matchAll(/"([a-z-]+)":/g)].map(([, name]) => name);
      expect(given.every((name) => name !== undefined && name in (verbs.get(verb)?.inputs ?? {}))).toBe(true);
    }
  });
});
