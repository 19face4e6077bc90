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
  it('shows a help text without the program', () => {
    expect(chunks('main.mjs').sort()).toEqual(['main', 'start']);
  });

  it('loads only the command line before it knows the verb', () => {
    expect(chunks('program.mjs').sort()).toEqual([
      'host',
      'libraries',
      'program',
      'rolldown-runtime',
      'start',
    ]);
  });

  it('has one chunk for libraries and one for our own code that nearly every verb loads', () => {
    const verbs = ['promote-image', 'start-rollout', 'publish-updates', 'watch-base', 'status'];
    for (const verb of verbs) expect(chunks(`verbs/${verb}.mjs`).length, verb).toBeLessThan(20);
  });

  it('does not import node:http where verbs only ask: an import of it loads undici', () => {
    for (const chunk of ['libraries', 'shared', 'host', 'guidance']) {
      const text = readFileSync(join(cliFolder, `chunks/${chunk}.mjs`), 'utf8');
      expect(text, chunk).not.toMatch(/from ?["'](?:node:)?https?["']/);
    }
  });

  it.each(readdirSync(join(cliFolder, 'verbs')))(
    '%s loads the client of GitHub, Sigstore and OpenPGP only when it needs them',
    (verb) => {
      const names = chunks(join('verbs', verb));
      expect(names.filter((name) => /^(github|octokit|bottleneck|sigstore|openpgp)/.test(name))).toEqual([]);
    },
  );
});
