import { K as InputError } from "./host.mjs";
import { a as signingKeys, i as fleetKeys, r as removeSignatures, t as signImage } from "./release-signatures.mjs";
import { P as parseReference } from "./world-registry.mjs";
// src/operate/sign-image/sign-releases.ts
/**
* Signs existing releases of a fleet: after a change of keys, or releases from before the fleet signed. Only what the
* state branch names as a release is signed. A second run adds what is missing.
* @param options.versions none: every release of the fleet
* @param options.retired keys whose signatures are removed
* @param options.now UNIX seconds
* @throws InputError for an unknown version, a fleet that does not sign, a missing key
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
	const { releases } = (await states.readFleet(fleet.name)).releases;
	for (const version of versions) {
		if (releases.some((release) => release.version === version)) continue;
		throw new InputError({
			field: "--version",
			problem: `fleet ${fleet.name} has no such release`,
			found: version
		});
	}
	const signed = [];
	for (const release of releases) {
		if (versions.length > 0 && !versions.includes(release.version)) continue;
		const digests = digestsOf(release);
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
			version: release.version,
			digests,
			added,
			removed
		});
	}
	return signed;
}
function digestsOf(release) {
	const names = [...(release["oci-images"] ?? []).map((image) => image["digest-ref"]), release["oci-index"] ?? ""];
	return [...new Set(names)].flatMap((name) => {
		if (name === "") return [];
		const reference = parseReference(name);
		return reference.kind === "digest" ? [reference.digest] : [];
	});
}
export { signReleases as t };
