import { t as renderTemplate } from "./guidance-template.mjs";
import { Vt as InputError, Wt as init_errors } from "./host.mjs";
import { Oa as formatRepository, hi as urgentTemplate, qa as shortCommit } from "./shared.mjs";
// src/release/rollout-entry.ts
init_errors();
/** The template of a release: for an urgent one the fleet's urgent template, if the commit has it. */
async function findTemplate(branches, options) {
	const { fleet, commit, urgent } = options;
	const special = urgentTemplate(fleet);
	return urgent && await branches.readFile(commit, special) !== void 0 ? special : fleet.template;
}
/**
* Renders a fleet's template as it is in a commit (or tree).
* @param now UNIX seconds
* @throws InputError naming the template and its line
*/
async function renderFleetTemplate(branches, options) {
	const { fleet, commit } = options;
	const where = `${fleet.template} (commit ${shortCommit(commit)})`;
	const source = await branches.readFile(commit, fleet.template);
	if (source === void 0) throw new InputError({
		where,
		field: `fleets.${fleet.name}.template`,
		problem: "this commit has no such file",
		remedy: "Keep one template for each fleet, on every branch."
	});
	return renderForFleet({
		...options,
		source,
		where
	});
}
/**
* Renders the text of a fleet's template.
* @param options.where how messages name the template
* @param options.now UNIX seconds
* @throws InputError with the template's line
*/
function renderForFleet(options) {
	const { config, fleet, source, where, release, now } = options;
	const { version, baseVersion, digests, previousVersion = "", barriersCrossed } = release;
	const variables = {
		version,
		baseVersion,
		fleet: fleet.name,
		stream: config.stream,
		digests,
		image: formatRepository(config.image),
		previousVersion,
		barriersCrossed,
		now
	};
	return renderTemplate({
		source,
		where,
		variables,
		now
	});
}
export { renderFleetTemplate as n, renderForFleet as r, findTemplate as t };
