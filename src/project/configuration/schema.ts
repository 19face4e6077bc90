import { z } from 'zod';
import { architectures } from '../../world/registry/architecture.ts';
import { duration } from './duration-form.ts';
import { formatVersion } from './format-version.ts';
import { haltWhenSchema } from './halt-schema.ts';
import { nodeParts } from './node-parts.ts';
import { rechunkSchema } from './rechunk.ts';
import { mostSlices, slicesKey } from './rings.ts';

/** A path inside the repository, with slashes. */
const path = z
  .string()
  .regex(
    /^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\\\0]+$/,
    'a path inside the repository, relative to its top folder, without ".."',
  );

/**
 * Fleet and ring names are path segments of published addresses, and Zincati's `group`, by which a node may pick its
 * ring, allows only these characters (`^[a-zA-Z0-9.-]+$`).
 */
const name = z
  .string()
  .max(63)
  .regex(
    /^(?!.*\.\.)(?!.*\.lock$)[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9-])?$/,
    'letters, digits, "." and "-", starting with a letter or a digit, without "..", and not ending in "." or ".lock"',
  );

/** Rules of git-check-ref-format. */
const branch = z
  .string()
  .max(200)
  .regex(
    /^(?![-/.])(?!.*(\.\.|\/\/|\/\.|@\{|\.lock\/))(?!@$)[^\s~^:?*[\\\p{Cc}]+(?<![/.])(?<!\.lock)$/u,
    'a branch name that git accepts',
  );

const soakForm = 'a duration, and what it is counted from: 48h, 48h after start, 7d after complete';

const adoptionForm = 'a share of the nodes, and the days in which they were seen: 90 %, or 90 % in 14d';

const shareForm = 'a share of the nodes: 90 %';

const successThreshold = z.strictObject({
  adoption: z
    .string(shareForm)
    .regex(/^\d{1,3}(\.\d+)? ?%$/, shareForm)
    .describe(
      'The share of the nodes of a ring that have to run the release, or a newer one: 90 %. coxswain observe --record counts them.',
    ),
  nodes: z
    .int()
    .min(1)
    .default(1)
    .describe(
      'How many nodes of a ring have to be seen: fewer prove nothing, and the next ring stays closed.',
    ),
  after: duration
    .default('6h')
    .describe('How long a ring has to be offered the release before it is judged.'),
  rings: z
    .array(name)
    .min(1)
    .optional()
    .describe('The rings that have to do well. Default: all rings of coxswain.yaml with a wariness below 1.'),
});

const freezeWindow = z
  .strictObject({
    start: z
      .string()
      .describe(
        'When it begins: cron with five fields ("0 16 * * 5"), or one moment, such as 2026-12-18T00:00.',
      ),
    until: z.string().optional().describe('When it ends, in the same form. Use this or duration, not both.'),
    duration: duration.optional().describe('How long it takes, such as 64h. Use this or until, not both.'),
    'time-zone': z
      .string()
      .default('UTC')
      .describe('IANA time zone of start and until, such as Europe/Berlin.'),
    reason: z
      .string()
      .min(1, 'a text that says why')
      .describe('Why: shown wherever a promotion waits for it.'),
  })
  .describe('A time in which nothing is promoted.');

const freeze = z
  .array(freezeWindow, 'a list of windows: [{ start: "0 16 * * 5", until: "0 8 * * 1", reason: weekend }]')
  .default([]);

const vulnerabilities = z
  .strictObject({
    'none-above': z
      .enum(['none', 'low', 'medium', 'high'])
      .describe(
        'The highest severity that an image may have. A vulnerability of unknown severity is above it.',
      ),
    exceptions: z
      .array(
        z
          .strictObject({
            id: z
              .string()
              .min(1)
              .describe('Id of the vulnerability, as the scanner writes it: CVE-2026-12345.'),
            until: z.string().describe('When this ends, such as 2027-01-31: the gate is red again then.'),
            reason: z.string().min(1, 'a text that says why').describe('Why it is accepted.'),
          })
          .describe('A vulnerability that is accepted for some time.'),
      )
      .default([])
      .describe('Vulnerabilities that are accepted for some time.'),
  })
  .describe(
    'A promotion to this fleet needs the report of a scanner (SARIF or CycloneDX), attached to the image, without a vulnerability above a severity.',
  );

const fleet = z
  .strictObject({
    branch: branch
      .optional()
      .describe('A merge to this branch is promoted to this fleet. Default: the name of the fleet.'),
    tag: z
      .string()
      .regex(
        /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/,
        'at most 128 letters, digits, "_", "." and "-", not starting with "." or "-"',
      )
      .optional()
      .describe('Tag in the production repository that follows this fleet. Default: the name of the fleet.'),
    template: path
      .optional()
      .describe(
        'Handlebars template of the update entry of a release. Default: rollouts/<name of the fleet>.json.hbs.',
      ),
    'promote-from': z
      .string()
      .optional()
      .describe('Fleet whose releases are proposed to this one by a pull request.'),
    soak: z
      .string(soakForm)
      .regex(/^(\d+[smhdw])+( after (start|complete))?$/, soakForm)
      .default('0s')
      .describe(
        'How long a release has to run in the source fleet first: 48h (or 48h after start) from the start of its rollout there, 48h after complete from its end.',
      ),
    adoption: z
      .string(adoptionForm)
      .regex(/^\d{1,3}(\.\d+)? ?%( in \d{1,2}d)?$/, adoptionForm)
      .optional()
      .describe(
        'The share of the nodes of the source fleet that have to run a release, or a newer one, before it is promoted: 90 % (of the nodes seen in the last 7 days), or 90 % in 14d. coxswain observe --record counts them.',
      ),
    approve: z
      .enum(['manual', 'auto'])
      .default('manual')
      .describe('auto: a promotion to this fleet is merged as soon as all of its gates are green.'),
    signing: z
      .strictObject({
        keys: z
          .array(
            z.union([
              path,
              z.strictObject({
                file: path.describe('Public key, PEM, as coxswain make-key writes it.'),
                until: z
                  .string()
                  .optional()
                  .describe('When this key stops signing, such as 2027-03-01: the end of a change of keys.'),
              }),
            ]),
          )
          .min(1, 'at least one public key')
          .describe('Public keys, as files of this repository. A release is signed by each of them.'),
      })
      .optional()
      .describe(
        'promote-image signs what is promoted to this fleet, in the format that nodes check. The private keys come from the environment.',
      ),
    vulnerabilities: vulnerabilities.optional(),
    freeze: freeze.describe('Times in which nothing is promoted to this fleet, besides those of all fleets.'),
    'halt-when': haltWhenSchema,
    'success-threshold': successThreshold
      .optional()
      .describe(
        'A rollout opens ring by ring, and the next ring opens only if the ones before it did well. coxswain watch-fleet looks.',
      ),
  })
  .describe('One fleet: a branch and the nodes that follow it. Everything has a default: testing: {}');

const bootTest = z
  .strictObject({
    mode: z
      .enum(['direct', 'ostree', 'disk'])
      .optional()
      .describe(
        "How the machine starts: ostree as a real ostree deployment, by the image's own initramfs; direct by the kernel of the image alone; disk from an installation that bootc makes, through UEFI firmware (needs firmware, and bootc in the image). Default: direct.",
      ),
    ignition: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File of this repository with a configuration for Ignition, which the machine gets at its first boot. Needs the mode ostree, and Ignition in the initramfs of the image.',
      ),
    init: z
      .enum(['systemd', 'any'])
      .default('systemd')
      .describe(
        'What the first process must be: systemd of the image, or any for an image that has none on purpose.',
      ),
    'known-failures': z
      .enum(['auto', 'none'])
      .default('auto')
      .describe(
        'auto: on images of Fedora CoreOS, units that cannot work in the machine of a boot test may fail. The report names each, with the reason. none: no unit may, but those in allow-failed-units.',
      ),
    memory: z.int().min(128).max(1_048_576).default(1024).describe("The machine's memory in megabytes."),
    cpus: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe(
        "The machine's processors. Default: 2, or 1 if the machine is emulated, because QEMU emulates them one after the other.",
      ),
    network: z
      .enum(['closed', 'user'])
      .default('closed')
      .describe(
        'What the machine reaches: closed gives it an address and no connections, user whatever the runner reaches.',
      ),
    deadline: duration
      .optional()
      .describe(
        'How long one machine may run in all. Default: ten minutes and the time limits of all tests.',
      ),
    'kernel-arguments': z
      .array(z.string().regex(/^[\x21-\x7e]+$/, 'one argument, without spaces: name=value'))
      .default([])
      .describe(
        'Arguments for the kernel besides those that the machine needs, such as those your nodes have.',
      ),
    leftovers: z
      .enum(['warn', 'fail'])
      .default('warn')
      .describe('What to do about files in /var and /run of the image: machines that update never get them.'),
    upgrades: z
      .boolean()
      .optional()
      .describe(
        'Rehearse the update from the releases that nodes have. Default: if there are tests in before-upgrade, after-upgrade or after-rollback.',
      ),
    'secure-boot': z
      .strictObject({
        certificates: z
          .array(path)
          .min(1)
          .describe('Certificates in PEM, as files of this repository. One of them is enough.'),
      })
      .optional()
      .describe(
        'Who has to have signed the kernel, or the unified kernel image: checked by sbverify before the boot. Default: it need not be signed.',
      ),
  })
  .describe('The virtual machine that images are tested in, and what is checked besides your tests.');

const repositoryName = z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'owner/name');
const signerForm = 'a public key of this repository, or { repository, workflow, refs }';

const signers = z
  .array(
    z.union(
      [
        path,
        z.strictObject({
          repository: repositoryName.describe('Repository on GitHub that the run belongs to: acme/os'),
          workflow: z
            .string()
            .regex(
              /^([\w.-]+\/[\w.-]+\/)?\.github\/workflows\/[^@\s/]+\.ya?ml(@\S+)?$/,
              '.github/workflows/NAME.yml, or owner/name/.github/workflows/NAME.yml, with @ref if the ref has to be this one',
            )
            .describe(
              'Workflow whose job signs: a file of the repository, or a reusable workflow of another repository, such as acme/ci/.github/workflows/build.yml@refs/tags/v1.',
            ),
          refs: z
            .array(z.string().regex(/^refs\/\S+$/, 'such as refs/heads/main or refs/pull/*/merge'))
            .min(1)
            .describe('Refs that the run may be for. * stands for a part without slashes.'),
        }),
      ],
      signerForm,
    ),
    signerForm,
  )
  .min(1, 'at least one signer');

const evidence = z
  .strictObject({
    'signed-by': signers.describe(
      'Whose signature makes evidence count. Evidence by anyone else, or without a signature, does not.',
    ),
    sigstore: z
      .strictObject({
        fulcio: z.string().default('https://fulcio.sigstore.dev').describe('Address of Fulcio.'),
        rekor: z.string().default('https://rekor.sigstore.dev').describe('Address of Rekor.'),
        'trusted-root': path
          .optional()
          .describe(
            'File of this repository with their keys and certificates. Default: those of the public instance.',
          ),
      })
      .prefault({})
      .describe(
        'The services by which a workflow run signs without a key. Default: the public instance of Sigstore.',
      ),
  })
  .describe(
    'Whose signature makes the results of boot tests count. Without it, they count without a signature.',
  );

const node = z
  .strictObject({
    parts: z
      .array(z.enum(nodeParts))
      .min(1)
      .default(['ring', 'join', 'trust', 'reboots', 'autobuilder', 'health'])
      .describe('The parts of the node kit that coxswain node-kit writes.'),
    reboots: z
      .union([
        z.literal('immediate'),
        z.strictObject({
          windows: z
            .array(z.string())
            .min(1)
            .describe('When nodes may reboot into an update, such as "sat,sun 02:00-06:00 UTC".'),
        }),
        z.strictObject({
          'fleet-lock': z.string().describe('Address of a FleetLock server, which decides who may reboot.'),
        }),
      ])
      .default('immediate')
      .describe("Zincati's update strategy: immediate, {windows: [...]} or {fleet-lock: URL}."),
    'migrate-from': z
      .array(z.string().regex(/^\S+$/, 'a pattern without spaces, such as fedora:* or ghcr.io/old/os'))
      .default([])
      .describe(
        'What hosts may run now so that the part migrate brings them to their fleet: patterns as in a shell.',
      ),
  })
  .describe('What coxswain node-kit puts on nodes.');

/** coxswain.yaml as it is written. The JSON Schema for editors is made from this too. */
export const configSchema = z
  .strictObject({
    version: z
      .literal(formatVersion)
      .optional()
      .describe(
        'Version of the format of this file. A file without it is of version 1. coxswain init --migrate brings an older file to the newest version.',
      ),
    image: z
      .string()
      .describe('Production repository, without a tag: where fleets get their images. ghcr.io/acme/os'),
    'test-image': z
      .string()
      .optional()
      .describe(
        'Repository that images are pushed to before they are tested. It may be in another registry. Default: image with -test at its end.',
      ),
    base: z
      .string()
      .describe('Base image with the tag to follow, such as quay.io/fedora/fedora-coreos:stable'),
    'base-signature': z
      .union([
        z.literal('none'),
        z.strictObject({
          'gpg-keys': z
            .array(path)
            .min(1)
            .optional()
            .describe("OpenPGP public keys, as files of this repository. Default: Fedora's."),
          lookaside: z
            .string()
            .optional()
            .describe("Address below which the signatures are. Default: Fedora's."),
        }),
        z.strictObject({
          'cosign-keys': z
            .array(path)
            .min(1)
            .describe('Public keys of cosign, as files of this repository. One of them is enough.'),
        }),
      ])
      .optional()
      .describe(
        "Who has to have signed the base before it is proposed or built on: {gpg-keys: [...], lookaside: URL}, {cosign-keys: [...]}, or none. Default: Fedora's keys, for quay.io/fedora/fedora-coreos; none for any other base.",
      ),
    upstream: z
      .union([
        z.literal('none'),
        z.strictObject({
          updates: z.string().describe("Address of the base's update metadata (updates.json)."),
          releases: z.string().describe("Address of the base's release index (releases.json)."),
        }),
      ])
      .optional()
      .describe(
        "Where the base's own update guidance is read, so that its barriers become yours: {updates: URL, releases: URL}, or none. Default: Fedora's, for quay.io/fedora/fedora-coreos with the tag stable, testing or next; none for any other base.",
      ),
    stream: z
      .string()
      .regex(
        /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/,
        'a text that may be a tag: letters, digits, "_", "." and "-"',
      )
      .optional()
      .describe(
        'Value of the label com.coreos.stream in every build, the same for all fleets: Zincati follows a tag of this name in the production repository. Default: the tag of base.',
      ),
    architectures: z
      .array(z.enum(architectures))
      .min(1)
      .default(['x86_64'])
      .describe('Architectures to build, by the names that Fedora CoreOS uses.'),
    refresh: duration
      .default('7d')
      .describe('Build again when the last build is older than this, even if the base did not move.'),
    containerfile: path.default('Containerfile').describe('Path of the Containerfile.'),
    'build-arguments': z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name of letters, digits and "_"'), z.string())
      .default({})
      .describe('Values for ARG instructions. They are part of the build key.'),
    rechunk: rechunkSchema.optional(),
    tests: path
      .default('tests')
      .describe('Folder of the tests that run inside the booted image; exit code 0 passes.'),
    'allow-failed-units': z
      .array(z.string().regex(/^[^\s/]+$/, 'the name of a unit, such as chronyd.service'))
      .default([])
      .describe(
        'Units of systemd that may fail in a boot test: those that have no use in a virtual machine.',
      ),
    'boot-test': bootTest.prefault({}),
    evidence: evidence.optional(),
    'state-branch': branch
      .default('coxswain')
      .describe('Branch that holds releases and rollouts of all fleets.'),
    fleets: z
      .record(name, fleet.nullable())
      .describe('The fleets by name, the first to get a release first.'),
    freeze: freeze.describe('Times in which nothing is promoted to any fleet.'),
    rings: z
      .record(name, z.number().min(0).max(mostSlices))
      .default({})
      .superRefine((rings, context) => {
        for (const [key, value] of Object.entries(rings)) {
          const place = { path: [key], input: value };
          if (key !== slicesKey && value > 1) {
            context.addIssue({ ...place, code: 'too_big', origin: 'number', maximum: 1, inclusive: true });
          } else if (key === slicesKey && (!Number.isInteger(value) || value < 2)) {
            const message = `how many slices: a whole number from 2 to ${mostSlices}`;
            context.addIssue({ ...place, code: 'custom', message });
          }
        }
      })
      .describe(
        'Named values of rollout_wariness, each with its own update graph: 0 gets an update first, 1 when the rollout is complete. slices: 100 makes a hundred graphs, slice-1 to slice-100, for rollouts without jumps.',
      ),
    publish: z
      .strictObject({
        url: z
          .string()
          .optional()
          .describe('Address at which the published files can be read, such as https://acme.github.io/os/'),
        oci: z
          .boolean()
          .default(true)
          .describe('Also publish the files as an OCI artifact, under the tag updates-<fleet> of image.'),
        'signed-by': signers
          .optional()
          .describe(
            'publish-updates signs the artifact; doctor and restore-state accept none without a signature of one of these. For audits: nodes do not check it.',
          ),
      })
      .prefault({})
      .describe('Where update guidance is published.'),
    notify: z
      .strictObject({
        command: z
          .array(z.string().regex(/^[^\0]+$/, 'a text'))
          .min(1)
          .optional()
          .describe(
            'Program and arguments that coxswain watch-fleet runs when something begins, changes or is over. It gets the facts as JSON on standard input and in variables.',
          ),
      })
      .prefault({})
      .describe('How failures are reported, besides the issues on GitHub.'),
    node: node.prefault({}),
    'symbolic-tags': z
      .boolean()
      .default(false)
      .describe(
        'Also tag releases as <version>-<fleet>, <version>-<fleet>-barrier and <version>-<fleet>-deadend.',
      ),
  })
  .meta({
    title: 'Coxswain configuration',
    description: 'coxswain.yaml: what is built, for which fleets, and where update guidance is published',
  });

export type WrittenConfig = z.infer<typeof configSchema>;
export type WrittenFleet = z.infer<typeof fleet>;

/** Where the schema of this major version can always be read: for SchemaStore, and for editors without a checkout. */
export const configSchemaAddress =
  'https://raw.githubusercontent.com/coxswain-os/coxswain/v1/schema/coxswain.schema.json';

/** An entry for the catalog of schemastore.org. */
export function schemaStoreEntry(): object {
  return {
    name: 'Coxswain',
    description: 'GitOps for derived Fedora CoreOS images: what is built, for which fleets',
    fileMatch: ['coxswain.yaml'],
    url: configSchemaAddress,
  };
}

/**
 * The JSON Schema of coxswain.yaml, for completion in editors. Draft 7: what yaml-language-server knows best.
 * It cannot say everything that parseConfig checks (references between fields).
 */
export function configJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
  return { $schema, $id: configSchemaAddress, ...rest };
}
