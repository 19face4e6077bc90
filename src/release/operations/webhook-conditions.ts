import { InputError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';

/** Names of the conditions of a fleet that wait for an alert. */
export function webhooksOf({ haltWhen }: Fleet): string[] {
  return haltWhen.flatMap(({ kind, name }) => (kind === 'webhook' ? [name] : []));
}

/**
 * The condition that an alert is for.
 * @param name as the alert says; not needed if the fleet has one webhook
 * @param field where the name comes from
 * @throws InputError if the fleet has no webhook, or none of this name, or several and the alert names none
 */
export function webhookCondition(fleet: Fleet, name: string | undefined, field: string): string {
  const webhooks = webhooksOf(fleet);
  const [only] = webhooks;
  if (only === undefined) {
    throw new InputError({
      field: `fleets.${fleet.name}.halt-when`,
      problem: `fleet ${fleet.name} has no webhook in halt-when, so no alert can halt it`,
      expected: 'halt-when: [{ name: alerts, webhook: true }]',
    });
  }
  if (name === undefined && webhooks.length === 1) return only;
  if (name !== undefined && webhooks.includes(name)) return name;
  throw new InputError({
    field,
    problem:
      name === undefined
        ? `fleet ${fleet.name} has several webhooks in halt-when, and the alert names none of them`
        : `fleet ${fleet.name} has no webhook of this name in halt-when`,
    found: name ?? 'nothing',
    expected: `${webhooks.length > 1 ? 'one of ' : ''}${webhooks.join(', ')}`,
  });
}
