/** Longer lines are cut: a guest that never ends its line must not fill our memory. */
const longestLine = 1024 * 1024;

/** Splits a stream of bytes into lines; an unfinished last line is kept until the rest arrives. */
export function createLineReader(onLine: (line: string) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = '';
  return (bytes) => {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = (parts.pop() ?? '').slice(0, longestLine);
    for (const part of parts) onLine(part);
  };
}
