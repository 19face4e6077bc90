import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withTemporaryFolder } from '../../../src/host/files.ts';
import { findLogs } from '../../../src/operate/observe/open-log.ts';
import type { ReadLog } from '../../../src/operate/observe/read-log.ts';
import { combined, day, logOf, now, observeText, payloadOf, targetOf, uuidOf, versions } from './logs.ts';

// Each line is in the format as its program writes it, at 2026-11-30T11:58:20Z.
const target = targetOf(1, versions[2]);
const query = target.slice(target.indexOf('?') + 1);
const at = now - 100;

const formats: Readonly<Record<string, { readonly format: string; readonly text: string }>> = {
  'common (Apache)': {
    format: 'common log format',
    text: `203.0.113.9 - - [30/Nov/2026:11:58:20 +0000] "GET ${target} HTTP/1.1" 200 48211\n`,
  },
  'combined (nginx)': {
    format: 'common log format',
    text: `203.0.113.9 - - [30/Nov/2026:12:58:20 +0100] "GET ${target} HTTP/1.1" 200 48211 "-" "curl/8 \\"x\\""\n`,
  },
  'combined with a virtual host, IPv6 and CRLF': {
    format: 'common log format',
    text: `os.example.com:443 [2001:db8::1] - - [30/Nov/2026:06:28:20 -0530] "GET ${target} HTTP/2.0" 200 48211 "-" "-" 0.001\r\n`,
  },
  'server access log of S3': {
    format: 'common log format',
    text: `79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be acme-os [30/Nov/2026:11:58:20 +0000] 192.0.2.3 - 3E57427F3EXAMPLE WEBSITE.GET.OBJECT os/stable/x86_64/v1/graph "GET ${target} HTTP/1.1" 200 - 48211 48211 7 6 "-" "-" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV2 - - - -\n`,
  },
  'JSON lines (nginx)': {
    format: 'JSON lines',
    text: `{"time":"2026-11-30T11:58:20+00:00","remote_addr":"203.0.113.9","request_uri":"${target}","status":"200"}\n`,
  },
  'JSON lines (nginx, path and query apart)': {
    format: 'JSON lines',
    text: `{"msec":"1796039900.123","uri":"/os/stable/x86_64/v1/graph","args":"${query}","status":200}\n`,
  },
  'JSON lines (Caddy)': {
    format: 'JSON lines',
    text: `{"level":"info","ts":1796039900.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"203.0.113.9","method":"GET","host":"os.example.com","uri":"${target}"},"duration":0.0004,"size":48211,"status":200}\n`,
  },
  'JSON lines (Traefik)': {
    format: 'JSON lines',
    text: `{"ClientHost":"203.0.113.9","DownstreamStatus":200,"RequestMethod":"GET","RequestPath":"${target}","StartUTC":"2026-11-30T11:58:20.123456789Z","level":"info"}\n`,
  },
  CloudFront: {
    format: 'CloudFront',
    text: `#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie)\n2026-11-30\t11:58:20\tFRA2-C1\t48211\t203.0.113.9\tGET\td111111abcdef8.cloudfront.net\t/os/stable/x86_64/v1/graph\t200\t-\t-\t${query.replaceAll('%', '%25')}\t-\n`,
  },
};

describe('a log', () => {
  it.each(Object.entries(formats))('is read in the format %s', async (_name, { format, text }) => {
    const { fleets, logs } = await observeText(text);
    expect(logs[0]).toMatchObject({ format, graphs: 1, unreadable: 0 });
    expect(fleets[0]).toMatchObject({
      nodes: 1,
      lastRequest: at,
      releases: [{ version: versions[2], nodes: 1 }],
      rings: [{ ring: 'no ring', nodes: 1 }],
      missing: [],
    });
  });

  it('may have its own names of fields', async () => {
    const line = `{"when":1796039900000,"http":{"target":"${target}"}}\n`;
    const fields = { time: ['when'], uri: ['http.target'], query: [], status: [] };
    expect((await observeText(line, { fields })).fleets[0]?.nodes).toBe(1);
    await expect(observeText(line)).rejects.toThrow(
      /access.log: nothing could be read: none of its 1 lines .*--field/,
    );
  });

  it('may be packed, and in several members, and may end early: what is before counts', async () => {
    await withTemporaryFolder('logs', async (folder) => {
      const [one, other] = [combined(at, targetOf(1, versions[2])), combined(at, targetOf(2, versions[1]))];
      const file = join(folder, 'access.log.1.gz');
      await writeFile(file, Buffer.concat([gzipSync(one), gzipSync(other)]));
      await writeFile(join(folder, '.hidden'), combined(at, targetOf(3, versions[1])));
      const read = async (path: string) => observeText(await findLogs([path], () => process.stdin));
      expect((await read(folder)).fleets[0]?.nodes).toBe(2);
      const many = Array.from({ length: 20_000 }, (_, node) => combined(at, targetOf(node, versions[2])));
      const packed = gzipSync(many.join(''));
      await writeFile(file, packed.subarray(0, packed.length / 2));
      const { fleets, logs } = await read(file);
      expect(logs[0]?.cut).toMatch(/unexpected end of file/);
      expect(fleets[0]?.nodes).toBeGreaterThan(1000);
      expect(fleets[0]?.nodes).toBeLessThan(20_000);
    });
  });

  it('is never stopped at a bad line, and each is counted', async () => {
    const good = combined(at, targetOf(1, versions[2]));
    const text = [
      'garbage \u001b[31m\n',
      good,
      `${good.slice(0, 60)}\n`,
      good.replace('30/Nov', '31/Nov'),
      good.replace('30/Nov', '30/Foo'),
      `${'x'.repeat(100_000)}\n`,
      '{"time":1}\n',
      '\n',
      '203.0.113.9 - - [30/Nov/2026:11:58:20 +0000] "\\x16\\x03\\x01" 400 0 "-" "-"\n',
      good.replace('HTTP/1.1" 200', 'HTTP/1.1" 2'),
      combined(at, '/favicon.ico', 404),
      combined(at, targetOf(2, versions[2])).trimEnd(),
    ].join('');
    const { fleets, logs } = await observeText(text);
    expect(logs[0]).toMatchObject({
      lines: 11,
      graphs: 2,
      unreadable: 7,
      firstUnreadable: 1,
    } satisfies Partial<ReadLog>);
    expect(fleets[0]?.nodes).toBe(2);
  });

  it('is refused if no line of it can be read', async () => {
    await expect(observeText('one\ntwo\n')).rejects.toThrow(/none of its 2 lines is in a known format/);
    await expect(observeText('')).rejects.toThrow(/it is empty/);
    await expect(findLogs(['/nonexistent'], () => process.stdin)).rejects.toThrow(
      /this file or folder does not exist/,
    );
  });

  it('gives the same numbers however its bytes arrive', async () => {
    const text = Array.from({ length: 200 }, (_, index) =>
      combined(
        now - day - index,
        targetOf(index % 37, versions[index % 3] as string),
        index % 50 === 0 ? 404 : 200,
      ),
    ).join('');
    const whole = await observeText(text);
    for (const chunk of [1, 7, 333, 4096]) {
      expect(await observeText([logOf(text, { chunk })])).toEqual(whole);
    }
  });

  it('gives no identifier and no address away', async () => {
    const text =
      combined(at, targetOf(1, versions[2])) +
      combined(at, targetOf(2, 'x', { path: '/stabel/v1/graph' }), 404);
    const answer = JSON.stringify(await observeText(text));
    for (const secret of [uuidOf(1), uuidOf(2), '203.0.113.9']) expect(answer).not.toContain(secret);
    expect(answer).not.toContain(payloadOf(versions[2]));
  });
});
