import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { siteIsBehind } from '../../../src/loop/publish-updates/site-is-behind.ts';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { temporaryFolder } from '../../support/repository.ts';

const configOf = (url: string) =>
  parseConfig(
    `image: ghcr.io/acme/os\nbase: quay.io/fedora/fedora-coreos:stable\nfleets: { stable: {} }\n${url === '' ? '' : `publish: { url: "${url}" }\n`}`,
    'coxswain.yaml',
  );

it('asks for a deployment only if the site is not what was written', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'stable'));
  const files: Record<string, string> = {
    'stable/published.json': '{}',
    'stable/releases.json': '{"releases":[]}',
    'stable/updates.json': '{}',
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  const site = { ...files };
  const server = createServer((request, response) => {
    const text = site[(request.url ?? '').slice('/os/'.length)];
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const config = configOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}/os/`);
  expect(await siteIsBehind(config, folder)).toBe(false);
  for (const path of Object.keys(files)) {
    site[path] = 'older';
    expect(await siteIsBehind(config, folder), path).toBe(true);
    delete site[path];
    expect(await siteIsBehind(config, folder), path).toBe(true);
    site[path] = files[path] ?? '';
  }
  await new Promise((done) => server.close(done));
  // A site that gives no answer, and a site that nobody named.
  expect(await siteIsBehind(config, folder)).toBe(true);
  expect(await siteIsBehind(configOf(''), folder)).toBe(true);
});
