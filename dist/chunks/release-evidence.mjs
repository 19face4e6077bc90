import { $ as formatTime, ct as InputError, dt as init_errors, it as defined } from "./host.mjs";
import { _ as tuple, d as looseObject, f as number, g as string, l as int, n as _enum, p as object, r as array, t as datetime, u as literal } from "./zod.mjs";
import { A as atDigest, I as isDigest, O as parseJson, P as formatReference, W as architectures, v as readReferrer, z as parseReference } from "./world-registry.mjs";
import { w as listCommit } from "./world-git.mjs";
import { X as buildGraph, et as nodeKeys } from "./guidance.mjs";
import { f as acceptanceFields, o as pushStatement, p as findAcceptances, v as bundleMediaType, y as openBundle } from "./release-attestations.mjs";
import { dirname, posix } from "node:path";
import { createHash } from "node:crypto";
// src/release/evidence/upgrade-starts.ts
init_errors();
/** What a fleet publishes when the candidate is its newest release, and its rollout is complete. */
function withCandidate(fleet, candidate) {
	const { basearch, version, payload } = candidate;
	const known = fleet.releases.releases;
	const position = known.findIndex((release) => release.version === version);
	const before = position < 0 ? known : known.slice(0, position);
	const image = {
		architecture: basearch,
		image: payload,
		"digest-ref": payload
	};
	const rolledOut = {
		version,
		metadata: { rollout: { start_percentage: 1 } }
	};
	return {
		releases: { releases: [...before, {
			version,
			"oci-images": [image]
		}] },
		updates: { releases: [...fleet.updates.releases, rolledOut] }
	};
}
/**
* The releases from which nodes of a fleet may update to a candidate, by the fleet's own update graph with the
* candidate added: the newest release, and the last barrier, which every older node passes through.
*/
function upgradeStarts(fleet, candidate) {
	const { basearch, payload } = candidate;
	const { releases, updates } = withCandidate(fleet, candidate);
	const { nodes, edges } = buildGraph(releases, updates, {
		basearch,
		scheme: "oci"
	});
	const last = nodes.length - 1;
	const sources = edges.filter(([, to]) => to === last).map(([from]) => from);
	const current = Math.max(-1, ...sources);
	const barrier = Math.max(-1, ...sources.filter((source) => nodes[source]?.metadata[nodeKeys.barrier] === "true"));
	const starts = [];
	const add = (index, why) => {
		const node = nodes[index];
		if (node === void 0 || starts.some(({ version: each }) => each === node.version)) return;
		if (node.payload !== payload) starts.push({
			version: node.version,
			payload: node.payload,
			why
		});
	};
	add(current, "current release");
	add(barrier, "last barrier");
	return starts;
}
// src/release/evidence/upgrade-stages.ts
/** The stages of a rehearsal in their order; the folders of their tests have the same names. */
const upgradeStages = [
	"before-upgrade",
	"after-upgrade",
	"after-rollback"
];
// src/release/evidence/acceptance.ts
/** Attached to an image in production: somebody accepts it for a fleet without evidence. */
const acceptanceType = "application/vnd.coxswain.accepted-missing-evidence.v1+json";
const missingEvidence = {
	what: "the acceptance of missing evidence",
	artifactType: acceptanceType,
	predicateType: "urn:coxswain:accepted-missing-evidence:v1",
	schema: object({
		...acceptanceFields,
		/** Git tree of the tests that were not run. */
		testsTree: string()
	})
};
/**
* The first that was given for one of these images, for this fleet and these tests; undefined if there is none.
* @param trust whose signature counts
*/
async function findAcceptance(client, repository, about, trust) {
	const { subjects, fleet, testsTree } = about;
	const found = [];
	for (const subject of subjects) found.push(...(await findAcceptances(client, missingEvidence, {
		repository,
		subject,
		fleet
	}, trust)).filter((each) => testsTree === void 0 || each.testsTree === testsTree));
	return found.sort((one, other) => one.at - other.at)[0];
}
// src/release/evidence/statement.ts
const agentAnswers = [
	"agrees",
	"disagrees",
	"none"
];
/** in-toto Attestation Framework, spec/v1/statement.md */
const statementType = "https://in-toto.io/Statement/v1";
/** spec/predicates/test-result.md */
const testResultType = "https://in-toto.io/attestation/test-result/v0.1";
/** Media type of a statement without an envelope. */
const statementMediaType = "application/vnd.in-toto+json";
/**
* The facts the predicate has no field for. The framework's parsing rules let a producer add a field named by a URI,
* if it does not change what the other fields mean: verifiers that do not know it still read the result.
*/
const bootTestField = "urn:coxswain:boot-test:v1";
/** What a result cannot prove; it is part of the evidence, for those who rely on it. */
const limits = "The image cannot reach the files of the harness, but the harness runs on the image's kernel and asks the image's systemctl. A malicious image can change its kernel, its systemd, or the memory of the harness as root, and so report false results.";
const runSchema = object({
	name: string(),
	result: _enum([
		"passed",
		"failed",
		"timed-out"
	]),
	seconds: number().nonnegative(),
	exitCode: int().exactOptional()
});
const detailsSchema = looseObject({
	tests: array(runSchema),
	kernel: string(),
	architecture: _enum(architectures),
	accelerator: _enum(["kvm", "tcg"]),
	mode: _enum([
		"direct",
		"ostree",
		"disk"
	]).exactOptional(),
	startedAt: datetime(),
	seconds: number().nonnegative(),
	follows: array(string().refine((text) => isDigest(text), "not a digest")).exactOptional(),
	upgrades: array(object({
		from: string(),
		digest: string().refine(isDigest, "not a digest"),
		result: _enum(["PASSED", "FAILED"])
	})).optional(),
	agent: _enum(agentAnswers).exactOptional(),
	log: string().optional()
});
const gitTree = string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "not a git tree hash");
const sha256 = string().regex(/^[0-9a-f]{64}$/, "not a sha256 hash");
const statementSchema = looseObject({
	_type: literal(statementType),
	predicateType: literal(testResultType),
	subject: tuple([looseObject({
		name: string(),
		digest: looseObject({ sha256 })
	})]),
	predicate: looseObject({
		result: _enum([
			"PASSED",
			"WARNED",
			"FAILED"
		]),
		url: string().optional(),
		configuration: array(looseObject({
			name: string().optional(),
			digest: looseObject({
				gitTree: gitTree.optional(),
				sha256: sha256.optional()
			}).optional()
		})),
		passedTests: array(string()).default([]),
		warnedTests: array(string()).default([]),
		failedTests: array(string()).default([]),
		[bootTestField]: detailsSchema
	})
});
/**
* Writes evidence as an in-toto statement.
* @throws InputError when result and tests contradict each other
*/
function formatStatement(evidence) {
	const { subject, result, testsTree, settings, tests, startedAt, log, ...facts } = evidence;
	requireConsistent(evidence, "evidence");
	const names = (passed) => tests.filter((test) => test.result === "passed" === passed).map(({ name }) => name);
	const statement = {
		_type: statementType,
		subject: [{
			name: subject.repository,
			digest: { sha256: subject.digest.slice(7) }
		}],
		predicateType: testResultType,
		predicate: {
			result,
			...defined({ url: facts.run }),
			configuration: [{
				name: "tests",
				digest: { gitTree: gitTree.parse(testsTree) }
			}, ...settings === void 0 ? [] : [{
				name: "settings",
				digest: { sha256: sha256.parse(settings) }
			}]],
			passedTests: names(true),
			warnedTests: [],
			failedTests: names(false),
			[bootTestField]: {
				tests,
				kernel: facts.kernel,
				architecture: facts.architecture,
				accelerator: facts.accelerator,
				...defined({ mode: facts.mode }),
				startedAt: formatTime(startedAt),
				seconds: facts.seconds,
				...defined({ follows: facts.follows && [...facts.follows] }),
				...defined({
					upgrades: facts.upgrades,
					agent: facts.agent
				}),
				limits,
				...defined({ log: log === void 0 ? void 0 : log.slice(-65536) })
			}
		}
	};
	return `${JSON.stringify(statement, void 0, 2)}\n`;
}
/** True for a statement with the predicate that `parseStatement` reads; there are many other kinds. */
function isTestResult(value) {
	return typeof value === "object" && value !== null && "predicateType" in value && value.predicateType === "https://in-toto.io/attestation/test-result/v0.1";
}
/** @throws InputError when the value is not such a statement, or contradicts itself */
function parseStatement(value, where) {
	const parsed = statementSchema.safeParse(value);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw new InputError({
			where,
			field: issue?.path.join(".") ?? "",
			problem: `not evidence of a boot test: ${issue?.message ?? "wrong shape"}`
		});
	}
	const { subject, predicate } = parsed.data;
	const [{ name, digest }] = subject;
	const details = predicate[bootTestField];
	const digestOf = (name) => predicate.configuration.find((each) => each.name === name)?.digest;
	const testsTree = digestOf("tests")?.gitTree;
	const imageDigest = `sha256:${digest.sha256}`;
	if (testsTree === void 0 || !isDigest(imageDigest) || predicate.result === "WARNED") throw new InputError({
		where,
		problem: "not evidence of a boot test: no tests are named, or the result is WARNED"
	});
	const evidence = {
		subject: {
			repository: name,
			digest: imageDigest
		},
		result: predicate.result,
		testsTree,
		...defined({ settings: digestOf("settings")?.sha256 }),
		tests: details.tests,
		kernel: details.kernel,
		architecture: details.architecture,
		accelerator: details.accelerator,
		...defined({ mode: details.mode }),
		startedAt: Date.parse(details.startedAt) / 1e3,
		seconds: details.seconds,
		...defined({ follows: details.follows }),
		...defined({ upgrades: details.upgrades === void 0 ? void 0 : details.upgrades }),
		...defined({
			agent: details.agent,
			run: linkOf(predicate.url),
			log: details.log
		})
	};
	requireConsistent(evidence, where);
	const failed = evidence.tests.filter((test) => test.result !== "passed").map((test) => test.name);
	if (predicate.failedTests.join("\n") !== failed.join("\n")) throw new InputError({
		where,
		problem: "the failed tests differ from the test results",
		found: predicate.failedTests
	});
	return evidence;
}
/** It becomes a link in pull requests, so nothing that could be more than an address is one. */
function linkOf(url) {
	return url !== void 0 && /^https?:\/\/[\w.:/?=&%~-]{1,500}$/.test(url) ? url : void 0;
}
function requireConsistent(evidence, where) {
	const failed = evidence.tests.find((test) => test.result !== "passed");
	if (evidence.result === "PASSED" && failed !== void 0) throw new InputError({
		where,
		problem: `the result is PASSED, and the test ${failed.name} ${failed.result}`
	});
	const refused = evidence.upgrades?.find((upgrade) => upgrade.result !== "PASSED");
	if (evidence.result === "PASSED" && refused !== void 0) throw new InputError({
		where,
		problem: `the result is PASSED, and the update from ${refused.from} failed`
	});
}
init_errors();
/**
* Attaches evidence to an image: as a sigstore bundle if there is a signer, else as a statement without a signature.
* @throws InputError when the evidence is about another digest, or contradicts itself
*/
async function pushEvidence(client, repository, subject, evidence, signer) {
	if (evidence.subject.digest !== subject.digest) throw new InputError({
		problem: "this evidence is about another image",
		found: evidence.subject.digest,
		expected: subject.digest
	});
	const statement = formatStatement(evidence);
	return pushStatement(client, {
		repository,
		subject,
		predicateType: testResultType,
		statement,
		signer
	});
}
/**
* The evidence attached to a digest, oldest first. What others attached, and statements that are malformed or about
* another digest, do not count. "None" is believed only if two answers agree, because the missing evidence may be of
* a failed test.
* @param trust whose signature counts: evidence without it is set aside
* @throws OutsideError if the registry does not answer
*/
async function examineEvidence(client, repository, digest, trust) {
	const found = [];
	const refused = [];
	const list = async () => (await client.referrers(repository, digest)).filter(mayBeEvidence);
	const first = await list();
	for (const descriptor of first.length > 0 ? first : await list()) {
		const read = await readEvidence(client, {
			repository,
			subject: digest,
			digest: descriptor.digest
		}, trust);
		if (read?.evidence.subject.digest !== digest) continue;
		const { evidence, refused: reason, signedBy } = read;
		if (reason === void 0) found.push({
			descriptor,
			evidence,
			...defined({ signedBy })
		});
		else refused.push({
			descriptor,
			evidence,
			reason
		});
	}
	return {
		found: found.sort(byTime),
		refused: refused.sort(byTime)
	};
}
/** The same, without what does not count. */
async function findEvidence(client, repository, digest, trust) {
	return (await examineEvidence(client, repository, digest, trust)).found;
}
function mayBeEvidence({ artifactType, annotations }) {
	if (artifactType !== "application/vnd.in-toto+json" && artifactType !== "application/vnd.dev.sigstore.bundle.v0.3+json") return false;
	const kind = annotations?.["in-toto.io/predicate-type"] ?? annotations?.["dev.sigstore.bundle.predicateType"];
	return kind === void 0 || kind === "https://in-toto.io/attestation/test-result/v0.1";
}
/**
* Digests of all evidence that images have now, whether it counts or not: what a test that begins now follows.
* @param subjects an image, and the index that lists it
*/
async function evidenceSoFar(client, repository, subjects, trust) {
	const known = [];
	for (const subject of subjects) {
		const { found, refused } = await examineEvidence(client, repository, subject, trust);
		known.push(...[...found, ...refused].map(({ descriptor }) => descriptor.digest));
	}
	return known;
}
/**
* The newest evidence for a digest and these same tests (and settings), if it says that they passed. A failure counts more
* than a pass, unless the pass comes after it (comesAfter).
*/
async function passingEvidence(client, image, testsTree, trust, demands) {
	const newest = newestFor(await findEvidence(client, image.repository, image.digest, trust), testsTree, demands);
	return newest?.evidence.result === "PASSED" ? newest : void 0;
}
/**
* The newest of several pieces of evidence that is about these tests.
* @param demands the evidence is also about these settings, or older than their record. A pass is in this mode; a
* failure counts in every mode
*/
function newestFor(all, testsTree, { settings, mode } = {}) {
	const bySettings = ({ evidence }) => settings === void 0 || evidence.settings === void 0 || evidence.settings === settings;
	const inMode = ({ evidence }) => mode === void 0 || evidence.mode === mode || evidence.result === "FAILED";
	return newestOf(all.filter((each) => each.evidence.testsTree === testsTree && bySettings(each) && inMode(each)));
}
/**
* The newest of several pieces of evidence, whatever was tested: the newest pass that comes after every failure, else the
* newest failure that no pass comes after.
*/
function newestOf(all) {
	const sorted = [...all].sort(byTime);
	const failures = sorted.filter(({ evidence }) => evidence.result === "FAILED");
	const passes = sorted.filter(({ evidence }) => evidence.result === "PASSED");
	const pass = passes.findLast((each) => failures.every((failure) => comesAfter(each, failure)));
	if (pass !== void 0) return pass;
	return failures.findLast((failure) => !passes.some((each) => comesAfter(each, failure))) ?? failures.at(-1);
}
/**
* Whether a pass comes after a failure. Each runner writes its own time, and a clock that is ahead would hide a failure that
* comes later. So a pass of the same tests and settings must name the failure among the evidence that it follows: it can only
* know what existed when its test began. The times decide for other tests, and for old evidence, which names nothing.
*/
function comesAfter(pass, failure) {
	const { follows, testsTree, settings } = pass.evidence;
	const isSameTest = failure.evidence.testsTree === testsTree && failure.evidence.settings === settings;
	if (follows !== void 0 && isSameTest) return follows.includes(failure.descriptor.digest);
	return byTime(failure, pass) < 0;
}
function byTime(one, other) {
	const difference = one.evidence.startedAt - other.evidence.startedAt;
	if (difference !== 0) return difference;
	return Number(one.evidence.result === "FAILED") - Number(other.evidence.result === "FAILED");
}
/** @returns undefined for what is not evidence */
async function readEvidence(client, listed, trust) {
	const where = formatReference(atDigest(listed.repository, listed.digest));
	const layer = (await readReferrer(client, listed))?.layers.find(({ descriptor }) => [statementMediaType, bundleMediaType].includes(descriptor.mediaType));
	if (layer === void 0) return void 0;
	try {
		if (layer.descriptor.mediaType === "application/vnd.dev.sigstore.bundle.v0.3+json") {
			const { statement, ...rest } = await openBundle(layer.bytes, trust);
			return isTestResult(statement) ? {
				evidence: parseStatement(statement, where),
				...rest
			} : void 0;
		}
		const value = parseJson(layer.bytes, where);
		if (!isTestResult(value)) return void 0;
		const evidence = parseStatement(value, where);
		return trust.signedBy.length === 0 ? { evidence } : {
			evidence,
			refused: "it is not signed"
		};
	} catch (error) {
		if (error instanceof InputError && error.details.where === where) return void 0;
		throw error;
	}
}
/**
* The hash of the settings that decide whether an image passes: what may fail, and how its machine is started. They are
* in coxswain.yaml, which is not a part of the image. So two commits with other settings build the same image, and a
* pass by the settings of one must not count for the other. How large or fast the machine is does not matter.
* @returns 64 hex digits
*/
function testSettings({ bootTest }) {
	const { init, allowedUnits, knownFailures, kernelArguments, leftovers, secureBoot, ignition } = bootTest;
	const settings = {
		init,
		allowedUnits: [...allowedUnits].sort(),
		knownFailures,
		kernelArguments,
		leftovers,
		secureBoot: [...secureBoot].sort(),
		ignition: ignition ?? null
	};
	return createHash("sha256").update(JSON.stringify(settings)).digest("hex");
}
/**
* What evidence has to be about, to count for a commit with this configuration. The mode is not a part of the hash,
* because without one in the configuration a pass in any mode counts.
* @param mode takes precedence over the configuration
*/
function testDemands({ bootTest }, mode = bootTest.mode) {
	return {
		settings: testSettings({ bootTest }),
		...defined({ mode })
	};
}
// src/release/evidence/rehearsed.ts
init_errors();
/**
* If a commit has tests of updates, the update from the fleet's current release must have been rehearsed: a test for
* another fleet, or from before the fleet's newest release, does not prove it.
* @throws InputError when it was not, for one of the architectures
*/
async function requireRehearsed(options) {
	const { config, fleet, state, version, passed } = options;
	if (!(config.bootTest.upgrades ?? await hasTestsOfUpdates(options))) return;
	for (const { architecture, image, evidence } of passed) {
		if (evidence === void 0) continue;
		const { digest } = image.manifest.descriptor;
		const current = upgradeStarts(state, {
			version,
			payload: formatReference(atDigest(config.image, digest)),
			basearch: architecture
		}).find(({ why }) => why === "current release");
		if (current === void 0) continue;
		const from = parseReference(current.payload, { where: `release ${current.version} of ${fleet.name}` });
		if (from.kind === "digest" && from.digest === digest) continue;
		if (evidence.evidence.upgrades?.some((upgrade) => from.kind === "digest" && upgrade.digest === from.digest && upgrade.result === "PASSED") === true) continue;
		const known = evidence.evidence.upgrades?.map((upgrade) => upgrade.from) ?? [];
		throw new InputError({
			where: formatReference(atDigest(config.testImage, digest)),
			problem: `the update from ${current.version}, which fleet ${fleet.name} has now, was not rehearsed on ${architecture}`,
			found: known.length === 0 ? "no rehearsal" : `rehearsals from ${known.join(", ")}`,
			remedy: `Run coxswain boot-test --fleet ${fleet.name} again.`
		});
	}
}
async function hasTestsOfUpdates({ git, config, commit }) {
	const folders = upgradeStages.map((stage) => posix.join(config.tests, stage));
	return (await listCommit(git, commit)).some(({ path, mode }) => folders.includes(dirname(path)) && (path.endsWith(".sh") || mode === "100755"));
}
export { withCandidate as _, examineEvidence as a, newestOf as c, statementMediaType as d, acceptanceType as f, upgradeStarts as g, upgradeStages as h, evidenceSoFar as i, passingEvidence as l, missingEvidence as m, testDemands as n, findEvidence as o, findAcceptance as p, testSettings as r, newestFor as s, requireRehearsed as t, pushEvidence as u };
