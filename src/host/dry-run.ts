/** Set in the environment of a rehearsal, for programs that this one starts again too. */
export const rehearsalVariable = 'COXSWAIN_DRY_RUN';

/** What ends a rehearsal (`--dry-run`): its first write, which did not happen. */
export class Rehearsed extends Error {
  override readonly name = 'Rehearsed';
}

/** What people read at the end of a rehearsal. */
export function answerOfRehearsal({ message }: Pick<Rehearsed, 'message'>): string {
  return `dry run: would ${message}\nEverything before that was checked; nothing was written.\n`;
}

/** Whether this run must not write anything. */
export function isRehearsal(): boolean {
  return process.env[rehearsalVariable] === '1';
}

/**
 * Goes before a write. It ends a rehearsal there, because what comes after depends on what was written.
 * @param what what would be written, as a phrase that follows "would": `push ghcr.io/acme/os:stable`
 * @throws Rehearsed in a rehearsal; otherwise nothing happens
 */
export function beforeWriting(what: () => string): void {
  if (isRehearsal()) throw new Rehearsed(what());
}
