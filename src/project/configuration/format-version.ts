import { isMap, parseDocument } from 'yaml';
import type { InputProblem } from '../../host/errors.ts';
import type { SourceDocument } from './yaml-document.ts';

/** The version of the format of coxswain.yaml that this program reads and writes. */
export const formatVersion = 1;

/** A file without a version is of the first one. */
const firstVersion = 1;

/**
 * What brings a file from one version to the next, by the version that it starts from. Each changes the text, so that comments
 * and order stay. Version 1 is the first, so there is none yet.
 */
const steps: Readonly<Record<number, (text: string) => string>> = {};

/** A file that was written for a newer program; undefined if this one can read it. */
export function newerVersion({ value, placeOf }: SourceDocument): InputProblem | undefined {
  const found = versionOf(value);
  if (typeof found !== 'number' || !Number.isInteger(found) || found <= formatVersion) return undefined;
  return {
    where: placeOf(['version']),
    field: 'version',
    problem: 'this file is of a newer version than this program reads',
    found,
    expected: `${formatVersion} or older`,
    remedy: 'Install a newer Coxswain: coxswain --version shows yours.',
  };
}

function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
}

/**
 * Brings the text of coxswain.yaml to the newest version, with its comments.
 * @param text can be read as YAML
 * @returns the same text if it is of the newest version and says so
 */
export function migrateConfigText(text: string): string {
  const document = parseDocument(text);
  const written = versionOf(document.toJS());
  let migrated = text;
  for (
    let version = typeof written === 'number' ? written : firstVersion;
    version < formatVersion;
    version++
  ) {
    migrated = steps[version]?.(migrated) ?? migrated;
  }
  if (written !== undefined || !isMap(document.contents)) return migrated;
  const first = document.contents.items[0]?.key as { readonly range?: readonly [number, number, number] };
  const at = first?.range?.[0] ?? 0;
  return `${migrated.slice(0, at)}version: ${formatVersion}\n${migrated.slice(at)}`;
}
