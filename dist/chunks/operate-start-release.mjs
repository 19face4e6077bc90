import { N as holdAt } from "./guidance.mjs";
import { En as describeHold, Qr as readCandidate, Ua as fleetTip, cn as findFreeze, tn as findFileHold } from "./shared.mjs";
/**
* Starts the release of a commit that was merged to a fleet's branch and never released, because the merge was done
* by a token whose pushes start no workflow, or the fleet was held or frozen at that time. Starts nothing while a run
* for the commit is in progress.
* @param options.workflow file name of the workflow that releases; it is started on the fleet's branch
* @param options.now UNIX seconds
* @throws InputError if the workflow cannot be started by hand, or the token may not do so
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
		commit,
		state
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
	const { version, commit, branch, answer } = options;
	const renamed = `coxswain-${options.workflow}`;
	const runsOfRenamed = await runs.list({
		workflow: renamed,
		commit
	});
	const workflow = runsOfRenamed === void 0 ? options.workflow : renamed;
	const before = runsOfRenamed ?? await runs.list({
		workflow,
		commit
	});
	if (before === void 0) return answer("to-do", `${version} is merged and not released, and the workflow ${workflow} does not exist`);
	const running = before.find(({ state }) => state === "running");
	if (running !== void 0) return answer("running", `${version} is being released: ${running.url}`);
	const [last] = before;
	if (last !== void 0 && before.length >= 3) return answer("failed", `${version} is not released after ${before.length} runs: ${last.url}. Run that one again when it can pass`);
	await runs.start({
		workflow,
		branch
	});
	return answer("started", `the release of ${version} was started: ${workflow} on ${branch}`);
}
/** Why a fleet cannot release now, in words. */
async function findObstacle({ forge }, options) {
	const { fleet, now, state } = options;
	const hold = holdAt(state.operations, now) ?? await findFileHold(forge.branches, fleet, now);
	if (hold !== void 0) return `the fleet is held: ${describeHold(hold)}`;
	return findFreeze({ forge }, options);
}
export { startRelease as t };
