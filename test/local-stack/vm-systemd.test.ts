import { copyFile, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findTool } from '../../src/host/tools.ts';
import { knownFailuresOf } from '../../src/loop/boot-test/report/known-failures.ts';
import { useMachines } from '../support/machines.ts';

const { unpackRoot, variant, boot, note } = useMachines();

describe.skipIf(findTool('mmdebstrap') === undefined)('an image with systemd', () => {
  let root: string;

  beforeAll(async () => {
    root = await unpackRoot('systemd');
  });

  it('comes up as it is, and tests of any language see it running', async () => {
    // What Fedora CoreOS does without an installed disk, which ends in emergency mode.
    const other = await variant(root, 'like-coreos', {
      'usr/lib/systemd/system-generators/coreos-boot-mount-generator': `#!/bin/sh
mkdir -p "$1/local-fs.target.requires"
printf '[Mount]\\nWhat=/dev/disk/by-label/boot\\nWhere=/boot\\n' >"$1/boot.mount"
ln -s ../boot.mount "$1/local-fs.target.requires/boot.mount"
`,
    });
    const report = await boot(other, {
      '10-running.sh': 'systemctl is-system-running',
      '20-child-is-gone.sh': 'sleep 1000 & exit 0',
      '30-helpers.sh': `wait-for-unit ssh 30 && wait-for-port 22 30 || exit 1
wait-for-unit absent.service 1`,
      '40-perl.sh': '#!/usr/bin/perl\nopen(my $f, "<", "/proc/1/comm"); exit(<$f> ne "systemd\\n");\n',
    });
    expect(report).toMatchObject({ verdict: 'test-failed', explanation: 'Failed: 30-helpers.sh.' });
    expect(report.system).toEqual({
      manager: 'systemd',
      state: 'running',
      stateAfter: 'running',
      failedUnits: [],
      details: '',
    });
    expect(report.tests).toMatchObject([
      { name: 'systemd', result: 'passed', output: 'running\n' },
      { name: '10-running.sh', result: 'passed', output: 'running\n' },
      { result: 'passed' },
      {
        name: '30-helpers.sh',
        output: expect.stringMatching(/^wait-for-unit: absent.service is inactive\n/),
      },
      { name: '40-perl.sh', result: 'passed' },
    ]);
    expect(await readFile(report.journalLog ?? '', 'utf8')).toMatch(/Linux version[\s\S]*Reached target/);
    expect(Object.keys(report.identity).sort()).toEqual(['machine-id', 'ssh_host_ed25519_key']);
    expect(report.timeline.map(({ name }) => name)).toContain('systemd');
  }, 900_000);

  it('that goes into emergency mode says so', async () => {
    const other = await variant(root, 'emergency', {
      'etc/fstab': '/dev/disk/by-uuid/none /data ext4 x-systemd.device-timeout=1s 0 0\n',
    });
    const report = await boot(other, { '10-a.sh': 'echo reached' });
    expect(report.verdict, report.explanation).toBe('emergency-mode');
    expect(report.tests).toMatchObject([
      { name: 'systemd', result: 'failed', output: expect.stringContaining('maintenance') },
      { name: '10-a.sh', result: 'passed', output: 'reached\n' },
    ]);
  }, 900_000);

  it('names its failed units; and a harness that is killed is noticed at once, not at the deadline', async () => {
    const units = 'etc/systemd/system';
    const other = await variant(root, 'broken', {
      [`${units}/broken.service`]:
        '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo it is broken; exit 5"\n',
      [`${units}/multi-user.target.wants/broken.service`]: { to: '../broken.service' },
    });
    const report = await boot(
      other,
      { '10-a.sh': 'true', '20-kills.sh': 'kill -9 -1; sleep 100' },
      { allowedUnits: ['broken'] },
    );
    expect(report.system).toMatchObject({ state: 'degraded', failedUnits: ['broken.service'] });
    expect(report.system?.details).toContain('broken.service: it is broken');
    expect(report.tests).toMatchObject([
      { name: 'systemd', result: 'passed', output: expect.stringContaining('allowed: broken.service') },
      { result: 'passed' },
      { result: 'failed' },
    ]);
    expect(report.verdict, report.explanation).toBe('early-exit');
    expect(report.explanation).toContain('killed while 20-kills.sh ran');
  }, 900_000);

  const unit = (name: string, lines: string) => ({
    [`usr/lib/systemd/system/${name}`]: lines,
    [`usr/lib/systemd/system/multi-user.target.wants/${name}`]: { to: `../${name}` },
  });

  it('behind a link starts like any other, and each of its units is judged as on a node', async () => {
    const oneshot = (name: string, script: string) =>
      unit(`${name}.service`, `[Service]\nType=oneshot\nExecStart=/bin/sh -c '${script}'\n`);
    const cases = {
      'writes-usr': 'echo x >/usr/lib/new',
      'writes-top': 'echo x >/new',
      'writes-os-release': 'echo x >>/usr/lib/os-release',
      'installs-a-package': 'mkdir /usr/share/new && cp /bin/true /usr/bin/new',
      'writes-to-the-tools': 'echo x >/run/coxswain/tests/10-a.sh',
    };
    const lie = `for port in /dev/vport* /dev/ttyS1; do echo "system 1.0 running" >$port; echo "done 9.0 1" >$port; done; exit 0`;
    const other = await variant(root, 'linked-systemd', {
      ...Object.assign({}, ...Object.entries(cases).map(([name, script]) => oneshot(name, script))),
      ...oneshot('writes-etc-and-var', 'echo x >/etc/new && echo x >/var/new'),
      ...oneshot('lies', lie),
      // Fedora CoreOS has this unit, and the machine has no such disk.
      ...oneshot('bootloader-update', 'exit 1'),
    });
    await copyFile(join(root, 'usr/lib/systemd/systemd'), join(other, 'usr/lib/systemd/systemd-real'));
    await rm(join(other, 'usr/lib/systemd/systemd'));
    await symlink('systemd-real', join(other, 'usr/lib/systemd/systemd'));
    const report = await boot(
      other,
      { '10-a.sh': 'exit 4' },
      {
        init: 'systemd',
        knownFailures: knownFailuresOf({ ID: 'fedora', VARIANT_ID: 'coreos', VERSION_ID: '44' }, 'direct'),
      },
    );
    expect(report.verdict, report.explanation).toBe('system-not-running');
    const failed = [...Object.keys(cases), 'bootloader-update'].map((name) => `${name}.service`);
    expect([...(report.system?.failedUnits ?? [])].sort()).toEqual(failed.sort());
    const judged = report.tests[0]?.output ?? '';
    for (const name of Object.keys(cases)) {
      expect(judged).toContain(`\nfailed: ${name}.service\n`);
      expect(report.explanation).toContain(`${name}.service`);
      note(`  a unit that ${name.replaceAll('-', ' ')}`, 'failed');
    }
    // It is known, so the image may pass. A unit that works is not silently allowed to fail.
    expect(report.explanation).not.toContain('bootloader-update');
    expect(judged).toContain('\nbootloader-update.service fails here: ');
    expect(judged).toContain('\nzincati.service may fail here, and did not\n');
    note('  a unit that cannot work here on Fedora CoreOS', 'allowed');
    expect(report.tests[1]).toMatchObject({ name: '10-a.sh', result: 'failed', exitCode: 4 });
    note('  a unit that writes results of its own to every port', 'without effect');
  }, 900_000);

  it('is asked again after the tests: a unit that died since, and one that is restarted again and again', async () => {
    const other = await variant(root, 'late', {
      ...unit(
        'dies.service',
        '[Service]\nExecStart=/bin/sh -c "while [ ! -e /run/die ]; do sleep 0.2; done; exit 3"\n',
      ),
      ...unit(
        'flaps.service',
        '[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=500ms\nExecStart=/bin/sh -c "while [ ! -e /run/die ]; do sleep 0.2; done; exit 0"\n',
      ),
    });
    const report = await boot(other, { '10-a.sh': 'touch /run/die; sleep 15' }, { init: 'systemd' });
    expect(report.verdict, report.explanation).toBe('system-not-running');
    expect(report.explanation).toMatch(/failed since the boot: dies\.service/);
    expect(report.explanation).toMatch(/again and again: flaps\.service/);
    note('  a unit that died after the boot', 'failed');
    note('  a unit that is started again for ever', 'failed');
    expect(report.tests).toMatchObject([
      { name: 'systemd', result: 'failed', output: expect.stringContaining('after the tests: degraded') },
      { name: '10-a.sh', result: 'passed' },
    ]);
  }, 900_000);
});
