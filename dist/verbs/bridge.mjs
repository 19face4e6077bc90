import { At as wholeNumber, Ct as choice, X as untilSignal, ft as directory, kt as text, nt as defineVerb } from "../chunks/host.mjs";
import { n as firstRelease } from "../chunks/cli-inputs.mjs";
import { a as startAction, i as rollBackAction, n as createBridgeServer, o as urgentAction, r as createBridge, s as editActions, t as createSession } from "../chunks/operate-bridge.mjs";
import { n as withdrawBad, t as rollBack } from "../chunks/operate-roll-back.mjs";
import { $ as listen, Fn as describeMovedTags, tt as stopServer, xn as findOperator, zn as openProject } from "../chunks/shared.mjs";
// src/verbs/bridge.ts
const graceMilliseconds = 5e3;
var bridge_default = defineVerb({
	summary: "See and steer the fleets in a browser, with a preview of every change",
	about: `
It serves the dashboard on this machine only, made from the newest state branch, with forms for everything that
edit-updates, roll-back and start-rollout do. Each change shows first what it does to whom; confirmed, it is one commit, by you.
It prints an address that counts once: open it in a browser. Ctrl-C ends it.

  coxswain bridge
  ssh -L 7777:127.0.0.1:7777 ops -t coxswain bridge --port 7777`,
	writes: true,
	inputs: {
		address: choice("where to listen; only this machine can reach either", ["127.0.0.1", "::1"], {
			placeholder: "IP",
			fallback: "127.0.0.1"
		}),
		port: wholeNumber("port to listen on; 0 takes a free one", {
			from: 0,
			to: 65535
		}, { fallback: "0" }),
		by: text("who acts (default: the name that git knows)", { placeholder: "NAME" }),
		"first-release": firstRelease,
		directory
	},
	run: async (inputs, context) => {
		const { env, log, now, json } = context;
		const open = () => openProject({
			directory: inputs.directory,
			env,
			log,
			firstRelease: inputs["first-release"]
		});
		const { git } = await open();
		const by = await findOperator(git, inputs.by);
		const session = createSession();
		const bridge = createBridge({
			openProject: open,
			actions: [
				startAction,
				...editActions,
				rollBackAction(rollBackInSteps),
				urgentAction
			],
			by,
			log,
			now,
			context: {
				root: `/${session.folder}/`,
				formToken: session.formToken
			}
		});
		const server = createBridgeServer({
			bridge,
			session,
			log
		});
		const signalled = untilSignal();
		const url = await listen(server, {
			host: inputs.address,
			port: inputs.port
		});
		log.info("open this address in a browser on this machine; it counts once, and Ctrl-C ends the bridge:");
		(json === true ? process.stderr : process.stdout).write(`${url}${session.folder}/enter?token=${session.token}\n`);
		const signal = await signalled;
		await stopServer(server, graceMilliseconds);
		return {
			data: {
				url,
				stoppedBy: signal
			},
			text: ""
		};
	}
});
/** A preview takes the first step only: what follows depends on its commit. */
const rollBackInSteps = async ({ project, fleet, order, rehearse }, given) => {
	const options = {
		fleet,
		order,
		...given
	};
	if (rehearse) {
		const { plan, summary, warnings } = await withdrawBad(project, options);
		return {
			summary,
			warnings,
			notes: [`a pull request into ${fleet.branch} then restores the content of ${plan.good.version} as a new release`]
		};
	}
	const { summary, warnings, movedTags, pullRequest, reason } = await rollBack(project, options);
	return {
		summary,
		warnings,
		notes: [...describeMovedTags(movedTags), pullRequest === void 0 ? `no pull request: ${reason}` : `pull request #${pullRequest}`]
	};
};
export { bridge_default as default, rollBackInSteps };
