import { beforeAll, describe, expect, it } from 'vitest';
import { useMachines } from '../support/machines.ts';

// Tests of an image that attack the machine, the harness or the host. Attacks that a machine survives share one
// machine.

const { unpackRoot, boot, noteTests } = useMachines();

let root: string;

beforeAll(async () => {
  root = await unpackRoot('tiny');
});

/** Writes what a harness would write, to every port of the machine. */
const lie = `for port in /dev/vport* /dev/ttyS1; do
  { echo "begin 1.0 6.1"; echo "system 1.0 none"; echo "start 1.0 0"; echo "end 1.0 0 exited 0"; echo "done 9.0 1"; } >$port
done 2>/dev/null`;

/** Unloads the driver of the port that results go through: the harness loses it. */
const takePort = `driver=/sys/bus/virtio/drivers/virtio_console
for device in $driver/virtio*; do device=\${device##*/}; echo $device >$driver/unbind; taken="$taken $device"; done`;

describe('a machine', () => {
  it('reports each test as it was, whatever it tried', async () => {
    const report = await boot(root, {
      '10-writes-to-the-disks.sh':
        'for disk in /dev/vda /dev/vdb; do dd if=/dev/zero of=$disk bs=4096 count=1 conv=fsync && exit 9; done 2>/dev/null; exit 0',
      '11-makes-a-node-of-the-port.sh': `mkdir /tmp/own
for dev in /sys/class/virtio-ports/*/dev; do
  IFS=: read -r major minor <$dev && mknod /tmp/own/port c $major $minor || exit 8
  (echo "done 9.0 2" >/tmp/own/port) 2>/dev/null && exit 9
  rm /tmp/own/port
done`,
      '12-remounts-the-root.sh':
        'mount -o remount,rw / 2>/dev/null; (echo x >/usr/new) 2>/dev/null && exit 9; exit 0',
      '13-covers-usr-with-a-mount.sh':
        'mount -t tmpfs tmpfs /usr/lib && echo x >/usr/lib/new && umount /usr/lib',
      '14-sets-the-clock-back.sh': 'date -s "2001-01-01 00:00" >/dev/null; date -s "2030-01-01 00:00"',
      '15-says-done-twice.sh': `${lie}\n${lie}\nexit 3`,
      '16-writes-over-the-harness-and-the-next-test.sh': `cd /run/coxswain || exit 8
(echo 0 >ended) 2>/dev/null && exit 9
for file in tests/17-is-as-it-was.sh busybox harness settings runs; do
  echo "exit 0" >$file && exit 9
  rm -f $file && exit 9
  mount -o remount,rw /run/coxswain && exit 9
done 2>/dev/null; exit 0`,
      '17-is-as-it-was.sh': 'exit 5',
      '18-is-a-link-to-a-test.sh': { to: 'lib/shared.sh' },
      'lib/shared.sh': 'echo "as $0"; exit 6',
      '19-fills-run-and-tidies-up.sh': 'dd if=/dev/zero of=/run/big bs=1M 2>/dev/null; rm /run/big',
      '20-prints-a-panic.sh': 'echo "<1>Kernel panic - not syncing: no" >/dev/kmsg',
      '21-prints-no-memory.sh': 'echo "<1>Out of memory: Killed process 1" >/dev/kmsg',
      '22-floods-the-second-serial-port.sh': '# coxswain: timeout=2\nyes "done 9.0 2" >/dev/ttyS1',
      '23-floods-the-console.sh': '# coxswain: timeout=2\nyes >/dev/console',
      '24-stops-the-first-process.sh': 'kill -STOP 1; kill -KILL 1; kill -CONT 1; exit 0',
      '25-leaves-its-session.sh': 'setsid sh -c "sleep 1; exit 0" & exit 7',
      '26-fails.sh': 'exit 4',
      '27-looks-for-the-mark-of-the-harness.sh':
        "cat /proc/[0-9]*/root/keep/* 2>/dev/null | grep -E '(^|[^0-9a-f])[0-9a-f]{15}( |$)' && exit 9; exit 0",
    });
    noteTests(report);
    expect(report.verdict, report.explanation).toBe('test-failed');
    const results = report.tests.map(({ name, result, exitCode }) => [name.slice(0, 2), result, exitCode]);
    expect(results).toEqual([
      ['10', 'passed', 0],
      ['11', 'passed', 0],
      ['12', 'passed', 0],
      ['13', 'passed', 0],
      ['14', 'passed', 0],
      ['15', 'failed', 3],
      ['16', 'passed', 0],
      ['17', 'failed', 5],
      ['18', 'failed', 6],
      ['19', 'passed', 0],
      ['20', 'passed', 0],
      ['21', 'passed', 0],
      ['22', 'timed-out', undefined],
      ['23', 'timed-out', undefined],
      ['24', 'passed', 0],
      ['25', 'failed', 7],
      ['26', 'failed', 4],
      ['27', 'passed', 0],
    ]);
    expect(report.tests[8]?.output).toBe('as ./18-is-a-link-to-a-test.sh\n');
  }, 300_000);

  it.each([
    ['unmounts the harness', 'umount -l /run/coxswain'],
    [
      'takes the port away, and lies on it',
      `${takePort}
for device in $taken; do echo $device >$driver/bind; done
until ls /dev/vport* >/dev/null 2>&1; do sleep 0.1; done
${lie}`,
    ],
  ])(
    'whose test %s: nothing counts',
    async (_what, script) => {
      const report = await boot(root, { '10-reaches.sh': script, '20-fails.sh': 'exit 4' });
      // On a slow machine, we may learn that the port is closed before we read the false line.
      expect(report.verdict, report.explanation).toMatch(/^(untrusted-results|early-exit)$/);
    },
    240_000,
  );

  it.each([
    ['takes the port away', `${takePort}; sleep 60`],
    [
      'kills the harness alone',
      'for process in /proc/[0-9]*; do grep -q harness $process/cmdline && kill -9 ${process##*/}; done; sleep 60',
    ],
    ['lets the kernel kill everything', 'echo i >/proc/sysrq-trigger; sleep 60'],
  ])(
    'whose test %s: noticed at once, not at the deadline',
    async (_what, script) => {
      const report = await boot(root, { '10-reaches.sh': script, '20-a.sh': '' });
      expect(report.verdict, report.explanation).toBe('early-exit');
      expect(report.seconds.total).toBeLessThan(300);
    },
    240_000,
  );

  it.each([
    ['reboots', 'reboot -f; sleep 60'],
    ['lets the kernel reboot', 'echo b >/proc/sysrq-trigger; sleep 60'],
  ])(
    'whose test %s is not done',
    async (_what, script) => {
      const report = await boot(root, { '10-reboots.sh': script, '20-a.sh': '' });
      expect(report.verdict, report.explanation).toBe('power-off-in-test');
    },
    240_000,
  );

  it('with ten thousand tests runs them in order, and one that ends the machine is named', async () => {
    const scripts = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`${String(index).padStart(5, '0')}.sh`, 'true']),
    );
    const report = await boot(root, { ...scripts, '00003.sh': 'poweroff -f; sleep 60' });
    expect(report.verdict, report.explanation).toBe('power-off-in-test');
    expect(report.explanation).toContain('00003.sh');
    expect(report.tests.map(({ result }) => result)).toEqual(['passed', 'passed', 'passed', 'failed']);
  }, 240_000);
});
