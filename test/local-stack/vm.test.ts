import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { type BaseKind, prepareRoot } from '../../src/demo/base-roots.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { chooseAccelerator } from '../../src/vm/accelerator.ts';
import { type BootTestOptions, listTests, runBootTest } from '../../src/vm/boot-test.ts';
import { requireKernel } from '../../src/vm/kernel.ts';

// Real machines. Many cases share one boot: what a test does to the tests after it is a case of its own anyway.

const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
let place: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'coxswain-vm-'));
});

afterAll(async () => {
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

/** Boots a root with tests given as shell text by name. */
async function boot(root: string, scripts: Record<string, string>, more: Partial<BootTestOptions> = {}) {
  boots += 1;
  const folder = join(place, `boot-${boots}`);
  const testsFolder = join(folder, 'tests');
  for (const [name, text] of Object.entries(scripts)) {
    await mkdir(dirname(join(testsFolder, name)), { recursive: true });
    await writeFile(join(testsFolder, name), text.startsWith('#!') ? text : `#!/bin/sh\n${text}\n`);
  }
  return runBootTest({
    root,
    image: 'the test image',
    tests: await listTests(testsFolder),
    testsFolder,
    architecture,
    memoryMegabytes: 512,
    deadlineSeconds: 120,
    environment: { COXSWAIN_VERSION: `44.1-it's "$HOME"` },
    outputFolder: join(folder, 'output'),
    log: silentLog,
    ...more,
  });
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
    });
    const results = Object.fromEntries(report.tests.map((test) => [test.name, test]));
    expect(report.verdict, report.explanation).toBe('test-failed');
    expect(report.tests.map(({ name }) => name)).toHaveLength(10);
    expect(results['10-environment.sh']).toMatchObject({
      result: 'passed',
      exitCode: 0,
      output: `0 44.1-it's "$HOME" /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nno newline at the end`,
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
    expect(report.system).toMatchObject({ manager: 'none', state: 'none' });
    expect(report.kernel).toBe((await requireKernel(root, 'root')).version);
    expect(await readFile(report.consoleLog, 'utf8')).toContain('Linux version');
    await expect(readFile(join(root, 'usr/bin/new'))).rejects.toThrow(/ENOENT/);
  }, 90_000);

  it('passes, also when results can only take the second serial port', async () => {
    const other = join(place, 'without-virtio-console');
    await cp(root, other, { recursive: true, verbatimSymlinks: true });
    const kernel = await requireKernel(other, 'other');
    const index = join(kernel.modules, 'modules.dep');
    const entries = (await readFile(index, 'utf8')).split('\n');
    const without = entries.filter((line) => !/virtio_console\.ko[^:]*:/.test(line));
    expect(without.length).toBe(entries.length - 1);
    await writeFile(index, without.join('\n'));
    const report = await boot(other, { '10-a.sh': 'seq 1 2000', '20-b.sh': 'true' });
    expect(report.verdict, report.explanation).toBe('passed');
    expect(report.tests[0]?.output.split('\n')).toHaveLength(2001);
    expect(await readFile(report.resultsLog, 'utf8')).toBe('');
  }, 60_000);

  it('is not done because it powered off', async () => {
    const report = await boot(root, {
      '10-a.sh': 'echo fine',
      '20-off.sh': 'poweroff -f; sleep 60',
      '30-c.sh': '',
    });
    expect(report).toMatchObject({
      verdict: 'early-exit',
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

  it('that hangs is ended at the deadline', async () => {
    const started = performance.now();
    const report = await boot(root, { '10-hangs.sh': 'sleep 1000' }, { deadlineSeconds: 8 });
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

  it('comes up as it is, and its tests see it running', async () => {
    const report = await boot(root, {
      '10-running.sh': 'systemctl is-system-running',
      '20-child-is-gone.sh': 'sleep 1000 & exit 0',
      '30-systemd.sh': '[ "$(cat /proc/1/comm)" = systemd ]',
    });
    expect(report.verdict, `${report.explanation}\n${report.system?.details}`).toBe('passed');
    expect(report.system).toEqual({ manager: 'systemd', state: 'running', failedUnits: [], details: '' });
    expect(report.tests[0]?.output).toBe('running\n');
  }, 120_000);

  it('names its failed units; and a harness that is killed is noticed at once, not at the deadline', async () => {
    const units = join(root, 'etc/systemd/system');
    await mkdir(join(units, 'multi-user.target.wants'), { recursive: true });
    await writeFile(
      join(units, 'broken.service'),
      '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo it is broken; exit 5"\n',
    );
    await symlink('../broken.service', join(units, 'multi-user.target.wants/broken.service'));
    const report = await boot(root, { '10-a.sh': 'true', '20-kills.sh': 'kill -9 -1; sleep 100' });
    expect(report.system).toMatchObject({ state: 'degraded', failedUnits: ['broken.service'] });
    expect(report.system?.details).toContain('broken.service: it is broken');
    expect(report.tests).toMatchObject([{ result: 'passed' }, { result: 'failed' }]);
    expect(report.verdict, report.explanation).toBe('early-exit');
    expect(report.explanation).toContain('killed while 20-kills.sh ran');
  }, 120_000);
});
