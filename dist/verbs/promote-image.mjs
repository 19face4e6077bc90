import { f as text, n as openProject, r as directory, t as defineVerb } from "../chunks/cli.mjs";
import { t as promoteImage } from "../chunks/production.mjs";
// src/verbs/promote-image.ts
var promote_image_default = defineVerb({
	summary: "Copy the tested image of a fleet's branch to the production repository",
	about: `Refuses, and writes nothing, unless the test registry has the image of the commit with passing evidence for the
tests of that commit, it is newer than the fleet's newest release, and the fleet is not held (edit-updates). A version's tag is never re-pointed.
Run it as often as you like: it does what is missing.`,
	inputs: {
		fleet: text("the fleet to promote to", {
			placeholder: "NAME",
			required: true
		}),
		commit: text("a commit on the fleet's branch; default: its newest", { placeholder: "SHA" }),
		directory
	},
	run: async (inputs, context) => {
		const project = await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log
		});
		const promotion = await context.log.task(`promoting to ${inputs.fleet}`, () => promoteImage(project, {
			fleet: inputs.fleet,
			commit: inputs.commit,
			now: context.now()
		}));
		return {
			data: promotion,
			text: describe(promotion)
		};
	}
});
function describe(promotion) {
	const { fleet, image, digest, tags, kept, changed, attached, mounted, copied, requests } = promotion;
	const blobs = [
		mounted > 0 ? `${mounted} blobs mounted` : void 0,
		copied > 0 ? `${copied} blobs copied` : void 0,
		attached > 0 ? `${attached} attached (evidence, signatures, …)` : void 0,
		`${requests} requests`
	].filter((part) => part !== void 0);
	return [
		changed ? `promoted ${image} to ${fleet}` : `${image} is promoted to ${fleet} already: nothing changed`,
		`  digest  ${digest}`,
		`  tags    ${tags.join(" ")}`,
		...kept.length === 0 ? [] : [`  left    ${kept.join(" ")} (a newer image or another fleet has them)`],
		`  (${blobs.join(", ")})`
	].join("\n");
}
export { promote_image_default as default };
