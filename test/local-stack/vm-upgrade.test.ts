import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/host/log.ts';
import {
  listTests,
  type PreparedImage,
  prepareImage,
} from '../../src/loop/boot-test/machine/boot-directly.ts';
import { rehearseUpgrade } from '../../src/loop/boot-test/rehearsal/rehearsal.ts';
import type { Rehearsal } from '../../src/loop/boot-test/report/boot-report.ts';
import { digestOf } from '../../src/world/registry/reference.ts';
import { architecture, useMachines } from '../support/machines.ts';

const { place, unpackRoot, variant, note } = useMachines();

describe('the rehearsal of an upgrade', () => {
  const stages: Record<string, string> = {
    'before-upgrade/10-leave.sh': `set -e
grep -q "old default" /etc/app.conf
test -e /var/seed
echo "$COXSWAIN_STAGE to $COXSWAIN_TO_VERSION" >/var/state
echo "format $(cat /usr/lib/format)" >/var/data
echo local >/etc/local.conf
rm /etc/unwanted.conf
cp /etc/same.conf /tmp/same && cat /tmp/same >/etc/same.conf
rm -rf /etc/made-again.d && mkdir /etc/made-again.d && echo own >/etc/made-again.d/own
! touch /usr/lib/new 2>/dev/null
mkdir -p /etc/ssh && echo key >/etc/ssh/ssh_host_ed25519_key && echo 0123 >/etc/machine-id`,
    'after-upgrade/10-state.sh': `set -e
grep -qx "before-upgrade to 44.2" /var/state
grep -qx local /etc/local.conf
grep -q "new default" /etc/app.conf
test ! -e /etc/unwanted.conf
test ! -e /var/never
grep -qx "new default" /etc/same.conf
[ "$(ls /etc/made-again.d | tr "\\n" " ")" = "new own " ]
test ! -e /usr/lib/new
echo after >/etc/after; echo after >/var/after`,
    'after-upgrade/20-data.sh': 'cat /var/data; grep -qx "format $(cat /usr/lib/format)" /var/data',
    'after-rollback/10-back.sh': `set -e
grep -q "old default" /etc/app.conf
grep -qx local /etc/local.conf
grep -qx "old default" /etc/same.conf
[ "$(ls /etc/made-again.d)" = own ]
test ! -e /etc/after; test -e /var/after`,
  };
  let from: PreparedImage;
  let to: Record<'well' | 'broken' | 'folder', string>;

  beforeAll(async () => {
    const tiny = await unpackRoot('tiny');
    const unwanted = { 'etc/local.conf': 'image\n', 'etc/unwanted.conf': 'image\n' };
    const defaults = (which: string) => ({
      'etc/app.conf': `${which} default\n`,
      'etc/same.conf': `${which} default\n`,
      [`etc/made-again.d/${which}`]: '',
    });
    const old = { ...unwanted, ...defaults('old'), 'var/seed': '', 'usr/lib/format': '1\n' };
    const next = { ...unwanted, ...defaults('new'), 'var/never': '', 'usr/lib/format': '1\n' };
    from = await prepared(await variant(tiny, 'from', old), 'from');
    to = {
      well: await variant(tiny, 'well', next),
      broken: await variant(tiny, 'broken', { ...next, 'usr/lib/format': '2\n' }),
      folder: await variant(tiny, 'folder', { ...next, 'etc/site.conf/inside': '' }),
    };
  });

  async function prepared(root: string, name: string): Promise<PreparedImage> {
    const folder = join(place(), `prepared-${name}`);
    await mkdir(folder);
    return prepareImage({ root, image: name, folder, log: silentLog });
  }

  async function rehearse(name: keyof typeof to, scripts: Record<string, string>): Promise<Rehearsal> {
    const testsFolder = join(place(), `rehearsal-${name}`);
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
        deadlineSeconds: 600,
        testsFolder,
        environment: {},
        outputFolder: join(place(), `rehearsed-${name}`),
        log: silentLog,
      },
    });
    const seconds = rehearsal.machines.reduce((sum, { report }) => sum + report.seconds.total, 0);
    note(`upgrade rehearsal, ${name}`, rehearsal.passed ? 'passed' : 'upgrade-failed', seconds);
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
    for (const kept of [
      'a file that was rewritten with the same content takes the new default',
      'a folder that was removed and made again is merged',
      '/usr cannot be written to before the update',
    ])
      note(`  ${kept}`, 'passed');
    expect(rehearsal.tests[3]?.output).toBe('machine-id: the same\nssh_host_ed25519_key: the same\n');
  }, 300_000);

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
  }, 300_000);

  it('fails if the machine changed a file that is a folder in the new image, as ostree refuses to deploy', async () => {
    const rehearsal = await rehearse('folder', { 'before-upgrade/10-leave.sh': 'echo mine >/etc/site.conf' });
    expect(rehearsal.passed).toBe(false);
    expect(rehearsal.explanation).toMatch(/cannot be merged: the machine changed the file site\.conf/);
  }, 300_000);
});
