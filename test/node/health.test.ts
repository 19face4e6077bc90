import { beforeEach, describe, expect, it } from 'vitest';
import { cannotRunMachines, Machine } from './support/machine.ts';

const repository = 'ghcr.io/acme/os';
const reference = `ostree-unverified-registry:${repository}:stable`;
const digestOf = (digit: string) => `sha256:${digit.repeat(64)}`;
let machine: Machine;

/** A node that was healthy on 44.1, and updates to 44.2. */
beforeEach(async () => {
  if (cannotRunMachines !== undefined) return;
  machine = await Machine.start();
  for (const [index, digit] of ['1', '2', '3'].entries()) {
    await machine.image({
      repository,
      digest: digestOf(digit),
      version: `44.${digit}`,
      created: index + 1,
      stream: 'stable',
    });
  }
  await machine.boot(reference, digestOf('1'));
  await machine.installKit({ IMAGE: repository, STREAM: 'stable', FLEETS: 'stable', FLEET: 'stable' });
});

const check = (text: string) =>
  machine.write('etc/coxswain/health.d/10-check', `#!/bin/sh\n${text}\n`, 0o755);

async function update(digit: string): Promise<void> {
  await machine.run(['rpm-ostree', 'deploy', digestOf(digit)]);
  await machine.reboot();
}

describe.skipIf(cannotRunMachines !== undefined)('health', () => {
  it('remembers a release on which all checks passed', async () => {
    await check('exit 0');
    expect(await machine.kit('health')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('44.1 is healthy'),
    });
    expect(await machine.read('var/lib/coxswain/good')).toBe(`${digestOf('1')}\n`);
  });

  it('goes back from a new release that fails, says so, and does not try it again', async () => {
    await check('exit 0');
    await machine.kit('health');
    await update('2');
    await check('exit 1');
    await machine.kit('health');
    expect(await machine.motd('health')).toBe('The health check 10-check fails on 44.2: going back to 44.1.');
    expect(await machine.read('run/systemctl-calls')).toBe('reboot\n');
    expect((await machine.deployment('booted'))?.DIGEST).toBe(digestOf('1'));
    expect(await machine.read('var/lib/coxswain/refused')).toBe(`${digestOf('2')}\n`);
    // Back on the release before, it still says so at each login.
    await machine.reboot();
    await check('exit 0');
    expect(await machine.kit('health')).toMatchObject({ code: 0 });
    expect(await machine.motd('health')).toBe(
      'This node went back from 44.2: the health check 10-check failed. It waits for the next release.',
    );
    // The next release is another matter.
    await update('3');
    expect(await machine.kit('health')).toMatchObject({ code: 0 });
    expect(await machine.motd('health')).toBeUndefined();
    expect(await machine.read('var/lib/coxswain/good')).toBe(`${digestOf('3')}\n`);
  });

  it('does not go back from a release that was healthy before', async () => {
    await check('exit 0');
    await machine.kit('health');
    await update('2');
    await machine.kit('health');
    await check('exit 1');
    expect(await machine.kit('health')).toMatchObject({ code: 1 });
    expect((await machine.deployment('booted'))?.DIGEST).toBe(digestOf('2'));
    expect(await machine.motd('health')).toContain('passed before: not going back');
  });

  it('does not restart for ever between two releases that both fail', async () => {
    await check('exit 1');
    await update('2');
    await machine.kit('health');
    expect((await machine.deployment('booted'))?.DIGEST).toBe(digestOf('1'));
    expect(await machine.kit('health')).toMatchObject({ code: 1 });
    expect(await machine.motd('health')).toContain('no release to go back to');
    expect((await machine.deployment('booted'))?.DIGEST).toBe(digestOf('1'));
    expect(await machine.read('run/systemctl-calls')).toBe('reboot\n');
  });

  it('ends the updates if it comes to a refused release again, until somebody looks', async () => {
    await check('exit 0');
    await machine.kit('health');
    const off = 'etc/zincati/config.d/95-coxswain-health.toml';
    // 44.3 takes the place of 44.2 on the disk, so Zincati would take 44.2 again.
    for (const digit of ['2', '3', '2']) {
      expect(await machine.read(off)).toBeUndefined();
      await update(digit);
      await check('exit 1');
      await machine.kit('health');
      await machine.reboot();
      await check('exit 0');
      expect(await machine.kit('health')).toMatchObject({ code: 0 });
    }
    expect((await machine.deployment('booted'))?.DIGEST).toBe(digestOf('1'));
    expect(await machine.read(off)).toBe('[updates]\nenabled = false\n');
    expect(await machine.motd('health')).toContain('its updates are off until: coxswain-node forget-refused');
    expect(await machine.kit('coxswain-node', ['forget-refused'])).toMatchObject({ code: 0 });
    expect(await machine.read(off)).toBeUndefined();
    expect(await machine.read('var/lib/coxswain/refused')).toBeUndefined();
  });

  it('says so if there is nothing to go back to', async () => {
    await check('exit 1');
    expect(await machine.kit('health')).toMatchObject({ code: 1 });
    expect(await machine.motd('health')).toContain('no release to go back to');
    expect(await machine.read('run/systemctl-calls')).toBeUndefined();
  });

  it('counts a check that hangs as failed', async () => {
    await update('2');
    await check('sleep 60');
    await machine.run(['bash', '/usr/lib/coxswain/health.sh'], { HEALTH_TIMEOUT: '1' });
    expect((await machine.deployment('booted'))?.DIGEST).toBe(digestOf('1'));
  });

  it('passes over files that are not programs', async () => {
    await machine.write('etc/coxswain/health.d/README', 'false');
    expect(await machine.kit('health')).toMatchObject({ code: 0 });
  });
});
