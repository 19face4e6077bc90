import type { Graph, GraphNode } from '../../guidance/graph.ts';
import type { UpdateMetadata } from '../../guidance/metadata.ts';
import type { ReleaseIndex } from '../../guidance/releases.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { Ring } from '../../project/configuration/rings.ts';
import type { Heard, LastPublished } from '../../release/published/last-published.ts';
import type { PublishedFiles } from '../../release/published/published-files.ts';
import type { PublicationStamp } from '../../release/published/stamp.ts';
import type { PrometheusCredentials } from '../../world/prometheus/credentials.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import type { Image } from '../../world/registry/image.ts';
import type { DigestReference } from '../../world/registry/reference.ts';

/** One problem that doctor found. An error harms nodes, now or later. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** Name of the check, kebab-case. */
  readonly check: string;
  /** File, image or setting. */
  readonly where: string;
  /** A sentence without a final period. */
  readonly message: string;
  /** What to do: full sentences. */
  readonly remedy: string;
}

/** What one check found. The severity is `error` unless the check says otherwise. */
export type Problem = Omit<Finding, 'check' | 'severity'> & Partial<Pick<Finding, 'check' | 'severity'>>;

/** What every check can use. */
export interface Tools {
  readonly config: Config;
  /** Top folder of the checkout. */
  readonly root: string;
  readonly client: RegistryClient;
  readonly files: PublishedFiles;
  /** UNIX seconds. */
  readonly now: number;
  /** How many seconds late a graph may be. */
  readonly grace: number;
  /** For the servers that halt-when names. */
  readonly prometheus?: PrometheusCredentials | undefined;
  /** Other places that know what was published. */
  readonly witnesses: readonly PublishedFiles[];
}

/** The whole site. */
export interface SiteSubject {
  /** `cincinnati.base_url` values, as nodes have them. */
  readonly baseUrls: readonly string[];
  /** The images that nodes run. */
  readonly nodeReferences: readonly DigestReference[];
  /** The fleets that could be read. */
  readonly fleets: readonly FleetSubject[];
}

/** What is published for one fleet. */
export interface FleetSubject {
  readonly fleet: string;
  readonly releases: ReleaseIndex;
  readonly updates: UpdateMetadata;
  /** When it was published; undefined if that could not be read. */
  readonly stamp: PublicationStamp | undefined;
  /** What the other places have published for this fleet. */
  readonly heard: readonly Heard[];
  /** The first place that has the fleet's whole state, as the artifact does. */
  readonly withState: LastPublished | undefined;
  /** The graphs that could be read. */
  readonly graphs: readonly GraphSubject[];
}

/** One published graph. */
export interface GraphSubject {
  readonly fleet: string;
  readonly releases: ReleaseIndex;
  readonly updates: UpdateMetadata;
  readonly basearch: string;
  readonly ring: Ring;
  readonly path: string;
  readonly graph: Graph;
}

/** One image that a graph names. */
export interface ImageSubject {
  readonly node: GraphNode;
  readonly fleet: string;
  readonly basearch: string;
  /** Fleet, version and architecture, as messages name the image. */
  readonly where: string;
  /** prune-images keeps it. */
  readonly kept: boolean;
  /** The node is for the index over a release's architectures. Nodes only update from it. */
  readonly isIndex: boolean;
  /** A node may be offered it. */
  readonly target: boolean;
  /** The image belongs to the fleet's newest release. */
  readonly current: boolean;
  /** The image in production; undefined for an index. */
  readonly image: Image | undefined;
}

/** All images of one architecture, in the order of the graph. */
export interface ImagesSubject {
  readonly fleet: string;
  readonly images: readonly ImageSubject[];
}

/** The subjects of checks. */
export interface Subjects {
  readonly site: SiteSubject;
  readonly fleet: FleetSubject;
  readonly graph: GraphSubject;
  readonly image: ImageSubject;
  readonly images: ImagesSubject;
}

/** One check about one kind of subject. */
export interface CheckOf<K extends keyof Subjects> {
  /** The name in kebab-case, which each finding has. */
  readonly name: string;
  readonly of: K;
  run(subject: Subjects[K], tools: Tools): Promise<readonly Problem[]> | readonly Problem[];
}

export type Check = { readonly [K in keyof Subjects]: CheckOf<K> }[keyof Subjects];
