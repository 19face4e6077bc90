import { A as messageOf, C as formatDuration, D as InputError, O as OutsideError, y as readFileIfThere } from "./host.mjs";
import { A as parseReference, C as atTag, E as formatRepository, M as sameRepository, P as architectures, T as formatReference, _ as imageTimestamp, p as NotFoundError, t as rememberingClient, v as readImage, y as isIndex } from "./world-registry.mjs";
import { i as findEvidence, n as findAcceptance } from "./release-evidence.mjs";
import { B as buildGraph, C as parseReleaseIndex, H as parseGraph, I as parseUpdateMetadata, U as nodeKeys, V as formatGraph, c as addAliases, l as aliasesOf, p as throttleGraph } from "./guidance.mjs";
import { o as neededDigests } from "./release.mjs";
import { m as graphPath, u as readFleetArtifact } from "./release-published.mjs";
import { join } from "node:path";
// src/operate/doctor/check-base-url.ts
/**
* Looks at a `base_url` as nodes have it. Zincati replaces `${…}` in it and joins `v1/graph` as a browser would
* (zincati src/cincinnati/mod.rs, src/cincinnati/client.rs): without a final slash the last part is lost.
*/
async function checkBaseUrl(options, baseUrl) {
	const { config, files } = options;
	const finding = (message, remedy, severity = "error") => [{
		severity,
		check: "base-url",
		where: baseUrl,
		message,
		remedy
	}];
	const known = [
		"basearch",
		"group",
		"stream",
		"platform"
	];
	const unknown = [...baseUrl.matchAll(/\$\{([^}]*)\}/g)].map(([, name = ""]) => name).filter((name) => !known.includes(name));
	if (unknown.length > 0) return finding(`Zincati has no variable \${${unknown[0]}}`, `It knows ${known.map((name) => `\${${name}}`).join(" ")}.`);
	if (!baseUrl.endsWith("/")) return finding("it does not end in a slash, so that nodes ask for a graph one folder up", "End it in a slash.");
	const { url } = config.publish;
	const findings = [];
	for (const architecture of config.architectures) {
		const filled = baseUrl.replaceAll("${basearch}", architecture).replaceAll("${stream}", config.stream);
		if (!URL.canParse(filled.replaceAll(/\$\{[^}]*\}/g, "x"))) return finding("not a URL", "Give the whole URL, with https://.");
		if (url !== void 0 && !filled.startsWith(url)) return finding(`not below ${url}, where this site is published`, "Put base_url on the nodes right, or publish.url in coxswain.yaml.");
		if (url === void 0 || filled.includes("${")) continue;
		const path = `${decodeURIComponent(filled.slice(url.length))}v1/graph`;
		if (await files.read(path) === void 0) findings.push(...finding(`no graph is published there for ${architecture} (${path})`, "Check fleet, architecture and ring in it."));
	}
	return findings;
}
/** Where the site is served. */
function checkPublishUrl({ publish: { url } }) {
	if (url === void 0) return [];
	const { protocol, hostname } = new URL(url);
	const loopback = /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(hostname);
	if (protocol === "https:" || loopback) return [];
	return [{
		severity: "error",
		check: "base-url",
		where: "coxswain.yaml publish.url",
		message: "plain HTTP: whoever is on the way can hold updates back, or send nodes to any image of the repository",
		remedy: "Serve the files over https."
	}];
}
// src/operate/doctor/check-files.ts
/** Reads a fleet's files, and compares its graphs with what they should be now. */
async function checkFiles(options) {
	const { config, fleet } = options;
	const findings = [];
	const releases = await readOne(options, `${fleet}/releases.json`, parseReleaseIndex, findings);
	const updates = await readOne(options, `${fleet}/updates.json`, parseUpdateMetadata, findings);
	if (releases === void 0 || updates === void 0) return {
		published: void 0,
		findings
	};
	if (releases.stream !== config.stream || updates.stream !== config.stream) findings.push({
		severity: "error",
		check: "stream",
		where: `${fleet}/releases.json`,
		message: `the stream is ${JSON.stringify(releases.stream)}, and the configuration says ${JSON.stringify(config.stream)}`,
		remedy: "Put `stream` in coxswain.yaml right: nodes report the label of their image, and get no graph of another stream."
	});
	const graphs = {};
	for (const basearch of config.architectures) {
		const rings = [[void 0, 1], ...Object.entries(config.rings)];
		for (const [ring, wariness] of rings) {
			const path = graphPath({
				fleet,
				basearch,
				...ring === void 0 ? {} : { ring }
			});
			const graph = await readOne(options, path, parseGraph, findings);
			if (graph === void 0) continue;
			findings.push(...checkAges(graph, path), ...checkFresh({
				...options,
				graph,
				path,
				basearch,
				wariness,
				releases,
				updates
			}));
			if (ring === void 0) graphs[basearch] = graph;
		}
	}
	return {
		published: {
			fleet,
			releases,
			updates,
			graphs
		},
		findings
	};
}
async function readOne({ files }, path, parse, findings) {
	const text = await files.read(path);
	if (text === void 0) {
		findings.push({
			severity: "error",
			check: "missing-file",
			where: path,
			message: `not published at ${files.where}`,
			remedy: "Run coxswain publish-updates, and deploy its whole folder."
		});
		return;
	}
	try {
		return parse(text, path);
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		const { where = path, field, problem } = error.details;
		findings.push({
			severity: "error",
			check: "unreadable-file",
			where,
			message: `${field === void 0 || field === "" ? "" : `${field}: `}${problem}`,
			remedy: "Nodes cannot use it. Run coxswain publish-updates, which writes it anew."
		});
		return;
	}
}
/** Ages tell nodes old from new: they grow from node to node. An index's entry stands behind its release, with its age. */
function checkAges(graph, path) {
	const ages = graph.nodes.map((node) => Number(node.metadata[nodeKeys.ageIndex]));
	const position = graph.nodes.findIndex((node, index) => {
		const before = graph.nodes[index - 1];
		if (before === void 0) return false;
		const grown = ages[index] - ages[index - 1];
		return before.version === node.version ? grown !== 0 : grown <= 0;
	});
	if (position < 0) return [];
	return [{
		severity: "error",
		check: "ages",
		where: path,
		message: `ages do not grow at ${graph.nodes[position]?.version}: ${ages.slice(Math.max(0, position - 1), position + 1).join(", ")}`,
		remedy: "Put releases.json on the state branch in the order of the releases, then run coxswain publish-updates."
	}];
}
/** The graph must be what the two files give now, or gave within the time that publishing may take. */
function checkFresh(options) {
	const { graph, path, basearch, wariness, releases, updates, now, grace } = options;
	const complete = buildGraph(releases, updates, {
		basearch,
		scheme: "oci"
	});
	const at = (time) => formatGraph(addAliases(throttleGraph(complete, {
		now: time,
		wariness
	}), aliasesOf(releases)));
	const found = formatGraph(graph);
	if (found === at(now) || found === at(now - grace)) return [];
	return [{
		severity: "error",
		check: "stale-graph",
		where: path,
		message: `not what releases.json and updates.json beside it give now, nor gave ${formatDuration(grace)} ago`,
		remedy: "Run coxswain publish-updates, and have it run on a schedule while rollouts are in progress."
	}];
}
// src/operate/doctor/check-release.ts
/** What no tag leads to, registries and retention delete: quay.io within the hour. */
async function checkKept({ config, client }, { node, fleet }, image, where) {
	const { digest } = image.manifest.descriptor;
	const tag = atTag(config.image, node.version);
	const tagged = await client.findManifest(tag);
	if (tagged?.descriptor.digest === digest || tagged !== void 0 && isIndex(tagged.json) && tagged.json.manifests.some((each) => each.digest === digest)) return [];
	return [{
		severity: "error",
		check: "version-tag",
		where,
		message: tagged === void 0 ? `no tag ${formatReference(tag)}: a registry may delete what no tag leads to` : `tag ${formatReference(tag)} leads to ${tagged.descriptor.digest}, not to ${digest}: a version tag is never re-pointed`,
		remedy: tagged === void 0 ? `Run coxswain promote-image --fleet ${fleet} with the commit of the release, or set the tag on the digest.` : "Find out who writes to production besides Coxswain, and set the tag back."
	}];
}
/** Of the newest release only: it is what nodes are about to pull. */
async function checkLayers({ config, client }, { fleet }, image, where) {
	const { layers } = image.manifest.json;
	const there = await Promise.all(layers.map(({ digest }) => client.hasBlob(config.image, digest)));
	const missing = layers.filter((_, index) => !there[index]);
	if (missing.length === 0) return [];
	return [{
		severity: "error",
		check: "unservable",
		where,
		message: `production lacks ${missing.length} of its ${layers.length} layers: ${missing[0]?.digest}`,
		remedy: `Pause the rollout (coxswain edit-updates). While the test registry has the image, delete it from production and run coxswain promote-image --fleet ${fleet}.`
	}];
}
async function checkEvidence({ config, client }, { fleet, basearch }, image, where) {
	const subjects = [image.manifest.descriptor.digest];
	const tagged = await client.findManifest(atTag(config.image, image.config.labels["org.opencontainers.image.version"] ?? "-"));
	if (tagged !== void 0 && isIndex(tagged.json)) subjects.push(tagged.descriptor.digest);
	const all = [];
	for (const subject of subjects) all.push(...await findEvidence(client, config.image, subject));
	const newest = all.filter(({ evidence }) => evidence.architecture === basearch).sort((one, other) => one.evidence.startedAt - other.evidence.startedAt).at(-1);
	if (newest?.evidence.result === "PASSED") return [];
	if (newest === void 0) {
		if (await findAcceptance(client, config.image, {
			subjects,
			fleet
		}) !== void 0) return [];
	}
	return [{
		severity: "error",
		check: "evidence",
		where,
		message: newest === void 0 ? "no evidence beside the image in production" : "its newest evidence is of a failed test",
		remedy: newest === void 0 ? `Run coxswain promote-image --fleet ${fleet} again: it brings the evidence along.` : "Withdraw the release (coxswain edit-updates), or test it again."
	}];
}
// src/operate/doctor/check-images.ts
const parallel = 6;
/** Asks the registry for everything that a fleet's graphs name. */
async function checkImages(parts, published) {
	const findings = [];
	const needed = neededDigests([published]);
	for (const [basearch, graph] of Object.entries(published.graphs)) {
		const complete = buildGraph(published.releases, published.updates, {
			basearch,
			scheme: "oci"
		});
		const targets = new Set(complete.edges.map(([, to]) => complete.nodes[to]?.version));
		const releases = published.releases.releases;
		const nodes = graph.nodes.map((node, position) => {
			const { version } = node;
			return {
				node,
				basearch,
				fleet: published.fleet,
				kept: [...needed].some((digest) => node.payload.endsWith(`@${digest}`)),
				isIndex: graph.nodes[position - 1]?.version === version,
				target: targets.has(version) || version === releases.at(-1)?.version,
				current: version === releases.at(-1)?.version
			};
		});
		const images = Array.from({ length: nodes.length });
		let done = 0;
		const queue = nodes.entries();
		const worker = async () => {
			for (const [position, node] of queue) {
				const { image, findings: found } = await checkNode(parts, node);
				images[position] = image;
				findings.push(...found);
				done += 1;
				parts.report(`${published.fleet} ${basearch}: ${done} of ${nodes.length} images`);
			}
		};
		await Promise.all(Array.from({ length: parallel }, worker));
		findings.push(...checkCreated(nodes, images));
	}
	return findings;
}
async function checkNode(parts, checked) {
	const { config, client } = parts;
	const { node, fleet, basearch } = checked;
	const where = `${fleet} ${node.version} (${basearch})`;
	const finding = (check, message, remedy, severity = "error") => ({
		severity,
		check,
		where,
		message,
		remedy
	});
	const reference = readPayload(node.payload);
	if (reference === void 0 || !sameRepository(reference.repository, config.image)) return { findings: [finding("payload", `the payload is not repository@digest of ${formatRepository(config.image)}: ${node.payload}`, "Put releases.json on the state branch right: nodes look for themselves by this very text.")] };
	if (await client.resolve(reference) === void 0) {
		const again = `While the test registry has it, coxswain promote-image --fleet ${fleet} pushes it again.`;
		return { findings: [checked.target ? finding("unservable", `production does not have ${reference.digest}, and nodes are sent to it`, `Withdraw the release (coxswain edit-updates). ${again}`) : finding("lost-image", `production has lost ${reference.digest}; nodes on it still find their way, nobody can go back to it`, again, "warning")] };
	}
	const findings = [];
	if (!checked.kept) findings.push(finding("retention", `no release in releases.json has ${reference.digest}: prune-images would delete it`, "Run coxswain publish-updates: graph and release index are made together."));
	if (checked.isIndex) return { findings };
	const architecture = architectures.find((each) => each === basearch);
	if (architecture === void 0) return { findings };
	let image;
	try {
		image = await readImage(client, reference, architecture);
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return { findings: [finding("unservable", error instanceof NotFoundError ? `incomplete in production: ${error.message}` : error.details.problem, `Withdraw the release (coxswain edit-updates), then push its image again.`)] };
	}
	if (image.index !== void 0) findings.push(finding("payload", `the payload is an index, and nodes report the digest of the image for ${basearch}`, `Put ${image.manifest.descriptor.digest} in releases.json on the state branch.`));
	const labels = [[
		"version-label",
		"org.opencontainers.image.version",
		node.version
	], [
		"stream-label",
		"com.coreos.stream",
		config.stream
	]];
	for (const [check, label, expected] of labels) {
		const found = image.config.labels[label];
		if (found === expected) continue;
		findings.push(finding(check, `label ${label} is ${JSON.stringify(found ?? null)}, not ${JSON.stringify(expected)}: a node that updates to it does not find itself`, "Withdraw the release (coxswain edit-updates), and build anew with coxswain build-image."));
	}
	findings.push(...await checkKept(parts, checked, image, where));
	if (checked.current) findings.push(...await checkLayers(parts, checked, image, where));
	if (checked.current) findings.push(...await checkEvidence(parts, checked, image, where));
	return {
		image,
		findings
	};
}
function readPayload(payload) {
	try {
		const reference = parseReference(payload);
		return reference.kind === "digest" ? reference : void 0;
	} catch (error) {
		if (error instanceof InputError) return void 0;
		throw error;
	}
}
/** rpm-ostree refuses an update to what is not newer. */
function checkCreated(nodes, images) {
	const findings = [];
	let before;
	for (const [position, { node, fleet, basearch }] of nodes.entries()) {
		const image = images[position];
		const created = image === void 0 ? void 0 : imageTimestamp(image);
		if (image === void 0) continue;
		if (created === void 0 || before !== void 0 && created <= before.created) findings.push({
			severity: "error",
			check: "created",
			where: `${fleet} ${node.version} (${basearch})`,
			message: created === void 0 ? "the image has no time of creation" : `created at ${(/* @__PURE__ */ new Date(created * 1e3)).toISOString()}, not after ${before?.version}: rpm-ostree refuses it as a downgrade`,
			remedy: "Withdraw the release (coxswain edit-updates), and promote a newer commit."
		});
		if (created !== void 0) before = {
			version: node.version,
			created
		};
	}
	return findings;
}
/** Zincati moves nodes to `repository:<stream label>`. */
async function checkStreamTag({ config, client }) {
	const tag = atTag(config.image, config.stream);
	if (await client.resolve(tag) !== void 0) return [];
	return [{
		severity: "error",
		check: "stream-tag",
		where: formatReference(tag),
		message: "no such tag, and Zincati moves every node to it (pinned to the digest)",
		remedy: "Run coxswain promote-image for any fleet: it sets the tag where it is missing."
	}];
}
// src/operate/doctor/doctor.ts
/**
* Looks at a published site as nodes do, and at everything it leads to. Reads only.
* @param options.fleets names
* @param options.baseUrls as nodes have them
* @param options.now UNIX seconds
* @param options.grace seconds that a graph may be behind
* @throws OutsideError when something cannot be looked at: that is no finding
*/
async function examine(parts, options) {
	const { config, files } = parts;
	const client = rememberingClient(parts.client);
	const findings = [...checkPublishUrl(config)];
	for (const baseUrl of options.baseUrls) findings.push(...await checkBaseUrl(parts, baseUrl));
	let releases = 0;
	let images = 0;
	for (const fleet of options.fleets) {
		const { published, findings: found } = await checkFiles({
			...options,
			config,
			files,
			fleet
		});
		findings.push(...found);
		if (published === void 0) continue;
		releases += published.releases.releases.length;
		for (const graph of Object.values(published.graphs)) images += graph.nodes.length;
		findings.push(...await checkImages({
			config,
			client,
			report: options.report
		}, published));
	}
	if (releases > 0) findings.push(...await checkStreamTag({
		config,
		client
	}));
	return {
		findings: sorted(findings),
		fleets: options.fleets,
		releases,
		images
	};
}
/** Errors first; otherwise in the order in which they were found. */
function sorted(findings) {
	return ["error", "warning"].flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}
// src/operate/doctor/published-files.ts
const timeoutMilliseconds = 3e4;
function filesInFolder(folder) {
	return {
		where: folder,
		read: (path) => readFileIfThere(join(folder, path))
	};
}
/** @throws InputError for what is no URL of a web server */
function filesAtUrl(site) {
	const base = URL.parse(site.endsWith("/") ? site : `${site}/`);
	if (base === null || !["http:", "https:"].includes(base.protocol)) throw new InputError({
		field: "--site",
		problem: "not a folder, and not a URL",
		found: site
	});
	return {
		where: base.href,
		read: (path) => readUrl(new URL(encodePath(path), base))
	};
}
/** The artifacts `<image>:updates-<fleet>`. */
function filesInArtifacts(client, config) {
	const fleets = /* @__PURE__ */ new Map();
	return {
		where: "artifacts",
		read: async (path) => {
			const fleet = path.split("/")[0];
			const files = fleets.get(fleet) ?? readFleetArtifact(client, config, fleet);
			fleets.set(fleet, files);
			return (await files).get(path);
		}
	};
}
function encodePath(path) {
	return path.split("/").map(encodeURIComponent).join("/");
}
async function readUrl(url) {
	const tried = `reading ${url.href}`;
	let response;
	try {
		response = await fetch(url, { signal: AbortSignal.timeout(timeoutMilliseconds) });
		if (response.status === 200) return await response.text();
		await response.body?.cancel();
	} catch (error) {
		const cause = error instanceof Error && error.cause !== void 0 ? `: ${messageOf(error.cause)}` : "";
		throw new OutsideError(tried, `${messageOf(error)}${cause}`, void 0, { cause: error });
	}
	if (response.status === 404 || response.status === 410) return void 0;
	throw new OutsideError(tried, `the server answered ${response.status}`);
}
export { examine as i, filesInArtifacts as n, filesInFolder as r, filesAtUrl as t };
