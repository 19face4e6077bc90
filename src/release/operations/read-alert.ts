import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InputError } from '../../host/errors.ts';
import { formatTime } from '../../host/time.ts';
import type { HaltFinding } from './halt.ts';
import { cleanStatement } from './operator.ts';

/** Alertmanager sends all alerts of a group at once; `max_alerts` limits them. */
const mostAlerts = 100;

const status = z.enum(['firing', 'resolved'], { error: 'firing or resolved' });

const alertmanager = z.looseObject({
  version: z.string(),
  alerts: z
    .array(
      z.looseObject({
        status,
        labels: z.record(z.string(), z.string()).default({}),
        annotations: z.record(z.string(), z.string()).default({}),
        startsAt: z.iso.datetime({ offset: true }).optional(),
        fingerprint: z.string().max(100).optional(),
        generatorURL: z.string().optional(),
      }),
    )
    .min(1)
    .max(mostAlerts),
});

const plain = z.looseObject({
  status: status.default('firing'),
  key: z.string().min(1).max(100).optional(),
  reason: z.string('a text is needed').min(1, 'a text is needed'),
});

/**
 * Reads what a webhook says: Alertmanager's JSON, or `{"status": "firing", "reason": "…"}`.
 * @param condition name of the condition that it is for
 * @returns a finding for each alert
 * @throws InputError for everything else
 */
export function readAlert(payload: unknown, condition: string): HaltFinding[] {
  const isAlertmanager = typeof payload === 'object' && payload !== null && 'alerts' in payload;
  if (isAlertmanager) {
    const { alerts } = parse(alertmanager, payload);
    return alerts.map((alert) => {
      const { labels, annotations, startsAt, fingerprint } = alert;
      const name = labels.alertname ?? 'an alert';
      const text = annotations.summary ?? annotations.description ?? '';
      const began = startsAt === undefined ? undefined : Math.floor(Date.parse(startsAt) / 1000);
      const since = began === undefined ? '' : ` since ${formatTime(began)}`;
      return {
        condition,
        key: keyOf(fingerprint ?? JSON.stringify(Object.entries(labels).sort())),
        is: alert.status === 'firing' ? 'trouble' : 'calm',
        evidence: cleanStatement(
          `${condition}: alert ${name} is ${alert.status}${since}${text === '' ? '' : `: ${text}`}`,
        ),
        ...(began === undefined ? {} : { began }),
      };
    });
  }
  const said = parse(plain, payload);
  return [
    {
      condition,
      key: keyOf(said.key ?? ''),
      is: said.status === 'firing' ? 'trouble' : 'calm',
      evidence: cleanStatement(`${condition}: ${said.reason}`),
    },
  ];
}

/** Text from outside is not kept as it is: the state branch is public, and a key is only compared. */
function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function parse<T>(schema: z.ZodType<T>, payload: unknown): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError({
    where: 'the alert',
    ...(issue === undefined || issue.path.length === 0 ? {} : { field: issue.path.join('.') }),
    problem: issue?.message ?? 'not an alert',
    expected: 'the JSON of Alertmanager, or {"status": "firing", "reason": "why"}',
  });
}
