import { chmod, mkdir, rm } from 'node:fs/promises';
import { exec } from '../../src/host/exec.ts';
import { findTool } from '../../src/host/tools.ts';

/** A user who is not root, as runners have one, with subordinate ids. */
export interface OtherUser {
  readonly name: string;
  readonly home: string;
  /** The command that runs a program as this user, in an environment of its own. */
  command(program: readonly string[], env: Readonly<Record<string, string>>): readonly string[];
  /** Gives the user a folder and all that is in it. */
  own(folder: string): Promise<void>;
  remove(): Promise<void>;
}

/** Why no user can be made here; undefined: one can. */
export function whyNoUser(): string | undefined {
  if (process.getuid?.() !== 0) return 'making users needs root';
  const missing = ['useradd', 'userdel', 'runuser', 'newuidmap', 'fuse-overlayfs'].filter(
    (name) => findTool(name) === undefined,
  );
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

export async function makeUser(name: string): Promise<OtherUser> {
  await exec('useradd', ['--create-home', name]);
  const home = `/home/${name}`;
  // The folder that a login makes.
  const runtime = `${home}/run`;
  const own = async (folder: string) => {
    await exec('chown', ['--recursive', `${name}:`, folder]);
  };
  await mkdir(runtime);
  await chmod(runtime, 0o700);
  await own(runtime);
  return {
    name,
    home,
    own,
    command: (program, env) => {
      const all = { HOME: home, USER: name, XDG_RUNTIME_DIR: runtime, PATH: process.env.PATH ?? '', ...env };
      const assigned = Object.entries(all).map(([key, value]) => `${key}=${value}`);
      return ['runuser', '-u', name, '--', 'env', '-i', ...assigned, ...program];
    },
    remove: async () => {
      await exec('userdel', ['--remove', name], { allow: [0, 6, 8, 12] });
      await rm(home, { recursive: true, force: true });
    },
  };
}
