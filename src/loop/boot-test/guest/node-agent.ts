import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import standIn from '../../../../node/stand-in/rpm-ostree.sh';
import type { InsideRoot } from '../../../host/inside-root.ts';
import { type Image, imageTimestamp } from '../../../world/registry/image.ts';
import type { Digest } from '../../../world/registry/reference.ts';
import { quoted } from './guest-scripts.ts';
import type { TestFile } from './list-tests.ts';
import asNode from './shell/as-node.sh';
import script from './shell/node-agent.sh';

/** Name of the result of asking the image's own update agent. */
export const agentTestName = 'check: node agent';

const agentPath = '/usr/libexec/zincati';

/** An image as a node has it. */
export interface NodeImage {
  readonly version: string;
  readonly digest: Digest;
  readonly image: Image;
}

/** The update that a node's own agent is asked about. */
export interface AgentQuestion {
  /** The graph that would be published if the rollout of the candidate were complete. */
  readonly graph: string;
  /** `registry/path` and the stream label: where nodes have their images from. */
  readonly repository: string;
  readonly stream: string;
  readonly candidate: NodeImage;
  /** What nodes of the fleet run now; absent if it has no release. */
  readonly current?: NodeImage;
}

/** Whether the image has Zincati, which Fedora CoreOS updates by. */
export async function hasAgent(root: InsideRoot): Promise<boolean> {
  return (await root.resolve(agentPath))?.kind === 'file';
}

/** Two runs of the agent, of at most 200 seconds each: in an emulated machine a start can take a minute. */
const timeoutSeconds = 450;

/** Writes the question as a test that runs in the machine. @param folder an empty folder; the caller removes it */
export async function writeAgentTest(question: AgentQuestion, folder: string): Promise<TestFile> {
  const path = join(folder, 'node-agent');
  await writeFile(path, agentScript(question));
  return { name: agentTestName, path, timeoutSeconds };
}

/** The whole question as one shell script. */
export function agentScript({ graph, repository, stream, candidate, current }: AgentQuestion): string {
  return nodeScript({
    settings: `[cincinnati]\nbase_url = "http://127.0.0.1:80/"\n${alwaysOn}`,
    site: { 'v1/graph': graph },
    images: current === undefined ? [candidate] : [current, candidate],
    repository,
    values: {
      reference: `ostree-unverified-registry:${repository}:${stream}`,
      candidate: candidate.digest,
      current: current?.digest ?? '',
      current_version: current?.version ?? '',
    },
    script,
  });
}

/**
 * A test that makes a node of the machine (see shell/as-node.sh), and runs a script there.
 * @param options.settings of Zincati, which take precedence over the image's own
 * @param options.site files at http://127.0.0.1:80/, by path
 * @param options.images that a registry has
 * @param options.files of the script, by path below $work
 */
export function nodeScript(options: {
  readonly settings: string;
  readonly site: Readonly<Record<string, string>>;
  readonly images: readonly NodeImage[];
  readonly repository: string;
  readonly values: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly script: string;
}): string {
  const files: Record<string, string> = {
    '$work/rpm-ostree': standIn,
    '$work/loginctl': '#!/bin/sh\necho "[]"\n',
    '$work/settings.toml': options.settings,
  };
  const add = (folder: string, more: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(more)) files[`${folder}/${path}`] = text;
  };
  add('$work/site', options.site);
  add('$work', options.files ?? {});
  add('$state', standInFiles(options.images, options.repository));
  const lines = Object.entries(files).flatMap(([path, text]) => [
    `  mkdir -p "${dirname(path)}"\n`,
    `  printf %s ${quoted(text)} >"${path}"\n`,
  ]);
  const values = Object.entries(options.values).map(([name, value]) => `${name}=${quoted(value)}\n`);
  return `#!/run/coxswain/busybox sh\n${values.join('')}write_files() {\n${lines.join('')}}\n${asNode}${options.script}`;
}

/** Zincati looks for updates, and restarts at once, whatever the image says. */
export const alwaysOn = `[updates]
enabled = true
strategy = "immediate"
`;

/** Images that a registry has, for the stand-in for rpm-ostree: path below its folder → text. */
export function standInFiles(
  images: readonly NodeImage[],
  repository: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    images.flatMap((image) => {
      const file = `images/${image.digest.slice('sha256:'.length)}`;
      return [
        [file, factsOf(image, repository)],
        [`${file}.meta`, `${JSON.stringify(metaOf(image))}\n`],
      ];
    }),
  );
}

/** What the image says, which may differ from the graph. */
function factsOf({ image }: NodeImage, repository: string): string {
  const version = image.config.labels['org.opencontainers.image.version'] ?? '';
  const created = Math.floor(imageTimestamp(image) ?? 0);
  return `REPOSITORY=${repository}\nVERSION=${version}\nCREATED=${created}\nSIGNED=no\n`;
}

/** What rpm-ostree keeps about an image that it deployed (ostree-ext, container/store.rs). */
function metaOf({ digest, image: { manifest, config } }: NodeImage): Readonly<Record<string, string>> {
  const { architecture, os, created, labels, diffIds } = config;
  return {
    'ostree.manifest-digest': digest,
    'ostree.manifest': JSON.stringify(manifest.json),
    'ostree.container.image-config': JSON.stringify({
      architecture,
      os,
      created,
      config: { Labels: labels },
      rootfs: { type: 'layers', diff_ids: diffIds },
      history: [],
    }),
    'ostree.importer.version': '0.15.3',
  };
}
