/**
 * A copy of a Containerfile for dockerfile-ast to read, every character at its old offset, in which two things
 * that the library gets wrong are out of the way:
 * - `RUN cat 3<<EOF`: a here-document with a file descriptor, which it does not see, so that a `FROM` inside
 *   the document would count as an instruction;
 * - `RUN echo "a <<EOF b"`: quoted, so not a here-document, but it would swallow the rest of the file.
 */
export function maskForParser(text: string): string {
  return text
    .replace(/(?<=[ \t])\d+(?=<<-?["']?[A-Za-z_])/g, (digits) => ' '.repeat(digits.length))
    .replace(/(["'])(?:(?!\1).)*?[ \t]<<(?:(?!\1).)*\1/g, (quoted) => quoted.replaceAll('<<', '__'));
}
