import { InputError } from '../../../host/errors.ts';
import type { Config, Fleet } from '../../../project/configuration/config.ts';
import { findBuilt } from '../../../release/candidate/built.ts';
import { readCandidate } from '../../../release/candidate/candidate.ts';
import { requireRehearsed } from '../../../release/evidence/rehearsed.ts';
import { passImage } from '../../../release/gates/promotable-image.ts';
import type { Project } from '../../../release/project.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';

/** A job of a matrix: an architecture, and a runner for it. */
export interface MatrixEntry {
  readonly architecture: Architecture;
  readonly runner: string;
}

/** GitHub's hosted runners, by architecture. Other architectures need emulation or your own runners. */
const hostedRunners: Readonly<Record<Architecture, string>> = {
  x86_64: 'ubuntu-24.04',
  aarch64: 'ubuntu-24.04-arm',
  s390x: 'ubuntu-24.04',
  ppc64le: 'ubuntu-24.04',
};

/**
 * Which runner each architecture's jobs go to.
 * @param given `ARCHITECTURE=LABEL`, in place of GitHub's own runners
 * @throws InputError
 */
export function matrixOf(config: Config, given: readonly string[], field: string): MatrixEntry[] {
  const runners: Record<string, string> = { ...hostedRunners };
  for (const entry of given) {
    const [, name, label] = /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(entry) ?? [];
    if (name === undefined || label === undefined || !Object.hasOwn(hostedRunners, name)) {
      throw new InputError({
        field,
        problem: 'not an architecture and the label of a runner',
        found: entry,
        expected: `${Object.keys(hostedRunners).join('=LABEL, ')}=LABEL`,
      });
    }
    runners[name] = label;
  }
  return config.architectures.map((architecture) => ({
    architecture,
    runner: runners[architecture] as string,
  }));
}

/**
 * The architectures for which the test registry has no tested image of a commit. The tests must be those of the fleet
 * as it is configured now.
 */
export async function untested(
  parts: Pick<Project, 'config' | 'git' | 'client' | 'state' | 'root'>,
  commit: string,
  fleet: Fleet,
): Promise<readonly Architecture[]> {
  const { git, config, client, root } = parts;
  const candidate = await readCandidate({ ...parts, commit });
  const built = await findBuilt(client, config, candidate);
  if (built === undefined) return config.architectures;
  const { version } = candidate;
  const state = await parts.state.readFleet(fleet.name);
  const isTested = async (architecture: Architecture): Promise<boolean> => {
    try {
      const passed = [await passImage({ client, config, root, candidate }, built, architecture)];
      await requireRehearsed({ git, config, commit, version, fleet, state, passed });
      return true;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  };
  const missing: Architecture[] = [];
  for (const architecture of config.architectures) {
    // Asked again, because one answer that says "not found" proves nothing, and a build and a test take long.
    if (!(await isTested(architecture)) && !(await isTested(architecture))) missing.push(architecture);
  }
  return missing;
}
