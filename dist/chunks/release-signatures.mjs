import { L as isMissing, ct as InputError, dt as init_errors, it as defined, lt as OutsideError, s as inParallel } from "./host.mjs";
import { a as boolean, c as discriminatedUnion, g as string, h as strictObject, i as base64, l as int, m as record, p as object, r as array, u as literal, y as unknown } from "./zod.mjs";
import { E as isIndex, F as formatRepository, P as formatReference, j as atTag } from "./world-registry.mjs";
import { t as xsalsa20poly1305 } from "./noble-ciphers.mjs";
import { t as require_dist } from "./yaml.mjs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { createPrivateKey, createPublicKey, generateKeyPairSync, scryptSync, sign, verify } from "node:crypto";
init_errors();
const patience = 6e4;
/** A signature has at most 72 bytes; a longer output is not a signature. */
const longestAnswer = 4096;
/**
* Signs by a program: for keys that never leave a KMS or a token. The program gets the payload on standard input, and the
* public key whose private half is to sign in COXSWAIN_SIGNING_PUBLIC_KEY; it writes the signature, DER or base64 of it.
* @param command program and arguments, separated by blanks; no shell reads it
*/
function commandSigner(command, options) {
	const [program = "", ...args] = command.trim().split(/\s+/);
	const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => !/^COXSWAIN_(SIGNING|EVIDENCE|GUIDANCE)_(KEY|PASSPHRASE)$/.test(name)));
	return async (payload) => {
		const answer = await run(program, args, payload, {
			...env,
			COXSWAIN_SIGNING_PUBLIC_KEY: options.publicKey
		});
		if (answer[0] === 48) return answer.toString("base64");
		return answer.toString("latin1").trim();
	};
}
function run(program, args, payload, env) {
	const doing = `signing by ${program}`;
	return new Promise((done, failed) => {
		const child = spawn(program, args, {
			env,
			stdio: [
				"pipe",
				"pipe",
				"pipe"
			],
			timeout: patience
		});
		const answer = [];
		let size = 0;
		let said = "";
		child.stdout.on("data", (chunk) => {
			size += chunk.length;
			if (size <= longestAnswer) answer.push(chunk);
			else child.kill();
		});
		child.stderr.on("data", (chunk) => {
			said = `${said}${chunk}`.slice(-500);
		});
		child.stdin.on("error", () => {});
		child.on("error", (error) => {
			failed(error.code === "ENOENT" ? new InputError({
				field: "COXSWAIN_SIGNING_COMMAND",
				problem: "this program cannot be found",
				found: program
			}) : new OutsideError(doing, error.message));
		});
		child.on("close", (code, signal) => {
			if (code === 0 && size > 0 && size <= longestAnswer) return done(Buffer.concat(answer));
			const how = signal !== null ? `it was ended by ${signal}${signal === "SIGTERM" ? ` after ${patience / 1e3} seconds` : ""}` : code === 0 ? `it wrote ${size} bytes, which is not a signature` : `exit code ${code}`;
			failed(new OutsideError(doing, [how, said.trim()].filter((part) => part !== "").join(": ")));
		});
		child.stdin.end(payload);
	});
}
// src/release/signatures/cosign-key.ts
init_errors();
/** The PEM labels of cosign and the older sigstore tools. */
const label = /-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----([^-]*)-----END/;
const fileSchema = object({
	kdf: object({
		name: literal("scrypt"),
		params: object({
			N: int().min(2).max(1048576),
			r: int().min(1).max(32),
			p: int().min(1).max(16)
		}),
		salt: base64()
	}),
	cipher: object({
		name: literal("nacl/secretbox"),
		nonce: base64()
	}),
	ciphertext: base64()
});
function isCosignKey(pem) {
	return label.test(pem);
}
/** Opens cosign's encrypted private key. @returns PKCS#8 in DER @throws InputError for a wrong passphrase or file */
function decryptCosignKey(pem, passphrase, where) {
	const refuse = (problem) => new InputError({
		where,
		problem
	});
	let written;
	try {
		written = JSON.parse(Buffer.from(label.exec(pem)?.[1] ?? "", "base64").toString());
	} catch {
		throw refuse("the encrypted private key is incomplete");
	}
	const file = fileSchema.safeParse(written);
	if (!file.success) throw refuse("the encrypted private key is in a form that cosign does not write");
	const { kdf, cipher, ciphertext } = file.data;
	const { N, r, p } = kdf.params;
	try {
		const key = scryptSync(passphrase, Buffer.from(kdf.salt, "base64"), 32, {
			N,
			r,
			p,
			maxmem: 256 * N * r
		});
		return xsalsa20poly1305(key, Buffer.from(cipher.nonce, "base64")).decrypt(Buffer.from(ciphertext, "base64"));
	} catch {
		throw refuse("the private key does not open with this passphrase");
	}
}
// src/release/signatures/keys.ts
init_errors();
/** Makes a pair on the curve P-256, the only one that nodes check. */
function makeKeyPair(passphrase) {
	const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
	const encryption = passphrase === void 0 ? {} : {
		cipher: "aes-256-cbc",
		passphrase
	};
	return {
		privateKey: privateKey.export({
			type: "pkcs8",
			format: "pem",
			...encryption
		}).toString(),
		publicKey: publicPem(publicKey)
	};
}
function publicPem(key) {
	return key.export({
		type: "spki",
		format: "pem"
	}).toString();
}
/** Whether two public keys are the same. */
function sameKey(one, other) {
	return one.equals(other);
}
/**
* Reads a public key.
* @param where how messages name the file
* @throws InputError for anything but a P-256 public key, also for a private one
*/
function readPublicKey(pem, where) {
	if (/PRIVATE KEY/.test(pem)) throw new InputError({
		where,
		problem: "this is a private key, and a public one is expected",
		remedy: "Replace it now, and make a new pair (coxswain make-key): a private key in a repository is not secret."
	});
	try {
		return requireP256(createPublicKey(pem), where);
	} catch (error) {
		if (error instanceof InputError) throw error;
		throw new InputError({
			where,
			problem: "not a public key",
			expected: "PEM: -----BEGIN PUBLIC KEY-----",
			remedy: "coxswain make-key writes one beside its private key."
		});
	}
}
/**
* Reads a private key: PKCS#8 or SEC1 in PEM, encrypted or not, or cosign's own encrypted file.
* @param options.where how messages name its source; never the key itself
* @param options.passphraseIn the variable that holds the passphrase
* @throws InputError that does not contain any of the key
*/
function readPrivateKey(pem, options) {
	const { where, passphrase } = options;
	const encrypted = /ENCRYPTED/.test(pem);
	if (encrypted && passphrase === void 0) throw new InputError({
		where,
		problem: "the private key is encrypted, and no passphrase is set",
		remedy: `Put the passphrase into ${options.passphraseIn ?? "COXSWAIN_SIGNING_PASSPHRASE"}.`
	});
	if (isCosignKey(pem)) {
		const der = decryptCosignKey(pem, passphrase ?? "", where);
		return requireP256(createPrivateKey({
			key: Buffer.from(der),
			format: "der",
			type: "pkcs8"
		}), where);
	}
	try {
		return requireP256(createPrivateKey({
			key: pem,
			...defined({ passphrase: encrypted ? passphrase : void 0 })
		}), where);
	} catch (error) {
		if (error instanceof InputError) throw error;
		throw new InputError({
			where,
			problem: encrypted ? "the private key does not open with this passphrase" : "not a private key",
			expected: "PEM: -----BEGIN PRIVATE KEY-----, or an encrypted one with its passphrase"
		});
	}
}
function requireP256(key, where) {
	const curve = key.asymmetricKeyDetails?.namedCurve;
	if (key.asymmetricKeyType === "ec" && curve === "prime256v1") return key;
	throw new InputError({
		where,
		problem: "nodes check signatures by one kind of key only",
		found: [key.asymmetricKeyType, curve].filter((part) => part !== void 0).join(" "),
		expected: "ECDSA on the curve P-256",
		remedy: "coxswain make-key makes such a pair."
	});
}
// src/release/signatures/simple-signing.ts
/** The bytes that are signed. The same image makes the same bytes. */
function payloadOf({ repository, digest }) {
	return new TextEncoder().encode(JSON.stringify({
		critical: {
			identity: { "docker-reference": formatRepository(repository) },
			image: { "docker-manifest-digest": digest },
			type: "cosign container image signature"
		},
		optional: null
	}));
}
function signerOf(key) {
	return async (payload) => sign("sha256", payload, key).toString("base64");
}
/** Whether a signature over these bytes is by this key. False for anything that is not a signature. */
function isSignedBy(publicKey, payload, signature) {
	try {
		return verify("sha256", payload, publicKey, Buffer.from(signature, "base64"));
	} catch {
		return false;
	}
}
/** The public half of a private key. */
function publicHalf(privateKey) {
	return createPublicKey(privateKey);
}
init_errors();
/**
* The keys that releases of a fleet are signed by at a time: none if the fleet does not sign. A key whose `until` has
* passed no longer signs.
* @param root top folder of the checkout
* @param now UNIX seconds
* @throws InputError for a file that is missing or holds no public key
*/
async function fleetKeys(root, fleet, now) {
	const active = fleet.signing.filter(({ until }) => until === void 0 || now < until);
	return Promise.all(active.map(async ({ file }) => ({
		file,
		key: await readKeyFile(root, file)
	})));
}
/**
* Reads a public key that coxswain.yaml names.
* @throws InputError for a file that is missing or holds no public key
*/
async function readKeyFile(root, file) {
	return readPublicKey(await readKeyText(root, file), file);
}
/**
* The text of a public key that coxswain.yaml names, of any kind.
* @param told.field the field that names it
* @param told.remedy what to do if the file is missing. Default: make a pair.
* @throws InputError for a file that does not exist
*/
async function readKeyText(root, file, told = {}) {
	try {
		return await readFile(join(root, file), "utf8");
	} catch (error) {
		if (!isMissing(error)) throw error;
		throw new InputError({
			where: file,
			...defined({ field: told.field }),
			problem: "coxswain.yaml names this public key, and the file does not exist",
			remedy: told.remedy ?? "coxswain make-key makes a pair. Commit the public key."
		});
	}
}
/**
* The signers of a fleet: each of its keys with its private half from the environment, never from an argument.
* - COXSWAIN_SIGNING_KEY: the private key in PEM; several, one after the other, while keys change
* - COXSWAIN_SIGNING_KEY_FILE: the same in a file, such as /dev/fd/3
* - COXSWAIN_SIGNING_PASSPHRASE: opens them if they are encrypted
* - COXSWAIN_SIGNING_COMMAND: a program that signs in their place (a KMS, a token)
* @throws InputError if a key of the fleet has no private half here
*/
async function signingKeys(keys, options) {
	if (keys.length === 0) return [];
	const { env, fleet } = options;
	const own = await privateKeys(env, "COXSWAIN_SIGNING");
	const command = env.COXSWAIN_SIGNING_COMMAND;
	return keys.map(({ file, key }) => {
		const found = own.find((each) => sameKey(publicHalf(each), key));
		if (found !== void 0) return {
			file,
			key,
			signer: signerOf(found)
		};
		if (command !== void 0 && command.trim() !== "") return {
			file,
			key,
			signer: commandSigner(command, {
				env,
				publicKey: publicPem(key)
			})
		};
		throw new InputError({
			where: file,
			problem: `releases of fleet ${fleet} are signed by this key, and its private half is not in the environment`,
			found: own.length === 0 ? "no private key" : `${own.length} other private key${own.length === 1 ? "" : "s"}`,
			expected: "the private key in COXSWAIN_SIGNING_KEY (or COXSWAIN_SIGNING_KEY_FILE, COXSWAIN_SIGNING_COMMAND)",
			remedy: "In a workflow, keep it as a secret of the environment that is named as the fleet."
		});
	});
}
const onePem = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----/g;
/**
* The private keys of the environment: NAME_KEY, NAME_KEY_FILE, opened by NAME_PASSPHRASE.
* @param name the start of the variables' names
*/
async function privateKeys(env, name) {
	const passphrase = env[`${name}_PASSPHRASE`];
	const sources = [[`${name}_KEY`, env[`${name}_KEY`] ?? ""]];
	const file = env[`${name}_KEY_FILE`] ?? "";
	if (file !== "") sources.push([`${name}_KEY_FILE`, await readSecretFile(file, `${name}_KEY_FILE`)]);
	return sources.flatMap(([where = "", text = ""]) => {
		if (text.trim() === "") return [];
		return (text.match(onePem) ?? [text]).map((pem) => readPrivateKey(pem, {
			where,
			passphraseIn: `${name}_PASSPHRASE`,
			...defined({ passphrase: passphrase === void 0 || passphrase === "" ? void 0 : passphrase })
		}));
	});
}
async function readSecretFile(path, where) {
	try {
		return await readFile(path, "utf8");
	} catch (error) {
		throw new InputError({
			where,
			problem: "the private key cannot be read",
			found: error.code ?? "unknown"
		});
	}
}
// src/release/signatures/containers-policy.ts
var import_dist = require_dist();
/**
* The policy of a node: images of the production repository need a signature by one of the keys, for this same
* repository; everything else is accepted as Fedora's own policy does. Several keys are for the time of a change of
* keys.
*/
function nodePolicy(repository, keys) {
	const data = keys.map(({ key }) => Buffer.from(publicPem(key)).toString("base64"));
	const [first] = data;
	const signed = {
		type: "sigstoreSigned",
		...data.length === 1 ? { keyData: first } : { keyDatas: data },
		signedIdentity: { type: "matchRepository" }
	};
	const name = formatRepository(repository);
	return {
		policy: {
			default: [{ type: "insecureAcceptAnything" }],
			transports: { docker: { [name]: [signed] } }
		},
		registries: `docker:\n  ${name}:\n    use-sigstore-attachments: true\n`
	};
}
// src/release/signatures/signature-tag.ts
init_errors();
const payloadType = "application/vnd.dev.cosign.simplesigning.v1+json";
const signatureAnnotation = "dev.cosignproject.cosign/signature";
const configType = "application/vnd.oci.image.config.v1+json";
const manifestType = "application/vnd.oci.image.manifest.v1+json";
/** Payloads have a few hundred bytes; anything larger is not a payload. */
const largestPayload = 65536;
const attempts = 5;
/** The tag of the signatures of an image. */
function signatureReference({ repository, digest }) {
	return atTag(repository, `${digest.replace(":", "-")}.sig`);
}
/** The signatures of an image by any signer; those of other formats are left out. */
async function readSignatures(client, image) {
	const found = [];
	for (const layer of (await readManifest(client, image))?.layers ?? []) {
		const signature = layer.annotations?.[signatureAnnotation];
		if (layer.mediaType !== payloadType || signature === void 0 || layer.size > largestPayload) continue;
		found.push({
			layer,
			signature,
			payload: await client.getBlob(image.repository, layer.digest)
		});
	}
	return found;
}
/** Whether one of the signatures is by the key and says what nodes check: this repository, this digest. */
function isSigned(signatures, image, key) {
	const expected = payloadOf(image);
	return signatures.some(({ payload, signature }) => Buffer.compare(payload, expected) === 0 && isSignedBy(key, payload, signature));
}
/**
* Adds a signature, and reads it back. Those of others stay. Registries have no compare-and-swap for tags: a signature
* that another writer removed is added again.
* @returns whether anything was written: an image that the key has signed is left as it is
*/
async function addSignature(client, image, by) {
	const payload = payloadOf(image);
	let written = false;
	for (let attempt = 0; attempt < attempts; attempt += 1) {
		if (isSigned(await readSignatures(client, image), image, by.key)) return written;
		const signature = await by.signer(payload);
		if (!isSignedBy(by.key, payload, signature)) throw new OutsideError(`signing ${image.digest}`, "the new signature does not match the public key that coxswain.yaml names");
		const { digest, size } = await client.uploadBlob(image.repository, payload);
		await write(client, image, {
			mediaType: payloadType,
			digest,
			size,
			annotations: { [signatureAnnotation]: signature }
		});
		written = true;
	}
	throw new OutsideError(`signing ${formatReference(signatureReference(image))}`, "the registry does not keep the signature, or other writers keep replacing it");
}
/** Removes the signatures by some keys. @returns how many */
async function removeSignatures(client, image, keys) {
	const manifest = await readManifest(client, image);
	if (manifest === void 0) return 0;
	const gone = (await readSignatures(client, image)).filter(({ payload, signature }) => keys.some((key) => isSignedBy(key, payload, signature)));
	if (gone.length === 0) return 0;
	await put(client, image, manifest.layers.filter((layer) => !gone.some((each) => each.signature === layer.annotations?.[signatureAnnotation])));
	return gone.length;
}
async function write(client, image, layer) {
	await put(client, image, [...(await readManifest(client, image))?.layers ?? [], layer]);
}
async function put(client, image, layers) {
	const { repository } = image;
	const config = new TextEncoder().encode(JSON.stringify({
		architecture: "",
		os: "",
		config: {},
		rootfs: {
			type: "layers",
			diff_ids: layers.map(({ digest }) => digest)
		}
	}));
	const { digest, size } = await client.uploadBlob(repository, config);
	const manifest = {
		schemaVersion: 2,
		mediaType: manifestType,
		config: {
			mediaType: configType,
			digest,
			size
		},
		layers
	};
	const reference = signatureReference(image);
	const bytes = new TextEncoder().encode(JSON.stringify(manifest));
	if (reference.kind === "tag") await client.putManifest(repository, reference.tag, bytes, manifestType);
}
async function readManifest(client, image) {
	const reference = signatureReference(image);
	const manifest = await client.findManifest(reference) ?? await readAgain(client, reference);
	return manifest === void 0 || isIndex(manifest.json) ? void 0 : manifest.json;
}
/**
* One wrong 404 must not make us replace the signatures of others with ours, nor report that nodes refuse an image.
* @returns undefined if the registry has nothing there by two answers
*/
async function readAgain(client, reference) {
	if (await client.resolve(reference) === void 0) return void 0;
	const manifest = await client.findManifest(reference);
	if (manifest !== void 0) return manifest;
	throw new OutsideError(`reading ${formatReference(reference)}`, "the registry has it, and says in two other answers that it does not");
}
// src/release/signatures/node-verdict.ts
init_errors();
const identitySchema = discriminatedUnion("type", [
	object({ type: literal("matchRepository") }),
	object({
		type: literal("exactRepository"),
		dockerRepository: string()
	}),
	object({ type: literal("matchExact") }),
	object({ type: literal("matchRepoDigestOrExact") })
]);
const requirementSchema = discriminatedUnion("type", [
	object({ type: literal("insecureAcceptAnything") }),
	object({ type: literal("reject") }),
	object({
		type: literal("sigstoreSigned"),
		keyData: base64().optional(),
		keyDatas: array(base64()).optional(),
		signedIdentity: identitySchema.default({ type: "matchRepoDigestOrExact" })
	})
]);
const policySchema = object({
	default: array(requirementSchema).min(1),
	transports: object({ docker: record(string(), array(unknown()).min(1)).optional() }).optional()
});
const registriesSchema = object({ docker: record(string(), object({ "use-sigstore-attachments": boolean().optional() })).nullish() });
/** signature/payload.go of containers/image: nothing else may be in it. */
const payloadSchema = strictObject({
	critical: strictObject({
		identity: strictObject({ "docker-reference": string() }),
		image: strictObject({ "docker-manifest-digest": string() }),
		type: literal("cosign container image signature")
	}),
	optional: unknown().optional()
});
/**
* Asks the policy that a fleet's nodes have now whether they accept an image. A fleet without keys accepts everything.
* @param about.now UNIX seconds
*/
async function askFleetPolicy({ client, config, root }, about) {
	const keys = await fleetKeys(root, about.fleet, about.now);
	if (keys.length === 0) return { accepted: true };
	return askNodePolicy(client, nodePolicy(config.image, keys), about.image);
}
/**
* Asks a node's policy whether it accepts an image.
* @throws InputError for a policy that this cannot read
*/
async function askNodePolicy(client, { policy, registries }, image) {
	const name = formatRepository(image.repository);
	let signatures;
	for (const requirement of requirementsFor(policy, `${name}@${image.digest}`)) {
		if (requirement.type === "insecureAcceptAnything") continue;
		if (requirement.type === "reject") return {
			accepted: false,
			reason: "the policy refuses everything there"
		};
		signatures ??= looksForSignatures(registries, name) ? await readSignatures(client, image) : [];
		const verdict = judge(requirement, signatures, image);
		if (!verdict.accepted) return verdict;
	}
	return { accepted: true };
}
function requirementsFor(policy, name) {
	const read = policySchema.safeParse(policy);
	if (!read.success) throw unreadable("policy.json", read.error);
	const scopes = read.data.transports?.docker ?? {};
	const scope = scopesOf(name).find((each) => scopes[each] !== void 0);
	const requirements = array(requirementSchema).safeParse(scope === void 0 ? read.data.default : scopes[scope]);
	if (!requirements.success) throw unreadable("policy.json", requirements.error);
	return requirements.data;
}
function unreadable(where, { issues: [issue] }) {
	return new InputError({
		where,
		field: issue?.path.join(".") ?? "",
		problem: `this part of a node's policy is not known here: ${issue?.message ?? "wrong shape"}`
	});
}
/** The whole name, its repository, and each place above it; the most exact first. "" is everything. */
function scopesOf(name) {
	const [repository = ""] = name.split("@");
	const parts = repository.split("/");
	return [
		name,
		...parts.map((_, index) => parts.slice(0, parts.length - index).join("/")),
		""
	];
}
function looksForSignatures(registries, name) {
	const read = registriesSchema.safeParse((0, import_dist.parse)(registries));
	if (!read.success) throw unreadable("registries.d", read.error);
	const places = read.data.docker ?? {};
	const place = scopesOf(name).find((each) => places[each] !== void 0);
	return place !== void 0 && places[place]?.["use-sigstore-attachments"] === true;
}
function judge({ keyData, keyDatas = [], signedIdentity }, signatures, image) {
	const keys = [...keyData === void 0 ? [] : [keyData], ...keyDatas].map(readKey);
	if (signatures.length === 0) return {
		accepted: false,
		reason: "it has no signature that nodes read"
	};
	const reasons = signatures.map((signature) => refusal(signature, {
		keys,
		signedIdentity,
		image
	}));
	if (reasons.includes(void 0)) return { accepted: true };
	return {
		accepted: false,
		reason: [...new Set(reasons)].join("; ")
	};
}
function readKey(data) {
	try {
		return createPublicKey(Buffer.from(data, "base64").toString());
	} catch {
		throw new InputError({
			where: "policy.json",
			field: "keyData",
			problem: "not a public key"
		});
	}
}
/** @returns why this signature does not help; undefined if it does */
function refusal({ payload, signature }, wanted) {
	const { keys, signedIdentity, image } = wanted;
	if (!keys.some((key) => isSignedBy(key, payload, signature))) return "it is signed by other keys";
	const read = readPayload(payload);
	if (read === void 0) return "what was signed is not in the form that nodes read";
	if (read.critical.image["docker-manifest-digest"] !== image.digest) return "the signature is of another image";
	const signed = withoutTag(read.critical.identity["docker-reference"]);
	if (signed !== (signedIdentity.type === "exactRepository" ? signedIdentity.dockerRepository : formatRepository(image.repository))) return `the signature is for ${signed}`;
	if (signedIdentity.type === "matchRepository" || signedIdentity.type === "exactRepository") return void 0;
	return "the policy compares tags, and the signature names a repository";
}
function readPayload(payload) {
	try {
		return payloadSchema.safeParse(JSON.parse(new TextDecoder().decode(payload))).data;
	} catch {
		return;
	}
}
function withoutTag(reference) {
	return reference.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}
// src/release/signatures/sign-manifests.ts
/** The digests that nodes may ask for: the index, and each architecture's manifest, which is what Zincati deploys. */
function signedDigests(manifest) {
	const children = isIndex(manifest.json) ? manifest.json.manifests.map(({ digest }) => digest) : [];
	return [.../* @__PURE__ */ new Set([manifest.descriptor.digest, ...children])];
}
/**
* Signs an image in a repository by each key: the index and each architecture. A second run adds what is missing.
* @returns how many signatures were added
*/
async function signImage(client, options) {
	const { repository, digests, keys } = options;
	let added = 0;
	await inParallel(digests, 4, async (digest) => {
		for (const { key, signer } of keys) if (await addSignature(client, {
			repository,
			digest
		}, {
			key,
			signer
		})) added += 1;
	});
	return added;
}
export { sameKey as _, removeSignatures as a, privateKeys as c, signingKeys as d, publicHalf as f, readPublicKey as g, publicPem as h, askNodePolicy as i, readKeyFile as l, makeKeyPair as m, signedDigests as n, nodePolicy as o, signerOf as p, askFleetPolicy as r, fleetKeys as s, signImage as t, readKeyText as u, commandSigner as v };
