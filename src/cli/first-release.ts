import { flag } from './inputs.ts';

/** The input by which an operator says that a fleet without any release is new. */
export const firstRelease = flag(
  'a fleet without any release is new, although the registry or publish.url gives no answer',
);
