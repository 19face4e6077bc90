import { E as holdAt } from "./guidance.mjs";
import { i as fleetTip } from "./project.mjs";
import { r as readCandidate } from "./release-candidate.mjs";
import { l as freezeAt } from "./release-gates.mjs";
import { s as describeHold, t as findFileStop } from "./release-operations.mjs";
/**
* Starts the release of what was merged to a fleet's branch and never released: the merge was done by a token whose
* pushes start no workflow, or the fleet was held or frozen then. Starts nothing while a run for the commit goes on.
* @param options.workflow file name of the workflow that releases; it is started on the fleet's branch
* @param options.now UNIX seconds
* @throws InputError if the repository has no such workflow
*/
async function startRelease(project, options) {
	const { git, config, client, forge } = project;
	const { fleet, workflow, now } = options;
	const commit = await fleetTip(forge.branches, fleet);
	const answer = (action, what) => ({
		fleet: fleet.name,
		action,
		commit,
		what
	});
	const state = await project.state.readFleet(fleet.name);
	const { version } = await readCandidate({
		git,
		config,
		client,
		commit
	});
	const releases = state.releases.releases.map((release) => release.version);
	if (releases.includes(version)) return answer("released", `${version} is released`);
	if (fleet.promoteFrom !== void 0 && releases.length === 0) return answer("waiting", `its branch passed no gate yet: the first promotion from ${fleet.promoteFrom} releases`);
	const obstacle = await findObstacle(project, {
		fleet,
		now,
		operations: state.operations
	});
	if (obstacle !== void 0) return answer("waiting", obstacle);
	const { workflowRuns } = forge;
	if (workflowRuns === void 0) return answer("to-do", `${version} is merged and not released: promote-image, then start-rollout`);
	return start(workflowRuns, {
		version,
		commit,
		branch: fleet.branch,
		workflow,
		answer
	});
}
async function start(runs, options) {
	const { version, commit, branch, workflow, answer } = options;
	const before = await runs.list({
		workflow,
		commit
	}) ?? [];
	const running = before.find(({ state }) => state === "running");
	if (running !== void 0) return answer("running", `${version} is being released: ${running.url}`);
	const [last] = before;
	if (last !== void 0 && before.length >= 3) return answer("failed", `${version} is not released after ${before.length} runs: ${last.url}. Run that one again once it can pass`);
	await runs.start({
		workflow,
		branch
	});
	return answer("started", `the release of ${version} was started: ${workflow} on ${branch}`);
}
/** What keeps a fleet from releasing at the moment, in words. */
async function findObstacle({ forge }, options) {
	const { fleet, now, operations } = options;
	const hold = holdAt(operations, now) ?? await findFileStop(forge.branches, fleet, now);
	if (hold !== void 0) return `the fleet is held: ${describeHold(hold)}`;
	const freeze = freezeAt(fleet.freeze, now);
	return freeze === void 0 ? void 0 : `the fleet is frozen: ${freeze.window.reason}`;
}
export { startRelease as t };
