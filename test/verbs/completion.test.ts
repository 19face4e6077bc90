import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { findTool } from '../../src/host/tools.ts';
import { requireAnswer } from '../support/answers.ts';
import { cliFolder } from '../support/build-cli.ts';
import { cli } from '../support/cli.ts';
import { createRepository } from '../support/repository.ts';

let checkout: string;
let env: Record<string, string>;

/** A clone that knows two fleets and two releases of stable, and a `coxswain` in PATH. */
beforeEach(async () => {
  const git = await createRepository();
  checkout = git.directory;
  await writeFile(
    join(checkout, 'coxswain.yaml'),
    'image: r.example.com/os\ntest-image: r.example.com/os-test\nbase: quay.io/fedora/fedora-coreos:stable\nfleets: { testing: {}, stable: {} }\n',
  );
  const index = { stream: 'stable', releases: [{ version: '44.1-aaaaaaaa' }, { version: '44.2-bbbbbbbb' }] };
  await mkdir(join(checkout, 'fleets/stable'), { recursive: true });
  await writeFile(join(checkout, 'fleets/stable/releases.json'), JSON.stringify(index));
  await git.run(['add', '--all']);
  await git.run(['commit', '--quiet', '--message', 'x']);
  await git.run(['branch', '--force', 'coxswain']);
  const bin = join(checkout, 'bin');
  await mkdir(bin);
  await writeFile(
    join(bin, 'coxswain'),
    `#!/bin/sh\nexec '${process.execPath}' '${join(cliFolder, 'main.mjs')}' "$@"\n`,
  );
  await chmod(join(bin, 'coxswain'), 0o755);
  env = { PATH: `${bin}:${process.env.PATH}`, HOME: checkout };
});

async function proposals(...words: string[]): Promise<string[]> {
  const { stdout } = await cli(['__complete', ...words], { cwd: checkout });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0] as string);
}

describe('completion', () => {
  it('has its script in the answer too', async () => {
    const { stdout } = await cli(['completion', 'fish', '--json'], { cwd: checkout });
    requireAnswer('completion', JSON.parse(stdout));
  });

  it.each([
    [['boo'], ['boot-test']],
    [['help', 'roll'], ['roll-back']],
    [
      ['edit-updates', ''],
      ['testing', 'stable'],
    ],
    [['edit-updates', 'stable', 'pa'], ['pause']],
    [
      ['edit-updates', '--fleet', 'stable', '--version', ''],
      ['44.2-bbbbbbbb', '44.1-aaaaaaaa'],
    ],
    [['edit-updates', 'stable', 'pause', '--version', '44.1'], ['44.1-aaaaaaaa']],
    [['edit-updates', '--fleet', 'testing', '--version', ''], []],
    [['edit-updates', '--fleet', '=', 'st'], ['stable']],
    [['edit-updates', '--fleet=st'], ['--fleet=stable']],
    [['edit-updates', '--rea'], ['--reason']],
    [['edit-updates', '--reason', 'x', '--rea'], []],
    [['explain', '--architecture', 'aa'], ['aarch64']],
    [['simulate-rollout', '--site', ''], [':files']],
    [['no-such-verb', ''], []],
    [['edit-updates', '--no-such-flag', ''], []],
  ])('after %j proposes %j', async (words, expected) => {
    expect(await proposals(...words)).toEqual(expected);
  });

  it('proposes nothing, and reports no error, if coxswain.yaml cannot be read', async () => {
    const answer = await cli(['__complete', 'edit-updates', '--fleet', ''], { cwd: '/' });
    expect(answer).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('refuses a shell that it does not know', async () => {
    expect(await cli(['completion', 'csh'], { cwd: checkout })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('expected one of bash, zsh, fish'),
    });
  });

  it('works in bash, with = as a word of its own', async () => {
    const script = `eval "$(coxswain completion bash)"
      COMP_WORDS=(coxswain edit-updates stable pa); COMP_CWORD=3; _coxswain; echo "\${COMPREPLY[*]}"
      COMP_WORDS=(coxswain edit-updates --fleet =); COMP_CWORD=3; _coxswain; echo "\${COMPREPLY[*]}"
      COMP_WORDS=(coxswain simulate-rollout --site coxs); COMP_CWORD=3; _coxswain; echo "\${COMPREPLY[*]}"
      complete -p coxswain`;
    const { stdout } = await exec('bash', ['--norc', '-c', script], { cwd: checkout, env });
    expect(stdout.trim().split('\n')).toEqual([
      'pause',
      'testing stable',
      'coxswain.yaml',
      'complete -F _coxswain coxswain',
    ]);
  }, 60_000);

  it.skipIf(findTool('fish') === undefined)(
    'works in fish',
    async () => {
      const script = `coxswain completion fish | source
        complete -C 'coxswain edit-updates stable pa'
        complete -C 'coxswain status --fleet=te'`;
      const { stdout } = await exec('fish', ['--no-config', '-c', script], { cwd: checkout, env });
      expect(stdout).toMatch(/^pause\t.*\n--fleet=testing\t/);
    },
    60_000,
  );

  it.skipIf(findTool('zsh') === undefined)(
    'works in an interactive zsh, by the Tab key',
    async () => {
      const script = `zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PS1= ; bindkey -e; autoload -Uz compinit; compinit -u -D; eval \\"\\$(coxswain completion zsh)\\"; print ready"
        # What is typed before the line editor runs would not be completed.
        while zpty -r shell line; do [[ $line == *ready* && $line != *print* ]] && break; done
        zpty -w -n shell $'coxswain edit-updates st\\tpa\\t--rea\\t\\x01print -r -- "<" \\x05 ">"\\n'
        for i in {1..60}; do
          sleep 0.5
          while zpty -rt shell line; do
            seen+=$line
            [[ $line == '< coxswain'* ]] && { print -r -- "$line"; zpty -d shell; exit }
          done
        done
        print -r -- "what was seen instead: $seen"`;
      const { stdout } = await exec('zsh', ['-f', '-c', script], { cwd: checkout, env });
      expect(stdout).toMatch(/^< coxswain edit-updates stable pause --reason >/);
    },
    90_000,
  );
});
