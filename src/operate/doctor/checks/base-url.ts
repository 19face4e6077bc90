import { InputError } from '../../../host/errors.ts';
import type { Config } from '../../../project/configuration/config.ts';
import { isChosen, ringsToShow } from '../../../project/configuration/rings.ts';
import type { CheckOf, Problem, Tools } from '../site-check.ts';

/** The variables that Zincati fills in. */
const variables = ['basearch', 'group', 'stream', 'platform'];

/** Each `base_url`, as nodes have it. */
export const baseUrlCheck: CheckOf<'site'> = {
  name: 'base-url',
  of: 'site',
  run: async ({ baseUrls }, tools) => {
    const problems: Problem[] = [];
    for (const baseUrl of baseUrls) problems.push(...(await checkBaseUrl(baseUrl, tools)));
    return problems;
  },
};

/**
 * Judges a `base_url` by its text alone, before anything is asked. Zincati fills in the variables, then joins `v1/graph`
 * as a browser would: without a final slash the last part of the address is lost (zincati src/cincinnati/mod.rs,
 * src/cincinnati/client.rs).
 * @throws InputError if nodes cannot use it, or not for this site
 */
export function requireBaseUrl(baseUrl: string, config: Config): void {
  const refuse = (problem: string, remedy: string) => {
    throw new InputError({ field: '--base-url', problem, found: baseUrl, remedy });
  };
  const unknown = [...baseUrl.matchAll(/\$\{([^}]*)\}/g)]
    .map(([, name = '']) => name)
    .find((name) => !variables.includes(name));
  if (unknown !== undefined) {
    const known = variables.map((name) => `\${${name}}`).join(' ');
    refuse(`Zincati has no variable \${${unknown}}`, `It knows ${known}.`);
  }
  const parsed = URL.parse(baseUrl.replaceAll(/\$\{[^}]*\}/g, 'x'));
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    refuse('not the URL of a web server', 'Give the whole URL, with https://.');
  }
  if (!baseUrl.endsWith('/')) {
    refuse(
      'it does not end in a slash, so that nodes ask for a graph one folder up',
      'End it in a slash, here and on the nodes.',
    );
  }
  const { url } = config.publish;
  if (url === undefined) return;
  for (const architecture of config.architectures) {
    if (fill(baseUrl, config, architecture).startsWith(url)) continue;
    refuse(
      `not below ${url}, the address of this site`,
      'Correct base_url on the nodes, or publish.url in coxswain.yaml.',
    );
  }
}

function fill(baseUrl: string, { stream }: Config, architecture: string): string {
  return baseUrl.replaceAll('${basearch}', architecture).replaceAll('${stream}', stream);
}

/** Looks for the graphs that nodes with this `base_url` ask for. The text itself is checked before. */
async function checkBaseUrl(where: string, { config, files }: Tools): Promise<Problem[]> {
  const { url } = config.publish;
  const problems: Problem[] = [];
  for (const architecture of config.architectures) {
    const filled = fill(where, config, architecture);
    // Only the nodes know which platforms exist.
    if (url === undefined || filled.includes('${platform}')) continue;
    // Fedora's nodes are in the group `default` until their owner changes it; the others are rings.
    const groups = filled.includes('${group}')
      ? ['default', ...ringsToShow(config.rings.filter(isChosen)).map(({ name }) => name)]
      : [''];
    for (const group of groups) {
      const path = `${decodeURIComponent(filled.slice(url.length)).replaceAll('${group}', group)}v1/graph`;
      if ((await files.read(path)) !== undefined) continue;
      problems.push({
        where,
        message: `no graph is published there for ${architecture}${group === '' ? '' : ` and the group ${group}`} (${path})`,
        remedy: 'Check fleet, architecture and ring in it.',
      });
    }
  }
  return problems;
}
