import type { Config, EvidenceConfig } from '../../project/configuration/config.ts';

/** Whose signatures count here, and where the files are that the configuration names. */
export interface Trust extends EvidenceConfig {
  /** Top folder of the checkout. */
  readonly root: string;
}

export function trustOf({ config, root }: { readonly config: Config; readonly root: string }): Trust {
  return { ...config.evidence, root };
}
