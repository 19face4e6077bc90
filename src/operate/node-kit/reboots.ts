import { parseWindow } from '../../guidance/simulation/windows.ts';
import { InputError } from '../../host/errors.ts';
import type { NodeKitConfig } from '../../project/configuration/config.ts';

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/**
 * Zincati's configuration of an update strategy (docs/usage/updates-strategy.md of Zincati).
 * @throws InputError for windows that Zincati cannot have
 */
export function rebootsToml(reboots: NodeKitConfig['reboots'], place: { readonly where: string }): string {
  const head = '# Made by coxswain node-kit from node.reboots in coxswain.yaml.\n[updates]\n';
  if (reboots === 'immediate') return `${head}strategy = "immediate"\n`;
  if ('fleet-lock' in reboots) {
    return `${head}strategy = "fleet_lock"\n\n[updates.fleet_lock]\nbase_url = ${JSON.stringify(reboots['fleet-lock'])}\n`;
  }
  const field = 'node.reboots.windows';
  const windows = reboots.windows.map((text) => ({ text, ...parseWindow(text, { ...place, field }) }));
  const zones = [...new Set(windows.map(({ zone }) => zone))];
  if (zones.length > 1) {
    throw new InputError({
      ...place,
      field,
      problem: 'Zincati has one time zone for all windows',
      found: zones.join(', '),
      expected: 'the same zone in each window',
    });
  }
  const tables = windows.map(({ days, start, end }) => {
    const minutes = (minuteOf(end) - minuteOf(start) + 1440) % 1440 || 1440;
    const names = days.map((day) => JSON.stringify(dayNames[day])).join(', ');
    return `\n[[updates.periodic.window]]\ndays = [ ${names} ]\nstart_time = "${start.padStart(5, '0')}"\nlength_minutes = ${minutes}\n`;
  });
  const zone = JSON.stringify(nameOfZone(windows[0]?.zone ?? 'utc', reboots.windows[0] ?? ''));
  return `${head}strategy = "periodic"\n\n[updates.periodic]\ntime_zone = ${zone}\n${tables.join('')}`;
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** The zone as it was written: windows are compared in lower case, but names of zones are not. */
function nameOfZone(zone: string, written: string): string {
  return written.trim().split(/\s+/).at(-1) ?? zone;
}
