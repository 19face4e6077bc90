import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';

// A process that is killed with SIGKILL cannot remove its temporary folders, and those of a boot test are as large as
// an image. So the name of each says which process made it, and a later run removes those of dead processes.

const pattern = /^coxswain-[a-z]+-([0-9a-f]{8}\.\d+\.\d+)-[A-Za-z0-9]{6}$/;

/** How the names of this process's temporary folders begin. Without /proc, they do not say who made them. */
export function temporaryPrefix(prefix: string): string {
  const owner = thisProcess();
  return `coxswain-${prefix}-${owner === undefined ? '' : `${owner}-`}`;
}

/** Names this process, and no other one since the machine started. Undefined without /proc. */
export function thisProcess(): string | undefined {
  const [own, started] = [sameSystem(), startTime(process.pid)];
  return own === undefined || started === undefined ? undefined : `${own}.${process.pid}.${started}`;
}

/** A process that `thisProcess` named has ended: not if that cannot be known. */
export function surelyEnded(name: string): boolean {
  const [owner, pid, started] = name.split('.');
  return owner !== undefined && owner === sameSystem() && startTime(Number(pid)) !== started;
}

/**
 * Removes the temporary folders of processes that surely ended: of this user, and made since this machine started, in
 * the same container. Nothing is an error, because others may remove them at the same time.
 * @returns the paths that were removed
 */
export async function removeAbandoned(place: string): Promise<string[]> {
  const removed: string[] = [];
  for (const name of namesIn(place)) {
    const owner = pattern.exec(name)?.[1];
    if (owner === undefined || !surelyEnded(owner)) continue;
    const path = join(place, name);
    try {
      const { uid } = await lstat(path);
      if (uid !== process.geteuid?.()) continue;
      await rm(path, { recursive: true, force: true });
      removed.push(path);
    } catch {
      // Another run removes it at the same time.
    }
  }
  return removed;
}

function namesIn(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}

let system: string | undefined;

/** Process ids mean the same only in one start of one machine, and in one namespace of process ids. */
function sameSystem(): string | undefined {
  if (system !== undefined) return system;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    const namespace = readlinkSync('/proc/self/ns/pid');
    system = createHash('sha256').update(`${boot}${namespace}`).digest('hex').slice(0, 8);
    return system;
  } catch {
    return undefined;
  }
}

/**
 * When a process started, in ticks since the machine did (proc(5)): another one with the same id has another time.
 * Undefined for one that ended, also if nothing has collected it yet.
 */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may contain anything, also brackets and spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
