import { S as string, g as literal, y as object } from "./libraries.mjs";
import { Gt as messageOf, Ht as OutsideError, Vt as InputError, Wt as init_errors } from "./host.mjs";
import { Ca as atDigest, Da as formatReference, Ji as fetchWhole, Oa as formatRepository, Q as nodePolicy, X as askNodePolicy, Yi as init_fetch_whole, na as readKeyText, ta as readKeyFile, va as readImage } from "./shared.mjs";
// src/release/base-signature/fedora-keys.ts
init_errors();
/**
* The keys by which Fedora signs its images now (RPM-GPG-KEY-fedora-NN-primary), from the package distribution-gpg-keys.
* The test checks their fingerprints; Fedora publishes them at https://fedoraproject.org/security. They are the three that
* Fedora CoreOS itself trusts for its images (fedora-coreos-config, overlay.d/17fcos-container-signing). A key that is
* missing here can be named in coxswain.yaml.
*/
const fedoraKeys = [
	{
		where: "the key of Fedora 43",
		armored: `-----BEGIN PGP PUBLIC KEY BLOCK-----

mQINBGa23M8BEAC47NwKLi/g2S9I2p5JtUbJ0y3m2St9zqkSENmYw/+R+WKvaP3S
KSFQF3Qi6pqGXJ88ADJUkFYpOGGyoc0dieLCmIPqtWbwGvBVMxBRBeU3+hClwbSQ
sysVnr8VxUwidfsIjNJavCZwB0ZoZbxdCPMQMOgQyTLX4OI/uKlPUzeymDHwxjb/
tllflSTOGtdYe3giRzidxN+xbCb6UoXkl0+lJEFbsmp41O5D/Ur5N05lBrsEXoDu
Fr99Kfv3Av7f3JfzDlkqC/EhmfxZEZvWj3hRdAfi2fFmtVcrdLfGIpQg6Y2Baphp
PhaHqKl9zD5GWqu5GSXGoLaGXusBvwBKjS/g+VLo7pJfMsUF3sUduJNG3UThAsrp
QLV3wQz0AMHVElRErOWdBDY0ddAKLPL7/mtxj39pGEpZ/dNtQkzgm7VCdP10QnQZ
rwR2l8k7CPu0pylPCXmXvKFWV1uv9RnztlWY6BRmufKn+lJsN3Blh7ndi5rlCjR6
mHVrQD/l6+8VmSD3/mDnbEXPyzBkSY5D1wpR7M5VXN5jVHROc4ZA5M88SyI48ESG
NmeAwtGar45/X+wG47+EC4+JXpNO7BQrEvHgJxBdyoQ6KLDrEaqn/OQpxB4Gfmcv
SwkWDpSk8wFm/pGlFK6J4b+ba7eOetW+aXrWSiFB1sTAg0OY+gds67OpWQARAQAB
tDFGZWRvcmEgKDQzKSA8ZmVkb3JhLTQzLXByaW1hcnlAZmVkb3JhcHJvamVjdC5v
cmc+iQJSBBMBCAA8FiEExufwgc+A4TFGZ26IgptgZjFkVTEFAma23M8CGw8FCwkI
BwIDIgIBBhUKCQgLAgQWAgMBAh4HAheAAAoJEIKbYGYxZFUxagQP/RYWw5j0Gfvv
lWkDQTjTVAnHtbKuQLYM13Lx5d3W1k0g6Xdrolf4yPjh4YPYVQDXksB4i6ULLbMo
8u46UCPMQwCXTd3Ax9imYn+V74Isl/CkBbKQD9YfSJjhW3mSlPa27jo2uhqpdV0S
xp05NWYnWrZN+GbtCUs1+rNTBevagOURtlZ8f0iPVRA/PxWzpjbRaGrCHlIYc3JO
GKLUuQueLvOUg2pP8dtpll7S3xUe5Abyq2ifT34T0wHi6hJA3bfpXo1uNXRvGrNw
gbJ7V6P7ioTcvyhS1h4zjelKFyvTnOKOy5D08HKmvTMWZQWEL7kDNymh1jMV7Abg
4TPp808EiPF1GGAzXU56feaURSvIuix3MkjhGZsSQQH2kkkEIzq6j/EwmpyEMW38
dtql4T2bVS/cTk/hRaqUKZlyrsL657g/4mFA1wDDM3895fYkHOpYF4JZ9SeDrhuc
TgpC7/TW55l6vSiFtnQvcMfjpfCA6mCA4b75k+/xG9RxxBnYU0qVuUo/8pON31yQ
D2AM2v7WbJBYVRYLlqPrkAZU5fe7+2wY7P7N0IAPwVA0TFJ1x6as3Kezdi/304mg
oC98DBLjHaUpX2bTxKMtCzlmeqPiwtyNkA9O9IQO7qQzArBKxmAgof4wblN5SL8i
fsjiJUqsK/gTYwJ744I/tzxOy5FXjA7z
=Bqds
-----END PGP PUBLIC KEY BLOCK-----
`
	},
	{
		where: "the key of Fedora 44",
		armored: `-----BEGIN PGP PUBLIC KEY BLOCK-----

mQINBGeGrzsBEAC4UV5Ij9oz6h6abEKIRoiezttFfnLhwOAfE9tWtfIFMRmhY91u
L88PKf12n2xHBd3oc5ahBzGeTBhaMV+VJAppoQMSOIMI5q966D9GQ0LkJT+E5bwn
xGRJKp7qccevh2KFOUt2vHtFskhDOuAIupoKfo5FgI9PkvAVBsrUpO/22yjNv0V/
aeDXxZhRX8m/8FKJ77VcZtBRPcp7M41bCmW9gV9IDpD81hAdTjYoQr1Y3KU0FTm5
W4l1mf9mZcKMskOk08TyzQeC2YRB20EYRK439XCGJ4P7BFiOl96EbPpky2pHe2FV
AvX474o3QEecTK3KxZrsRjmXOqpjRPy5YyMfKEYBM9j3zBDvpDFk79Mfuw5n2Nr5
U4Wn/rqfhKLUKkfpfCow97nzq8NqynwS09yVobIfjHCKRtjwun6ife+s7R4L2nAu
rTWPAHqzIjjW5nnjaFtoSulIadVKx+KibKajA6gRAc6K7xMyMTHfqZeTAIcawvX6
h2d/nd8xCfogM5FTI5obNSUVNaMv5vQg6vcV1fb6oRgodF0Bi+1dssq5EMQpHFJM
nIQ5NVwuzSjCLt3X2mWUp0mfIt2K9oBpBct12uXho7Nm1bSC5UFNYsvw+rj6vTqZ
ilK9pyfcYmELv7a/NPkyuACsBFGoc66nBfrEvk57kW9FaJK9mjSqGftykQARAQAB
tDFGZWRvcmEgKDQ0KSA8ZmVkb3JhLTQ0LXByaW1hcnlAZmVkb3JhcHJvamVjdC5v
cmc+iQJSBBMBCAA8FiEENvYS3PJ/fRpIqDXk2/z3HG2fkKYFAmeGrzsCGw8FCwkI
BwIDIgIBBhUKCQgLAgQWAgMBAh4HAheAAAoJENv89xxtn5CmIU0P/iaFVxJjVi4P
yu8A04PbdGy2vuBBCceIjYn5HaMDwJMRjdJT6uMS494pSKNEl/JJ8K5rRdigfUV1
2Z22X3kI5aNb4k2wpaPg5Xq0JQS9FvG4Pjm//kNy5WplmEA8HVg4MVkvySWiXay4
+tkCelhE8aQDstYEm3uh+lZ6udgoInfprwFMn6H+8RXkakTW1z5NkuAA8PpMDA9o
SOFc4Hk6bhE6exEp4VNwBEkxwh4z9CGjarlXL4QEyM1UK60vtbXIHVjITjFfKVQP
j6ifdn5X69oSuK+1mUFXEV+l9pc1mVjTVTwOrG3EMBsoekFyICp1pPtfMo1dxBed
R8BFHqQFsFdmIG+59ycFznFOXzDRfaVn6OTEAk7T8nDqnpe/T4GlybLYic6KMKcM
nbMLaJZjHZ97qJb5Scpsd1TWB5TDERi4VPB7NAVC/EwxMPC3IJUbRej/s05gNjg0
+2yyuV/U/DDnNGWnLTJDFLUaE8HhQBMvNSfmdMA47mo5CCuYmpzX/3M9vlVsv8/R
xJBxFLIj9VFCPFNgXPeu9gyyytXeWgsIpDzMNJil9tgbBuQ1dX5GFMkWtK/kPexM
KfiSU0JgJFfFSm0OKI/KXcRlbA1zP3IF+2YwbL+P5ePinHsDiAPLCQt/dWgw2tfB
ZZLj9c3Ukew6Qobuy3V1knl564qQ6wjf
=1m7R
-----END PGP PUBLIC KEY BLOCK-----
`
	},
	{
		where: "the key of Fedora 45",
		armored: `-----BEGIN PGP PUBLIC KEY BLOCK-----

mQINBGiIvJgBEAD3LK442lirRR/SSY884GtAlFjC4VbtOW82pks44Nu/7sbWQObo
A9kyCs69j/lCFKsq12yU+yk0rOSNHQT1aKwe64GOi9MokcOYK1gq0DtBvakl25o1
pnBok+zuBUfwTQAsNTbevw1t5rdBJKusnuPPHjTnVdjVS9HU4QhZunI/7Y9QleX2
oXkN2VFi0mhF2y8gU4Tve0xxSTjfgYM6ObV3W9vMusxmAabvCfdcVPpy9iEZxyjw
NL4Svkw3bt50plmnRuWRXA+P6R3SK/1XKBW/9jVr4bgs6d763VfVCMbKLpQvuWIX
6/UUOEc9LDziEjxjNBPFfLq+N7kN8235B26fuj+3XM2OqLtRv4/bl0Mryn13VrJl
hvdLSlmkjROlzywrGvZ/geqyqaSuEZMnWN6znxV/qt8+tEHJXNFO882wHOLTq+5F
6Bm/aJvdGxSffIFQyylcEzGaNgsH7AvkZPMqk2nMJ3y1KQx+LxdLM5hwGSexdaQ0
wyW5DMH1Xn49J0nNE/IPWgBlRVAz146CNHMy0kR0J9dAUxg+1GeGKYnZ+q9mvs07
82rFUqgJLq1gIBEVxYVh8eaO4u1wxWb+/LSx6OjZ7yFmZjN3c6V67Fwql/0EONic
QgI/2FyxLeYmQr19Cl3EY7b50Ql95RT5OqtAnqcYrzsjuv4n489F/ObRjwARAQAB
tDFGZWRvcmEgKDQ1KSA8ZmVkb3JhLTQ1LXByaW1hcnlAZmVkb3JhcHJvamVjdC5v
cmc+iQJSBBMBCAA8FiEET1CmEUzVxpdqfxF5ZVpLAvV3hh4FAmiIvJgCGw8FCwkI
BwIDIgIBBhUKCQgLAgQWAgMBAh4HAheAAAoJEGVaSwL1d4YeErcQAMnCTVRF+W1A
W2kE9vQrqEXFj7wPXIH1uiwUAKtpLffjoD8SFekU6AqhrvMS1JgS0NsTwwvqbZXe
Zl7eTgMZ8XPxhufZ272pUaIDMlREnvoLEHb/HTbcSP8bBdCEzc5FwSNgwZEYRTC/
OVhJ1isF54fd3JC9741feCgPOMG94dj1VX7FlZuq1AQsXKvI9H3GEm6DiqHg4nVR
WprMP7/sKqrgNSWx4s0zC/4WpALOgLXJO8qZOtul9SzcPmt4E56jjJ7TNX3uQcgu
0zKFdzb92tJ6WLpVsFk5AgBoZFSi7xZEh+nQzu/PwMorxNyw2WvKR5+avWQCY/WO
pmPIBAL4IevB/sGyrDVdh1ZNMTMIf3Pz3jkn2BGMOAo4ohP+5P4hFzt/4nOm5fL6
DpJxlCcWaFjMuZgdJY9IHqRcwtnX4nGnrv0cbYAjt59cnHuzqzW84KWJcDEy+3v6
jAhHn6UM27CGCN99hfh7zhj+fMcOOyugCwxbjke123uNC80J1WADB0KF99en1p1f
1VHBOfS3IS8ezmlWFrllrG0Rxl1a9LDkQJivH5mV0HNmYvRPlWky/mP7q66TRHKs
JfD7idqM7pdf6u4vYpGq/MlbGgK4xCm7geaoLWDN5zExgrgZFzgtieIEa2M1uumj
BRh9EFo/y5xhwu9mVgCJmLCLW/ByEYJE
=7kLn
-----END PGP PUBLIC KEY BLOCK-----
`
	}
];
// src/release/base-signature/gpg-signature.ts
init_fetch_whole();
/** An image may have several signatures: Fedora makes one for each tag. */
const mostSignatures = 16;
const patience = 3e4;
/** A signature has about one kilobyte. */
const largest = 65536;
/** Clocks differ. A signature may be dated a little later than the clock here. */
const clockSkew = 72e5;
const payloadSchema = object({ critical: object({
	identity: object({ "docker-reference": string() }),
	image: object({ "docker-manifest-digest": string() }),
	type: literal("atomic container signature")
}) });
/**
* Looks for a signature of an image by one of some keys.
* @param options.keys armored public keys
* @throws OutsideError if the lookaside gives no answer
* @throws InputError for a key that cannot be read
*/
async function verifyGpgSignature(options) {
	const { lookaside, repository, digest } = options;
	const keys = await readKeys(options.keys);
	const folder = `${lookaside}/${repository.path}@${digest.replace(":", "=")}`;
	const reasons = [];
	for (let number = 1; number <= mostSignatures; number += 1) {
		const bytes = await read(`${folder}/signature-${number}`);
		if (bytes === void 0) break;
		const verdict = await judge(bytes, keys, {
			repository,
			digest
		});
		if ("signedBy" in verdict) return verdict;
		reasons.push(verdict.refused);
	}
	return { refused: reasons.length === 0 ? `no signature was found at ${folder}` : [...new Set(reasons)].join("; ") };
}
async function readKeys(files) {
	const { readKeys: parseKeys } = await import("./openpgp.mjs");
	const keys = [];
	for (const { where, armored } of files) try {
		const found = await parseKeys({ armoredKeys: armored });
		if (found.some((key) => key.isPrivate())) throw new Error("a private key");
		keys.push(...found);
	} catch (error) {
		throw new InputError({
			where,
			problem: `not an OpenPGP public key (${messageOf(error)})`,
			expected: "-----BEGIN PGP PUBLIC KEY BLOCK-----"
		});
	}
	return keys;
}
/** @returns undefined if there is no such file */
async function read(url) {
	const doing = `reading the signature of the base image at ${url}`;
	try {
		const response = await fetchWhole(url, { timeout: patience });
		if (response.ok) return new Uint8Array(await response.bytes(largest));
		response.discard();
		if (response.status === 404 || response.status === 403) return void 0;
		throw new OutsideError(doing, `the server answered ${response.status}`);
	} catch (error) {
		if (error instanceof OutsideError) throw error;
		throw new OutsideError(doing, messageOf(error instanceof Error && error.cause !== void 0 ? error.cause : error));
	}
}
async function judge(bytes, keys, { repository, digest }) {
	const { readMessage, verify } = await import("./openpgp.mjs");
	let signed;
	try {
		const { data, signatures } = await verify({
			message: await readMessage({ binaryMessage: bytes }),
			verificationKeys: keys,
			date: new Date(Date.now() + clockSkew),
			format: "utf8"
		});
		const by = keyOf(keys, await firstValid(signatures) ?? "");
		if (by === void 0) return { refused: "it is signed by a key that is not named, or the signature is not valid" };
		if (await isOver(by)) return { refused: "it is signed by a key that has expired or was revoked" };
		const name = `${by.getUserIDs()[0] ?? "a key without a name"}, key ${by.getFingerprint().toUpperCase()}`;
		signed = {
			text: String(data),
			by: name
		};
	} catch {
		return { refused: "what the lookaside has there is not an OpenPGP signature" };
	}
	const payload = payloadSchema.safeParse(parseJson(signed.text)).data;
	if (payload === void 0) return { refused: "what was signed is not a container signature" };
	const { identity, image } = payload.critical;
	if (image["docker-manifest-digest"] !== digest) return { refused: "the signature is of another image" };
	const repositoryOf = identity["docker-reference"].replace(/@.*$/, "").replace(/:[^/:]*$/, "");
	if (repositoryOf !== formatRepository(repository)) return { refused: `the signature is for ${repositoryOf}` };
	return { signedBy: signed.by };
}
async function firstValid(signatures) {
	for (const { keyID, verified } of signatures) if (await verified.catch(() => false)) return keyID.toHex();
}
function keyOf(keys, id) {
	return keys.find((each) => each.getKeys().some((part) => part.getKeyID().toHex() === id));
}
/** The library takes a signature from before the end of its key; containers/image, which nodes run, does not. */
async function isOver(key) {
	const end = await key.getExpirationTime();
	return end === null || end instanceof Date && end.getTime() <= Date.now() || await key.isRevoked();
}
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
// src/release/base-signature/verify-base.ts
init_errors();
/**
* Verifies a build of the base, as `base-signature` says: each architecture's image has to be signed, because that is
* what is built on; or the index over them, which names them by their digests.
* @returns who signed it; undefined if nobody has to
* @throws InputError if it does not verify: it must not be proposed or built on
*/
async function requireSignedBase(project, base) {
	const { config, client } = project;
	const rule = config.baseSignature;
	if (rule.kind === "none") return void 0;
	const images = await Promise.all(config.architectures.map((architecture) => readImage(client, atDigest(base.repository, base.digest), architecture)));
	const digests = [...new Set(images.map(({ manifest }) => manifest.descriptor.digest))];
	const signers = /* @__PURE__ */ new Set();
	for (const digest of digests) {
		const verdict = await ask(project, rule, {
			...base,
			digest
		});
		if ("signedBy" in verdict) {
			signers.add(verdict.signedBy);
			continue;
		}
		const index = images.find(({ manifest }) => manifest.descriptor.digest === digest)?.index;
		const whole = index === void 0 ? verdict : await ask(project, rule, {
			...base,
			digest: index.digest
		});
		if ("signedBy" in whole) return whole.signedBy;
		throw new InputError({
			where: formatReference(atDigest(base.repository, digest)),
			problem: `the base image does not verify: ${verdict.refused}`,
			expected: `a signature by ${expected(rule)}`,
			remedy: remedyFor(rule)
		});
	}
	return [...signers].join(" and ");
}
function remedyFor(rule) {
	if (rule.files !== void 0) return "Do not build on it before you know why. base-signature in coxswain.yaml names the keys; base-signature: none switches this off.";
	return `This version of Coxswain knows ${fedoraKeys.map(({ where }) => where.replace("the key of ", "")).join(", ")}. If the base is of a newer Fedora, compare its key with https://fedoraproject.org/security, commit it, and write base-signature: { gpg-keys: [keys/fedora.asc] }. Otherwise do not build on it before you know why; base-signature: none switches this off.`;
}
function expected(rule) {
	return rule.files === void 0 ? "a key of Fedora" : rule.files.join(" or ");
}
async function ask({ client, root }, rule, image) {
	if (rule.kind === "gpg") {
		const { lookaside, files } = rule;
		return verifyGpgSignature({
			lookaside,
			keys: files === void 0 ? fedoraKeys : await Promise.all(files.map((file) => readKey(root, file))),
			...image
		});
	}
	const reasons = [];
	for (const file of rule.files) {
		const key = {
			file,
			key: await readKeyFile(root, file)
		};
		const verdict = await askNodePolicy(client, nodePolicy(image.repository, [key]), atDigest(image.repository, image.digest));
		if (verdict.accepted) return { signedBy: file };
		reasons.push(verdict.reason);
	}
	return { refused: [...new Set(reasons)].join("; ") };
}
async function readKey(root, file) {
	return {
		where: file,
		armored: await readKeyText(root, file, {
			field: "base-signature.gpg-keys",
			remedy: "Commit the armored OpenPGP public key."
		})
	};
}
export { requireSignedBase as t };
