import { describe, expect, it } from 'vitest';
import { exec } from '../../../../src/host/exec.ts';
import {
  applets,
  type GuestSettings,
  guestScripts,
  initrdScripts,
  initScript,
  settingsText,
} from '../../../../src/loop/boot-test/guest/guest-scripts.ts';
import { helpers } from '../../../../src/loop/boot-test/guest/helpers.ts';

const odd = `it's "$HOME" \`id\``;
const settings: GuestSettings = {
  systemd: '/usr/lib/systemd/systemd',
  rootType: 'erofs',
  fallbackTerminal: 'ttyS1',
  systemSeconds: 300,
  environment: { COXSWAIN_VERSION: odd },
  tests: [{ name: `10 odd'name; $(reboot).sh`, timeoutSeconds: 30 }],
};

describe('the scripts of the guest', () => {
  it.each(
    Object.entries({ init: initScript, ...initrdScripts(settings), ...guestScripts(settings), ...helpers }),
  )('%s is a script that busybox reads', async (_name, script) => {
    await exec('busybox', ['sh', '-n'], { input: script });
  });

  it('carry the names of tests as they are', async () => {
    const { stdout } = await exec('busybox', ['sh'], {
      input: `run_test() { printf '%s|' "$@"; }\n${guestScripts(settings).runs}`,
    });
    expect(stdout).toBe(`0|10 odd'name; $(reboot).sh|30|`);
  });

  it('carry the values of the environment as they are, and nothing of the caller', async () => {
    const { stdout } = await exec('busybox', ['sh'], {
      // The command that enters the root of the image is skipped: setsid nsenter -t 1 -m -r BUSYBOX.
      input: `${settingsText(settings).replace('exec setsid nsenter -t 1 -m -r "$guest_folder/busybox"', 'exec busybox')}\nwith_environment busybox env`,
    });
    expect(stdout).toContain(`COXSWAIN_VERSION=${odd}\n`);
    expect(stdout.split('\n').map((line) => line.split('=')[0])).not.toContain('PWD');
    expect(stdout).toMatch(/^PATH=.*:\/run\/coxswain\/helpers$/m);
  });

  it.each([
    ['/usr/lib/systemd/systemd', '/usr/lib/systemd/systemd'],
    [undefined, ''],
  ])('know the path of systemd, or that the image has none: %s', async (systemd, shown) => {
    const { stdout } = await exec('busybox', ['sh'], {
      input: `${settingsText({ ...settings, systemd })}\nprintf %s "$systemd"`,
    });
    expect(stdout).toBe(shown);
  });

  it('call nothing of busybox that is not among the applets in the machine', async () => {
    const known = (await exec('busybox', ['--list'])).stdout
      .trim()
      .split('\n')
      .filter((name) => /^\w+$/.test(name));
    expect(applets.filter((name) => !known.includes(name))).toEqual([]);
    // The last is a variable of awk.
    const builtIn = ['echo', 'kill', 'printf', 'test', '[', 'true', 'false', 'sh', 'busybox', 'id'];
    const text = Object.entries({ ...guestScripts(settings), ...helpers })
      // These two contain the user's text.
      .filter(([name]) => name !== 'settings' && name !== 'runs')
      .map(([, script]) => script.replace(/^\s*#.*$/gm, ''))
      .join('\n');
    const called = known.filter((name) =>
      new RegExp(`(^|[|;&({]|\\$\\(|then|do|else|!)\\s*${name}(\\s|$)`, 'm').test(text),
    );
    expect(
      called.filter((name) => !builtIn.includes(name) && !(applets as readonly string[]).includes(name)),
    ).toEqual([]);
  });
});
