import { createHmac } from 'node:crypto';

/** The number of a node: 64 bits of a keyed hash. Without the salt nobody can find the node for it. */
export interface NodeKey {
  high: number;
  low: number;
}

/** Bytes of a salt. */
export const saltLength = 32;

/**
 * Hashes node identifiers.
 * @param salt at least saltLength bytes; with the same salt a node has the same key
 */
export function createKeyMaker(salt: Uint8Array): (identifier: Uint8Array, key: NodeKey) => void {
  return (identifier, key) => {
    const digest = createHmac('sha256', salt).update(identifier).digest();
    key.high = digest.readUInt32LE(0);
    key.low = digest.readUInt32LE(4);
  };
}
