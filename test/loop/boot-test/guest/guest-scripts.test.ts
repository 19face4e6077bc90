import { describe, expect, it } from 'vitest';
import { exec } from '../../../../src/host/exec.ts';
import {
  endedScript,
  firstProcessScript,
  type GuestSettings,
  harnessScript,
  initScript,
  quoted,
} from '../../../../src/loop/boot-test/guest/guest-scripts.ts';

const settings: GuestSettings = {
  systemd: '/usr/lib/systemd/systemd',
  fallbackTerminal: 'ttyS1',
  systemSeconds: 300,
  environment: { COXSWAIN_VERSION: `it's "$HOME" \`id\`` },
  tests: [{ name: `10 odd'name; $(reboot).sh`, timeoutSeconds: 30 }],
};

describe('the scripts of the guest', () => {
  it.each([
    ['init', initScript(settings)],
    ['harness', harnessScript(settings)],
    ['harness without systemd', harnessScript({ ...settings, systemd: undefined })],
    ['ended', endedScript(settings)],
    ['first process', firstProcessScript()],
  ])('%s is a shell script', async (_name, script) => {
    await exec('busybox', ['sh', '-n'], { input: script });
  });

  it('carry names and values as they are', async () => {
    const [call] = harnessScript(settings)
      .split('\n')
      .filter((line) => line.startsWith('run_test 0'));
    const { stdout } = await exec('busybox', ['sh'], {
      input: `run_test() { printf '%s|' "$@"; }\n${call}\nprintf %s ${quoted(settings.environment.COXSWAIN_VERSION ?? '')}`,
    });
    expect(stdout).toBe(`0|10 odd'name; $(reboot).sh|30|it's "$HOME" \`id\``);
  });

  it('start systemd where there is one, and the harness where there is none', () => {
    expect(initScript(settings)).toMatch(/switch_root .* \/usr\/lib\/systemd\/systemd\n/);
    expect(initScript({ ...settings, systemd: undefined })).toMatch(/switch_root .*first-process\n/);
  });
});
