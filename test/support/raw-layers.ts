import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestOf } from '../../src/world/registry/reference.ts';

/** An entry of a layer, byte by byte, so that a test can write what no program would. */
export interface RawEntry {
  readonly name: string | Buffer;
  /** Default: a file. */
  readonly type?: 'file' | 'hard' | 'link' | 'char' | 'folder' | 'pipe';
  readonly content?: Buffer | string;
  readonly mode?: number;
  readonly owner?: readonly [number, number];
  /** UNIX seconds. */
  readonly time?: number;
  /** Of a link. */
  readonly to?: string;
  readonly device?: readonly [number, number];
  /** Extended attributes. */
  readonly attributes?: Readonly<Record<string, Buffer | string>>;
  /** The size that the header says, if it is not that of the content. */
  readonly declared?: number;
}

const types = { file: '0', hard: '1', link: '2', char: '3', folder: '5', pipe: '6' };

/** A tar archive (pax). */
export function rawLayer(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(partsOf), Buffer.alloc(1024)]);
}

function partsOf(entry: RawEntry): Buffer[] {
  const content = Buffer.from(entry.content ?? '');
  const records = Object.entries(entry.attributes ?? {}).map(([name, value]) =>
    paxRecord(`SCHILY.xattr.${name}`, Buffer.from(value)),
  );
  if (Buffer.from(entry.name).length > 100) records.push(paxRecord('path', Buffer.from(entry.name)));
  const pax = Buffer.concat(records);
  const before = pax.length === 0 ? [] : [header({ name: 'pax' }, 'x', pax.length), padded(pax)];
  const size = entry.declared ?? content.length;
  return [...before, header(entry, types[entry.type ?? 'file'], size), padded(content)];
}

function paxRecord(key: string, value: Buffer): Buffer {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length += 1;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}

function header(entry: RawEntry, type: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  const number = (value: number, at: number, digits: number) =>
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  Buffer.from(entry.name).copy(block, 0, 0, 100);
  number(entry.mode ?? (entry.type === 'folder' ? 0o755 : 0o644), 100, 7);
  number(entry.owner?.[0] ?? 0, 108, 7);
  number(entry.owner?.[1] ?? 0, 116, 7);
  number(size, 124, 11);
  number(entry.time ?? 1_700_000_000, 136, 11);
  block.write(type, 156, 'latin1');
  block.write(entry.to ?? '', 157, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  number(entry.device?.[0] ?? 0, 329, 7);
  number(entry.device?.[1] ?? 0, 337, 7);
  block.fill(' ', 148, 156);
  number(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  block[154] = 0;
  return block;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

export type LayerForm = 'tar' | 'gzip' | 'zstd';

const endings: Readonly<Record<LayerForm, string>> = { tar: '', gzip: '+gzip', zstd: '+zstd' };

/** Writes an OCI image layout with one image of these layers; returns the folder. */
export async function rawImage(
  folder: string,
  layers: readonly Buffer[],
  forms: readonly LayerForm[] = ['tar'],
  name = 'image',
): Promise<string> {
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const add = async (content: Buffer, mediaType: string) => {
    const digest = digestOf(content);
    await writeFile(join(blobs, digest.slice('sha256:'.length)), content);
    return { mediaType: `application/vnd.oci.image.${mediaType}`, digest, size: content.length };
  };
  const descriptors = [];
  for (const [index, layer] of layers.entries()) {
    const form = forms[index % forms.length] as LayerForm;
    descriptors.push(await add(packed(layer, form), `layer.v1.tar${endings[form]}`));
  }
  const rootfs = { type: 'layers', diff_ids: layers.map((layer) => digestOf(layer)) };
  const configuration = { architecture: 'amd64', os: 'linux', config: {}, rootfs };
  const config = await add(Buffer.from(JSON.stringify(configuration)), 'config.v1+json');
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = { schemaVersion: 2, mediaType, config, layers: descriptors };
  const described = await add(Buffer.from(JSON.stringify(manifest)), 'manifest.v1+json');
  const annotations = { 'org.opencontainers.image.ref.name': name };
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...described, annotations }] }),
  );
  return folder;
}

function packed(layer: Buffer, form: LayerForm): Buffer {
  if (form === 'gzip') return gzipSync(layer);
  return form === 'tar' ? layer : execFileSync('zstd', ['--quiet', '--stdout'], { input: layer });
}
