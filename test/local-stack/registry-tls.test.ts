import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { withTemporaryFolder } from '../../src/host/files.ts';
import { atTag, parseRepository } from '../../src/world/registry/reference.ts';
import { makeCertificate } from '../support/certificate.ts';
import { startTestRegistry, testClient } from '../support/registry.ts';

const clientModule = fileURLToPath(new URL('../../src/world/registry/client.ts', import.meta.url));
const referenceModule = fileURLToPath(new URL('../../src/world/registry/reference.ts', import.meta.url));

/** Run in a process of its own: Node reads NODE_EXTRA_CA_CERTS at its start only. */
function program(repository: string): string {
  return `
    import { createRegistryClient } from ${JSON.stringify(clientModule)};
    import { atTag, parseRepository } from ${JSON.stringify(referenceModule)};
    const client = createRegistryClient({ credentials: async () => undefined, retryDelays: [] });
    const repository = parseRepository(${JSON.stringify(repository)});
    const { digest } = await client.uploadBlob(repository, Buffer.from('over TLS'));
    const absent = await client.resolve(atTag(repository, 'absent'));
    console.log(Buffer.from(await client.getBlob(repository, digest)).toString(), absent === undefined);
  `;
}

describe('a registry with TLS', () => {
  it('is used when its certificate is trusted, also on loopback, and refused when not', async () => {
    await withTemporaryFolder('test-tls', async (folder) => {
      const { certificate, key } = await makeCertificate(folder);
      const registry = await startTestRegistry({ tls: { certificate, key } });
      try {
        expect(registry.host).toMatch(/^localhost:/);
        const repository = `${registry.host}/acme/os`;
        await expect(testClient().resolve(atTag(parseRepository(repository), 'x'))).rejects.toThrow(
          /not reachable: its certificate is self-signed and not trusted here/,
        );
        const entry = join(folder, 'program.mjs');
        const bundle = join(folder, 'bundle.mjs');
        await writeFile(entry, program(repository));
        await build({
          input: entry,
          platform: 'node',
          output: { file: bundle, format: 'esm', codeSplitting: false },
        });
        const { stdout } = await exec('node', [bundle], {
          env: { NODE_EXTRA_CA_CERTS: certificate },
        });
        expect(stdout.trim()).toBe('over TLS true');
      } finally {
        await registry.stop();
      }
    });
  });
});
