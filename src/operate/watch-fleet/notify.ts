import { createHash } from 'node:crypto';
import type { Told } from '../../guidance/operations.ts';
import { exec } from '../../host/exec.ts';
import { commitMessage } from '../../release/operations/edit-fleet.ts';
import type { State } from '../../release/state/state.ts';
import type { FleetIncidents, Incident } from './incidents.ts';

/** Something that the user's command is called for. */
export interface Notification {
  readonly event: 'opened' | 'changed' | 'over';
  readonly key: string;
  readonly title: string;
}

/** Seconds that the command may take. */
const patience = 60;

/**
 * Runs the user's command once for each incident that began, changed or ended. The state branch remembers what was
 * said. It is recorded after the command has succeeded: a run that is killed in between says it again, and nothing is
 * left unsaid.
 * @throws OutsideError if the command fails; what it did not take is said again by the next run
 */
export async function notify(
  state: State,
  command: readonly string[],
  about: FleetIncidents & { readonly fleet: string; readonly by: string; readonly now: number },
): Promise<Notification[]> {
  const { fleet, incidents, unknown } = about;
  const before = (await state.readFleet(fleet)).operations.told ?? [];
  const done: Notification[] = [];
  for (const incident of incidents) {
    const known = before.find(({ key }) => key === incident.key);
    if (known?.text === hashOf(incident)) continue;
    const event = known === undefined ? 'opened' : 'changed';
    await call(command, { ...incident, event, fleet });
    await remember(state, about, incident);
    done.push({ event, key: incident.key, title: incident.title });
  }
  for (const { key, title } of before) {
    if (unknown.includes(key) || incidents.some((incident) => incident.key === key)) continue;
    await call(command, { key, title, body: '', event: 'over', fleet });
    await remember(state, about, { key });
    done.push({ event: 'over', key, title });
  }
  return done;
}

/** The facts are in the environment and, as JSON, on standard input: never in the text of a command. */
async function call(
  [program = '', ...args]: readonly string[],
  facts: Incident & { readonly event: Notification['event']; readonly fleet: string },
): Promise<void> {
  const { event, fleet, key, title } = facts;
  await exec(program, args, {
    doing: `running ${program} for ${key}`,
    input: `${JSON.stringify(facts)}\n`,
    env: {
      COXSWAIN_EVENT: event,
      COXSWAIN_FLEET: fleet,
      COXSWAIN_INCIDENT: key,
      COXSWAIN_TITLE: title,
      // They are for Prometheus alone.
      COXSWAIN_PROMETHEUS_TOKEN: '',
      COXSWAIN_PROMETHEUS_PASSWORD: '',
    },
    seconds: patience,
  });
}

async function remember(
  state: State,
  { fleet, by, now }: { readonly fleet: string; readonly by: string; readonly now: number },
  incident: Pick<Incident, 'key'> & Partial<Incident>,
): Promise<void> {
  const { key, title } = incident;
  const message = commitMessage({ fleet, by, now }, `note that ${key} was reported`, undefined);
  await state.changeFleet(fleet, message, (before) => {
    const { told = [], ...rest } = before.operations;
    const others = told.filter((each) => each.key !== key);
    const own: Told[] =
      title === undefined
        ? []
        : [{ key, title, text: hashOf({ title, body: incident.body ?? '' }), at: now }];
    const next = [...others, ...own];
    return { ...before, operations: next.length === 0 ? rest : { ...rest, told: next } };
  });
}

function hashOf({ title, body }: Pick<Incident, 'title' | 'body'>): string {
  return createHash('sha256').update(`${title}\n${body}`).digest('hex').slice(0, 16);
}
