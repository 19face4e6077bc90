import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { parseDuration } from '../../host/time.ts';
import type { WrittenHaltCondition } from './halt-schema.ts';
import type { Place } from './read-fields.ts';
import { readUrl } from './read-fields.ts';

/** When the rollouts of a fleet are paused automatically. Times in seconds, shares from 0 to 1. */
export type HaltCondition = HaltConditionBase & HaltTrigger;

interface HaltConditionBase {
  /** Unique in its fleet. */
  readonly name: string;
  /** Resume automatically after so long a calm; absent: only a person resumes. */
  readonly resumeAfter?: number;
}

export type HaltTrigger =
  | { readonly kind: 'prometheus'; readonly prometheus: PrometheusCondition }
  | { readonly kind: 'behind-plan'; readonly by: number; readonly for: number }
  | { readonly kind: 'came-back'; readonly from: { readonly nodes: number } | { readonly share: number } }
  | { readonly kind: 'webhook' };

export interface PrometheusCondition {
  /** Ends in a slash. */
  readonly url: string;
  readonly query: string;
  readonly threshold: { readonly side: 'above' | 'below'; readonly value: number };
  readonly for: number;
}

const kinds = ['prometheus', 'behind-plan', 'came-back', 'webhook'] as const;

/** The longest time that a condition may look back: Prometheus keeps 15 days by default. */
const longest = 14 * 86_400;

/**
 * Reads one entry of `halt-when`.
 * @throws InputError that names the field
 */
export function readHaltCondition(written: WrittenHaltCondition, place: Place): HaltCondition {
  const given = kinds.filter((kind) => written[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw new InputError({
      ...place,
      problem: 'a condition has one of these fields',
      found: given.length === 0 ? 'none of them' : given.join(', '),
      expected: `one of ${kinds.join(', ')}`,
    });
  }
  const resumeAfter = readTime(written['resume-after'], { ...place, field: `${place.field}.resume-after` });
  if (resumeAfter === 0) {
    throw new InputError({
      ...place,
      field: `${place.field}.resume-after`,
      problem: 'a rollout would be resumed at once',
      found: written['resume-after'],
      expected: 'such as 2h; leave it out if only a person may resume',
    });
  }
  return {
    name: written.name,
    ...defined({ resumeAfter }),
    ...readTrigger(written, { ...place, field: `${place.field}.${kind}` }),
  };
}

function readTrigger(written: WrittenHaltCondition, place: Place): HaltTrigger {
  if (written.prometheus !== undefined) {
    return { kind: 'prometheus', prometheus: readPrometheus(written.prometheus, place) };
  }
  const behind = written['behind-plan'];
  if (behind !== undefined) {
    const time = readTime(behind.for, { ...place, field: `${place.field}.for` }) ?? 0;
    return { kind: 'behind-plan', by: behind.by / 100, for: time };
  }
  const back = written['came-back'];
  if (back === undefined) return { kind: 'webhook' };
  const { nodes, share } = back;
  if (nodes !== undefined && share === undefined) return { kind: 'came-back', from: { nodes } };
  if (share !== undefined && nodes === undefined) return { kind: 'came-back', from: { share: share / 100 } };
  throw new InputError({
    ...place,
    problem: 'from how many nodes on?',
    found: back,
    expected: 'nodes or share, one of them',
  });
}

function readPrometheus(
  written: NonNullable<WrittenHaltCondition['prometheus']>,
  place: Place,
): PrometheusCondition {
  const { above, below } = written;
  if ((above === undefined) === (below === undefined)) {
    throw new InputError({
      ...place,
      problem: 'which values are trouble?',
      found: above === undefined ? 'no threshold' : 'two thresholds',
      expected: 'above or below, one of them',
    });
  }
  return {
    url: readUrl(written.url, { ...place, field: `${place.field}.url` }) ?? '',
    query: written.query.trim(),
    threshold: above === undefined ? { side: 'below', value: below ?? 0 } : { side: 'above', value: above },
    for: readTime(written.for, { ...place, field: `${place.field}.for` }) ?? 0,
  };
}

function readTime(text: string | undefined, place: Place): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDuration(text, place);
  if (seconds <= longest) return seconds;
  throw new InputError({
    ...place,
    problem: 'this is longer than servers keep values',
    found: text,
    expected: `at most ${longest / 86_400}d`,
  });
}
