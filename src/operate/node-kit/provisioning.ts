import { stringify } from 'yaml';
import { defined } from '../../host/defined.ts';
import type { NodeFiles } from './node-files.ts';

/** Butane for Fedora CoreOS, of the version whose Ignition (3.3.0) all supported machines read. */
const butaneHead = { variant: 'fcos', version: '1.4.0' };
const ignitionVersion = '3.3.0';

/** The kit as a Butane file. */
export function butaneOf(node: NodeFiles): string {
  return `# Made by coxswain node-kit. Add your own users and files, and translate it: butane --strict FILE\n${stringify(
    {
      ...butaneHead,
      storage: storageOf(node, (text) => ({ inline: text })),
      systemd: { units: unitsOf(node) },
    },
    { lineWidth: 0 },
  )}`;
}

/** The Ignition configuration that Butane makes of it. */
export function ignitionOf(node: NodeFiles): string {
  const ignition = {
    ignition: { version: ignitionVersion },
    storage: storageOf(node, (text) => ({
      source: `data:;base64,${Buffer.from(text).toString('base64')}`,
    })),
    systemd: { units: unitsOf(node) },
  };
  return `${JSON.stringify(ignition, null, 2)}\n`;
}

/** @param contents how the format writes the text of a file */
function storageOf(node: NodeFiles, contents: (text: string) => object): object {
  const files = [...node.files].map(([path, text]) => ({
    path,
    mode: modeOf(node, path),
    // Fedora CoreOS has one.
    ...defined({ overwrite: path === '/etc/containers/policy.json' ? true : undefined }),
    contents: contents(text),
  }));
  const links = [...node.links].map(([path, target]) => ({ path, target, overwrite: true }));
  return { files, ...defined({ links: links.length === 0 ? undefined : links }) };
}

function modeOf(node: NodeFiles, path: string): number {
  return node.programs.has(path) ? 0o755 : 0o644;
}

function unitsOf(node: NodeFiles): object[] {
  return [
    ...[...node.units].map(([name, contents]) => ({
      name,
      ...defined({ enabled: installTargets(contents).length === 0 ? undefined : true }),
      contents,
    })),
    ...[...node.dropIns].map(([name, contents]) => ({
      name,
      dropins: [{ name: '50-coxswain-guard.conf', contents }],
    })),
  ];
}

/** The units that want this one: `multi-user.target.wants`. */
export function installTargets(unit: string): string[] {
  return [...unit.matchAll(/^(Wanted|Required)By=(.+)$/gm)].map(
    ([, kind, target]) => `${target}.${kind === 'Wanted' ? 'wants' : 'requires'}`,
  );
}
