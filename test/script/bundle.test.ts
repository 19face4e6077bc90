import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliFolder } from '../support/build-cli.ts';

/** The chunks that a file of the bundle loads before its first line runs, without their ending. */
function loaded(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, path = ''] of text.matchAll(/(?:^|;)(?:import|export)\b[^;]*?["'](\.[^"']+)["']/gm)) {
    loaded(resolve(dirname(file), path), seen);
  }
  return seen;
}
const chunks = (file: string) => [...loaded(join(cliFolder, file))].map((path) => basename(path, '.mjs'));

// What a verb loads at its start, every run of it waits for.
describe('the bundle', () => {
  it('loads only the command line before it knows the verb', () => {
    const ours = chunks('main.mjs').filter((name) =>
      /^(cli|host|world|project|release|guidance|loop)/.test(name),
    );
    expect(ours.sort()).toEqual(['cli', 'host']);
  });

  it.each(readdirSync(join(cliFolder, 'verbs')))(
    '%s loads the client of GitHub, Sigstore and OpenPGP only when it needs them',
    (verb) => {
      const names = chunks(join('verbs', verb));
      expect(names.filter((name) => /^(github|octokit|bottleneck|sigstore|openpgp)/.test(name))).toEqual([]);
    },
  );
});
