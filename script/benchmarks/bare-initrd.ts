import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { exec } from '../../src/host/exec.ts';
import { withTemporaryFolder } from '../../src/host/files.ts';
import { findStaticBusybox } from '../../src/loop/boot-test/guest/busybox.ts';
import { orderModules } from '../../src/loop/boot-test/guest/kernel-modules.ts';
import { type ArchiveEntry, folder, writeNewc } from '../../src/loop/boot-test/guest/newc.ts';
import type { PreparedImage } from '../../src/loop/boot-test/machine/boot-directly.ts';

/** Does only what is needed to start the image's own systemd, and nothing of ours. */
export async function makeBareInitrd({ index, kernel, systemd }: PreparedImage): Promise<Buffer> {
  const { files } = orderModules(['virtio_pci', 'virtio_blk', 'erofs', 'overlay'], index);
  const modules: ArchiveEntry[] = [];
  for (const [position, file] of files.entries()) {
    const path = `modules/${String(position).padStart(2, '0')}-${basename(file).replace(/\.(xz|gz|zst)$/, '')}`;
    modules.push({
      path,
      content: await readModule(join(kernel.root.folder, kernel.modules, file)),
      mode: 0o644,
    });
  }
  const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs devtmpfs /dev
for module in /modules/*; do insmod $module 2>/dev/null; done
while [ ! -b /dev/vda ]; do usleep 100000; done
mount -t erofs -o ro /dev/vda /lower
mount -t tmpfs tmpfs /writable
mkdir /writable/upper /writable/work
mount -t overlay -o lowerdir=/lower,upperdir=/writable/upper,workdir=/writable/work overlay /root
exec switch_root /root ${systemd}
`;
  const folders = ['bin', 'dev', 'lower', 'writable', 'root', 'modules'];
  return writeNewc([
    ...folders.map((path): ArchiveEntry => ({ path, content: folder, mode: 0o755 })),
    { path: 'bin/busybox', content: await readFile(await findStaticBusybox()), mode: 0o755 },
    ...modules,
    { path: 'init', content: init, mode: 0o755 },
  ]);
}

async function readModule(path: string): Promise<Uint8Array> {
  if (path.endsWith('.gz')) return gunzipSync(await readFile(path));
  const tool = path.endsWith('.xz') ? 'xz' : path.endsWith('.zst') ? 'zstd' : undefined;
  if (tool === undefined) return readFile(path);
  return withTemporaryFolder('module', async (place) => {
    const copy = join(place, basename(path));
    await exec('cp', [path, copy]);
    await exec(tool, ['-d', '-q', copy]);
    return readFile(copy.replace(/\.\w+$/, ''));
  });
}
