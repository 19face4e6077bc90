import { a as __toCommonJS, i as __require, t as __commonJSMin } from "./rolldown-runtime.mjs";
import { t as require_dist$1 } from "./sigstore-core.mjs";
import { t as require_dist$2 } from "./sigstore-bundle.mjs";
import { n as require_dist$3, t as require_v2 } from "./sigstore-protobuf-specs.mjs";
import { t as require_lib } from "./gar-promise-retry.mjs";
import { n as init_fetch_for_sigstore, t as fetch_for_sigstore_exports } from "./release-attestations.mjs";
import { t as require_lib$1 } from "./proc-log.mjs";
// node_modules/@sigstore/sign/dist/util/oidc.js
var require_oidc = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.extractJWTSubject = extractJWTSubject;
	const core_1 = require_dist$1();
	function extractJWTSubject(jwt) {
		const parts = jwt.split(".", 3);
		const payload = JSON.parse(core_1.encoding.base64Decode(parts[1]));
		if (payload.email) {
			if (!payload.email_verified) throw new Error("JWT email not verified by issuer");
			return payload.email;
		}
		if (payload.sub) return payload.sub;
		else throw new Error("JWT subject not found");
	}
}));
// node_modules/@sigstore/sign/package.json
var require_package = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = {
		"name": "@sigstore/sign",
		"version": "4.1.1",
		"description": "Sigstore signing library",
		"main": "dist/index.js",
		"types": "dist/index.d.ts",
		"scripts": {
			"clean": "shx rm -rf dist *.tsbuildinfo",
			"build": "tsc --build",
			"test": "jest"
		},
		"files": ["dist"],
		"author": "bdehamer@github.com",
		"license": "Apache-2.0",
		"repository": {
			"type": "git",
			"url": "git+https://github.com/sigstore/sigstore-js.git"
		},
		"bugs": { "url": "https://github.com/sigstore/sigstore-js/issues" },
		"homepage": "https://github.com/sigstore/sigstore-js/tree/main/packages/sign#readme",
		"publishConfig": { "provenance": true },
		"devDependencies": {
			"@sigstore/jest": "^0.0.0",
			"@sigstore/mock": "^0.12.0",
			"@sigstore/rekor-types": "^4.0.0",
			"@types/make-fetch-happen": "^10.0.4"
		},
		"dependencies": {
			"@sigstore/bundle": "^4.0.0",
			"@sigstore/core": "^3.2.0",
			"@sigstore/protobuf-specs": "^0.5.0",
			"make-fetch-happen": "^15.0.4",
			"proc-log": "^6.1.0",
			"@gar/promise-retry": "^1.0.2"
		},
		"engines": { "node": "^20.17.0 || >=22.9.0" }
	};
}));
// node_modules/@sigstore/sign/dist/util/ua.js
var require_ua = /* @__PURE__ */ __commonJSMin(((exports, module, this$5) => {
	var __importDefault = this$5 && this$5.__importDefault || function(mod) {
		return mod && mod.__esModule ? mod : { "default": mod };
	};
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.getUserAgent = void 0;
	const os_1 = __importDefault(__require("os"));
	const getUserAgent = () => {
		return `sigstore-js/${require_package().version} (Node ${process.version}) (${os_1.default.platform()}/${os_1.default.arch()})`;
	};
	exports.getUserAgent = getUserAgent;
}));
// node_modules/@sigstore/sign/dist/util/index.js
var require_util = /* @__PURE__ */ __commonJSMin(((exports, module, this$4) => {
	var __createBinding = this$4 && this$4.__createBinding || (Object.create ? (function(o, m, k, k2) {
		if (k2 === void 0) k2 = k;
		var desc = Object.getOwnPropertyDescriptor(m, k);
		if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) desc = {
			enumerable: true,
			get: function() {
				return m[k];
			}
		};
		Object.defineProperty(o, k2, desc);
	}) : (function(o, m, k, k2) {
		if (k2 === void 0) k2 = k;
		o[k2] = m[k];
	}));
	var __setModuleDefault = this$4 && this$4.__setModuleDefault || (Object.create ? (function(o, v) {
		Object.defineProperty(o, "default", {
			enumerable: true,
			value: v
		});
	}) : function(o, v) {
		o["default"] = v;
	});
	var __importStar = this$4 && this$4.__importStar || (function() {
		var ownKeys = function(o) {
			ownKeys = Object.getOwnPropertyNames || function(o) {
				var ar = [];
				for (var k in o) if (Object.prototype.hasOwnProperty.call(o, k)) ar[ar.length] = k;
				return ar;
			};
			return ownKeys(o);
		};
		return function(mod) {
			if (mod && mod.__esModule) return mod;
			var result = {};
			if (mod != null) {
				for (var k = ownKeys(mod), i = 0; i < k.length; i++) if (k[i] !== "default") __createBinding(result, mod, k[i]);
			}
			__setModuleDefault(result, mod);
			return result;
		};
	})();
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.ua = exports.oidc = exports.pem = exports.json = exports.encoding = exports.dsse = exports.crypto = void 0;
	var core_1 = require_dist$1();
	Object.defineProperty(exports, "crypto", {
		enumerable: true,
		get: function() {
			return core_1.crypto;
		}
	});
	Object.defineProperty(exports, "dsse", {
		enumerable: true,
		get: function() {
			return core_1.dsse;
		}
	});
	Object.defineProperty(exports, "encoding", {
		enumerable: true,
		get: function() {
			return core_1.encoding;
		}
	});
	Object.defineProperty(exports, "json", {
		enumerable: true,
		get: function() {
			return core_1.json;
		}
	});
	Object.defineProperty(exports, "pem", {
		enumerable: true,
		get: function() {
			return core_1.pem;
		}
	});
	exports.oidc = __importStar(require_oidc());
	exports.ua = __importStar(require_ua());
}));
// node_modules/@sigstore/sign/dist/bundler/base.js
var require_base = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.BaseBundleBuilder = void 0;
	var BaseBundleBuilder = class {
		signer;
		witnesses;
		constructor(options) {
			this.signer = options.signer;
			this.witnesses = options.witnesses;
		}
		async create(artifact) {
			const signature = await this.prepare(artifact).then((blob) => this.signer.sign(blob));
			const bundle = await this.package(artifact, signature);
			const verificationMaterials = await Promise.all(this.witnesses.map((witness) => witness.testify(bundle.content, publicKey(signature.key))));
			const tlogEntryList = [];
			const timestampList = [];
			verificationMaterials.forEach(({ tlogEntries, rfc3161Timestamps }) => {
				tlogEntryList.push(...tlogEntries ?? []);
				timestampList.push(...rfc3161Timestamps ?? []);
			});
			bundle.verificationMaterial.tlogEntries = tlogEntryList;
			bundle.verificationMaterial.timestampVerificationData = { rfc3161Timestamps: timestampList };
			return bundle;
		}
		async prepare(artifact) {
			return artifact.data;
		}
	};
	exports.BaseBundleBuilder = BaseBundleBuilder;
	function publicKey(key) {
		switch (key.$case) {
			case "publicKey": return key.publicKey;
			case "x509Certificate": return key.certificate;
		}
	}
}));
// node_modules/@sigstore/sign/dist/bundler/bundle.js
var require_bundle = /* @__PURE__ */ __commonJSMin(((exports, module, this$3) => {
	var __createBinding = this$3 && this$3.__createBinding || (Object.create ? (function(o, m, k, k2) {
		if (k2 === void 0) k2 = k;
		var desc = Object.getOwnPropertyDescriptor(m, k);
		if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) desc = {
			enumerable: true,
			get: function() {
				return m[k];
			}
		};
		Object.defineProperty(o, k2, desc);
	}) : (function(o, m, k, k2) {
		if (k2 === void 0) k2 = k;
		o[k2] = m[k];
	}));
	var __setModuleDefault = this$3 && this$3.__setModuleDefault || (Object.create ? (function(o, v) {
		Object.defineProperty(o, "default", {
			enumerable: true,
			value: v
		});
	}) : function(o, v) {
		o["default"] = v;
	});
	var __importStar = this$3 && this$3.__importStar || (function() {
		var ownKeys = function(o) {
			ownKeys = Object.getOwnPropertyNames || function(o) {
				var ar = [];
				for (var k in o) if (Object.prototype.hasOwnProperty.call(o, k)) ar[ar.length] = k;
				return ar;
			};
			return ownKeys(o);
		};
		return function(mod) {
			if (mod && mod.__esModule) return mod;
			var result = {};
			if (mod != null) {
				for (var k = ownKeys(mod), i = 0; i < k.length; i++) if (k[i] !== "default") __createBinding(result, mod, k[i]);
			}
			__setModuleDefault(result, mod);
			return result;
		};
	})();
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.toMessageSignatureBundle = toMessageSignatureBundle;
	exports.toDSSEBundle = toDSSEBundle;
	const sigstore = __importStar(require_dist$2());
	const util_1 = require_util();
	function toMessageSignatureBundle(artifact, signature) {
		const digest = util_1.crypto.digest("sha256", artifact.data);
		return sigstore.toMessageSignatureBundle({
			digest,
			signature: signature.signature,
			certificate: signature.key.$case === "x509Certificate" ? util_1.pem.toDER(signature.key.certificate) : void 0,
			keyHint: signature.key.$case === "publicKey" ? signature.key.hint : void 0,
			certificateChain: true
		});
	}
	function toDSSEBundle(artifact, signature, certificateChain) {
		return sigstore.toDSSEBundle({
			artifact: artifact.data,
			artifactType: artifact.type,
			signature: signature.signature,
			certificate: signature.key.$case === "x509Certificate" ? util_1.pem.toDER(signature.key.certificate) : void 0,
			keyHint: signature.key.$case === "publicKey" ? signature.key.hint : void 0,
			certificateChain
		});
	}
}));
// node_modules/@sigstore/sign/dist/bundler/dsse.js
var require_dsse = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.DSSEBundleBuilder = void 0;
	const util_1 = require_util();
	const base_1 = require_base();
	const bundle_1 = require_bundle();
	var DSSEBundleBuilder = class extends base_1.BaseBundleBuilder {
		certificateChain;
		constructor(options) {
			super(options);
			this.certificateChain = options.certificateChain ?? false;
		}
		async prepare(artifact) {
			const a = artifactDefaults(artifact);
			return util_1.dsse.preAuthEncoding(a.type, a.data);
		}
		async package(artifact, signature) {
			return (0, bundle_1.toDSSEBundle)(artifactDefaults(artifact), signature, this.certificateChain);
		}
	};
	exports.DSSEBundleBuilder = DSSEBundleBuilder;
	function artifactDefaults(artifact) {
		return {
			...artifact,
			type: artifact.type ?? ""
		};
	}
}));
// node_modules/@sigstore/sign/dist/bundler/message.js
var require_message = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.MessageSignatureBundleBuilder = void 0;
	const base_1 = require_base();
	const bundle_1 = require_bundle();
	var MessageSignatureBundleBuilder = class extends base_1.BaseBundleBuilder {
		constructor(options) {
			super(options);
		}
		async package(artifact, signature) {
			return (0, bundle_1.toMessageSignatureBundle)(artifact, signature);
		}
	};
	exports.MessageSignatureBundleBuilder = MessageSignatureBundleBuilder;
}));
// node_modules/@sigstore/sign/dist/bundler/index.js
var require_bundler = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.MessageSignatureBundleBuilder = exports.DSSEBundleBuilder = void 0;
	var dsse_1 = require_dsse();
	Object.defineProperty(exports, "DSSEBundleBuilder", {
		enumerable: true,
		get: function() {
			return dsse_1.DSSEBundleBuilder;
		}
	});
	var message_1 = require_message();
	Object.defineProperty(exports, "MessageSignatureBundleBuilder", {
		enumerable: true,
		get: function() {
			return message_1.MessageSignatureBundleBuilder;
		}
	});
}));
// node_modules/@sigstore/sign/dist/external/error.js
var require_error$1 = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.HTTPError = void 0;
	var HTTPError = class extends Error {
		statusCode;
		location;
		constructor({ status, message, location }) {
			super(`(${status}) ${message}`);
			this.statusCode = status;
			this.location = location;
		}
	};
	exports.HTTPError = HTTPError;
}));
// node_modules/@sigstore/sign/dist/error.js
var require_error = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.InternalError = void 0;
	exports.internalError = internalError;
	const error_1 = require_error$1();
	var InternalError = class extends Error {
		code;
		cause;
		constructor({ code, message, cause }) {
			super(message);
			this.name = this.constructor.name;
			this.cause = cause;
			this.code = code;
		}
	};
	exports.InternalError = InternalError;
	function internalError(err, code, message) {
		if (err instanceof error_1.HTTPError) message += ` - ${err.message}`;
		throw new InternalError({
			code,
			message,
			cause: err
		});
	}
}));
// node_modules/@sigstore/sign/dist/external/fetch.js
var require_fetch = /* @__PURE__ */ __commonJSMin(((exports, module, this$2) => {
	var __importDefault = this$2 && this$2.__importDefault || function(mod) {
		return mod && mod.__esModule ? mod : { "default": mod };
	};
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.fetchWithRetry = fetchWithRetry;
	const promise_retry_1 = require_lib();
	const http2_1 = __require("http2");
	const make_fetch_happen_1 = __importDefault((init_fetch_for_sigstore(), __toCommonJS(fetch_for_sigstore_exports)));
	const proc_log_1 = require_lib$1();
	const util_1 = require_util();
	const error_1 = require_error$1();
	const { HTTP2_HEADER_LOCATION, HTTP2_HEADER_CONTENT_TYPE, HTTP2_HEADER_USER_AGENT, HTTP_STATUS_INTERNAL_SERVER_ERROR, HTTP_STATUS_TOO_MANY_REQUESTS, HTTP_STATUS_REQUEST_TIMEOUT } = http2_1.constants;
	async function fetchWithRetry(url, options) {
		return (0, promise_retry_1.promiseRetry)(async (retry, attemptNum) => {
			const method = options.method || "POST";
			const headers = {
				[HTTP2_HEADER_USER_AGENT]: util_1.ua.getUserAgent(),
				...options.headers
			};
			const response = await (0, make_fetch_happen_1.default)(url, {
				method,
				headers,
				body: options.body,
				timeout: options.timeout,
				retry: false
			}).catch((reason) => {
				proc_log_1.log.http("fetch", `${method} ${url} attempt ${attemptNum} failed with ${reason}`);
				return retry(reason);
			});
			if (response.ok) return response;
			else {
				const error = await errorFromResponse(response);
				proc_log_1.log.http("fetch", `${method} ${url} attempt ${attemptNum} failed with ${response.status}`);
				if (retryable(response.status)) return retry(error);
				else throw error;
			}
		}, retryOpts(options.retry));
	}
	const errorFromResponse = async (response) => {
		let message = response.statusText;
		const location = response.headers.get(HTTP2_HEADER_LOCATION) || void 0;
		if (response.headers.get(HTTP2_HEADER_CONTENT_TYPE)?.includes("application/json")) try {
			message = (await response.json()).message || message;
		} catch (e) {}
		return new error_1.HTTPError({
			status: response.status,
			message,
			location
		});
	};
	const retryable = (status) => [HTTP_STATUS_REQUEST_TIMEOUT, HTTP_STATUS_TOO_MANY_REQUESTS].includes(status) || status >= HTTP_STATUS_INTERNAL_SERVER_ERROR;
	const retryOpts = (retry) => {
		if (typeof retry === "boolean") return { retries: retry ? 1 : 0 };
		else if (typeof retry === "number") return { retries: retry };
		else return {
			retries: 0,
			...retry
		};
	};
}));
// node_modules/@sigstore/sign/dist/external/fulcio.js
var require_fulcio$1 = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Fulcio = void 0;
	const fetch_1 = require_fetch();
	/**
	* Fulcio API client.
	*/
	var Fulcio = class {
		options;
		constructor(options) {
			this.options = options;
		}
		async createSigningCertificate(request) {
			const { baseURL, retry, timeout } = this.options;
			const url = `${baseURL}/api/v2/signingCert`;
			return (await (0, fetch_1.fetchWithRetry)(url, {
				headers: { "Content-Type": "application/json" },
				body: JSON.stringify(request),
				timeout,
				retry
			})).json();
		}
	};
	exports.Fulcio = Fulcio;
}));
// node_modules/@sigstore/sign/dist/signer/fulcio/ca.js
var require_ca = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.CAClient = void 0;
	const error_1 = require_error();
	const fulcio_1 = require_fulcio$1();
	var CAClient = class {
		fulcio;
		constructor(options) {
			this.fulcio = new fulcio_1.Fulcio({
				baseURL: options.fulcioBaseURL,
				retry: options.retry,
				timeout: options.timeout
			});
		}
		async createSigningCertificate(identityToken, publicKey, challenge) {
			const request = toCertificateRequest(identityToken, publicKey, challenge);
			try {
				const resp = await this.fulcio.createSigningCertificate(request);
				return (resp.signedCertificateEmbeddedSct ? resp.signedCertificateEmbeddedSct : resp.signedCertificateDetachedSct).chain.certificates;
			} catch (err) {
				(0, error_1.internalError)(err, "CA_CREATE_SIGNING_CERTIFICATE_ERROR", "error creating signing certificate");
			}
		}
	};
	exports.CAClient = CAClient;
	function toCertificateRequest(identityToken, publicKey, challenge) {
		return {
			credentials: { oidcIdentityToken: identityToken },
			publicKeyRequest: {
				publicKey: {
					algorithm: "ECDSA",
					content: publicKey
				},
				proofOfPossession: challenge.toString("base64")
			}
		};
	}
}));
// node_modules/@sigstore/sign/dist/signer/fulcio/ephemeral.js
var require_ephemeral = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.EphemeralSigner = void 0;
	const crypto_1 = __require("crypto");
	const EC_KEYPAIR_TYPE = "ec";
	const P256_CURVE = "P-256";
	var EphemeralSigner = class {
		keypair;
		constructor() {
			this.keypair = (0, crypto_1.generateKeyPairSync)(EC_KEYPAIR_TYPE, { namedCurve: P256_CURVE });
		}
		async sign(data) {
			return {
				signature: (0, crypto_1.sign)("sha256", data, this.keypair.privateKey),
				key: {
					$case: "publicKey",
					publicKey: this.keypair.publicKey.export({
						format: "pem",
						type: "spki"
					}).toString("ascii")
				}
			};
		}
	};
	exports.EphemeralSigner = EphemeralSigner;
}));
// node_modules/@sigstore/sign/dist/signer/fulcio/index.js
var require_fulcio = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.FulcioSigner = exports.DEFAULT_FULCIO_URL = void 0;
	const error_1 = require_error();
	const util_1 = require_util();
	const ca_1 = require_ca();
	const ephemeral_1 = require_ephemeral();
	exports.DEFAULT_FULCIO_URL = "https://fulcio.sigstore.dev";
	var FulcioSigner = class {
		ca;
		identityProvider;
		keyHolder;
		constructor(options) {
			this.ca = new ca_1.CAClient({
				...options,
				fulcioBaseURL: options.fulcioBaseURL || /* istanbul ignore next */ exports.DEFAULT_FULCIO_URL
			});
			this.identityProvider = options.identityProvider;
			this.keyHolder = options.keyHolder || new ephemeral_1.EphemeralSigner();
		}
		async sign(data) {
			const identityToken = await this.getIdentityToken();
			let subject;
			try {
				subject = util_1.oidc.extractJWTSubject(identityToken);
			} catch (err) {
				throw new error_1.InternalError({
					code: "IDENTITY_TOKEN_PARSE_ERROR",
					message: `invalid identity token: ${identityToken}`,
					cause: err
				});
			}
			const challenge = await this.keyHolder.sign(Buffer.from(subject));
			if (challenge.key.$case !== "publicKey") throw new error_1.InternalError({
				code: "CA_CREATE_SIGNING_CERTIFICATE_ERROR",
				message: "unexpected format for signing key"
			});
			const certificates = await this.ca.createSigningCertificate(identityToken, challenge.key.publicKey, challenge.signature);
			return {
				signature: (await this.keyHolder.sign(data)).signature,
				key: {
					$case: "x509Certificate",
					certificate: certificates[0]
				}
			};
		}
		async getIdentityToken() {
			try {
				return await this.identityProvider.getToken();
			} catch (err) {
				throw new error_1.InternalError({
					code: "IDENTITY_TOKEN_READ_ERROR",
					message: "error retrieving identity token",
					cause: err
				});
			}
		}
	};
	exports.FulcioSigner = FulcioSigner;
}));
// node_modules/@sigstore/sign/dist/signer/index.js
var require_signer = /* @__PURE__ */ __commonJSMin(((exports) => {
	/* istanbul ignore file */
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.FulcioSigner = exports.DEFAULT_FULCIO_URL = void 0;
	var fulcio_1 = require_fulcio();
	Object.defineProperty(exports, "DEFAULT_FULCIO_URL", {
		enumerable: true,
		get: function() {
			return fulcio_1.DEFAULT_FULCIO_URL;
		}
	});
	Object.defineProperty(exports, "FulcioSigner", {
		enumerable: true,
		get: function() {
			return fulcio_1.FulcioSigner;
		}
	});
}));
// node_modules/@sigstore/sign/dist/external/rekor.js
var require_rekor = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Rekor = void 0;
	const fetch_1 = require_fetch();
	/**
	* Rekor API client.
	*/
	var Rekor = class {
		options;
		constructor(options) {
			this.options = options;
		}
		/**
		* Create a new entry in the Rekor log.
		* @param propsedEntry {ProposedEntry} Data to create a new entry
		* @returns {Promise<Entry>} The created entry
		*/
		async createEntry(propsedEntry) {
			const { baseURL, timeout, retry } = this.options;
			const url = `${baseURL}/api/v1/log/entries`;
			return entryFromResponse(await (await (0, fetch_1.fetchWithRetry)(url, {
				headers: {
					"Content-Type": "application/json",
					Accept: "application/json"
				},
				body: JSON.stringify(propsedEntry),
				timeout,
				retry
			})).json());
		}
		/**
		* Get an entry from the Rekor log.
		* @param uuid {string} The UUID of the entry to retrieve
		* @returns {Promise<Entry>} The retrieved entry
		*/
		async getEntry(uuid) {
			const { baseURL, timeout, retry } = this.options;
			const url = `${baseURL}/api/v1/log/entries/${uuid}`;
			return entryFromResponse(await (await (0, fetch_1.fetchWithRetry)(url, {
				method: "GET",
				headers: { Accept: "application/json" },
				timeout,
				retry
			})).json());
		}
	};
	exports.Rekor = Rekor;
	function entryFromResponse(data) {
		const entries = Object.entries(data);
		if (entries.length != 1) throw new Error("Received multiple entries in Rekor response");
		const [uuid, entry] = entries[0];
		return {
			...entry,
			uuid
		};
	}
}));
// node_modules/@sigstore/sign/dist/external/rekor-v2.js
var require_rekor_v2 = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.RekorV2 = void 0;
	const fetch_1 = require_fetch();
	const protobuf_specs_1 = require_dist$3();
	const v2_1 = require_v2();
	/**
	* Rekor API client.
	*/
	var RekorV2 = class {
		options;
		constructor(options) {
			this.options = options;
		}
		async createEntry(proposedEntry) {
			const { baseURL, timeout, retry } = this.options;
			const url = `${baseURL}/api/v2/log/entries`;
			return (await (0, fetch_1.fetchWithRetry)(url, {
				headers: {
					"Content-Type": "application/json",
					Accept: "application/json"
				},
				body: JSON.stringify(v2_1.CreateEntryRequest.toJSON(proposedEntry)),
				timeout,
				retry
			})).json().then((data) => protobuf_specs_1.TransparencyLogEntry.fromJSON(data));
		}
	};
	exports.RekorV2 = RekorV2;
}));
// node_modules/@sigstore/sign/dist/witness/tlog/client.js
var require_client$1 = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.TLogV2Client = exports.TLogClient = void 0;
	const error_1 = require_error();
	const error_2 = require_error$1();
	const rekor_1 = require_rekor();
	const rekor_v2_1 = require_rekor_v2();
	var TLogClient = class {
		rekor;
		fetchOnConflict;
		constructor(options) {
			this.fetchOnConflict = options.fetchOnConflict ?? false;
			this.rekor = new rekor_1.Rekor({
				baseURL: options.rekorBaseURL,
				retry: options.retry,
				timeout: options.timeout
			});
		}
		async createEntry(proposedEntry) {
			let entry;
			try {
				entry = await this.rekor.createEntry(proposedEntry);
			} catch (err) {
				if (entryExistsError(err) && this.fetchOnConflict) {
					/* istanbul ignore next */
					const uuid = err.location.split("/").pop() || "";
					try {
						entry = await this.rekor.getEntry(uuid);
					} catch (err) {
						(0, error_1.internalError)(err, "TLOG_FETCH_ENTRY_ERROR", "error fetching tlog entry");
					}
				} else (0, error_1.internalError)(err, "TLOG_CREATE_ENTRY_ERROR", "error creating tlog entry");
			}
			return entry;
		}
	};
	exports.TLogClient = TLogClient;
	function entryExistsError(value) {
		return value instanceof error_2.HTTPError && value.statusCode === 409 && value.location !== void 0;
	}
	var TLogV2Client = class {
		rekor;
		constructor(options) {
			this.rekor = new rekor_v2_1.RekorV2({
				baseURL: options.rekorBaseURL,
				retry: options.retry,
				timeout: options.timeout
			});
		}
		async createEntry(createEntryRequest) {
			let entry;
			try {
				entry = await this.rekor.createEntry(createEntryRequest);
			} catch (err) {
				(0, error_1.internalError)(err, "TLOG_CREATE_ENTRY_ERROR", "error creating tlog entry");
			}
			if (entry.logId === void 0 || entry.kindVersion === void 0) (0, error_1.internalError)(/* @__PURE__ */ new Error("invalid tlog entry"), "TLOG_CREATE_ENTRY_ERROR", "error creating tlog entry");
			return {
				...entry,
				logId: entry.logId,
				kindVersion: entry.kindVersion
			};
		}
	};
	exports.TLogV2Client = TLogV2Client;
}));
// node_modules/@sigstore/sign/dist/witness/tlog/entry.js
var require_entry = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.toProposedEntry = toProposedEntry;
	exports.toCreateEntryRequest = toCreateEntryRequest;
	const bundle_1 = require_dist$2();
	const protobuf_specs_1 = require_dist$3();
	const util_1 = require_util();
	const SHA256_ALGORITHM = "sha256";
	function toProposedEntry(content, publicKey, entryType = "dsse") {
		switch (content.$case) {
			case "dsseEnvelope":
				if (entryType === "intoto") return toProposedIntotoEntry(content.dsseEnvelope, publicKey);
				return toProposedDSSEEntry(content.dsseEnvelope, publicKey);
			case "messageSignature": return toProposedHashedRekordEntry(content.messageSignature, publicKey);
		}
	}
	function toProposedHashedRekordEntry(messageSignature, publicKey) {
		const hexDigest = messageSignature.messageDigest.digest.toString("hex");
		const b64Signature = messageSignature.signature.toString("base64");
		const b64Key = util_1.encoding.base64Encode(publicKey);
		return {
			apiVersion: "0.0.1",
			kind: "hashedrekord",
			spec: {
				data: { hash: {
					algorithm: SHA256_ALGORITHM,
					value: hexDigest
				} },
				signature: {
					content: b64Signature,
					publicKey: { content: b64Key }
				}
			}
		};
	}
	function toProposedDSSEEntry(envelope, publicKey) {
		return {
			apiVersion: "0.0.1",
			kind: "dsse",
			spec: { proposedContent: {
				envelope: JSON.stringify((0, bundle_1.envelopeToJSON)(envelope)),
				verifiers: [util_1.encoding.base64Encode(publicKey)]
			} }
		};
	}
	function toProposedIntotoEntry(envelope, publicKey) {
		const payloadHash = util_1.crypto.digest(SHA256_ALGORITHM, envelope.payload).toString("hex");
		const envelopeHash = calculateDSSEHash(envelope, publicKey);
		const payload = util_1.encoding.base64Encode(envelope.payload.toString("base64"));
		const sig = util_1.encoding.base64Encode(envelope.signatures[0].sig.toString("base64"));
		const keyid = envelope.signatures[0].keyid;
		const encodedKey = util_1.encoding.base64Encode(publicKey);
		const dsse = {
			payloadType: envelope.payloadType,
			payload,
			signatures: [{
				sig,
				publicKey: encodedKey
			}]
		};
		if (keyid.length > 0) dsse.signatures[0].keyid = keyid;
		return {
			apiVersion: "0.0.2",
			kind: "intoto",
			spec: { content: {
				envelope: dsse,
				hash: {
					algorithm: SHA256_ALGORITHM,
					value: envelopeHash
				},
				payloadHash: {
					algorithm: SHA256_ALGORITHM,
					value: payloadHash
				}
			} }
		};
	}
	function calculateDSSEHash(envelope, publicKey) {
		const dsse = {
			payloadType: envelope.payloadType,
			payload: envelope.payload.toString("base64"),
			signatures: [{
				sig: envelope.signatures[0].sig.toString("base64"),
				publicKey
			}]
		};
		if (envelope.signatures[0].keyid.length > 0) dsse.signatures[0].keyid = envelope.signatures[0].keyid;
		return util_1.crypto.digest(SHA256_ALGORITHM, util_1.json.canonicalize(dsse)).toString("hex");
	}
	function toCreateEntryRequest(content, publicKey) {
		switch (content.$case) {
			case "dsseEnvelope": return toCreateEntryRequestDSSE(content.dsseEnvelope, publicKey);
			case "messageSignature": return toCreateEntryRequestMessageSignature(content.messageSignature, publicKey);
		}
	}
	function toCreateEntryRequestDSSE(envelope, publicKey) {
		return { spec: {
			$case: "dsseRequestV002",
			dsseRequestV002: {
				envelope,
				verifiers: [{
					keyDetails: protobuf_specs_1.PublicKeyDetails.PKIX_ECDSA_P256_SHA_256,
					verifier: {
						$case: "x509Certificate",
						x509Certificate: { rawBytes: util_1.pem.toDER(publicKey) }
					}
				}]
			}
		} };
	}
	function toCreateEntryRequestMessageSignature(messageSignature, publicKey) {
		return { spec: {
			$case: "hashedRekordRequestV002",
			hashedRekordRequestV002: {
				digest: messageSignature.messageDigest.digest,
				signature: {
					content: messageSignature.signature,
					verifier: {
						keyDetails: protobuf_specs_1.PublicKeyDetails.PKIX_ECDSA_P256_SHA_256,
						verifier: {
							$case: "x509Certificate",
							x509Certificate: { rawBytes: util_1.pem.toDER(publicKey) }
						}
					}
				}
			}
		} };
	}
}));
// node_modules/@sigstore/sign/dist/witness/tlog/index.js
var require_tlog = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.RekorWitness = exports.DEFAULT_REKOR_URL = void 0;
	const util_1 = require_util();
	const client_1 = require_client$1();
	const entry_1 = require_entry();
	exports.DEFAULT_REKOR_URL = "https://rekor.sigstore.dev";
	var RekorWitness = class {
		tlogV1;
		tlogV2;
		entryType;
		majorApiVersion;
		constructor(options) {
			this.entryType = options.entryType;
			this.majorApiVersion = options.majorApiVersion || 1;
			this.tlogV1 = new client_1.TLogClient({
				...options,
				rekorBaseURL: options.rekorBaseURL || /* istanbul ignore next */ exports.DEFAULT_REKOR_URL
			});
			this.tlogV2 = new client_1.TLogV2Client({
				...options,
				rekorBaseURL: options.rekorBaseURL || /* istanbul ignore next */ exports.DEFAULT_REKOR_URL
			});
		}
		async testify(content, publicKey) {
			let tlogEntry;
			if (this.majorApiVersion === 2) {
				const request = (0, entry_1.toCreateEntryRequest)(content, publicKey);
				tlogEntry = await this.tlogV2.createEntry(request);
			} else {
				const proposedEntry = (0, entry_1.toProposedEntry)(content, publicKey, this.entryType);
				tlogEntry = toTransparencyLogEntry(await this.tlogV1.createEntry(proposedEntry));
			}
			return { tlogEntries: [tlogEntry] };
		}
	};
	exports.RekorWitness = RekorWitness;
	function toTransparencyLogEntry(entry) {
		const logID = Buffer.from(entry.logID, "hex");
		const bodyJSON = util_1.encoding.base64Decode(entry.body);
		const entryBody = JSON.parse(bodyJSON);
		const promise = entry?.verification?.signedEntryTimestamp ? inclusionPromise(entry.verification.signedEntryTimestamp) : void 0;
		const proof = entry?.verification?.inclusionProof ? inclusionProof(entry.verification.inclusionProof) : void 0;
		return {
			logIndex: entry.logIndex.toString(),
			logId: { keyId: logID },
			integratedTime: entry.integratedTime.toString(),
			kindVersion: {
				kind: entryBody.kind,
				version: entryBody.apiVersion
			},
			inclusionPromise: promise,
			inclusionProof: proof,
			canonicalizedBody: Buffer.from(entry.body, "base64")
		};
	}
	function inclusionPromise(promise) {
		return { signedEntryTimestamp: Buffer.from(promise, "base64") };
	}
	function inclusionProof(proof) {
		return {
			logIndex: proof.logIndex.toString(),
			treeSize: proof.treeSize.toString(),
			rootHash: Buffer.from(proof.rootHash, "hex"),
			hashes: proof.hashes.map((h) => Buffer.from(h, "hex")),
			checkpoint: { envelope: proof.checkpoint }
		};
	}
}));
// node_modules/@sigstore/sign/dist/external/tsa.js
var require_tsa$1 = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.TimestampAuthority = void 0;
	const fetch_1 = require_fetch();
	var TimestampAuthority = class {
		options;
		constructor(options) {
			this.options = options;
		}
		async createTimestamp(request) {
			const { baseURL, timeout, retry } = this.options;
			const url = new URL(baseURL).pathname === "/" ? `${baseURL}/api/v1/timestamp` : baseURL;
			return (await (0, fetch_1.fetchWithRetry)(url, {
				headers: { "Content-Type": "application/json" },
				body: JSON.stringify(request),
				timeout,
				retry
			})).buffer();
		}
	};
	exports.TimestampAuthority = TimestampAuthority;
}));
// node_modules/@sigstore/sign/dist/witness/tsa/client.js
var require_client = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.TSAClient = void 0;
	const error_1 = require_error();
	const tsa_1 = require_tsa$1();
	const util_1 = require_util();
	const SHA256_ALGORITHM = "sha256";
	var TSAClient = class {
		tsa;
		constructor(options) {
			this.tsa = new tsa_1.TimestampAuthority({
				baseURL: options.tsaBaseURL,
				retry: options.retry,
				timeout: options.timeout
			});
		}
		async createTimestamp(signature) {
			const request = {
				artifactHash: util_1.crypto.digest(SHA256_ALGORITHM, signature).toString("base64"),
				hashAlgorithm: SHA256_ALGORITHM
			};
			try {
				return await this.tsa.createTimestamp(request);
			} catch (err) {
				(0, error_1.internalError)(err, "TSA_CREATE_TIMESTAMP_ERROR", "error creating timestamp");
			}
		}
	};
	exports.TSAClient = TSAClient;
}));
// node_modules/@sigstore/sign/dist/witness/tsa/index.js
var require_tsa = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.TSAWitness = void 0;
	const client_1 = require_client();
	var TSAWitness = class {
		tsa;
		constructor(options) {
			this.tsa = new client_1.TSAClient({
				tsaBaseURL: options.tsaBaseURL,
				retry: options.retry,
				timeout: options.timeout
			});
		}
		async testify(content) {
			const signature = extractSignature(content);
			return { rfc3161Timestamps: [{ signedTimestamp: await this.tsa.createTimestamp(signature) }] };
		}
	};
	exports.TSAWitness = TSAWitness;
	function extractSignature(content) {
		switch (content.$case) {
			case "dsseEnvelope": return content.dsseEnvelope.signatures[0].sig;
			case "messageSignature": return content.messageSignature.signature;
		}
	}
}));
// node_modules/@sigstore/sign/dist/witness/index.js
var require_witness = /* @__PURE__ */ __commonJSMin(((exports) => {
	/* istanbul ignore file */
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.TSAWitness = exports.RekorWitness = exports.DEFAULT_REKOR_URL = void 0;
	var tlog_1 = require_tlog();
	Object.defineProperty(exports, "DEFAULT_REKOR_URL", {
		enumerable: true,
		get: function() {
			return tlog_1.DEFAULT_REKOR_URL;
		}
	});
	Object.defineProperty(exports, "RekorWitness", {
		enumerable: true,
		get: function() {
			return tlog_1.RekorWitness;
		}
	});
	var tsa_1 = require_tsa();
	Object.defineProperty(exports, "TSAWitness", {
		enumerable: true,
		get: function() {
			return tsa_1.TSAWitness;
		}
	});
}));
// node_modules/@sigstore/sign/dist/config.js
var require_config = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.bundleBuilderFromSigningConfig = bundleBuilderFromSigningConfig;
	const protobuf_specs_1 = require_dist$3();
	const dsse_1 = require_dsse();
	const message_1 = require_message();
	const signer_1 = require_signer();
	const witness_1 = require_witness();
	const MAX_CA_API_VERSION = 1;
	const MAX_TLOG_API_VERSION = 2;
	const MAX_TSA_API_VERSION = 1;
	const DEFAULT_TIMEOUT = 5e3;
	const DEFAULT_REKORV2_TIMEOUT = 2e4;
	const DEFAULT_RETRY = { retries: 2 };
	function bundleBuilderFromSigningConfig(options) {
		const { signingConfig, identityProvider, bundleType } = options;
		const fetchOptions = options.fetchOptions || {
			timeout: DEFAULT_TIMEOUT,
			retry: DEFAULT_RETRY
		};
		const signer = fulcioSignerFromConfig(signingConfig, identityProvider, fetchOptions);
		const witnesses = witnessesFromConfig(signingConfig, fetchOptions);
		switch (bundleType) {
			case "messageSignature": return new message_1.MessageSignatureBundleBuilder({
				signer,
				witnesses
			});
			case "dsseEnvelope": return new dsse_1.DSSEBundleBuilder({
				signer,
				witnesses
			});
		}
	}
	function fulcioSignerFromConfig(signingConfig, identityProvider, fetchOptions) {
		const service = certAuthorityService(signingConfig);
		return new signer_1.FulcioSigner({
			fulcioBaseURL: service.url,
			identityProvider,
			timeout: fetchOptions.timeout,
			retry: fetchOptions.retry
		});
	}
	function witnessesFromConfig(signingConfig, fetchOptions) {
		const witnesses = [];
		if (signingConfig.rekorTlogConfig) {
			if (signingConfig.rekorTlogConfig.selector !== protobuf_specs_1.ServiceSelector.ANY) throw new Error("Unsupported Rekor TLog selector in signing configuration");
			const tlog = tlogService(signingConfig);
			witnesses.push(new witness_1.RekorWitness({
				rekorBaseURL: tlog.url,
				majorApiVersion: tlog.majorApiVersion,
				retry: fetchOptions.retry,
				timeout: tlog.majorApiVersion === 1 ? fetchOptions.timeout : Math.min(fetchOptions.timeout || 
				/* istanbul ignore next */ DEFAULT_TIMEOUT, DEFAULT_REKORV2_TIMEOUT)
			}));
		}
		if (signingConfig.tsaConfig) {
			if (signingConfig.tsaConfig.selector !== protobuf_specs_1.ServiceSelector.ANY) throw new Error("Unsupported TSA selector in signing configuration");
			const tsa = tsaService(signingConfig);
			witnesses.push(new witness_1.TSAWitness({
				tsaBaseURL: tsa.url,
				retry: fetchOptions.retry,
				timeout: fetchOptions.timeout
			}));
		}
		return witnesses;
	}
	function certAuthorityService(signingConfig) {
		const sortedCAs = sortServicesByStartDate(filterServicesByMaxAPIVersion(signingConfig.caUrls, MAX_CA_API_VERSION));
		if (sortedCAs.length === 0) throw new Error("No valid CA services found in signing configuration");
		return sortedCAs[0];
	}
	function tlogService(signingConfig) {
		const sortedTLogs = sortServicesByStartDate(filterServicesByMaxAPIVersion(signingConfig.rekorTlogUrls, MAX_TLOG_API_VERSION));
		if (sortedTLogs.length === 0) throw new Error("No valid TLogs found in signing configuration");
		return sortedTLogs[0];
	}
	function tsaService(signingConfig) {
		const sortedTSAs = sortServicesByStartDate(filterServicesByMaxAPIVersion(signingConfig.tsaUrls, MAX_TSA_API_VERSION));
		if (sortedTSAs.length === 0) throw new Error("No valid TSAs found in signing configuration");
		return sortedTSAs[0];
	}
	function sortServicesByStartDate(services) {
		const now = /* @__PURE__ */ new Date();
		return services.filter((service) => {
			if (!service.validFor?.end) return true;
			return service.validFor.end >= now;
		}).sort((a, b) => {
			/* istanbul ignore next */
			const aStart = a.validFor?.start?.getTime() ?? 0;
			return (b.validFor?.start?.getTime() ?? 0) - aStart;
		});
	}
	function filterServicesByMaxAPIVersion(services, apiVersion) {
		return services.filter((service) => {
			return service.majorApiVersion <= apiVersion;
		});
	}
}));
// node_modules/@sigstore/sign/dist/identity/ci.js
var require_ci = /* @__PURE__ */ __commonJSMin(((exports, module, this$1) => {
	var __importDefault = this$1 && this$1.__importDefault || function(mod) {
		return mod && mod.__esModule ? mod : { "default": mod };
	};
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.CIContextProvider = void 0;
	const make_fetch_happen_1 = __importDefault((init_fetch_for_sigstore(), __toCommonJS(fetch_for_sigstore_exports)));
	const providers = [getGHAToken, getEnv];
	/**
	* CIContextProvider is a composite identity provider which will iterate
	* over all of the CI-specific providers and return the token from the first
	* one that resolves.
	*/
	var CIContextProvider = class {
		audience;
		/* istanbul ignore next */
		constructor(audience = "sigstore") {
			this.audience = audience;
		}
		async getToken() {
			return Promise.any(providers.map((getToken) => getToken(this.audience))).catch(() => Promise.reject("CI: no tokens available"));
		}
	};
	exports.CIContextProvider = CIContextProvider;
	/**
	* getGHAToken can retrieve an OIDC token when running in a GitHub Actions
	* workflow
	*/
	async function getGHAToken(audience) {
		if (!process.env.ACTIONS_ID_TOKEN_REQUEST_URL || !process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN) return Promise.reject("no token available");
		const url = new URL(process.env.ACTIONS_ID_TOKEN_REQUEST_URL);
		url.searchParams.append("audience", audience);
		return (await (0, make_fetch_happen_1.default)(url.href, {
			retry: 2,
			headers: {
				Accept: "application/json",
				Authorization: `Bearer ${process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}`
			}
		})).json().then((data) => data.value);
	}
	/**
	* getEnv can retrieve an OIDC token from an environment variable.
	* This matches the behavior of https://github.com/sigstore/cosign/tree/main/pkg/providers/envvar
	*/
	async function getEnv() {
		if (!process.env.SIGSTORE_ID_TOKEN) return Promise.reject("no token available");
		return process.env.SIGSTORE_ID_TOKEN;
	}
}));
// node_modules/@sigstore/sign/dist/identity/index.js
var require_identity = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.CIContextProvider = void 0;
	var ci_1 = require_ci();
	Object.defineProperty(exports, "CIContextProvider", {
		enumerable: true,
		get: function() {
			return ci_1.CIContextProvider;
		}
	});
}));
// node_modules/@sigstore/sign/dist/index.js
var require_dist = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.TSAWitness = exports.RekorWitness = exports.DEFAULT_REKOR_URL = exports.FulcioSigner = exports.DEFAULT_FULCIO_URL = exports.CIContextProvider = exports.InternalError = exports.bundleBuilderFromSigningConfig = exports.MessageSignatureBundleBuilder = exports.DSSEBundleBuilder = void 0;
	var bundler_1 = require_bundler();
	Object.defineProperty(exports, "DSSEBundleBuilder", {
		enumerable: true,
		get: function() {
			return bundler_1.DSSEBundleBuilder;
		}
	});
	Object.defineProperty(exports, "MessageSignatureBundleBuilder", {
		enumerable: true,
		get: function() {
			return bundler_1.MessageSignatureBundleBuilder;
		}
	});
	var config_1 = require_config();
	Object.defineProperty(exports, "bundleBuilderFromSigningConfig", {
		enumerable: true,
		get: function() {
			return config_1.bundleBuilderFromSigningConfig;
		}
	});
	var error_1 = require_error();
	Object.defineProperty(exports, "InternalError", {
		enumerable: true,
		get: function() {
			return error_1.InternalError;
		}
	});
	var identity_1 = require_identity();
	Object.defineProperty(exports, "CIContextProvider", {
		enumerable: true,
		get: function() {
			return identity_1.CIContextProvider;
		}
	});
	var signer_1 = require_signer();
	Object.defineProperty(exports, "DEFAULT_FULCIO_URL", {
		enumerable: true,
		get: function() {
			return signer_1.DEFAULT_FULCIO_URL;
		}
	});
	Object.defineProperty(exports, "FulcioSigner", {
		enumerable: true,
		get: function() {
			return signer_1.FulcioSigner;
		}
	});
	var witness_1 = require_witness();
	Object.defineProperty(exports, "DEFAULT_REKOR_URL", {
		enumerable: true,
		get: function() {
			return witness_1.DEFAULT_REKOR_URL;
		}
	});
	Object.defineProperty(exports, "RekorWitness", {
		enumerable: true,
		get: function() {
			return witness_1.RekorWitness;
		}
	});
	Object.defineProperty(exports, "TSAWitness", {
		enumerable: true,
		get: function() {
			return witness_1.TSAWitness;
		}
	});
}));
export { require_dist as t };
