/** One installed rpm package. */
export interface Package {
  readonly name: string;
  /** Absent if the package has none, which counts as 0. */
  readonly epoch?: number;
  readonly version: string;
  readonly release: string;
  /** As rpm names it: `x86_64`, `noarch`. */
  readonly architecture: string;
}

/** `EPOCH:VERSION-RELEASE`, the epoch only if there is one. */
export function fullVersion({ epoch, version, release }: Package): string {
  return `${epoch === undefined ? '' : `${epoch}:`}${version}-${release}`;
}
