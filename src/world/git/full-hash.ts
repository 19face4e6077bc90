/** Whether a text is the whole hash of an object, of SHA-1 or SHA-256. */
export function isFullHash(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
