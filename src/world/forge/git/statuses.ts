import { z } from 'zod';
import { defined } from '../../../host/defined.ts';
import { InputError } from '../../../host/errors.ts';
import { listTree } from '../../git/list-tree.ts';
import { readTexts } from '../../git/read-objects.ts';
import { writeCommit } from '../../git/write-objects.ts';
import { type Sha, type Status, type Statuses, statusLength } from '../forge.ts';
import { untilNotStale } from '../retry.ts';
import type { Repository } from './branches.ts';

/** Statuses of a repository without a forge: `<commit>.json` each, in the tree of this ref. */
export const statusesRef = 'refs/coxswain/statuses';

const statusesSchema = z.array(
  z.object({
    context: z.string().min(1),
    state: z.enum(['success', 'pending', 'failure']),
    description: z.string(),
    url: z.string().optional(),
  }),
);

/** Commit statuses on plain git: records on a ref of their own. */
export function openGitStatuses({ git, refs, objects }: Repository): Statuses {
  async function read(commit: Sha): Promise<{ readonly tip: Sha | undefined; readonly statuses: Status[] }> {
    const tip = await refs.read(statusesRef);
    if (tip !== undefined) await objects.fetchCommit(tip);
    const path = `${commit}.json`;
    const text =
      tip === undefined ? undefined : (await readTexts(git, await listTree(git, tip, path))).get(path);
    return { tip, statuses: text === undefined ? [] : parse(text, path) };
  }

  return {
    list: async (commit) => (await read(commit)).statuses,
    set: (commit, status) =>
      untilNotStale(async () => {
        if (status.description.length > statusLength) {
          throw new Error(`the description of status ${status.context} is longer than ${statusLength}`);
        }
        const { tip, statuses } = await read(commit);
        const after = [...statuses.filter(({ context }) => context !== status.context), status].sort(
          (one, other) => (one.context < other.context ? -1 : 1),
        );
        const [before, content] = [statuses, after].map(format) as [string, string];
        if (before === content) return;
        const made = await writeCommit(git, {
          parent: tip,
          changes: [{ path: `${commit}.json`, content }],
          message: `${status.context}: ${status.state}`,
        });
        await refs.move({ ref: statusesRef, from: tip, to: made });
      }),
  };
}

/** Always in the same order, so unchanged statuses are the same text. */
function format(statuses: readonly Status[]): string {
  const ordered = statuses.map(({ context, state, description, url }) => ({
    context,
    state,
    description,
    ...defined({ url }),
  }));
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

function parse(text: string, file: string): Status[] {
  const where = `${statusesRef}: ${file}`;
  try {
    return statusesSchema.parse(JSON.parse(text)) as Status[];
  } catch (error) {
    throw new InputError({ where, problem: 'not the statuses of a commit' }, { cause: error });
  }
}
