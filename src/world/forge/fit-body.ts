/** Longest text of a pull request or a comment on GitHub, in characters. */
export const bodyLimit = 65_536;

/**
 * Cuts a Markdown text that is too long, and says so at its end. It is cut between paragraphs: never inside a table, a
 * fenced block or a `<details>`.
 * @param tail kept after the cut, such as a hidden marker
 */
export function fitBody(
  body: string,
  options: { readonly tail?: string; readonly limit?: number } = {},
): string {
  const { tail = '', limit = bodyLimit } = options;
  if (body.length + tail.length <= limit) return `${body}${tail}`;
  const note = `> **Cut here**: this text has ${body.length} characters, more than GitHub accepts. The workflow run has the rest.\n`;
  const room = limit - note.length - tail.length - 2;
  return `${body.slice(0, cutAt(body, room)).trimEnd()}\n\n${note}${tail}`;
}

/** The last place up to `room` between two paragraphs; if there is none, between two lines. */
function cutAt(body: string, room: number): number {
  let at = 0;
  let fence: string | undefined;
  let details = 0;
  let best = 0;
  for (const line of body.slice(0, room).split('\n')) {
    const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (mark !== undefined && fence === undefined) fence = mark;
    else if (mark !== undefined && fence !== undefined && mark.startsWith(fence)) fence = undefined;
    if (fence === undefined)
      details += (line.match(/<details\b/g)?.length ?? 0) - (line.match(/<\/details>/g)?.length ?? 0);
    if (line.trim() === '' && fence === undefined && details <= 0) best = at;
    at += line.length + 1;
  }
  return best > 0 ? best : body.lastIndexOf('\n', room);
}
