import { existsSync, writeSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { type BaseKind, prepareRoot } from '../../src/demo/base-roots.ts';
import { formatTable } from '../../src/demo/table.ts';
import { exec } from '../../src/host/exec.ts';
import { insideRoot } from '../../src/host/inside-root.ts';
import { silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { requireKernel } from '../../src/loop/boot-test/guest/kernel.ts';
import { chooseAccelerator } from '../../src/loop/boot-test/machine/accelerator.ts';
import {
  type BootTestOptions,
  listTests,
  type PreparedImage,
  prepareImage,
  runBootTest,
} from '../../src/loop/boot-test/machine/boot-directly.ts';
import { rehearseUpgrade } from '../../src/loop/boot-test/rehearsal/rehearsal.ts';
import type { Rehearsal } from '../../src/loop/boot-test/report/report.ts';
import { digestOf } from '../../src/world/registry/reference.ts';

// Real machines. Many cases share one boot: what a test does to the tests after it is a case of its own anyway.

const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
let place: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'coxswain-vm-'));
});

afterAll(async () => {
  // Straight to the terminal: vitest shows what a test file prints only with some reporters.
  writeSync(2, `\n${formatTable(['case', 'verdict', 'seconds'], endings)}\n`);
  await rm(place, { recursive: true, force: true });
});

async function unpackRoot(kind: BaseKind): Promise<string> {
  const root = join(place, kind);
  const { tarball } = await prepareRoot(kind, defaultCacheFolder(), silentLog);
  await mkdir(root);
  await exec('tar', ['--extract', '--numeric-owner', '--xattrs', '--file', tarball, '--directory', root]);
  return root;
}

let boots = 0;
/** Of every machine here: what the test was called, and how it ended. */
const endings: string[][] = [];

/** A root that shares the files of another; new ones appear in neither's place. */
async function variant(root: string, name: string, files: Record<string, string>): Promise<string> {
  const other = join(place, name);
  await exec('cp', ['--archive', '--link', root, other]);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(other, path)), { recursive: true });
    await rm(join(other, path), { force: true });
    await writeFile(join(other, path), text, { mode: 0o755 });
  }
  return other;
}

/** Boots a root with tests given as shell text by name. */
async function boot(root: string, scripts: Record<string, string>, more: Partial<BootTestOptions> = {}) {
  boots += 1;
  const folder = join(place, `boot-${boots}`);
  const testsFolder = join(folder, 'tests');
  for (const [name, text] of Object.entries(scripts)) {
    await mkdir(dirname(join(testsFolder, name)), { recursive: true });
    await writeFile(join(testsFolder, name), text.startsWith('#!') ? text : `#!/bin/sh\n${text}\n`);
  }
  const report = await runBootTest({
    root,
    image: 'the test image',
    tests: await listTests(testsFolder),
    testsFolder,
    architecture,
    init: 'any',
    memoryMegabytes: 512,
    deadlineSeconds: 120,
    environment: { COXSWAIN_VERSION: `44.1-it's "$HOME"` },
    outputFolder: join(folder, 'output'),
    log: silentLog,
    ...more,
  });
  const title = expect.getState().currentTestName?.split(' > ').at(-1) ?? '';
  endings.push([title, report.verdict, report.seconds.total.toFixed(1)]);
  return report;
}

describe('an image without systemd', () => {
  let root: string;

  beforeAll(async () => {
    root = await unpackRoot('tiny');
  });

  it('runs every test, whatever the ones before did, and reports each as it was', async () => {
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
      '80-root-is-writable.sh': 'echo x >/usr/bin/new && echo y >>/etc/passwd && cat /usr/bin/new',
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
    expect(report.tests.map(({ name }) => name)).toHaveLength(12);
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
    expect(results['80-root-is-writable.sh']).toMatchObject({ result: 'passed', output: 'x\n' });
    expect(results['91-helpers.sh']).toMatchObject({
      result: 'passed',
      output: `wait-for-port: nothing listens on TCP port 4322
wait-for-file: there is no /nowhere
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
  }, 150_000);

  it('passes, also when results can only take the second serial port', async () => {
    const other = join(place, 'without-virtio-console');
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
  }, 60_000);

  it('that can report through no port at all says that on its console', async () => {
    // A kernel that knows one serial port only.
    const other = join(place, 'without-virtio-console');
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
  }, 60_000);

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
  }, 60_000);

  it('is told from one whose kernel panicked', async () => {
    const report = await boot(root, { '10-panic.sh': 'echo c >/proc/sysrq-trigger; sleep 60' });
    expect(report).toMatchObject({ verdict: 'kernel-panic', explanation: expect.stringContaining('sysrq') });
    expect(report.explanation).toContain('10-panic.sh');
  }, 60_000);

  it('whose init exits panics before any test', async () => {
    const other = await variant(root, 'exits', { 'usr/lib/systemd/systemd': '#!/bin/sh\nexit 3\n' });
    expect(await boot(other, { '10-a.sh': '' })).toMatchObject({
      verdict: 'kernel-panic',
      explanation: expect.stringMatching(/before the tests could begin: Attempted to kill init/),
    });
  }, 60_000);

  it('whose init powers off was never tested', async () => {
    const other = await variant(root, 'off', { 'usr/lib/systemd/systemd': '#!/bin/sh\npoweroff -f\n' });
    expect(await boot(other, { '10-a.sh': '' })).toMatchObject({ verdict: 'early-exit', tests: [] });
  }, 60_000);

  it('that runs out of memory says so, and the other tests still run', async () => {
    const scripts = { '10-eats.sh': 'tail /dev/zero', '20-b.sh': 'echo alive' };
    const report = await boot(root, scripts, { memoryMegabytes: 256 });
    expect(report).toMatchObject({
      verdict: 'out-of-memory',
      explanation: expect.stringContaining('during 10-eats.sh'),
      tests: [{ result: 'failed' }, { result: 'passed', output: 'alive\n' }],
    });
  }, 60_000);

  it('that runs out of disk says so', async () => {
    const scripts = { '10-fills.sh': 'dd if=/dev/zero of=/var/big bs=1M' };
    const report = await boot(root, scripts, { memoryMegabytes: 256 });
    expect(report).toMatchObject({
      verdict: 'out-of-disk',
      explanation: expect.stringContaining('full after 10-fills.sh'),
      tests: [{ result: 'failed', output: expect.stringContaining('No space left on device') }],
    });
  }, 60_000);

  it('cannot be booted where QEMU does not start', async () => {
    const report = await boot(root, { '10-a.sh': '' }, { memoryMegabytes: 900_000_000 });
    expect(report).toMatchObject({
      verdict: 'qemu-failed',
      explanation: expect.stringMatching(/memory|size/),
    });
  }, 60_000);

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
  }, 60_000);

  it('and without a kernel is refused before any machine starts', async () => {
    const empty = join(place, 'no-kernel');
    await mkdir(join(empty, 'usr/lib/modules/6.1.0'), { recursive: true });
    await expect(boot(empty, { '10-a.sh': 'true' })).rejects.toThrow(
      /the image has no kernel, .*expected exactly one \/usr\/lib\/modules\/VERSION\/vmlinuz/,
    );
  });

  it('and with two kernels, or without a driver for its root, is refused too', async () => {
    const folder = join(place, 'two-kernels');
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

describe('the rehearsal of an upgrade', () => {
  const stages: Record<string, string> = {
    'before-upgrade/10-leave.sh': `set -e
grep -q "old default" /etc/app.conf
test -e /var/seed
echo "$COXSWAIN_STAGE to $COXSWAIN_TO_VERSION" >/var/state
echo "format $(cat /usr/lib/format)" >/var/data
echo local >/etc/local.conf
rm /etc/unwanted.conf
mkdir -p /etc/ssh && echo key >/etc/ssh/ssh_host_ed25519_key && echo 0123 >/etc/machine-id`,
    'after-upgrade/10-state.sh': `set -e
grep -qx "before-upgrade to 44.2" /var/state
grep -qx local /etc/local.conf
grep -q "new default" /etc/app.conf
test ! -e /etc/unwanted.conf
test ! -e /var/never
echo after >/etc/after; echo after >/var/after`,
    'after-upgrade/20-data.sh': 'cat /var/data; grep -qx "format $(cat /usr/lib/format)" /var/data',
    'after-rollback/10-back.sh': `set -e
grep -q "old default" /etc/app.conf
grep -qx local /etc/local.conf
test ! -e /etc/after; test -e /var/after`,
  };
  let from: PreparedImage;
  let to: Record<'well' | 'broken', string>;

  beforeAll(async () => {
    const tiny = join(place, 'tiny');
    if (!existsSync(tiny)) await unpackRoot('tiny');
    const unwanted = { 'etc/local.conf': 'image\n', 'etc/unwanted.conf': 'image\n' };
    const old = { ...unwanted, 'etc/app.conf': 'old default\n', 'var/seed': '', 'usr/lib/format': '1\n' };
    const next = { ...unwanted, 'etc/app.conf': 'new default\n', 'var/never': '', 'usr/lib/format': '1\n' };
    from = await prepared(await variant(tiny, 'from', old), 'from');
    to = {
      well: await variant(tiny, 'well', next),
      broken: await variant(tiny, 'broken', { ...next, 'usr/lib/format': '2\n' }),
    };
  });

  async function prepared(root: string, name: string): Promise<PreparedImage> {
    const folder = join(place, `prepared-${name}`);
    await mkdir(folder);
    return prepareImage({ root, image: name, folder, log: silentLog });
  }

  async function rehearse(name: 'well' | 'broken', scripts: Record<string, string>): Promise<Rehearsal> {
    const testsFolder = join(place, `rehearsal-${name}`);
    for (const [path, text] of Object.entries(scripts)) {
      await mkdir(dirname(join(testsFolder, path)), { recursive: true });
      await writeFile(join(testsFolder, path), `#!/bin/sh\n${text}\n`);
    }
    const list = async (stage: string) =>
      (await listTests(join(testsFolder, stage))).map((test) => ({ ...test, name: `${stage}/${test.name}` }));
    const rehearsal = await rehearseUpgrade({
      from: { version: '44.1', digest: digestOf('old'), image: from },
      candidate: { version: '44.2', image: await prepared(to[name], name) },
      tests: {
        'before-upgrade': await list('before-upgrade'),
        'after-upgrade': await list('after-upgrade'),
        'after-rollback': await list('after-rollback'),
      },
      machine: {
        architecture,
        init: 'any',
        memoryMegabytes: 512,
        deadlineSeconds: 120,
        testsFolder,
        environment: {},
        outputFolder: join(place, `rehearsed-${name}`),
        log: silentLog,
      },
    });
    const seconds = rehearsal.machines.reduce((sum, { report }) => sum + report.seconds.total, 0);
    endings.push([
      `upgrade rehearsal, ${name}`,
      rehearsal.passed ? 'passed' : 'upgrade-failed',
      seconds.toFixed(1),
    ]);
    return rehearsal;
  }

  it('keeps /var and what was changed in /etc, takes new defaults, and goes back', async () => {
    const rehearsal = await rehearse('well', stages);
    expect(rehearsal.passed, JSON.stringify(rehearsal.tests, null, 2)).toBe(true);
    expect(rehearsal.tests.map(({ name }) => name)).toEqual(
      [
        'before-upgrade/10-leave.sh',
        'after-upgrade/10-state.sh',
        'after-upgrade/20-data.sh',
        'after-upgrade/identity',
        'after-rollback/10-back.sh',
        'after-rollback/identity',
      ].map((name) => `upgrade from 44.1: ${name}`),
    );
    expect(rehearsal.tests[3]?.output).toBe('machine-id: the same\nssh_host_ed25519_key: the same\n');
  }, 120_000);

  it('fails where the new image breaks the state, or the machine is another one; and still goes back', async () => {
    const rehearsal = await rehearse('broken', {
      ...stages,
      'after-upgrade/30-other.sh': 'echo 4567 >/etc/machine-id; rm /etc/ssh/ssh_host_ed25519_key',
    });
    expect(rehearsal.passed).toBe(false);
    expect(rehearsal.explanation).toBe(
      'From 44.1: after the upgrade: after-upgrade/20-data.sh, after-upgrade/identity failed.',
    );
    const results = Object.fromEntries(rehearsal.tests.map((test) => [test.name.slice(19), test]));
    expect(results['after-upgrade/20-data.sh']?.output).toBe('format 1\n');
    expect(results['after-upgrade/identity']?.output).toBe(
      'machine-id: another one\nssh_host_ed25519_key: gone\n',
    );
    expect(results['after-rollback/10-back.sh']?.result).toBe('passed');
    expect(results['after-rollback/identity']?.result).toBe('passed');
  }, 120_000);
});

describe('chooseAccelerator', () => {
  it('says why it is not KVM, and refuses KVM where it does not work', async () => {
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

describe.skipIf(findTool('mmdebstrap') === undefined)('an image with systemd', () => {
  let root: string;

  beforeAll(async () => {
    root = await unpackRoot('systemd');
  });

  it('comes up as it is, and tests of any language see it running', async () => {
    // What Fedora CoreOS does where there is no installed disk; left alone, it ends in emergency mode.
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
    expect(report.system).toEqual({ manager: 'systemd', state: 'running', failedUnits: [], details: '' });
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
  }, 120_000);

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
  }, 120_000);

  it('names its failed units; and a harness that is killed is noticed at once, not at the deadline', async () => {
    const units = join(root, 'etc/systemd/system');
    await mkdir(join(units, 'multi-user.target.wants'), { recursive: true });
    await writeFile(
      join(units, 'broken.service'),
      '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo it is broken; exit 5"\n',
    );
    await symlink('../broken.service', join(units, 'multi-user.target.wants/broken.service'));
    const report = await boot(
      root,
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
    expect(await readFile(report.journalLog ?? '', 'utf8')).toContain('it is broken');
    expect(report.verdict, report.explanation).toBe('early-exit');
    expect(report.explanation).toContain('killed while 20-kills.sh ran');
  }, 120_000);
});
