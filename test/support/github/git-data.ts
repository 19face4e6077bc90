import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../../../src/host/exec.ts';
import type { Git } from '../../../src/world/git/git.ts';
import { type Answer, type Call, notFound, page, type Route, refuse } from './answer.ts';
import { newWorkflowFile } from './workflow-files.ts';

const zeros = '0'.repeat(40);

/** GitHub's words for a branch that a ruleset closes. */
export const ruleViolation =
  'Repository rule violations found\n\nChanges must be made through a pull request.\n\n';

/**
 * GitHub's git database, straight from a bare repository.
 * @param url of the repository in the API
 * @param ruled whether a ruleset closes a branch
 */
export function gitDataRoutes(git: Git, url: string, ruled: (ref: string) => boolean): Route {
  /** Commits that GitHub would have signed: by a bot that left out author and committer. */
  const signed = new Set<string>();

  async function readCommit(name: string): Promise<Answer> {
    const sha = await revision(git, name);
    if (sha === undefined) return notFound;
    return { status: 200, json: await describeCommit(sha) };
  }

  async function describeCommit(sha: string) {
    const format = '%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B';
    const [, tree, parents = '', an, ae, ad, cn, ce, cd, message = ''] = (
      await git.run(['log', '-1', `--format=${format}`, sha])
    ).split('\0');
    const verified = signed.has(sha);
    return {
      sha,
      url: `${url}/git/commits/${sha}`,
      tree: { sha: tree, url: `${url}/git/trees/${tree}` },
      parents: parents
        .split(' ')
        .filter((parent) => parent !== '')
        .map((parent) => ({ sha: parent, url: `${url}/git/commits/${parent}` })),
      author: { name: an, email: ae, date: ad },
      committer: { name: cn, email: ce, date: cd },
      message: message.trimEnd(),
      verification: { verified, reason: verified ? 'valid' : 'unsigned', signature: null, payload: null },
    };
  }

  async function makeCommit({ body, login }: Call): Promise<Answer> {
    const parents = list(body.parents);
    const name = login.endsWith('[bot]') ? login : (login.at(0) ?? '').toUpperCase() + login.slice(1);
    const email = `${login}@users.noreply.github.com`;
    const sha = await git.try(
      ['commit-tree', String(body.tree), ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'],
      {
        input: String(body.message),
        env: {
          GIT_AUTHOR_NAME: name,
          GIT_AUTHOR_EMAIL: email,
          GIT_COMMITTER_NAME: 'GitHub',
          GIT_COMMITTER_EMAIL: 'noreply@github.com',
        },
      },
    );
    if (sha === undefined) return refuse(422, 'Tree SHA or parent SHA does not exist');
    if (login.endsWith('[bot]') && body.author === undefined && body.committer === undefined) signed.add(sha);
    return { status: 201, json: await describeCommit(sha) };
  }

  const refJson = (ref: string, sha: string) => ({
    ref,
    node_id: Buffer.from(ref).toString('base64'),
    url: `${url}/git/${ref}`,
    object: { sha, type: 'commit', url: `${url}/git/commits/${sha}` },
  });

  async function writeRef({ method, body, mayWriteWorkflows }: Call, ref: string): Promise<Answer> {
    if (ruled(ref)) return refuse(422, ruleViolation);
    const now = await revision(git, ref);
    const to = String(body.sha);
    if (method !== 'DELETE' && (await revision(git, `${to}^{commit}`)) === undefined)
      return refuse(422, 'Object does not exist');
    if (method !== 'DELETE' && !mayWriteWorkflows && (await newWorkflowFile(git, to)) !== undefined)
      return refuse(403, 'Resource not accessible by integration');
    if (method === 'POST') {
      if (now !== undefined) return refuse(422, 'Reference already exists');
      return (await swap(git, ref, zeros, to))
        ? { status: 201, json: refJson(ref, to) }
        : refuse(422, 'Reference already exists');
    }
    if (now === undefined) return refuse(422, 'Reference does not exist');
    if (method === 'DELETE') {
      await git.run(['update-ref', '-d', ref]);
      return { status: 204 };
    }
    if (body.force !== true && (await git.try(['merge-base', '--is-ancestor', now, to])) === undefined)
      return refuse(422, 'Update is not a fast forward');
    if (!(await swap(git, ref, now, to))) return refuse(409, 'Reference cannot be updated');
    return { status: 200, json: refJson(ref, to) };
  }

  async function readTree(name: string, recursive: boolean): Promise<Answer> {
    const sha = await revision(git, `${name}^{tree}`);
    if (sha === undefined) return notFound;
    const listed = await git.run(['ls-tree', '-z', '-l', ...(recursive ? ['-r', '-t'] : []), sha]);
    const tree = listed
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const [facts = '', path] = line.split('\t');
        const [mode, type, object, size] = facts.split(/ +/);
        return { path, mode, type, sha: object, ...(type === 'blob' ? { size: Number(size) } : {}) };
      });
    return { status: 200, json: { sha, url: `${url}/git/trees/${sha}`, tree, truncated: false } };
  }

  async function makeTree({ body, mayWriteWorkflows }: Call): Promise<Answer> {
    const folder = await mkdtemp(join(tmpdir(), 'coxswain-test-index-'));
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    try {
      const entries = list(body.tree) as unknown as Record<string, string | null>[];
      // GitHub answers the whole call with "not found".
      const workflow = entries.some(
        ({ path, sha }) => path?.startsWith('.github/workflows/') && sha !== null,
      );
      if (workflow && !mayWriteWorkflows) return notFound;
      const base = typeof body.base_tree === 'string' ? body.base_tree : undefined;
      if (base !== undefined) await git.run(['read-tree', base], { env });
      const present = new Set((await git.run(['ls-files', '-z'], { env })).split('\0'));
      const lines: string[] = [];
      for (const { path, mode, sha, content } of entries) {
        if (sha === null) {
          // GitHub refuses to remove what does not exist.
          if (!present.has(path ?? '')) return refuse(422, 'GitRPC::BadObjectState');
          lines.push(`0 ${zeros}\t${path}\0`);
          continue;
        }
        const blob = sha ?? (await hashBlob(git, Buffer.from(String(content))));
        lines.push(`${mode} ${blob}\t${path}\0`);
      }
      await git.run(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
      const tree = await git.run(['write-tree'], { env });
      return { status: 201, json: { sha: tree, url: `${url}/git/trees/${tree}` } };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function compare(range: string): Promise<Answer> {
    const [base = '', head = ''] = range.split('...');
    const [from, to] = [await revision(git, base), await revision(git, head)];
    if (from === undefined || to === undefined) return notFound;
    const shas = (await git.run(['rev-list', '--reverse', to, `^${from}`])).split('\n').filter(Boolean);
    const behind = Number(await git.run(['rev-list', '--count', from, `^${to}`]));
    const status =
      shas.length === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged';
    const commits = await Promise.all(shas.map(async (sha) => ({ sha, commit: await describeCommit(sha) })));
    return {
      status: 200,
      json: {
        status,
        ahead_by: shas.length,
        behind_by: behind,
        total_commits: shas.length,
        commits,
        files: [],
      },
    };
  }

  return async (call) => {
    const { method, route = '', query } = call;
    const at = (pattern: RegExp) => pattern.exec(route)?.[1];
    const get = method === 'GET';
    const ref = at(/^git\/refs?\/(.+)$/);
    if (get && ref !== undefined) {
      const sha = await revision(git, `refs/${ref}`);
      return sha === undefined ? notFound : { status: 200, json: refJson(`refs/${ref}`, sha) };
    }
    const prefix = at(/^git\/matching-refs\/(.*)$/);
    if (get && prefix !== undefined) {
      const listed = (await git.run(['for-each-ref', '--format=%(refname) %(objectname)'])).split('\n');
      const refs = listed.filter((line) => line.startsWith(`refs/${prefix}`));
      return page(
        refs.map((line) => refJson(...(line.split(' ') as [string, string]))),
        query,
        `${url}/${route}`,
      );
    }
    if (method === 'POST' && route === 'git/refs') return writeRef(call, String(call.body.ref));
    if (ref !== undefined) return writeRef(call, `refs/${ref}`);
    const commit = at(/^git\/commits\/(.+)$/);
    if (get && commit !== undefined) return readCommit(commit);
    if (method === 'POST' && route === 'git/commits') return makeCommit(call);
    const tree = at(/^git\/trees\/(.+)$/);
    if (get && tree !== undefined) return readTree(tree, query.has('recursive'));
    if (method === 'POST' && route === 'git/trees') return makeTree(call);
    const blob = at(/^git\/blobs\/(.+)$/);
    if (get && blob !== undefined) return readBlob(git, blob);
    if (method === 'POST' && route === 'git/blobs') {
      const { content, encoding } = call.body;
      const bytes = Buffer.from(String(content), encoding === 'base64' ? 'base64' : 'utf8');
      return { status: 201, json: { sha: await hashBlob(git, bytes) } };
    }
    const range = at(/^compare\/(.+)$/);
    if (get && range !== undefined) return compare(range);
    const branch = at(/^branches\/([^/]+)$/);
    if (get && branch !== undefined) {
      const sha = await revision(git, `refs/heads/${branch}`);
      return sha === undefined
        ? notFound
        : { status: 200, json: { name: branch, commit: { sha }, protected: false } };
    }
    const one = at(/^commits\/([^/]+)$/);
    if (get && one !== undefined) {
      const sha = await revision(git, `${one}^{commit}`);
      if (sha === undefined) return refuse(422, `No commit found for SHA: ${one}`);
      const described = await describeCommit(sha);
      return { status: 200, json: { sha, parents: described.parents, commit: described } };
    }
    const file = at(/^contents\/(.+)$/);
    if (get && file !== undefined) {
      const sha = await revision(git, `${query.get('ref') ?? 'HEAD'}:${file}`);
      return sha === undefined ? notFound : readBlob(git, sha);
    }
    return undefined;
  };
}

async function readBlob(git: Git, sha: string): Promise<Answer> {
  if ((await git.try(['cat-file', '-t', sha])) !== 'blob') return notFound;
  const text = await git.run(['cat-file', 'blob', sha]);
  // `run` removes the last line end.
  const size = Number(await git.run(['cat-file', '-s', sha]));
  const content = Buffer.from(Buffer.byteLength(text) < size ? `${text}\n` : text).toString('base64');
  return { status: 200, json: { sha, size, encoding: 'base64', content } };
}

async function hashBlob(git: Git, bytes: Uint8Array): Promise<string> {
  const { stdout } = await exec('git', ['-C', git.directory, 'hash-object', '-w', '--stdin'], {
    input: bytes,
  });
  return stdout.trim();
}

/** What a name stands for in full; undefined if there is no such object. */
export function revision(git: Git, name: string): Promise<string | undefined> {
  return git.try(['rev-parse', '--verify', '--quiet', '--end-of-options', name]);
}

/** Moves a ref if it is still at the commit that the caller saw. @returns whether it moved */
export async function swap(git: Git, ref: string, from: string, to: string): Promise<boolean> {
  return (await git.try(['update-ref', ref, to, from])) !== undefined;
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}
