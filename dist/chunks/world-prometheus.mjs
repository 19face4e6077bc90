import { C as tuple, S as string, _ as looseObject, g as literal, l as array, v as number, y as object } from "./libraries.mjs";
import { Gt as messageOf, Ht as OutsideError, P as plainLine, Vt as InputError, Wt as init_errors } from "./host.mjs";
import { $i as init_http_answer, Ji as fetchWhole, Qi as TooLong, Yi as init_fetch_whole } from "./shared.mjs";
// src/world/prometheus/query-range.ts
init_errors();
init_fetch_whole();
init_http_answer();
/** Milliseconds that the server has to answer. */
const patience = 15e3;
/** An answer is one series: 11,000 values at most, of about 40 bytes. */
const largestAnswer = 4194304;
const sample = tuple([number(), string()]);
const answerSchema = object({
	status: literal("success"),
	warnings: array(string()).optional(),
	data: object({
		resultType: literal("matrix"),
		result: array(looseObject({ values: array(sample) }))
	})
});
const errorSchema = object({
	status: literal("error"),
	error: string()
});
/**
* Asks a Prometheus server for the values of a query. One series is an answer; no series and several are none.
* @param options.credentials are sent only to the origin that they are for
* @throws OutsideError "could not ask …" for everything that is not such an answer
*/
async function queryRange(wanted, options = {}) {
	const address = new URL("api/v1/query_range", wanted.url);
	address.search = new URLSearchParams({
		query: wanted.query,
		start: String(wanted.from),
		end: String(wanted.to),
		step: String(wanted.step)
	}).toString();
	const failure = (happened) => couldNotAsk(wanted.url, happened);
	const { status, text } = await request(address, options).catch((error) => {
		if (error instanceof OutsideError) throw error;
		throw failure(reasonOf(error));
	});
	const json = readJson(text);
	const refusal = errorSchema.safeParse(json);
	if (refusal.success) throw failure(`it answers ${status}: ${shorten(refusal.data.error)}`);
	if (status !== 200) throw failure(`it answers ${status}`);
	if (json === void 0) throw failure(`the answer is not JSON: ${shorten(text)}`);
	const answer = answerSchema.safeParse(json);
	if (!answer.success) {
		const [issue] = answer.error.issues;
		throw failure(`this is not an answer to a query (${[issue?.path.join("."), issue?.message].filter(Boolean).join(": ")})`);
	}
	const { warnings = [], data } = answer.data;
	if (warnings.length > 0) throw failure(`it warns that the answer may be wrong: ${shorten(warnings.join("; "))}`);
	const [series, ...others] = data.result;
	if (series === void 0 || series.values.length === 0) throw failure("the query gives no value");
	if (others.length > 0) throw failure(`the query gives ${data.result.length} series: aggregate them, for example with sum or max`);
	return series.values.map(([time, value]) => {
		const number = readValue(value);
		if (number === void 0) throw failure(`${shorten(value)} is not a number`);
		return {
			time,
			value: number
		};
	});
}
/** The error for a question that got no answer. */
function couldNotAsk(url, happened) {
	return new OutsideError(`asking ${url}`, happened, "It counts neither as trouble nor as health. Running the same command again is safe.");
}
async function request(address, options) {
	const { credentials } = options;
	const own = credentials !== void 0 && credentials.origin === address.origin;
	const response = await fetchWhole(address, {
		headers: {
			accept: "application/json",
			...own ? { authorization: credentials.authorization } : {}
		},
		redirect: "manual",
		timeout: options.patience ?? patience
	});
	try {
		return {
			status: response.status,
			text: (await response.bytes(largestAnswer)).toString()
		};
	} catch (error) {
		if (!(error instanceof TooLong)) throw error;
		throw couldNotAsk(address.origin, `the answer is longer than ${largestAnswer} bytes`);
	}
}
/** Prometheus writes numbers as texts: `1.5`, `1e-05`, `NaN`, `+Inf`. */
function readValue(text) {
	if (text === "NaN") return NaN;
	const infinite = /^([+-]?)Inf$/.exec(text);
	if (infinite !== null) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
	return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : void 0;
}
function readJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
function reasonOf(error) {
	const cause = error instanceof Error && error.cause !== void 0 ? error.cause : error;
	if (cause instanceof Error && cause.name === "TimeoutError") return "it gives no answer in time";
	return shorten(messageOf(cause));
}
function shorten(text) {
	return plainLine(text, 200);
}
// src/world/prometheus/credentials.ts
init_errors();
const variables = {
	origin: "COXSWAIN_PROMETHEUS_ORIGIN",
	token: "COXSWAIN_PROMETHEUS_TOKEN",
	username: "COXSWAIN_PROMETHEUS_USERNAME",
	password: "COXSWAIN_PROMETHEUS_PASSWORD"
};
/**
* Credentials from the environment: a token, or a name and a password, and the origin that they are for. The origin is
* not taken from coxswain.yaml, so that a changed file cannot send a secret elsewhere.
* @returns undefined if there are none
* @throws InputError for half of them, and for an origin that is reached without encryption
*/
function readPrometheusCredentials(env) {
	const [token, username, password] = [
		"token",
		"username",
		"password"
	].map((name) => env[variables[name]] || void 0);
	if (token === void 0 && username === void 0 && password === void 0) return void 0;
	const origin = readOrigin(env[variables.origin] ?? "");
	if (token !== void 0) {
		if (/[^\x21-\x7e]/.test(token)) throw unusable(variables.token);
		return {
			origin,
			authorization: `Bearer ${token}`
		};
	}
	if (username === void 0 || password === void 0) throw new InputError({
		field: username === void 0 ? variables.username : variables.password,
		problem: "a name and a password belong together, and one of them is missing",
		expected: `${variables.username} and ${variables.password}, or ${variables.token}`
	});
	if (username.includes(":")) throw unusable(variables.username);
	return {
		origin,
		authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
	};
}
function readOrigin(text) {
	const url = URL.canParse(text) ? new URL(text) : void 0;
	if (url === void 0 || !/^https?:$/.test(url.protocol)) throw new InputError({
		field: variables.origin,
		problem: "there are credentials for Prometheus, and it is not said which server may get them",
		found: text === "" ? "nothing" : text,
		expected: "its origin, such as https://prometheus.example.com"
	});
	const loopback = /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(url.hostname);
	if (url.protocol === "https:" || loopback) return url.origin;
	throw new InputError({
		field: variables.origin,
		problem: "credentials must not travel unencrypted",
		found: url.origin,
		expected: "https://…"
	});
}
function unusable(field) {
	return new InputError({
		field,
		problem: "this value cannot be sent",
		expected: "one line of ASCII"
	});
}
export { couldNotAsk as n, queryRange as r, readPrometheusCredentials as t };
