import { warinessOf } from '../../guidance/wariness.ts';

/** What a node asks for. */
export interface GraphQuery {
  readonly basearch: string;
  readonly stream: string;
  readonly scheme: 'oci' | 'checksum';
  /** May be NaN, as upstream reads it: then every release is offered. */
  readonly wariness: number;
  /** Who asks and what it runs, as the node says it; texts are empty if it does not. */
  readonly node: { readonly uuid: string; readonly payload: string; readonly version: string };
}

const known = ['basearch', 'stream', 'rollout_wariness', 'node_uuid', 'oci'];

// What Rust's f64 reads (core::num::dec2flt): also "inf" and "nan", but no hexadecimal digits and no blanks.
const rustFloat = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|infinity|nan)$/i;

/**
 * Reads the query of `/v1/graph` as fcos-policy-engine does (src/main.rs at 95388bdf): basearch and stream are needed,
 * `oci` is literally true or false, a parameter that is given twice is refused; `group`, `platform`, `os_version` and
 * all others have no effect.
 * @returns undefined for a request that upstream answers with 400
 */
export function readGraphQuery(query: string): GraphQuery | undefined {
  const parameters = new URLSearchParams(query);
  if (known.some((name) => parameters.getAll(name).length > 1)) return undefined;
  const basearch = parameters.get('basearch') ?? '';
  const stream = parameters.get('stream') ?? '';
  const oci = parameters.get('oci') ?? 'false';
  if (basearch === '' || stream === '' || (oci !== 'true' && oci !== 'false')) return undefined;
  return {
    basearch,
    stream,
    node: {
      uuid: parameters.get('node_uuid') ?? '',
      payload: parameters.get('os_checksum') ?? '',
      version: parameters.get('os_version') ?? '',
    },
    scheme: oci === 'true' ? 'oci' : 'checksum',
    wariness:
      readWariness(parameters.get('rollout_wariness')) ?? warinessOf(parameters.get('node_uuid') ?? ''),
  };
}

/** Undefined if upstream uses the node_uuid: no value, or not a number. */
function readWariness(text: string | null): number | undefined {
  if (text === null || !rustFloat.test(text)) return undefined;
  if (/nan/i.test(text)) return Number.NaN;
  const number = /inf/i.test(text) ? (text.startsWith('-') ? -1 : 1) : Number(text);
  return Math.min(1, Math.max(0, number));
}
