import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { definedVariables } from '../../src/host/defined.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { packedLayers } from '../../src/loop/boot-test/image-source.ts';
import { withBuilt } from '../../src/loop/build-image/build-one.ts';
import { parseConfig } from '../../src/project/configuration/config.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import { makeRootOfLayers } from '../../src/world/layers/root-of-layers.ts';
import { readImage } from '../../src/world/registry/image.ts';
import { inLayout } from '../../src/world/registry/layout.ts';
import {
  atTag,
  formatReference,
  parseRepository,
  type Repository,
} from '../../src/world/registry/reference.ts';
import { ownStorage } from '../support/own-storage.ts';
import { rawLayer } from '../support/raw-layers.ts';
import { testClient, useRegistry } from '../support/registry.ts';
import { commitFiles, createRepository, temporaryFolder } from '../support/repository.ts';
import { busyboxLayer, pushBase } from '../support/small-base.ts';

// buildah of Debian 12 mounts 128 layers at most. Fedora CoreOS is moving to 400.

const registry = useRegistry();
const client = testClient();
const count = 130;

/** The smallest base that RUN works on, of many layers: each writes over a file of the one below. */
function pushDeepBase(repository: Repository): Promise<readonly string[]> {
  const layers = [busyboxLayer([{ name: 'etc/gone', content: '' }])];
  for (let index = 1; index < count; index += 1) {
    const more = index === 50 ? [{ name: 'etc/.wh.gone' }] : [];
    layers.push(rawLayer([{ name: 'etc/newest', content: `${index}` }, ...more]));
  }
  return pushBase(client, repository, { version: '44.20260707.3.1', layers });
}

describe(`a base of ${count} layers`, () => {
  it("is built on: the image has the base's layers byte for byte, and one of its own above them", async () => {
    const base = parseRepository(`${registry.host}/fcos`);
    const diffIds = await pushDeepBase(base);
    const git = await createRepository();
    await commitFiles(git, {
      Containerfile: `FROM ${registry.host}/fcos:stable\nRUN cat /etc/newest >/seen && ls /etc >/names && echo mine >/etc/own\n`,
    });
    const settings = `image: ${registry.host}/os\ntest-image: ${registry.host}/os-test\nbase: ${registry.host}/fcos:stable\nfleets: { testing: {} }\n`;
    const config = parseConfig(settings, 'coxswain.yaml');
    const candidate = await readCandidate({ git, config, client });
    const env = { ...process.env, ...(await ownStorage()) };
    const options = { config, git, client, candidate, env, log: silentLog };
    const found = await readImage(client, atTag(base, 'stable'), 'x86_64');
    const about = { architecture: 'x86_64', base: found, baseIn: base } as const;
    const folder = await temporaryFolder();
    const local = inLayout(folder, 'derived');
    // One build, in both of its places.
    const [pushed, stored] = await withBuilt(options, about, async (buildah, name) => [
      await buildah.push(name, atTag(base, 'derived'), true),
      await buildah.store(name, local),
    ]);
    expect(stored).toBe(pushed);
    const left = await exec('buildah', ['images', '--all', '--quiet'], { env: definedVariables(env) });
    expect(left.stdout).toBe('');
    const made = await readImage(client, atTag(base, 'derived'), 'x86_64');
    expect(made.manifest.descriptor.digest).toBe(pushed);
    const { diffIds: madeOf, labels, digest } = made.config;
    expect(madeOf.slice(0, count)).toEqual(diffIds);
    expect(madeOf).toHaveLength(count + 1);
    expect(made.manifest.json.layers.slice(0, count).map((layer) => layer.digest)).toEqual(diffIds);
    expect(labels['org.opencontainers.image.version']).toBe(candidate.version);
    const text = Buffer.from(await client.getBlob(base, digest)).toString();
    const { history } = JSON.parse(text) as { history: { created_by: string; empty_layer?: boolean }[] };
    expect(history.map(({ created_by }) => created_by).slice(0, 2)).toEqual(['step 0', 'step 1']);
    expect(history.filter((each) => each.empty_layer !== true)).toHaveLength(count + 1);
    // The folder has the same image as the registry, and a registry takes no manifest without its layers.
    const inFolder = { name: 'local', place: formatReference(local), plainHttp: false };
    const layers = await packedLayers(inFolder, { architecture: 'x86_64', log: silentLog });
    const root = await makeRootOfLayers(layers, await temporaryFolder());
    const read = (name: string) => readFile(join(root, name), 'utf8');
    expect(await read('seen')).toBe(`${count - 1}`);
    expect(await read('names')).toBe('hostname\nhosts\nnewest\nresolv.conf\n');
    expect(await read('etc/own')).toBe('mine\n');
  }, 300_000);
});
