import { fileURLToPath } from 'node:url';
import { configJsonSchema } from '../src/config/schema.ts';
import { writeFileAtomically } from '../src/host/files.ts';

/** Files that are made from the source: path inside this repository, and content. */
export function generatedFiles(): Map<string, string> {
  return new Map([['schema/coxswain.schema.json', `${JSON.stringify(configJsonSchema(), null, 2)}\n`]]);
}

/** Writes them. @param root top folder of this repository */
export async function generate(root: string): Promise<void> {
  for (const [path, content] of generatedFiles()) await writeFileAtomically(`${root}/${path}`, content);
}

// Run as a program: with the folder to write to, the current one by default.
if (process.argv[1] === fileURLToPath(import.meta.url)) await generate(process.argv[2] ?? '.');
