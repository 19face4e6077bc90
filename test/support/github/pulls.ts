import type { Git } from '../../../src/world/git/git.ts';
import { type Answer, type Ask, type Call, invalid, notFound, type Route, refuse } from './answer.ts';
import { revision, swap } from './git-data.ts';
import { newWorkflowFile, workflowRefusal } from './workflow-files.ts';

/** Settings that differ between repositories. */
export interface Settings {
  /** Settings → Actions → "Allow GitHub Actions to create and approve pull requests". */
  actionsMayOpenPullRequests: boolean;
  /** Drafts need a public repository or a paid plan. */
  drafts: boolean;
}

/** A pull request in the emulator's answers: only the fields that we use. */
export interface Pull {
  readonly number: number;
  readonly node_id: string;
  readonly state: string;
  readonly draft: boolean;
  readonly title: string;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string; readonly sha: string };
  readonly labels?: readonly { readonly description: string | null }[];
}

/**
 * Pull requests: the emulator keeps them, git says where their branches are and what was merged. The emulator's own
 * git store knows nothing of the repository, so its commits are replaced in every answer.
 */
export function pullRoutes(git: Git, settings: Settings): Route {
  /** The end of those that are no longer open. */
  const ended = new Map<number, { readonly head: string; readonly merge?: string; readonly at?: string }>();
  const tip = (branch: string) => revision(git, `refs/heads/${branch}`);

  async function truth(pull: Pull): Promise<object> {
    const end = ended.get(pull.number);
    const sha = end?.head ?? (await tip(pull.head.ref)) ?? pull.head.sha;
    const merged = end?.merge !== undefined;
    return {
      ...pull,
      head: { ...pull.head, sha },
      base: { ...pull.base, sha: (await tip(pull.base.ref)) ?? pull.base.sha },
      merged,
      merged_at: end?.at ?? null,
      merge_commit_sha: end?.merge ?? null,
      mergeable: null,
      labels: (pull.labels ?? []).map((label) => ({ ...label, description: label.description ?? '' })),
    };
  }

  async function end(
    ask: Ask,
    pull: Pull,
    how: { readonly head: string; readonly merge?: string },
  ): Promise<void> {
    await ask('PATCH', `pulls/${pull.number}`, { state: 'closed' });
    ended.set(pull.number, { ...how, ...(how.merge === undefined ? {} : { at: new Date().toISOString() }) });
  }

  /** GitHub updates pull requests when branches move; this server does it at each request. */
  async function settle(ask: Ask): Promise<void> {
    const open = (await ask('GET', 'pulls?state=open&per_page=100')).json as Pull[];
    for (const pull of open) {
      const [head, base] = await Promise.all([tip(pull.head.ref), tip(pull.base.ref)]);
      if (head === undefined || base === undefined) await end(ask, pull, { head: pull.head.sha });
      else if ((await git.try(['merge-base', '--is-ancestor', head, base])) !== undefined)
        await end(ask, pull, { head, merge: base });
    }
  }

  async function withTruth(answer: Answer): Promise<Answer> {
    const { json } = answer;
    if (answer.status >= 300) return answer;
    return {
      ...answer,
      json: Array.isArray(json) ? await Promise.all(json.map(truth)) : await truth(json as Pull),
    };
  }

  async function open({ body, login, ask }: Call): Promise<Answer> {
    if (login === 'github-actions[bot]' && !settings.actionsMayOpenPullRequests)
      return refuse(403, 'GitHub Actions is not permitted to create or approve pull requests.');
    if (body.draft === true && !settings.drafts)
      return invalid('Draft pull requests are not supported in this repository.');
    if (String(body.body ?? '').length > 65_536)
      return invalid('body is too long (maximum is 65536 characters)');
    const [head, base] = await Promise.all([tip(String(body.head)), tip(String(body.base))]);
    for (const [field, sha] of Object.entries({ head, base })) {
      if (sha === undefined)
        return refuse(422, 'Validation Failed', [{ resource: 'PullRequest', field, code: 'invalid' }]);
    }
    if ((await git.try(['merge-base', '--is-ancestor', head as string, base as string])) !== undefined)
      return invalid(`No commits between ${body.base} and ${body.head}`);
    const there = (await ask('GET', 'pulls?state=open&per_page=100')).json as Pull[];
    if (there.some((pull) => pull.head.ref === body.head && pull.base.ref === body.base))
      return invalid(`A pull request already exists for acme:${body.head}.`);
    // Names of branches that the emulator does not know would be made in its own store, which does not matter.
    return withTruth(await ask('POST', 'pulls', body));
  }

  async function update({ body, ask }: Call, number: number): Promise<Answer> {
    if (String(body.body ?? '').length > 65_536)
      return invalid('body is too long (maximum is 65536 characters)');
    const before = await ask('GET', `pulls/${number}`);
    if (before.status !== 200) return before;
    const pull = before.json as Pull;
    if (body.state === 'open' && pull.state === 'closed') {
      const last = ended.get(number);
      const head = await tip(pull.head.ref);
      if (last?.merge !== undefined || head === undefined)
        return invalid(`state cannot be changed. The ${pull.head.ref} branch has been deleted.`);
      if (
        last !== undefined &&
        (await git.try(['merge-base', '--is-ancestor', last.head, head])) === undefined
      )
        return invalid(`state cannot be changed. The ${pull.head.ref} branch was force-pushed or recreated.`);
      ended.delete(number);
    }
    if (body.state === 'closed' && pull.state === 'open')
      ended.set(number, { head: (await tip(pull.head.ref)) ?? pull.head.sha });
    // REST cannot change the draft state: only GraphQL can.
    const { draft: _, ...rest } = body;
    return withTruth(await ask('PATCH', `pulls/${number}`, rest));
  }

  async function merge({ body, ask, mayWriteWorkflows }: Call, number: number): Promise<Answer> {
    const before = await ask('GET', `pulls/${number}`);
    if (before.status !== 200) return before;
    const pull = before.json as Pull;
    const [head = '', base = ''] = [await tip(pull.head.ref), await tip(pull.base.ref)];
    if (pull.state !== 'open' || pull.draft) return refuse(405, 'Pull Request is not mergeable');
    if (body.sha !== undefined && body.sha !== head)
      return refuse(409, 'Head branch was modified. Review and try the merge again.');
    const merged = await git.try(['merge-tree', '--write-tree', '--no-messages', base, head]);
    if (merged === undefined) return refuse(405, 'Pull Request has merge conflicts');
    const message = `${body.commit_title ?? `Merge pull request #${number} from acme/${pull.head.ref}`}\n`;
    const sha = await git.run(['commit-tree', merged, '-p', base, '-p', head, '-F', '-'], { input: message });
    const workflow = mayWriteWorkflows ? undefined : await newWorkflowFile(git, sha);
    if (workflow !== undefined) return refuse(403, workflowRefusal(workflow));
    if (!(await swap(git, `refs/heads/${pull.base.ref}`, base, sha)))
      return refuse(405, 'Base branch was modified. Review and try the merge again.');
    await end(ask, pull, { head, merge: sha });
    return { status: 200, json: { sha, merged: true, message: 'Pull Request successfully merged' } };
  }

  async function answer(call: Call): Promise<Answer | undefined> {
    const { method, route: path = '', ask } = call;
    await settle(ask);
    const number = Number(/^pulls\/(\d+)/.exec(path)?.[1]);
    if (method === 'PUT' && path.endsWith('/merge')) return merge(call, number);
    if (method === 'POST' && path === 'pulls') return open(call);
    if (method === 'PATCH' && path === `pulls/${number}`) return update(call, number);
    const commit = /^commits\/([^/]+)\/pulls$/.exec(path)?.[1];
    if (commit !== undefined) {
      const all = (await withTruth(await ask('GET', 'pulls?state=all&per_page=100'))).json as Pull[];
      const sha = await revision(git, `${commit}^{commit}`);
      if (sha === undefined) return notFound;
      const having = await Promise.all(
        all.map(
          async ({ head }) => (await git.try(['merge-base', '--is-ancestor', sha, head.sha])) !== undefined,
        ),
      );
      return { status: 200, json: all.filter((_, index) => having[index]) };
    }
    if (method === 'GET' && (path === 'pulls' || path === `pulls/${number}`))
      return withTruth(await ask('GET', `${path}?${call.query}`));
    return undefined;
  }

  // Calls run one after the other: two that open the same pull request at the same time must not both succeed.
  let last: Promise<unknown> = Promise.resolve();
  return (call) => {
    if (!/^(pulls|commits\/[^/]+\/pulls)\b/.test(call.route ?? '')) return Promise.resolve(undefined);
    const next = last.then(() => answer(call));
    last = next.catch(() => {});
    return next;
  };
}
