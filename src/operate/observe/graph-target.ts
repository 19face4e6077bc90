/** The parts of a request for a graph that say who asks and what it runs, as bytes of the target. */
export interface GraphTarget {
  /** End of the path; it begins where the target does. */
  pathEnd: number;
  /** Each value begins and ends here; -1 if the query does not have it. */
  uuid: number;
  uuidEnd: number;
  checksum: number;
  checksumEnd: number;
  version: number;
  versionEnd: number;
  basearch: number;
  basearchEnd: number;
  wariness: number;
  warinessEnd: number;
}

const ampersand = 0x26;
const equals = 0x3d;
const questionMark = 0x3f;

export function emptyTarget(): GraphTarget {
  return {
    pathEnd: 0,
    uuid: -1,
    uuidEnd: -1,
    checksum: -1,
    checksumEnd: -1,
    version: -1,
    versionEnd: -1,
    basearch: -1,
    basearchEnd: -1,
    wariness: -1,
    warinessEnd: -1,
  };
}

/** Finds the parts of a target; of a parameter that is there twice, the last one counts. Makes no object. */
export function splitTarget(bytes: Buffer, from: number, to: number, target: GraphTarget): void {
  target.uuid = target.checksum = target.version = target.basearch = target.wariness = -1;
  let at = from;
  while (at < to && bytes[at] !== questionMark) at += 1;
  target.pathEnd = at;
  at += 1;
  while (at < to) {
    let sign = at;
    while (sign < to && bytes[sign] !== equals && bytes[sign] !== ampersand) sign += 1;
    let end = sign;
    while (end < to && bytes[end] !== ampersand) end += 1;
    if (end > sign + 1) assign(bytes, at, sign, end, target);
    at = end + 1;
  }
}

// By length and first letter: node_uuid, os_checksum, os_version, basearch, rollout_wariness.
function assign(bytes: Buffer, at: number, sign: number, end: number, target: GraphTarget): void {
  const length = sign - at;
  if (length === 9 && is(bytes, at, uuidName)) {
    target.uuid = sign + 1;
    target.uuidEnd = end;
  } else if (length === 11 && is(bytes, at, checksumName)) {
    target.checksum = sign + 1;
    target.checksumEnd = end;
  } else if (length === 10 && is(bytes, at, versionName)) {
    target.version = sign + 1;
    target.versionEnd = end;
  } else if (length === 8 && is(bytes, at, basearchName)) {
    target.basearch = sign + 1;
    target.basearchEnd = end;
  } else if (length === 16 && is(bytes, at, warinessName)) {
    target.wariness = sign + 1;
    target.warinessEnd = end;
  }
}

const uuidName = Buffer.from('node_uuid');
const checksumName = Buffer.from('os_checksum');
const versionName = Buffer.from('os_version');
const basearchName = Buffer.from('basearch');
const warinessName = Buffer.from('rollout_wariness');

function is(bytes: Buffer, at: number, name: Buffer): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (bytes[at + index] !== name[index]) return false;
  }
  return true;
}

/** A value of a query as text; what is not valid percent encoding is left as it is. */
export function valueText(bytes: Buffer, from: number, to: number): string {
  if (from < 0) return '';
  const text = bytes.toString('utf8', from, to).replaceAll('+', ' ');
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
