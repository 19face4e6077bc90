/** Removes secrets from texts of others (a registry that echoes our header, for example). */
export interface Scrubber {
  /** From now on this text is replaced. */
  add(secret: string): void;
  scrub(text: string): string;
}

export function createScrubber(): Scrubber {
  const secrets = new Set<string>();
  return {
    add: (secret) => {
      // A very short secret would garble every text, and so reveal itself.
      if (secret.length >= 4) secrets.add(secret);
    },
    scrub: (text) => {
      let clean = text;
      for (const secret of secrets) clean = clean.replaceAll(secret, '***');
      return clean;
    },
  };
}
