import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { API } from 'typescript/unstable/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerFiles } from '../../script/answers/answers.ts';
import { schemaOfType } from '../../script/answers/type-schema.ts';
import { requireAnswer } from '../support/answers.ts';
import { temporaryFolder } from '../support/repository.ts';

const verbs = readdirSync('src/verbs').map((file) => basename(file, '.ts'));

describe('schema/answers', () => {
  it('has the schema of every verb, of errors and of rehearsals, as script/build makes them', async () => {
    const files = await answerFiles(process.cwd());
    expect([...files.keys()].map((path) => basename(path, '.schema.json')).sort()).toEqual(
      [...verbs, 'dry-run', 'error'].sort(),
    );
    for (const [path, text] of files)
      expect(readFileSync(path, 'utf8'), `${path}: run script/build`).toBe(text);
    expect(readdirSync('schema/answers').length).toBe(files.size);
  });

  it('has an address with the major version, and says what is always there', () => {
    const schema = JSON.parse(readFileSync('schema/answers/check.schema.json', 'utf8'));
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://raw.githubusercontent.com/coxswain-os/coxswain/v1/schema/answers/check.schema.json',
      required: ['findings', 'errors', 'warnings', 'checks'],
    });
  });

  it('is compared with real runs of these verbs; the types of the code hold the others', () => {
    const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => readFileSync(join('test', file), 'utf8'));
    const compared = verbs.filter((verb) => tests.some((text) => text.includes(`requireAnswer('${verb}',`)));
    const wanted = ['boot-test', 'bridge', 'check', 'completion', 'make-key', 'node-kit', 'render-graph'];
    wanted.push('serve-graph', 'set-up-host', 'simulate-rollout', 'watch-fleet');
    expect(compared).toEqual(expect.arrayContaining(wanted));
  });

  it.each([
    [
      'a field that it does not name',
      { deleted: false, repositories: [], more: 1 },
      /must NOT have additional/,
    ],
    ['no field that is always there', { deleted: false }, /must have required property 'repositories'/],
    ['another type', { deleted: 'no', repositories: [] }, /\/deleted must be boolean/],
  ])('the comparison refuses %s', (_, answer, says) => {
    expect(() => requireAnswer('prune-images', answer)).toThrow(says);
  });
});

describe('schemaOfType', () => {
  const api = new API({ cwd: process.cwd() });
  let schemaOf: (type: string) => unknown;
  beforeAll(async () => {
    const folder = await temporaryFolder();
    await mkdir(folder, { recursive: true });
    const config = join(folder, 'tsconfig.json');
    const compilerOptions = { strict: true, target: 'es2023', lib: ['es2023'], types: [], noEmit: true };
    await writeFile(config, JSON.stringify({ compilerOptions, include: ['types.ts'] }));
    const file = join(folder, 'types.ts');
    await writeFile(
      file,
      `/** A tree. */
export interface Tree {
  readonly name: string;
  /** Below it. */
  readonly parts?: readonly Tree[];
}
export type Mixed = { readonly a: 'y' | 'x' | null; readonly b: boolean | undefined; readonly c: \`sha256:\${string}\` };
export type Pair = { readonly pair: readonly [number, string]; readonly by: Readonly<Record<string, number>> };
export interface WithMap { readonly at: { readonly seen: ReadonlyMap<string, number> } }
export interface WithFunction { readonly run: () => void }
`,
    );
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    const source = project?.program.getSourceFile(file);
    const module = source === undefined ? undefined : project?.checker.getSymbolAtLocation(source);
    schemaOf = (type) => {
      if (project === undefined || module === undefined) throw new Error('no project');
      const symbol = project.checker.getMemberInModuleExports(module, type);
      if (symbol === undefined) throw new Error(`no type ${type}`);
      return schemaOfType(project.checker, project.checker.getDeclaredTypeOfSymbol(symbol), type);
    };
  });
  afterAll(() => api.close());

  it('makes a definition of a named type, also of one that contains itself, with its docstrings', () => {
    expect(schemaOf('Tree')).toEqual({
      $ref: '#/$defs/Tree',
      $defs: {
        Tree: {
          description: 'A tree.',
          type: 'object',
          properties: {
            name: { type: 'string' },
            parts: { description: 'Below it.', type: 'array', items: { $ref: '#/$defs/Tree' } },
          },
          required: ['name'],
        },
      },
    });
  });

  it('knows that JSON leaves out undefined, and writes the parts of a union in one order', () => {
    expect(schemaOf('Mixed')).toMatchObject({
      $defs: {
        Mixed: {
          properties: {
            a: { anyOf: [{ enum: ['x', 'y'] }, { type: 'null' }] },
            b: { type: 'boolean' },
            c: { type: 'string', pattern: '^sha256:.*$' },
          },
          required: ['a', 'c'],
        },
      },
    });
  });

  it('describes tuples and maps from names to values', () => {
    expect(schemaOf('Pair')).toMatchObject({
      $defs: {
        Pair: {
          properties: {
            pair: { prefixItems: [{ type: 'number' }, { type: 'string' }], minItems: 2, maxItems: 2 },
            by: { type: 'object', additionalProperties: { type: 'number' } },
          },
        },
      },
    });
  });

  it.each([
    ['WithMap', /^WithMap\.at\.seen: JSON cannot carry ReadonlyMap/],
    ['WithFunction', /^WithFunction\.run: JSON cannot carry a function/],
  ])('refuses %s, which JSON cannot carry', (type, says) => {
    expect(() => schemaOf(type)).toThrow(says);
  });
});
