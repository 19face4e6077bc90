/** Beginnings of tags that Coxswain sets besides versions. No fleet's own tag may begin like this. */
export const tagPrefixes = {
  /** The published guidance of a fleet. */
  guidance: 'updates-',
  /** A built image in the test registry. */
  build: 'key-',
  /** What belongs to an image by its digest. */
  attached: 'sha256-',
} as const;
