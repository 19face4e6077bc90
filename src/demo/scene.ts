import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../host/defined.ts';
import { readFileIfThere } from '../host/files.ts';
import type { Log } from '../host/log.ts';
import { formatTime } from '../host/time.ts';
import type { PullRequest } from '../world/forge/forge.ts';
import { openGitForge } from '../world/forge/git/git-forge.ts';
import { parseRepository, type Repository } from '../world/registry/reference.ts';
import type { BaseKind } from './base-images.ts';
import type { Stage } from './stage.ts';
import type { Workplace } from './workplace.ts';

export interface DemoOptions {
  readonly kind: BaseKind;
  /** An image to use as base instead of the small one made here. */
  readonly base: string | undefined;
  /** Folder for everything that stays. */
  readonly output: string;
  readonly log: Log;
}

/** What both stories use: a user's repository, and helpers to run its commands. */
export interface Scene {
  readonly stage: Stage;
  readonly place: Workplace;
  readonly options: DemoOptions;
  readonly repository: string;
  readonly base: Repository;
  readonly image: string;
  readonly testImage: string;
  readonly site: string;
  /** Sets the time (UNIX seconds) for git and for the verbs from now on. */
  setTime(time: number): void;
  git(...args: string[]): Promise<void>;
  /** Runs a verb as a user would; the answer is what it would print with `--json`. */
  coxswain(
    args: readonly string[],
    run?: { readonly expect?: readonly number[]; readonly env?: Readonly<Record<string, string>> },
  ): Promise<unknown>;
  pullRequest(number: number): Promise<PullRequest>;
}

/** Creates the folder of the user's repository and the helpers around it. */
export async function openScene(stage: Stage, place: Workplace, options: DemoOptions): Promise<Scene> {
  const repository = join(place.folder, 'os');
  const site = join(options.output, 'site');
  await mkdir(repository);
  const program = process.argv[1] as string;
  let calls = 0;
  let time = Math.floor(Date.now() / 1000);
  const env = () => ({ ...place.env, GIT_AUTHOR_DATE: `${time} +0000`, GIT_COMMITTER_DATE: `${time} +0000` });
  const git = async (...args: string[]): Promise<void> => {
    const shown = ['git', ...args].map((word) => (/\s/.test(word) ? JSON.stringify(word) : word)).join(' ');
    await stage.command(shown, 'git', ['-c', 'advice.detachedHead=false', ...args], {
      cwd: repository,
      env: env(),
    });
  };
  return {
    stage,
    place,
    options,
    repository,
    base: parseRepository(`${place.registry.host}/fedora/fedora-coreos`),
    image: `${place.registry.host}/acme/os`,
    testImage: `${place.registry.host}/acme/os-test`,
    site,
    setTime: (to) => {
      time = to;
    },
    git,
    coxswain: async (args, run = {}) => {
      const answer = join(place.folder, `answer-${++calls}.json`);
      const when = args[0] === 'init' ? [] : ['--now', formatTime(time)];
      const settings = Object.entries(run.env ?? {}).map(([name, value]) => `${name}=${value}`);
      await stage.command(
        [...settings, 'coxswain', ...args, ...when].join(' '),
        process.execPath,
        [program, ...args, ...when, '--json-file', answer],
        { cwd: repository, env: { ...place.env, ...run.env }, ...defined({ expect: run.expect }) },
      );
      const text = await readFileIfThere(answer);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    pullRequest: async (number) => {
      const found = (await (await openGitForge(repository)).pullRequests.list()).find(
        (each) => each.number === number,
      );
      if (found === undefined) throw new Error(`the demo's repository has no pull request #${number}`);
      const file = join(options.output, 'pull-requests', `${number}.md`);
      await mkdir(join(options.output, 'pull-requests'), { recursive: true });
      const comments = found.comments.map((comment) => `\n---\n\n${comment.body}\n`).join('');
      await writeFile(file, `# ${found.title}\n\n${found.body}\n${comments}`);
      return found;
    },
  };
}
