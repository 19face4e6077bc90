import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { cannotRunMachines, Machine } from './support/machine.ts';

const settings = {
  IMAGE: 'ghcr.io/acme/os',
  STREAM: 'stable',
  SITE: 'https://acme.github.io/os/',
  FLEETS: 'testing stable',
  TAGS: 'testing=testing stable=stable',
  SIGNED: '',
  RINGS: 'canary=0.0 early=0.1',
  SLICES: 100,
};

/** Draws the wariness of each machine id, and its place inside that percent, in one bash. */
async function draw(ids: readonly string[]): Promise<{ wariness: number; within: number }[]> {
  const program =
    '. node/kit/common.sh; . node/kit/wariness.sh; while read -r id; do draw "$id"; echo "$wariness $within"; done';
  const bash = spawn('bash', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  bash.stdin.end(`${ids.join('\n')}\n`);
  const lines = (await text(bash.stdout)).trim().split('\n');
  return lines.map((line) => {
    const [wariness = Number.NaN, within = Number.NaN] = line.split(' ').map(Number);
    return { wariness, within };
  });
}

/** Chi-square of 10,000 draws over 100 values: 99 degrees of freedom; above 148.2 with a chance of one in a thousand. */
function chiSquare(drawn: readonly number[]): number {
  const counts = Array.from({ length: 100 }, () => 0);
  for (const value of drawn) counts[value - 1] = (counts[value - 1] ?? Number.NaN) + 1;
  const expected = drawn.length / 100;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

const kinds: readonly (readonly [string, (index: number) => string])[] = [
  ['random ids', (index) => createHash('md5').update(`machine ${index}`).digest('hex')],
  ['ids that count up', (index) => index.toString(16).padStart(32, '0')],
  ['ids that count up in front', (index) => index.toString(16).padEnd(32, '0').slice(0, 32)],
];

describe('the wariness of a node', () => {
  it.each(kinds)('is spread evenly over 10,000 first boots: %s', async (kind, idOf) => {
    const ids = Array.from({ length: 10_000 }, (_, index) => idOf(index + 1));
    const drawn = await draw(ids);
    expect(drawn).toHaveLength(10_000);
    const value = chiSquare(drawn.map(({ wariness }) => wariness));
    const inside = chiSquare(drawn.map(({ within }) => Math.floor(within / 10_000) + 1));
    console.log(
      `wariness of 10,000 machines, ${kind}: chi-square ${value.toFixed(1)} (99 degrees of freedom)`,
    );
    expect(value).toBeLessThan(148.2);
    expect(value).toBeGreaterThan(60);
    expect(inside).toBeLessThan(148.2);
    // The same machine draws the same again.
    expect(await draw(ids.slice(0, 500))).toEqual(drawn.slice(0, 500));
  });

  it('is drawn also for a machine that has no id yet', async () => {
    const [one] = await draw(['uninitialized']);
    expect(one?.wariness).toBeGreaterThanOrEqual(1);
    expect(one?.wariness).toBeLessThanOrEqual(100);
  });
});

describe.skipIf(cannotRunMachines !== undefined)('the ring of a node', () => {
  const toml = 'etc/zincati/config.d/90-coxswain-ring.toml';
  const baseUrl = async (machine: Machine, file = toml) =>
    /^base_url = "(.*)"$/m.exec((await machine.read(file)) ?? '')?.[1];

  async function node(more: Readonly<Record<string, string | number>> = {}) {
    const machine = await Machine.start();
    await machine.installKit({ ...settings, FLEET: 'stable', ...more });
    return machine;
  }

  it('is drawn once, kept over updates, and written as a literal address', async () => {
    const machine = await node();
    expect(await machine.kit('ring')).toMatchObject({ code: 0 });
    const drawn = await machine.read('var/lib/zincati/wariness');
    expect(await baseUrl(machine)).toBe(
      `https://acme.github.io/os/stable/\${basearch}/slice-${drawn?.trim()}/`,
    );
    // Another machine id after a while: what was drawn stays.
    await machine.write('etc/machine-id', 'ffffffffffffffffffffffffffffffff\n');
    await machine.kit('ring');
    expect(await machine.read('var/lib/zincati/wariness')).toBe(drawn);
  });

  it.each([
    ['100 slices, wariness 37', '37', { SLICES: 100 }, 'slice-37/'],
    ['100 slices, the last', '100', { SLICES: 100 }, 'slice-100/'],
    ['10 slices: rounded up, never before its turn', '31', { SLICES: 10 }, 'slice-4/'],
    ['wariness 0 by hand takes the ring that has 0', '0', { SLICES: 100 }, 'canary/'],
    ['wariness 0 without such a ring takes the first slice', '0', { SLICES: 100, RINGS: '' }, 'slice-1/'],
    ['rings without slices: the earliest that is not before its turn', '7', { SLICES: 0 }, 'early/'],
    ['rings without slices: later than all of them', '11', { SLICES: 0 }, ''],
    ['a ring by name', '50', { RING: 'canary' }, 'canary/'],
    ['a slice by name', '50', { RING: 'slice-3' }, 'slice-3/'],
    ['a ring that is gone', '50', { RING: 'gone' }, 'slice-50/'],
    ['a slice that no site has', '50', { RING: 'slice-03' }, 'slice-50/'],
    ['a group that Zincati cannot read', '50', { GROUP: 'a"b' }, 'slice-50/'],
    ['a group', '50', { GROUP: 'kiosks' }, '${group}/'],
  ])('%s', async (_, wariness, more, folder) => {
    const machine = await node(more);
    await machine.write('var/lib/zincati/wariness', `${wariness}\n`);
    expect(await machine.kit('ring')).toMatchObject({ code: 0 });
    expect(await baseUrl(machine)).toBe(`https://acme.github.io/os/stable/\${basearch}/${folder}`);
  });

  it('draws again if the file was spoilt, and says so', async () => {
    const machine = await node();
    await machine.write('var/lib/zincati/wariness', 'a lot\n');
    expect((await machine.kit('ring')).stderr).toContain("has 'a lot', which is not a number from 0 to 100");
    expect(await machine.read('var/lib/zincati/wariness')).toMatch(/^\d+\n$/);
  });

  it('reads settings as people write them: quoted, from Windows, without an end of the last line', async () => {
    const machine = await node();
    await machine.write(
      'etc/coxswain/node.conf',
      '# ours\r\n\r\nFLEET="testing"\r\nREFRESH=soon\nRING=early',
    );
    expect(await machine.kit('ring')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("REFRESH is a number of seconds, not 'soon'"),
    });
    expect(await baseUrl(machine)).toBe('https://acme.github.io/os/testing/${basearch}/early/');
  });

  it('goes to /run if /etc cannot be written', async () => {
    const machine = await node();
    await machine.kit('ring');
    const left = await machine.read(toml);
    await machine.write('etc/coxswain/node.conf', 'RING=canary\n');
    const run = await machine.run([
      'sh',
      '-c',
      'mount --bind /etc /etc && mount -o remount,ro,bind /etc && exec bash /usr/lib/coxswain/ring.sh',
    ]);
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('/etc cannot be written') });
    // Zincati reads it after the file that is left in /etc.
    const inRun = 'run/zincati/config.d/91-coxswain-ring.toml';
    expect(await baseUrl(machine, inRun)).toContain('/canary/');
    expect(await machine.read(toml)).toBe(left);
    await machine.kit('ring');
    expect(await baseUrl(machine)).toContain('/canary/');
    expect(await machine.read(inRun)).toBeUndefined();
  });

  it('survives being killed at any moment: the file is the old one or the new one', async () => {
    const machine = await node();
    await machine.kit('ring');
    const before = await machine.read(toml);
    await machine.write('etc/coxswain/node.conf', 'RING=canary\n');
    for (let milliseconds = 0; milliseconds < 60; milliseconds += 12) {
      const child = machine.spawn(['bash', '/usr/lib/coxswain/ring.sh']);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      child.kill('SIGKILL');
      expect([before, before?.replace(/slice-\d+/, 'canary')]).toContain(await machine.read(toml));
    }
    await machine.kit('ring');
    expect(await baseUrl(machine)).toContain('/canary/');
  });

  it('is one wariness, and one address, if two runs draw at once', async () => {
    const machine = await node();
    const both = await Promise.all([machine.kit('ring'), machine.kit('ring')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const drawn = (await machine.read('var/lib/zincati/wariness'))?.trim();
    expect(await baseUrl(machine)).toContain(`/slice-${drawn}/`);
  });

  it('is of the fleet whose tag the node was installed by, and of no fleet otherwise', async () => {
    const machine = await node({ FLEET: '' });
    const digest = `sha256:${'a'.repeat(64)}`;
    await machine.image({
      repository: 'ghcr.io/acme/os',
      digest,
      version: '1',
      created: 1,
      stream: 'stable',
    });
    await machine.boot('ostree-image-signed:docker://ghcr.io/acme/os:testing', digest);
    await machine.kit('ring');
    expect(await baseUrl(machine)).toContain('/testing/');
    await machine.boot('ostree-image-signed:docker://ghcr.io/acme/os:44.1', digest);
    expect(await machine.kit('ring')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('coxswain-node fleet NAME (one of: testing stable)'),
    });
  });

  it('moves to another ring or fleet by one command', async () => {
    const machine = await node();
    await machine.write('var/lib/zincati/wariness', '5\n');
    expect(await machine.kit('coxswain-node', ['ring', 'early'])).toMatchObject({ code: 0 });
    expect(await baseUrl(machine)).toBe('https://acme.github.io/os/stable/${basearch}/early/');
    await machine.kit('coxswain-node', ['ring', 'none']);
    expect(await baseUrl(machine)).toContain('/slice-5/');
    await machine.kit('coxswain-node', ['wariness', '80']);
    expect(await baseUrl(machine)).toContain('/slice-80/');
    expect(await machine.read('run/systemctl-calls')).toBe('try-restart zincati.service\n'.repeat(3));
    expect(await machine.kit('coxswain-node', ['wariness', '101'])).toMatchObject({ code: 1 });
    expect(await machine.kit('coxswain-node', ['fleet', 'prod'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no fleet is named 'prod': use one of testing stable"),
    });
    expect(await machine.read('etc/coxswain/node.conf')).toBe('');
  });
});
