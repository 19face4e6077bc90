import { defined } from '../../host/defined.ts';
import { findReferrer } from '../../world/registry/artifact.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import { isIndex } from '../../world/registry/manifest.ts';
import type { Digest, DigestReference } from '../../world/registry/reference.ts';
import { readStatements } from '../attestations/read-statements.ts';
import type { Trust } from '../attestations/trust.ts';
import { sbomArtifactType, sbomPredicateType } from '../sbom/store.ts';
import { type ReadReport, readReport, type ScanReport, type Vulnerability } from './scan-report.ts';
import { worst } from './severity.ts';

/** Artifact types of reports, as Trivy's plugin `referrer` and the examples of ORAS write them. */
export const sarifArtifactType = 'application/sarif+json';
/** For `cosign attest --type`: the address by which SARIF files name their schema. */
export const sarifPredicateType = 'https://json.schemastore.org/sarif-2.1.0.json';

const artifactTypes = [sarifArtifactType, sbomArtifactType];
const predicateTypes = [sarifPredicateType, sbomPredicateType];
/** Reports of large images have a few megabytes. They are held in memory. */
const largest = 32 * 1024 * 1024;
const createdAnnotations = ['org.opencontainers.image.created', 'org.opencontainers.artifact.created'];

/** What the scanners say about one image, or why nothing is known. */
export type ImageScan =
  | {
      readonly found: readonly Vulnerability[];
      /** The scanners whose reports these are. */
      readonly tools: readonly string[];
      /** Why other reports do not count. */
      readonly refused: readonly string[];
    }
  | { readonly missing: string };

/**
 * Reads the reports that scanners attached to an image, in each repository that has it. Of each scanner the newest counts; one without a time counts
 * always. If the configuration says whose signature counts, only signed reports do.
 * @param places the image, in one repository or several
 * @param options.digests the image, and indexes that have it
 * @throws OutsideError if the registry does not answer
 */
export async function readScan(
  client: RegistryClient,
  places: readonly DigestReference[],
  options: { readonly digests: readonly Digest[]; readonly trust: Trust },
): Promise<ImageScan> {
  const { digests, trust } = options;
  const read: ReadReport[] = [];
  for (const image of places) {
    const reports =
      trust.signedBy.length > 0
        ? await signedReports(client, image, options)
        : await plainReports(client, image, digests);
    read.push(...reports);
  }
  const reports: ScanReport[] = [];
  const refused: string[] = [];
  for (const each of read) {
    if (each === undefined) continue;
    if ('refused' in each) refused.push(each.refused);
    else reports.push(each);
  }
  const counted = newestOfEach(reports);
  const lists = counted.filter(({ onlyClears }) => !onlyClears);
  if (lists.length === 0) {
    const reasons = [...new Set(refused)];
    return {
      missing:
        reasons.length === 0
          ? 'no report of a scanner is attached'
          : `no report that is attached counts: ${reasons.join('; ')}`,
    };
  }
  return {
    found: merge(lists, new Set(counted.flatMap(({ cleared, onlyClears }) => (onlyClears ? cleared : [])))),
    tools: [...new Set(lists.map(({ tool }) => tool))],
    refused: [...new Set(refused)],
  };
}

async function plainReports(
  client: RegistryClient,
  image: DigestReference,
  digests: readonly Digest[],
): Promise<ReadReport[]> {
  const { repository, digest: subject } = image;
  const listed = (await client.referrers(repository, subject)).filter(({ artifactType }) =>
    artifactTypes.includes(artifactType ?? ''),
  );
  const reports: ReadReport[] = [];
  for (const descriptor of listed) {
    const manifest = await findReferrer(client, { repository, subject, digest: descriptor.digest });
    const layer = manifest === undefined || isIndex(manifest.json) ? undefined : manifest.json.layers[0];
    if (layer === undefined) continue;
    if (layer.size > largest) {
      reports.push({ refused: `it has ${layer.size} bytes, more than ${largest}` });
      continue;
    }
    const value = parse(await client.getBlob(repository, layer.digest));
    reports.push(
      value === undefined
        ? { refused: 'it is not JSON, or it is cut off' }
        : dated(readReport(value, digests), descriptor),
    );
  }
  return reports;
}

async function signedReports(
  client: RegistryClient,
  image: DigestReference,
  { digests, trust }: { readonly digests: readonly Digest[]; readonly trust: Trust },
): Promise<ReadReport[]> {
  const reports: ReadReport[] = [];
  for (const type of predicateTypes) {
    for (const { predicate, refused } of await readStatements(client, image, type, trust)) {
      const report = readReport(predicate, digests);
      reports.push(refused === undefined || report === undefined ? report : { refused });
    }
  }
  if (reports.some((each) => each !== undefined)) return reports;
  const plain = await plainReports(client, image, digests);
  return plain.map((each) => each && { refused: 'it is not signed' });
}

/** A report without a time has that of its artifact, if there is one. */
function dated(report: ReadReport, { annotations }: Descriptor): ReadReport {
  if (report === undefined || 'refused' in report || report.at !== undefined) return report;
  const written = createdAnnotations.map((name) => annotations?.[name]).find((each) => each !== undefined);
  const milliseconds = Date.parse(written ?? '');
  return { ...report, ...defined({ at: Number.isNaN(milliseconds) ? undefined : milliseconds / 1000 }) };
}

function newestOfEach(reports: readonly ScanReport[]): ScanReport[] {
  return reports.filter(({ tool, at, onlyClears }) => {
    if (at === undefined) return true;
    return !reports.some(
      (other) => other.tool === tool && other.onlyClears === onlyClears && (other.at ?? 0) > at,
    );
  });
}

/** Each vulnerability once, as severe as any report says. */
function merge(reports: readonly ScanReport[], cleared: ReadonlySet<string>): Vulnerability[] {
  const all = new Map<string, Vulnerability>();
  for (const each of reports.flatMap(({ found }) => found)) {
    if (cleared.has(each.id)) continue;
    const known = all.get(each.id);
    all.set(each.id, {
      id: each.id,
      severity: known === undefined ? each.severity : worst([known.severity, each.severity]),
      packages: [...new Set([...(known?.packages ?? []), ...each.packages])],
    });
  }
  return [...all.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
