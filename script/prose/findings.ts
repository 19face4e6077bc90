import { collectProse, type Prose } from './collect.ts';
import { proseRules } from './rules.ts';

/** A sentence that breaks a rule. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  /** The words, with some before and after. */
  readonly found: string;
  readonly instead: string;
}

/** These files contain the words that the rules forbid. */
const aboutTheRules = /^(script\/prose\/|docs\/style\.md|test\/script\/prose)/;

/** Every finding in this repository, by file and line. @param root top folder of a checkout */
export function findProse(root: string): Finding[] {
  return collectProse(root)
    .filter(({ file }) => !aboutTheRules.test(file))
    .flatMap(judgeProse);
}

export function judgeProse({ file, line, text }: Prose): Finding[] {
  return proseRules.flatMap(({ name, pattern, instead }) =>
    [...text.matchAll(pattern)].map(({ index, 0: words }) => ({
      file,
      line,
      rule: name,
      found: text.slice(Math.max(0, index - 25), index + words.length + 25).replaceAll(/\s+/g, ' '),
      instead,
    })),
  );
}

/** One line: file, rule, what was found, remedy. */
export function findingLine({ file, line, rule, found, instead }: Finding): string {
  return `${file}:${line}: ${rule}: "${found}"; write instead: ${instead} (docs/style.md)`;
}
