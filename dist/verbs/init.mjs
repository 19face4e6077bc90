import { B as exists, Dt as parsed, Et as many, Gt as messageOf, Tt as flag, Wt as init_errors, a as askOnTerminal, et as isRehearsal, ft as directory, kt as text, nt as defineVerb, o as canAsk, v as findTool } from "../chunks/host.mjs";
import { $n as openForge, Da as formatReference, Ma as parseReference, Na as parseRepository, Oa as formatRepository, dr as Git } from "../chunks/shared.mjs";
import { a as ours, i as writeInit, l as findPin, n as imageOfRemote, o as explainFile, r as planInit, s as workingBranch, t as proposeInit, u as parseSource } from "../chunks/project-init.mjs";
import { ut as architectures } from "../chunks/guidance.mjs";
import { basename, join, resolve } from "node:path";
// src/verbs/init.ts
init_errors();
const repository = (raw, name) => formatRepository(parseRepository(raw, { field: `--${name}` }));
var init_default = defineVerb({
	summary: "Write the first files of a repository of derived images",
	about: `Writes coxswain.yaml, a Containerfile, rollout templates, a first test and the workflows for GitHub, with comments. An
existing file is never changed, so it can be run again at any time: it adds what is missing. If there is a coxswain.yaml,
everything follows it. On a terminal it asks what it cannot find out.
In an existing repository the first fleet is released from its default branch, .gitignore gets the lines that it lacks, and
your workflows keep their names.

  coxswain init                                          in a clone from GitHub
  coxswain init --image ghcr.io/acme/os --fleet stable   one fleet
  coxswain init --pull-request                           the same, offered as a pull request
  coxswain init --from acme/coxswain@v1.2.3              workflows of a fork of Coxswain, or of another version of it
  coxswain init --image registry.example.com/acme/os --architecture x86_64 --architecture aarch64`,
	writes: true,
	inputs: {
		image: parsed("production repository (default: at ghcr.io, by the name that the remote origin has)", repository, { placeholder: "REF" }),
		"test-image": parsed("test registry repository (default: the image with -test at its end)", repository, { placeholder: "REF" }),
		base: parsed("base image with the tag to follow", (raw, name) => formatReference(parseReference(raw, { field: `--${name}` })), {
			placeholder: "REF",
			fallback: "quay.io/fedora/fedora-coreos:stable"
		}),
		stream: text("value of the label com.coreos.stream in every build", {
			placeholder: "NAME",
			fallback: "stable"
		}),
		fleet: many("a fleet; each but the first is promoted from the one before it (default: testing, stable)", { placeholder: "NAME" }),
		architecture: many(`build for this architecture (default: ${architectures[0]})`, { placeholder: "NAME" }),
		from: parsed("release of Coxswain that the workflows call (default: the one this program belongs to)", parseSource, { placeholder: "OWNER/REPO@REF" }),
		migrate: flag("bring an existing coxswain.yaml to the newest version of its format; comments stay"),
		yes: flag("ask nothing, also on a terminal"),
		"pull-request": flag("offer the files as a pull request to the repository, and write nothing here"),
		directory
	},
	run: async (inputs, { env, log }) => {
		const { base, stream } = inputs;
		const known = inputs.image ?? await imageOfRemote(inputs.directory);
		const asked = await askFor(known, {
			inputs,
			env
		});
		const image = known ?? asked?.image;
		const fleets = inputs.fleet.length > 0 ? inputs.fleet : asked?.fleets ?? ["testing", "stable"];
		const branch = await workingBranch(inputs.directory);
		const plan = await planInit(inputs.directory, image === void 0 ? void 0 : {
			image,
			testImage: inputs["test-image"] ?? `${image}-test`,
			base,
			stream,
			fleets,
			branch: branch === void 0 || fleets.includes(branch) ? void 0 : branch,
			architectures: inputs.architecture.length === 0 ? [architectures[0]] : inputs.architecture
		}, inputs.from === void 0 ? void 0 : await findPin(inputs.from, env.GITHUB_SERVER_URL || "https://github.com"), { migrate: inputs.migrate });
		const warn = () => {
			if (inputs.image !== void 0 && inputs.image !== formatRepository(plan.config.image)) log.warn(`coxswain.yaml existed and is kept: it names ${formatRepository(plan.config.image)}, not ${inputs.image}`);
			for (const text of [...plan.notes, ...plan.doubt === void 0 ? [] : [plan.doubt]]) log.warn(text);
		};
		if (inputs["pull-request"]) {
			const forge = await openForge(new Git(plan.root), {
				env,
				log
			});
			const { number, head } = await proposeInit(forge, plan);
			warn();
			return {
				data: {
					directory: plan.root,
					written: [],
					kept: plan.kept,
					pullRequest: number
				},
				text: `pull request #${number} (branch ${head}) offers ${plan.files.length} files; nothing was written here`
			};
		}
		const report = await writeInit(plan);
		warn();
		return {
			data: {
				directory: report.root,
				written: report.written,
				kept: report.kept,
				pullRequest: void 0
			},
			text: describe(report, await lacksBranch(report))
		};
	}
});
/** What nobody has said, and cannot be found out, is asked of a person at a terminal. */
async function askFor(image, { inputs, env }) {
	if (!!await exists(join(inputs.directory, "coxswain.yaml")) || inputs.yes || image !== void 0 || isRehearsal() || !canAsk(env)) return void 0;
	const ask = await askOnTerminal();
	const answer = await ask.text("Where do nodes get their images? (a repository in a registry, without a tag)", {
		suggestion: `ghcr.io/${basename(resolve(inputs.directory)).toLowerCase()}/os`,
		problemOf: (text) => {
			try {
				repository(text, "image");
				return;
			} catch (error) {
				return messageOf(error);
			}
		}
	});
	const fleets = inputs.fleet.length > 0 ? inputs.fleet : fleetsOf(await ask.choose("Which fleets are there?", [{
		value: "two",
		about: "testing and stable: a release soaks in testing first"
	}, {
		value: "one",
		about: "stable alone: every merge goes to all nodes, in a rollout"
	}]));
	return {
		image: repository(answer, "image"),
		fleets
	};
}
function fleetsOf(choice) {
	return choice === "one" ? ["stable"] : ["testing", "stable"];
}
/** The user's repository does not have our documents. */
const settingsPage = `https://github.com/${ours.repository}/blob/main/docs/github.md`;
/** Whether the first fleet's branch has to be made: a clone of an empty repository is on another branch, such as main. */
async function lacksBranch({ root, isRepository, config }) {
	if (!isRepository || findTool("git") === void 0) return false;
	const git = new Git(root);
	const [first] = Object.values(config.fleets).map((fleet) => fleet.branch);
	if (await git.try([
		"symbolic-ref",
		"--quiet",
		"--short",
		"HEAD"
	]) === first) return false;
	return !await git.try([
		"rev-parse",
		"--quiet",
		"--verify",
		`refs/heads/${first}`
	]);
}
function describe({ written, kept, isRepository, config }, lacksFirst) {
	const [first, ...others] = Object.values(config.fleets).map((fleet) => fleet.branch);
	const more = [
		...isRepository ? lacksFirst ? [`git switch -c ${first}`] : [] : [`git init -b ${first}`],
		"git add --all",
		"git commit"
	].join(" && ");
	const width = Math.max(...written.map((path) => path.length));
	const branches = others.map((branch) => `git branch ${branch}`);
	return [
		written.length === 0 ? "nothing is missing" : "written:",
		...written.map((path) => `  ${path.padEnd(width)}  ${explainFile(path, config)}`.trimEnd()),
		...kept.length === 0 ? [] : ["kept unchanged:", ...kept.map((path) => `  ${path}`)],
		"",
		"Read coxswain.yaml and the Containerfile, and edit them. Next:",
		"  coxswain check",
		`  ${[more, ...branches].join(" && ")}`,
		"  coxswain build-image && coxswain boot-test",
		`On GitHub: push ${first}, and make the settings of ${settingsPage} (coxswain doctor --github checks them). Actions, Watch, Run workflow begins the loop.`
	].join("\n");
}
export { init_default as default };
