import { connect } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProject, recordRelease, type TestProject } from '../../support/project.ts';
import { keepForAllTests } from '../../support/repository.ts';
import { ask, signIn, startBridge, type TestBridge } from './support.ts';

const now = 1_785_000_000;
let project: TestProject;
let bridge: TestBridge;

// No test of this file changes it.
beforeAll(async () => {
  project = await createProject('127.0.0.1:9');
  const rollout = { start_percentage: 1 };
  await recordRelease(project, 'testing', { version: '1-aa', time: now - 360_000, metadata: { rollout } });
  await recordRelease(project, 'testing', { version: '1-bb', time: now - 43_200 });
  keepForAllTests();
});
beforeEach(async () => {
  bridge = await startBridge(project, { now: () => now });
});
afterEach(() => bridge.stop());

const tip = () => project.git.run(['rev-parse', 'coxswain']);

describe('the way in', () => {
  it('is a token that counts once, for a cookie that scripts and other sites cannot use', async () => {
    const { entered, cookie, get } = await signIn(bridge);
    expect(entered.status).toBe(200);
    expect(entered.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^coxswain-bridge-[\\w-]+=[\\w-]{43}; Path=${bridge.root}; HttpOnly; SameSite=Strict$`),
    );
    expect(cookie).not.toContain(bridge.token);
    expect(entered.body).not.toContain(bridge.token);
    expect((await get(bridge.root)).body).toContain('You act as <strong>Ada</strong>');
    const file = await get(`${bridge.root}testing/updates.json`);
    expect(file.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(JSON.parse(file.body)).toMatchObject({ releases: [{ version: '1-aa' }, { version: '1-bb' }] });
    const again = await ask(bridge, `${bridge.root}enter?token=${bridge.token}`);
    expect(again.status).toBe(403);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(again.body).toContain('It counts once');
  });

  it.each(['', 'x', `${'A'.repeat(43)}`])('refuses the token %j', async (token) => {
    const { status, headers } = await ask(bridge, `${bridge.root}enter?token=${token}`);
    expect(status).toBe(403);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('shows nothing without the cookie, and never logs the token', async () => {
    for (const place of ['', 'head', 'act/testing/pause', 'preview/x', 'done/x', 'testing/updates.json']) {
      const { status, body } = await ask(bridge, `${bridge.root}${place}`);
      expect(status).toBe(401);
      expect(body).not.toContain('1-bb');
    }
    expect((await ask(bridge, '/')).status).toBe(404);
    await signIn(bridge);
    expect(bridge.logged.join()).not.toContain(bridge.token);
  });

  it('forbids every answer to be stored, framed or followed, and every script except its own', async () => {
    const { get } = await signIn(bridge);
    for (const path of [bridge.root, `${bridge.root}act/testing/pause`, `${bridge.root}nowhere`, '/']) {
      const { headers, body } = await get(path);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
      expect(
        [...body.matchAll(/<(?:script|style)\b([^>]*)>/g)].every(([, rest]) =>
          rest?.includes(`nonce="${nonce}"`),
        ),
      ).toBe(true);
    }
    const [one, other] = [await get(bridge.root), await get(bridge.root)];
    expect(one.headers['content-security-policy']).not.toBe(other.headers['content-security-policy']);
  });
});

const hold = { action: 'hold', fleet: 'testing', reason: 'attack' };

/** What an attacker changes of a form that is otherwise right. */
const attacks: ReadonlyArray<
  readonly [
    name: string,
    status: number,
    headers: Readonly<Record<string, string>>,
    fields: Readonly<Record<string, string>>,
  ]
> = [
  ['a form of another origin', 403, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, {}],
  [
    'a form of another port of this machine',
    403,
    { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' },
    {},
  ],
  ['another origin that hides where it is', 403, { origin: 'null', 'sec-fetch-site': 'cross-site' }, {}],
  [
    'another origin in a browser without Sec-Fetch-Site',
    403,
    { origin: 'http://evil.example', 'sec-fetch-site': '' },
    {},
  ],
  ['a foreign name for this machine (DNS rebinding)', 421, { host: 'evil.example' }, {}],
  ['a foreign name with the right port', 421, { host: 'evil.example:PORT' }, {}],
  ['no cookie', 401, { cookie: '' }, {}],
  ['a cookie that was guessed', 401, { cookie: 'coxswain-bridge=x' }, {}],
  ['no form token', 403, {}, { 'form-token': '' }],
  ['a form token that was guessed', 403, {}, { 'form-token': 'A'.repeat(43) }],
  ['JSON', 415, { 'content-type': 'application/json' }, {}],
  ['a simple type that needs no permission', 415, { 'content-type': 'text/plain' }, {}],
];

describe('a request that is not the operator’s', () => {
  it.each(attacks)('is refused, and changes nothing: %s', async (_, status, headers, fields) => {
    const { post, preview } = await signIn(bridge);
    const { id } = await preview('testing', 'hold', { reason: 'seen' });
    const before = await tip();
    const port = new URL(bridge.origin).port;
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)]),
    );
    for (const [place, form] of [
      ['preview', hold],
      ['confirm', { preview: id }],
    ] as const) {
      const answer = await post(place, { ...form, ...fields }, sent);
      expect(answer.status).toBe(status);
      expect(answer.body).toMatch(/Refused|not signed in/);
    }
    expect(await tip()).toBe(before);
  });

  it('is accepted from our own page, which says Origin: null because it sends no referrer', async () => {
    const { post } = await signIn(bridge);
    const answer = await post('preview', hold, { origin: 'null', 'sec-fetch-site': 'same-origin' });
    expect(answer.status).toBe(303);
  });

  it.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
    'gets 405 for %s, without any word about other origins',
    async (method) => {
      const { cookie } = await signIn(bridge);
      const { status, headers } = await ask(bridge, bridge.root, {
        method,
        headers: { cookie, origin: 'https://evil.example' },
      });
      expect(status).toBe(405);
      expect(headers.allow).toBe('GET, HEAD, POST');
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );

  it('changes nothing by GET', async () => {
    const { get, preview } = await signIn(bridge);
    const { id } = await preview('testing', 'hold', { reason: 'seen' });
    const before = await tip();
    expect((await get(`${bridge.root}confirm?preview=${id}&form-token=${bridge.formToken}`)).status).toBe(
      404,
    );
    expect(await tip()).toBe(before);
  });

  it('is cut off when its form is too long', async () => {
    const { post } = await signIn(bridge);
    const answer = await post('preview', { ...hold, reason: 'x'.repeat(100_000) }).catch(() => ({
      status: 0,
    }));
    expect([413, 0]).toContain(answer.status);
    expect((await signedInAgain()).status).toBe(200);
  });

  it('cannot make the bridge end by what it sends', async () => {
    const { get } = await signIn(bridge);
    for (const path of [
      'act/%E0%A4%A/pause',
      'act/testing/none',
      'act/__proto__/pause',
      'preview/../../x',
      '%00',
      'act',
    ]) {
      expect((await get(`${bridge.root}${path}`)).status).toBe(404);
    }
    const port = Number(new URL(bridge.origin).port);
    for (const text of ['GET / HTTP/9.9\r\n\r\n', 'POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n']) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        socket.on('data', () => socket.end());
        socket.on('close', () => resolve());
        socket.on('error', () => resolve());
      });
    }
    expect((await get(bridge.root)).status).toBe(200);
  });
});

async function signedInAgain() {
  const other = await startBridge(project, { now: () => now });
  const { get } = await signIn(other);
  const answer = await get(other.root);
  await other.stop();
  return answer;
}
