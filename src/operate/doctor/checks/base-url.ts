import { isNamed, ringsToShow } from '../../../project/configuration/rings.ts';
import type { CheckOf, Problem, Tools } from '../check.ts';

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
 * Zincati fills in the variables, then joins `v1/graph` as a browser would: without a final slash the last part of the
 * address is lost (zincati src/cincinnati/mod.rs, src/cincinnati/client.rs).
 */
async function checkBaseUrl(where: string, { config, files }: Tools): Promise<Problem[]> {
  const unknown = [...where.matchAll(/\$\{([^}]*)\}/g)]
    .map(([, name = '']) => name)
    .find((name) => !variables.includes(name));
  if (unknown !== undefined) {
    return [
      {
        where,
        message: `Zincati has no variable \${${unknown}}`,
        remedy: `It knows ${variables.map((name) => `\${${name}}`).join(' ')}.`,
      },
    ];
  }
  if (!where.endsWith('/')) {
    return [
      {
        where,
        message: 'it does not end in a slash, so that nodes ask for a graph one folder up',
        remedy: 'End it in a slash.',
      },
    ];
  }
  const { url } = config.publish;
  const problems: Problem[] = [];
  for (const architecture of config.architectures) {
    const filled = where.replaceAll('${basearch}', architecture).replaceAll('${stream}', config.stream);
    if (!URL.canParse(filled.replaceAll(/\$\{[^}]*\}/g, 'x'))) {
      return [{ where, message: 'not a URL', remedy: 'Give the whole URL, with https://.' }];
    }
    if (url !== undefined && !filled.startsWith(url)) {
      return [
        {
          where,
          message: `not below ${url}, where this site is published`,
          remedy: 'Correct base_url on the nodes, or publish.url in coxswain.yaml.',
        },
      ];
    }
    // Only the nodes know which platforms exist.
    if (url === undefined || filled.includes('${platform}')) continue;
    // Fedora's nodes are in the group `default` until their owner changes it; the others are rings.
    const groups = filled.includes('${group}')
      ? [
          'default',
          ...ringsToShow(config.rings.filter((ring) => isNamed(ring) || ring.isSlice)).map(
            ({ name }) => name,
          ),
        ]
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
