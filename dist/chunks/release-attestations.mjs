import { n as __esmMin, o as __toESM, r as __exportAll } from "./rolldown-runtime.mjs";
import { $ as formatTime, L as isMissing, ct as InputError, dt as init_errors, ft as messageOf, it as defined, lt as OutsideError } from "./host.mjs";
import { d as looseObject, g as string, l as int, p as object, r as array, y as unknown } from "./zod.mjs";
import { A as atDigest, F as formatRepository, P as formatReference, g as pushArtifact, v as readReferrer } from "./world-registry.mjs";
import { _ as sameKey, c as privateKeys, f as publicHalf, h as publicPem, l as readKeyFile, p as signerOf, v as commandSigner } from "./release-signatures.mjs";
import { a as fetchWhole, o as init_fetch_whole } from "./world-http.mjs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createHash, createPublicKey } from "node:crypto";
// src/release/attestations/run-identity.ts
init_errors();
const githubIssuer = "https://token.actions.githubusercontent.com";
const server = "https://github.com";
const repositoryField = "1.3.6.1.4.1.57264.1.12";
const refField = "1.3.6.1.4.1.57264.1.14";
/** What the libraries' certificate says, in our words. */
function identityOf(identity) {
	const field = (oid) => {
		const found = identity?.oids?.find((each) => each.oid?.id.join(".") === oid);
		return found === void 0 ? void 0 : readText(found.value);
	};
	return {
		issuer: identity?.extensions?.issuer,
		workflow: identity?.subjectAlternativeName,
		repository: field(repositoryField),
		ref: field(refField)
	};
}
/** A short UTF8String in DER: tag, length of one or two bytes, text. */
function readText(der) {
	if (der[0] !== 12 || der[1] === void 0) return void 0;
	const start = der[1] < 128 ? 2 : der[1] === 129 ? 3 : der[1] === 130 ? 4 : void 0;
	return start === void 0 ? void 0 : der.subarray(start).toString("utf8");
}
/** @returns why this is not a run that the configuration trusts; undefined if it is */
function mismatch(found, wanted) {
	if (found.issuer !== githubIssuer) return `its signer was not known to GitHub, but to ${found.issuer ?? "nobody"}`;
	if (found.repository !== `${server}/${wanted.repository}`) return `it is signed by a run of ${withoutServer(found.repository)}, not of ${wanted.repository}`;
	if (!isWorkflow(found.workflow ?? "", `${server}/${wanted.workflow}`)) return `it is signed by the workflow ${withoutServer(found.workflow)}, not by ${wanted.workflow}`;
	if (found.ref === void 0 || !wanted.refs.some((pattern) => matches(found.ref ?? "", pattern))) return `it is signed by a run for ${found.ref ?? "no ref"}, not for ${wanted.refs.join(" or ")}`;
}
/** The name of a ref may have an `@` too, such as the tag `v1@x`, which is not `v1`: so the whole text is compared. */
function isWorkflow(found, wanted) {
	return wanted.includes("@") ? found === wanted : found.startsWith(`${wanted}@refs/`);
}
function withoutServer(url) {
	return url?.replace(`${server}/`, "") ?? "nothing";
}
/** `*` stands for one or more characters, except slashes. */
function matches(ref, pattern) {
	const parts = pattern.split("*").map((part) => part.replace(/[.\\+?^${}()|[\]]/g, "\\$&"));
	return new RegExp(`^${parts.join("[^/]+")}$`).test(ref);
}
// src/release/attestations/bundle.ts
/** Media type of a bundle, and artifact type of a referrer that is one. */
const bundleMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
/** Type of what is signed: an in-toto statement. */
const payloadType = "application/vnd.in-toto+json";
/**
* Opens a sigstore bundle that holds an in-toto statement. If the configuration says whose signature counts, the
* signature is verified first. Without that, a bundle counts as much as a statement without a signature.
* @throws InputError if a file that the configuration names is missing or wrong
*/
async function openBundle(bytes, trust) {
	const { bundleFromJSON, isBundleWithDsseEnvelope } = await import("./sigstore-bundle.mjs").then((n) => /* @__PURE__ */ __toESM(n.t(), 1));
	let bundle;
	let statement;
	try {
		bundle = bundleFromJSON(JSON.parse(new TextDecoder().decode(bytes)));
		if (!isBundleWithDsseEnvelope(bundle) || bundle.content.dsseEnvelope.payloadType !== "application/vnd.in-toto+json") return { refused: "it does not hold a signed statement" };
		statement = JSON.parse(bundle.content.dsseEnvelope.payload.toString());
	} catch (error) {
		return { refused: `it is not a sigstore bundle (${messageOf(error)})` };
	}
	if (trust.signedBy.length === 0) return { statement };
	const reasons = [];
	for (const signer of trust.signedBy) {
		const reason = await refusal(bundle, signer, trust);
		if (reason === void 0) return {
			statement,
			signedBy: nameOf(signer)
		};
		reasons.push(reason);
	}
	return {
		statement,
		refused: [...new Set(reasons)].join("; ")
	};
}
function nameOf(signer) {
	return signer.kind === "key" ? signer.file : `${signer.repository}: ${signer.workflow}`;
}
/** @returns why the bundle is not by this signer; undefined if it is */
async function refusal(bundle, signer, trust) {
	const isByKey = bundle.verificationMaterial.content.$case === "publicKey";
	if (signer.kind === "key") {
		if (!isByKey) return `it is not signed by ${signer.file}`;
		return await isSignedByKey(bundle, signer.file, trust) ? void 0 : `it is not signed by ${signer.file}`;
	}
	if (isByKey) return `it is signed by a key, not by a workflow of ${signer.repository}`;
	const verifier = await identityVerifier(trust);
	const { toSignedEntity } = await import("./sigstore-verify.mjs").then((n) => /* @__PURE__ */ __toESM(n.t(), 1));
	try {
		const { identity } = verifier.verify(toSignedEntity(bundle));
		return mismatch(identityOf(identity), signer);
	} catch (error) {
		return `its signature cannot be verified (${messageOf(error)})`;
	}
}
async function isSignedByKey(bundle, file, trust) {
	const publicKey = await readKeyFile(trust.root, file);
	const { toSignedEntity, toTrustMaterial, Verifier } = await import("./sigstore-verify.mjs").then((n) => /* @__PURE__ */ __toESM(n.t(), 1));
	const { TrustedRoot } = await import("./sigstore-protobuf-specs.mjs").then((n) => /* @__PURE__ */ __toESM(n.n(), 1));
	const material = toTrustMaterial(TrustedRoot.fromJSON({}), () => ({
		publicKey,
		validFor: () => true
	}));
	try {
		const entity = {
			...toSignedEntity(bundle),
			tlogEntries: [],
			timestamps: []
		};
		new Verifier(material, {
			tlogThreshold: 0,
			timestampThreshold: 0
		}).verify(entity);
		return true;
	} catch {
		return false;
	}
}
/** Verifies certificates of Fulcio: issued by it, logged, and used while they were valid. */
async function identityVerifier({ root, sigstore }) {
	const { toTrustMaterial, Verifier } = await import("./sigstore-verify.mjs").then((n) => /* @__PURE__ */ __toESM(n.t(), 1));
	const { TrustedRoot } = await import("./sigstore-protobuf-specs.mjs").then((n) => /* @__PURE__ */ __toESM(n.n(), 1));
	const file = sigstore.trustedRoot;
	const written = file === void 0 ? await publicRoot() : await readRoot(join(root, file), file);
	try {
		return new Verifier(toTrustMaterial(TrustedRoot.fromJSON(written)));
	} catch (error) {
		throw new InputError({
			where: file ?? "trusted root",
			problem: `not a trusted root of Sigstore (${messageOf(error)})`,
			expected: "the JSON of cosign trusted-root create, or gh attestation trusted-root"
		});
	}
}
async function publicRoot() {
	return (await Promise.resolve().then(() => sigstore_public_root_exports)).default;
}
async function readRoot(path, file) {
	try {
		return JSON.parse(await readFile(path, "utf8"));
	} catch (error) {
		if (!isMissing(error) && !(error instanceof SyntaxError)) throw error;
		throw new InputError({
			where: file,
			field: "evidence.sigstore.trusted-root",
			problem: isMissing(error) ? "this file does not exist" : "not JSON",
			expected: "the JSON of cosign trusted-root create, or gh attestation trusted-root"
		});
	}
}
// src/release/attestations/sign.ts
init_errors();
init_fetch_whole();
/** How long one request to Fulcio or Rekor may take. */
const patience = {
	timeout: 3e4,
	retry: 2
};
/** Bytes of the answer with a token, which has a few thousand. */
const largestToken = 262144;
const evidenceNames = {
	variables: "COXSWAIN_EVIDENCE",
	field: "evidence.signed-by",
	what: "evidence"
};
/**
* The signer for evidence that this run has:
* - COXSWAIN_EVIDENCE_KEY, COXSWAIN_EVIDENCE_KEY_FILE, COXSWAIN_EVIDENCE_PASSPHRASE: a private key, as for releases
* - COXSWAIN_EVIDENCE_COMMAND: a program that signs, for the first key in the configuration
* - in a workflow run with `id-token: write`, if the configuration names a workflow: a certificate of Fulcio for the run
* @param names for something else than evidence: other variables
* @returns undefined if there is none
* @throws InputError for a key that cannot be read, or that the configuration does not name
*/
async function attestationSigner(trust, env, { variables, field, what } = evidenceNames) {
	const files = trust.signedBy.flatMap((signer) => signer.kind === "key" ? [signer.file] : []);
	const publicKeys = await Promise.all(files.map(async (file) => ({
		file,
		key: await readKeyFile(trust.root, file)
	})));
	const [own] = await privateKeys(env, variables);
	if (own !== void 0) {
		const half = publicHalf(own);
		const named = publicKeys.find(({ key }) => sameKey(key, half));
		if (named === void 0 && trust.signedBy.length > 0) throw new InputError({
			where: `${variables}_KEY`,
			problem: `${what} that this key signs would not count`,
			found: "a private key whose public half coxswain.yaml does not name",
			expected: `the private half of ${files.length === 0 ? `a key in ${field}` : files.join(" or ")}`
		});
		return keySigner(named?.file ?? `${variables}_KEY`, signerOf(own), publicPem(half));
	}
	const command = env[`${variables}_COMMAND`] ?? "";
	const [first] = publicKeys;
	if (command.trim() !== "" && first !== void 0) {
		const publicKey = publicPem(first.key);
		return keySigner(first.file, commandSigner(command, {
			env,
			publicKey
		}), publicKey);
	}
	const workflow = trust.signedBy.find((signer) => signer.kind === "workflow");
	const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
	if (workflow === void 0 || url === void 0 || token === void 0) return void 0;
	return runSigner(trust, {
		url,
		token
	});
}
/** The same environment without what signs: for programs that run code of others. */
function withoutSigningSecrets(env) {
	const secret = /^(COXSWAIN_(EVIDENCE|GUIDANCE|SIGNING)_|ACTIONS_ID_TOKEN_REQUEST_)/;
	return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.test(name)));
}
function keySigner(name, signer, publicKey) {
	return {
		name,
		sign: async (statement) => {
			const { bundleToJSON, toDSSEBundle } = await import("./sigstore-bundle.mjs").then((n) => /* @__PURE__ */ __toESM(n.t(), 1));
			const { dsse } = await import("./sigstore-core.mjs").then((n) => /* @__PURE__ */ __toESM(n.t(), 1));
			const artifact = Buffer.from(statement);
			const signature = Buffer.from(await signer(dsse.preAuthEncoding(payloadType, artifact)), "base64");
			const bundle = toDSSEBundle({
				artifact,
				artifactType: payloadType,
				signature,
				keyHint: hintOf(publicKey)
			});
			for (const each of bundle.content.dsseEnvelope.signatures) each.keyid = "";
			return Buffer.from(`${JSON.stringify({
				...bundleToJSON(bundle),
				mediaType: bundleMediaType
			})}\n`);
		}
	};
}
/** As cosign writes it: a hash of the key. */
function hintOf(publicKey) {
	const der = createPublicKey(publicKey).export({
		type: "spki",
		format: "der"
	});
	return createHash("sha256").update(der).digest("base64");
}
/** Signs by a key that lives for one signature, certified by Fulcio for this workflow run, and logged in Rekor. */
function runSigner({ sigstore }, request) {
	return {
		name: "this workflow run",
		certified: true,
		sign: async (statement) => {
			const { bundleToJSON } = await import("./sigstore-bundle.mjs").then((n) => /* @__PURE__ */ __toESM(n.t(), 1));
			const { DSSEBundleBuilder, FulcioSigner, RekorWitness } = await import("./sigstore-sign.mjs").then((n) => /* @__PURE__ */ __toESM(n.t(), 1));
			const { fulcio, rekor } = sigstore;
			const builder = new DSSEBundleBuilder({
				signer: new FulcioSigner({
					fulcioBaseURL: fulcio,
					identityProvider: { getToken: () => identityToken(request) },
					...patience
				}),
				witnesses: [new RekorWitness({
					rekorBaseURL: rekor,
					entryType: "dsse",
					...patience
				})]
			});
			try {
				const bundle = await builder.create({
					data: Buffer.from(statement),
					type: payloadType
				});
				return Buffer.from(`${JSON.stringify(bundleToJSON(bundle))}\n`);
			} catch (error) {
				if (error instanceof OutsideError) throw error;
				const { code = "unknown error", cause } = error;
				if (cause instanceof OutsideError) throw cause;
				const why = cause === void 0 ? code : `${code}: ${messageOf(cause)}`;
				throw new OutsideError(`signing evidence by ${fulcio} and ${rekor}`, why);
			}
		}
	};
}
const tokenSchema = object({ value: string().min(1) });
/** The token by which GitHub says which run this is. @throws OutsideError that does not contain it */
async function identityToken({ url, token }) {
	const doing = "asking GitHub for the run's identity token";
	try {
		const address = new URL(url);
		address.searchParams.set("audience", "sigstore");
		const answer = await fetchWhole(address, {
			headers: {
				authorization: `Bearer ${token}`,
				accept: "application/json"
			},
			timeout: patience.timeout
		});
		if (!answer.ok) throw new OutsideError(doing, `HTTP ${answer.status}`);
		const body = tokenSchema.safeParse(JSON.parse(await answer.text(largestToken)));
		if (!body.success) throw new OutsideError(doing, "the answer has no token");
		return body.data.value;
	} catch (error) {
		if (error instanceof OutsideError) throw error;
		throw new OutsideError(doing, messageOf(error));
	}
}
// src/release/attestations/acceptance.ts
init_errors();
/** Fields that every acceptance has. */
const acceptanceFields = {
	fleet: string().min(1),
	/** Why, in one line. */
	reason: string().min(1),
	/** Who. */
	by: string().min(1),
	/** UNIX seconds. */
	at: int().nonnegative()
};
/**
* Signs an acceptance as evidence is signed, if this run has a signer. Nothing is written to the registry.
* @param about the image, and the repository that it is accepted in
* @throws InputError if the acceptance would not count
*/
async function sealAcceptance(kind, about, { trust, env }) {
	const { artifactType, predicateType } = kind;
	const signer = await attestationSigner(trust, env);
	if (signer === void 0) {
		if (trust.signedBy.length > 0) throw wouldNotCount(kind.what, "this run has no key or identity to sign it");
		return {
			artifactType,
			layer: {
				mediaType: artifactType,
				bytes: Buffer.from(`${JSON.stringify(about.record)}\n`)
			}
		};
	}
	const statement = {
		_type: "https://in-toto.io/Statement/v1",
		subject: [{
			name: formatRepository(about.repository),
			digest: { sha256: about.subject.slice(7) }
		}],
		predicateType,
		predicate: about.record
	};
	const bytes = await signer.sign(`${JSON.stringify(statement)}\n`);
	await requireCounts(kind.what, bytes, {
		trust,
		signer
	});
	return {
		artifactType,
		layer: {
			mediaType: bundleMediaType,
			bytes
		}
	};
}
/** A run's identity is known only from its certificate, so the result is judged as a reader will judge it. */
async function requireCounts(what, bytes, { trust, signer }) {
	const opened = await openBundle(bytes, trust);
	if ("refused" in opened) throw wouldNotCount(what, `signed by ${signer.name}, ${opened.refused}`);
}
function wouldNotCount(what, problem) {
	return new InputError({
		where: what,
		field: "evidence.signed-by",
		problem: `it would not count: ${problem}`,
		expected: "a signature as evidence.signed-by in coxswain.yaml names it",
		remedy: "Set COXSWAIN_EVIDENCE_KEY or COXSWAIN_EVIDENCE_COMMAND, or run it in the workflow that evidence.signed-by names. Nothing was written."
	});
}
/** Attaches a sealed acceptance to the image that it is about. */
function pushSealed(client, repository, subject, { artifactType, layer }) {
	return pushArtifact(client, {
		repository,
		artifactType,
		subject,
		layers: [layer]
	});
}
/** The acceptances of one kind for an image and a fleet that count, oldest first. */
async function findAcceptances(client, kind, about, trust) {
	const { repository, subject, fleet } = about;
	const found = [];
	for (const { digest } of await client.referrers(repository, subject, kind.artifactType)) {
		const layer = (await readReferrer(client, {
			repository,
			subject,
			digest
		}))?.layers[0];
		if (layer === void 0) continue;
		const record = kind.schema.safeParse(await recordIn(kind, layer, {
			subject,
			trust
		})).data;
		if (record?.fleet === fleet) found.push(record);
	}
	return found.sort((one, other) => one.at - other.at);
}
const statementSchema = looseObject({
	predicateType: string(),
	subject: array(looseObject({ digest: looseObject({ sha256: string().optional() }) })),
	predicate: unknown()
});
/** @returns undefined for what does not count */
async function recordIn({ predicateType }, layer, { subject, trust }) {
	if (layer.descriptor.mediaType !== "application/vnd.dev.sigstore.bundle.v0.3+json") return trust.signedBy.length === 0 ? parseOrUndefined(layer.bytes) : void 0;
	const opened = await openBundle(layer.bytes, trust);
	if ("refused" in opened) return void 0;
	const statement = statementSchema.safeParse(opened.statement).data;
	if (statement?.predicateType !== predicateType) return void 0;
	return statement.subject.some(({ digest: { sha256 } }) => `sha256:${sha256}` === subject) ? statement.predicate : void 0;
}
function parseOrUndefined(bytes) {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		return;
	}
}
// src/release/attestations/keep-at-forge.ts
/**
* The same signer; what a workflow run signs without a key, the forge gets too. GitHub accepts nothing that a key signed.
* The copy is for people and for `gh attestation verify`: Coxswain reads only the registry. So without the permission
* one line says it, and nothing fails.
*/
function keepAtForge(signer, forge, log) {
	const { attestations } = forge;
	if (signer?.certified !== true || attestations === void 0) return signer;
	let refused = false;
	return {
		...signer,
		sign: async (statement) => {
			const bundle = await signer.sign(statement);
			const reason = refused ? void 0 : await attestations.keep(bundle);
			if (reason !== void 0) {
				refused = true;
				log.info(`GitHub keeps no attestation of its own: ${reason}. The signed one is in the registry.`);
			}
			return bundle;
		}
	};
}
/** https://slsa.dev/spec/v1.0/provenance */
const provenanceType = "https://slsa.dev/provenance/v1";
const statementType = "https://in-toto.io/Statement/v1";
/** What the fields of externalParameters mean: docs/signing.md. */
const buildType = "urn:coxswain:build-image:v1";
/** How an image came to be, as SLSA provenance: base, commit, builder and parameters. */
function formatProvenance(build) {
	const { config, candidate, architecture, digest, startedAt, finishedAt } = build;
	const { base, commit, key, version } = candidate;
	const run = runOf(build.env);
	const hash = (of) => ({ sha256: of.slice(7) });
	return `${JSON.stringify({
		_type: statementType,
		subject: [{
			name: formatRepository(config.testImage),
			digest: hash(digest)
		}],
		predicateType: provenanceType,
		predicate: {
			buildDefinition: {
				buildType,
				externalParameters: {
					containerfile: config.containerfile,
					buildArguments: config.buildArguments,
					architecture,
					stream: config.stream
				},
				internalParameters: {
					buildKey: key,
					version
				},
				resolvedDependencies: [{
					...defined({ uri: run?.source }),
					name: "source",
					digest: { gitCommit: commit }
				}, {
					uri: `docker://${formatReference(atDigest(base.reference.repository, base.reference.digest))}`,
					name: "base",
					digest: hash(base.reference.digest)
				}]
			},
			runDetails: {
				builder: { id: run?.workflow ?? "urn:coxswain:build-image:local" },
				metadata: {
					...defined({ invocationId: run?.invocation }),
					startedOn: formatTime(startedAt),
					finishedOn: formatTime(finishedAt)
				}
			}
		}
	})}\n`;
}
/** The address of the workflow run of GitHub that this is; undefined on any other machine. */
function runAddress(env) {
	return runOf(env)?.invocation;
}
/** The workflow run of GitHub that this is; undefined on any other machine. */
function runOf(env) {
	const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_WORKFLOW_REF: workflow } = env;
	if (server === void 0 || repository === void 0 || workflow === void 0) return void 0;
	const { GITHUB_RUN_ID: id, GITHUB_RUN_ATTEMPT: attempt = "1", GITHUB_REF: ref } = env;
	return {
		source: `git+${server}/${repository}${ref === void 0 ? "" : `@${ref}`}`,
		workflow: `${server}/${workflow}`,
		invocation: id === void 0 ? void 0 : `${server}/${repository}/actions/runs/${id}/attempts/${attempt}`
	};
}
// src/release/attestations/trust.ts
function trustOf({ config, root }) {
	return {
		...config.evidence,
		root
	};
}
// src/release/attestations/push-statement.ts
/** Shows the kind of statement in lists of referrers, as BuildKit does. */
const predicateAnnotation = "in-toto.io/predicate-type";
/** The same for bundles, as cosign does (specs/BUNDLE_SPEC.md). */
const bundlePredicateAnnotation = "dev.sigstore.bundle.predicateType";
const bundleContentAnnotation = "dev.sigstore.bundle.content";
/**
* Attaches an in-toto statement to an image: as a sigstore bundle if there is a signer, else without a signature.
* @param options.statement the text of the statement; its subject is `options.subject`
*/
async function pushStatement(client, options) {
	const { repository, subject, predicateType, statement, signer } = options;
	const annotations = {
		[predicateAnnotation]: predicateType,
		...signer === void 0 ? {} : {
			[bundleContentAnnotation]: "dsse-envelope",
			[bundlePredicateAnnotation]: predicateType
		}
	};
	const artifactType = signer === void 0 ? payloadType : bundleMediaType;
	const bytes = signer === void 0 ? new TextEncoder().encode(statement) : await signer.sign(statement);
	return pushArtifact(client, {
		repository,
		artifactType,
		subject,
		layers: [{
			mediaType: artifactType,
			bytes,
			annotations
		}],
		annotations
	});
}
const schema = looseObject({
	predicateType: string(),
	subject: array(looseObject({ digest: looseObject({ sha256: string().optional() }) })),
	predicate: unknown()
});
/**
* The statements of one kind that are attached to an image. What is damaged, or about another image, is left out.
* @param trust whose signature counts: the others are `refused`
* @throws OutsideError if the registry does not answer
*/
async function readStatements(client, image, predicateType, trust) {
	const { repository, digest: subject } = image;
	const found = [];
	for (const { digest } of (await client.referrers(repository, subject)).filter(isOf(predicateType))) {
		const layer = (await readReferrer(client, {
			repository,
			subject,
			digest
		}))?.layers.find(({ descriptor }) => [payloadType, bundleMediaType].includes(descriptor.mediaType));
		if (layer === void 0) continue;
		const opened = layer.descriptor.mediaType === "application/vnd.dev.sigstore.bundle.v0.3+json" ? await openBundle(layer.bytes, trust) : withoutSignature(layer.bytes, trust);
		const statement = schema.safeParse(opened.statement).data;
		if (statement?.predicateType !== predicateType) continue;
		if (!statement.subject.some(({ digest: { sha256 } }) => `sha256:${sha256}` === subject)) continue;
		const { signedBy, refused } = {
			signedBy: void 0,
			refused: void 0,
			...opened
		};
		found.push({
			predicate: statement.predicate,
			...defined({
				signedBy,
				refused
			})
		});
	}
	return found;
}
function isOf(predicateType) {
	return ({ artifactType, annotations }) => {
		if (artifactType !== "application/vnd.in-toto+json" && artifactType !== "application/vnd.dev.sigstore.bundle.v0.3+json") return false;
		const kind = annotations?.["in-toto.io/predicate-type"] ?? annotations?.["dev.sigstore.bundle.predicateType"];
		return kind === void 0 || kind === predicateType;
	};
}
function withoutSignature(bytes, trust) {
	let statement;
	try {
		statement = JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		return { statement };
	}
	return trust.signedBy.length === 0 ? { statement } : {
		statement,
		refused: "it is not signed"
	};
}
// src/release/attestations/fetch-for-sigstore.ts
var fetch_for_sigstore_exports = /* @__PURE__ */ __exportAll({ default: () => fetchForSigstore });
/**
* Stands in for make-fetch-happen under `@sigstore/sign` (rolldown.config.ts, test/support/sigstore.ts): that client brings a
* megabyte of caches and proxies, of which signing uses nothing but one POST with a time limit.
*/
function fetchForSigstore(url, options = {}) {
	const { method, headers, body, timeout } = options;
	return fetchWhole(url, {
		method,
		headers,
		body,
		timeout
	});
}
var init_fetch_for_sigstore = __esmMin((() => {
	init_fetch_whole();
}));
// src/release/attestations/sigstore-public-root.json
var sigstore_public_root_exports = /* @__PURE__ */ __exportAll({ default: () => sigstore_public_root_default });
var sigstore_public_root_default = {
	mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
	tlogs: [{
		"baseUrl": "https://rekor.sigstore.dev",
		"hashAlgorithm": "SHA2_256",
		"publicKey": {
			"rawBytes": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtw==",
			"keyDetails": "PKIX_ECDSA_P256_SHA_256",
			"validFor": { "start": "2021-01-12T11:53:27Z" }
		},
		"logId": { "keyId": "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=" }
	}, {
		"baseUrl": "https://log2025-1.rekor.sigstore.dev",
		"hashAlgorithm": "SHA2_256",
		"publicKey": {
			"rawBytes": "MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=",
			"keyDetails": "PKIX_ED25519",
			"validFor": { "start": "2025-09-23T00:00:00Z" }
		},
		"logId": { "keyId": "zxGZFVvd0FEmjR8WrFwMdcAJ9vtaY/QXf44Y1wUeP6A=" }
	}],
	certificateAuthorities: [{
		"subject": {
			"organization": "sigstore.dev",
			"commonName": "sigstore"
		},
		"uri": "https://fulcio.sigstore.dev",
		"certChain": { "certificates": [{ "rawBytes": "MIIB+DCCAX6gAwIBAgITNVkDZoCiofPDsy7dfm6geLbuhzAKBggqhkjOPQQDAzAqMRUwEwYDVQQKEwxzaWdzdG9yZS5kZXYxETAPBgNVBAMTCHNpZ3N0b3JlMB4XDTIxMDMwNzAzMjAyOVoXDTMxMDIyMzAzMjAyOVowKjEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MREwDwYDVQQDEwhzaWdzdG9yZTB2MBAGByqGSM49AgEGBSuBBAAiA2IABLSyA7Ii5k+pNO8ZEWY0ylemWDowOkNa3kL+GZE5Z5GWehL9/A9bRNA3RbrsZ5i0JcastaRL7Sp5fp/jD5dxqc/UdTVnlvS16an+2Yfswe/QuLolRUCrcOE2+2iA5+tzd6NmMGQwDgYDVR0PAQH/BAQDAgEGMBIGA1UdEwEB/wQIMAYBAf8CAQEwHQYDVR0OBBYEFMjFHQBBmiQpMlEk6w2uSu1KBtPsMB8GA1UdIwQYMBaAFMjFHQBBmiQpMlEk6w2uSu1KBtPsMAoGCCqGSM49BAMDA2gAMGUCMH8liWJfMui6vXXBhjDgY4MwslmN/TJxVe/83WrFomwmNf056y1X48F9c4m3a3ozXAIxAKjRay5/aj/jsKKGIkmQatjI8uupHr/+CxFvaJWmpYqNkLDGRU+9orzh5hI2RrcuaQ==" }] },
		"validFor": {
			"start": "2021-03-07T03:20:29Z",
			"end": "2022-12-31T23:59:59.999Z"
		}
	}, {
		"subject": {
			"organization": "sigstore.dev",
			"commonName": "sigstore"
		},
		"uri": "https://fulcio.sigstore.dev",
		"certChain": { "certificates": [{ "rawBytes": "MIICGjCCAaGgAwIBAgIUALnViVfnU0brJasmRkHrn/UnfaQwCgYIKoZIzj0EAwMwKjEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MREwDwYDVQQDEwhzaWdzdG9yZTAeFw0yMjA0MTMyMDA2MTVaFw0zMTEwMDUxMzU2NThaMDcxFTATBgNVBAoTDHNpZ3N0b3JlLmRldjEeMBwGA1UEAxMVc2lnc3RvcmUtaW50ZXJtZWRpYXRlMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE8RVS/ysH+NOvuDZyPIZtilgUF9NlarYpAd9HP1vBBH1U5CV77LSS7s0ZiH4nE7Hv7ptS6LvvR/STk798LVgMzLlJ4HeIfF3tHSaexLcYpSASr1kS0N/RgBJz/9jWCiXno3sweTAOBgNVHQ8BAf8EBAMCAQYwEwYDVR0lBAwwCgYIKwYBBQUHAwMwEgYDVR0TAQH/BAgwBgEB/wIBADAdBgNVHQ4EFgQU39Ppz1YkEZb5qNjpKFWixi4YZD8wHwYDVR0jBBgwFoAUWMAeX5FFpWapesyQoZMi0CrFxfowCgYIKoZIzj0EAwMDZwAwZAIwPCsQK4DYiZYDPIaDi5HFKnfxXx6ASSVmERfsynYBiX2X6SJRnZU84/9DZdnFvvxmAjBOt6QpBlc4J/0DxvkTCqpclvziL6BCCPnjdlIB3Pu3BxsPmygUY7Ii2zbdCdliiow=" }, { "rawBytes": "MIIB9zCCAXygAwIBAgIUALZNAPFdxHPwjeDloDwyYChAO/4wCgYIKoZIzj0EAwMwKjEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MREwDwYDVQQDEwhzaWdzdG9yZTAeFw0yMTEwMDcxMzU2NTlaFw0zMTEwMDUxMzU2NThaMCoxFTATBgNVBAoTDHNpZ3N0b3JlLmRldjERMA8GA1UEAxMIc2lnc3RvcmUwdjAQBgcqhkjOPQIBBgUrgQQAIgNiAAT7XeFT4rb3PQGwS4IajtLk3/OlnpgangaBclYpsYBr5i+4ynB07ceb3LP0OIOZdxexX69c5iVuyJRQ+Hz05yi+UF3uBWAlHpiS5sh0+H2GHE7SXrk1EC5m1Tr19L9gg92jYzBhMA4GA1UdDwEB/wQEAwIBBjAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBRYwB5fkUWlZql6zJChkyLQKsXF+jAfBgNVHSMEGDAWgBRYwB5fkUWlZql6zJChkyLQKsXF+jAKBggqhkjOPQQDAwNpADBmAjEAj1nHeXZp+13NWBNa+EDsDP8G1WWg1tCMWP/WHPqpaVo0jhsweNFZgSs0eE7wYI4qAjEA2WB9ot98sIkoF3vZYdd3/VtWB5b9TNMea7Ix/stJ5TfcLLeABLE4BNJOsQ4vnBHJ" }] },
		"validFor": { "start": "2022-04-13T20:06:15Z" }
	}],
	ctlogs: [{
		"baseUrl": "https://ctfe.sigstore.dev/test",
		"hashAlgorithm": "SHA2_256",
		"publicKey": {
			"rawBytes": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbfwR+RJudXscgRBRpKX1XFDy3PyudDxz/SfnRi1fT8ekpfBd2O1uoz7jr3Z8nKzxA69EUQ+eFCFI3zeubPWU7w==",
			"keyDetails": "PKIX_ECDSA_P256_SHA_256",
			"validFor": {
				"start": "2021-03-14T00:00:00Z",
				"end": "2022-10-31T23:59:59.999Z"
			}
		},
		"logId": { "keyId": "CGCS8ChS/2hF0dFrJ4ScRWcYrBY9wzjSbea8IgY2b3I=" }
	}, {
		"baseUrl": "https://ctfe.sigstore.dev/2022",
		"hashAlgorithm": "SHA2_256",
		"publicKey": {
			"rawBytes": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiPSlFi0CmFTfEjCUqF9HuCEcYXNKAaYalIJmBZ8yyezPjTqhxrKBpMnaocVtLJBI1eM3uXnQzQGAJdJ4gs9Fyw==",
			"keyDetails": "PKIX_ECDSA_P256_SHA_256",
			"validFor": { "start": "2022-10-20T00:00:00Z" }
		},
		"logId": { "keyId": "3T0wasbHETJjGR4cmWc3AqJKXrjePK3/h4pygC8p7o4=" }
	}],
	timestampAuthorities: [{
		"subject": {
			"organization": "sigstore.dev",
			"commonName": "sigstore-tsa-selfsigned"
		},
		"uri": "https://timestamp.sigstore.dev/api/v1/timestamp",
		"certChain": { "certificates": [{ "rawBytes": "MIICEDCCAZagAwIBAgIUOhNULwyQYe68wUMvy4qOiyojiwwwCgYIKoZIzj0EAwMwOTEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MSAwHgYDVQQDExdzaWdzdG9yZS10c2Etc2VsZnNpZ25lZDAeFw0yNTA0MDgwNjU5NDNaFw0zNTA0MDYwNjU5NDNaMC4xFTATBgNVBAoTDHNpZ3N0b3JlLmRldjEVMBMGA1UEAxMMc2lnc3RvcmUtdHNhMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE4ra2Z8hKNig2T9kFjCAToGG30jky+WQv3BzL+mKvh1SKNR/UwuwsfNCg4sryoYAd8E6isovVA3M4aoNdm9QDi50Z8nTEyvqgfDPtTIwXItfiW/AFf1V7uwkbkAoj0xxco2owaDAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0OBBYEFIn9eUOHz9BlRsMCRscsc1t9tOsDMB8GA1UdIwQYMBaAFJjsAe9/u1H/1JUeb4qImFMHic6/MBYGA1UdJQEB/wQMMAoGCCsGAQUFBwMIMAoGCCqGSM49BAMDA2gAMGUCMDtpsV/6KaO0qyF/UMsX2aSUXKQFdoGTptQGc0ftq1csulHPGG6dsmyMNd3JB+G3EQIxAOajvBcjpJmKb4Nv+2Taoj8Uc5+b6ih6FXCCKraSqupe07zqswMcXJTe1cExvHvvlw==" }, { "rawBytes": "MIIB9zCCAXygAwIBAgIUV7f0GLDOoEzIh8LXSW80OJiUp14wCgYIKoZIzj0EAwMwOTEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MSAwHgYDVQQDExdzaWdzdG9yZS10c2Etc2VsZnNpZ25lZDAeFw0yNTA0MDgwNjU5NDNaFw0zNTA0MDYwNjU5NDNaMDkxFTATBgNVBAoTDHNpZ3N0b3JlLmRldjEgMB4GA1UEAxMXc2lnc3RvcmUtdHNhLXNlbGZzaWduZWQwdjAQBgcqhkjOPQIBBgUrgQQAIgNiAAQUQNtfRT/ou3YATa6wB/kKTe70cfJwyRIBovMnt8RcJph/COE82uyS6FmppLLL1VBPGcPfpQPYJNXzWwi8icwhKQ6W/Qe2h3oebBb2FHpwNJDqo+TMaC/tdfkv/ElJB72jRTBDMA4GA1UdDwEB/wQEAwIBBjASBgNVHRMBAf8ECDAGAQH/AgEAMB0GA1UdDgQWBBSY7AHvf7tR/9SVHm+KiJhTB4nOvzAKBggqhkjOPQQDAwNpADBmAjEAwGEGrfGZR1cen1R8/DTVMI943LssZmJRtDp/i7SfGHmGRP6gRbuj9vOK3b67Z0QQAjEAuT2H673LQEaHTcyQSZrkp4mX7WwkmF+sVbkYY5mXN+RMH13KUEHHOqASaemYWK/E" }] },
		"validFor": { "start": "2025-07-04T00:00:00Z" }
	}]
};
export { withoutSigningSecrets as _, predicateAnnotation as a, formatProvenance as c, keepAtForge as d, acceptanceFields as f, attestationSigner as g, sealAcceptance as h, bundlePredicateAnnotation as i, provenanceType as l, pushSealed as m, init_fetch_for_sigstore as n, pushStatement as o, findAcceptances as p, readStatements as r, trustOf as s, fetch_for_sigstore_exports as t, runAddress as u, bundleMediaType as v, openBundle as y };
