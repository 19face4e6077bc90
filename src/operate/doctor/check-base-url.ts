import type { Config } from '../../project/configuration/config.ts';
import type { Finding } from './finding.ts';
import type { PublishedFiles } from './published-files.ts';

/**
 * Looks at a `base_url` as nodes have it. Zincati replaces `${…}` in it and joins `v1/graph` as a browser would
 * (zincati src/cincinnati/mod.rs, src/cincinnati/client.rs): without a final slash the last part is lost.
 */
export async function checkBaseUrl(
  options: { readonly config: Config; readonly files: PublishedFiles },
  baseUrl: string,
): Promise<Finding[]> {
  const { config, files } = options;
  const finding = (message: string, remedy: string, severity: Finding['severity'] = 'error'): Finding[] => [
    { severity, check: 'base-url', where: baseUrl, message, remedy },
  ];
  const known = ['basearch', 'group', 'stream', 'platform'];
  const unknown = [...baseUrl.matchAll(/\$\{([^}]*)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    return finding(
      `Zincati has no variable \${${unknown[0]}}`,
      `It knows ${known.map((name) => `\${${name}}`).join(' ')}.`,
    );
  }
  if (!baseUrl.endsWith('/')) {
    return finding(
      'it does not end in a slash, so that nodes ask for a graph one folder up',
      'End it in a slash.',
    );
  }
  const { url } = config.publish;
  const findings: Finding[] = [];
  for (const architecture of config.architectures) {
    const filled = baseUrl.replaceAll('${basearch}', architecture).replaceAll('${stream}', config.stream);
    if (!URL.canParse(filled.replaceAll(/\$\{[^}]*\}/g, 'x')))
      return finding('not a URL', 'Give the whole URL, with https://.');
    if (url !== undefined && !filled.startsWith(url)) {
      return finding(
        `not below ${url}, where this site is published`,
        'Put base_url on the nodes right, or publish.url in coxswain.yaml.',
      );
    }
    // Which groups and platforms there are, only the nodes know.
    if (url === undefined || filled.includes('${')) continue;
    const path = `${decodeURIComponent(filled.slice(url.length))}v1/graph`;
    if ((await files.read(path)) === undefined) {
      findings.push(
        ...finding(
          `no graph is published there for ${architecture} (${path})`,
          'Check fleet, architecture and ring in it.',
        ),
      );
    }
  }
  return findings;
}

/** Where the site is served. */
export function checkPublishUrl({ publish: { url } }: Config): Finding[] {
  if (url === undefined) return [];
  const { protocol, hostname } = new URL(url);
  const loopback = /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(hostname);
  if (protocol === 'https:' || loopback) return [];
  return [
    {
      severity: 'error',
      check: 'base-url',
      where: 'coxswain.yaml publish.url',
      message:
        'plain HTTP: whoever is on the way can hold updates back, or send nodes to any image of the repository',
      remedy: 'Serve the files over https.',
    },
  ];
}
