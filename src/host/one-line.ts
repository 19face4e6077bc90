/**
 * A text on one line: each line break, with the blanks around it, becomes one space. Line breaks are those of Unicode
 * (UAX #14: LF, CR, VT, FF, NEL, LS, PS), because the program that shows the text may know more of them than
 * JavaScript does. Runs in linear time for any text.
 */
export function oneLine(text: string): string {
  return text
    .split(/[\n\r\v\f\u0085\u2028\u2029]/)
    .map((line, at, all) =>
      at === 0 ? line.trimEnd() : at === all.length - 1 ? line.trimStart() : line.trim(),
    )
    .filter((line, at, all) => line !== '' || at === 0 || at === all.length - 1)
    .join(' ');
}

/**
 * A text from outside on one line, for messages: control characters, which could steer a terminal, become spaces, and a
 * long text is cut.
 * @param longest in characters
 */
export function plainLine(text: string, longest: number): string {
  const line = oneLine(text)
    .replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, ' ')
    .trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** The text without the slashes at its end. */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
