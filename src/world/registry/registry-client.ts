import type { Descriptor, Manifest } from './manifest.ts';
import type { Digest, Reference, Repository } from './reference.ts';
import type { ReferrerList } from './referrer-list.ts';
import type { ByteRange, Counters } from './request.ts';

/** Content that is streamed: `open` starts it again, for another attempt. */
export interface BlobContent {
  readonly descriptor: Descriptor;
  /** Without a range, the whole content. */
  open(range?: ByteRange): Promise<ReadableStream<Uint8Array>>;
}

/**
 * A client of the OCI distribution specification 1.1. Every method throws
 * InputError for what the user can fix (no such image, not allowed, not a registry), and
 * OutsideError for everything else (not reachable, a server's fault, wrong bytes).
 */
export interface RegistryClient {
  /** What a reference points at now, by one HEAD; undefined if the registry has no such thing. */
  resolve(reference: Reference): Promise<Descriptor | undefined>;
  /** Reads a manifest or index and verifies its digest. */
  getManifest(reference: Reference): Promise<Manifest>;
  /** Like getManifest; undefined if the registry has no such thing. */
  findManifest(reference: Reference): Promise<Manifest | undefined>;
  /** Puts a manifest's exact bytes under a tag or its digest. */
  putManifest(
    repository: Repository,
    tagOrDigest: string,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<Digest>;
  /**
   * Puts a manifest that has a subject, by its digest.
   * `listed`: the registry keeps the list of referrers itself (it answered OCI-Subject).
   */
  putReferrer(
    repository: Repository,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<{ digest: Digest; listed: boolean }>;
  /**
   * Deletes a manifest, and with it every tag on it. A manifest that does not exist is not an error.
   * @throws InputError if the registry does not support deletion
   */
  deleteManifest(repository: Repository, digest: Digest): Promise<void>;
  hasBlob(repository: Repository, digest: Digest): Promise<boolean>;
  /** Reads a small blob whole (at most 64 MiB) and verifies it. */
  getBlob(repository: Repository, digest: Digest): Promise<Uint8Array>;
  /**
   * Opens a blob; the stream errors at its end if digest or size are wrong. A range cannot be checked: the caller who
   * joins the ranges does that.
   */
  openBlob(
    repository: Repository,
    descriptor: Descriptor,
    range?: ByteRange,
  ): Promise<ReadableStream<Uint8Array>>;
  /** Uploads a blob unless it exists (`absent`: the caller has checked). A stream is never held in memory. */
  uploadBlob(
    repository: Repository,
    content: Uint8Array | BlobContent,
    options?: { readonly absent?: boolean },
  ): Promise<Descriptor>;
  /**
   * Uploads a blob unless it exists, with one request less than uploadBlob: it asks the registry to mount the blob from
   * the same repository. If it cannot, its answer is an open upload.
   */
  ensureBlob(repository: Repository, content: BlobContent): Promise<'present' | 'copied'>;
  /** Mounts a blob from another repository of the same registry; false if the registry did not. */
  mountBlob(repository: Repository, digest: Digest, from: Repository): Promise<boolean>;
  /** All tags; none for a repository that does not exist. */
  listTags(repository: Repository): Promise<string[]>;
  /**
   * Manifests whose subject is the digest, by the Referrers API and by the fallback tag. Entries that we cannot read
   * are left out with a warning.
   * @throws InputError for such an entry of the wanted type
   */
  referrers(repository: Repository, digest: Digest, artifactType?: string): Promise<Descriptor[]>;
  /** The list under the fallback tag of a digest; undefined if there is none. */
  fallbackList(repository: Repository, digest: Digest): Promise<ReferrerList | undefined>;
  readonly counters: Readonly<Counters>;
}
