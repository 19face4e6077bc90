import type { CheckOf } from '../site-check.ts';

/** The site must be served over https. */
export const plainHttpCheck: CheckOf<'site'> = {
  name: 'base-url',
  of: 'site',
  run: (_, { config }) => {
    const { url } = config.publish;
    if (url === undefined) return [];
    const { protocol, hostname } = new URL(url);
    const loopback = /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(hostname);
    if (protocol === 'https:' || loopback) return [];
    return [
      {
        where: 'coxswain.yaml publish.url',
        message:
          'plain HTTP: anyone on the network path can hold updates back, or send nodes to any image of the repository',
        remedy: 'Serve the files over https.',
      },
    ];
  },
};
