import type { InsideRoot } from '../../../host/inside-root.ts';

/** The paths of systemd in distributions. */
const places = ['/usr/lib/systemd/systemd', '/lib/systemd/systemd', '/sbin/init', '/usr/sbin/init'] as const;

/**
 * Path of systemd in an image, without a symbolic link; undefined if the image has none.
 * /sbin/init counts if it leads to a program called systemd.
 */
export async function findSystemd(root: InsideRoot): Promise<string | undefined> {
  for (const place of places) {
    const found = await root.resolve(place);
    if (found?.kind !== 'file') continue;
    if (place.endsWith('/systemd') || found.path.endsWith('/systemd')) return found.path;
  }
  return undefined;
}

/** Debian has libraries in a folder for each architecture. */
const libraryFolders = ['/usr/lib/systemd', '/usr/lib64/systemd', '/lib/systemd'] as const;

/** The version of systemd, from the name of its library: nothing of the image is run. */
export async function systemdVersion(root: InsideRoot): Promise<number | undefined> {
  const multiarch = (await root.list('/usr/lib')).filter((name) => /-linux-gnu\w*$/.test(name));
  for (const folder of [...libraryFolders, ...multiarch.map((name) => `/usr/lib/${name}/systemd`)]) {
    for (const name of await root.list(folder)) {
      const version = /^libsystemd-shared-(\d+)/.exec(name)?.[1];
      if (version !== undefined) return Number(version);
    }
  }
  return undefined;
}

/** What /etc/os-release says of an image; empty if it has none. */
export async function readOsRelease(root: InsideRoot): Promise<Readonly<Record<string, string>>> {
  for (const path of ['/usr/lib/os-release', '/etc/os-release']) {
    const text = (await root.readFile(path, { largest: 1024 * 1024 }))?.toString('utf8');
    if (text === undefined) continue;
    const pairs = [...text.matchAll(/^([A-Z_0-9]+)=(?:"([^"\n]*)"|'([^'\n]*)'|(\S*))\s*$/gm)];
    return Object.fromEntries(pairs.map(([, name, a, b, c]) => [name as string, a ?? b ?? c ?? '']));
  }
  return {};
}
