import { afterAll, beforeAll, expect, it } from 'vitest';
import { prometheusCheck } from '../../../src/operate/doctor/checks/prometheus.ts';
import type { Tools } from '../../../src/operate/doctor/site-check.ts';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { type AnsweringServer, matrixOf, startAnsweringServer } from '../../support/answering-server.ts';

const now = 1_785_000_000;
let server: AnsweringServer;
beforeAll(async () => {
  server = await startAnsweringServer();
});
afterAll(() => server.stop());

async function examine(url: string, token?: string) {
  const config = parseConfig(
    `image: 127.0.0.1:9/os
base: 127.0.0.1:9/fcos:stable
fleets:
  stable:
    halt-when:
      - { name: errors, prometheus: { url: "${url}", query: sum(errors), above: 5 } }
      - { name: alerts, webhook: true }
`,
    'coxswain.yaml',
  );
  const prometheus =
    token === undefined ? undefined : { origin: new URL(url).origin, authorization: `Bearer ${token}` };
  const site = { baseUrls: [], nodeReferences: [], fleets: [] };
  return prometheusCheck.run(site, { config, now, prometheus } as unknown as Tools);
}

it('accepts a condition that has a value, and asks it as watch-fleet would, with its credentials', async () => {
  server.answer = (_, response) => void response.end(matrixOf([[now, '0']]));
  expect(await examine(server.url, 'secret')).toEqual([]);
  expect(server.requests).toMatchObject([
    { path: expect.stringContaining('query=sum%28errors%29'), authorization: 'Bearer secret' },
  ]);
});

it.each<[string, number, string, RegExp]>([
  [
    'a query that the server refuses',
    400,
    '{"status":"error","error":"parse error: x"}',
    /400: parse error: x$/,
  ],
  ['a query without a value', 200, matrixOf(), /gives no value$/],
  ['a value that is not a number', 200, matrixOf([[now, 'NaN']]), /is NaN, which counts neither/],
  ['a server that wants other credentials', 401, '', /it answers 401$/],
])('reports %s', async (_, status, body, message) => {
  server.answer = (_request, response) => void response.writeHead(status).end(body);
  expect(await examine(server.url)).toMatchObject([
    { severity: 'warning', where: 'fleets.stable.halt-when errors', message: expect.stringMatching(message) },
  ]);
});

it('reports a server that cannot be reached', async () => {
  expect(await examine('http://127.0.0.1:9/')).toMatchObject([
    { message: expect.stringContaining('cannot be asked') },
  ]);
});
