import type { CheckOf } from '../site-check.ts';

/** The published files must have the stream that nodes report. */
export const streamCheck: CheckOf<'fleet'> = {
  name: 'stream',
  of: 'fleet',
  run: ({ fleet, releases, updates }, { config }) => {
    if (releases.stream === config.stream && updates.stream === config.stream) return [];
    return [
      {
        where: `${fleet}/releases.json`,
        message: `the stream is ${JSON.stringify(releases.stream)}, and the configuration says ${JSON.stringify(config.stream)}`,
        remedy:
          'Correct `stream` in coxswain.yaml: nodes report the label of their image, and get no graph of another stream.',
      },
    ];
  },
};
