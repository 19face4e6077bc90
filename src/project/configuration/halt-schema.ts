import { z } from 'zod';
import { duration } from './duration-form.ts';

/** A percentage above 0. */
const share = z.number().gt(0).max(100);

const prometheus = z
  .strictObject({
    url: z
      .string()
      .describe(
        'Address of the server, without /api/v1: Prometheus, or what answers like it (Thanos, Mimir, VictoriaMetrics).',
      ),
    query: z
      .string()
      .min(1, 'a query, such as sum(rate(boot_failures_total[5m]))')
      .max(2000)
      .describe('PromQL that gives one number. Several series count as no answer: use sum, max or the like.'),
    above: z.number().optional().describe('Trouble is a value above this one. Use this or below, not both.'),
    below: z.number().optional().describe('Trouble is a value below this one. Use this or above, not both.'),
    for: duration
      .default('5m')
      .describe('How long every value has to be beyond the threshold; 0s: the newest value is enough.'),
  })
  .describe('A query of a Prometheus server.');

/** One entry of `halt-when` as it is written. */
export const haltConditionSchema = z
  .strictObject({
    name: z
      .string()
      .max(63)
      .regex(
        /^[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?$/,
        'letters, digits, ".", "_" and "-", starting and ending with a letter or a digit',
      )
      .describe('Name of the condition: for the reason of the pause, the issue and the webhook.'),
    prometheus: prometheus.optional(),
    'behind-plan': z
      .strictObject({
        by: share.describe('How many of a hundred nodes fewer than planned run the release.'),
        for: duration.default('6h').describe('How long it has to be so.'),
      })
      .optional()
      .describe('The adoption that coxswain observe has written stays behind the plan of the rollout.'),
    'came-back': z
      .strictObject({
        nodes: z.int().min(1).optional().describe('From this many nodes on. Use this or share, not both.'),
        share: share
          .optional()
          .describe(
            'From this many of a hundred nodes that had the release on. Use this or nodes, not both.',
          ),
      })
      .optional()
      .describe('Nodes that ran the new release, and run the old one again, as coxswain observe has seen.'),
    webhook: z
      .literal(true, 'true')
      .optional()
      .describe(
        'Something else says so: a repository_dispatch of the type coxswain-halt, or a request to serve-graph.',
      ),
    'resume-after': duration
      .optional()
      .describe('Resume automatically when it has been calm for this long. Default: only a person resumes.'),
  })
  .describe('One condition: a name, and one of prometheus, behind-plan, came-back and webhook.');

/** `halt-when` of a fleet as it is written. */
export const haltWhenSchema = z
  .array(haltConditionSchema, 'a list of conditions: [{ name: failed-boots, prometheus: { … } }]')
  .default([])
  .describe('When the rollouts of this fleet are paused automatically. coxswain watch-fleet looks.');

export type WrittenHaltCondition = z.infer<typeof haltConditionSchema>;
