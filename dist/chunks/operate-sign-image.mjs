import { Vt as InputError, Wt as init_errors } from "./host.mjs";
import { Ca as atDigest, D as signImage, G as digestsOf, Oa as formatRepository, Z as removeSignatures, ea as fleetKeys, q as neededVersions, ra as signingKeys } from "./shared.mjs";
// src/operate/sign-image/sign-releases.ts
init_errors();
/**
* Signs existing releases of a fleet: after a change of keys, or releases from before the fleet signed. Only what the
* state branch names as a release is signed. Before the first signature all images are looked for. A second run adds
* what is missing.
* @param options.versions none: every release of the fleet
* @param options.retired keys whose signatures are removed
* @param options.now UNIX seconds
* @throws InputError for an unknown version, a fleet that does not sign, a missing key, an image that was lost
*/
async function signReleases({ config, client, state: states, root }, options) {
	const { fleet, versions, retired, env, now } = options;
	const keys = await fleetKeys(root, fleet, now);
	if (keys.length === 0 && retired.length === 0) throw new InputError({
		where: config.file,
		field: `fleets.${fleet.name}.signing`,
		problem: "this fleet names no key to sign by",
		remedy: `coxswain make-key --name ${fleet.name} makes a pair and says what to write here.`
	});
	const kept = keys.find(({ key }) => retired.some((each) => each.key.equals(key)));
	if (kept !== void 0) throw new InputError({
		where: kept.file,
		problem: `fleet ${fleet.name} still signs by this key, so its signatures cannot be removed`,
		remedy: "Remove the key from coxswain.yaml first, or give it an until that has passed."
	});
	const signing = await signingKeys(keys, {
		fleet: fleet.name,
		env
	});
	const state = await states.readFleet(fleet.name);
	const chosen = chooseReleases(state, fleet, versions);
	const { present, missing } = await findImages(client, config.image, chosen);
	const needed = neededVersions(state, 2);
	const lost = missing.filter(({ version }) => versions.includes(version) || needed.has(version));
	if (lost.length > 0) throw new InputError({
		where: formatRepository(config.image),
		problem: `the image of a release of fleet ${fleet.name} does not exist here`,
		found: lost.map(({ version }) => version).join(", "),
		expected: "the images of all releases that are to be signed",
		remedy: "Nothing was signed. coxswain doctor says what else is missing."
	});
	const signed = [];
	for (const { version, digests } of present) {
		const added = await signImage(client, {
			repository: config.image,
			digests,
			keys: signing
		});
		let removed = 0;
		for (const digest of digests) removed += await removeSignatures(client, {
			repository: config.image,
			digest
		}, retired.map(({ key }) => key));
		signed.push({
			version,
			digests,
			added,
			removed
		});
	}
	return {
		signed,
		pruned: missing.map(({ version }) => version)
	};
}
/** @throws InputError for a version that the fleet never had */
function chooseReleases(state, fleet, versions) {
	const all = state.releases.releases.map(({ version }) => version);
	const unknown = versions.find((version) => !all.includes(version));
	if (unknown !== void 0) throw new InputError({
		field: "--version",
		problem: `fleet ${fleet.name} has no such release`,
		found: unknown
	});
	return all.filter((version) => versions.length === 0 || versions.includes(version)).map((version) => ({
		version,
		digests: [...digestsOf(state, /* @__PURE__ */ new Set([version]))]
	}));
}
/** An image of which one manifest is missing cannot be signed as a whole: it is missing. */
async function findImages(client, repository, images) {
	const present = [];
	const missing = [];
	for (const image of images) ((await Promise.all(image.digests.map((digest) => client.resolve(atDigest(repository, digest))))).includes(void 0) ? missing : present).push(image);
	return {
		present,
		missing
	};
}
export { signReleases as t };
