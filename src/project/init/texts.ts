import { stringify } from 'yaml';
import { formatReference } from '../../world/registry/reference.ts';
import type { Config, Fleet } from '../configuration/config.ts';
import { formatVersion } from '../configuration/format-version.ts';

/** What the first coxswain.yaml says. */
export interface InitialSettings {
  readonly image: string;
  readonly testImage: string;
  readonly base: string;
  readonly stream: string;
  readonly architectures: readonly string[];
  /** Names; each but the first is promoted from the one before it. */
  readonly fleets: readonly string[];
  /** The branch of the first fleet, if it has another name than the fleet, as in an existing repository. */
  readonly branch?: string | undefined;
}

/**
 * Path of the JSON Schema for editors in the user's repository: it needs no network, and is always the right version.
 */
export const schemaFile = '.coxswain/coxswain.schema.json';

export function configText(settings: InitialSettings): string {
  const value = (text: string) => stringify(text).trimEnd();
  const { image, testImage, base, stream, architectures } = settings;
  return `# yaml-language-server: $schema=${schemaFile}
version: ${formatVersion}

# Where fleets get their images, and where images are pushed before they are tested.
image: ${value(image)}
test-image: ${value(testImage)}

# The tag to follow. watch-base pins its digest in the Containerfile, by a pull request each time it moves.
base: ${value(base)}
# Fedora's own barriers, dead-ends and pauses are respected, and read from Fedora. Another base publishes its own, or none:
# upstream: { updates: https://…/updates.json, releases: https://…/releases.json }
# Label com.coreos.stream of every build. Zincati follows a tag of this name in image, on every fleet.
stream: ${value(stream)}
architectures: [${architectures.join(', ')}]
# Build again after this time even if the base did not move: your packages may have newer versions.
refresh: 7d

# Each fleet is a branch, and the nodes that follow it. Merging to the branch releases to the fleet.
fleets:
${fleetLines(settings)}

# Who is offered an update when, while it is rolled out: 0 is first, 1 is when the rollout is complete. A node picks
# its ring by the address it asks: <url>/<fleet>/<architecture>/<ring>/
rings: { canary: 0.0, early: 0.1, broad: 0.5, late: 1.0 }

publish:
  # Where the published files can be read. Any web server or bucket will do.
  # url: ${suggestedUrl(image)}
  # Publish them as an OCI artifact beside the images too.
  oci: true
`;
}

function fleetLines({ fleets, branch }: InitialSettings): string {
  const own =
    branch === undefined || branch === fleets[0] ? '{}' : `{ branch: ${stringify(branch).trimEnd()} }`;
  return fleets
    .map((name, at) =>
      at === 0 ? `  ${name}: ${own}` : `  ${name}: { promote-from: ${fleets[at - 1]}, soak: 48h }`,
    )
    .join('\n');
}

/** GitHub Pages, if the image is in GitHub's registry. */
function suggestedUrl(image: string): string {
  const [, owner, name] = /^ghcr\.io\/([^/]+)\/([^/]+)$/.exec(image) ?? [];
  return owner === undefined ? 'https://updates.example.com/' : `https://${owner}.github.io/${name}/`;
}

/** The line of the Containerfile that copies the sample file. */
export const copyLine = 'COPY rootfs/ /';

export function containerfileText(config: Config): string {
  return `FROM ${formatReference(config.base)}

# Your own files: what is in rootfs/ is copied to the same place in the image.
${copyLine}

# Your own packages:
# RUN dnf -y install tmux && dnf clean all
`;
}

export const containerignoreText = `# Only what is named here is part of the build and of the build key: a change of anything else rebuilds nothing.
# Name every file and folder that the Containerfile copies.
*
!rootfs
`;

/** Files and folders that are not part of the image in most repositories. */
const notInImages = [
  '.git',
  '.github',
  '.coxswain',
  'coxswain.yaml',
  'rollouts',
  'tests',
  'docs',
  'README.md',
  'LICENSE',
];

/**
 * .containerignore for an existing Containerfile: names what most images do not need, unless the Containerfile names
 * it. @param tests the folder of tests
 */
export function containerignoreFor(containerfile: string, tests: string): string {
  const names = [...new Set([...notInImages, tests])].filter((name) => !containerfile.includes(name));
  return `# Not part of the build, nor of the build key: an edit of these rebuilds nothing. Add everything else that is not part of the image.
${names.join('\n')}
`;
}

export const gitignoreText = `# What boot-test and publish-updates leave in the checkout.
/boot-test-output/
/coxswain-image/
/site/
`;

export const motdFile = 'rootfs/etc/motd.d/50-derived.motd';

export const motdText = `A derived Fedora CoreOS: see https://docs.fedoraproject.org/en-US/fedora-coreos/
`;

/** A test that passes on any image that boots. @param hasSample the image has the sample file of rootfs/ */
export function testText(hasSample: boolean): string {
  const sample = `
echo "What the Containerfile adds is there"
test -s /etc/motd.d/50-derived.motd
`;
  return `#!/bin/sh
# Tests run as root inside the booted image, in the order of their names; exit code 0 passes.
# One that needs more than two minutes says so in a line of its own: coxswain: timeout=300 (after a #).
set -eu

echo "The kernel that runs is this image's: $(uname -r)"
test -d "/usr/lib/modules/$(uname -r)"
${hasSample ? sample : ''}
echo "Programs can write to /run"
echo written >/run/derived-test
grep -q written /run/derived-test
rm /run/derived-test
`;
}

/** A rollout policy: fleets that releases are promoted to get more time. */
export function templateText(fleet: Fleet): string {
  const { start, duration } =
    fleet.promoteFrom === undefined ? { start: 'now', duration: '24h' } : { start: '+1h', duration: '48h' };
  return `{{!-- How a release is rolled out to ${fleet.name}. Rendered once, when it is released.
start takes "now", "+2h", "next tuesday 14:00 UTC", or a date and time; minutes takes a duration. --}}
{
  "version": "{{version}}",
  "metadata": {
    "rollout": {
      "duration_minutes": {{minutes "${duration}"}},
      "start_epoch": {{start "${start}"}},
      "start_percentage": 0.0
    }
  }
}
`;
}
