import { t as __commonJSMin } from "./rolldown-runtime.mjs";
// node_modules/@gar/promise-retry/lib/retry.js
var require_retry = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var RetryOperation = class {
		#attempts = 1;
		#cachedTimeouts = null;
		#errors = [];
		#fn = null;
		#maxRetryTime;
		#operationStart = null;
		#originalTimeouts;
		#timeouts;
		#timer = null;
		#unref;
		constructor(timeouts, options = {}) {
			this.#originalTimeouts = [...timeouts];
			this.#timeouts = [...timeouts];
			this.#unref = options.unref;
			this.#maxRetryTime = options.maxRetryTime || 1e400;
			if (options.forever) this.#cachedTimeouts = [...this.#timeouts];
		}
		get timeouts() {
			return [...this.#timeouts];
		}
		get errors() {
			return [...this.#errors];
		}
		get attempts() {
			return this.#attempts;
		}
		get mainError() {
			let mainError = null;
			if (this.#errors.length) {
				let mainErrorCount = 0;
				const counts = {};
				for (let i = 0; i < this.#errors.length; i++) {
					const error = this.#errors[i];
					const { message } = error;
					if (!counts[message]) counts[message] = 0;
					counts[message]++;
					if (counts[message] >= mainErrorCount) {
						mainError = error;
						mainErrorCount = counts[message];
					}
				}
			}
			return mainError;
		}
		reset() {
			this.#attempts = 1;
			this.#timeouts = [...this.#originalTimeouts];
		}
		stop() {
			if (this.#timer) clearTimeout(this.#timer);
			this.#timeouts = [];
			this.#cachedTimeouts = null;
		}
		retry(err) {
			this.#errors.push(err);
			if ((/* @__PURE__ */ new Date()).getTime() - this.#operationStart >= this.#maxRetryTime) {
				this.#errors.unshift(/* @__PURE__ */ new Error("RetryOperation timeout occurred"));
				return false;
			}
			let timeout = this.#timeouts.shift();
			if (timeout === void 0) {
				if (this.#cachedTimeouts) {
					this.#errors.pop();
					timeout = this.#cachedTimeouts.at(-1);
				} else return false;
			}
			this.#timer = setTimeout(() => {
				this.#attempts++;
				this.#fn(this.#attempts);
			}, timeout);
			if (this.#unref) this.#timer.unref();
			return true;
		}
		attempt(fn) {
			this.#fn = fn;
			this.#operationStart = (/* @__PURE__ */ new Date()).getTime();
			this.#fn(this.#attempts);
		}
	};
	module.exports = { RetryOperation };
}));
// node_modules/@gar/promise-retry/lib/index.js
var require_lib = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const { RetryOperation } = require_retry();
	const createTimeout = (attempt, opts) => Math.min(Math.round((1 + (opts.randomize ? Math.random() : 0)) * Math.max(opts.minTimeout, 1) * Math.pow(opts.factor, attempt)), opts.maxTimeout);
	const isRetryError = (err) => err?.code === "EPROMISERETRY" && Object.hasOwn(err, "retried");
	const promiseRetry = async (fn, options = {}) => {
		let timeouts = [];
		if (options instanceof Array) timeouts = [...options];
		else {
			if (options.retries === 1e400) {
				options.forever = true;
				delete options.retries;
			}
			const opts = {
				retries: 10,
				factor: 2,
				minTimeout: 1e3,
				maxTimeout: 1e400,
				randomize: false,
				...options
			};
			if (opts.minTimeout > opts.maxTimeout) throw new Error("minTimeout is greater than maxTimeout");
			if (opts.retries) {
				for (let i = 0; i < opts.retries; i++) timeouts.push(createTimeout(i, opts));
				timeouts.sort((a, b) => a - b);
			} else if (options.forever) timeouts.push(createTimeout(0, opts));
		}
		const operation = new RetryOperation(timeouts, {
			forever: options.forever,
			unref: options.unref,
			maxRetryTime: options.maxRetryTime
		});
		return new Promise(function(resolve, reject) {
			operation.attempt(async (number) => {
				try {
					return resolve(await fn((err) => {
						throw Object.assign(/* @__PURE__ */ new Error("Retrying"), {
							code: "EPROMISERETRY",
							retried: err
						});
					}, number, operation));
				} catch (err) {
					if (!isRetryError(err)) return reject(err);
					if (!operation.retry(err.retried || /* @__PURE__ */ new Error())) return reject(err.retried);
				}
			});
		});
	};
	module.exports = { promiseRetry };
}));
export { require_lib as t };
