import { r as architecture } from "./cli-inputs.mjs";
import { At as wholeNumber, Ct as choice, D as say, Lt as defined, M as documentation, S as exact, Tt as flag, ft as directory, kt as text, nt as defineVerb, w as renderReports, wt as duration } from "./host.mjs";
import { b as networks, n as testImage, t as bootModes, v as annotationsOf, y as reportTested } from "./loop-boot-test.mjs";
import { zn as openProject } from "./shared.mjs";
var boot_test_default = defineVerb({
	summary: "Boot the built image of this commit in a virtual machine and run the tests of this commit in it",
	about: `First the image is checked without booting (labels, kernel, files that machines would not get, bootc's own lint).
Then it boots unmodified, under its own kernel, by its digest. The machine has no network connection. Tests are the files directly
in tests/ that end in .sh or are executable. They run as root, in the order of their names, and pass by exiting with 0;
files that they share may be in folders beside them. Each has 120 seconds, or the time in a line like "# coxswain:
timeout=300" among its first ten. Tests can call wait-for-unit, wait-for-port and wait-for-file. If the image has
systemd, it must reach the state "running"; units that may fail are named in allow-failed-units.

With tests in tests/before-upgrade, after-upgrade or after-rollback, machines on the fleet's current release and on its
last barrier are updated to the image and rolled back, with their own /var and /etc.

The result is attached to the image in the test registry, and written as a comment on the pull request of this
commit. An image that has passed these same tests is not booted again. With --local nothing is written to a registry or a pull request: the result is only printed and in --output. Exit code 1 when the image did not pass. ${documentation("boot-tests.md")} has more.`,
	writes: true,
	inputs: {
		directory,
		image: text("another image to boot", { placeholder: "REF" }),
		local: text("take the image from this folder, written by build-image --local", { placeholder: "FOLDER" }),
		architecture: architecture("which of the architectures to boot (default: that of this machine)"),
		output: text("folder for the report and the logs", {
			placeholder: "FOLDER",
			fallback: "boot-test-output"
		}),
		force: flag("boot the image even if it has passed these tests already"),
		fleet: text("the fleet that the image is for (default: the fleet of this branch or of its pull request)", { placeholder: "NAME" }),
		memory: wholeNumber("the machine's memory in megabytes (default: that of coxswain.yaml, or 1024)", {
			from: 128,
			to: 9999999
		}, { placeholder: "MB" }),
		cpus: wholeNumber("the machine's processors (default: those of coxswain.yaml, or 2; 1 if emulated)", {
			from: 1,
			to: 64
		}),
		network: choice("what the machine reaches: closed or user (default: that of coxswain.yaml, or closed)", networks, { placeholder: "KIND" }),
		mode: choice("how the machine starts: ostree (deployed, by its own initramfs), direct, or disk (installed with bootc, through the firmware); default: that of coxswain.yaml, or direct", bootModes, { placeholder: "MODE" }),
		helper: text("a static busybox for an image of another architecture", { placeholder: "FILE" }),
		deadline: duration("how long a machine may run in all (default: 10m and the time limits of all tests)")
	},
	asRoot: true,
	run: async (inputs, context) => {
		const project = await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log,
			firstRelease: true
		});
		const answer = await testImage(project, {
			output: inputs.output,
			force: inputs.force,
			env: context.env,
			now: context.now(),
			log: context.log,
			...defined({
				image: inputs.image,
				local: inputs.local,
				architecture: inputs.architecture,
				fleet: inputs.fleet,
				memoryMegabytes: inputs.memory,
				cpus: inputs.cpus,
				network: inputs.network,
				mode: inputs.mode,
				helper: inputs.helper,
				deadlineSeconds: inputs.deadline
			})
		});
		return {
			data: dataOf(answer),
			...renderReports(reportTested(answer, notesOn(answer, inputs.output))),
			annotations: answer.report === void 0 ? [] : annotationsOf(answer.report, project.config.tests),
			exitCode: answer.evidence.result === "PASSED" ? 0 : 1
		};
	},
	action: {
		setUp: true,
		token: true
	},
	outputs: {
		passed: {
			about: "true when the image passed",
			of: ({ passed }) => passed
		},
		verdict: {
			about: "passed, test-failed, kernel-panic, …",
			of: ({ verdict }) => verdict
		},
		explanation: {
			about: "what the verdict means here",
			of: ({ explanation }) => explanation
		},
		skipped: {
			about: "true when these same tests had passed before",
			of: ({ skipped }) => skipped
		},
		image: {
			about: "what was booted, as `repository@sha256:…`",
			of: ({ image }) => image
		},
		version: {
			about: "its version",
			of: ({ version }) => version
		},
		evidence: {
			about: "digest of the evidence that is attached to it",
			of: ({ evidence }) => evidence
		}
	}
});
function dataOf(answer) {
	const { evidence, report } = answer;
	const tests = report?.tests ?? evidence.tests;
	const seconds = report?.seconds ?? { total: evidence.seconds };
	const passed = evidence.result === "PASSED";
	return {
		verdict: report?.verdict ?? "passed",
		passed,
		skipped: answer.skipped,
		explanation: report?.explanation,
		image: answer.image,
		digest: answer.digest,
		version: answer.version,
		tests,
		seconds,
		evidence: answer.evidenceDigest,
		accelerator: evidence.accelerator,
		kernel: evidence.kernel,
		architecture: evidence.architecture,
		system: report?.system,
		upgrades: evidence.upgrades,
		agent: evidence.agent,
		pullRequest: answer.pullRequest
	};
}
function notesOn(answer, output) {
	return [
		answer.skipped ? say`tested before with these same tests; ${exact("--force")} boots it again` : say`logs in ${exact(output)}`,
		answer.evidenceDigest === void 0 ? void 0 : say`evidence: ${exact(answer.evidenceDigest)}`,
		answer.pullRequest === void 0 ? void 0 : `comment on pull request #${answer.pullRequest}`
	];
}
export { boot_test_default as t };
