import { existsSync, readdirSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Verb } from '../src/cli/verb.ts';
import { configJsonSchema } from '../src/config/schema.ts';
import { writeFileAtomically } from '../src/host/files.ts';
import { actionText, readmeText } from './actions.ts';

/** Files that are made from the source: path inside this repository, and content. */
export function generatedFiles(): Map<string, string> {
  return new Map([['schema/coxswain.schema.json', `${JSON.stringify(configJsonSchema(), null, 2)}\n`]]);
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
  const files = new Map([
    ...generatedFiles(),
    ...(existsSync(`${root}/dist/verbs`) ? actionFiles(root, await loadVerbs(`${root}/dist/verbs`)) : []),
  ]);
  for (const [path, content] of files) await writeFileAtomically(`${root}/${path}`, content);
}

// Run as a program: with the folder to write to, the current one by default.
if (process.argv[1] === fileURLToPath(import.meta.url)) await generate(process.cwd());
