/**
 * Which module files of a kernel must be loaded, and in which order, computed on the host. modprobe in the guest
 * could do it, but busybox's stops at soft dependencies that do not exist, and the host's `modprobe -d` follows
 * absolute symbolic links of the image into the host.
 */

/** The text of the files that depmod writes into /usr/lib/modules/VERSION; empty if there is none. */
export interface ModuleIndex {
  /** modules.dep: `kernel/fs/a.ko.xz: kernel/lib/b.ko.xz …` */
  readonly dependencies: string;
  /** modules.softdep: `softdep NAME pre: A B post: C` */
  readonly softDependencies: string;
  /** modules.alias: `alias PATTERN NAME` */
  readonly aliases: string;
  /** modules.builtin: one path on each line */
  readonly builtin: string;
}

export interface LoadOrder {
  /** Paths in the modules folder, each after all modules that it needs. */
  readonly files: readonly string[];
  /** Wanted modules that are neither files nor built in. */
  readonly missing: readonly string[];
}

/** Load order of the wanted modules and all they need. */
export function orderModules(wanted: readonly string[], index: ModuleIndex): LoadOrder {
  const needs = readDependencies(index.dependencies);
  const fileOf = new Map([...needs.keys()].map((path) => [moduleName(path), path]));
  const builtin = new Set(lines(index.builtin).map(moduleName));
  const before = readSoftDependencies(index.softDependencies);
  const aliases = readAliases(index.aliases);
  const files: string[] = [];
  const visited = new Set<string>();
  const missing: string[] = [];

  const add = (path: string): void => {
    if (visited.has(path)) return;
    visited.add(path);
    for (const name of before.get(moduleName(path)) ?? []) addByName(name);
    // modules.dep lists the last dependency first: `a: b c` loads c, then b, then a.
    for (const needed of [...(needs.get(path) ?? [])].reverse()) add(needed);
    files.push(path);
  };
  /** A soft dependency may be an alias of several modules (`crc32c`): the kernel uses the one that loads. */
  const addByName = (name: string): boolean => {
    const key = normal(name);
    const paths = [key, ...(aliases.get(key) ?? [])].map((each) => fileOf.get(each));
    const found = paths.filter((path) => path !== undefined);
    for (const path of found) add(path);
    return found.length > 0;
  };

  for (const name of wanted) {
    if (builtin.has(normal(name))) continue;
    if (!addByName(name)) missing.push(name);
  }
  return { files, missing };
}

/** The name that the kernel knows a module file by: `crc32c_intel` for `kernel/x/crc32c-intel.ko.xz`. */
export function moduleName(path: string): string {
  return normal((path.split('/').at(-1) ?? '').replace(/\.ko(\.\w+)?$/, ''));
}

function normal(name: string): string {
  return name.replaceAll('-', '_');
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function readDependencies(text: string): Map<string, readonly string[]> {
  return new Map(
    lines(text).map((line) => {
      const [path = '', needed = ''] = line.split(/:\s*/, 2);
      return [path, needed.split(/\s+/).filter((each) => each !== '')];
    }),
  );
}

function readSoftDependencies(text: string): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const line of lines(text)) {
    const match = /^softdep\s+(\S+)\s+(.*)$/.exec(line);
    const pre = /(?:^|\s)pre:\s*(.*?)(?:\s*post:|$)/.exec(match?.[2] ?? '')?.[1];
    if (match?.[1] === undefined || pre === undefined) continue;
    const names = pre.split(/\s+/).filter((name) => name !== '');
    const key = normal(match[1]);
    result.set(key, [...(result.get(key) ?? []), ...names]);
  }
  return result;
}

function readAliases(text: string): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const line of lines(text)) {
    const [, pattern, name] = line.split(/\s+/);
    // Patterns of hardware (`pci:v…*`) are not soft dependencies.
    if (pattern === undefined || name === undefined || /[*?[:]/.test(pattern)) continue;
    result.set(normal(pattern), [...(result.get(normal(pattern)) ?? []), normal(name)]);
  }
  return result;
}
