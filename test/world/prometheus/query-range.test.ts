import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queryRange } from '../../../src/world/prometheus/query-range.ts';
import { type AnsweringServer, matrixOf, startAnsweringServer } from '../../support/answering-server.ts';

let server: AnsweringServer;

beforeAll(async () => {
  server = await startAnsweringServer();
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(() => server.stop());

const wanted = () => ({ url: server.url, query: 'sum(up)', from: 100, to: 160, step: 30 });

function reply(body: string, status = 200, headers: Readonly<Record<string, string>> = {}): void {
  server.answer = (_, response) => void response.writeHead(status, headers).end(body);
}

const success = (data: unknown) => JSON.stringify({ status: 'success', data });

describe('a question to Prometheus', () => {
  it('is answered by the values of one series, of any kind of number', async () => {
    reply(
      matrixOf([
        [100, '1.5'],
        [130, '1e-05'],
        [160, 'NaN'],
        [190, '-Inf'],
      ]),
    );
    expect(await queryRange(wanted())).toEqual([
      { time: 100, value: 1.5 },
      { time: 130, value: 0.00001 },
      { time: 160, value: Number.NaN },
      { time: 190, value: Number.NEGATIVE_INFINITY },
    ]);
    const { pathname, searchParams } = new URL(server.requests[0]?.path ?? '', server.url);
    expect(pathname).toBe('/api/v1/query_range');
    expect(Object.fromEntries(searchParams)).toEqual({
      query: 'sum(up)',
      start: '100',
      end: '160',
      step: '30',
    });
  });

  it.each<[string, string, number, RegExp]>([
    [
      'an error',
      '{"status":"error","errorType":"bad_data","error":"parse error: at char 3"}',
      400,
      /400: parse error/,
    ],
    ['an error with status 200', '{"status":"error","error":"overloaded"}', 200, /overloaded/],
    ['a refusal', 'Unauthorized', 401, /401/],
    ['a failure', 'boom', 503, /503/],
    ['nothing', '', 200, /not JSON/],
    ['HTML of a proxy', '<html>log in</html>', 200, /not JSON: <html>/],
    ['no series', matrixOf(), 200, /no value/],
    ['a series without values', matrixOf([]), 200, /no value/],
    ['several series', matrixOf([[160, '1']], [[160, '2']]), 200, /2 series: aggregate/],
    ['a string', success({ resultType: 'string', result: [160, 'x'] }), 200, /resultType/],
    [
      'a vector',
      success({ resultType: 'vector', result: [{ metric: {}, value: [160, '1'] }] }),
      200,
      /resultType/,
    ],
    [
      'a value that is a number of JSON',
      success({ resultType: 'matrix', result: [{ values: [[160, 1]] }] }),
      200,
      /not an answer/,
    ],
    ['a value that is a word', matrixOf([[160, 'many']]), 200, /many is not a number/],
    ['a hexadecimal value', matrixOf([[160, '0x10']]), 200, /not a number/],
    ['an empty value', matrixOf([[160, '']]), 200, /not a number/],
    [
      'a partial answer',
      JSON.stringify({ ...JSON.parse(matrixOf([[160, '9']])), warnings: ['1 store is down'] }),
      200,
      /1 store is down/,
    ],
    ['half of an answer', matrixOf([[160, '9']]).slice(0, -5), 200, /not JSON/],
    ['another document', '[1, 2]', 200, /not an answer/],
  ])('is not answered by %s', async (_what, body, status, says) => {
    reply(body, status);
    const asked = queryRange(wanted());
    await expect(asked).rejects.toThrow(says);
    await expect(asked).rejects.toThrow(/counts neither as trouble nor as health/);
    await expect(asked).rejects.toMatchObject({ name: 'OutsideError' });
  });

  it('is not answered by a redirect, which is not followed', async () => {
    reply('', 302, { location: `${server.url}elsewhere` });
    await expect(queryRange(wanted())).rejects.toThrow(/302/);
    expect(server.requests).toHaveLength(1);
  });

  it('is given up if no answer comes in time, also if it never ends', async () => {
    server.answer = () => {};
    await expect(queryRange(wanted(), { patience: 100 })).rejects.toThrow(/in time/);
    server.answer = (_, response) => void response.writeHead(200).write('{');
    await expect(queryRange(wanted(), { patience: 100 })).rejects.toThrow(/in time/);
    server.answer = (request) => void request.socket.destroy();
    await expect(queryRange(wanted())).rejects.toThrow(/asking http/);
  });

  it('is given up if the answer is too long', async () => {
    server.answer = (_, response) => void response.end(' '.repeat(5_000_000));
    await expect(queryRange(wanted())).rejects.toThrow(/longer than/);
  });

  it('carries credentials only to the origin that they are for', async () => {
    reply(matrixOf([[160, '1']]));
    const authorization = 'Bearer secret';
    await queryRange(wanted(), { credentials: { origin: new URL(server.url).origin, authorization } });
    await queryRange(wanted(), { credentials: { origin: 'http://127.0.0.1:1', authorization } });
    await queryRange(wanted());
    expect(server.requests.map((each) => each.authorization)).toEqual([authorization, undefined, undefined]);
  });
});
