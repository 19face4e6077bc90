import { setTimeout as sleep } from 'node:timers/promises';
import { duration, many, parsed, text } from '../cli/inputs.ts';
import { type Context, defineVerb } from '../cli/verb.ts';
import { untilSignal } from '../host/cleanup.ts';
import { defined } from '../host/defined.ts';
import { InputError, UsageError } from '../host/errors.ts';
import { createAccessLog } from '../operate/serve-graph/access-log.ts';
import type { SiteSource } from '../operate/serve-graph/fleet-source.ts';
import { createGraphServer } from '../operate/serve-graph/graph-server.ts';
import {
  createHaltWebhook,
  type HaltWebhook,
  readWebhookSecrets,
} from '../operate/serve-graph/halt-webhook.ts';
import { createMetrics } from '../operate/serve-graph/metrics.ts';
import { createNodeCounts } from '../operate/serve-graph/node-counts.ts';
import { openSite } from '../operate/serve-graph/served-site.ts';
import { artifactSource } from '../operate/serve-graph/site-artifact.ts';
import { folderSource } from '../operate/serve-graph/site-folder.ts';
import { urlSource } from '../operate/serve-graph/site-url.ts';
import { openProject } from '../release/project.ts';
import { listen, parseListenAddress, stopServer } from '../world/http/listen.ts';
import { createRegistryClient } from '../world/registry/client.ts';
import { parseReference } from '../world/registry/reference.ts';

const graceMilliseconds = 10_000;

export default defineVerb({
  summary: 'Serve update graphs over HTTP, throttled for each node, from published files',
  about: `
A Cincinnati server like Fedora's, for those who prefer a server to rings: it answers /<fleet>/v1/graph, and
/v1/graph if there is only one fleet. It stores nothing, so you can run several behind a load balancer. Also: /metrics
for Prometheus, with the nodes of the last day by release; /health, /ready. It prints its URL when it is ready, and
stops on SIGTERM after the open requests.

With --webhook it takes POST /<fleet>/halt too, for halt-when: Alertmanager's JSON or {"reason": "…"}, with the secret of the fleet in
COXSWAIN_WEBHOOK_SECRET_<FLEET>, as a bearer token or as GitHub signs.

  coxswain serve-graph --site site --listen 0.0.0.0:8080
  coxswain serve-graph --site https://acme.github.io/os/ --fleet stable
  coxswain serve-graph --from-oci ghcr.io/acme/os:updates-stable`,
  inputs: {
    site: text('folder with the published files, or the URL where they are served', {
      placeholder: 'FOLDER|URL',
    }),
    'from-oci': many('artifact with the published files of a fleet', { placeholder: 'REF' }),
    fleet: many('a fleet to serve; needed with a URL (default: all in the folder)', { placeholder: 'NAME' }),
    listen: parsed(
      'where to listen; port 0 takes a free one',
      (raw, name) => parseListenAddress(raw, `--${name}`),
      {
        placeholder: 'HOST:PORT',
        fallback: '127.0.0.1:8080',
      },
    ),
    refresh: duration('look for new files this often', { fallback: '10s' }),
    webhook: text('halt rollouts on request, by the checkout in this folder and its state branch', {
      placeholder: 'FOLDER',
    }),
    'access-log': text('append a line of JSON for each request to this file, for coxswain observe', {
      placeholder: 'FILE',
    }),
    'drain-time': duration('on SIGTERM, answer "stopping" on /ready for this long before closing', {
      fallback: '0s',
    }),
  },
  run: async (inputs, context) => {
    const { log, env, now, json } = context;
    if (inputs.refresh < 1) throw new InputError({ field: '--refresh', problem: 'at least 1s is needed' });
    const source = openSource({ ...inputs, fromOci: inputs['from-oci'] }, () =>
      createRegistryClient({ env, log }),
    );
    const metrics = createMetrics(Math.floor(Date.now() / 1000));
    const site = await openSite(source, { log, metrics, now });
    let stopping = false;
    const webhook = inputs.webhook === undefined ? undefined : await openWebhook(inputs.webhook, context);
    const file = inputs['access-log'];
    const accessLog = file === undefined ? undefined : createAccessLog(file, log);
    const server = createGraphServer({
      site,
      metrics,
      nodes: createNodeCounts(),
      ...(accessLog && { onAnswered: (request) => accessLog.add(request, now()) }),
      now,
      ready: () => !stopping,
      ...defined({ webhook }),
    });
    const signalled = untilSignal();
    const url = await listen(server, inputs.listen);
    log.info(`serving ${[...site.fleets.keys()].join(', ')} from ${source.where}`);
    // The caller waits for this line; the answer of the verb comes at the end.
    (json === true ? process.stderr : process.stdout).write(`${url}\n`);
    const timer = setInterval(() => void site.refresh(), inputs.refresh * 1000);

    const flusher = setInterval(() => void accessLog?.flush(), 1000);

    const signal = await signalled;
    stopping = true;
    log.info(`${signal}: stopping after the open requests`);
    await sleep(inputs['drain-time'] * 1000);
    clearInterval(timer);
    await stopServer(server, graceMilliseconds);
    clearInterval(flusher);
    await accessLog?.flush();
    return { data: { url, stoppedBy: signal }, text: '' };
  },
});

async function openWebhook(folder: string, { env, log, now }: Context): Promise<HaltWebhook> {
  const { config, state } = await openProject({ directory: folder, env, log });
  return createHaltWebhook({ config, state, secrets: readWebhookSecrets(config, env), log, now });
}

function openSource(
  options: {
    readonly site: string | undefined;
    readonly fromOci: readonly string[];
    readonly fleet: readonly string[];
  },
  openClient: () => Parameters<typeof artifactSource>[0],
): SiteSource {
  const { site, fromOci, fleet } = options;
  if ((site === undefined) === (fromOci.length === 0)) {
    throw new UsageError('one of --site and --from-oci is required');
  }
  if (site === undefined) {
    if (fleet.length > 0)
      throw new UsageError('--fleet belongs to --site: an artifact names its fleet itself');
    return artifactSource(
      openClient(),
      fromOci.map((raw) => parseReference(raw, { where: 'command line', field: '--from-oci' })),
    );
  }
  if (/^[a-z][a-z+.-]*:\/\//i.test(site)) return urlSource(site, fleet);
  return folderSource(site, fleet);
}
