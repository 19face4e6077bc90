import { At as wholeNumber, Et as many, G as writeFileAtomically, Lt as defined, Pt as parseDuration, Vt as InputError, Wt as init_errors, kt as text, nt as defineVerb, wt as duration } from "../chunks/host.mjs";
import { a as parseShareOf, i as parseShare, n as defaultFleetModel, o as parseWindow, t as simulate } from "../chunks/guidance-simulation.mjs";
import { p as readSiteFleet, u as countSlices } from "../chunks/operate-serve-graph.mjs";
import { pi as readConfig } from "../chunks/shared.mjs";
init_errors();
var simulate_rollout_default = defineVerb({
	summary: "Simulate how the nodes of a fleet update over time, with the update guidance of a published site",
	about: `
Follows each node from poll to poll, through reboots and barriers, with Zincati's timing and upstream's throttle, and
shows the adoption of the newest release that is offered: time to 50, 95 and 100 %, nodes behind barriers, nodes that
never arrive and why. The same seed gives the same answer.

  coxswain simulate-rollout --site site --fleet stable --nodes 1000000 --start 44.20260621.3.1-0a1b2c3d=20% \\
    --wariness early=10% --window "sat,sun 02:00-06:00 UTC" --offline 2% --offline 5%/12h --svg adoption.svg`,
	inputs: {
		site: text("folder with the published files (publish-updates makes it)", {
			placeholder: "FOLDER",
			required: true
		}),
		fleet: text("the fleet; may be left out when the site has only one", { placeholder: "NAME" }),
		basearch: text("the nodes' architecture", {
			placeholder: "ARCH",
			fallback: "x86_64"
		}),
		nodes: wholeNumber("how many nodes", {
			from: 1,
			to: 5e7
		}, { fallback: String(defaultFleetModel.nodes) }),
		start: many("what nodes run: VERSION=SHARE, or spread=SHARE to spread them evenly over all older releases; the rest runs the release before the target", { placeholder: "VERSION=SHARE" }),
		wariness: many("wariness of nodes: a number, a ring of coxswain.yaml, or uniform; the rest is uniform, as with the node kit's local graph or serve-graph. Default: if the site has slices, evenly over them; otherwise every node is offered a release when its rollout is complete", { placeholder: "W=SHARE" }),
		window: many("when nodes may reboot, such as \"sat,sun 02:00-06:00 UTC\"; none: at once", { placeholder: "WINDOW" }),
		offline: many("nodes that are off: 5% for ever, 5%/12h at any moment, for 12 hours on average", { placeholder: "SHARE[/MEAN]" }),
		poll: duration("Zincati's steady interval", { fallback: "5m" }),
		staging: duration("time to download and stage an update", { fallback: "5m" }),
		reboot: duration("time to reboot", { fallback: "2m" }),
		"publish-every": duration("graphs are static files rendered this often; 0s: computed for each request", { fallback: "0s" }),
		for: duration("how long to simulate (default: until four weeks after the last rollout)"),
		target: text("the release whose adoption is measured (default: the newest that is offered)", { placeholder: "VERSION" }),
		seed: wholeNumber("number that makes the random choices; another seed is another fleet of the same kind", {
			from: 0,
			to: 2 ** 32 - 1
		}, { fallback: "1" }),
		svg: text("also draw the curve into this file", { placeholder: "FILE" }),
		directory: text("the checkout whose coxswain.yaml names the rings", {
			placeholder: "DIR",
			fallback: "."
		})
	},
	run: async (inputs, context) => {
		const { releases, updates } = await readSiteFleet(inputs.site, inputs.fleet);
		const seconds = {
			poll: inputs.poll,
			for: inputs.for
		};
		for (const [name, value] of Object.entries(seconds)) {
			if (value === void 0 || value > 0 && value < 2 ** 31) continue;
			throw new InputError({
				field: `--${name}`,
				problem: "this must be between 1s and 3000w",
				found: value
			});
		}
		const simulation = simulate({
			releases,
			updates,
			basearch: inputs.basearch,
			now: context.now(),
			seed: inputs.seed,
			...defined({
				duration: inputs.for,
				target: inputs.target
			}),
			fleet: {
				nodes: inputs.nodes,
				start: inputs.start.map((raw) => {
					const { of, share } = parseShareOf(raw, { field: "--start" });
					return {
						version: of,
						share
					};
				}),
				wariness: inputs.wariness.length === 0 ? await readSiteRings(inputs) : await readWarinesses(inputs.wariness, inputs.directory),
				windows: inputs.window.map((raw) => parseWindow(raw, { field: "--window" })),
				...readOffline(inputs.offline),
				poll: inputs.poll,
				staging: inputs.staging,
				reboot: inputs.reboot,
				publishEvery: inputs["publish-every"]
			}
		});
		if (inputs.svg !== void 0) await writeFileAtomically(inputs.svg, simulation.svg);
		return {
			data: simulation.result,
			text: simulation.text
		};
	}
});
async function readWarinesses(raws, directory) {
	const groups = [];
	for (const raw of raws) {
		const { of, share } = parseShareOf(raw, { field: "--wariness" });
		groups.push({
			wariness: await readWariness(of, directory),
			share
		});
	}
	return groups;
}
/**
* What nodes see by default: the slices that the site has, of equal size. Without slices a node that chose no ring is
* offered a release when its rollout is complete: static files cannot give an even spread.
*/
async function readSiteRings(inputs) {
	const slices = await countSlices(inputs.site, inputs);
	if (slices === 0) return [{
		wariness: 1,
		share: 1
	}];
	return Array.from({ length: slices }, (_, index) => ({
		wariness: (index + 1) / slices,
		share: 1 / slices
	}));
}
async function readWariness(of, directory) {
	if (of === "uniform") return of;
	const number = of === "" ? NaN : Number(of);
	if (number >= 0 && number <= 1) return number;
	if (!Number.isNaN(number)) throw new InputError({
		field: "--wariness",
		problem: "not a wariness",
		found: of,
		expected: "a number from 0 to 1, a ring, or uniform"
	});
	const { rings, file } = await readConfig(directory);
	const ring = rings.find(({ name }) => name === of);
	if (ring !== void 0) return ring.wariness;
	throw new InputError({
		field: "--wariness",
		problem: `no such ring in ${file}`,
		found: of,
		expected: `a number from 0 to 1, uniform, or one of ${rings.map(({ name }) => name).join(", ")}`
	});
}
function readOffline(raws) {
	const field = "--offline";
	let gone;
	let off;
	for (const raw of raws) {
		const [share = "", mean, ...rest] = raw.split("/");
		const fraction = parseShare(share, { field });
		const known = mean === void 0 ? gone : off;
		if (rest.length > 0 || known !== void 0) throw new InputError({
			field,
			problem: rest.length > 0 ? "not a share of nodes that are off" : "given twice",
			found: raw,
			expected: "at most one such as 5%, and one such as 5%/12h"
		});
		if (mean === void 0) {
			gone = fraction;
			continue;
		}
		off = {
			share: fraction,
			mean: parseDuration(mean, { field })
		};
		if (off.share === 1 || off.mean === 0) throw new InputError({
			field,
			problem: "such nodes must be on for some time and off for some time",
			found: raw,
			expected: "less than 100%, for more than 0s"
		});
	}
	return {
		gone: gone ?? 0,
		off: off ?? defaultFleetModel.off
	};
}
export { simulate_rollout_default as default };
