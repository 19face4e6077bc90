import { it as messageOf, nt as OutsideError, tt as InputError } from "./host.mjs";
// src/world/http/listen.ts
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
export { parseListenAddress as n, stopServer as r, listen as t };
