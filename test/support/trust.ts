import { parseConfig } from '../../src/project/configuration/config.ts';
import { type Trust, trustOf } from '../../src/release/attestations/trust.ts';

/** A project that does not say whose signature counts. */
export const unsigned: Trust = trustOf({
  config: parseConfig(
    'image: a.example/b\nbase: a.example/c:stable\nfleets: { testing: {} }',
    'coxswain.yaml',
  ),
  root: '/nonexistent',
});
