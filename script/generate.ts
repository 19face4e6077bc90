import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { chmod, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Verb } from '../src/cli/verb.ts';
import { withTemporaryFolder, writeFileAtomically } from '../src/host/files.ts';
import { configJsonSchema, schemaStoreEntry } from '../src/project/configuration/schema.ts';
import { initRepository } from '../src/project/init/init.ts';
import type { InitialSettings } from '../src/project/init/texts.ts';
import { actionText, readmeText } from './actions.ts';
import { answerFiles } from './answers/answers.ts';
import { referencePages } from './reference.ts';

/** Files that are made from the source: path inside this repository, and content. */
export function generatedFiles(): Map<string, string> {
  const text = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return new Map([
    ['schema/coxswain.schema.json', text(configJsonSchema())],
    ['schema/schemastore.json', text(schemaStoreEntry())],
  ]);
}

/** The repositories of workflows-examples/, and the arguments of `coxswain init` that make them. */
export const examples: Readonly<Record<string, InitialSettings>> = {
  'one-fleet': exampleSettings({ fleets: ['stable'] }),
  'two-fleets': exampleSettings({}),
  'own-registry': exampleSettings({
    image: 'registry.example.com/acme/os',
    testImage: 'test-registry.example.com/acme/os',
  }),
  'two-architectures': exampleSettings({ architectures: ['x86_64', 'aarch64'] }),
};

function exampleSettings(other: Partial<InitialSettings>): InitialSettings {
  return {
    image: 'ghcr.io/acme/os',
    testImage: 'ghcr.io/acme/os-test',
    base: 'quay.io/fedora/fedora-coreos:stable',
    stream: 'stable',
    fleets: ['testing', 'stable'],
    architectures: ['x86_64'],
    ...other,
  };
}

/** The files of an example: path inside it, content and mode. */
export async function exampleFiles(
  settings: InitialSettings,
): Promise<Map<string, { readonly content: string; readonly mode: number }>> {
  return withTemporaryFolder('example', async (folder) => {
    const { written } = await initRepository(folder, settings);
    const files = written.map(async (path) => {
      const file = join(folder, path);
      const mode = (await stat(file)).mode & 0o777;
      return [path, { content: await readFile(file, 'utf8'), mode }] as const;
    });
    return new Map(await Promise.all(files));
  });
}

/** The verbs in a folder, by name. */
export async function loadVerbs(folder: string): Promise<Map<string, Verb>> {
  const files = readdirSync(folder).sort();
  const loaded = await Promise.all(
    files.map(async (file) => {
      const module: { default: Verb } = await import(pathToFileURL(`${folder}/${file}`).href);
      return [basename(file, extname(file)), module.default] as const;
    }),
  );
  return new Map(loaded);
}

/**
 * The actions of verbs, and the tables in their READMEs.
 * @param root top folder of this repository
 */
export function actionFiles(root: string, verbs: ReadonlyMap<string, Verb>): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, verb] of verbs) {
    if (verb.action === undefined) continue;
    files.set(`actions/${name}/action.yml`, actionText(name, verb));
    const readme = `actions/${name}/README.md`;
    files.set(readme, readmeText(`${root}/${readme}`, verb));
  }
  return files;
}

/** Writes them. @param root top folder of this repository, dist/ being built */
export async function generate(root: string): Promise<void> {
  const built = `${root}/dist/verbs`;
  const verbs = existsSync(built) ? await loadVerbs(built) : undefined;
  const files = new Map([
    ...generatedFiles(),
    ...(await answerFiles(root)),
    ...(verbs === undefined ? [] : [...actionFiles(root, verbs), ...referencePages(verbs)]),
  ]);
  for (const [path, content] of files) await writeFileAtomically(`${root}/${path}`, content);
  for (const [name, settings] of Object.entries(examples)) {
    for (const [path, { content, mode }] of await exampleFiles(settings)) {
      const file = `${root}/workflows-examples/${name}/${path}`;
      await writeFileAtomically(file, content);
      await chmod(file, mode);
    }
  }
}

// As a program: the argument is the folder to write to (default: the current one).
if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) await generate(process.cwd());
