/** What the doctor has to say. An error: nodes are, or will be, worse off for it. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** Name of the check, kebab-case. */
  readonly check: string;
  /** File, image or setting. */
  readonly where: string;
  /** A sentence without a final period. */
  readonly message: string;
  /** What to do: full sentences. */
  readonly remedy: string;
}
