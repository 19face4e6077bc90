import { messageOf, OutsideError } from '../../../host/errors.ts';
import { queryRange } from '../../../world/prometheus/query-range.ts';
import type { CheckOf, Problem, Tools } from '../site-check.ts';

/** So many seconds of values are asked for: enough to see one. */
const span = 300;
const step = 60;

/** A condition of halt-when that cannot be asked can halt nothing, and nobody sees that before it is needed. */
export const prometheusCheck: CheckOf<'site'> = {
  name: 'prometheus',
  of: 'site',
  run: async (_, tools) => {
    const conditions = Object.values(tools.config.fleets).flatMap(({ name, haltWhen }) =>
      haltWhen.flatMap((condition) =>
        condition.kind === 'prometheus'
          ? [{ fleet: name, name: condition.name, ...condition.prometheus }]
          : [],
      ),
    );
    const problems = await Promise.all(conditions.map((condition) => examineCondition(condition, tools)));
    return problems.filter((problem) => problem !== undefined);
  },
};

async function examineCondition(
  condition: {
    readonly fleet: string;
    readonly name: string;
    readonly url: string;
    readonly query: string;
  },
  { now, prometheus }: Tools,
): Promise<Problem | undefined> {
  const { fleet, name, url, query } = condition;
  const problem = (message: string, remedy: string): Problem => ({
    // From this machine, the server may be out of reach on purpose.
    severity: 'warning',
    where: `fleets.${fleet}.halt-when ${name}`,
    message,
    remedy,
  });
  try {
    const values = await queryRange(
      { url, query, from: now - span, to: now, step },
      { credentials: prometheus },
    );
    const newest = values.at(-1);
    if (newest !== undefined && Number.isFinite(newest.value)) return undefined;
    return problem(
      `the newest value of the query is ${newest?.value}, which counts neither as trouble nor as health`,
      'A quotient of rates is NaN while nothing happens. Write the query so that it has a value then.',
    );
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return problem(
      `the condition cannot be asked: ${messageOf(error)
        .replace(/ It counts neither.*$/, '')
        .replace(/\.$/, '')}`,
      'Until it can, it halts nothing, and rings with a success-threshold wait. If the query has no value while all is well, append: or vector(0)',
    );
  }
}
