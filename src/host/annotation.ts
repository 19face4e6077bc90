/** A remark that a workflow run shows; beside a file of the checkout, if one is named. */
export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  /** Path inside the checkout. */
  readonly file?: string;
  readonly line?: number;
}
