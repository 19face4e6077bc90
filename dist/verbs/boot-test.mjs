import { D as wholeNumber, E as text, S as flag, a as architecture, b as choice, m as directory, s as defineVerb, x as duration } from "../chunks/cli.mjs";
import { P as defined } from "../chunks/host.mjs";
import { c as commentOn, l as describeTested, n as testImage, s as annotationsOf, t as bootModes, u as networks } from "../chunks/loop-boot-test.mjs";
import { p as openProject } from "../chunks/release.mjs";
// node/stand-in/rpm-ostree.sh
var rpm_ostree_default = "#!/bin/sh\n# A stand-in for rpm-ostree, where the real one cannot run (tests, and boot tests): it answers `status --json` in the\n# real shape, and refuses what the real one refuses. It deploys nothing. POSIX shell without other programs.\n#\n# $RPM_OSTREE_STATE is a folder with\n#   images/<hex>       what a registry has: REPOSITORY VERSION CREATED (UNIX seconds) SIGNED, one KEY=value a line\n#   images/<hex>.meta  base-commit-meta of that image, JSON on one line\n#   tags               lines \"repository:tag sha256:<hex>\"\n#   booted, staged, rollback   deployments: REF DIGEST LOCKED PACKAGES, or REFSPEC CHECKSUM VERSION of an ostree commit\n#   calls              what was asked, one call a line\nset -u\nstate=${RPM_OSTREE_STATE:-/run/coxswain-stand-in}\n\nfail() { echo \"error: $*\" >&2; exit 1; }\n\n# read_fields FILE: sets the variables that it names, and no others\nread_fields() {\n  REPOSITORY='' VERSION='' CREATED=0 SIGNED=no REF='' DIGEST='' LOCKED=no REFSPEC='' CHECKSUM='' PACKAGES=''\n  [ -r \"$1\" ] || return 1\n  while IFS='=' read -r field value; do\n    case $field in\n      REPOSITORY) REPOSITORY=$value ;; VERSION) VERSION=$value ;; CREATED) CREATED=$value ;; SIGNED) SIGNED=$value ;;\n      REF) REF=$value ;; DIGEST) DIGEST=$value ;; LOCKED) LOCKED=$value ;; PACKAGES) PACKAGES=$value ;;\n      REFSPEC) REFSPEC=$value ;; CHECKSUM) CHECKSUM=$value ;;\n    esac\n  done <\"$1\"\n}\n\n# deployment NAME: its entry in status --json\ndeployment() {\n  read_fields \"$state/$1\" || return 1\n  staged=false booted=false\n  case $1 in staged) staged=true ;; booted) booted=true ;; esac\n  packages=''\n  for package in $PACKAGES; do packages=\"$packages${packages:+,}\\\"$package\\\"\"; done\n  common=\"\\\"booted\\\":$booted,\\\"staged\\\":$staged,\\\"unlocked\\\":\\\"none\\\",\\\"pinned\\\":false,\\\"osname\\\":\\\"fedora-coreos\\\",\\\"serial\\\":0,\\\"requested-packages\\\":[$packages],\\\"packages\\\":[$packages]\"\n  if [ -n \"$REFSPEC\" ]; then\n    printf '{%s,\"origin\":\"%s\",\"checksum\":\"%s\",\"version\":\"%s\",\"base-commit-meta\":{\"fedora-coreos.stream\":\"stable\"}}' \\\n      \"$common\" \"$REFSPEC\" \"$CHECKSUM\" \"$VERSION\"\n    return\n  fi\n  ref=$REF digest=$DIGEST\n  read_fields \"$state/images/${digest#sha256:}\" || fail \"no image $digest\"\n  meta='{}'\n  [ ! -r \"$state/images/${digest#sha256:}.meta\" ] || read -r meta <\"$state/images/${digest#sha256:}.meta\"\n  printf '{%s,\"container-image-reference\":\"%s\",\"container-image-reference-digest\":\"%s\",\"checksum\":\"%s\",\"version\":\"%s\",\"timestamp\":%s,\"base-commit-meta\":%s}' \\\n    \"$common\" \"$ref\" \"$digest\" \"${digest#sha256:}\" \"$VERSION\" \"$CREATED\" \"$meta\"\n}\n\nstatus() {\n  entries=''\n  for name in $([ -n \"$only_booted\" ] && echo booted || echo staged booted rollback); do\n    [ ! -e \"$state/$name\" ] || entries=\"$entries${entries:+,}$(deployment \"$name\")\" || exit 1\n  done\n  driver=null\n  if [ -e \"$state/driver\" ]; then\n    read -r name <\"$state/driver\"\n    driver=\"{\\\"driver-name\\\":\\\"$name\\\",\\\"driver-sd-unit\\\":\\\"zincati.service\\\"}\"\n  fi\n  printf '{\"deployments\":[%s],\"transaction\":null,\"cached-update\":null,\"update-driver\":%s}\\n' \"$entries\" \"$driver\"\n}\n\nrefuse_driven() {\n  [ -e \"$state/driver\" ] && [ -z \"$bypass\" ] && [ \"${RPMOSTREE_CLIENT_ID:-}\" != zincati ] || return 0\n  fail \"Updates and deployments are driven by Zincati (zincati.service)\nSee Zincati's documentation at https://github.com/coreos/zincati\nUse --bypass-driver to bypass Zincati and perform the operation anyways\"\n}\n\n# ostree-image-signed:docker://host/path:tag → host/path:tag\nimage_of() {\n  case $1 in\n    *:containers-storage:*) echo \"${1#*:containers-storage:}\" ;;\n    *docker://*) echo \"${1#*docker://}\" ;;\n    ostree-remote-registry:*) rest=${1#*:}; echo \"${rest#*:}\" ;;\n    *:registry:* | ostree-unverified-registry:*) echo \"${1##*registry:}\" ;;\n    *) fail \"Invalid image reference: $1\" ;;\n  esac\n}\n\n# stage REF DIGEST\nstage() {\n  read_fields \"$state/booted\"; previous=$DIGEST packages=$PACKAGES since=0\n  [ -z \"$previous\" ] || { read_fields \"$state/images/${previous#sha256:}\" && since=$CREATED; }\n  image=$(image_of \"$1\") || exit 1\n  case $image in *@*) repository=${image%%@*} ;; */*:*) repository=${image%:*} ;; *) repository=$image ;; esac\n  digest=$2\n  if [ -z \"$digest\" ]; then\n    case $image in\n      *@*) digest=${image#*@} ;;\n      *) while read -r tag target; do [ \"$tag\" != \"$image\" ] || digest=$target; done <\"$state/tags\" ;;\n    esac\n  fi\n  read_fields \"$state/images/${digest#sha256:}\" || REPOSITORY=''\n  [ \"$REPOSITORY\" = \"$repository\" ] ||\n    fail \"Creating importer: Failed to invoke skopeo proxy method OpenImage: remote error: reading manifest ${digest:-$image} in $repository: manifest unknown\"\n  case $1 in\n    ostree-image-signed:*) [ \"$SIGNED\" = yes ] || fail \"Source image rejected: A signature was required, but no signature exists\" ;;\n  esac\n  if [ -n \"$no_downgrade\" ] && [ \"$CREATED\" -lt \"$since\" ]; then\n    fail \"Upgrade target revision '${digest#sha256:}' with timestamp '$CREATED' is chronologically older than current revision '${previous#sha256:}' with timestamp '$since'\"\n  fi\n  printf 'REF=%s\\nDIGEST=%s\\nLOCKED=%s\\nPACKAGES=%s\\n' \"$1\" \"$digest\" \"$lock\" \"$packages\" >\"$state/staged\"\n  # The agent looks at the time of this folder.\n  touch /ostree/deploy 2>/dev/null || true\n  [ -z \"$reboot\" ] || echo staged >\"$state/reboot\"\n}\n\norigin() {\n  read_fields \"$state/staged\" || read_fields \"$state/booted\"\n  printf '%s' \"$REF\"\n}\n\n# What the next boot would do: a locked deployment is dropped.\nnext_boot() {\n  if read_fields \"$state/staged\" && [ \"$LOCKED\" = no ]; then\n    mv \"$state/booted\" \"$state/rollback\"\n    mv \"$state/staged\" \"$state/booted\"\n  fi\n  rm -f \"$state/staged\" \"$state/driver\" \"$state/reboot\"\n}\n\nroll_back() {\n  [ -e \"$state/rollback\" ] || fail \"No deployments available for rollback\"\n  rm -f \"$state/staged\"\n  mv \"$state/booted\" \"$state/swap\"; mv \"$state/rollback\" \"$state/booted\"; mv \"$state/swap\" \"$state/rollback\"\n  [ -z \"$reboot\" ] || echo rollback >\"$state/reboot\"\n}\n\necho \"$*\" >>\"$state/calls\"\ncommand=${1:-}\n[ $# -eq 0 ] || shift\nonly_booted='' lock=no no_downgrade='' bypass='' reboot='' driver='' first='' second=''\nfor argument in \"$@\"; do\n  case $argument in\n    --json | -p) ;;\n    --booted | -b) only_booted=yes ;;\n    --lock-finalization) lock=yes ;;\n    --disallow-downgrade) no_downgrade=yes ;;\n    --bypass-driver) bypass=yes ;;\n    --reboot | -r) reboot=yes ;;\n    --register-driver=*) driver=${argument#*=} ;;\n    -*) fail \"Unknown option $argument\" ;;\n    *) if [ -z \"$first\" ]; then first=$argument; else second=$argument; fi ;;\n  esac\ndone\n\ncase $command in\n  status) status ;;\n  deploy)\n    if [ -n \"$driver\" ]; then echo \"$driver\" >\"$state/driver\"; exit 0; fi\n    refuse_driven\n    ref=$(origin)\n    stage \"$ref\" \"$first\"\n    ;;\n  rebase)\n    refuse_driven\n    [ \"$first\" != \"$(origin)\" ] || fail \"Old and new refs are equal: $first\"\n    stage \"$first\" \"$second\"\n    ;;\n  upgrade)\n    refuse_driven\n    ref=$(origin)\n    stage \"$ref\" ''\n    ;;\n  finalize-deployment)\n    read_fields \"$state/staged\" || fail \"No pending deployment\"\n    [ \"$first\" = \"$DIGEST\" ] || fail \"Expected staged base checksum $first, but found $DIGEST\"\n    printf 'REF=%s\\nDIGEST=%s\\nLOCKED=no\\nPACKAGES=%s\\n' \"$REF\" \"$DIGEST\" \"$PACKAGES\" >\"$state/staged\"\n    echo finalized >\"$state/reboot\"\n    ;;\n  cleanup) rm -f \"$state/staged\"; touch /ostree/deploy 2>/dev/null || true ;;\n  rollback) roll_back ;;\n  next-boot) next_boot ;;\n  *) fail \"Unknown command '$command'\" ;;\nesac\n";
// src/verbs/boot-test.ts
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
commit. An image that has passed these same tests is not booted again. With --local nothing is written to a registry or a pull request: the result is only printed and in --output. Exit code 1 when the image did not pass. docs/boot-tests.md has more.`,
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
		cpus: wholeNumber("the machine's processors (default: those of coxswain.yaml, or 2)", {
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
			text: describe(answer, inputs.output),
			summary: commentOn(answer),
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
	const passed = evidence.result === "PASSED";
	return {
		verdict: report?.verdict ?? "passed",
		passed,
		skipped: answer.skipped,
		explanation: report?.explanation,
		image: answer.image,
		digest: answer.digest,
		version: answer.version,
		tests: report?.tests ?? evidence.tests,
		seconds: report?.seconds ?? { total: evidence.seconds },
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
function describe(answer, output) {
	const notes = [
		answer.skipped ? "tested before with these same tests; --force boots it again" : `logs in ${output}`,
		answer.evidenceDigest === void 0 ? void 0 : `evidence ${answer.evidenceDigest}`,
		answer.pullRequest === void 0 ? void 0 : `told pull request #${answer.pullRequest}`
	].filter((note) => note !== void 0);
	return `${describeTested(answer)}\n${notes.map((note) => `  ${note}`).join("\n")}`;
}
export { boot_test_default as default, rpm_ostree_default as t };
