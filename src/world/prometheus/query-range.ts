import { z } from 'zod';
import { messageOf, OutsideError } from '../../host/errors.ts';
import { plainLine } from '../../host/one-line.ts';
import { fetchWhole } from '../http/fetch-whole.ts';
import { TooLong } from '../http/http-answer.ts';
import type { PrometheusCredentials } from './credentials.ts';

/** A value at a moment. It may be NaN or infinite. */
export interface Sample {
  /** UNIX seconds. */
  readonly time: number;
  readonly value: number;
}

/** A query over a span of time. */
export interface RangeQuery {
  /** Address of the server, with a slash at its end. */
  readonly url: string;
  readonly query: string;
  /** UNIX seconds. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two values. */
  readonly step: number;
}

/** Milliseconds that the server has to answer. */
const patience = 15_000;

/** An answer is one series: 11,000 values at most, of about 40 bytes. */
const largestAnswer = 4 * 1024 * 1024;

const sample = z.tuple([z.number(), z.string()]);
const answerSchema = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).optional(),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.looseObject({ values: z.array(sample) })),
  }),
});
const errorSchema = z.object({ status: z.literal('error'), error: z.string() });

/**
 * Asks a Prometheus server for the values of a query. One series is an answer; no series and several are none.
 * @param options.credentials are sent only to the origin that they are for
 * @throws OutsideError "could not ask …" for everything that is not such an answer
 */
export async function queryRange(
  wanted: RangeQuery,
  options: { readonly credentials?: PrometheusCredentials | undefined; readonly patience?: number } = {},
): Promise<readonly Sample[]> {
  const address = new URL('api/v1/query_range', wanted.url);
  address.search = new URLSearchParams({
    query: wanted.query,
    start: String(wanted.from),
    end: String(wanted.to),
    step: String(wanted.step),
  }).toString();
  const failure = (happened: string) => couldNotAsk(wanted.url, happened);
  const { status, text } = await request(address, options).catch((error: unknown) => {
    if (error instanceof OutsideError) throw error;
    throw failure(reasonOf(error));
  });
  const json = readJson(text);
  const refusal = errorSchema.safeParse(json);
  if (refusal.success) throw failure(`it answers ${status}: ${shorten(refusal.data.error)}`);
  if (status !== 200) throw failure(`it answers ${status}`);
  if (json === undefined) throw failure(`the answer is not JSON: ${shorten(text)}`);
  const answer = answerSchema.safeParse(json);
  if (!answer.success) {
    const [issue] = answer.error.issues;
    throw failure(
      `this is not an answer to a query (${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')})`,
    );
  }
  const { warnings = [], data } = answer.data;
  if (warnings.length > 0)
    throw failure(`it warns that the answer may be wrong: ${shorten(warnings.join('; '))}`);
  const [series, ...others] = data.result;
  if (series === undefined || series.values.length === 0) throw failure('the query gives no value');
  if (others.length > 0) {
    throw failure(
      `the query gives ${data.result.length} series: aggregate them, for example with sum or max`,
    );
  }
  return series.values.map(([time, value]) => {
    const number = readValue(value);
    if (number === undefined) throw failure(`${shorten(value)} is not a number`);
    return { time, value: number };
  });
}

/** The error for a question that got no answer. */
export function couldNotAsk(url: string, happened: string): OutsideError {
  return new OutsideError(
    `asking ${url}`,
    happened,
    'It counts neither as trouble nor as health. Running the same command again is safe.',
  );
}

async function request(
  address: URL,
  options: { readonly credentials?: PrometheusCredentials | undefined; readonly patience?: number },
): Promise<{ readonly status: number; readonly text: string }> {
  const { credentials } = options;
  const own = credentials !== undefined && credentials.origin === address.origin;
  const response = await fetchWhole(address, {
    headers: { accept: 'application/json', ...(own ? { authorization: credentials.authorization } : {}) },
    // A redirect could lead the question, and what it answers, anywhere.
    redirect: 'manual',
    timeout: options.patience ?? patience,
  });
  try {
    return { status: response.status, text: (await response.bytes(largestAnswer)).toString() };
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    throw couldNotAsk(address.origin, `the answer is longer than ${largestAnswer} bytes`);
  }
}

/** Prometheus writes numbers as texts: `1.5`, `1e-05`, `NaN`, `+Inf`. */
function readValue(text: string): number | undefined {
  if (text === 'NaN') return Number.NaN;
  const infinite = /^([+-]?)Inf$/.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'it gives no answer in time';
  return shorten(messageOf(cause));
}

function shorten(text: string): string {
  return plainLine(text, 200);
}
