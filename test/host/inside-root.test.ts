import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insideRoot } from '../../src/host/inside-root.ts';
import { temporaryFolder } from '../support/repository.ts';

const large = { largest: 1024 };

describe('insideRoot', () => {
  it('follows relative and absolute links, and never leaves the root', async () => {
    const top = await temporaryFolder();
    const folder = join(top, 'root');
    await mkdir(join(folder, 'usr/lib'), { recursive: true });
    await writeFile(join(top, 'secret'), 'of the host');
    await writeFile(join(folder, 'usr/lib/os-release'), 'ID=image');
    const root = insideRoot(folder);
    const links: Record<string, string> = {
      lib: 'usr/lib',
      absolute: '/usr/lib/os-release',
      up: '../../../../../../secret',
      'usr/lib/climbs': '/../../secret',
      host: join(top, 'secret'),
      circle: 'circle',
      a: 'b',
      b: 'a',
      hostname: '/etc/hostname',
    };
    for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, name));
    expect((await root.readFile('/lib/os-release', large))?.toString()).toBe('ID=image');
    expect((await root.readFile('absolute', large))?.toString()).toBe('ID=image');
    expect(await root.resolve('lib/../lib/./os-release')).toMatchObject({
      path: '/usr/lib/os-release',
      kind: 'file',
    });
    for (const name of [
      'up',
      'usr/lib/climbs',
      'host',
      'circle',
      'a',
      'hostname',
      'absolute/below',
      'none/x',
    ])
      expect(await root.readFile(name, large), name).toBeUndefined();
    expect(await root.list('/../..')).toContain('usr');
    expect(await root.list('absolute')).toEqual([]);
  });

  it('opens no pipe and no device, and reads no file that is too large', async () => {
    const folder = await temporaryFolder();
    const root = insideRoot(folder);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await root.resolve('pipe')).toMatchObject({ kind: 'other' });
    expect(await root.readFile('pipe', large)).toBeUndefined();
    await writeFile(join(folder, 'file'), Buffer.alloc(1025));
    await expect(root.readFile('file', large)).rejects.toThrow(/is too large, found 1025/);
  });

  it('answers as chroot(2) does for any tree of links', async () => {
    const names = ['a', 'b', 'c'];
    const target = fc
      .tuple(fc.boolean(), fc.array(fc.constantFrom(...names, '..', '.', ''), { minLength: 1, maxLength: 4 }))
      .map(([absolute, parts]) => `${absolute ? '/' : ''}${parts.join('/')}` || '.');
    const entry = fc.oneof(fc.constant('folder' as const), fc.constant('file' as const), target);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
          entry,
          { maxKeys: 8 },
        ),
        fc.array(fc.constantFrom(...names, '..'), { minLength: 1, maxLength: 5 }),
        async (tree, parts) => {
          const folder = await mkdtemp(join(tmpdir(), 'coxswain-root-'));
          try {
            for (const [path, kind] of Object.entries(tree)) {
              const place = join(folder, path);
              try {
                await mkdir(dirname(place), { recursive: true });
                if (kind === 'folder') await mkdir(place);
                else if (kind === 'file') await writeFile(place, path);
                else await symlink(kind, place);
              } catch {
                // A file has the name of the folder, so the tree has one entry less.
              }
            }
            const path = parts.join('/');
            const found = await insideRoot(folder).resolve(path);
            expect(
              found === undefined || found.hostPath === folder || found.hostPath.startsWith(`${folder}/`),
            ).toBe(true);
            expect(found?.hostPath ?? 'none').toBe(throughOpenat(folder, path));
          } finally {
            await rm(folder, { recursive: true, force: true });
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});

/** The kernel's own answer: openat2(2) with RESOLVE_IN_ROOT. */
function throughOpenat(folder: string, path: string): string {
  const script = `
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
root = os.open(sys.argv[1], os.O_PATH)
how = struct.pack('QQQ', os.O_PATH, 0, 0x10)
fd = libc.syscall(437, root, sys.argv[2].encode(), how, len(how))
print(os.readlink('/proc/self/fd/%d' % fd) if fd >= 0 else 'none')
`;
  return execFileSync('python3', ['-c', script, folder, path]).toString().trim();
}
