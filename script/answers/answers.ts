import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isExportAssignment } from 'typescript/unstable/ast/is';
import { API, type Checker, type Project, SignatureKind, type Type } from 'typescript/unstable/sync';
import { answerSchemaPath, schemaAddress } from '../../src/cli/answer-schemas.ts';
import { writeFileAtomically } from '../../src/host/files.ts';
import { type JsonSchema, schemaOfType } from './type-schema.ts';

// What verbs print with --json is described by the types of the code: TypeScript's own checker reads them.

/** Answers that any verb may give, and the types of src/cli/json-answers.ts that they have. */
const common = { error: 'ErrorAnswer', 'dry-run': 'RehearsalAnswer' } as const;

/** script/stamp writes these in every release, and they have no type of an answer. */
const stamped = ['project/init/ours.ts', 'cli/answer-schemas.ts', 'project/configuration/schema.ts'];

/**
 * The schemas of all answers: path inside this repository, and content.
 * @param root top folder of this repository, with node_modules/
 * @throws Error for a verb that is not made by defineVerb, and for an answer that JSON cannot carry
 */
export async function answerFiles(root: string): Promise<Map<string, string>> {
  const folder = join(root, 'node_modules/.cache/answers');
  // TypeScript takes seconds to read all types, and a release builds several times.
  const kept = join(folder, `${sourceHash(root)}.json`);
  const known = existsSync(kept)
    ? readFileSync(kept, 'utf8')
    : JSON.stringify([...(await readSchemas(root, folder))]);
  if (!existsSync(kept)) await writeFileAtomically(kept, known);
  const schemas = new Map(JSON.parse(known) as [string, JsonSchema][]);
  return new Map([...schemas].map(([name, schema]) => [answerSchemaPath(name), text(name, schema)]));
}

/** Of everything that decides the types. */
function sourceHash(root: string): string {
  const hash = createHash('sha256');
  const files = ['src', 'script/answers'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !stamped.includes(file))
      .map((file) => join(folder, file)),
  );
  for (const file of [...files.sort(), 'package-lock.json', 'tsconfig.json'])
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

async function readSchemas(root: string, folder: string): Promise<Map<string, JsonSchema>> {
  const config = join(folder, 'tsconfig.json');
  await mkdir(folder, { recursive: true });
  const include = ['../../../src/verbs', '../../../src/cli/json-answers.ts'];
  await writeFile(config, JSON.stringify({ extends: '../../../tsconfig.json', include }));
  const api = new API({ cwd: root });
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (project === undefined) throw new Error(`${config}: TypeScript does not open it`);
    const verbs = readdirSync(join(root, 'src/verbs')).map((file) => basename(file, '.ts'));
    return new Map([
      ...verbs.map((verb) => {
        const data = dataOf(project, join(root, `src/verbs/${verb}.ts`));
        return [verb, schemaOfType(project.checker, data, verb)] as const;
      }),
      ...Object.entries(common).map(
        ([name, type]) => [name, commonSchema(project, root, name, type)] as const,
      ),
    ]);
  } finally {
    api.close();
  }
}

function commonSchema(project: Project, root: string, name: string, type: string): JsonSchema {
  const file = join(root, 'src/cli/json-answers.ts');
  const source = project.program.getSourceFile(file);
  const module = source === undefined ? undefined : project.checker.getSymbolAtLocation(source);
  const symbol = module === undefined ? undefined : project.checker.getMemberInModuleExports(module, type);
  if (symbol === undefined) throw new Error(`${file}: no type ${type}`);
  return schemaOfType(project.checker, project.checker.getDeclaredTypeOfSymbol(symbol), name);
}

const titles: Readonly<Record<string, string>> = {
  error: 'What a verb that failed prints with --json',
  'dry-run': 'What a verb that would write prints with --json --dry-run',
};

function text(name: string, schema: JsonSchema): string {
  const title = titles[name] ?? `What coxswain ${name} --json prints`;
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: schemaAddress(name), title };
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`;
}

/** The type of `data` in what `run` of a verb answers. */
function dataOf({ program, checker }: Project, file: string): Type {
  const argument = verbOf({ program, checker }, file);
  const run = typeOfProperty(checker, argument, 'run');
  const [signature] = run === undefined ? [] : checker.getSignaturesOfType(run, SignatureKind.Call);
  const promise = signature === undefined ? undefined : checker.getReturnTypeOfSignature(signature);
  const [outcome] = promise?.isTypeReference() === true ? checker.getTypeArguments(promise) : [];
  const data = outcome === undefined ? undefined : typeOfProperty(checker, outcome, 'data');
  if (data === undefined) throw new Error(`${file}: the type of its answer cannot be found`);
  return data;
}

/** The type of the argument of `export default defineVerb(…)`. */
function verbOf({ program, checker }: Pick<Project, 'program' | 'checker'>, file: string): Type {
  for (const statement of program.getSourceFile(file)?.statements ?? []) {
    if (!isExportAssignment(statement)) continue;
    const signature = checker.getResolvedSignature(statement.expression);
    const argument = signature === undefined ? undefined : checker.getParameterType(signature, 0);
    if (argument !== undefined) return argument;
  }
  throw new Error(`${file}: no export default defineVerb({ … })`);
}

function typeOfProperty(checker: Checker, type: Type, name: string): Type | undefined {
  const symbol = checker.getPropertyOfType(type, name);
  return symbol === undefined ? undefined : checker.getTypeOfSymbol(symbol);
}
