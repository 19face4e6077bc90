import type { Pin } from './pin.ts';

/**
 * The release of Coxswain that init writes into workflows. script/stamp writes these lines, for a release and for a fork of
 * the project; a commit cannot name itself, so this is the last one that was stamped.
 */
export const ours: Pin = {
  repository: 'coxswain-os/coxswain',
  commit: '3758143c541980fb7d8de9dd397e89a4990d6276',
  version: 'v0.1.0',
};
