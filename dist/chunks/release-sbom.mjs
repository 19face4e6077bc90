import { o as __toESM } from "./rolldown-runtime.mjs";
import { a as jsonOrUndefined, l as identity, o as fullVersion } from "./world-packages.mjs";
import { g as string, p as object, r as array, u as literal } from "./zod.mjs";
import { F as formatRepository, P as formatReference, g as pushArtifact, v as readReferrer } from "./world-registry.mjs";
import { o as pushStatement, r as readStatements } from "./release-attestations.mjs";
import { it as defined } from "./host.mjs";
import { createHash } from "node:crypto";
/** The names of our properties (CycloneDX Property Taxonomy: each producer has a prefix of its own). */
const originProperty = "coxswain:origin";
const baseProperty = "coxswain:base";
const toolName = "coxswain";
/**
* Writes the SBOM of an image as CycloneDX JSON. It is a pure function of the image, so the same image always has the
* same bytes: no random serial number, and the time is that of the image.
*/
async function formatBillOfMaterials(content) {
	const [Models, { ComponentType }, { JSON: Json, JsonSerializer }, { Spec1dot6 }] = await Promise.all([
		import("./cyclonedx-cyclonedx-library.mjs").then((n) => /* @__PURE__ */ __toESM(n.r(), 1)),
		import("./cyclonedx-cyclonedx-library.mjs").then((n) => /* @__PURE__ */ __toESM(n.i(), 1)),
		import("./cyclonedx-cyclonedx-library.mjs").then((n) => /* @__PURE__ */ __toESM(n.n(), 1)),
		import("./cyclonedx-cyclonedx-library.mjs").then((n) => /* @__PURE__ */ __toESM(n.t(), 1))
	]);
	const { image, version, architecture, created, system, base } = content;
	const purls = await purlsOf(content);
	const ofBase = base?.packages === void 0 ? void 0 : new Set(base.packages.map(identity));
	const component = new Models.Component(ComponentType.Container, formatRepository(image.repository), {
		bomRef: image.digest,
		version,
		hashes: new Models.HashDictionary([["SHA-256", image.digest.slice(7)]]),
		properties: new Models.PropertyRepository([new Models.Property("coxswain:architecture", architecture), ...base === void 0 ? [] : [new Models.Property(baseProperty, formatReference(base.image))]])
	});
	const packages = content.packages.map((each, index) => {
		const origin = ofBase === void 0 ? void 0 : ofBase.has(identity(each)) ? "base" : "derived";
		return new Models.Component(ComponentType.Library, each.name, {
			version: fullVersion(each),
			bomRef: identity(each),
			...defined({ purl: purls[index] }),
			properties: new Models.PropertyRepository(origin === void 0 ? [] : [new Models.Property(originProperty, origin)])
		});
	});
	const bom = new Models.Bom({
		serialNumber: serialNumberOf(image.digest),
		metadata: new Models.Metadata({
			timestamp: /* @__PURE__ */ new Date(created * 1e3),
			component,
			tools: new Models.Tools({ tools: new Models.ToolRepository([new Models.Tool({ name: toolName })]) })
		}),
		components: new Models.ComponentRepository([...system.id === "" ? [] : [new Models.Component(ComponentType.OperatingSystem, system.id, {
			bomRef: "operating-system",
			version: system.version
		})], ...packages])
	});
	return `${new JsonSerializer(new Json.Normalize.Factory(Spec1dot6)).serialize(bom, { sortLists: true })}\n`;
}
/** Package URLs, as scanners match them: `pkg:rpm/fedora/bash@5.2-1.fc44?arch=x86_64&distro=fedora-44`. */
async function purlsOf({ packages, system }) {
	const { PackageURL } = await import("./packageurl-js.mjs").then((n) => /* @__PURE__ */ __toESM(n.t(), 1));
	const vendor = system.id === "" ? void 0 : system.id;
	return packages.map(({ name, epoch, version, release, architecture }) => {
		const qualifiers = {
			arch: architecture,
			...defined({
				epoch: epoch === void 0 ? void 0 : String(epoch),
				distro: vendor === void 0 ? void 0 : `${vendor}-${system.version}`
			})
		};
		return new PackageURL("rpm", vendor, name, `${version}-${release}`, qualifiers, void 0).toString();
	});
}
/** An identifier in the form of a UUID (RFC 9562, version 8: the bits are ours), from the digest alone. */
function serialNumberOf(digest) {
	const hex = createHash("sha256").update(`coxswain sbom ${digest}`).digest("hex");
	return `urn:uuid:${[...[
		hex.slice(0, 8),
		hex.slice(8, 12),
		`8${hex.slice(13, 16)}`,
		`8${hex.slice(17, 20)}`
	], hex.slice(20, 32)].join("-")}`;
}
const schema = object({
	bomFormat: literal("CycloneDX"),
	metadata: object({
		component: object({ hashes: array(object({
			alg: string(),
			content: string()
		})) }),
		tools: array(object({ name: string() }))
	}),
	components: array(object({
		type: string(),
		name: string().min(1),
		version: string().optional(),
		purl: string().optional(),
		properties: array(object({
			name: string(),
			value: string().optional()
		})).optional()
	}))
});
/**
* Reads an SBOM that we wrote for an image.
* @returns undefined for anything else: another tool's, one of another image, or a damaged one
*/
function readBillOfMaterials(value, digest) {
	const read = schema.safeParse(value).data;
	if (read === void 0 || !read.metadata.tools.some(({ name }) => name === toolName)) return void 0;
	if (`sha256:${read.metadata.component.hashes.find(({ alg }) => alg === "SHA-256")?.content}` !== digest) return void 0;
	const packages = [];
	const origins = /* @__PURE__ */ new Map();
	for (const each of read.components) {
		if (each.purl?.startsWith("pkg:rpm/") !== true) continue;
		const found = packageOf(each.name, each.version ?? "", each.purl);
		if (found === void 0) return void 0;
		packages.push(found);
		const origin = each.properties?.find(({ name }) => name === originProperty)?.value;
		if (origin === "base" || origin === "derived") origins.set(identity(found), origin);
	}
	return {
		packages,
		origins
	};
}
function packageOf(name, text, purl) {
	const [, epoch, version, release] = /^(?:(\d+):)?([^-]+)-([^-]+)$/.exec(text) ?? [];
	if (version === void 0 || release === void 0) return void 0;
	const architecture = new URLSearchParams(purl.split("?")[1]).get("arch");
	if (architecture === null) return void 0;
	return {
		name,
		...defined({ epoch: epoch === void 0 ? void 0 : Number(epoch) }),
		version,
		release,
		architecture
	};
}
// src/release/sbom/store.ts
/** CycloneDX in JSON as it is: scanners and `oras` find it by this type. */
const sbomArtifactType = "application/vnd.cyclonedx+json";
/** The same inside a signed statement, as `cosign attest --type cyclonedx` writes it. */
const sbomPredicateType = "https://cyclonedx.org/bom";
/**
* Attaches an SBOM to one architecture's image: as it is, for scanners, and as a signed statement if there is a signer.
* The same SBOM again changes nothing.
* @param options.text what formatBillOfMaterials wrote for this image
*/
async function pushSbom(client, options) {
	const { image, subject, text, signer } = options;
	const { repository, digest } = image;
	await pushArtifact(client, {
		repository,
		artifactType: sbomArtifactType,
		subject,
		layers: [{
			mediaType: sbomArtifactType,
			bytes: Buffer.from(text)
		}]
	});
	if (signer === void 0) return;
	const statement = {
		_type: "https://in-toto.io/Statement/v1",
		subject: [{
			name: formatRepository(repository),
			digest: { sha256: digest.slice(7) }
		}],
		predicateType: sbomPredicateType,
		predicate: JSON.parse(text)
	};
	await pushStatement(client, {
		repository,
		subject,
		predicateType: sbomPredicateType,
		statement: `${JSON.stringify(statement)}\n`,
		signer
	});
}
/**
* The SBOM that we attached to an image. If the configuration says whose signature counts, only a signed one.
* @returns undefined if there is none that counts
*/
async function findSbom(client, image, trust) {
	if (trust.signedBy.length > 0) {
		for (const { predicate, refused } of await readStatements(client, image, sbomPredicateType, trust)) {
			const sbom = refused === void 0 ? readBillOfMaterials(predicate, image.digest) : void 0;
			if (sbom !== void 0) return sbom;
		}
		return;
	}
	const { repository, digest: subject } = image;
	for (const { digest } of await client.referrers(repository, subject, sbomArtifactType)) {
		const artifact = await readReferrer(client, {
			repository,
			subject,
			digest
		});
		for (const { descriptor, bytes } of artifact?.layers ?? []) {
			if (descriptor.mediaType !== "application/vnd.cyclonedx+json") continue;
			const sbom = readBillOfMaterials(jsonOrUndefined(bytes), subject);
			if (sbom !== void 0) return sbom;
		}
	}
}
export { formatBillOfMaterials as a, sbomPredicateType as i, pushSbom as n, sbomArtifactType as r, findSbom as t };
