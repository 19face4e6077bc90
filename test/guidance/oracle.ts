import type { History } from './histories.ts';

/**
 * A second implementation of the update graph, for comparison: written from the rules in words, edge by edge, and
 * with exact fractions instead of upstream's floating point.
 *
 * An edge leads from an older node to a newer one when the newer has a rollout or is a barrier, no barrier lies
 * strictly between the two, the older is not a dead-end, and (throttled) the newer one's rollout is open to this
 * wariness.
 */
export interface OracleGraph {
  readonly versions: readonly string[];
  readonly edges: ReadonlySet<string>;
  /** Versions whose progress is so close to the wariness that rounding matters. */
  readonly close: ReadonlySet<string>;
}

export function oracle(
  history: History,
  basearch: string,
  client?: { readonly now: number; readonly wariness: number },
): OracleGraph {
  const nodes = history.releases.filter((release) =>
    (release['oci-images'] ?? []).some((image) => image.architecture === basearch),
  );
  const said = nodes.map((release) =>
    history.updates.filter((entry) => entry.version === release.version).map((entry) => entry.metadata),
  );
  const has = (index: number, what: 'rollout' | 'barrier' | 'deadend') =>
    said[index]?.some((metadata) => metadata[what] !== undefined) ?? false;
  const close = new Set<string>();
  const edges = new Set<string>();
  for (let to = 0; to < nodes.length; to += 1) {
    if (!has(to, 'rollout') && !has(to, 'barrier')) continue;
    if (client !== undefined && has(to, 'rollout')) {
      const merged = Object.assign({}, ...(said[to] ?? []).map((metadata) => metadata.rollout ?? {}));
      const open = isOpen(merged, client);
      if (open === 'close') close.add(nodes[to]?.version ?? '');
      if (open === false) continue;
    }
    for (let from = 0; from < to; from += 1) {
      const gated = [...nodes.keys()].some(
        (between) => from < between && between < to && has(between, 'barrier'),
      );
      if (!gated && !has(from, 'deadend')) edges.add(`${nodes[from]?.version} → ${nodes[to]?.version}`);
    }
  }
  return { versions: nodes.map(({ version }) => version), edges, close };
}

interface Plan {
  readonly start_epoch?: number;
  readonly start_percentage?: number;
  readonly duration_minutes?: number;
}

/** Is progress ≥ wariness? Both sides are compared as exact fractions of 2^60, multiplied by the duration. */
function isOpen(plan: Plan, client: { readonly now: number; readonly wariness: number }): boolean | 'close' {
  const scale = 2 ** 60;
  const exact = (value: number) => BigInt(Math.round(value * scale));
  if (client.wariness === 0) return true;
  const begin = plan.start_epoch ?? 0;
  if (client.now < begin) return false;
  const first = exact(plan.start_percentage ?? 0);
  const wanted = exact(client.wariness);
  if (plan.duration_minutes === undefined) return (plan.start_percentage ?? 0) >= client.wariness;
  const length = BigInt(Math.max(plan.duration_minutes, 1) * 60);
  const passed = BigInt(client.now - begin);
  if (passed > length) return true;
  const reached = first * length + (exact(1) - first) * passed;
  const difference = reached - wanted * length;
  const limit = (length * exact(1)) / 1_000_000_000_000n;
  if (difference < limit && difference > -limit) return 'close';
  return difference >= 0n;
}
