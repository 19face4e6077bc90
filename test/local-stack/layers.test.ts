import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { formatTable } from '../../src/demo/table.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { packedLayers } from '../../src/loop/boot-test/image-source.ts';
import { makeRootOfLayers } from '../../src/world/layers/root-of-layers.ts';
import { layerEntries } from '../../src/world/registry/layer.ts';
import { ownStorage } from '../support/own-storage.ts';
import { type LayerForm, type RawEntry, rawImage, rawLayer } from '../support/raw-layers.ts';
import { temporaryFolder } from '../support/repository.ts';

// The root file system that we make of layers must be the one that buildah shows of the same image, file by file.

const folder = (name: string): RawEntry => ({ name, type: 'folder' });
const file = (name: string | Buffer, content = String(name)): RawEntry => ({ name, content });
const long = `deep/${'x'.repeat(120)}/${'y'.repeat(200)}`;
/** cap_net_raw+ep (linux/capability.h, version 2): its bytes are not UTF-8. */
const capability = Buffer.from([1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0, 0, 0, 0, 0, 0]);

/** Each is an image: its layers, the lowest first. */
const images: Readonly<Record<string, readonly (readonly RawEntry[])[]>> = {
  whiteouts: [
    [
      folder('a'),
      file('a/one'),
      file('a/two'),
      folder('b'),
      file('b/deep'),
      file('c'),
      folder('d'),
      file('d/x'),
    ],
    [file('a/.wh.one'), file('.wh.b'), file('.wh.c'), file('.wh.never'), file('.wh..wh.plnk')],
    [
      folder('b'),
      file('b/new'),
      file('a/one', 'again'),
      { name: 'd/x', type: 'char', device: [0, 0] },
      folder('e'),
    ],
  ],
  'opaque folders': [
    [
      folder('a'),
      file('a/old'),
      folder('a/deep'),
      file('a/deep/old'),
      folder('a/deep/er'),
      file('a/deep/er/old'),
    ],
    [file('a/middle')],
    [folder('a'), file('a/.wh..wh..opq'), file('a/new'), folder('a/deep'), file('a/deep/new')],
    [folder('a/deep'), file('a/deep/newest')],
  ],
  'files over folders, folders over files, and links to folders': [
    [
      folder('d'),
      file('d/x'),
      folder('t'),
      { name: 's', type: 'link', to: 't' },
      file('f'),
      folder('g'),
      file('g/x'),
    ],
    [
      file('d', 'now a file'),
      folder('s'),
      file('s/y'),
      folder('f'),
      file('f/inside'),
      { name: 'g', type: 'link', to: 't' },
    ],
    [folder('d'), file('d/z')],
  ],
  'hard links, and hidden ones': [
    [
      file('kept', 'one'),
      { name: 'other', type: 'hard', to: 'kept' },
      { name: 'third', type: 'hard', to: 'kept' },
    ],
    [file('.wh.kept'), file('third', 'of its own')],
    [file('p', 'two'), { name: 'q', type: 'hard', to: 'p' }],
  ],
  'owners, modes and attributes': [
    [
      { ...folder('a'), mode: 0o1777, owner: [7, 8] },
      { ...file('a/setuid'), mode: 0o6755, owner: [65_534, 1000] },
      { ...file('a/ping'), mode: 0o755, attributes: { 'security.capability': capability } },
      { ...file('a/noted'), attributes: { 'user.note': 'yes', 'user.bytes': Buffer.from([0, 0xff, 10]) } },
      { ...folder('a/b'), attributes: { 'user.of-folder': 'low', 'trusted.thing': 'x' } },
      { ...file('a/labelled'), attributes: { 'security.selinux': 'system_u:object_r:bin_t:s0' } },
    ],
    [
      { ...folder('a/b'), mode: 0o700, owner: [3, 4], attributes: { 'user.of-folder': 'high' } },
      file('a/b/c'),
    ],
  ],
  'folders that a layer does not name': [
    [{ ...folder('a'), mode: 0o700, owner: [7, 7] }, file('a/x')],
    [file('a/y')],
    [file('n/m/y')],
  ],
  'devices, pipes and names that are not UTF-8': [
    [
      { name: 'null', type: 'char', device: [1, 3], mode: 0o666 },
      { name: 'pipe', type: 'pipe' },
      file(Buffer.from([0x6e, 0xff, 0xfe, 0x2e, 0x74])),
      file(Buffer.from([0x6e, 0xff, 0xfd, 0x2e, 0x74]), 'hidden'),
      file('new\nline'),
      file(long),
      { name: 'to-nothing', type: 'link', to: '/no/such' },
      { name: 'up', type: 'link', to: '../../..' },
    ],
    [
      file(Buffer.concat([Buffer.from('.wh.'), Buffer.from([0x6e, 0xff, 0xfd, 0x2e, 0x74])])),
      { ...folder('.'), mode: 0o711 },
    ],
  ],
  'the same layer twice': [[file('a')], [file('.wh.a'), file('b')], [file('a')], [file('c')]],
};

const compared: string[][] = [];
let env: Record<string, string> = {};
beforeEach(async () => {
  env = await ownStorage();
});
afterAll(() => {
  const files = compared.reduce((sum, [, , count]) => sum + Number(count), 0);
  const layers = compared.reduce((sum, [, count]) => sum + Number(count), 0);
  writeSync(2, `\n${formatTable(['root of layers, as buildah shows it', 'layers', 'files'], compared)}\n`);
  writeSync(2, `${files} files of ${layers} layers compared with buildah's view\n`);
});

async function ownRoot(layout: string, largest?: number): Promise<string> {
  const source = { name: 'image', place: `oci:${layout}:image`, plainHttp: false };
  const layers = await packedLayers(source, { architecture: 'x86_64', log: silentLog });
  return makeRootOfLayers(layers, await temporaryFolder(), largest === undefined ? {} : { largest });
}

/** Everything about the files of a tree, as GNU tar reads it. */
async function factsOf(root: string): Promise<string[]> {
  const options = [
    '--create',
    '--format=pax',
    '--numeric-owner',
    '--sort=name',
    '--xattrs',
    '--xattrs-include=*',
  ];
  const tar = spawn('tar', [...options, '--directory', root, '.'], { env: { ...process.env, LC_ALL: 'C' } });
  const facts: string[] = [];
  const stream = Readable.toWeb(tar.stdout) as ReadableStream<Uint8Array>;
  for await (const { header, content } of layerEntries(stream, root)) {
    const { name, type, mode, uid, gid, size, linkname, pax = {} } = header;
    const attributes = Object.entries(pax).filter(([key]) => key.startsWith('SCHILY.xattr.'));
    const hash = createHash('sha256');
    for await (const chunk of content) hash.update(chunk);
    const time = type === 'directory' ? '' : header.mtime?.toISOString();
    const device = type === 'character-device' ? lstatSync(join(root, name)).rdev : undefined;
    const fact = { name, type, mode, uid, gid, size, linkname, device, time };
    facts.push(JSON.stringify({ ...fact, attributes: attributes.sort(), content: hash.digest('hex') }));
  }
  return facts;
}

/** Compares our root with buildah's view. */
async function compare(name: string, layout: string, layers: number): Promise<void> {
  const ours = await factsOf(await ownRoot(layout));
  const options = { cwd: join(layout, '..'), env };
  const container = (
    await exec('buildah', ['from', '--quiet', `oci:${layout.split('/').at(-1)}:image`], options)
  ).stdout.trim();
  try {
    const { stdout } = await exec('buildah', ['mount', container], { env });
    expect(ours).toEqual(await factsOf(stdout.trim()));
  } finally {
    await exec('buildah', ['rm', container], { env });
  }
  compared.push([name, String(layers), String(ours.length)]);
}

/** The folder's name has no capitals, because buildah refuses them. */
async function layoutOf(layers: readonly Buffer[], forms?: readonly LayerForm[]): Promise<string> {
  const place = join(await temporaryFolder(), 'layout');
  await mkdir(place);
  return rawImage(place, layers, forms);
}

describe('the root file system of the layers of an image', () => {
  it.each(Object.keys(images))(
    'is what buildah shows: %s',
    async (name) => {
      const layers = (images[name] ?? []).map(rawLayer);
      await compare(name, await layoutOf(layers, ['tar', 'gzip', 'zstd']), layers.length);
    },
    60_000,
  );

  it('is what buildah shows of an image that buildah built, layer by layer', async () => {
    const place = await temporaryFolder();
    const busybox = execFileSync('sh', ['-c', 'command -v busybox']).toString().trim();
    await writeFile(join(place, 'busybox'), await readFile(busybox), { mode: 0o755 });
    const steps = [
      'mkdir -p /etc /usr/lib/a /tmp && echo 1 >/etc/one && chmod 1777 /tmp && ln -s lib /usr/lib64',
      'ln /etc/one /etc/two && chown 12:34 /etc/two && echo 3 >/usr/lib/a/three',
      'rm -r /usr/lib/a && mkdir /usr/lib/a && echo 4 >/usr/lib/a/four',
      'rm /etc/one && mv /usr/lib/a /usr/lib/b && mkfifo /etc/pipe && chmod 4711 /bin/busybox',
    ];
    const run = (step: string) =>
      `RUN ["/bin/busybox", "sh", "-c", ${JSON.stringify(step.replace(/(^|&& )(?!echo)/g, '$1busybox '))}]`;
    const lines = ['FROM scratch', 'COPY busybox /bin/busybox', 'ENV PATH=/bin', ...steps.map(run)];
    await writeFile(join(place, 'Containerfile'), `${lines.join('\n')}\n`);
    await exec(
      'buildah',
      ['build', '--isolation=chroot', '--layers=true', '--format=oci', '--tag=localhost/many', '.'],
      { cwd: place, env },
    );
    await exec('buildah', ['push', '--quiet', 'localhost/many', 'oci:layout:image'], { cwd: place, env });
    await compare('built by buildah', join(place, 'layout'), steps.length + 1);
  }, 120_000);

  it('is made of 400 layers, each over the one below', async () => {
    const count = 400;
    const layers = Array.from({ length: count }, (_, index) =>
      rawLayer([
        file(`of-${index}`, `${index}`),
        file('newest', `${index}`),
        ...(index === 0 ? [] : [file(`.wh.gone-${index - 1}`)]),
        file(`gone-${index}`),
      ]),
    );
    const root = await ownRoot(await layoutOf(layers));
    expect(await readFile(join(root, 'newest'), 'utf8')).toBe(`${count - 1}`);
    const names = await readdir(root);
    expect(names.filter((each) => each.startsWith('of-'))).toHaveLength(count);
    expect(names.filter((each) => each.startsWith('gone-'))).toEqual([`gone-${count - 1}`]);
  }, 120_000);

  const refused: Readonly<Record<string, readonly [RegExp, readonly (readonly RawEntry[])[]]>> = {
    'a path that climbs out': [/layer 1 of 1 .*leads out of the root.*\.\.\//, [[file('../../evil')]]],
    'a path that climbs out in its middle': [/leads out of the root/, [[file('a/../../evil')]]],
    'a path through a link that leads out': [
      /cannot be unpacked/,
      [[{ name: 's', type: 'link', to: '../..' }, file('s/evil')]],
    ],
    'a path through an absolute link': [
      /cannot be unpacked/,
      [[{ name: 's', type: 'link', to: '/tmp' }, file('s/evil')]],
    ],
    'a hard link out of the root': [
      /cannot be unpacked|leads out/,
      [[{ name: 'h', type: 'hard', to: '../../../../../etc/passwd' }]],
    ],
    'a hard link to a file of another layer': [
      /layer 2 of 2 .*cannot be unpacked/,
      [[file('x')], [{ name: 'y', type: 'hard', to: 'x' }]],
    ],
    'a header that says more than there is': [
      /cannot be unpacked/,
      [[{ ...file('x'), declared: 1_000_000 }]],
    ],
    'layers that become too large': [
      /too large when they are unpacked.*at most 4000000 bytes/,
      [[file('x')], [file('y', '0'.repeat(5_000_000))]],
    ],
    'a root that is hidden as a whole': [/hides the whole root/, [[file('x')], [file('.wh..wh..opq')]]],
  };
  it.each(Object.keys(refused))('is refused with one error for %s', async (name) => {
    const [error, layers] = refused[name] as (typeof refused)[string];
    await expect(ownRoot(await layoutOf(layers.map(rawLayer), ['gzip']), 4_000_000)).rejects.toThrow(error);
  });

  it('is refused for a layer that is cut off', async () => {
    const layout = await layoutOf([rawLayer([file('x')])]);
    const blobs = join(layout, 'blobs/sha256');
    for (const name of await readdir(blobs)) {
      const bytes = await readFile(join(blobs, name));
      if (bytes.length % 512 === 0) await writeFile(join(blobs, name), bytes.subarray(0, -512));
    }
    await expect(ownRoot(layout)).rejects.toThrow(/bytes were expected/);
  });
});
