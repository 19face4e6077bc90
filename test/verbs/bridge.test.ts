import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireAnswer } from '../support/answers.ts';
import { cliFolder } from '../support/build-cli.ts';
import { cli } from '../support/cli.ts';
import { createProject, recordRelease, type TestProject } from '../support/project.ts';

const now = 1_785_000_000;
const children = new Set<ChildProcess>();
let project: TestProject;

beforeEach(async () => {
  project = await createProject('127.0.0.1:9');
  await recordRelease(project, 'testing', { version: '1-aa', time: now - 43_200 });
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

/** Starts the program and waits for the line with its address. */
async function start(flags: readonly string[] = []) {
  const args = ['bridge', '--directory', project.git.directory, '--now', String(now), ...flags];
  const child = spawn(process.execPath, [join(cliFolder, 'main.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (part: Buffer) => resolve(part.toString().trim()));
    void ended.then((code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
  return { child, address, ended, said: () => said };
}

/** Opens the address as a browser does, and follows it. */
async function enter(address: string) {
  const entered = await fetch(address);
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const root = new URL('./', address).href;
  return {
    status: entered.status,
    root,
    cookie,
    page: await (await fetch(root, { headers: { cookie } })).text(),
  };
}

describe('bridge', () => {
  it('prints one address, serves the fleets under it, and ends with 0 on Ctrl-C', async () => {
    const answer = join(project.root, 'answer.json');
    const { child, address, ended, said } = await start(['--json-file', answer]);
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/enter\?token=[\w-]{43}$/);
    const { status, page } = await enter(address);
    expect(status).toBe(200);
    expect(page).toContain('You act as <strong>Test</strong>');
    expect(page).toContain('Change testing');
    expect((await fetch(address)).status).toBe(403);
    expect(said()).not.toContain(new URL(address).searchParams.get('token'));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    requireAnswer('bridge', JSON.parse(await readFile(answer, 'utf8')));
  });

  it('previews with --dry-run, and writes nothing', async () => {
    const { child, address, ended } = await start(['--dry-run', '--by', 'Grace']);
    const { root, cookie, page } = await enter(address);
    const token = /name="form-token" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const post = (place: string, fields: Readonly<Record<string, string>>) =>
      fetch(`${root}${place}`, {
        method: 'POST',
        headers: { cookie, origin: new URL(root).origin, 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ 'form-token': token, ...fields }),
      });
    const before = await project.git.run(['rev-parse', 'coxswain']);
    const preview = await (
      await post('preview', { fleet: 'testing', action: 'pause', reason: 'boot loop' })
    ).text();
    expect(preview).toContain('testing: pause 1-aa at 50 %');
    const id = /name="preview" value="([^"]+)"/.exec(preview)?.[1] ?? '';
    const confirmed = await (await post('confirm', { preview: id })).text();
    expect(confirmed).toContain('it would commit to the branch coxswain');
    expect(await project.git.run(['rev-parse', 'coxswain'])).toBe(before);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it.each([
    [['--address', '0.0.0.0'], 1, /one of 127\.0\.0\.1, ::1/],
    [['--port', '70000'], 1, /a whole number from 0 to 65535/],
    [['--directory', '/'], 1, /not inside a git work tree/],
  ])('refuses %j', async (flags, code, message) => {
    const { exitCode, stderr } = await cli(['bridge', ...flags], { cwd: project.git.directory });
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
  });
});
