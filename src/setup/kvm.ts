import { access, constants } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { beforeWriting } from '../host/dry-run.ts';
import { findTool } from '../host/tools.ts';
import { asRoot, canBeRoot } from './as-root.ts';

const device = '/dev/kvm';

/** The result: `ours` already, `opened` now, or why not. */
export type KvmAccess = 'ours' | 'opened' | 'absent' | 'refused';

/**
 * Lets this user open /dev/kvm. GitHub's hosted runners have it but do not give the job's user access. If the file
 * system supports access lists, only this user gets access; otherwise all users do.
 */
export async function openKvm(): Promise<KvmAccess> {
  if (!(await may(constants.F_OK))) return 'absent';
  if (await may(constants.R_OK | constants.W_OK)) return 'ours';
  // Without it machines are emulated, which is slower and as true.
  if (!(await canBeRoot())) return 'refused';
  beforeWriting(() => `open ${device} to this user`);
  const { username } = userInfo();
  if (findTool('setfacl') !== undefined) {
    await asRoot('setfacl', ['--modify', `user:${username}:rw`, device], { allow: [0, 1] });
  }
  if (!(await may(constants.R_OK | constants.W_OK))) {
    await asRoot('chmod', ['0666', device], { allow: [0, 1] });
  }
  return (await may(constants.R_OK | constants.W_OK)) ? 'opened' : 'refused';
}

async function may(mode: number): Promise<boolean> {
  return access(device, mode).then(
    () => true,
    () => false,
  );
}
