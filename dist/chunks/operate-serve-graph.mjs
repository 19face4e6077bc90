import { Gt as messageOf, Ht as OutsideError, Lt as defined, V as isMissing, Vt as InputError, Wt as init_errors } from "./host.mjs";
import { A as parseReleaseIndex, C as rolloutProgress, U as parseUpdateMetadata, X as buildGraph, Z as formatGraph, ct as aliasesOf, st as addAliases, t as warinessOf, ut as architectures, v as rolloutOf, y as throttleGraph } from "./guidance.mjs";
import { Ci as sliceName, Da as formatReference, Ji as fetchWhole, Kn as refuseCredentials, Yi as init_fetch_whole, Zi as isLoopback, a as actOnFindings, d as readAlert, sa as titleAnnotation, u as webhooksOf, x as notPublished, ya as isIndex } from "./shared.mjs";
import { a as FleetCounter, i as tenthOf, n as knownRings, o as countLive, t as createKeyMaker } from "./release-adoption.mjs";
import { join } from "node:path";
import { appendFile, readFile, readdir, stat } from "node:fs/promises";
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { gzipSync } from "node:zlib";
import { createServer } from "node:http";
// src/operate/serve-graph/fleet-source.ts
init_errors();
/** @throws InputError with file, line and column */
function parseGuidance({ fleet, releases, updates }) {
	return {
		fleet,
		releases: parseReleaseIndex(releases.text, releases.where),
		updates: parseUpdateMetadata(updates.text, updates.where)
	};
}
/**
* Refuses a release index that has lost or moved a release, or given it another image: nodes on it would find no
* update path, or a wrong one.
* @throws InputError
*/
function refuseGoingBack(before, after, where) {
	for (const [index, { version, "oci-images": images = [] }] of before.releases.entries()) {
		const now = after.releases[index];
		const kept = images.every((image) => now?.["oci-images"]?.some((other) => other.architecture === image.architecture && other["digest-ref"] === image["digest-ref"]));
		if (now?.version === version && kept) continue;
		throw new InputError({
			where,
			field: `releases[${index}]`,
			problem: "a release is missing from the release index, or has changed",
			found: now?.version ?? "nothing",
			expected: version,
			remedy: "If this is intended, restart the server."
		});
	}
}
// src/operate/serve-graph/site-folder.ts
init_errors();
/**
* The fleets of a folder with published files, read again when size or time of a file change.
* @param only names; none for all fleets, now or later
*/
function folderSource(folder, only = []) {
	const sources = /* @__PURE__ */ new Map();
	return {
		where: folder,
		fleets: async () => {
			const names = await fleetNames(folder);
			for (const name of only) requireFleet(folder, name, names);
			for (const fleet of only.length === 0 ? names : only) if (!sources.has(fleet)) sources.set(fleet, fleetFolder(folder, fleet));
			return [...sources.values()];
		}
	};
}
/**
* Reads a fleet from a folder with published files.
* @param fleet may be left out if there is only one
* @throws InputError
*/
async function readSiteFleet(folder, fleet) {
	const names = await fleetNames(folder);
	const name = fleet ?? (names.length === 1 ? names[0] : void 0);
	if (name === void 0) throw new InputError({
		field: "--fleet",
		problem: "missing: the site has several fleets",
		expected: `one of ${names.join(", ")}`
	});
	requireFleet(folder, name, names);
	return parseGuidance(await readFleet(folder, name));
}
/** How many slices a fleet has in a folder with published files. @param of.fleet as for readSiteFleet */
async function countSlices(folder, of) {
	const [fleet = ""] = of.fleet === void 0 ? await fleetNames(folder) : [of.fleet];
	const names = await readdir(join(folder, fleet, of.basearch)).catch((error) => {
		if (isMissing(error)) return [];
		throw error;
	});
	const found = new Set(names);
	let slices = 0;
	while (found.has(sliceName(slices + 1))) slices += 1;
	return slices;
}
/** The folders of rings that a fleet has in a folder with published files, for any architecture. */
async function listSiteRings(folder, fleet) {
	const found = /* @__PURE__ */ new Set();
	for (const basearch of await readdir(join(folder, fleet), { withFileTypes: true })) {
		if (!basearch.isDirectory()) continue;
		const parts = await readdir(join(folder, fleet, basearch.name), { withFileTypes: true });
		for (const part of parts) if (part.isDirectory() && part.name !== "v1") found.add(part.name);
	}
	return [...found].sort();
}
function requireFleet(folder, name, names) {
	if (names.includes(name)) return;
	throw new InputError({
		field: "--fleet",
		problem: `${folder} has no such fleet`,
		found: name,
		expected: `one of ${names.join(", ")}`
	});
}
/** @throws InputError when there is none */
async function fleetNames(folder) {
	let entries;
	try {
		entries = await readdir(folder);
	} catch (error) {
		if (!isMissing(error)) throw new OutsideError(`reading ${folder}`, messageOf(error), void 0, { cause: error });
		throw new InputError({
			field: "--site",
			problem: "this folder does not exist",
			found: folder
		});
	}
	const names = [];
	for (const entry of entries.sort()) {
		if (entry.startsWith(".")) continue;
		const files = filesOf(folder, entry);
		if (await signature(files.releases) !== "" && await signature(files.updates) !== "") names.push(entry);
	}
	if (names.length > 0) return names;
	throw new InputError({
		field: "--site",
		problem: "no fleet is published in this folder",
		found: folder,
		expected: "<fleet>/releases.json and <fleet>/updates.json, as publish-updates writes them"
	});
}
function fleetFolder(folder, fleet) {
	const files = filesOf(folder, fleet);
	const signatures = async () => `${await signature(files.releases)} ${await signature(files.updates)}`;
	let last = "";
	return {
		where: join(folder, fleet),
		read: async () => {
			for (let attempt = 0;; attempt += 1) {
				const before = await signatures();
				if (before === last) return void 0;
				const read = await readFleet(folder, fleet);
				if (await signatures() !== before && attempt < 3) continue;
				last = before;
				return read;
			}
		}
	};
}
async function readFleet(folder, fleet) {
	const files = filesOf(folder, fleet);
	const read = async (where) => {
		try {
			return {
				where,
				text: await readFile(where, "utf8")
			};
		} catch (error) {
			throw new OutsideError(`reading ${where}`, messageOf(error), void 0, { cause: error });
		}
	};
	return {
		fleet,
		updates: await read(files.updates),
		releases: await read(files.releases)
	};
}
function filesOf(folder, fleet) {
	return {
		releases: join(folder, fleet, "releases.json"),
		updates: join(folder, fleet, "updates.json")
	};
}
/** Changes when the file does; empty if there is no file. */
async function signature(file) {
	try {
		const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
		return `${ino}-${size}-${mtimeNs}-${ctimeNs}`;
	} catch (error) {
		if (isMissing(error)) return "";
		throw new OutsideError(`reading ${file}`, messageOf(error), void 0, { cause: error });
	}
}
// src/operate/serve-graph/access-log.ts
init_errors();
const most = 4194304;
/**
* The file is opened for each write, so that it can be moved away at any time. If it cannot be written, the server
* goes on: lines are lost, and the log says so once.
*/
function createAccessLog(file, log) {
	let lines = [];
	let size = 0;
	let isBroken = false;
	let writing = Promise.resolve();
	return {
		add({ method, target, status }, now) {
			if (size > most) return;
			const time = (/* @__PURE__ */ new Date(now * 1e3)).toISOString();
			const line = `${JSON.stringify({
				time,
				method,
				uri: target,
				status
			})}\n`;
			lines.push(line);
			size += line.length;
		},
		flush() {
			writing = writing.then(write);
			return writing;
		}
	};
	async function write() {
		if (lines.length === 0) return;
		const text = lines.join("");
		lines = [];
		size = 0;
		try {
			await appendFile(file, text, { mode: 416 });
			isBroken = false;
		} catch (error) {
			if (!isBroken) log.warn(`the access log cannot be written, and its lines are lost: ${messageOf(error)}`);
			isBroken = true;
		}
	}
}
// src/operate/serve-graph/graph-query.ts
const known = [
	"basearch",
	"stream",
	"rollout_wariness",
	"node_uuid",
	"oci"
];
const rustFloat = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|infinity|nan)$/i;
/**
* Reads the query of `/v1/graph` as fcos-policy-engine does (src/main.rs at 95388bdf): basearch and stream are needed,
* `oci` is literally true or false, a parameter that is given twice is refused; `group`, `platform`, `os_version` and
* all others have no effect.
* @returns undefined for a request that upstream answers with 400
*/
function readGraphQuery(query) {
	const parameters = new URLSearchParams(query);
	if (known.some((name) => parameters.getAll(name).length > 1)) return void 0;
	const basearch = parameters.get("basearch") ?? "";
	const stream = parameters.get("stream") ?? "";
	const oci = parameters.get("oci") ?? "false";
	if (basearch === "" || stream === "" || oci !== "true" && oci !== "false") return void 0;
	return {
		basearch,
		stream,
		node: {
			uuid: parameters.get("node_uuid") ?? "",
			payload: parameters.get("os_checksum") ?? "",
			version: parameters.get("os_version") ?? ""
		},
		scheme: oci === "true" ? "oci" : "checksum",
		wariness: readWariness(parameters.get("rollout_wariness")) ?? warinessOf(parameters.get("node_uuid") ?? "")
	};
}
/** Undefined if upstream uses the node_uuid: no value, or not a number. */
function readWariness(text) {
	if (text === null || !rustFloat.test(text)) return void 0;
	if (/nan/i.test(text)) return NaN;
	const number = /inf/i.test(text) ? text.startsWith("-") ? -1 : 1 : Number(text);
	return Math.min(1, Math.max(0, number));
}
// src/operate/serve-graph/graph-server.ts
/**
* The HTTP server, not listening yet. Errors have no body, as upstream's: 400 for an incomplete query, 404 for a
* fleet, stream or architecture that does not exist.
*/
function createGraphServer(options) {
	const { site, metrics, nodes, onAnswered, now, ready } = options;
	const server = createServer((request, response) => {
		if (!ready()) response.setHeader("connection", "close");
		const { method = "", url: target = "" } = request;
		if (onAnswered !== void 0) response.once("finish", () => onAnswered({
			method,
			target,
			status: response.statusCode
		}));
		const { path, query } = splitTarget(target);
		if (options.webhook?.take(request, response, path) === true) return;
		request.resume();
		if (request.method !== "GET" && request.method !== "HEAD") {
			response.setHeader("allow", "GET, HEAD");
			return end$1(response, 405);
		}
		const graph = /^\/(?:([^/]+)\/)?v1\/graph$/.exec(path);
		if (graph !== null) return serveGraph(request, response, {
			name: graph[1],
			query
		});
		if (path === "/metrics") {
			const all = [...gauges(site), ...nodes?.gauges(now()) ?? []];
			return endText(response, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.format(all));
		}
		if (path === "/health") return endText(response, 200, "text/plain", "alive\n");
		if (path === "/ready") return endText(response, ready() ? 200 : 503, "text/plain", ready() ? "ready\n" : "stopping\n");
		return end$1(response, 404);
	});
	server.keepAliveTimeout = 75e3;
	server.headersTimeout = 2e4;
	server.requestTimeout = 3e4;
	return server;
	function serveGraph(request, response, { name, query }) {
		const started = performance.now();
		const asked = {
			fleet: "unknown",
			basearch: "unknown"
		};
		const answer = findAnswer(name, query, asked);
		if (typeof answer === "number") end$1(response, answer);
		else sendGraph(request, response, answer);
		metrics.request({
			...asked,
			code: response.statusCode
		}, (performance.now() - started) / 1e3);
	}
	/** The answer, or the status of a refusal. Fills in the parts of the request that are known. */
	function findAnswer(name, text, asked) {
		const found = findFleet(site, name);
		if (found === void 0) return 404;
		const [fleet, served] = found;
		asked.fleet = fleet;
		const query = readGraphQuery(text);
		if (query === void 0) return 400;
		const { basearch, stream, scheme, wariness } = query;
		if (!architectures.some((architecture) => architecture === basearch)) return 404;
		asked.basearch = basearch;
		if (stream !== served.stream) return 404;
		metrics.wariness(wariness);
		nodes?.see(served.guidance, query, now());
		return served.answers.answer({
			basearch,
			scheme
		}, {
			wariness,
			now: now()
		});
	}
}
/** The fleet of this name, or the only fleet if no name is given. */
function findFleet({ fleets }, name) {
	if (name === void 0) {
		const [first, ...rest] = fleets;
		return rest.length === 0 ? first : void 0;
	}
	const decoded = decode(name);
	const fleet = decoded === void 0 ? void 0 : fleets.get(decoded);
	return fleet === void 0 || decoded === void 0 ? void 0 : [decoded, fleet];
}
function decode(part) {
	try {
		return decodeURIComponent(part);
	} catch {
		return;
	}
}
function splitTarget(target) {
	const mark = target.indexOf("?");
	return mark < 0 ? {
		path: target,
		query: ""
	} : {
		path: target.slice(0, mark),
		query: target.slice(mark + 1)
	};
}
function sendGraph(request, response, answer) {
	const headers = {
		"content-type": "application/json",
		etag: answer.etag,
		"cache-control": "no-cache",
		vary: "accept-encoding",
		"access-control-allow-origin": "*"
	};
	if (matches(request.headers["if-none-match"], answer.etag)) {
		response.writeHead(304, headers).end();
		return;
	}
	const packed = answer.gzip !== void 0 && acceptsGzip(request.headers["accept-encoding"]);
	if (packed) headers["content-encoding"] = "gzip";
	const body = packed ? answer.gzip : answer.body;
	headers["content-length"] = body.length;
	response.writeHead(200, headers).end(body);
}
/** Weak comparison (RFC 9110, 8.8.3.2 and 13.1.2). */
function matches(header, etag) {
	if (header === void 0) return false;
	const opaque = (tag) => tag.trim().replace(/^W\//, "");
	return header.trim() === "*" || header.split(",").some((tag) => opaque(tag) === opaque(etag));
}
/** RFC 9110, 12.5.3: listed and not with a weight of 0; an entry for gzip has precedence over one for `*`. */
function acceptsGzip(header) {
	if (header === void 0) return false;
	const weights = new Map(header.split(",").map((part) => {
		const [coding = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
		const weight = parameters.find((parameter) => parameter.startsWith("q="));
		return [coding, weight === void 0 ? 1 : Number(weight.slice(2))];
	}));
	return (weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0) > 0;
}
function end$1(response, status) {
	response.writeHead(status, { "content-length": 0 }).end();
}
function endText(response, status, type, text) {
	const body = Buffer.from(text);
	response.writeHead(status, {
		"content-type": type,
		"content-length": body.length,
		"cache-control": "no-store"
	}).end(body);
}
function gauges({ fleets }) {
	const perFleet = (name, help, value) => ({
		name,
		help,
		values: [...fleets].map(([fleet, served]) => ({
			labels: { fleet },
			value: value(served)
		}))
	});
	return [perFleet("coxswain_fleet_releases", "Releases in the release index of a fleet.", ({ releases }) => releases), perFleet("coxswain_fleet_read_timestamp_seconds", "When a fleet's files were last read, or found unchanged, in UNIX seconds.", ({ readAt }) => readAt)];
}
// src/operate/serve-graph/halt-webhook.ts
init_errors();
/** Alertmanager's JSON of a hundred alerts fits in. */
const largestBody = 262144;
/** Requests that wait while one is carried out. */
const mostWaiting = 32;
const shortestSecret = 16;
/** Name of the variable with the secret of a fleet. */
function secretVariable(fleet) {
	return `COXSWAIN_WEBHOOK_SECRET_${fleet.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}
/**
* The secrets of the fleets that have a webhook in halt-when.
* @throws InputError if there is no such fleet, or its secret is missing, too short, or that of another fleet
*/
function readWebhookSecrets(config, env) {
	const fleets = Object.values(config.fleets).filter((fleet) => webhooksOf(fleet).length > 0);
	if (fleets.length === 0) throw new InputError({
		where: config.file,
		field: "fleets",
		problem: "no fleet has a webhook in halt-when, so no request could halt anything",
		expected: "halt-when: [{ name: alerts, webhook: true }]"
	});
	const secrets = /* @__PURE__ */ new Map();
	for (const { name } of fleets) {
		const field = secretVariable(name);
		const secret = env[field] ?? "";
		const same = [...secrets].find(([other, its]) => secretVariable(other) === field || its === secret);
		if (secret.length < shortestSecret) throw new InputError({
			field,
			problem: `the webhook of fleet ${name} needs a secret`,
			found: secret === "" ? "nothing" : `${secret.length} characters`,
			expected: `at least ${shortestSecret} characters, such as those of: openssl rand -hex 32`
		});
		if (same !== void 0) throw new InputError({
			field,
			problem: `fleet ${name} would have the secret of fleet ${same[0]}: each could halt the other`,
			expected: "a secret of its own"
		});
		secrets.set(name, secret);
	}
	return secrets;
}
/** @param options.state of the checkout whose fleets are halted */
function createHaltWebhook(options) {
	const { config, state, secrets, log, now } = options;
	let waiting = 0;
	let last = Promise.resolve();
	/** One after the other, as an operator would. */
	function inTurn(work) {
		waiting += 1;
		const mine = last.then(work, work);
		last = mine.catch(() => {});
		return mine.finally(() => {
			waiting -= 1;
		});
	}
	async function answer(request, asked) {
		const body = await readBody(request);
		if (body === void 0) return {
			status: 413,
			says: `at most ${largestBody} bytes`
		};
		const fleet = Object.hasOwn(config.fleets, asked.fleet) ? config.fleets[asked.fleet] : void 0;
		const secret = fleet === void 0 ? void 0 : secrets.get(fleet.name);
		if (fleet === void 0 || secret === void 0 || !isAuthentic(request.headers, body, secret)) {
			log.warn("a webhook without the secret was refused");
			return {
				status: 401,
				says: "a signature or a token is needed"
			};
		}
		const webhooks = webhooksOf(fleet);
		const condition = asked.condition ?? (webhooks.length === 1 ? webhooks[0] : void 0);
		if (condition === void 0 || !webhooks.includes(condition)) return {
			status: 404,
			says: `which condition? POST /${fleet.name}/halt/<${webhooks.join("|")}>`
		};
		if (waiting >= mostWaiting) return {
			status: 503,
			says: "busy, try again"
		};
		try {
			const findings = readAlert(readJson(body), condition);
			const order = {
				by: `webhook ${condition}`,
				now: now()
			};
			const { edit, stateCommit } = await inTurn(() => actOnFindings(state, fleet, findings, order));
			if (stateCommit !== void 0) log.info(`${fleet.name}: ${edit.summary}`);
			return {
				status: 200,
				says: edit.summary
			};
		} catch (error) {
			log.warn(`the webhook of ${fleet.name}: ${messageOf(error)}`);
			return error instanceof InputError ? {
				status: 400,
				says: messageOf(error)
			} : {
				status: 503,
				says: "it could not be done; try again"
			};
		}
	}
	return { take(request, response, path) {
		const [, fleet, condition] = /^\/([^/]+)\/halt(?:\/([^/]+))?$/.exec(path) ?? [];
		if (fleet === void 0) return false;
		if (request.method !== "POST") {
			request.resume();
			end(response, {
				status: 405,
				says: "POST is needed"
			});
			return true;
		}
		answer(request, {
			fleet,
			condition
		}).then((given) => end(response, given), () => response.destroy());
		return true;
	} };
}
/** A bearer token, or a signature of the body as GitHub makes it. Compared in constant time. */
function isAuthentic(headers, body, secret) {
	const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
	if (bearer !== void 0) return isSame(bearer, secret);
	const given = headers["x-hub-signature-256"];
	if (typeof given !== "string") return false;
	return isSame(given, `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
}
/** Hashes have one length, so that not even the length of the secret can be measured. */
function isSame(one, other) {
	const [first, second] = [one, other].map((text) => createHash("sha256").update(text).digest());
	return timingSafeEqual(first, second);
}
/** undefined if it is too long. */
async function readBody(request) {
	const chunks = [];
	let size = 0;
	for await (const chunk of request) {
		size += chunk.length;
		if (size <= largestBody) chunks.push(chunk);
		else if (size > 8 * largestBody) return void 0;
	}
	return size > largestBody ? void 0 : Buffer.concat(chunks);
}
function readJson(body) {
	try {
		return JSON.parse(body.toString("utf8"));
	} catch {
		throw new InputError({
			where: "the alert",
			problem: "this is not JSON"
		});
	}
}
function end(response, { status, says }) {
	const body = Buffer.from(`${says}\n`);
	response.writeHead(status, {
		"content-type": "text/plain; charset=utf-8",
		"content-length": body.length,
		"cache-control": "no-store",
		...status === 405 ? { allow: "POST" } : {}
	}).end(body);
}
// src/operate/serve-graph/metrics.ts
const secondBounds = [
	1e-4,
	25e-5,
	5e-4,
	.001,
	.0025,
	.005,
	.01,
	.025,
	.1,
	1
];
const warinessBounds = [
	0,
	.1,
	.2,
	.3,
	.4,
	.5,
	.6,
	.7,
	.8,
	.9,
	1
];
/** @param startedAt UNIX seconds */
function createMetrics(startedAt) {
	const requests = /* @__PURE__ */ new Map();
	const reads = /* @__PURE__ */ new Map();
	const durations = createHistogram(secondBounds);
	const warinesses = createHistogram(warinessBounds);
	return {
		request({ fleet, basearch, code }, seconds) {
			count(requests, `fleet="${escapeLabel(fleet)}",basearch="${escapeLabel(basearch)}",code="${code}"`);
			durations.observe(seconds);
		},
		wariness: warinesses.observe,
		read: (result) => count(reads, `result="${result}"`),
		format: (gauges) => [
			...counter("coxswain_graph_requests_total", "Requests for an update graph.", requests),
			...durations.format("coxswain_graph_request_duration_seconds", "Time to answer a request for a graph."),
			...warinesses.format("coxswain_graph_rollout_wariness", "Wariness of each request for a graph."),
			...counter("coxswain_site_reads_total", "Reads of a fleet's published files.", reads),
			...[
				...gauges,
				{
					name: "process_start_time_seconds",
					help: "Start of the process, in UNIX seconds.",
					values: [{ value: startedAt }]
				},
				{
					name: "process_resident_memory_bytes",
					help: "Resident memory.",
					values: [{ value: process.memoryUsage.rss() }]
				}
			].flatMap(formatGauge),
			""
		].join("\n")
	};
}
function count(counts, labels) {
	counts.set(labels, (counts.get(labels) ?? 0) + 1);
}
function counter(name, help, counts) {
	return [
		`# HELP ${name} ${help}`,
		`# TYPE ${name} counter`,
		...[...counts].map(([labels, value]) => `${name}{${labels}} ${value}`)
	];
}
function formatGauge({ name, help, values }) {
	return [
		`# HELP ${name} ${help}`,
		`# TYPE ${name} gauge`,
		...values.map(({ labels = {}, value }) => {
			const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
			return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
		})
	];
}
function createHistogram(bounds) {
	const counts = bounds.map(() => 0);
	let all = 0;
	let sum = 0;
	return {
		observe(value) {
			all += 1;
			if (Number.isNaN(value)) return;
			sum += value;
			const bucket = bounds.findIndex((bound) => value <= bound);
			if (bucket >= 0) counts[bucket] = counts[bucket] + 1;
		},
		format(name, help) {
			let below = 0;
			return [
				`# HELP ${name} ${help}`,
				`# TYPE ${name} histogram`,
				...bounds.map((bound, index) => {
					below += counts[index];
					return `${name}_bucket{le="${bound}"} ${below}`;
				}),
				`${name}_bucket{le="+Inf"} ${all}`,
				`${name}_sum ${sum}`,
				`${name}_count ${all}`
			];
		}
	};
}
function escapeLabel(text) {
	return text.replaceAll("\\", "\\\\").replaceAll("\"", "\\\"").replaceAll("\n", "\\n");
}
// src/operate/serve-graph/node-counts.ts
const window = 86400;
const cleanUpEvery = 3600;
/**
* Counts nodes in the memory of this process: after a start the numbers grow for a day. Identifiers are hashed by a salt
* that nobody knows.
*/
function createNodeCounts() {
	const hash = createKeyMaker(randomBytes(32));
	const rings = knownRings([]);
	const counters = /* @__PURE__ */ new Map();
	const key = {
		high: 0,
		low: 0
	};
	const sighting = {
		time: 0,
		release: 0,
		other: 0,
		place: 0
	};
	let cleanedUp = 0;
	return {
		see(guidance, { node, basearch, wariness }, now) {
			if (node.uuid === "") return;
			const counter = counterOf(guidance);
			hash(Buffer.from(node.uuid), key);
			counter.identify(node.payload, node.version, sighting);
			sighting.time = now;
			sighting.place = counter.placeOf(tenthOf(rings, wariness), basearch);
			counter.count(key, sighting);
		},
		gauges(now) {
			if (now - cleanedUp > cleanUpEvery) {
				for (const { counter } of counters.values()) counter.table.forgetBefore(now - window);
				cleanedUp = now;
			}
			const live = [...counters].map(([fleet, { counter }]) => ({
				fleet,
				...countLive(counter, now - window)
			}));
			return [
				{
					name: "coxswain_nodes",
					help: "Nodes that asked in the last 24 hours, by the release that they run.",
					values: live.flatMap(({ fleet, nodes }) => nodes.map(({ ring, release, count }) => ({
						labels: {
							fleet,
							ring,
							release
						},
						value: count
					})))
				},
				{
					name: "coxswain_nodes_came_back",
					help: "Nodes that ran a newer release and now run an older one.",
					values: live.map(({ fleet, cameBack }) => ({
						labels: { fleet },
						value: cameBack
					}))
				},
				{
					name: "coxswain_nodes_sampled_share",
					help: "The share of the nodes that is kept, from which the numbers of nodes are estimated: 1 if they are exact.",
					values: live.map(({ fleet, share }) => ({
						labels: { fleet },
						value: share
					}))
				}
			];
		}
	};
	function counterOf(guidance) {
		const known = counters.get(guidance.fleet);
		if (known?.guidance === guidance) return known.counter;
		const counter = new FleetCounter({
			...guidance,
			rings
		}, {
			from: 0,
			until: Number.MAX_SAFE_INTEGER,
			isLive: true,
			...known && { table: known.counter.table }
		});
		counters.set(guidance.fleet, {
			guidance,
			counter
		});
		return counter;
	}
}
// src/operate/serve-graph/graph-answers.ts
const mostAnswers = 64;
const worthPacking = 512;
/**
* Answers requests for one fleet's graphs, as upstream's policy engine would. Wariness and time only decide which
* rollouts are open: a graph is built once for each architecture, and written once for each set of open rollouts.
*/
function createGraphAnswers({ releases, updates }) {
	const prepared = /* @__PURE__ */ new Map();
	const aliases = aliasesOf(releases);
	return { answer(scope, options) {
		const { complete, rollouts, answers } = prepare(scope);
		let key = "";
		for (const rollout of rollouts) key += options.wariness > rolloutProgress(rollout, options.now) ? "0" : "1";
		let answer = answers.get(key);
		if (answer === void 0) {
			answer = makeAnswer(addAliases(throttleGraph(complete, options), scope.scheme === "oci" ? aliases : {}));
			if (answers.size >= mostAnswers) answers.delete(answers.keys().next().value);
			answers.set(key, answer);
		}
		return answer;
	} };
	function prepare(scope) {
		const key = `${scope.scheme} ${scope.basearch}`;
		const known = prepared.get(key);
		if (known !== void 0) return known;
		const complete = buildGraph(releases, updates, scope);
		const made = {
			complete,
			rollouts: [...new Set(complete.edges.map(([, to]) => to))].sort((one, other) => one - other).map((to) => complete.nodes[to]).map((node) => node === void 0 ? void 0 : rolloutOf(node)).filter((rollout) => rollout !== void 0),
			answers: /* @__PURE__ */ new Map()
		};
		prepared.set(key, made);
		return made;
	}
}
function makeAnswer(graph) {
	const body = Buffer.from(formatGraph(graph));
	return {
		body,
		gzip: body.length < worthPacking ? void 0 : gzipSync(body),
		etag: `W/"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`
	};
}
// src/operate/serve-graph/served-site.ts
init_errors();
/**
* Reads a site for the first time: every fleet must be readable.
* @param options.now UNIX seconds
* @throws InputError or OutsideError
*/
async function openSite(source, options) {
	const { log, metrics, now } = options;
	const fleets = /* @__PURE__ */ new Map();
	/** The fleet of each source, and its current problem. */
	const brought = /* @__PURE__ */ new Map();
	const complaints = /* @__PURE__ */ new Map();
	/** Sources whose files could be read but are wrong. */
	const broken = /* @__PURE__ */ new Set();
	await readAll((_where, error) => {
		throw error;
	});
	let running;
	return {
		fleets,
		refresh: () => {
			running ??= readAll(complain).finally(() => {
				running = void 0;
			});
			return running;
		}
	};
	async function readAll(failed) {
		try {
			for (const fleet of await source.fleets()) try {
				await readOne(fleet);
			} catch (error) {
				metrics.read("failed");
				failed(fleet.where, error);
			}
			complaints.delete(source.where);
		} catch (error) {
			failed(source.where, error);
		}
	}
	async function readOne({ where, read }) {
		const files = await read();
		const name = files?.fleet ?? brought.get(where);
		const known = name === void 0 ? void 0 : fleets.get(name);
		if (files === void 0) {
			metrics.read(broken.has(where) ? "failed" : "unchanged");
			if (known === void 0 || name === void 0 || broken.has(where)) return;
			fleets.set(name, {
				...known,
				readAt: now()
			});
			complaints.delete(where);
			return;
		}
		broken.add(where);
		const guidance = parseGuidance(files);
		const owner = [...brought].find(([other, fleet]) => fleet === guidance.fleet && other !== where);
		if (owner !== void 0) throw new InputError({
			where,
			problem: `the fleet ${guidance.fleet} comes from ${owner[0]} already`
		});
		if (known !== void 0) refuseGoingBack(known.guidance.releases, guidance.releases, files.releases.where);
		brought.set(where, guidance.fleet);
		fleets.set(guidance.fleet, {
			guidance,
			stream: guidance.releases.stream,
			releases: guidance.releases.releases.length,
			answers: createGraphAnswers(guidance),
			readAt: now()
		});
		metrics.read("changed");
		if (known !== void 0) log.info(`${guidance.fleet}: new guidance, last release ${lastVersion(guidance)}`);
		broken.delete(where);
		complaints.delete(where);
	}
	function complain(where, error) {
		const message = messageOf(error).replace(" Running the same command again is safe.", "");
		if (complaints.get(where) !== message) log.warn(`${message} Serving what was read before.`);
		complaints.set(where, message);
	}
}
function lastVersion({ releases }) {
	return releases.releases.at(-1)?.version ?? "none";
}
// src/operate/serve-graph/site-artifact.ts
/** Fleets from the artifacts that publish-updates pushes (`<image>:updates-<fleet>`), one artifact for each fleet. */
function artifactSource(client, references) {
	const sources = references.map((reference) => fleetArtifact(client, reference));
	return {
		where: references.map(formatReference).join(", "),
		fleets: async () => sources
	};
}
/** Only the two needed files are read, and only when the tag has moved. */
function fleetArtifact(client, reference) {
	const where = formatReference(reference);
	let last;
	return {
		where,
		read: async () => {
			const there = await client.resolve(reference);
			if (there !== void 0 && there.digest === last) return void 0;
			const { descriptor, json } = await client.getManifest(reference);
			if (isIndex(json)) throw notPublished(where, "an index of images");
			const releases = findLayer(json.layers, "releases.json", where);
			const updates = findLayer(json.layers, "updates.json", where);
			if (releases.fleet !== updates.fleet) throw notPublished(where, `files of ${releases.fleet} and ${updates.fleet}`);
			const read = async ({ title, layer }) => ({
				where: `${where} ${title}`,
				text: new TextDecoder().decode(await client.getBlob(reference.repository, layer.digest))
			});
			const files = {
				fleet: releases.fleet,
				releases: await read(releases),
				updates: await read(updates)
			};
			last = descriptor.digest;
			return files;
		}
	};
}
function findLayer(layers, name, where) {
	for (const layer of layers) {
		const title = layer.annotations?.[titleAnnotation];
		const [fleet, file, ...rest] = title?.split("/") ?? [];
		if (title !== void 0 && fleet !== void 0 && fleet !== "" && file === name && rest.length === 0) return {
			fleet,
			title,
			layer
		};
	}
	throw notPublished(where, `no layer with the title <fleet>/${name}`);
}
init_errors();
init_fetch_whole();
const timeoutMilliseconds = 3e4;
const largestFile = 67108864;
/**
* Fleets of a site on a web server; asked with If-None-Match (or If-Modified-Since), so that an unchanged file costs
* no more than its headers.
* @param fleets their names: a web server does not list them
* @throws InputError for plain HTTP to another machine: anyone on the network path could offer other images
*/
function urlSource(site, fleets) {
	const base = readUrl(site);
	if (fleets.length === 0) throw new InputError({
		field: "--fleet",
		problem: "missing: a web server does not say which fleets it has",
		remedy: "Name them: --fleet stable --fleet testing."
	});
	const sources = fleets.map((fleet) => fleetUrl(base, fleet));
	return {
		where: base.href,
		fleets: async () => sources
	};
}
function readUrl(text) {
	const url = URL.parse(text.endsWith("/") ? text : `${text}/`);
	if (url === null || !["http:", "https:"].includes(url.protocol)) throw new InputError({
		field: "--site",
		problem: "not a folder, and not a URL",
		found: text
	});
	refuseCredentials(url, "--site");
	if (url.protocol === "http:" && !isLoopback(url)) throw new InputError({
		field: "--site",
		problem: "plain HTTP to another machine: anyone on the network path could offer other images",
		found: text,
		remedy: "Use https."
	});
	return url;
}
function fleetUrl(base, fleet) {
	const at = (file) => cachedFile(new URL(`${encodeURIComponent(fleet)}/${file}`, base));
	const releases = at("releases.json");
	const updates = at("updates.json");
	let last;
	return {
		where: new URL(`${encodeURIComponent(fleet)}/`, base).href,
		read: async () => {
			const now = {
				updates: await updates(),
				releases: await releases()
			};
			if (now.updates === last?.updates && now.releases === last.releases) return void 0;
			last = now;
			return {
				fleet,
				...now
			};
		}
	};
}
/** Reads a file; returns the same object while the server says that it is unchanged, or the text is the same. */
function cachedFile(url) {
	let known;
	return async () => {
		const { status, text, headers } = await fetchText(url, known?.headers ?? {});
		if (status === 304 && known !== void 0) return known.file;
		const etag = headers.get("etag");
		const modified = headers.get("last-modified");
		known = {
			file: known?.file.text === text ? known.file : {
				where: url.href,
				text
			},
			headers: {
				...defined({ "if-none-match": etag === null ? void 0 : etag }),
				...defined({ "if-modified-since": etag === null && modified !== null ? modified : void 0 })
			}
		};
		return known.file;
	};
}
async function fetchText(url, headers) {
	const tried = `reading ${url.href}`;
	try {
		const response = await fetchWhole(url, {
			headers: {
				accept: "application/json",
				...headers
			},
			timeout: timeoutMilliseconds
		});
		if (response.status !== 200 && response.status !== 304) {
			response.discard();
			throw new OutsideError(tried, `the server answered ${response.status} ${response.statusText}`.trim());
		}
		return {
			status: response.status,
			text: (await response.bytes(largestFile)).toString(),
			headers: response.headers
		};
	} catch (error) {
		if (error instanceof OutsideError) throw error;
		const cause = error instanceof Error && error.cause !== void 0 ? `: ${messageOf(error.cause)}` : "";
		throw new OutsideError(tried, `${messageOf(error)}${cause}`, void 0, { cause: error });
	}
}
export { createMetrics as a, createGraphServer as c, folderSource as d, listSiteRings as f, createNodeCounts as i, createAccessLog as l, artifactSource as n, createHaltWebhook as o, readSiteFleet as p, openSite as r, readWebhookSecrets as s, urlSource as t, countSlices as u };
