import { describe, expect, it } from 'vitest';
import { readDispatch } from '../../../src/operate/watch-fleet/read-dispatch.ts';
import { parseConfig } from '../../../src/project/configuration/config.ts';

const config = parseConfig(
  `image: registry.example.com/os
base: registry.example.com/fcos:stable
fleets:
  testing: { halt-when: [{ name: alerts, webhook: true }, { name: behind, behind-plan: { by: 20 } }] }
  stable: { halt-when: [{ name: pages, webhook: true }, { name: calls, webhook: true }] }
  quiet: {}`,
  'coxswain.yaml',
);
const read = (payload: unknown) => readDispatch(JSON.stringify(payload), config, '--alert');

describe('an alert by repository_dispatch', () => {
  it('names its fleet, and a condition if the fleet has several webhooks', () => {
    expect(read({ fleet: 'testing', reason: 'disks fill up' })).toMatchObject({
      fleet: { name: 'testing' },
      findings: [{ condition: 'alerts', is: 'trouble', evidence: 'alerts: disks fill up' }],
    });
    expect(read({ fleet: 'stable', condition: 'calls', reason: 'why' }).findings).toMatchObject([
      { condition: 'calls', is: 'trouble' },
    ]);
  });

  it('is over with the status resolved, and has a key', () => {
    const [begun] = read({ fleet: 'testing', key: 'disks', reason: 'full' }).findings;
    const [over] = read({ fleet: 'testing', key: 'disks', status: 'resolved', reason: 'free' }).findings;
    expect([begun?.is, over?.is, over?.key]).toEqual(['trouble', 'calm', begun?.key]);
  });

  it('carries the JSON of Alertmanager in the field alert, because a client_payload has at most ten fields', () => {
    const alert = {
      version: '4',
      status: 'firing',
      alerts: [
        { status: 'firing', labels: { alertname: 'BootLoop' }, annotations: { summary: 'again\u001b[31m' } },
        { status: 'resolved', labels: { alertname: 'Disk' } },
      ],
    };
    expect(read({ fleet: 'testing', alert }).findings).toMatchObject([
      { is: 'trouble', evidence: expect.stringMatching(/^alerts: alert BootLoop is firing: again/) },
      { is: 'calm' },
    ]);
  });

  it.each([
    ['an unknown fleet', { fleet: 'nope', reason: 'x' }, /--alert fleet.*nope.*testing, stable, quiet/s],
    ['a fleet of the prototype', { fleet: '__proto__', reason: 'x' }, /--alert fleet/],
    ['no fleet', { reason: 'x' }, /--alert fleet.*is needed/s],
    ['a fleet without a webhook', { fleet: 'quiet', reason: 'x' }, /fleets\.quiet\.halt-when.*no webhook/s],
    ['one of several webhooks, unnamed', { fleet: 'stable', reason: 'x' }, /one of pages, calls/],
    [
      'a condition that measures something',
      { fleet: 'testing', condition: 'behind', reason: 'x' },
      /condition.*behind.*alerts/s,
    ],
    ['no reason', { fleet: 'testing' }, /the alert.*reason/s],
    ['another status', { fleet: 'testing', status: 'bad', reason: 'x' }, /status/],
    ['an alert that is null', { fleet: 'testing', alert: null, reason: 'x' }, /the alert/],
    ['a list', [{ fleet: 'testing' }], /--alert.*not an object/s],
    ['nothing', null, /--alert.*not an object/s],
  ])('is refused with %s', (_, payload, says) => {
    expect(() => read(payload)).toThrow(says);
  });

  it('is refused if it is not JSON', () => {
    expect(() => readDispatch('{"fleet": testing}', config, '--alert')).toThrow(/--alert.*not JSON/s);
  });
});
