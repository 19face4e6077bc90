import { z } from 'zod';
import { InputError, messageOf } from '../../host/errors.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import { findFleet } from '../../project/fleets.ts';
import type { HaltFinding } from '../../release/operations/halt.ts';
import { readAlert } from '../../release/operations/read-alert.ts';
import { webhookCondition } from '../../release/operations/webhook-conditions.ts';

/** An alert, and the fleet that it is for. */
export interface DispatchedAlert {
  readonly fleet: Fleet;
  readonly findings: readonly HaltFinding[];
}

const expected =
  '{"fleet": "stable", "reason": "why"}, or {"fleet": "stable", "alert": …} with the JSON of Alertmanager';

const payloadSchema = z.looseObject({
  fleet: z.string('the name of a fleet is needed'),
  condition: z.string('a name of a webhook in halt-when is needed').optional(),
});

/**
 * Reads the client_payload of a repository_dispatch: which fleet, and the alert itself, beside it or as its field
 * `alert`. It can trigger conditions of kind webhook of that fleet, and nothing else.
 * @param text JSON
 * @param field the flag that it comes from
 * @throws InputError for everything else
 */
export function readDispatch(text: string, config: Config, field: string): DispatchedAlert {
  const parsed = payloadSchema.safeParse(readJson(text, field));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join('.') ?? '';
    throw new InputError({
      field: path === '' ? field : `${field} ${path}`,
      problem: path === '' ? 'the alert is not an object' : (issue?.message ?? ''),
      expected,
    });
  }
  const { fleet: name, condition, ...own } = parsed.data;
  const fleet = findFleet(config, name, `${field} fleet`);
  const asked = webhookCondition(fleet, condition, `${field} condition`);
  return { fleet, findings: readAlert('alert' in own ? own.alert : own, asked) };
}

function readJson(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError({ field, problem: `this is not JSON: ${messageOf(error)}`, expected });
  }
}
