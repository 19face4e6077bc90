const keptCharacters = 64 * 1024;

/** Keeps the end of a test's output: the important part is at the end, and one test must not fill our memory. */
export interface OutputTail {
  add(line: string): void;
  text(): string;
}

export function createOutputTail(): OutputTail {
  const lines: string[] = [];
  let length = 0;
  let dropped = false;
  return {
    add: (line) => {
      const kept = line.slice(-keptCharacters);
      dropped ||= kept.length < line.length;
      lines.push(kept);
      length += kept.length + 1;
      if (length <= 2 * keptCharacters) return;
      // Removes many at once, because one by one is slow if lines are short.
      let drop = 0;
      while (length > keptCharacters && drop < lines.length - 1) {
        length -= (lines[drop] as string).length + 1;
        drop += 1;
      }
      lines.splice(0, drop);
      dropped ||= drop > 0;
    },
    // The harness ends every output with one more newline: joining the lines restores the output.
    text: () => `${dropped ? '… (more is in the results log)\n' : ''}${lines.join('\n')}`,
  };
}
