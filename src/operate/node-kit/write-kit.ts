import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../../host/files.ts';
import type { NodeFiles } from './node-files.ts';
import { installTargets } from './provisioning.ts';

/** Writes the files of an image: a folder to COPY into it. Units are enabled by links, as a distribution does it. */
export async function writeRootfs(folder: string, node: NodeFiles): Promise<string[]> {
  const system = '/usr/lib/systemd/system';
  const texts = new Map([
    ...node.files,
    ...[...node.units].map(([name, text]) => [`${system}/${name}`, text] as const),
    ...[...node.dropIns].map(([name, text]) => [`${system}/${name}.d/50-coxswain-guard.conf`, text] as const),
  ]);
  for (const [path, text] of texts) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFileAtomically(file, text);
    await chmod(file, node.programs.has(path) ? 0o755 : 0o644);
  }
  const links = [...node.units].flatMap(([name, text]) =>
    installTargets(text).map((target) => [`${system}/${target}/${name}`, `../${name}`] as const),
  );
  for (const [path, target] of [...node.links, ...links]) {
    const link = join(folder, path);
    await mkdir(dirname(link), { recursive: true });
    await rm(link, { force: true });
    await symlink(target, link);
  }
  return [...texts.keys(), ...links.map(([path]) => path)];
}
