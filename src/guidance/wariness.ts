const mask = (1n << 64n) - 1n;

/**
 * The wariness that upstream's policy engine gives a node that sends none: a hash of its node_uuid, spread evenly
 * over 0 to 1 (compute_wariness in fcos-policy-engine). It depends on nothing else, so in every rollout the same
 * nodes are first and the same nodes are last.
 * @param nodeUuid as Zincati sends it: 32 lower-case hex digits; the empty text for none
 */
export function warinessOf(nodeUuid: string): number {
  // Rust hashes a String as its UTF-8 bytes and one byte 0xff; DefaultHasher has a key of zeros.
  const hash = sipHash13(new Uint8Array([...new TextEncoder().encode(nodeUuid), 0xff]));
  // u64::MAX as a double is 2^64.
  return Math.min(1, Math.max(0.000001, Number(hash) / 2 ** 64));
}

/** SipHash with 1 round a block, 3 at the end, and a key of zeros (https://www.aumasson.jp/siphash/siphash.pdf). */
export function sipHash13(bytes: Uint8Array): bigint {
  let v0 = 0x736f6d6570736575n;
  let v1 = 0x646f72616e646f6dn;
  let v2 = 0x6c7967656e657261n;
  let v3 = 0x7465646279746573n;
  const wholeBlocks = Math.floor(bytes.length / 8);
  for (let block = 0; block < wholeBlocks; block += 1) absorb(word(block * 8, 8));
  absorb(word(wholeBlocks * 8, bytes.length % 8) | (BigInt(bytes.length & 0xff) << 56n));
  v2 ^= 0xffn;
  for (let each = 0; each < 3; each += 1) round();
  return v0 ^ v1 ^ v2 ^ v3;

  function absorb(block: bigint): void {
    v3 ^= block;
    round();
    v0 ^= block;
  }

  function round(): void {
    v0 = (v0 + v1) & mask;
    v1 = rotateLeft(v1, 13n) ^ v0;
    v0 = rotateLeft(v0, 32n);
    v2 = (v2 + v3) & mask;
    v3 = rotateLeft(v3, 16n) ^ v2;
    v0 = (v0 + v3) & mask;
    v3 = rotateLeft(v3, 21n) ^ v0;
    v2 = (v2 + v1) & mask;
    v1 = rotateLeft(v1, 17n) ^ v2;
    v2 = rotateLeft(v2, 32n);
  }

  function word(offset: number, length: number): bigint {
    let value = 0n;
    for (let index = length - 1; index >= 0; index -= 1) {
      value = (value << 8n) | BigInt(bytes[offset + index] as number);
    }
    return value;
  }
}

function rotateLeft(value: bigint, by: bigint): bigint {
  return ((value << by) | (value >> (64n - by))) & mask;
}
