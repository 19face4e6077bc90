import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { insideRoot } from '../../src/host/inside-root.ts';
import { requireKernel } from '../../src/loop/boot-test/guest/kernel.ts';
import { chooseAccelerator } from '../../src/loop/boot-test/machine/accelerator.ts';
import { architecture, useMachines } from '../support/machines.ts';

// Real machines. Many cases share one boot, because a test must not affect later tests anyway.

const { place, unpackRoot, variant, boot } = useMachines();

describe('an image without systemd', () => {
  let root: string;

  beforeAll(async () => {
    root = await unpackRoot('tiny');
  });

  it('runs every test, whatever earlier ones did, and reports the result of each', async () => {
    const report = await boot(root, {
      '10-environment.sh': 'echo "$(id -u) $COXSWAIN_VERSION $PATH"; . ./lib/shared; shared',
      'lib/shared': 'shared() { printf "no newline at the end"; }',
      '20-fails.sh': 'echo to stdout; echo to stderr >&2; exit 3',
      '30-hangs.sh': '# coxswain: timeout=2\necho before; sleep 1000',
      '35-hangs-hard.sh': "# coxswain: timeout=1\ntrap '' TERM\nwhile :; do sleep 1; done",
      '40-leaves-a-child.sh': 'sleep 1000 & (trap "" HUP TERM; sleep 2000) & echo left',
      '50-child-is-gone.sh': 'ps | grep "sleep [12]000" | grep -v grep && exit 1; exit 0',
      '60-bytes.sh': 'printf "\\000\\377a\\r\\n"; echo "done 9.99"; echo "end 1.0 5 exited 0"',
      '70-floods.sh':
        '#!/usr/bin/env sh\nyes "$(seq -s " " 1 100)" | head -c 40000000 | cat; echo survived >&2',
      '80-root-is-read-only.sh':
        'for file in /new /usr/bin/new /root/new "$PWD/new"; do echo x >"$file" && exit 1; done 2>/dev/null; exit 0',
      '81-etc-and-var-are-writable.sh':
        'set -e; for file in /etc/new /var/new /tmp/new /run/new; do echo x >$file; done; cat /etc/new; rm /tmp/new',
      '90-no-shebang.sh': 'true',
      '91-helpers.sh': `(sleep 1; : >/tmp/there; exec nc -l -p 4321) &
wait-for-file /tmp/there 10 && wait-for-port 4321 10 || exit 1
wait-for-port 4322 1 && exit 2
wait-for-file /nowhere 1 && exit 3
wait-for-file /nowhere soon; [ $? = 2 ] || exit 4`,
      '92-data.sh': 'cat data/numbers',
      'data/numbers': '1 2 3',
    });
    const results = Object.fromEntries(report.tests.map((test) => [test.name, test]));
    expect(report.verdict, report.explanation).toBe('test-failed');
    expect(report.tests.map(({ name }) => name)).toHaveLength(13);
    expect(results['10-environment.sh']).toMatchObject({
      result: 'passed',
      exitCode: 0,
      output: `0 44.1-it's "$HOME" /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/coxswain/helpers\nno newline at the end`,
    });
    expect(results['20-fails.sh']).toMatchObject({
      result: 'failed',
      exitCode: 3,
      output: 'to stdout\nto stderr\n',
    });
    expect(results['30-hangs.sh']).toMatchObject({ result: 'timed-out', output: 'before\n' });
    expect(results['35-hangs-hard.sh']?.result).toBe('timed-out');
    expect(results['40-leaves-a-child.sh']).toMatchObject({ result: 'passed', output: 'left\n' });
    expect(results['50-child-is-gone.sh']).toMatchObject({ result: 'passed', output: '' });
    expect(results['60-bytes.sh']).toMatchObject({
      result: 'passed',
      output: '\ufffda\r\ndone 9.99\nend 1.0 5 exited 0\n',
    });
    expect(results['70-floods.sh']?.output).toMatch(/^… /);
    expect(results['80-root-is-read-only.sh']).toMatchObject({ result: 'passed' });
    expect(results['81-etc-and-var-are-writable.sh']).toMatchObject({ result: 'passed', output: 'x\n' });
    expect(results['91-helpers.sh']).toMatchObject({
      result: 'passed',
      output: `wait-for-port: nothing listens on TCP port 4322
wait-for-file: /nowhere does not exist
wait-for-file: not a number of seconds: soon
`,
    });
    expect(results['92-data.sh']?.output).toContain('1 2 3');
    expect(report.timeline.slice(0, 4).map(({ name }) => name)).toEqual([
      'QEMU',
      'kernel',
      'initrd',
      'first process',
    ]);
    for (const [index, span] of report.timeline.entries()) {
      expect(span.to).toBeGreaterThanOrEqual(span.from);
      if (index > 0) expect(span.from).toBe(report.timeline[index - 1]?.to);
    }
    expect(report.timeline.find(({ name }) => name === '30-hangs.sh')).toMatchObject({ result: 'timed-out' });
    expect(report.system).toMatchObject({ manager: 'none', state: 'none' });
    expect(report.kernel).toBe((await requireKernel(insideRoot(root), 'root')).version);
    expect(await readFile(report.consoleLog, 'utf8')).toContain('Linux version');
    await expect(readFile(join(root, 'usr/bin/new'))).rejects.toThrow(/ENOENT/);
  }, 300_000);

  it('passes, also when results can only take the second serial port', async () => {
    const other = join(place(), 'without-virtio-console');
    await cp(root, other, { recursive: true, verbatimSymlinks: true });
    const kernel = await requireKernel(insideRoot(other), 'other');
    const index = join(other, kernel.modules, 'modules.dep');
    const entries = (await readFile(index, 'utf8')).split('\n');
    const without = entries.filter((line) => !/virtio_console\.ko[^:]*:/.test(line));
    expect(without.length).toBe(entries.length - 1);
    await writeFile(index, without.join('\n'));
    const driver = entries.find((line) => /virtio_console\.ko[^:]*:/.test(line))?.split(':')[0] ?? '';
    await rm(join(other, kernel.modules, driver));
    const report = await boot(other, { '10-a.sh': 'seq 1 2000', '20-b.sh': 'true' });
    expect(report.verdict, report.explanation).toBe('passed');
    expect(report.tests[0]?.output.split('\n')).toHaveLength(2001);
    expect(await readFile(report.resultsLog, 'utf8')).toBe('');
  }, 240_000);

  it('that can report through no port at all says that on its console', async () => {
    // A kernel that knows one serial port only.
    const other = join(place(), 'without-virtio-console');
    const mute = await boot(
      other,
      { '10-a.sh': 'true' },
      { kernelArguments: ['8250.nr_uarts=1', 'pnpacpi=off'] },
    );
    expect(mute).toMatchObject({
      verdict: 'no-result-channel',
      explanation: expect.stringContaining('neither virtio_console nor a second serial port'),
      tests: [],
    });
  }, 240_000);

  it('is not done because it powered off', async () => {
    const report = await boot(root, {
      '10-a.sh': 'echo fine',
      '20-off.sh': 'poweroff -f; sleep 60',
      '30-c.sh': '',
    });
    expect(report).toMatchObject({
      verdict: 'power-off-in-test',
      explanation: expect.stringContaining('20-off.sh'),
    });
    expect(report.tests).toMatchObject([
      { name: '10-a.sh', result: 'passed' },
      { name: '20-off.sh', result: 'failed' },
    ]);
  }, 240_000);

  it('is distinguished from one whose kernel panicked', async () => {
    const report = await boot(root, { '10-panic.sh': 'echo c >/proc/sysrq-trigger; sleep 60' });
    expect(report).toMatchObject({ verdict: 'kernel-panic', explanation: expect.stringContaining('sysrq') });
    expect(report.explanation).toContain('10-panic.sh');
  }, 240_000);

  it('whose init exits panics before any test', async () => {
    const other = await variant(root, 'exits', { 'usr/lib/systemd/systemd': '#!/bin/sh\nexit 3\n' });
    expect(await boot(other, { '10-a.sh': '' })).toMatchObject({
      verdict: 'kernel-panic',
      explanation: expect.stringMatching(/Attempted to kill init/),
    });
  }, 240_000);

  it('whose init powers off was never tested', async () => {
    const other = await variant(root, 'off', { 'usr/lib/systemd/systemd': '#!/bin/sh\npoweroff -f\n' });
    expect(await boot(other, { '10-a.sh': '' })).toMatchObject({ verdict: 'early-exit', tests: [] });
  }, 240_000);

  it('that runs out of memory says so, and the other tests still run', async () => {
    const scripts = { '10-eats.sh': 'tail /dev/zero', '20-b.sh': 'echo alive' };
    const report = await boot(root, scripts, { memoryMegabytes: 256 });
    expect(report).toMatchObject({
      verdict: 'out-of-memory',
      explanation: expect.stringContaining('during 10-eats.sh'),
      tests: [{ result: 'failed' }, { result: 'passed', output: 'alive\n' }],
    });
  }, 240_000);

  it('that runs out of disk says so', async () => {
    const scripts = { '10-fills.sh': 'dd if=/dev/zero of=/var/big bs=1M' };
    const report = await boot(root, scripts, { memoryMegabytes: 256 });
    expect(report).toMatchObject({
      verdict: 'out-of-disk',
      explanation: expect.stringContaining('full after 10-fills.sh'),
      tests: [{ result: 'failed', output: expect.stringContaining('No space left on device') }],
    });
  }, 240_000);

  it('cannot be booted if QEMU does not start', async () => {
    const report = await boot(root, { '10-a.sh': '' }, { memoryMegabytes: 900_000_000 });
    expect(report).toMatchObject({
      verdict: 'qemu-failed',
      explanation: expect.stringMatching(/memory|size/),
    });
  }, 240_000);

  it('that hangs as a whole is ended at the deadline', async () => {
    const started = performance.now();
    const report = await boot(
      root,
      { '10-hangs.sh': 'kill -STOP -1; kill -STOP $$' },
      { deadlineSeconds: 8 },
    );
    expect(report.verdict, report.explanation).toBe('deadline');
    expect((performance.now() - started) / 1000).toBeLessThan(20);
    const { stdout } = await exec('ps', ['-eo', 'args']);
    expect(stdout).not.toContain(dirname(report.consoleLog));
  }, 240_000);

  it('and without a kernel is refused before any machine starts', async () => {
    const empty = join(place(), 'no-kernel');
    await mkdir(join(empty, 'usr/lib/modules/6.1.0'), { recursive: true });
    await expect(boot(empty, { '10-a.sh': 'true' })).rejects.toThrow(
      /the image has no kernel, .*expected exactly one \/usr\/lib\/modules\/VERSION\/vmlinuz/,
    );
  });

  it('and with two kernels, or without a driver for its root, is refused too', async () => {
    const folder = join(place(), 'two-kernels');
    for (const version of ['6.1.0', '6.2.0']) {
      await mkdir(join(folder, 'usr/lib/modules', version), { recursive: true });
      await writeFile(join(folder, 'usr/lib/modules', version, 'vmlinuz'), '');
    }
    await expect(boot(folder, {})).rejects.toThrow(/2 kernels, found \["6\.1\.0","6\.2\.0"\]/);
    await rm(join(folder, 'usr/lib/modules/6.2.0'), { recursive: true });
    expect(await boot(folder, {})).toMatchObject({
      verdict: 'unbootable',
      explanation: expect.stringContaining('virtio_pci, virtio_blk, erofs, overlay'),
    });
  });
});

describe('chooseAccelerator', () => {
  it('says why it is not KVM, and refuses KVM if it does not work', async () => {
    const { accelerator, note } = await chooseAccelerator(architecture);
    if (accelerator === 'tcg') {
      expect(note).toMatch(/kvm/i);
      await expect(chooseAccelerator(architecture, 'kvm')).rejects.toThrow(/KVM was asked for/);
    } else expect(note).toBeUndefined();
    const other = architecture === 'x86_64' ? 'aarch64' : 'x86_64';
    expect(await chooseAccelerator(other)).toMatchObject({
      accelerator: 'tcg',
      note: `this machine is not ${other}`,
    });
  });
});
