import type { Pin } from './pin.ts';

/**
 * The release of Coxswain that init writes into workflows. script/stamp writes these lines, for a release and for a fork of
 * the project; a commit cannot name itself, so this is the last one that was stamped.
 */
export const ours: Pin = {
  repository: 'coxswain-os/coxswain',
  commit: 'e0c50635ac100e613fcab67e9d3152aa7437a4b0',
  version: 'v0.1.0',
};
