import { Ct as choice, Kt as quote, Tt as flag, Wt as init_errors, kt as text, nt as defineVerb } from "../chunks/host.mjs";
import { n as compareImages, t as explainSize } from "../chunks/operate-explain.mjs";
import { I as inMegabytes, Ma as parseReference, Ta as digestIn, Wr as createRegistryClient, yr as countPackages } from "../chunks/shared.mjs";
import { ut as architectures } from "../chunks/guidance.mjs";
// src/verbs/explain.ts
init_errors();
var explain_default = defineVerb({
	summary: "Say where two images differ: settings, layers, files, packages",
	about: `For two builds that should have been the same. Layers that both have are not fetched; in the others every file is compared
by type, mode, owner, size, time, extended attributes and content. Exit code 1 if they differ.

  coxswain explain --image ghcr.io/acme/os-test:key-3f9a1c0212345678 --with ghcr.io/acme/os:44.20260707.3.1-3f9a1c02

With --size: what a node on the first image downloads to update to the second. Only manifests are read.`,
	inputs: {
		image: text("an image, by tag or digest", {
			placeholder: "REF",
			required: true
		}),
		with: text("the image to compare it with", {
			placeholder: "REF",
			required: true
		}),
		size: flag("say what a node downloads for the update from --image to --with; exit code 0"),
		architecture: choice("which image to compare, if there are images for several architectures", architectures, {
			placeholder: "NAME",
			fallback: "x86_64"
		})
	},
	run: async (inputs, context) => {
		const client = createRegistryClient({
			env: context.env,
			log: context.log
		});
		const one = parseReference(inputs.image, { field: "--image" });
		const other = parseReference(inputs.with, { field: "--with" });
		if (inputs.size) {
			const data = await context.log.task("reading the manifests", () => explainSize(client, {
				one,
				other
			}, inputs.architecture));
			return {
				data,
				text: describeSize(data)
			};
		}
		const data = await context.log.task("comparing", () => compareImages(client, {
			one,
			other
		}, inputs.architecture));
		return {
			data,
			text: describe(data),
			exitCode: data.same ? 0 : 1
		};
	}
});
function describeSize({ one, other, download, summary, versions }) {
	const rows = download.layers.map(({ position, bytes, of }) => [
		`layer ${position}`,
		inMegabytes(bytes),
		...of === void 0 ? [] : [of]
	].join("  "));
	return [
		`from  ${versions.one ?? one}`,
		`to    ${versions.other ?? other}`,
		`a node downloads ${summary}; it has ${inMegabytes(download.shared)} already`,
		...rows.slice(0, shown).map((row) => `  ${row}`),
		...rows.length > shown ? [`  … and ${rows.length - shown} more (--json has them all)`] : []
	].join("\n");
}
/** Longer lists are cut; --json shows all of them. */
const shown = 40;
function describe({ one, other, same, settings, layers, packages }) {
	if (same) return `the same image: ${digestIn(one)}`;
	return [
		`A  ${one}`,
		`B  ${other}`,
		...settings.map((each) => `${each.path}: ${quote(each.one)} in A, ${quote(each.other)} in B`),
		...layers.flatMap(describeLayer),
		...packages === void 0 ? [] : [`packages, from A to B: ${countPackages(packages)}`],
		...settings.length + layers.length === 0 ? ["only the form of the manifests differs"] : []
	].join("\n");
}
function describeLayer({ position, one, other, onlyCompression, files, madeBy }) {
	const title = `layer ${position}${madeBy === void 0 ? "" : ` (${madeBy.length > 100 ? `${madeBy.slice(0, 99)}…` : madeBy})`}`;
	if (one === void 0 || other === void 0) return [`${title}: only in ${one === void 0 ? "B" : "A"}`];
	if (onlyCompression) return [`${title}: the same files, compressed in another way`];
	if (files === void 0) return [title];
	const lines = [
		...files.changed.map(({ path, differs, one: a, other: b }) => {
			return `  ${path}: ${differs.map((name) => name === "content" ? name : `${name} ${a[name] ?? "none"} → ${b[name] ?? "none"}`).join(", ")}`;
		}),
		...files.onlyInOne.map((path) => `  ${path}: only in A`),
		...files.onlyInOther.map((path) => `  ${path}: only in B`),
		...files.reordered ? ["  the same files in another order"] : []
	];
	const rest = lines.length - shown;
	return [
		`${title}: ${files.reordered ? "no file differs" : `${lines.length} ${lines.length === 1 ? "file differs" : "files differ"}`}`,
		...lines.slice(0, shown),
		...rest > 0 ? [`  … and ${rest} more (--json has them all)`] : []
	];
}
export { explain_default as default };
