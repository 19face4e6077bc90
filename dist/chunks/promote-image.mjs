import { C as exactly, D as say, M as documentation, S as exact, ft as directory, kt as text, nt as defineVerb, w as renderReports, x as count } from "./host.mjs";
import { n as firstRelease } from "./cli-inputs.mjs";
import { t as promoteImage } from "./loop-promote-image.mjs";
import { Sn as readStatement, xn as findOperator, zn as openProject } from "./shared.mjs";
// src/verbs/promote-image.ts
var promote_image_default = defineVerb({
	summary: "Copy the tested image of a fleet's branch to the production repository",
	about: `Refuses, and writes nothing, unless the test registry has the image of the commit with passing evidence for the
tests of that commit, it is newer than the fleet's newest release, and the fleet is not held (edit-updates). A version's tag is never re-pointed.
Run it as often as you like: it does what is missing.

--accept-missing-evidence accepts an image that was not tested with these tests, for this fleet. The person and the reason
are attached to the image, and recorded with the release. An image that failed a test is never accepted.

A fleet with vulnerabilities: in coxswain.yaml takes an image only with the report of a scanner that finds nothing above its limit
(${documentation("signing.md")}). --accept-vulnerabilities accepts what was found, or that a report is missing, for this fleet, and is recorded in the same way.

A fleet with signing: in coxswain.yaml gets a signature by each of its keys before any tag moves (${documentation("signing.md")}). The private keys
come from the environment: COXSWAIN_SIGNING_KEY, COXSWAIN_SIGNING_KEY_FILE or COXSWAIN_SIGNING_COMMAND.`,
	writes: true,
	inputs: {
		fleet: text("the fleet to promote to", {
			placeholder: "NAME",
			required: true
		}),
		commit: text("a commit on the fleet's branch; default: its newest", { placeholder: "SHA" }),
		"accept-missing-evidence": text("promote it without evidence of its tests, and record why", { placeholder: "REASON" }),
		"accept-vulnerabilities": text("promote it with what scanners found, and record why", { placeholder: "WHY" }),
		by: text("who accepts that (default: the actor of the workflow, or the name that git knows)", { placeholder: "NAME" }),
		"freeze-exception": text("release it although the fleet is frozen, for this reason", { placeholder: "WHY" }),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		const project = await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log,
			firstRelease: inputs["first-release"]
		});
		const reason = readStatement(inputs["accept-missing-evidence"] ?? "", "--accept-missing-evidence");
		const vulnerable = readStatement(inputs["accept-vulnerabilities"] ?? "", "--accept-vulnerabilities");
		const acceptedFor = async (why) => why === "" ? void 0 : {
			reason: why,
			by: await findOperator(project.git, inputs.by ?? context.env.GITHUB_ACTOR)
		};
		const accept = await acceptedFor(reason);
		const acceptVulnerabilities = await acceptedFor(vulnerable);
		const promotion = await context.log.task(`promoting to ${inputs.fleet}`, () => promoteImage(project, {
			fleet: inputs.fleet,
			commit: inputs.commit,
			accept,
			acceptVulnerabilities,
			freezeException: readStatement(inputs["freeze-exception"] ?? "", "--freeze-exception"),
			now: context.now(),
			env: context.env
		}));
		return {
			data: promotion,
			...renderReports(reportOn(promotion))
		};
	},
	action: { token: true },
	outputs: {
		image: {
			about: "what was promoted, as `repository:version`",
			of: ({ image }) => image
		},
		version: {
			about: "its version",
			of: ({ version }) => version
		},
		digest: {
			about: "its digest, the one that was tested",
			of: ({ digest }) => digest
		},
		tags: {
			about: "tags that point at it now, one on each line",
			of: ({ tags }) => tags.join("\n")
		},
		changed: {
			about: "false when it was promoted already",
			of: ({ changed }) => changed
		}
	}
});
function reportOn(promotion) {
	const { fleet, image, digest, tags, kept, changed, accepted, images, signed } = promotion;
	const { acceptedVulnerabilities: vulnerable } = promotion;
	const { attached, acceptedByNodes, mounted, copied, requests, signingRequests } = promotion;
	const work = [
		mounted > 0 ? `${count(mounted, "blob")} mounted` : void 0,
		copied > 0 ? `${count(copied, "blob")} copied` : void 0,
		attached > 0 ? `${attached} attached (evidence, SBOMs, …)` : void 0,
		`${count(requests, "request")}${signingRequests === 0 ? "" : `, ${signingRequests} of them for signatures`}`
	].filter((part) => part !== void 0);
	return {
		headline: changed ? say`${fleet}: promoted ${exact(image)}` : say`${fleet}: ${exact(image)} is promoted already; nothing changed`,
		facts: [
			accepted === void 0 ? void 0 : { warning: `no evidence of its tests: accepted by ${accepted.by}: ${accepted.reason}` },
			vulnerable === void 0 ? void 0 : { warning: `${vulnerable.accepts.join(", ")}: accepted by ${vulnerable.by}: ${vulnerable.reason}` },
			say`digest: ${exact(digest)}${accepted === void 0 ? ", the one that was tested" : ""}`,
			say`tags: ${exactly(tags)}`,
			signed.length === 0 ? void 0 : say`signed by ${exactly(signed)}${acceptedByNodes === 0 ? "" : `; nodes of ${fleet} accept it by their policy (${count(acceptedByNodes, "digest")} asked)`}`,
			kept.length === 0 ? void 0 : say`tags that stay, because a newer image or another fleet has them: ${exactly(kept)}`,
			{
				head: ["architecture", "its name on nodes"],
				rows: images.map(({ architecture, digestRef }) => [architecture, exact(digestRef)])
			},
			work.join(", ")
		]
	};
}
export { promote_image_default as t };
