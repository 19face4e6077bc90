import { messageOf } from '../../host/errors.ts';
import { findFleet } from '../../project/fleets.ts';
import type { Project } from '../../release/project.ts';
import type { Sha } from '../../world/forge/forge.ts';
import { confirmedBranches, OtherChangeError, StateMovedError } from './pinned-branches.ts';
import type { Preview } from './preview.ts';

/** A preview counts this long, in seconds: the times in it are those at which it was made. */
export const previewLifetime = 15 * 60;

/** What became of a confirmed preview. */
export type Result =
  | { readonly kind: 'done'; readonly commit: Sha; readonly notes: readonly string[] }
  /** The commit was made; what follows it failed. */
  | { readonly kind: 'half done'; readonly commit: Sha; readonly problem: string }
  /** Nothing was changed, for one of these reasons. */
  | { readonly kind: 'state moved'; readonly now: Sha | undefined }
  | { readonly kind: 'other change' }
  | { readonly kind: 'too old' };

/**
 * Makes the commit of a preview, exactly as it was shown, if the state branch is still at the commit that the preview
 * was made of.
 * @param now UNIX seconds
 * @throws whatever the action throws before its commit; nothing was changed then
 */
export async function confirmPreview(project: Project, preview: Preview, now: number): Promise<Result> {
  const { config, forge } = project;
  const { wish, base, effect } = preview;
  if (effect === undefined) throw new Error('a preview without a change was confirmed');
  const there = await forge.branches.resolve(config.stateBranch);
  if (there !== base) return { kind: 'state moved', now: there };
  if (now - wish.now > previewLifetime) return { kind: 'too old' };
  let commit: Sha | undefined;
  const branches = confirmedBranches(forge.branches, {
    stateBranch: config.stateBranch,
    at: base,
    expected: effect.commit,
    onCommit: (made) => {
      commit = made;
    },
  });
  const fleet = findFleet(config, wish.fleet);
  const work = {
    project: { ...project, forge: { ...forge, branches }, state: project.openStateOn(branches) },
    fleet,
    order: { fleet: fleet.name, by: wish.by, now: wish.now },
    values: wish.values,
    rehearse: false,
  };
  try {
    const { notes, warnings } = await wish.action.run(work);
    if (commit === undefined) return { kind: 'other change' };
    const followed = (await wish.action.afterwards?.(work)) ?? [];
    return { kind: 'done', commit, notes: [...warnings, ...notes, ...followed] };
  } catch (error) {
    if (commit !== undefined) return { kind: 'half done', commit, problem: messageOf(error) };
    if (error instanceof OtherChangeError) return { kind: 'other change' };
    if (!(error instanceof StateMovedError)) throw error;
    return { kind: 'state moved', now: await forge.branches.resolve(config.stateBranch) };
  }
}
