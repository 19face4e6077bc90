import { it as defined } from "./host.mjs";
import { d as looseObject, f as number, g as string, p as object, r as array, v as union, y as unknown } from "./zod.mjs";
import { A as atDigest, E as isIndex, h as findReferrer } from "./world-registry.mjs";
import { f as acceptanceFields, p as findAcceptances, r as readStatements } from "./release-attestations.mjs";
import { i as sbomPredicateType, r as sbomArtifactType } from "./release-sbom.mjs";
// src/release/vulnerabilities/acceptance.ts
/** Attached to an image in production: somebody accepts for a fleet what scanners found. */
const acceptedVulnerabilitiesType = "application/vnd.coxswain.accepted-vulnerabilities.v1+json";
const foundVulnerabilities = {
	what: "the acceptance of vulnerabilities",
	artifactType: acceptedVulnerabilitiesType,
	predicateType: "urn:coxswain:accepted-vulnerabilities:v1",
	schema: object({
		...acceptanceFields,
		/** What is accepted, and nothing else: names of objections (gates/vulnerability-gate.ts). */
		accepts: array(string().min(1))
	})
};
/**
* All that were given for an image and a fleet, oldest first.
* @param trust whose signature counts
*/
function findAcceptedVulnerabilities(client, repository, about, trust) {
	return findAcceptances(client, foundVulnerabilities, {
		repository,
		...about
	}, trust);
}
/** From the least severe to the most severe. */
const severities = [
	"none",
	"low",
	"medium",
	"high",
	"critical"
];
/** Whether a severity is above a limit. */
function isAbove(severity, limit) {
	return severity === "unknown" || severities.indexOf(severity) > severities.indexOf(limit);
}
/** The most severe of several; `unknown` only if nothing else is known. */
function worst(all) {
	return all.filter((each) => each !== "unknown").toSorted((one, other) => severities.indexOf(other) - severities.indexOf(one))[0] ?? "unknown";
}
/** A word of a scanner, in any case; `info` and the like are `none`. */
function severityOf(word) {
	const lower = word?.toLowerCase();
	if (lower === "info" || lower === "negligible") return "none";
	return severities.find((each) => each === lower) ?? "unknown";
}
/** The ranges of CVSS v3 and v4 ("Qualitative Severity Rating Scale"). */
function severityOfScore(score) {
	if (!(score >= 0 && score <= 10)) return "unknown";
	if (score === 0) return "none";
	if (score < 4) return "low";
	if (score < 7) return "medium";
	return score < 9 ? "high" : "critical";
}
// src/release/vulnerabilities/scan-report.ts
/**
* Reads a report in SARIF 2.1.0 or CycloneDX.
* @param digests the image, and indexes that have it: a report that names others is about another image
*/
function readReport(value, digests) {
	const head = looseObject({
		bomFormat: unknown().optional(),
		version: unknown().optional()
	}).safeParse(value).data;
	if (head === void 0) return { refused: "it is neither SARIF nor CycloneDX" };
	if (head.bomFormat === "CycloneDX") return readCycloneDx(value, digests);
	if (head.version === "2.1.0") return readSarif(value, digests);
	return { refused: "it is neither SARIF 2.1.0 nor CycloneDX" };
}
const text = string().max(1e3);
const maybe = text.optional().catch(void 0);
const cycloneDx = looseObject({
	components: array(looseObject({
		"bom-ref": maybe,
		name: maybe,
		version: maybe
	})).optional(),
	metadata: looseObject({
		timestamp: maybe,
		component: looseObject({
			version: maybe,
			purl: maybe,
			properties: array(looseObject({
				name: maybe,
				value: maybe
			})).optional()
		}).optional(),
		tools: unknown().optional()
	}).optional(),
	vulnerabilities: array(looseObject({
		id: text.min(1),
		ratings: array(looseObject({
			severity: maybe,
			score: number().optional().catch(void 0)
		})).optional(),
		affects: array(looseObject({ ref: maybe })).optional(),
		analysis: looseObject({ state: maybe }).optional()
	})).optional()
});
/** States of CycloneDX in which a vulnerability does not affect the image. */
const harmless = [
	"resolved",
	"resolved_with_pedigree",
	"false_positive",
	"not_affected"
];
function readCycloneDx(value, digests) {
	const read = cycloneDx.safeParse(value);
	if (!read.success) return { refused: `it is not CycloneDX as scanners write it (${problemOf(read.error)})` };
	const { components = [], metadata, vulnerabilities } = read.data;
	if (vulnerabilities === void 0) return void 0;
	const { version, purl, properties = [] } = metadata?.component ?? {};
	const stranger = otherImage(digestsIn([
		version,
		purl,
		...properties.filter(isRepositoryDigest).map((each) => each.value)
	]), digests);
	if (stranger !== void 0) return stranger;
	const names = new Map(components.map((each) => [each["bom-ref"], packageName(each.name, each.version)]));
	const isCleared = ({ analysis }) => harmless.includes(analysis?.state ?? "");
	return {
		tool: toolOf(metadata?.tools),
		...defined({ at: timeOf(metadata?.timestamp) }),
		found: vulnerabilities.filter((each) => !isCleared(each)).map(({ id, ratings = [], affects = [] }) => ({
			id,
			severity: worst(ratings.map(severityOfRating)),
			packages: affects.flatMap(({ ref }) => {
				const name = names.get(ref) ?? ref;
				return name === void 0 ? [] : [name];
			})
		})),
		cleared: vulnerabilities.filter(isCleared).map(({ id }) => id),
		onlyClears: components.length === 0 && vulnerabilities.length > 0 && vulnerabilities.every(({ analysis }) => analysis)
	};
}
function severityOfRating({ severity, score }) {
	const said = severityOf(severity);
	return said === "unknown" && score !== void 0 ? severityOfScore(score) : said;
}
/** Trivy's name for `repository@digest` of what it scanned. */
function isRepositoryDigest({ name }) {
	return name?.endsWith(":RepoDigest") === true;
}
const level = looseObject({
	id: text.min(1),
	properties: looseObject({
		"security-severity": union([text, number()]).optional().catch(void 0),
		tags: array(unknown()).optional().catch(void 0)
	}).optional()
});
const sarif = looseObject({ runs: array(looseObject({
	tool: looseObject({ driver: looseObject({
		name: text,
		rules: array(level).optional()
	}) }),
	results: array(looseObject({
		ruleId: maybe,
		suppressions: array(looseObject({ status: maybe })).optional(),
		message: looseObject({ text: string().optional() }).optional()
	})).optional(),
	invocations: array(looseObject({ endTimeUtc: maybe })).optional(),
	properties: looseObject({ repoDigests: array(text).optional().catch(void 0) }).optional()
})) });
function readSarif(value, digests) {
	const read = sarif.safeParse(value);
	if (!read.success) return { refused: `it is not SARIF as scanners write it (${problemOf(read.error)})` };
	const { runs } = read.data;
	if (runs.length === 0 || runs.some(({ results }) => results === void 0)) return { refused: "it has no results, not even an empty list" };
	const stranger = otherImage(digestsIn(runs.flatMap((run) => run.properties?.repoDigests ?? [])), digests);
	if (stranger !== void 0) return stranger;
	const found = /* @__PURE__ */ new Map();
	const cleared = /* @__PURE__ */ new Set();
	for (const { tool, results = [] } of runs) {
		const rules = new Map((tool.driver.rules ?? []).map((rule) => [rule.id, rule]));
		for (const { ruleId, suppressions = [], message } of results) {
			if (ruleId === void 0) return { refused: "one of its results has no ruleId" };
			const id = idIn(ruleId);
			if (suppressions.some(({ status }) => status === void 0 || status === "accepted")) {
				cleared.add(id);
				continue;
			}
			const known = found.get(id) ?? {
				severities: [],
				packages: /* @__PURE__ */ new Set()
			};
			known.severities.push(severityOfRule(rules.get(ruleId)));
			const name = /^Package: (\S+)$/m.exec(message?.text ?? "")?.[1];
			if (name !== void 0) known.packages.add(name);
			found.set(id, known);
		}
	}
	const at = runs.flatMap(({ invocations = [] }) => invocations.map(({ endTimeUtc }) => timeOf(endTimeUtc))).filter((time) => time !== void 0).sort((one, other) => other - one)[0];
	return {
		tool: [...new Set(runs.map(({ tool }) => tool.driver.name))].join(" and "),
		...defined({ at }),
		found: [...found].map(([id, { severities, packages }]) => ({
			id,
			severity: severities.includes("unknown") ? "unknown" : worst(severities),
			packages: [...packages]
		})),
		cleared: [...cleared].filter((id) => !found.has(id)),
		onlyClears: false
	};
}
/** GitHub's field for the score, else a word among the tags, as Trivy writes both. */
function severityOfRule(rule) {
	const score = rule?.properties?.["security-severity"];
	if (score !== void 0 && score !== "") return severityOfScore(Number(score));
	return worst((rule?.properties?.tags ?? []).map((tag) => severityOf(typeof tag === "string" ? tag : "")));
}
/** Grype adds the package to the id: `CVE-2026-1234-openssl`. */
function idIn(ruleId) {
	return /^(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3})/.exec(ruleId)?.[0] ?? ruleId;
}
function digestsIn(texts) {
	return texts.flatMap((each) => each?.replaceAll("%3A", ":").match(/sha256:[0-9a-f]{64}/g) ?? []);
}
function otherImage(named, digests) {
	if (named.length === 0 || named.some((each) => digests.includes(each))) return void 0;
	return { refused: `it is about another image, ${named[0]?.slice(0, 19)}` };
}
function toolOf(tools) {
	const list = array(looseObject({ name: text }));
	return (union([list, looseObject({ components: list }).transform(({ components }) => components)]).safeParse(tools).data ?? []).map(({ name }) => name).join(" and ") || "a scanner without a name";
}
function timeOf(written) {
	const milliseconds = Date.parse(written ?? "");
	return Number.isNaN(milliseconds) ? void 0 : Math.floor(milliseconds / 1e3);
}
function packageName(name, version) {
	return [name, version].filter((part) => part !== void 0).join(" ") || void 0;
}
function problemOf({ issues: [issue] }) {
	return `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "wrong shape"}`;
}
/** Artifact types of reports, as Trivy's plugin `referrer` and the examples of ORAS write them. */
const sarifArtifactType = "application/sarif+json";
/** For `cosign attest --type`: the address by which SARIF files name their schema. */
const sarifPredicateType = "https://json.schemastore.org/sarif-2.1.0.json";
const artifactTypes = [sarifArtifactType, sbomArtifactType];
const predicateTypes = [sarifPredicateType, sbomPredicateType];
/** Reports of large images have a few megabytes. They are held in memory. */
const largest = 33554432;
const createdAnnotations = ["org.opencontainers.image.created", "org.opencontainers.artifact.created"];
/**
* Reads the reports that scanners attached to an image, in each repository that has it. Of each scanner the newest counts; one without a time counts
* always. If the configuration says whose signature counts, only signed reports do.
* @param places the image, in one repository or several
* @param options.digests the image, and indexes that have it
* @throws OutsideError if the registry does not answer
*/
async function readScan(client, places, options) {
	const { digests, trust } = options;
	const read = [];
	for (const image of places) {
		const reports = trust.signedBy.length > 0 ? await signedReports(client, image, options) : await plainReports(client, image, digests);
		read.push(...reports);
	}
	const reports = [];
	const refused = [];
	for (const each of read) {
		if (each === void 0) continue;
		if ("refused" in each) refused.push(each.refused);
		else reports.push(each);
	}
	const counted = newestOfEach(reports);
	const lists = counted.filter(({ onlyClears }) => !onlyClears);
	if (lists.length === 0) {
		const reasons = [...new Set(refused)];
		return { missing: reasons.length === 0 ? "no report of a scanner is attached" : `no report that is attached counts: ${reasons.join("; ")}` };
	}
	return {
		found: merge(lists, new Set(counted.flatMap(({ cleared, onlyClears }) => onlyClears ? cleared : []))),
		tools: [...new Set(lists.map(({ tool }) => tool))],
		refused: [...new Set(refused)]
	};
}
async function plainReports(client, image, digests) {
	const { repository, digest: subject } = image;
	const listed = (await client.referrers(repository, subject)).filter(({ artifactType }) => artifactTypes.includes(artifactType ?? ""));
	const reports = [];
	for (const descriptor of listed) {
		const manifest = await findReferrer(client, {
			repository,
			subject,
			digest: descriptor.digest
		});
		const layer = manifest === void 0 || isIndex(manifest.json) ? void 0 : manifest.json.layers[0];
		if (layer === void 0) continue;
		if (layer.size > largest) {
			reports.push({ refused: `it has ${layer.size} bytes, more than ${largest}` });
			continue;
		}
		const value = parse(await client.getBlob(repository, layer.digest));
		reports.push(value === void 0 ? { refused: "it is not JSON, or it is cut off" } : dated(readReport(value, digests), descriptor));
	}
	return reports;
}
async function signedReports(client, image, { digests, trust }) {
	const reports = [];
	for (const type of predicateTypes) for (const { predicate, refused } of await readStatements(client, image, type, trust)) {
		const report = readReport(predicate, digests);
		reports.push(refused === void 0 || report === void 0 ? report : { refused });
	}
	if (reports.some((each) => each !== void 0)) return reports;
	return (await plainReports(client, image, digests)).map((each) => each && { refused: "it is not signed" });
}
/** A report without a time has that of its artifact, if there is one. */
function dated(report, { annotations }) {
	if (report === void 0 || "refused" in report || report.at !== void 0) return report;
	const written = createdAnnotations.map((name) => annotations?.[name]).find((each) => each !== void 0);
	const milliseconds = Date.parse(written ?? "");
	return {
		...report,
		...defined({ at: Number.isNaN(milliseconds) ? void 0 : milliseconds / 1e3 })
	};
}
function newestOfEach(reports) {
	return reports.filter(({ tool, at, onlyClears }) => {
		if (at === void 0) return true;
		return !reports.some((other) => other.tool === tool && other.onlyClears === onlyClears && (other.at ?? 0) > at);
	});
}
/** Each vulnerability once, as severe as any report says. */
function merge(reports, cleared) {
	const all = /* @__PURE__ */ new Map();
	for (const each of reports.flatMap(({ found }) => found)) {
		if (cleared.has(each.id)) continue;
		const known = all.get(each.id);
		all.set(each.id, {
			id: each.id,
			severity: known === void 0 ? each.severity : worst([known.severity, each.severity]),
			packages: [.../* @__PURE__ */ new Set([...known?.packages ?? [], ...each.packages])]
		});
	}
	return [...all.values()].sort((one, other) => one.id < other.id ? -1 : 1);
}
function parse(bytes) {
	try {
		return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch {
		return;
	}
}
// src/release/vulnerabilities/scanned-image.ts
/**
* Reads what scanners attached to images, in any of the repositories that have them. Only reports of the image itself
* count: those of the index are of one of its images, and it is not known of which.
*/
async function scanImages(client, images, options) {
	const { repositories, trust } = options;
	const scanned = [];
	for (const { architecture, digest, index } of images) {
		const places = repositories.map((repository) => atDigest(repository, digest));
		const digests = index === void 0 ? [digest] : [digest, index];
		scanned.push({
			architecture,
			scan: await readScan(client, places, {
				digests,
				trust
			})
		});
	}
	return scanned;
}
export { findAcceptedVulnerabilities as a, acceptedVulnerabilitiesType as i, isAbove as n, foundVulnerabilities as o, severities as r, scanImages as t };
