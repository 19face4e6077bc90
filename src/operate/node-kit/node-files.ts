import { defined } from '../../host/defined.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { NodePart } from '../../project/configuration/node-parts.ts';
import { isNamed } from '../../project/configuration/rings.ts';
import type { NodePolicy } from '../../release/signatures/containers-policy.ts';
import { formatRepository } from '../../world/registry/reference.ts';
import { guardDropIn, guardedServices, scripts, units } from './kit-texts.ts';
import { rebootsToml } from './reboots.ts';

/** What goes onto a node: absolute paths. */
export interface NodeFiles {
  /** Path → text. Those of `programs` are run. */
  readonly files: ReadonlyMap<string, string>;
  readonly programs: ReadonlySet<string>;
  /** Path → target. */
  readonly links: ReadonlyMap<string, string>;
  /** Unit → text. All units that can be enabled are. */
  readonly units: ReadonlyMap<string, string>;
  /** Service → text of its drop-in 50-coxswain-guard.conf. */
  readonly dropIns: ReadonlyMap<string, string>;
}

/** The folder of the scripts in an image; the units name it. */
const imageFolder = '/usr/lib/coxswain';

/**
 * The files of the kit for one place.
 * @param options.into `image`: below /usr; `machine`: on a stock machine /usr cannot be written, so /usr/local and /etc
 * @param options.fleet of the nodes; without one a node takes the fleet whose tag it was installed by
 * @param options.policy for the part trust
 */
export function nodeFiles(
  config: Config,
  options: {
    readonly into: 'image' | 'machine';
    readonly fleet?: string;
    readonly parts: ReadonlySet<NodePart>;
    readonly policy?: NodePolicy;
  },
): NodeFiles {
  const { into, parts } = options;
  const folder = into === 'image' ? imageFolder : '/usr/local/lib/coxswain';
  const onNode = (text: string) => text.replaceAll(imageFolder, folder);
  const files = new Map<string, string>();
  for (const [name, text] of Object.entries(scripts)) files.set(`${folder}/${name}`, text);
  files.set(`${folder}/kit.conf`, kitSettings(config, options));
  const command = into === 'image' ? '/usr/bin/coxswain-node' : '/usr/local/bin/coxswain-node';
  files.set(command, `#!/usr/bin/bash\nexec bash ${folder}/coxswain-node.sh "$@"\n`);
  if (options.fleet !== undefined && into === 'machine') {
    files.set('/etc/coxswain/node.conf', `FLEET=${options.fleet}\n`);
  }
  if (parts.has('reboots')) {
    const place = into === 'image' ? '/usr/lib' : '/etc';
    const text = rebootsToml(config.node.reboots, { where: config.file });
    files.set(`${place}/zincati/config.d/60-coxswain-reboots.toml`, text);
  }
  const links = new Map<string, string>();
  if (options.policy !== undefined) {
    const policy = `${JSON.stringify(options.policy.policy, null, 2)}\n`;
    files.set('/etc/containers/policy.json', policy);
    files.set('/etc/containers/registries.d/coxswain.yaml', options.policy.registries);
    // rpm-ostreed would read Fedora's own policy, which accepts any image of others.
    if (into === 'image') files.set('/usr/lib/coreos/coreos-containers-policy.json', policy);
    else links.set('/etc/systemd/system/rpm-ostreed.service.d/coreos-containers-policy.conf', '/dev/null');
  }
  const chosen = [...parts].flatMap((part) => Object.entries(units[part] ?? {}));
  return {
    files,
    programs: new Set([command]),
    links,
    units: new Map(chosen.map(([name, text]) => [name, onNode(text)])),
    dropIns: new Map(
      parts.has('guard') ? guardedServices.map((service) => [service, onNode(guardDropIn)]) : [],
    ),
  };
}

/** kit.conf: what nodes have to know of coxswain.yaml. */
function kitSettings(
  config: Config,
  { fleet, parts }: { readonly fleet?: string; readonly parts: ReadonlySet<NodePart> },
): string {
  const fleets = Object.values(config.fleets);
  const rings = config.rings.filter(isNamed);
  const settings = {
    IMAGE: formatRepository(config.image),
    STREAM: config.stream,
    SITE: config.publish.url ?? '',
    ARTIFACT: config.publish.oci ? 'yes' : 'no',
    FLEETS: fleets.map(({ name }) => name).join(' '),
    TAGS: fleets.map(({ name, tag }) => `${name}=${tag}`).join(' '),
    SIGNED: fleets
      .filter(({ signing }) => signing.length > 0)
      .map(({ name }) => name)
      .join(' '),
    RINGS: rings.map(({ name, wariness }) => `${name}=${wariness}`).join(' '),
    SLICES: String(config.rings.filter(({ isSlice }) => isSlice).length),
    FOLLOW: parts.has('local-graph') ? 'local-graph' : 'ring',
    MIGRATE_FROM: config.node.migrateFrom.join(' '),
    ...defined({ FLEET: fleet }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  return `# Made by coxswain node-kit from ${config.file}. A node's own settings: /etc/coxswain/node.conf\n${lines.join('')}`;
}
