import { at as init_errors, nt as InputError } from "./host.mjs";
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
export { refuseCredentials as t };
