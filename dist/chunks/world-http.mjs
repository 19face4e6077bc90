import { n as __esmMin } from "./rolldown-runtime.mjs";
import { ct as InputError, dt as init_errors, ft as messageOf, it as defined, lt as OutsideError } from "./host.mjs";
import { n as init_hpagent, t as HttpsProxyAgent } from "./hpagent.mjs";
import { r as isLoopback } from "./world.mjs";
import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import http from "node:http";
import https from "node:https";
import { BlockList, isIP } from "node:net";
// src/world/http/http-answer.ts
/** An answer without a body may still name the encoding that one would have. */
function hasBody(message) {
	if (message.req?.method === "HEAD" || message.headers["content-length"] === "0") return false;
	return message.statusCode !== 204 && message.statusCode !== 304;
}
function decoded(message, encoding) {
	if (encoding === null || encoding === "identity") return message;
	const decoder = encoding === "br" ? createBrotliDecompress() : /^(x-)?gzip$/.test(encoding) ? createGunzip() : void 0;
	if (decoder === void 0) return message;
	message.once("error", (error) => decoder.destroy(error));
	decoder.once("close", () => message.destroy());
	return message.pipe(decoder);
}
var redirectStatuses, AnswerHeaders, HttpAnswer, TooLong;
var init_http_answer = __esmMin((() => {
	redirectStatuses = [
		301,
		302,
		303,
		307,
		308
	];
	AnswerHeaders = class {
		#headers;
		constructor(headers) {
			this.#headers = headers;
		}
		get(name) {
			const value = this.#headers[name.toLowerCase()];
			return value === void 0 ? null : Array.isArray(value) ? value.join(", ") : value;
		}
		has(name) {
			return this.get(name) !== null;
		}
		*[Symbol.iterator]() {
			for (const name of Object.keys(this.#headers)) yield [name, this.get(name) ?? ""];
		}
	};
	HttpAnswer = class HttpAnswer {
		status;
		statusText;
		url;
		headers;
		body;
		#message;
		#url;
		constructor(message, url, body) {
			this.#message = message;
			this.#url = url;
			this.status = message.statusCode ?? 0;
			this.statusText = message.statusMessage ?? "";
			this.url = url.href;
			this.headers = new AnswerHeaders(message.headers);
			this.body = body ?? (hasBody(message) ? decoded(message, this.headers.get("content-encoding")) : message);
			this.body.on("error", () => {});
		}
		/** The same answer, for another reader, after these bytes were read from it. */
		withBody(bytes) {
			return new HttpAnswer(this.#message, this.#url, Readable.from([bytes], { objectMode: false }));
		}
		get ok() {
			return this.status >= 200 && this.status < 300;
		}
		/** Lets go of a body that nobody wants. A short one is read, so that the connection is kept. */
		discard() {
			if (Number(this.headers.get("content-length") ?? 0) > 65536) this.body.destroy();
			else this.body.resume();
		}
		/** The whole body. @throws TooLong if it has more bytes than the limit */
		async bytes(limit = Number.POSITIVE_INFINITY) {
			const chunks = [];
			let size = 0;
			for await (const chunk of this.body) {
				size += chunk.length;
				if (size > limit) throw new TooLong(`the answer has more than ${limit} bytes`);
				chunks.push(chunk);
			}
			return Buffer.concat(chunks);
		}
		async text(limit) {
			return new TextDecoder().decode(await this.bytes(limit));
		}
		async json() {
			return JSON.parse(await this.text());
		}
		async arrayBuffer() {
			const { buffer, byteOffset, length } = await this.bytes();
			return buffer.slice(byteOffset, byteOffset + length);
		}
	};
	TooLong = class extends Error {
		name = "TooLong";
	};
}));
// src/world/http/proxies.ts
/**
* HTTPS_PROXY, HTTP_PROXY and NO_PROXY as Go's programs read them: buildah and skopeo run in the same jobs. The names
* in small letters count first, as for curl. This machine's own addresses are never asked through a proxy.
* @throws InputError for a proxy that is not http or https, when it is needed
*/
function proxiesOf(env) {
	return (target) => {
		const name = target.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
		const text = (env[name.toLowerCase()] || env[name] || "").trim();
		if (text === "" || isLoopback(target)) return void 0;
		if (isExcepted(target, env.no_proxy || env.NO_PROXY || "")) return void 0;
		return readProxy(text, name);
	};
}
/** A proxy without its password, for messages. */
function proxyName({ protocol, host }) {
	return `${protocol}//${host}`;
}
function readProxy(text, name) {
	const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
	const url = URL.canParse(full) ? new URL(full) : void 0;
	if (url !== void 0 && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "") return url;
	throw new InputError({
		field: name,
		problem: "not a proxy that coxswain can use",
		found: text.replace(/\/\/[^/]*@/, "//…@"),
		expected: "http://HOST:PORT or http://USER:PASSWORD@HOST:PORT; https:// if the proxy itself speaks TLS"
	});
}
/** Whether NO_PROXY names the host: itself, a domain over it, an address, a network such as 10.0.0.0/8, or `*`. */
function isExcepted(target, list) {
	const host = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
	const port = target.port || (target.protocol === "https:" ? "443" : "80");
	return list.toLowerCase().split(/[\s,]+/).filter((entry) => entry !== "").some((entry) => {
		if (entry === "*") return true;
		const [, bracketed, plain, wanted] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
		const name = bracketed ?? plain ?? entry;
		if (wanted !== void 0 && wanted !== port) return false;
		return isIP(host) === 0 ? isDomainOf(host, name) : isInNetwork(host, name);
	});
}
/** `example.com` also means the hosts below it; `.example.com` means only those. */
function isDomainOf(host, name) {
	const below = name.replace(/^\*?(?=\.)/, "");
	return below.startsWith(".") ? host.endsWith(below) : host === below || host.endsWith(`.${below}`);
}
function isInNetwork(address, name) {
	const [network = "", prefix] = name.split("/");
	const version = isIP(network);
	if (version === 0 || version !== isIP(address)) return false;
	if (prefix === void 0) return network === address;
	const bits = Number(prefix);
	const most = version === 4 ? 32 : 128;
	if (!Number.isInteger(bits) || bits < 0 || bits > most) return false;
	const family = version === 4 ? "ipv4" : "ipv6";
	const networks = new BlockList();
	networks.addSubnet(network, bits, family);
	return networks.check(address, family);
}
var init_proxies = __esmMin((() => {
	init_errors();
}));
// src/world/http/http-exchange.ts
/**
* Sends one request over a connection that is kept for the next one. Follows no redirect, and accepts any status.
* @throws ConnectionError, or the reason of the signal, or what the body threw
*/
async function exchange(target, request) {
	const proxy = proxyOf(request.env ?? process.env)(target);
	try {
		return await attempt(target, request, proxy);
	} catch (error) {
		if (error instanceof ClosedConnection && ["GET", "HEAD"].includes(request.method)) return attempt(target, request, proxy);
		throw error;
	}
}
async function attempt(target, request, proxy) {
	const { method, body, signal } = request;
	signal?.throwIfAborted();
	const tunnelled = proxy !== void 0 && target.protocol === "https:";
	const { url, headers } = placeOf(target, {
		...lengthOf(body),
		...request.headers
	}, proxy);
	const sent = (url.protocol === "https:" ? https : http).request(url, {
		method,
		headers,
		agent: tunnelled ? tunnelTo(proxy) : url.protocol === "https:" ? secure : plain,
		...tunnelled ? { timeout: proxyPatience } : {},
		...proxy !== void 0 && !tunnelled ? { path: withoutUser(target).href } : {}
	});
	let message;
	const abort = () => (message ?? sent).destroy(signal?.reason);
	signal?.addEventListener("abort", abort, { once: true });
	let fromBody;
	const answer = new Promise((resolve, reject) => {
		sent.once("response", resolve);
		sent.on("error", (error) => {
			if (signal?.aborted === true) return reject(signal.reason);
			if (fromBody !== void 0) return reject(fromBody);
			reject(new (sent.reusedSocket && codeOf(error) === "ECONNRESET" ? ClosedConnection : ConnectionError)(error, proxy));
		});
	});
	if (body === void 0 || typeof body === "string" || body instanceof Uint8Array) sent.end(body);
	else pump(body, sent).catch((error) => {
		fromBody = error;
		sent.destroy(error instanceof Error ? error : new Error(messageOf(error)));
	});
	message = await answer;
	message.once("close", () => {
		signal?.removeEventListener("abort", abort);
		if (!sent.writableEnded) sent.destroy();
	});
	return new HttpAnswer(message, target);
}
/** node:http leaves it out for a DELETE; the server then reads the body as the next request. */
function lengthOf(body) {
	if (typeof body !== "string" && !(body instanceof Uint8Array)) return {};
	return { "content-length": String(Buffer.byteLength(body)) };
}
/** Writes as fast as the server reads. */
async function pump(body, sent) {
	for await (const chunk of body) {
		if (sent.destroyed) return;
		if (!sent.write(chunk)) await drained(sent);
	}
	sent.end();
}
function drained(sent) {
	return new Promise((resolve) => {
		const done = () => {
			sent.off("drain", done).off("close", done);
			resolve();
		};
		sent.on("drain", done).on("close", done);
	});
}
/** The address that gets the request: a proxy forwards plain HTTP, and opens a tunnel for HTTPS. */
function placeOf(target, headers, proxy) {
	if (proxy === void 0 || target.protocol === "https:") return {
		url: target,
		headers
	};
	const { username, password } = proxy;
	const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	return {
		url: withoutUser(proxy),
		headers: {
			...headers,
			host: target.host,
			...login === ":" ? {} : { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` }
		}
	};
}
function tunnelTo(proxy) {
	let tunnel = tunnels.get(proxy.href);
	if (tunnel === void 0) {
		tunnel = new HttpsProxyAgent({
			...options,
			proxy
		});
		tunnels.set(proxy.href, tunnel);
	}
	return tunnel;
}
function proxyOf(env) {
	if (known?.env !== env) known = {
		env,
		proxyOf: proxiesOf(env)
	};
	return known.proxyOf;
}
function withoutUser(url) {
	const clean = new URL(url);
	clean.username = "";
	clean.password = "";
	return clean;
}
/** hpagent knows only the status that the proxy answered. */
function explain(error) {
	const message = messageOf(error instanceof AggregateError ? error.errors[0] : error);
	const status = /^Bad response: (\d+)$/.exec(message)?.[1];
	if (status === void 0) return message;
	return status === "407" ? "the proxy answered 407: it wants a user name and password, or other ones" : `the proxy answered ${status} instead of connecting`;
}
function codeOf(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : void 0;
}
var ConnectionError, options, proxyPatience, plain, secure, tunnels, ClosedConnection, known;
var init_http_exchange = __esmMin((() => {
	init_hpagent();
	init_errors();
	init_http_answer();
	init_proxies();
	ConnectionError = class extends Error {
		name = "ConnectionError";
		/** `http://proxy:3128`, if one was used. */
		proxy;
		/** The message without the proxy. */
		reason;
		constructor(cause, proxy) {
			const through = proxy === void 0 ? "" : ` (through the proxy ${proxyName(proxy)})`;
			const reason = explain(cause);
			super(`${reason}${through}`, { cause });
			this.reason = reason;
			this.proxy = proxy === void 0 ? void 0 : proxyName(proxy);
		}
	};
	options = {
		keepAlive: true,
		timeout: 3e4
	};
	proxyPatience = 3e4;
	plain = new http.Agent(options);
	secure = new https.Agent(options);
	tunnels = /* @__PURE__ */ new Map();
	ClosedConnection = class extends ConnectionError {};
}));
// src/world/http/fetch-whole.ts
/**
* Like the global fetch for what is read whole, but over our own connections (`http-exchange.ts` says why). Redirects
* are followed, those of a write only within its origin; the authorization goes to the first origin only.
* @throws ConnectionError; Error with the name TimeoutError
*/
async function fetchWhole(address, options = {}) {
	const { method = "GET", redirect = "follow", timeout = 6e4, body } = options;
	let headers = {
		"accept-encoding": "gzip, br",
		"user-agent": "coxswain",
		...lowerCase(options.headers ?? {})
	};
	const signal = AbortSignal.timeout(timeout);
	let target = new URL(address);
	for (let hop = 0;; hop += 1) {
		const answer = await exchange(target, {
			method,
			headers,
			signal,
			...defined({ body })
		});
		const location = answer.headers.get("location");
		if (redirect === "manual" || location === null || hop === maximumRedirects) return answer;
		const next = new URL(location, target);
		if (!isFollowed(method, answer.status, next.origin === target.origin)) return answer;
		answer.discard();
		if (!/^https?:$/.test(next.protocol)) throw new Error(`${target.host} redirected to ${next.protocol}`);
		if (next.origin !== target.origin) {
			const { authorization: _, cookie: __, ...others } = headers;
			headers = others;
		}
		target = next;
	}
}
/** GitHub answers writes to a renamed repository with 307. They are sent nowhere else. */
function isFollowed(method, status, sameOrigin) {
	if (method === "GET" || method === "HEAD") return redirectStatuses.includes(status);
	return sameOrigin && (status === 307 || status === 308);
}
function lowerCase(headers) {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
var maximumRedirects;
var init_fetch_whole = __esmMin((() => {
	init_http_answer();
	init_http_exchange();
	maximumRedirects = 10;
}));
// src/world/http/listen.ts
init_errors();
/** Reads `127.0.0.1:8080`, `[::1]:8080`, `0.0.0.0:0`. @throws InputError */
function parseListenAddress(text, field) {
	const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text) ?? [];
	const host = bracketed ?? plain;
	if (host !== void 0 && Number(digits) <= 65535) return {
		host,
		port: Number(digits)
	};
	throw new InputError({
		field,
		problem: "not an address to listen on",
		found: text,
		expected: "HOST:PORT, such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080; port 0 takes a free one"
	});
}
/** Starts to listen. @returns the URL, with the port that was taken */
async function listen(server, { host, port }) {
	await new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen({
			host,
			port
		}, () => {
			server.off("error", reject);
			resolve();
		});
	}).catch((error) => {
		throw new OutsideError(`listening on ${host}:${port}`, messageOf(error), "Choose another address with --listen, or stop the program that uses it.", { cause: error });
	});
	const taken = server.address();
	return `http://${taken.family === "IPv6" ? `[${taken.address}]` : taken.address}:${taken.port}/`;
}
/** Accepts no more connections, lets requests finish for this long, then cuts them. */
async function stopServer(server, graceMilliseconds) {
	const timer = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
	await new Promise((resolve) => {
		server.close(() => resolve());
	});
	clearTimeout(timer);
}
// src/world/http/no-undici.ts
/**
* Stands in for undici under `@actions/http-client` (rolldown.config.ts): a second HTTP stack of 700 kB. The client takes
* only this class from it, for a function that GitHub's octokit called and that nobody calls here.
*/
var ProxyAgent = class {
	constructor() {
		throw new Error("the bundle has no undici: use src/world/http/http-exchange.ts, which knows proxies");
	}
};
export { fetchWhole as a, exchange as c, init_http_answer as d, redirectStatuses as f, stopServer as i, init_http_exchange as l, listen as n, init_fetch_whole as o, parseListenAddress as r, ConnectionError as s, ProxyAgent as t, TooLong as u };
