/** A character of an expanded text, and where in the file it was written. */
export interface SourceCharacter {
  readonly character: string;
  readonly offset: number;
}

export type SourceText = readonly SourceCharacter[];

/** Text of a range of the file with line continuations (and comment lines inside them) removed. */
export function sourceText(file: string, start: number, end: number, escapeCharacter: string): SourceText {
  const characters: SourceCharacter[] = [];
  const continuation = new RegExp(
    `${escapeCharacter === '`' ? '`' : '\\\\'}[ \\t]*\\r?\\n(?:[ \\t]*#[^\\n]*\\n)*`,
    'y',
  );
  for (let offset = start; offset < end; offset++) {
    continuation.lastIndex = offset;
    const skipped = continuation.exec(file);
    if (skipped === null) characters.push({ character: file.charAt(offset), offset });
    else offset += skipped[0].length - 1;
  }
  return characters;
}

/** The characters as a text. */
export function plain(text: SourceText): string {
  return text.map(({ character }) => character).join('');
}

/**
 * Expands `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME-word}`, as FROM and ARG do (Dockerfile reference,
 * "Environment replacement"); quotes around words are removed. A name that `lookUp` does not know stays as written,
 * so that messages show it.
 */
export function expand(text: SourceText, lookUp: (name: string) => SourceText | undefined): SourceText {
  const written = plain(text);
  const variable = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?-)([^${}]*))?\})/y;
  const result: SourceCharacter[] = [];
  for (let index = 0; index < text.length; index++) {
    const current = text[index] as SourceCharacter;
    if (current.character === '"' || current.character === "'") continue;
    variable.lastIndex = index;
    const match = variable.exec(written);
    if (match === null) {
      result.push(current);
      continue;
    }
    const [whole, bare, braced, operator, word = ''] = match;
    const known = lookUp((bare ?? braced) as string);
    const isSet = known !== undefined && (operator !== ':-' || known.length > 0);
    const wordStart = index + whole.length - 1 - word.length;
    if (isSet) result.push(...known);
    else if (operator !== undefined) result.push(...text.slice(wordStart, wordStart + word.length));
    else result.push(...text.slice(index, index + whole.length));
    index += whole.length - 1;
  }
  return result;
}

/** The names of the variables that a text mentions. */
export function variableNames(text: SourceText): string[] {
  return [...plain(text).matchAll(/\$\{?([A-Za-z_]\w*)/g)].map((match) => match[1] as string);
}
