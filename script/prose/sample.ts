import { fileURLToPath } from 'node:url';
import { createRandom } from '../../src/guidance/simulation/random.ts';
import { collectProse, type Prose } from './collect.ts';

/** Draws pieces of prose for a person to read. The same seed draws the same pieces from the same files. */
export function sampleProse(
  prose: readonly Prose[],
  seed: number,
  sizes = { comments: 100, messages: 60 },
): Prose[] {
  const random = createRandom(seed);
  const draw = (kind: Prose['kind'], count: number) => {
    const rest = prose.filter((piece) => piece.kind === kind && /\w+ \w+ \w+/.test(piece.text));
    const drawn: Prose[] = [];
    while (drawn.length < count && rest.length > 0) {
      drawn.push(...rest.splice(random.below(rest.length), 1));
    }
    return drawn;
  };
  return [...draw('comment', sizes.comments), ...draw('message', sizes.messages)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const seed = process.argv[2] ?? '';
  if (!/^\d{1,9}$/.test(seed)) {
    console.error('usage: script/sample-prose SEED (a whole number)');
    process.exitCode = 2;
  } else {
    for (const { file, line, kind, text } of sampleProse(collectProse(process.cwd()), Number(seed))) {
      console.log(`${kind} ${file}:${line}\n    ${text.replaceAll('\n', '\n    ')}`);
    }
  }
}
