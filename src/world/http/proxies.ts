import { BlockList, isIP } from 'node:net';
import { InputError } from '../../host/errors.ts';
import { isLoopback } from '../loopback.ts';

/** The proxy for an address, by the environment; undefined if the address is reached directly. */
export type ProxyOf = (target: URL) => URL | undefined;

/**
 * HTTPS_PROXY, HTTP_PROXY and NO_PROXY as Go's programs read them: buildah and skopeo run in the same jobs. The names
 * in small letters count first, as for curl. This machine's own addresses are never asked through a proxy.
 * @throws InputError for a proxy that is not http or https, when it is needed
 */
export function proxiesOf(env: NodeJS.ProcessEnv): ProxyOf {
  return (target) => {
    const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
    const text = (env[name.toLowerCase()] || env[name] || '').trim();
    if (text === '' || isLoopback(target)) return undefined;
    if (isExcepted(target, env.no_proxy || env.NO_PROXY || '')) return undefined;
    return readProxy(text, name);
  };
}

/** A proxy without its password, for messages. */
export function proxyName({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

function readProxy(text: string, name: string): URL {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '') {
    return url;
  }
  throw new InputError({
    field: name,
    problem: 'not a proxy that coxswain can use',
    found: text.replace(/\/\/[^/]*@/, '//…@'),
    expected: 'http://HOST:PORT or http://USER:PASSWORD@HOST:PORT; https:// if the proxy itself speaks TLS',
  });
}

/** Whether NO_PROXY names the host: itself, a domain over it, an address, a network such as 10.0.0.0/8, or `*`. */
function isExcepted(target: URL, list: string): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, bracketed, plain, wanted] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
      const name = bracketed ?? plain ?? entry;
      if (wanted !== undefined && wanted !== port) return false;
      return isIP(host) === 0 ? isDomainOf(host, name) : isInNetwork(host, name);
    });
}

/** `example.com` also means the hosts below it; `.example.com` means only those. */
function isDomainOf(host: string, name: string): boolean {
  const below = name.replace(/^\*?(?=\.)/, '');
  return below.startsWith('.') ? host.endsWith(below) : host === below || host.endsWith(`.${below}`);
}

function isInNetwork(address: string, name: string): boolean {
  const [network = '', prefix] = name.split('/');
  const version = isIP(network);
  if (version === 0 || version !== isIP(address)) return false;
  if (prefix === undefined) return network === address;
  const bits = Number(prefix);
  const most = version === 4 ? 32 : 128;
  if (!Number.isInteger(bits) || bits < 0 || bits > most) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const networks = new BlockList();
  networks.addSubnet(network, bits, family);
  return networks.check(address, family);
}
