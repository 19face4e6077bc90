/**
 * A copy of a Containerfile for dockerfile-ast to read. Every character keeps its offset, and two constructs that the
 * library reads wrongly are masked:
 * - `RUN cat 3<<EOF`: a here-document with a file descriptor, which it does not see, so that a `FROM` inside
 *   the document would count as an instruction;
 * - `RUN echo "a <<EOF b"`: quoted, so not a here-document, but the library takes the rest of the file as its text.
 */
export function maskForParser(text: string): string {
  return text
    .replace(/(?<=[ \t])\d+(?=<<-?["']?[A-Za-z_])/g, (digits) => ' '.repeat(digits.length))
    .replace(/(["'])(?:(?!\1).)*?[ \t]<<(?:(?!\1).)*\1/g, (quoted) => quoted.replaceAll('<<', '__'));
}
