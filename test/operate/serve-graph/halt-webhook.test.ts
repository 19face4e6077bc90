import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/host/log.ts';
import type { HaltWebhook } from '../../../src/operate/serve-graph/halt-webhook.ts';
import {
  createHaltWebhook,
  readWebhookSecrets,
  secretVariable,
} from '../../../src/operate/serve-graph/halt-webhook.ts';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { editState } from '../../../src/release/operations/edit-fleet.ts';
import { listen, stopServer } from '../../../src/world/http/listen.ts';
import { createProject, recordRelease, type TestProject } from '../../support/project.ts';

const now = 1_785_000_000;
const hour = 3600;
const secret = 'a secret of thirty-two characters';
const other = 'another secret, of the fleet stable';
const fleets = `  testing: { halt-when: [{ name: alerts, webhook: true }] }
  stable: { halt-when: [{ name: pages, webhook: true }, { name: calls, webhook: true }] }
  quiet: {}`;

let project: TestProject;
let webhook: HaltWebhook;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (!webhook.take(request, response, request.url ?? '')) response.writeHead(404).end();
  });
  url = await listen(server, { host: '127.0.0.1', port: 0 });
});
afterAll(() => stopServer(server, 0));
async function arrange(): Promise<void> {
  project = await createProject('127.0.0.1:9', { fleets });
  for (const fleet of ['testing', 'stable']) {
    await recordRelease(project, fleet, { version: '1-bb', time: now - 12 * hour });
  }
  const secrets = new Map([
    ['testing', secret],
    ['stable', other],
  ]);
  const { config, state } = project;
  webhook = createHaltWebhook({ config, state, secrets, log: silentLog, now: () => now });
}

const paused = async (fleet: string) => (await project.state.readFleet(fleet)).operations.paused ?? [];
const bearer = (value: string) => ({ authorization: `Bearer ${value}` });
const sign = (body: string, key = secret) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
});
const post = (path: string, body: string, headers: Record<string, string> = bearer(secret)) =>
  fetch(`${url}${path}`, { method: 'POST', body, headers });

const reason = JSON.stringify({ reason: 'disks fill up' });
/** What Alertmanager 0.25 sends. */
const group = (status: 'firing' | 'resolved', more: object = {}) =>
  JSON.stringify({
    version: '4',
    groupKey: '{}:{alertname="BootLoop"}',
    status,
    receiver: 'coxswain',
    externalURL: 'http://alertmanager:9093',
    alerts: [
      {
        status,
        labels: { alertname: 'BootLoop', fleet: 'stable' },
        annotations: { summary: '3 nodes boot\u001b[31m again and again' },
        startsAt: '2026-07-25T17:00:00.000Z',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'http://prometheus:9090/graph',
        fingerprint: 'c0ffee',
        ...more,
      },
    ],
  });

describe('the webhook of a fleet', () => {
  beforeEach(arrange);

  it('halts its rollout with the secret as a token, or with a signature of the body', async () => {
    const answer = await post('testing/halt', reason);
    expect([answer.status, await answer.text()]).toEqual([200, 'halt 1-bb at 50 % (alerts)\n']);
    expect(await paused('testing')).toMatchObject([
      { reason: 'halted: alerts: disks fill up', by: 'webhook alerts' },
    ]);
    expect((await post('stable/halt/calls', reason, sign(reason, other))).status).toBe(200);
    expect(await paused('stable')).toMatchObject([{ reason: 'halted: calls: disks fill up' }]);
  });

  it('takes the JSON of Alertmanager, without its control characters', async () => {
    expect((await post('testing/halt', group('firing'))).status).toBe(200);
    const [{ reason: why = '' } = {}] = await paused('testing');
    expect(why).toMatch(/^halted: alerts: alert BootLoop is firing since 2026-07-25T17:00:00Z: 3 nodes boot/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
    expect(why).not.toMatch(/[\u0000-\u001f]/);
  });

  it('does not overrule a person who resumes: the same alert again changes nothing, a new one halts', async () => {
    await post('testing/halt', group('firing'));
    const order = { fleet: 'testing', by: 'Ada', now };
    const resume = () =>
      project.state.changeFleet(
        'testing',
        'Resume',
        (before) => editState(before, order, { kind: 'resume' }).state,
      );
    await resume();
    expect(await (await post('testing/halt', group('firing'))).text()).toBe('nothing to do\n');
    expect(await paused('testing')).toEqual([]);
    await post('testing/halt', group('firing', { fingerprint: 'another' }));
    expect(await paused('testing')).toHaveLength(1);
    await resume();
    await post('testing/halt', group('resolved'));
    await post('testing/halt', group('firing'));
    expect(await paused('testing')).toHaveLength(1);
    await resume();
    await post('testing/halt', group('firing', { startsAt: '2026-07-26T00:00:00Z' }));
    expect(await paused('testing')).toHaveLength(1);
  });

  it('halts once if many requests come at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('testing/halt', group('firing'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const log = (await project.git.run(['log', '--format=%s', 'coxswain'])).split('\n');
    expect(log.filter((subject) => subject.includes('halt'))).toHaveLength(1);
  });
});

/** What, path, body, headers, status of the answer. */
const refused: readonly (readonly [string, string, string, Record<string, string>, number])[] = [
  ['a request without the secret', 'testing/halt', reason, {}, 401],
  ['a wrong token', 'testing/halt', reason, bearer(`${secret}x`), 401],
  ['half of the token', 'testing/halt', reason, bearer(secret.slice(0, 8)), 401],
  ['an empty token', 'testing/halt', reason, bearer(''), 401],
  ['the secret of another fleet', 'testing/halt', reason, bearer(other), 401],
  ['the signature of another body', 'testing/halt', reason, sign('{}'), 401],
  ['a signature by another secret', 'testing/halt', reason, sign(reason, other), 401],
  ['an old kind of signature', 'testing/halt', reason, { 'x-hub-signature': 'sha1=00' }, 401],
  ['a fleet without a webhook', 'quiet/halt', reason, bearer(secret), 401],
  ['an unknown fleet', 'nope/halt', reason, bearer(secret), 401],
  ['the prototype of all fleets', '__proto__/halt', reason, bearer(secret), 401],
  ['an unknown condition', 'testing/halt/nope', reason, bearer(secret), 404],
  ['no condition if there are two', 'stable/halt', reason, bearer(other), 404],
  ['what is not JSON', 'testing/halt', '<html>', bearer(secret), 400],
  ['nothing', 'testing/halt', '', bearer(secret), 400],
  ['JSON without a reason', 'testing/halt', '{}', bearer(secret), 400],
  ['an unknown status', 'testing/halt', '{"status":"maybe","reason":"x"}', bearer(secret), 400],
  ['a group without alerts', 'testing/halt', '{"version":"4","alerts":[]}', bearer(secret), 400],
  ['a body that is too long', 'testing/halt', `"${'x'.repeat(300_000)}"`, bearer(secret), 413],
];

describe('the webhook refuses', () => {
  beforeEach(arrange);

  it('everything that is not an alert with the secret of this fleet, and halts nothing', async () => {
    for (const [what, path, body, headers, status] of refused) {
      const answer = await post(path, body, headers);
      expect(answer.status, what).toBe(status);
      expect(await answer.text(), what).not.toContain(secret);
    }
    expect([...(await paused('testing')), ...(await paused('stable'))]).toEqual([]);
  });

  it('another method', async () => {
    const answer = await fetch(`${url}testing/halt`, { headers: bearer(secret) });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('the secrets of webhooks', () => {
  const config = (yaml: string) =>
    parseConfig(
      `image: ghcr.io/acme/os\nbase: quay.io/fedora/fedora-coreos:stable\nfleets:\n${yaml}\n`,
      'x.yaml',
    );
  const two =
    '  a-b: { halt-when: [{ name: x, webhook: true }] }\n  c: { halt-when: [{ name: x, webhook: true }] }';

  it('come from the environment, one for each fleet with a webhook', () => {
    expect(secretVariable('a-b.c')).toBe('COXSWAIN_WEBHOOK_SECRET_A_B_C');
    const env = { COXSWAIN_WEBHOOK_SECRET_A_B: secret, COXSWAIN_WEBHOOK_SECRET_C: other };
    expect([...readWebhookSecrets(config(two), env)]).toEqual([
      ['a-b', secret],
      ['c', other],
    ]);
  });

  it.each<[string, string, NodeJS.ProcessEnv, RegExp]>([
    ['there is none', two, {}, /COXSWAIN_WEBHOOK_SECRET_A_B: the webhook of fleet a-b needs a secret/],
    ['one is short', two, { COXSWAIN_WEBHOOK_SECRET_A_B: 'short' }, /at least 16 characters/],
    [
      'two fleets share one',
      two,
      { COXSWAIN_WEBHOOK_SECRET_A_B: secret, COXSWAIN_WEBHOOK_SECRET_C: secret },
      /each could halt the other/,
    ],
    ['no fleet has a webhook', '  c: {}', {}, /no fleet has a webhook/],
  ])('are refused if %s', (_what, yaml, env, says) => {
    expect(() => readWebhookSecrets(config(yaml), env)).toThrow(says);
  });
});
