import type { Descriptor, Manifest } from './manifest.ts';
import type { Digest, Reference, Repository } from './reference.ts';
import type { ByteRange, Counters } from './request.ts';

/** Content that is streamed: `open` starts it anew, for another attempt. */
export interface BlobContent {
  readonly descriptor: Descriptor;
  /** Without a range all of it. */
  open(range?: ByteRange): Promise<ReadableStream<Uint8Array>>;
}

/**
 * A client of the OCI distribution specification 1.1. Every method throws
 * InputError for what the user can put right (no such image, not allowed, not a registry), and
 * OutsideError for what happened on the way (not reachable, a server's fault, wrong bytes).
 */
export interface RegistryClient {
  /** What a reference points at now, by one HEAD; undefined where the registry has no such thing. */
  resolve(reference: Reference): Promise<Descriptor | undefined>;
  /** Reads a manifest or index and verifies its digest. */
  getManifest(reference: Reference): Promise<Manifest>;
  /** Like getManifest; undefined where the registry has no such thing. */
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
   * Deletes a manifest, and with it every tag on it; one that is not there is as good as deleted.
   * @throws InputError where the registry does not let anyone delete
   */
  deleteManifest(repository: Repository, digest: Digest): Promise<void>;
  hasBlob(repository: Repository, digest: Digest): Promise<boolean>;
  /** Reads a small blob whole (at most 64 MiB) and verifies it. */
  getBlob(repository: Repository, digest: Digest): Promise<Uint8Array>;
  /**
   * Opens a blob; the stream errors at its end when digest or size are wrong. A part of it cannot be told right from
   * wrong: that is up to who puts it together.
   */
  openBlob(
    repository: Repository,
    descriptor: Descriptor,
    range?: ByteRange,
  ): Promise<ReadableStream<Uint8Array>>;
  /** Uploads a blob unless it is there (`absent`: the caller has looked). A stream is never held in memory. */
  uploadBlob(
    repository: Repository,
    content: Uint8Array | BlobContent,
    options?: { readonly absent?: boolean },
  ): Promise<Descriptor>;
  /**
   * Uploads a blob unless it is there, by one request less than looking first: the registry is asked to mount it from
   * its own repository, and where it cannot, it has opened an upload.
   */
  ensureBlob(repository: Repository, content: BlobContent): Promise<'present' | 'copied'>;
  /** Takes a blob over from another repository of the same registry; false where that did not work. */
  mountBlob(repository: Repository, digest: Digest, from: Repository): Promise<boolean>;
  /** All tags; none for a repository that does not exist. */
  listTags(repository: Repository): Promise<string[]>;
  /** Manifests whose subject is the digest: by the Referrers API, else by the fallback tag. */
  referrers(repository: Repository, digest: Digest, artifactType?: string): Promise<Descriptor[]>;
  readonly counters: Readonly<Counters>;
}
