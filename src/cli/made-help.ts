import { readFileSync } from 'node:fs';

/** What `script/build` writes beside the program: every help text, so that none of the verbs is loaded for it. */
export interface HelpTexts {
  readonly program: string;
  readonly verbs: Readonly<Record<string, { readonly summary: string; readonly help: string }>>;
}

/** The file beside main.mjs. */
export const helpFile = 'help.json';

/** Which help a command line asks for: that of a verb, or of the program. */
export interface AskedHelp {
  readonly verb?: string;
  /** Wrong usage is answered with the help too. */
  readonly exitCode: 0 | 2;
}

/** @returns undefined if the command line asks for something else. The verb may not exist. */
export function askedHelp([name, ...rest]: readonly string[]): AskedHelp | undefined {
  if (name === undefined) return { exitCode: 2 };
  if (name === 'help') return rest[0] === undefined ? { exitCode: 0 } : { verb: rest[0], exitCode: 0 };
  if (name === '--help' || name === '-h') return { exitCode: 0 };
  const ofVerb = !name.startsWith('-') && (rest.includes('--help') || rest.includes('-h'));
  return ofVerb ? { verb: name, exitCode: 0 } : undefined;
}

/**
 * The help that a command line asks for, from the file of help texts.
 * @param program the URL of main.mjs
 * @returns undefined if it asks for something else, or for a verb that does not exist, and if there is no such file
 */
export function madeHelp(
  args: readonly string[],
  program: string,
): { readonly text: string; readonly exitCode: number } | undefined {
  const asked = askedHelp(args);
  const texts = asked === undefined ? undefined : readTexts(new URL(helpFile, program));
  if (asked === undefined || texts === undefined) return undefined;
  const { verb, exitCode } = asked;
  if (verb === undefined) return { text: texts.program, exitCode };
  const text = Object.hasOwn(texts.verbs, verb) ? texts.verbs[verb]?.help : undefined;
  return text === undefined ? undefined : { text, exitCode };
}

/** Our own file, of the same build. A schema would take longer than everything else here. */
export function readTexts(file: URL): HelpTexts | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as HelpTexts;
  } catch {
    return undefined;
  }
}
