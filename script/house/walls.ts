import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ICruiseResult, IViolation } from 'dependency-cruiser';
import { pureHostFiles, rooms, roomsOfVerbs, specialTestFolders } from './floors.ts';
import { importRules } from './import-rules.ts';
import { readImports, roomOf } from './imports.ts';

/** A place where the architecture is broken. */
export interface Breach {
  readonly file: string;
  readonly rule: string;
  /** What was found. */
  readonly found: string;
  readonly remedy: string;
}

/** Every breach of the rules of DESIGN.md, "Shape of the code". @param root top folder of a checkout */
export async function findBreaches(root: string): Promise<Breach[]> {
  const rules = importRules();
  const imports = await readImports(root, rules);
  const remedies = new Map(rules.map((rule) => [rule.name, rule.comment]));
  return [
    ...importBreaches(imports, remedies),
    ...impureCalls(root, imports),
    ...unknownRooms(root),
    ...foldersWithoutVerb(root),
    ...verbsWithoutTest(root),
    ...testsWithoutSource(root),
    ...sharedNames(root),
  ];
}

/** One line: file, rule, what was found, remedy. */
export function breachLine({ file, rule, found, remedy }: Breach): string {
  return `${file}: ${rule}: ${found}; ${remedy}`;
}

function importBreaches({ summary }: ICruiseResult, remedies: ReadonlyMap<string, string>): Breach[] {
  const others = summary.violations.filter(({ cycle }) => cycle === undefined);
  return [...circlesOf(summary.violations), ...others].map((violation) => ({
    file: violation.from,
    rule: violation.rule.name,
    found: found(violation),
    remedy: remedies.get(violation.rule.name) ?? '',
  }));
}

function found({ to, cycle }: IViolation): string {
  return `imports ${cycle === undefined ? to : cycle.map(({ name }) => name).join(' → ')}`;
}

/** One violation of each circle: dependency-cruiser reports a circle for each of its files, in several forms. */
export function circlesOf(violations: readonly IViolation[]): IViolation[] {
  const groups: { readonly first: IViolation; readonly files: Set<string> }[] = [];
  for (const violation of violations.filter(({ cycle }) => cycle !== undefined)) {
    const files = new Set([violation.from, ...(violation.cycle ?? []).map(({ name }) => name)]);
    const group = groups.find((each) => [...files].some((file) => each.files.has(file)));
    if (group === undefined) groups.push({ first: violation, files });
    else for (const file of files) group.files.add(file);
  }
  return groups.map(({ first }) => first);
}

const impure =
  /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|crypto\.random\w*|fetch\(|setTimeout\(|setInterval\(|process\.\w+|console\.\w+)/;

/** Impure calls that need no import. */
function impureCalls(root: string, { modules }: ICruiseResult): Breach[] {
  const pure = pureHostFiles.map((name) => `src/host/${name}`);
  const files = modules
    .map(({ source }) => source)
    .filter((path) => roomOf(path) === 'guidance' || pure.includes(path));
  return files.flatMap((file) => {
    const code = readFileSync(`${root}/${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '');
    const call = impure.exec(code)?.[0];
    if (call === undefined) return [];
    const remedy = 'read, write or ask the time in a verb, and pass the value to src/guidance';
    return [{ file, rule: 'guidance is pure', found: `calls ${call}`, remedy }];
  });
}

function unknownRooms(root: string): Breach[] {
  const unknown = readdirSync(`${root}/src`).filter((name) => !rooms.includes(name));
  return unknown.map((name) => ({
    file: `src/${name}`,
    rule: 'the top of src/ is fixed',
    found: 'unknown file or folder',
    remedy: `move it into one of ${rooms.join(', ')}, or give it a floor in script/house/floors.ts`,
  }));
}

function verbs(root: string): string[] {
  return readdirSync(`${root}/src/verbs`).map((file) => basename(file, '.ts'));
}

function foldersWithoutVerb(root: string): Breach[] {
  const names = new Set(verbs(root));
  return roomsOfVerbs.flatMap((room) =>
    readdirSync(`${root}/src/${room}`)
      .filter((name) => !names.has(name))
      .map((name) => ({
        file: `src/${room}/${name}`,
        rule: `${room}/ has one folder for each verb`,
        found: `no verb ${name} in src/verbs`,
        remedy: 'name the folder after its verb, or move what several verbs share to src/release/',
      })),
  );
}

function verbsWithoutTest(root: string): Breach[] {
  const missing = verbs(root).filter((verb) => !existsSync(`${root}/test/verbs/${verb}.test.ts`));
  return missing.map((verb) => ({
    file: `src/verbs/${verb}.ts`,
    rule: 'every verb has a test',
    found: `no file test/verbs/${verb}.test.ts`,
    remedy: 'add it',
  }));
}

function testsWithoutSource(root: string): Breach[] {
  const files = readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' });
  const folders = files
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.replace(/\/?[^/]+$/, ''));
  return [...new Set(folders)]
    .filter((folder) => !specialTestFolders.includes(folder.split('/')[0] ?? ''))
    .filter((folder) => !existsSync(`${root}/src/${folder}`))
    .map((folder) => ({
      file: `test/${folder}`,
      rule: 'test/ mirrors src/',
      found: `no folder src/${folder}`,
      remedy: 'move the tests to the folder of what they test',
    }));
}

/**
 * Files that share a name. This is allowed if the paths make the difference obvious: each file is a verb or is in the
 * folder of a verb, or their folders are side by side (`forge/git/` and `forge/github/`).
 */
function sharedNames(root: string): Breach[] {
  const known = new Set(verbs(root));
  const files = readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .toSorted();
  return files.flatMap((file) => {
    const other = files.find((each) => each < file && basename(each) === basename(file));
    if (other === undefined) return [];
    const folders = [dirname(file), dirname(other)];
    if (folders.every((folder) => folder === 'verbs' || known.has(basename(folder)))) return [];
    if (dirname(dirname(file)) === dirname(dirname(other))) return [];
    return [
      {
        file: `src/${file}`,
        rule: 'a name says what a file is',
        found: `src/${other} has the same name`,
        remedy: 'name both after what they do',
      },
    ];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const breaches = await findBreaches(process.cwd());
  for (const breach of breaches) console.error(breachLine(breach));
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
