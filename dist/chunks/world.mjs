import { n as __esmMin } from "./rolldown-runtime.mjs";
import { ct as InputError, dt as init_errors } from "./host.mjs";
// src/world/loopback.ts
/** True for this machine's own addresses: plain HTTP is used with no other, and no proxy is asked for them. */
function isLoopback(url) {
	const host = url.hostname;
	return host === "localhost" || host === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
var init_loopback = __esmMin((() => {}));
// src/world/refuse-credentials.ts
init_errors();
/**
* Refuses an address with a user name or a password in it: messages and logs would repeat it. `fetch` refuses such an
* address too, and its error prints the password.
* @throws InputError, which does not repeat them
*/
function refuseCredentials(url, field) {
	if (url.username === "" && url.password === "") return;
	throw new InputError({
		field,
		problem: "this address has a user name or a password in it",
		found: `${url.protocol}//…@${url.host}${url.pathname}`,
		remedy: "Serve the files without a login, or copy them to a folder and name that."
	});
}
export { init_loopback as n, isLoopback as r, refuseCredentials as t };
