import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inWordsOfActions, readActionInputs } from '../../../src/cli/actions/action-inputs.ts';
import { hintFor } from '../../../src/cli/actions/hints.ts';
import { harmless } from '../../../src/cli/actions/workflow-log.ts';
import { duration, flag, many, text } from '../../../src/cli/inputs.ts';
import { UsageError } from '../../../src/host/errors.ts';
import { cli } from '../../support/cli.ts';

const inputs = {
  image: text('the image', { required: true }),
  output: text('where to', { fallback: 'site' }),
  force: flag('really'),
  fleet: many('only this fleet'),
  soak: duration('how long', { fallback: '48h' }),
};

describe('readActionInputs', () => {
  const read = (given: unknown) => readActionInputs(inputs, JSON.stringify(given));

  it('types texts, and takes an empty text as not given', () => {
    expect(read({ image: 'x', output: '', force: 'true', fleet: 'a\n  b\r\n\n', soak: '1d' })).toEqual({
      image: 'x',
      output: 'site',
      force: true,
      fleet: ['a', 'b'],
      soak: 86_400,
    });
    expect(read({ image: 'x', force: '', fleet: '', soak: null })).toMatchObject({ force: false, fleet: [] });
  });

  it("takes a reusable workflow's booleans and numbers, and leaves the token to others", () => {
    expect(read({ image: 7, force: true, token: 'secret' })).toMatchObject({ image: '7', force: true });
  });

  it.each([
    [
      { image: 'x', outptu: 'y' },
      /^input outptu: this input does not exist, expected one of image.*mean output/,
    ],
    [
      { image: 'x', force: 'yes' },
      /^input force: neither true nor false, found "yes", expected true or false/,
    ],
    [{ image: ['x'] }, /^input image: not a text, found \["x"\]/],
    [['image'], /^COXSWAIN_INPUTS: the inputs of an action are an object/],
    [{ image: 'x', __proto__: { force: 'true' } }, undefined],
  ])('says what is wrong with %j', (given, message) => {
    if (message === undefined) expect(read(given)).toMatchObject({ force: false });
    else expect(() => read(given)).toThrow(message);
  });

  it('names an input that is missing', () => {
    expect(() => read({})).toThrow(UsageError);
    expect(() => read({})).toThrow(/^input image is required: the image$/);
    expect(() => readActionInputs(inputs, '{')).toThrow(/^COXSWAIN_INPUTS: this is not JSON/);
  });
});

describe('inWordsOfActions', () => {
  it('renames flags that are inputs, and nothing else', () => {
    expect(
      inWordsOfActions('--soak: not a duration; apt-get install --no-install-recommends, --json', inputs),
    ).toBe('input soak: not a duration; apt-get install --no-install-recommends, --json');
  });
});

describe('hintFor', () => {
  it('names the permission and the step that are missing', () => {
    expect(hintFor('ghcr.io/acme/os: unauthorised: ghcr.io answered 403 to the credentials we have')).toMatch(
      /permissions: packages: write.*log-in.*Manage Actions access/,
    );
    expect(hintFor('x: unauthorised: r.example.com answered 401, and no credentials')).toMatch(
      /log-in.*r\.example\.com from secrets.*not set is empty/,
    );
    expect(hintFor('r.example.com is not reachable')).toBeUndefined();
  });
});

describe('harmless', () => {
  it.each([
    ['::set-output name=x::y', ': :set-output name=x::y'],
    ['a\n  ::stop-commands::x\nb::c', 'a\n  : :stop-commands::x\nb::c'],
    ['a ##[group]x', 'a ## [group]x'],
  ])('%j is no longer a command', (given, shown) => {
    expect(harmless(given)).toBe(shown);
  });
});

describe('a verb as an action', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coxswain-action-'));
    await writeFile(join(folder, 'releases.json'), '{ "stream": "stable", "metadata": {}, "releases": [] }');
    await writeFile(
      join(folder, 'coxswain.yaml'),
      'image: ghcr.io/acme/os\nfleets:\n  stable: { sok: 48h }\n',
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function act(verb: string, given: unknown, more: Readonly<Record<string, string>> = {}) {
    const files = { output: join(folder, 'output'), summary: join(folder, 'summary') };
    for (const file of Object.values(files)) await writeFile(file, '');
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      COXSWAIN_INPUTS: typeof given === 'string' ? given : JSON.stringify(given),
      ...more,
    };
    const result = await cli([verb], { cwd: folder, env });
    const [output, summary] = await Promise.all(Object.values(files).map((file) => readFile(file, 'utf8')));
    return { ...result, output, summary };
  }

  const graph = { releases: 'releases.json', updates: 'releases.json' };

  it('answers on standard output and sets outputs', async () => {
    const result = await act('render-graph', { ...graph, basearch: 'x86_64', wariness: '0.5' });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(result.stdout)).toEqual({ nodes: [], edges: [] });
    expect(result.output).toMatch(/^nodes<<(\S+)\r?\n0\r?\n\1/m);
  });

  it('reports a wrong input as an annotation and in the summary, and in no other way', async () => {
    const result = await act('render-graph', { ...graph, basearch: 'x86' });
    expect(result).toMatchObject({ exitCode: 1, stderr: '', output: '' });
    expect(result.stdout).toMatch(/^::error title=render-graph::input basearch: no such choice.*\n$/);
    expect(result.summary).toMatch(
      /^### render-graph did not run\n\n```text\ninput basearch: no such choice/,
    );
  });

  it('a missing input, unknown input and broken JSON exit with 1 and name it', async () => {
    expect((await act('render-graph', graph)).stdout).toMatch(/::input basearch is required/);
    expect((await act('render-graph', { ...graph, base: 'x' })).stdout).toMatch(
      /::input base: this input does not exist/,
    );
    expect((await act('render-graph', '{')).stdout).toMatch(/::COXSWAIN_INPUTS: this is not JSON/);
  });

  it('points at each line of coxswain.yaml that is wrong', async () => {
    const result = await act('doctor', { directory: '' });
    expect(result.stdout).toMatch(
      /^::error title=doctor,file=coxswain\.yaml,line=1,col=1::base: this field is missing/m,
    );
    expect(result.stdout).toMatch(
      /^::error title=doctor,file=coxswain\.yaml,line=3,col=\d+::fleets\.stable\.sok: this field does not exist/m,
    );
    expect(result.summary).toContain('fleets.stable.sok');
  });

  it('masks the token before anything else', async () => {
    const result = await act('doctor', { token: 'ghs_abc' }, { GITHUB_TOKEN: 'ghs_abc' });
    expect(result.stdout.startsWith('::add-mask::ghs_abc\n')).toBe(true);
    expect(result.stdout.slice(20)).not.toContain('ghs_abc');
  });
});
