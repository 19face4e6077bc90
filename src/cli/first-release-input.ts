import { flag } from './inputs.ts';

/** The input by which an operator confirms that a fleet without any release is new. */
export const firstRelease = flag(
  'a fleet without any release is new, even if the registry or publish.url gives no answer',
);
