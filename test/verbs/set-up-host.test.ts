import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import setUpHost from '../../src/verbs/set-up-host.ts';
import { requireAnswer } from '../support/answers.ts';
import { contextAt } from '../support/project.ts';

const run = (...words: string[]) => setUpHost.run(readArguments(setUpHost.inputs, words), contextAt(0));

describe('set-up-host', () => {
  it('installs nothing on a machine that has everything, and says so', async () => {
    // These tests need the same programs as the verb.
    const outcome = await run('--for', 'build-image');
    expect(outcome.data).toMatchObject({ installed: [] });
    requireAnswer('set-up-host', outcome.data);
    expect(outcome.text).toMatch(/^nothing is missing/);
  });

  it.each(['promote-image', 'BUILD-IMAGE', 'x'])(
    'refuses --for %j, a verb that needs no set-up',
    async (verb) => {
      await expect(run('--for', verb)).rejects.toThrow(/^--for: .*expected one of build-image, boot-test/);
    },
  );
});
