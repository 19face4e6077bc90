import type { Config } from '../../../project/configuration/config.ts';
import type { RegistryClient } from '../../../world/registry/client.ts';
import type { Digest } from '../../../world/registry/reference.ts';
import type { AttestationSigner } from '../../attestations/sign.ts';

/** What is to be published. */
export interface Publication {
  readonly config: Config;
  readonly client: RegistryClient;
  /** The folder for files. */
  readonly folder: string;
  /** Path → text, in the order in which they must be written. */
  readonly site: ReadonlyMap<string, string>;
  /** The same for each fleet that is published now, by the fleet's name: only the files of that fleet. */
  readonly fleets: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Top folder of the checkout. */
  readonly root: string;
  /** Signs the artifacts. */
  readonly signer?: AttestationSigner | undefined;
  /** UNIX seconds. */
  readonly now: number;
}

/** An artifact of one fleet in the registry. */
export interface FleetArtifact {
  readonly fleet: string;
  /** `repository:updates-<fleet>` */
  readonly reference: string;
  readonly digest: Digest;
  readonly changed: boolean;
}

/** What one publisher did. */
export interface Published {
  /** Paths, as people should read them. */
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly artifacts: readonly FleetArtifact[];
}

/** One kind of place that guidance is published to. */
export interface Publisher {
  /** Whether the configuration asks for it. */
  isWanted(config: Config): boolean;
  /** Publishes; writes nothing that is published already. Running it again finishes what a crash left undone. */
  publish(publication: Publication): Promise<Published>;
}
