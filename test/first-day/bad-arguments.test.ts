import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { commandLineInputs, withForgeInputs } from '../../src/cli/directory.ts';
import { silentLog } from '../../src/host/log.ts';
import { Git } from '../../src/world/git/git.ts';
import { createProject, recordRelease } from '../support/project.ts';
import { groups, type Row, verbName } from './bad-arguments.ts';

// Bad arguments, environments and files, one row each, in this process. A row is refused with one error of one kind that
// names what was found, and nothing is written. What coxswain.yaml can have wrong is in bad-input.test.ts.

const now = 1_785_000_000;
const day = 86_400;

let folder: string;

/** A repository with two releases on its state branch, and some files that are not what a verb wants. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-bad-arguments-'));
  const project = await createProject('127.0.0.1:9', { time: now - 10 * day });
  await recordRelease(project, 'testing', { version: '1-aa', time: now - 9 * day });
  await recordRelease(project, 'testing', { version: '1-bb', time: now - day / 2 });
  await new Git('/').run(['clone', '--quiet', '--bare', project.git.directory, join(folder, 'origin.git')]);
  await new Git('/').run(['clone', '--quiet', join(folder, 'origin.git'), join(folder, 'clone')]);
  const clone = join(folder, 'clone');
  await mkdir(join(clone, 'site'));
  await writeFile(join(clone, 'empty.json'), '{}');
  await writeFile(join(clone, 'list.json'), '[]');
  await writeFile(join(clone, 'binary.json'), Buffer.from([0, 1, 2, 255]));
  await symlink('loop.json', join(clone, 'loop.json'));
  await writeFile(
    join(clone, 'releases.json'),
    JSON.stringify({
      note: '',
      stream: 'testing',
      metadata: { 'last-modified': '2026-07-25T00:00:00Z' },
      releases: [],
    }),
  );
  await writeFile(
    join(clone, 'updates.json'),
    JSON.stringify({
      stream: 'testing',
      metadata: { 'last-modified': '2026-07-25T00:00:00Z' },
      releases: [],
    }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every file below the stage except git's own, and every ref. */
async function everything(): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/\.git\/|\/origin\.git\//.test(path))
    .sort();
  const contents = await Promise.all(
    paths.map(
      async (path) => `${path} ${(await readFile(path).catch(() => Buffer.from('–'))).toString('base64')}`,
    ),
  );
  const refs = await new Git(join(folder, 'origin.git')).run(['for-each-ref']);
  return [...contents, refs].join('\n');
}

/** As program.ts runs a verb from the folder of the clone. Paths in arguments are inside it. */
async function run({ verb, args, env }: Row): Promise<string> {
  const clone = join(folder, 'clone');
  const inside = (text: string) =>
    existsSync(join(clone, text)) || text === 'nowhere' ? join(clone, text) : text;
  const words = args.map((word, index) => {
    if (
      word.startsWith('--') ||
      /^--(fleet|by|reason|action|version|forge|remote|commit|against)$/.test(args[index - 1] ?? '')
    )
      return word;
    return /^(new|out|coxswain\.yaml.*|nowhere.*|.*\.json|\.\.\/escape)$/.test(word) &&
      args[index - 1] !== '--name'
      ? join(clone, word)
      : inside(word);
  });
  const inputs = commandLineInputs(verb);
  const atClone = 'directory' in inputs && !args.includes('--directory') ? ['--directory', clone] : [];
  const values = readArguments(inputs, [...words, ...atClone]);
  const fileOf = (name: string | undefined) => (name === undefined ? undefined : join(clone, name));
  const all = {
    ...env,
    ...(env?.GITHUB_EVENT_PATH === undefined ? {} : { GITHUB_EVENT_PATH: fileOf(env.GITHUB_EVENT_PATH) }),
  };
  const outcome = await verb.run(values, {
    log: silentLog,
    env: withForgeInputs({ HOME: folder, ...all }, values),
    now: () => now,
  });
  // A check with the answer "no" has refused too.
  return outcome.exitCode === 1 ? outcome.text : 'accepted';
}

describe.each(Object.entries(groups))('bad %s', (_, group) => {
  const cases = group.map((row) => ({
    ...row,
    name: `${verbName(row.verb)} ${row.args.join(' ').slice(0, 90)}`,
  }));
  it.each(cases)('$name', async (row) => {
    const before = await everything();
    const answer: unknown = await run(row).catch((thrown: unknown) => thrown);
    const message = answer instanceof Error ? answer.message : String(answer);
    if (answer instanceof Error) expect(answer.name, message).toMatch(/^(Input|Usage)Error$/);
    expect(message).not.toBe('accepted');
    expect(message).toMatch(row.says);
    expect(message).not.toMatch(/undefined|\[object|\bNaN, exp| {4}at /);
    expect(message).not.toContain('\u001b');
    expect(message.length).toBeLessThan(2000);
    expect(await everything()).toBe(before);
  });
});

it('has at least 150 rows besides those of bad-input.test.ts', () => {
  expect(Object.values(groups).flat().length).toBeGreaterThanOrEqual(150);
});
