import { join } from 'node:path';
import { InputError, type InputProblem, messageOf } from '../../host/errors.ts';
import { readFileIfThere } from '../../host/files.ts';
import { buildConfig } from './build-config.ts';
import { checkConfig } from './check-config.ts';
import type { Config, Fleet } from './config-types.ts';
import { newerVersion } from './format-version.ts';
import { errorOf, problemsOf } from './problems.ts';
import { configSchema } from './schema.ts';
import { readDocument } from './yaml-document.ts';

export type {
  BootTestConfig,
  Config,
  EvidenceConfig,
  EvidenceSigner,
  Fleet,
  NodeKitConfig,
  VulnerabilityRule,
} from './config-types.ts';

/** Name of the configuration file, at the top of the user's repository. */
export const configFileName = 'coxswain.yaml';

/** Path of the template for urgent releases, if it exists: `rollouts/stable.urgent.json.hbs`. */
export function urgentTemplate({ template }: Pick<Fleet, 'template'>): string {
  const ending = /(\.json)?\.hbs$/.exec(template)?.[0] ?? '';
  return `${template.slice(0, template.length - ending.length)}.urgent${ending}`;
}

/**
 * Reads the text of coxswain.yaml.
 * @param file how messages name the file
 * @throws InputError that lists every problem of the file
 */
export function parseConfig(text: string, file: string): Config {
  const read = examineConfig(text, file);
  if (read.config === undefined) throw errorOf(file, read.problems);
  return read.config;
}

/** Reads the text of coxswain.yaml, or lists every problem of it. @param file how messages name the file */
export function examineConfig(
  text: string,
  file: string,
): { readonly config: Config } | { readonly config: undefined; readonly problems: readonly InputProblem[] } {
  const document = readDocument(text, file);
  if (document.problems.length > 0) return { config: undefined, problems: document.problems };
  if (document.value === null || document.value === undefined) {
    const problem: InputProblem = {
      where: file,
      problem: 'the file is empty',
      expected: 'image, base and fleets',
      remedy: 'coxswain init --image REF writes one to start with.',
    };
    return { config: undefined, problems: [problem] };
  }
  const newer = newerVersion(document);
  if (newer !== undefined) return { config: undefined, problems: [newer] };
  const written = configSchema.safeParse(document.value);
  if (!written.success) {
    return { config: undefined, problems: problemsOf(written.error.issues, document) };
  }
  const problems: InputProblem[] = [];
  const config = buildConfig(written.data, { file, document, problems });
  if (config === undefined) return { config, problems };
  const found = checkConfig(config, document);
  return found.length === 0 ? { config } : { config: undefined, problems: found };
}

/**
 * Reads coxswain.yaml from the top folder of a checkout.
 * @throws InputError when it is missing, or as parseConfig
 */
export async function readConfig(directory: string): Promise<Config> {
  return parseConfig(await readConfigText(directory), configFileName);
}

/** The text of coxswain.yaml in the top folder of a checkout. @throws InputError if the file cannot be read */
export async function readConfigText(directory: string): Promise<string> {
  const where = join(directory, configFileName);
  const text = await readFileIfThere(where).catch((error: unknown) => {
    throw new InputError(
      { where, problem: `the file cannot be read: ${messageOf(error)}`, expected: 'a text file' },
      { cause: error },
    );
  });
  if (text !== undefined) return text;
  throw new InputError({
    where,
    problem: 'this file does not exist',
    remedy: 'coxswain init --image REF writes one to start with.',
  });
}
