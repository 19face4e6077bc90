import { Dt as parsed, Et as many, Lt as defined, Ut as UsageError, Vt as InputError, Wt as init_errors, X as untilSignal, kt as text, nt as defineVerb, wt as duration } from "../chunks/host.mjs";
import { a as createMetrics, c as createGraphServer, d as folderSource, i as createNodeCounts, l as createAccessLog, n as artifactSource, o as createHaltWebhook, r as openSite, s as readWebhookSecrets, t as urlSource } from "../chunks/operate-serve-graph.mjs";
import { $ as listen, Ma as parseReference, Wr as createRegistryClient, et as parseListenAddress, tt as stopServer, zn as openProject } from "../chunks/shared.mjs";
import { setTimeout } from "node:timers/promises";
init_errors();
const graceMilliseconds = 1e4;
var serve_graph_default = defineVerb({
	summary: "Serve update graphs over HTTP, throttled for each node, from published files",
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
		site: text("folder with the published files, or the URL where they are served", { placeholder: "FOLDER|URL" }),
		"from-oci": many("artifact with the published files of a fleet", { placeholder: "REF" }),
		fleet: many("a fleet to serve; needed with a URL (default: all in the folder)", { placeholder: "NAME" }),
		listen: parsed("where to listen; port 0 takes a free one", (raw, name) => parseListenAddress(raw, `--${name}`), {
			placeholder: "HOST:PORT",
			fallback: "127.0.0.1:8080"
		}),
		refresh: duration("look for new files this often", { fallback: "10s" }),
		webhook: text("halt rollouts on request, by the checkout in this folder and its state branch", { placeholder: "FOLDER" }),
		"access-log": text("append a line of JSON for each request to this file, for coxswain observe", { placeholder: "FILE" }),
		"drain-time": duration("on SIGTERM, answer \"stopping\" on /ready for this long before closing", { fallback: "0s" })
	},
	run: async (inputs, context) => {
		const { log, env, now, json } = context;
		if (inputs.refresh < 1) throw new InputError({
			field: "--refresh",
			problem: "at least 1s is needed"
		});
		const source = openSource({
			...inputs,
			fromOci: inputs["from-oci"]
		}, () => createRegistryClient({
			env,
			log
		}));
		const metrics = createMetrics(Math.floor(Date.now() / 1e3));
		const site = await openSite(source, {
			log,
			metrics,
			now
		});
		let stopping = false;
		const webhook = inputs.webhook === void 0 ? void 0 : await openWebhook(inputs.webhook, context);
		const file = inputs["access-log"];
		const accessLog = file === void 0 ? void 0 : createAccessLog(file, log);
		const server = createGraphServer({
			site,
			metrics,
			nodes: createNodeCounts(),
			...accessLog && { onAnswered: (request) => accessLog.add(request, now()) },
			now,
			ready: () => !stopping,
			...defined({ webhook })
		});
		const signalled = untilSignal();
		const url = await listen(server, inputs.listen);
		log.info(`serving ${[...site.fleets.keys()].join(", ")} from ${source.where}`);
		(json === true ? process.stderr : process.stdout).write(`${url}\n`);
		const timer = setInterval(() => void site.refresh(), inputs.refresh * 1e3);
		const flusher = setInterval(() => void accessLog?.flush(), 1e3);
		const signal = await signalled;
		stopping = true;
		log.info(`${signal}: stopping after the open requests`);
		await setTimeout(inputs["drain-time"] * 1e3);
		clearInterval(timer);
		await stopServer(server, graceMilliseconds);
		clearInterval(flusher);
		await accessLog?.flush();
		return {
			data: {
				url,
				stoppedBy: signal
			},
			text: ""
		};
	}
});
async function openWebhook(folder, { env, log, now }) {
	const { config, state } = await openProject({
		directory: folder,
		env,
		log
	});
	return createHaltWebhook({
		config,
		state,
		secrets: readWebhookSecrets(config, env),
		log,
		now
	});
}
function openSource(options, openClient) {
	const { site, fromOci, fleet } = options;
	if (site === void 0 === (fromOci.length === 0)) throw new UsageError("one of --site and --from-oci is required");
	if (site === void 0) {
		if (fleet.length > 0) throw new UsageError("--fleet belongs to --site: an artifact names its fleet itself");
		return artifactSource(openClient(), fromOci.map((raw) => parseReference(raw, {
			where: "command line",
			field: "--from-oci"
		})));
	}
	if (/^[a-z][a-z+.-]*:\/\//i.test(site)) return urlSource(site, fleet);
	return folderSource(site, fleet);
}
export { serve_graph_default as default };
