import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exec } from '../host/exec.ts';

/**
 * The real Zincati: $ZINCATI, or the one that `script/rust-tools zincati` built; undefined without either.
 * @param cacheFolder of Coxswain
 */
export function findZincati(cacheFolder: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const built = join(cacheFolder, 'rust-tools/bin/zincati');
  return [env.ZINCATI, built].find((path) => path !== undefined && path !== '' && existsSync(path));
}

/** Fedora's own settings of Zincati, as its package installs them. */
export const stockSettings: Readonly<Record<string, string>> = {
  '10-identity.toml': '[identity]\ngroup = "default"\n',
  '30-updates-strategy.toml': '[updates]\nstrategy = "immediate"\n',
  '50-fedora-coreos-cincinnati.toml': '[cincinnati]\nbase_url = "https://updates.coreos.fedoraproject.org"\n',
};

/** Puts Zincati into a root, and the parts of Fedora CoreOS that it needs. There is no package of rpm-ostree for it. */
export async function addAgent(root: string, program: string): Promise<void> {
  await addAgentFiles(root, program);
  const passwd = join(root, 'etc/passwd');
  await writeFile(passwd, `${await readFile(passwd, 'utf8')}zincati:x:981:981:Zincati:/:/usr/sbin/nologin\n`);
  await chmod(passwd, 0o644);
  await mkdir(join(root, 'sysroot'), { recursive: true });
  await symlink('sysroot/ostree', join(root, 'ostree'));
}

/** Zincati with Fedora's settings, as files to copy into an image that is an ostree commit. */
export async function addAgentFiles(root: string, program: string): Promise<void> {
  const write = async (path: string, text: string, mode: number) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  };
  await write(
    'usr/bin/rpm-ostree',
    '#!/bin/sh\necho "error: this is not Fedora CoreOS" >&2\nexit 1\n',
    0o755,
  );
  await mkdir(join(root, 'usr/libexec'), { recursive: true });
  await copyFile(program, join(root, 'usr/libexec/zincati'));
  await chmod(join(root, 'usr/libexec/zincati'), 0o755);
  for (const [name, text] of Object.entries(stockSettings)) {
    await write(`usr/lib/zincati/config.d/${name}`, text, 0o644);
  }
}

/** Puts programs of this machine into a root that has none, with the libraries that they need. */
export async function addPrograms(root: string, programs: readonly string[]): Promise<void> {
  if (!existsSync(join(root, 'lib64'))) await symlink('usr/lib64', join(root, 'lib64'));
  for (const program of programs) {
    const { stdout } = await exec('ldd', [program]);
    const libraries = [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)].map((match) => match[1] as string);
    const own = program.startsWith('/usr/bin/') ? [program] : [];
    for (const file of [...own, ...libraries]) {
      const target = join(root, file.startsWith('/usr/') ? file : `/usr${file}`);
      if (existsSync(target)) continue;
      await mkdir(dirname(target), { recursive: true });
      await copyFile(file, target);
    }
  }
}
