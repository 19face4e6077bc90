import { defined } from '../../host/defined.ts';
import { InputError, type InputProblem } from '../../host/errors.ts';
import { parseDuration, parseTime } from '../../host/time.ts';
import { parseRepository, type TagReference } from '../../world/registry/reference.ts';
import { readBaseSignature } from './base-signature.ts';
import type {
  BootTestConfig,
  Config,
  EvidenceConfig,
  Fleet,
  SigningKeyFile,
  VulnerabilityRule,
} from './config-types.ts';
import { type FreezeWindow, readFreezeWindow } from './freeze-windows.ts';
import { type HaltCondition, readHaltCondition } from './halt-conditions.ts';
import { fieldName } from './problems.ts';
import { type Place, readBase, readDeadline, readRefresh, readUrl, tidyPath } from './read-fields.ts';
import { readRechunk } from './rechunk.ts';
import { readAdoption } from './required-adoption.ts';
import { readRings } from './rings.ts';
import type { WrittenConfig } from './schema.ts';
import { readRingSuccess } from './success-threshold.ts';
import { defaultUpstream, readAddress, type UpstreamAddresses } from './upstream-guidance.ts';
import type { Path, SourceDocument } from './yaml-document.ts';

/** Reads one field. A problem is noted, and the other fields are still read. */
type ReadField = <T>(path: Path, reader: (place: Place) => T) => T | undefined;

/**
 * The configuration that the file describes, with every default filled in.
 * @param about.problems gets what is wrong with single fields
 * @returns undefined if there is a problem
 */
export function buildConfig(
  written: WrittenConfig,
  about: { readonly file: string; readonly document: SourceDocument; readonly problems: InputProblem[] },
): Config | undefined {
  const { file, document, problems } = about;
  const read: ReadField = (path, reader) => {
    try {
      return reader({ where: document.placeOf(path), field: fieldName(path) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.details);
      return undefined;
    }
  };
  const image = read(['image'], (place) => parseRepository(written.image, place));
  const testImage = read(['test-image'], (place) =>
    parseRepository(written['test-image'] ?? `${written.image}-test`, place),
  );
  const base = read(['base'], (place) => readBase(written.base, place));
  const upstream = readUpstream(written, base, read);
  const baseSignature = read(['base-signature'], (place) =>
    base === undefined
      ? undefined
      : readBaseSignature(written['base-signature'], base, (name) => ({
          ...place,
          field: `${place.field}.${name}`,
        })),
  );
  const refresh = read(['refresh'], (place) => readRefresh(written.refresh, place));
  const { rechunk: splits } = written;
  const rechunk = read(['rechunk'], (place) =>
    splits === undefined
      ? undefined
      : readRechunk(splits, (name) => ({ ...place, field: `${place.field}.${name}` })),
  );
  const bootTest = readBootTest(written, read);
  const evidence = readEvidence(written, read);
  const url = read(['publish', 'url'], (place) => readUrl(written.publish.url, place));
  const freeze = readFreeze(written.freeze, ['freeze'], read);
  const fleets = Object.entries(written.fleets).map(([name, fleet]) =>
    readFleet(name, fleet, { freeze, read }),
  );
  const [firstArchitecture, ...architectures] = [...new Set(written.architectures)];
  if (
    problems.length > 0 ||
    image === undefined ||
    testImage === undefined ||
    base === undefined ||
    baseSignature === undefined ||
    refresh === undefined ||
    firstArchitecture === undefined
  ) {
    return undefined;
  }
  return {
    file,
    image,
    testImage,
    base,
    baseSignature,
    ...defined({ upstream }),
    stream: written.stream ?? base.tag,
    architectures: [firstArchitecture, ...architectures],
    refresh,
    containerfile: tidyPath(written.containerfile),
    buildArguments: written['build-arguments'],
    ...defined({ rechunk }),
    tests: tidyPath(written.tests),
    bootTest,
    evidence,
    stateBranch: written['state-branch'],
    fleets: Object.fromEntries(
      fleets.filter((fleet) => fleet !== undefined).map((fleet) => [fleet.name, fleet]),
    ),
    rings: readRings(written.rings),
    publish: {
      ...defined({ url }),
      oci: written.publish.oci,
      signedBy: (written.publish['signed-by'] ?? []).map(readSigner),
    },
    notifyCommand: written.notify.command ?? [],
    node: {
      parts: written.node.parts,
      reboots: written.node.reboots,
      migrateFrom: written.node['migrate-from'],
    },
    symbolicTags: written['symbolic-tags'],
  };
}

/** The addresses of the base's own guidance; undefined if no guidance is inherited. */
function readUpstream(
  { upstream }: WrittenConfig,
  base: TagReference | undefined,
  read: ReadField,
): UpstreamAddresses | undefined {
  if (upstream === 'none') return undefined;
  if (upstream === undefined) return base === undefined ? undefined : defaultUpstream(base);
  const updates = read(['upstream', 'updates'], (place) => readAddress(upstream.updates, place));
  const releases = read(['upstream', 'releases'], (place) => readAddress(upstream.releases, place));
  return updates === undefined || releases === undefined ? undefined : { updates, releases };
}

function readBootTest(written: WrittenConfig, read: ReadField): BootTestConfig {
  const { mode, ignition, deadline, upgrades, ...given } = written['boot-test'];
  const deadlineSeconds = read(['boot-test', 'deadline'], (place) =>
    deadline === undefined ? undefined : readDeadline(deadline, place),
  );
  return {
    ...defined({
      mode,
      ignition: ignition === undefined ? undefined : tidyPath(ignition),
      deadlineSeconds,
      upgrades,
      cpus: given.cpus,
    }),
    init: given.init,
    knownFailures: given['known-failures'],
    allowedUnits: written['allow-failed-units'],
    memoryMegabytes: given.memory,
    network: given.network,
    kernelArguments: given['kernel-arguments'],
    leftovers: given.leftovers,
    secureBoot: (given['secure-boot']?.certificates ?? []).map(tidyPath),
  };
}

function readEvidence({ evidence }: WrittenConfig, read: ReadField): EvidenceConfig {
  const sigstore = evidence?.sigstore;
  const address = (name: 'fulcio' | 'rekor', otherwise: string) =>
    read(['evidence', 'sigstore', name], (place) =>
      readAddress((sigstore?.[name] ?? otherwise).replace(/\/+$/, ''), place),
    ) ?? otherwise;
  const trustedRoot = sigstore?.['trusted-root'];
  return {
    signedBy: (evidence?.['signed-by'] ?? []).map(readSigner),
    sigstore: {
      fulcio: address('fulcio', 'https://fulcio.sigstore.dev'),
      rekor: address('rekor', 'https://rekor.sigstore.dev'),
      ...defined({ trustedRoot: trustedRoot === undefined ? undefined : tidyPath(trustedRoot) }),
    },
  };
}

function readSigner(
  signer: NonNullable<WrittenConfig['evidence']>['signed-by'][number],
): EvidenceConfig['signedBy'][number] {
  if (typeof signer === 'string') return { kind: 'key', file: tidyPath(signer) };
  const { repository, workflow, refs } = signer;
  const full = workflow.startsWith('.github/') ? `${repository}/${workflow}` : workflow;
  return { kind: 'workflow', repository, workflow: full, refs };
}

/** @param common.freeze the windows of all fleets */
function readFleet(
  name: string,
  fleet: WrittenConfig['fleets'][string],
  common: { readonly freeze: readonly FreezeWindow[]; readonly read: ReadField },
): Fleet | undefined {
  const { read } = common;
  const [soakText = '', soakAfter] = (fleet?.soak ?? '0s').split(' after ');
  const soak = read(['fleets', name, 'soak'], (place) => parseDuration(soakText, place));
  const own = readFreeze(fleet?.freeze ?? [], ['fleets', name, 'freeze'], read);
  const signing = readSigning(fleet?.signing?.keys ?? [], ['fleets', name, 'signing', 'keys'], read);
  const vulnerabilities = readVulnerabilityRule(fleet?.vulnerabilities, ['fleets', name], read);
  const haltWhen = readHaltWhen(fleet?.['halt-when'] ?? [], ['fleets', name, 'halt-when'], read);
  const required = fleet?.adoption;
  const adoption =
    required === undefined
      ? undefined
      : read(['fleets', name, 'adoption'], (place) => readAdoption(required, place));
  const success = fleet?.['success-threshold'];
  const successThreshold =
    success === undefined
      ? undefined
      : read(['fleets', name, 'success-threshold'], (place) => readRingSuccess(success, place));
  if (soak === undefined) return undefined;
  return {
    name,
    branch: fleet?.branch ?? name,
    tag: fleet?.tag ?? name,
    template: tidyPath(fleet?.template ?? `rollouts/${name}.json.hbs`),
    ...defined({ promoteFrom: fleet?.['promote-from'] }),
    soak,
    soakAfter: soakAfter === 'complete' ? 'complete' : 'start',
    ...defined({ adoption }),
    approve: fleet?.approve ?? 'manual',
    signing,
    ...defined({ vulnerabilities }),
    freeze: [...common.freeze, ...own],
    haltWhen,
    ...defined({ successThreshold }),
  };
}

function readHaltWhen(
  conditions: NonNullable<WrittenConfig['fleets'][string]>['halt-when'],
  path: Path,
  read: ReadField,
): HaltCondition[] {
  return conditions
    .map((condition, index) => read([...path, index], (place) => readHaltCondition(condition, place)))
    .filter((condition) => condition !== undefined);
}

function readFreeze(windows: WrittenConfig['freeze'], path: Path, read: ReadField): FreezeWindow[] {
  return windows
    .map((window, index) => read([...path, index], (place) => readFreezeWindow(window, place)))
    .filter((window) => window !== undefined);
}

function readSigning(
  keys: NonNullable<NonNullable<WrittenConfig['fleets'][string]>['signing']>['keys'],
  path: Path,
  read: ReadField,
): SigningKeyFile[] {
  return keys.map((key, index) => {
    const { file, until: day } = typeof key === 'string' ? { file: key, until: undefined } : key;
    const until = read([...path, index, 'until'], (place) =>
      day === undefined ? undefined : parseTime(day, place),
    );
    return { file: tidyPath(file), ...defined({ until }) };
  });
}

function readVulnerabilityRule(
  written: NonNullable<WrittenConfig['fleets'][string]>['vulnerabilities'],
  path: Path,
  read: ReadField,
): VulnerabilityRule | undefined {
  if (written === undefined) return undefined;
  const exceptions = written.exceptions.map(({ id, until: day, reason }, index) => {
    const until = read([...path, 'vulnerabilities', 'exceptions', index, 'until'], (place) =>
      parseTime(day, place),
    );
    return { id, until: until ?? 0, reason };
  });
  return { noneAbove: written['none-above'], exceptions };
}
