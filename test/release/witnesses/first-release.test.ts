import { describe, expect, it } from 'vitest';
import { OutsideError } from '../../../src/host/errors.ts';
import { silentLog } from '../../../src/host/log.ts';
import type { PublishedFiles } from '../../../src/release/published/published-files.ts';
import { firstReleaseCheck } from '../../../src/release/witnesses/first-release.ts';

const index = (...versions: string[]) =>
  JSON.stringify({
    stream: 'stable',
    metadata: { 'last-modified': '' },
    releases: versions.map((version) => ({ version, metadata: '' })),
  });

/** @param says a text, nothing (404), or no answer */
function witness(name: string, says: string | undefined | OutsideError): PublishedFiles {
  return {
    where: name,
    whereIs: (fleet) => `${name} of ${fleet}`,
    read: async () => {
      if (says instanceof OutsideError) throw says;
      return says;
    },
  };
}

const silent = new OutsideError('reading https://os.example/', 'no such host');
const unknown = undefined;

/** @returns what was logged */
async function ask(
  artifact: string | undefined | OutsideError,
  site: string | undefined | OutsideError,
  more: { firstRelease?: boolean; branchExists?: boolean } = {},
): Promise<string[]> {
  const lines: string[] = [];
  const confirm = firstReleaseCheck({
    config: { stateBranch: 'coxswain' },
    witnesses: [witness('the artifact', artifact), witness('the site', site)],
    firstRelease: more.firstRelease === true,
    log: { ...silentLog, info: (line) => lines.push(line) },
  });
  await confirm('stable', { branchExists: more.branchExists === true });
  return lines;
}

describe('a fleet without a release on the state branch', () => {
  it('is new if every witness answers and knows nothing, and that is said', async () => {
    expect(await ask(unknown, unknown)).toEqual([
      'fleet stable: first release (no release in branch coxswain, the artifact of stable, the site of stable)',
    ]);
    await ask(index(), index());
  });

  it.each([
    ['the artifact', index('1-aa', '1-bb'), unknown],
    ['the site', unknown, index('1-aa', '1-bb')],
    ['the site', silent, index('1-aa', '1-bb')],
    ['the site', index(), index('1-aa', '1-bb')],
  ])('is refused if %s has releases, also with --first-release', async (name, artifact, site) => {
    for (const firstRelease of [false, true]) {
      const asked = ask(artifact, site, { firstRelease });
      await expect(asked).rejects.toThrow(
        `fleet stable: branch coxswain does not exist, but ${name} of stable has 2 releases (the newest is 1-bb)`,
      );
      await expect(asked).rejects.toThrow('git fetch origin coxswain:coxswain');
      await expect(asked).rejects.toThrow('coxswain restore-state');
    }
    await expect(ask(artifact, site, { branchExists: true })).rejects.toThrow(
      'branch coxswain has no release of this fleet, but',
    );
  });

  it.each([
    ['the artifact', silent, unknown],
    ['the site', unknown, silent],
    ['the site', unknown, '<html>Welcome</html>'],
  ])('needs --first-release if %s gives no answer', async (name, artifact, site) => {
    await expect(ask(artifact, site)).rejects.toThrow(`and ${name} of stable gives no answer`);
    await expect(ask(artifact, site)).rejects.toThrow('--first-release');
    expect(await ask(artifact, site, { firstRelease: true })).toHaveLength(1);
  });

  it('is new if the branch and one witness say "no release yet", whatever the other', async () => {
    expect(await ask(index(), silent, { branchExists: true })).toHaveLength(1);
    await expect(ask(index(), silent, { branchExists: false })).rejects.toThrow('gives no answer');
  });
});
