import { describe, expect, it } from 'vitest';
import { proxiesOf } from '../../../src/world/http/proxies.ts';

const proxy = 'http://proxy.example:3128';
const through = (target: string, env: NodeJS.ProcessEnv) => proxiesOf(env)(new URL(target))?.href;

describe('the proxy for an address', () => {
  it('is HTTPS_PROXY for https and HTTP_PROXY for http; small letters count first', () => {
    const env = { HTTPS_PROXY: proxy, HTTP_PROXY: 'other.example:8080', http_proxy: 'small.example:1' };
    expect(through('https://quay.io/v2/', env)).toBe(`${proxy}/`);
    expect(through('http://prometheus.example/', env)).toBe('http://small.example:1/');
    expect(through('https://quay.io/v2/', { HTTP_PROXY: proxy })).toBeUndefined();
    expect(through('https://quay.io/v2/', { HTTPS_PROXY: '' })).toBeUndefined();
  });

  it.each(['http://127.0.0.1:5000/', 'http://localhost:5000/', 'https://[::1]:5000/', 'http://127.8.9.1/'])(
    'is never asked for %s, an address of this machine',
    (target) => {
      expect(through(target, { HTTP_PROXY: proxy, HTTPS_PROXY: proxy })).toBeUndefined();
    },
  );

  it.each([
    ['*', 'quay.io', true],
    ['quay.io', 'quay.io', true],
    ['quay.io', 'cdn01.quay.io', true],
    ['quay.io', 'notquay.io', false],
    ['.quay.io', 'cdn01.quay.io', true],
    ['.quay.io', 'quay.io', false],
    ['*.quay.io', 'cdn01.quay.io', true],
    ['QUAY.IO', 'quay.io', true],
    ['a.example, quay.io', 'quay.io', true],
    ['quay.io:443', 'quay.io', true],
    ['quay.io:8443', 'quay.io', false],
    ['10.0.0.0/8', '10.20.30.40', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/99', '10.0.0.1', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['0.0.1.2', '10.0.1.2', false],
    ['fd00::/8', '[fd00::12]', true],
    ['[fd00::12]:443', '[fd00::12]', true],
    ['fd00::12', '[fd00::13]', false],
    ['', 'quay.io', false],
  ])('with NO_PROXY=%s, %s is reached directly: %s', (list, host, directly) => {
    const found = through(`https://${host}/v2/`, { HTTPS_PROXY: proxy, NO_PROXY: list });
    expect(found === undefined).toBe(directly);
  });

  it.each(['socks5://ada:hidden-word@proxy.example:1080', 'http://', '://'])(
    'is refused if it is %s, and its password is not shown',
    (text) => {
      const ask = () => through('https://quay.io/', { HTTPS_PROXY: text });
      expect(ask).toThrow(/HTTPS_PROXY: not a proxy that coxswain can use.*expected http:\/\/HOST:PORT/s);
      expect(ask).not.toThrow(/hidden-word/);
    },
  );
});
