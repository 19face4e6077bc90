import { mkdtemp, open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { inRegistry } from '../../src/loop/boot-test/image-source.ts';
import { installInMachine } from '../../src/loop/boot-test/machine/install-in-machine.ts';
import { parseRepository } from '../../src/world/registry/reference.ts';
import { architecture, type Entry, useMachines } from '../support/machines.ts';
import { pushSampleImage, testClient, useRegistry } from '../support/registry.ts';

// The installation of the mode disk, in a machine: bootc itself is not available here, so a script of the image takes its
// place. It sees what bootc would see, and writes to the disk through a partition, which the kernel of this host may not
// know at all.

const { place, unpackRoot, variant, note } = useMachines();
const registry = useRegistry();
const missing = ['sfdisk', 'skopeo'].find((tool) => findTool(tool) === undefined);
const mebibyte = 1024 * 1024;

/** A partition table that begins its only partition at 1 MiB. */
async function partitionTable(): Promise<string> {
  const file = join(place(), 'table');
  const handle = await open(file, 'w');
  await handle.truncate(16e9);
  await handle.close();
  const script = join(place(), 'table.sfdisk');
  await writeFile(script, 'label: gpt\nstart=2048, size=4096, name=root\n');
  // The first 34 sectors of 512 bytes (UEFI, section 5.3).
  const { stdout } = await exec('sh', [
    ...['-c', 'sfdisk --quiet "$1" <"$2" && head -c 17408 "$1" | base64 -w 0', 'sh', file, script],
  ]);
  return stdout.trim();
}

const bootc = (table: string, more = '') => `#!/bin/sh
set -eu
echo "$*"
for disk; do :; done
${more}
base64 -d >/tmp/table <<end
${table}
end
dd if=/tmp/table of="$disk" conv=notrunc 2>/dev/null
blockdev --rereadpt "$disk"
i=0
while [ ! -b "\${disk}1" ] && [ $i -lt 50 ]; do sleep 0.1; i=$((i + 1)); done
cat /run/coxswain-image/index.json >"\${disk}1"
touch /var/tmp/room && ! touch /usr/lib/room 2>/dev/null
`;

async function install(files: Readonly<Record<string, Entry>>) {
  const root = await variant(await rootOnce(), `disk-${Object.keys(files).length}-${Date.now()}`, files);
  const folder = await mkdtemp(join(place(), 'install-'));
  const image = await pushSampleImage(testClient(), parseRepository(`${registry.host}/acme/os`));
  const answer = await installInMachine(
    {
      architecture,
      init: 'any',
      tests: [],
      environment: {},
      kernelArguments: ['audit=0'],
      outputFolder: join(folder, 'output'),
      log: silentLog,
    },
    { root, image: 'the image', source: inRegistry(image), folder },
  );
  return { answer, digest: image.digest };
}

let unpacked: Promise<string> | undefined;
function rootOnce(): Promise<string> {
  unpacked ??= unpackRoot('tiny');
  return unpacked;
}

describe.skipIf(missing !== undefined)(
  `the installation of an image on a disk, in a machine${missing === undefined ? '' : ` (skipped: no ${missing})`}`,
  () => {
    it("is done by the image's own bootc, from the same image, and the disk is left on this host", async () => {
      const { answer, digest } = await install({ 'usr/bin/bootc': bootc(await partitionTable()) });
      expect(answer, JSON.stringify(answer, null, 1)).toHaveProperty('disk');
      const { disk } = answer as { disk: string };
      const { stdout } = await exec('sfdisk', ['--dump', disk]);
      expect(stdout).toMatch(/label: gpt[\s\S]*start= *2048, size= *4096.*name="root"/);
      const handle = await open(disk, 'r');
      const { buffer } = await handle.read(Buffer.alloc(1000), 0, 1000, mebibyte);
      await handle.close();
      expect(buffer.toString()).toContain(digest);
      expect((await stat(disk)).blocks * 512).toBeLessThan(50 * mebibyte);
      note('  an installation on a disk', 'installed');
    }, 300_000);

    it('that fails is a failed test of the image, with the last words of bootc', async () => {
      const { answer } = await install({
        'usr/bin/bootc': bootc('', 'echo "error: Installing to disk: no room"; exit 1'),
      });
      expect(answer).toMatchObject({
        failed: {
          verdict: 'unbootable',
          explanation:
            'The image could not be installed on a disk by its own bootc: error: Installing to disk: no room',
          tests: [
            {
              result: 'failed',
              output: expect.stringMatching(
                /^install to-disk --source-imgref oci:\/run\/coxswain-image:image --target-imgref registry:.* --karg audit=0 \/dev\/vd[a-z]\n/,
              ),
            },
          ],
        },
      });
      if ('failed' in answer)
        expect(await readFile(answer.failed.consoleLog, 'utf8')).toContain('Linux version');
      note('  an installation that fails', 'unbootable');
    }, 300_000);
  },
);
