import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGitHubRun } from '../../../../src/world/forge/github/run.ts';
import { temporaryFolder } from '../../../support/repository.ts';

describe('the choice of the forge', () => {
  const run = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/os', GITHUB_TOKEN: 'ghs_x' };

  it.each([
    ['outside of a workflow run', {}],
    ['where plain git is asked for', { ...run, COXSWAIN_FORGE: 'git' }],
  ])('is the clone %s', (_when, env) => {
    expect(readGitHubRun(env)).toBeUndefined();
  });

  it('is GitHub in a workflow run, at the addresses in its environment', () => {
    expect(readGitHubRun(run)).toEqual({
      apiUrl: 'https://api.github.com',
      serverUrl: 'https://github.com',
      repository: 'acme/os',
      token: 'ghs_x',
      pullRequest: undefined,
      readOnly: undefined,
    });
    const enterprise = {
      COXSWAIN_FORGE: 'github',
      GITHUB_REPOSITORY: 'acme/os',
      GITHUB_API_URL: 'https://git.example.com/api/v3/',
      GITHUB_SERVER_URL: 'https://git.example.com',
    };
    expect(readGitHubRun(enterprise)).toMatchObject({
      apiUrl: 'https://git.example.com/api/v3',
      serverUrl: 'https://git.example.com',
      token: undefined,
    });
  });

  it.each([
    ['--forge (COXSWAIN_FORGE): no such forge, found "gitlab"', { COXSWAIN_FORGE: 'gitlab' }],
    ['GITHUB_REPOSITORY: ', { GITHUB_ACTIONS: 'true' }],
    ['GITHUB_REPOSITORY: ', { ...run, GITHUB_REPOSITORY: 'acme/os/../x' }],
    ['GITHUB_API_URL: not an address', { ...run, GITHUB_API_URL: 'api.github.com' }],
  ])('says what is wrong: %s', (message, env) => {
    expect(() => readGitHubRun(env)).toThrow(message);
  });

  it.each([
    ['a branch of the repository', 'ACME/os', {}, undefined],
    ['a fork', 'eve/os', {}, 'pull request #7 comes from a fork'],
    ['a fork that was deleted', null, {}, 'pull request #7 comes from a fork'],
    [
      'a fork, in a run of the base’s own workflow',
      'eve/os',
      { GITHUB_EVENT_NAME: 'pull_request_target' },
      undefined,
    ],
    ['Dependabot', 'acme/os', { GITHUB_ACTOR: 'dependabot[bot]' }, 'Dependabot caused this run'],
  ])(
    'knows whose token can only read: a pull request from %s',
    async (_whose, repository, more, readOnly) => {
      const event = join(await temporaryFolder(), 'event.json');
      const repo = repository === null ? null : { full_name: repository };
      await writeFile(event, JSON.stringify({ pull_request: { number: 7, head: { repo } } }));
      const env = {
        ...run,
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_EVENT_PATH: event,
        GITHUB_SHA: 'abc',
        ...more,
      };
      const found = readGitHubRun(env);
      expect(found?.readOnly).toBe(readOnly);
      if (env.GITHUB_EVENT_NAME === 'pull_request')
        expect(found?.pullRequest).toEqual({ number: 7, commit: 'abc' });
    },
  );
});
