import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { addAliases, aliasesOf } from '../../guidance/alias.ts';
import { buildGraph, formatGraph, type Graph, type GraphScope } from '../../guidance/graph.ts';
import type { Rollout } from '../../guidance/metadata.ts';
import { rolloutProgress } from '../../guidance/progress.ts';
import { rolloutOf, throttleGraph } from '../../guidance/throttle.ts';
import type { Guidance } from './fleet-source.ts';

/** One answer, ready to be sent. */
export interface GraphAnswer {
  readonly body: Buffer;
  /** Undefined if it would not be smaller. */
  readonly gzip: Buffer | undefined;
  /** Computed from the content only, so that every replica gives the same. */
  readonly etag: string;
}

export interface GraphAnswers {
  /** @param now UNIX seconds */
  answer(scope: GraphScope, options: { readonly wariness: number; readonly now: number }): GraphAnswer;
}

interface Prepared {
  readonly complete: Graph;
  /** Rollouts of releases that a node can reach: only these make a difference. */
  readonly rollouts: readonly Rollout[];
  /** The key is the set of closed rollouts. */
  readonly answers: Map<string, GraphAnswer>;
}

// A few more than the rollouts that are in progress at the same time, so that the memory does not grow over a year.
const mostAnswers = 64;
const worthPacking = 512;

/**
 * Answers requests for one fleet's graphs, as upstream's policy engine would. Wariness and time only decide which
 * rollouts are open: a graph is built once for each architecture, and written once for each set of open rollouts.
 */
export function createGraphAnswers({
  releases,
  updates,
}: Pick<Guidance, 'releases' | 'updates'>): GraphAnswers {
  const prepared = new Map<string, Prepared>();
  const aliases = aliasesOf(releases);
  return {
    answer(scope, options) {
      const { complete, rollouts, answers } = prepare(scope);
      let key = '';
      for (const rollout of rollouts)
        key += options.wariness > rolloutProgress(rollout, options.now) ? '0' : '1';
      let answer = answers.get(key);
      if (answer === undefined) {
        answer = makeAnswer(
          addAliases(throttleGraph(complete, options), scope.scheme === 'oci' ? aliases : {}),
        );
        if (answers.size >= mostAnswers) answers.delete(answers.keys().next().value as string);
        answers.set(key, answer);
      }
      return answer;
    },
  };

  function prepare(scope: GraphScope): Prepared {
    const key = `${scope.scheme} ${scope.basearch}`;
    const known = prepared.get(key);
    if (known !== undefined) return known;
    const complete = buildGraph(releases, updates, scope);
    const targets = [...new Set(complete.edges.map(([, to]) => to))].sort((one, other) => one - other);
    const rollouts = targets
      .map((to) => complete.nodes[to])
      .map((node) => (node === undefined ? undefined : rolloutOf(node)))
      .filter((rollout) => rollout !== undefined);
    const made = { complete, rollouts, answers: new Map<string, GraphAnswer>() };
    prepared.set(key, made);
    return made;
  }
}

function makeAnswer(graph: Graph): GraphAnswer {
  const body = Buffer.from(formatGraph(graph));
  const packed = body.length < worthPacking ? undefined : gzipSync(body);
  return {
    body,
    gzip: packed,
    // A weak tag, because the compressed and the plain form are the same graph.
    etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
  };
}
