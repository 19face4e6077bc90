import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseLogins, type Login, writeLogins } from '../cli/actions/job-logins.ts';
import { directory } from '../cli/directory.ts';
import { text } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { defined } from '../host/defined.ts';
import { InputError } from '../host/errors.ts';
import { readConfig } from '../project/configuration/config.ts';
import { authFiles } from '../world/registry/credentials.ts';
import { formatRepository } from '../world/registry/reference.ts';

export default defineVerb({
  summary: 'Log in to the registries of coxswain.yaml, for the later steps of a job',
  about: `For workflows. GitHub's own registry (ghcr.io) accepts the token of the run without any input. Logins are for the
repositories of coxswain.yaml only, in a file that is removed with the job; earlier logins of the runner are kept. On a machine of your own, use podman login.`,
  inputs: {
    username: text('for the production repository', { placeholder: 'NAME' }),
    password: text('its password or token', { placeholder: 'SECRET' }),
    'test-username': text('for the test registry, if it is another registry', { placeholder: 'NAME' }),
    'test-password': text('its password or token', { placeholder: 'SECRET' }),
    directory,
  },
  run: async (inputs, { env }) => {
    const { image, testImage } = await readConfig(inputs.directory);
    const imageLogin = loginOf(inputs.username, inputs.password, '');
    const testLogin = loginOf(inputs['test-username'], inputs['test-password'], 'test-');
    const token = env.GITHUB_TOKEN ?? '';
    const logins = chooseLogins({
      image,
      testImage,
      ...defined({ imageLogin, testLogin }),
      ...defined({
        actor: token === '' ? undefined : { username: env.GITHUB_ACTOR || 'coxswain', password: token },
      }),
    });
    const file = join(await mkdtemp(join(jobFolder(env), 'coxswain-login-')), 'auth.json');
    await writeLogins(file, logins, authFiles(env));
    const repositories = logins.map(({ repository }) => formatRepository(repository));
    return {
      data: { repositories },
      text:
        repositories.length === 0
          ? `no login for ${[image, testImage].map(formatRepository).join(' and ')}: requests will be anonymous`
          : `logged in for ${repositories.join(' and ')}`,
      environment: { REGISTRY_AUTH_FILE: file },
    };
  },
  action: { token: true },
});

/** The folder that is removed when the job ends: otherwise the file with the secrets would never be removed. */
function jobFolder(env: NodeJS.ProcessEnv): string {
  const folder = env.RUNNER_TEMP ?? '';
  if (folder !== '') return folder;
  throw new InputError({
    field: 'RUNNER_TEMP',
    problem: 'this is not a job of a workflow: the file with the secrets would stay on this machine',
    remedy: 'On a machine of your own, use podman login.',
  });
}

function loginOf(
  username: string | undefined,
  password: string | undefined,
  prefix: string,
): Login | undefined {
  if (username !== undefined && password !== undefined) return { username, password };
  if (username === undefined && password === undefined) return undefined;
  const missing = `${prefix}${username === undefined ? 'username' : 'password'}`;
  throw new InputError({
    field: `--${missing}`,
    problem: 'a login is a name and a password, and one of them is missing',
    remedy: 'If it comes from a secret, add that secret: Settings, Secrets and variables, Actions.',
  });
}
