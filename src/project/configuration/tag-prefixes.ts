/** Prefixes of the tags that Coxswain sets besides versions. A fleet's own tag must not start with one of them. */
export const tagPrefixes = {
  /** The published guidance of a fleet. */
  guidance: 'updates-',
  /** A built image in the test registry. */
  build: 'key-',
  /** What is attached to an image by its digest. */
  attached: 'sha256-',
} as const;
