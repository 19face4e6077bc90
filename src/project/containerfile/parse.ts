import { DockerfileParser } from 'dockerfile-ast';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { expand, plain, type SourceText, sourceText, variableNames } from './expand.ts';
import { maskForParser } from './mask.ts';

/** One `FROM` of a Containerfile. */
export interface Stage {
  /** The image reference as written, without line continuations. */
  readonly image: string;
  /** The same with the defaults of the ARGs before the first FROM filled in. */
  readonly resolved: string;
  readonly platform?: string;
  readonly alias?: string;
  /** Where the reference is: character offsets, `end` exclusive. */
  readonly range: { readonly start: number; readonly end: number };
  /** `file:line:column` of the reference, for messages. */
  readonly where: string;
  /** The characters of `resolved`, each with the place where it is written (here, or in an ARG). */
  readonly source: SourceText;
  /** Names of all build arguments in `resolved`. */
  readonly variables: readonly string[];
}

export interface Containerfile {
  readonly file: string;
  readonly text: string;
  /** At least one. */
  readonly stages: readonly [Stage, ...Stage[]];
}

/**
 * Reads the stages of a Containerfile.
 * @throws InputError when there is no FROM, or a FROM without an image
 */
export function parseContainerfile(text: string, file: string): Containerfile {
  const parsed = DockerfileParser.parse(maskForParser(text));
  const escapeCharacter = parsed.getEscapeCharacter();
  const offsets = lineOffsets(text);
  const offsetOf = (position: { line: number; character: number }) =>
    (offsets[position.line] ?? text.length) + position.character;
  const globals = new Map<string, { value: SourceText | undefined; variables: readonly string[] }>();
  const expandHere = (written: SourceText) => ({
    value: expand(written, (name) => globals.get(name)?.value),
    variables: variableNames(written).flatMap((name) => [name, ...(globals.get(name)?.variables ?? [])]),
  });
  for (const instruction of parsed.getInitialARGs()) {
    // One ARG may define several names, each optionally with a default.
    for (const argument of instruction.getArguments()) {
      const range = argument.getRange();
      const whole = sourceText(text, offsetOf(range.start), offsetOf(range.end), escapeCharacter);
      const equals = plain(whole).indexOf('=');
      if (equals < 0) globals.set(plain(whole), { value: undefined, variables: [] });
      else globals.set(plain(whole.slice(0, equals)), expandHere(whole.slice(equals + 1)));
    }
  }
  const stages = parsed.getFROMs().map((from): Stage => {
    const range = from.getImageRange();
    const place = range?.start ?? from.getRange().start;
    const where = `${file}:${place.line + 1}:${place.character + 1}`;
    if (range === null) {
      throw new InputError({ where, problem: 'FROM names no image', expected: 'FROM repository:tag' });
    }
    const start = offsetOf(range.start);
    const end = offsetOf(range.end);
    const written = sourceText(text, start, end, escapeCharacter);
    const { value, variables } = expandHere(written);
    const platform = from
      .getFlags()
      .find((flag) => flag.getName() === 'platform')
      ?.getValue();
    const alias = from.getBuildStage();
    return {
      image: plain(written),
      resolved: plain(value),
      ...defined({ platform: platform == null ? undefined : platform }),
      ...defined({ alias: alias === null ? undefined : alias }),
      range: { start, end },
      where,
      source: value,
      variables,
    };
  });
  const [first, ...rest] = stages;
  if (first === undefined) {
    throw new InputError({
      where: file,
      problem: 'it has no FROM',
      expected: 'FROM followed by the base image of coxswain.yaml',
    });
  }
  return { file, text, stages: [first, ...rest] };
}

/** Offset at which each line starts, lines ending as the library counts them (`\n`, `\r\n`, a lone `\r`). */
function lineOffsets(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((match) => match.index + match[0].length)];
}
