import type { Architecture } from '../../world/registry/architecture.ts';
import type { Repository, TagReference } from '../../world/registry/reference.ts';
import type { BaseSignature } from './base-signature.ts';
import type { FreezeWindow } from './freeze-windows.ts';
import type { HaltCondition } from './halt-conditions.ts';
import type { NodePart } from './node-parts.ts';
import type { Rechunk } from './rechunk.ts';
import type { RequiredAdoption } from './required-adoption.ts';
import type { Ring } from './rings.ts';
import type { RingSuccess } from './success-threshold.ts';
import type { UpstreamAddresses } from './upstream-guidance.ts';

/** coxswain.yaml after its checks, with every default filled in. */
export interface Config {
  /** The file as messages name it. */
  readonly file: string;
  /** Production repository. */
  readonly image: Repository;
  /** Test registry repository. */
  readonly testImage: Repository;
  readonly base: TagReference;
  readonly baseSignature: BaseSignature;
  /** Guidance of the base itself; absent if there is none to inherit. */
  readonly upstream?: UpstreamAddresses;
  /** Value of the label com.coreos.stream in every build. */
  readonly stream: string;
  /** At least one, without duplicates, in the order of the file. */
  readonly architectures: readonly [Architecture, ...Architecture[]];
  /** Seconds. */
  readonly refresh: number;
  /** Path inside the repository. */
  readonly containerfile: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** How the own layer of an image is split; absent: it stays one. */
  readonly rechunk?: Rechunk;
  /** Folder inside the repository. */
  readonly tests: string;
  readonly bootTest: BootTestConfig;
  readonly evidence: EvidenceConfig;
  readonly stateBranch: string;
  /** By name, in the order of the file. */
  readonly fleets: Readonly<Record<string, Fleet>>;
  /** The earliest first, with the ring of nodes that chose none. */
  readonly rings: readonly Ring[];
  readonly publish: {
    /** Ends in a slash. */
    readonly url?: string;
    readonly oci: boolean;
    /** Whose signature the artifact needs; none: nobody's. */
    readonly signedBy: readonly EvidenceSigner[];
  };
  /** Program and arguments that are run for each failure; none: nothing is run. */
  readonly notifyCommand: readonly string[];
  readonly node: NodeKitConfig;
  readonly symbolicTags: boolean;
}

/** What nodes get by the node kit. */
export interface NodeKitConfig {
  readonly parts: readonly NodePart[];
  readonly reboots: 'immediate' | { readonly windows: readonly string[] } | { readonly 'fleet-lock': string };
  readonly migrateFrom: readonly string[];
}

export interface BootTestConfig {
  /** `direct`: by the image's kernel; `ostree`: deployed; `disk`: installed. Absent: direct. */
  readonly mode?: 'direct' | 'ostree' | 'disk';
  /** Path inside the repository of a configuration for Ignition. */
  readonly ignition?: string;
  /** What the first process must be. */
  readonly init: 'systemd' | 'any';
  /** `auto`: units of Fedora CoreOS that cannot work in the mode direct may fail. */
  readonly knownFailures: 'auto' | 'none';
  /** Units of systemd. */
  readonly allowedUnits: readonly string[];
  readonly memoryMegabytes: number;
  readonly cpus?: number;
  readonly network: 'closed' | 'user';
  readonly deadlineSeconds?: number;
  readonly kernelArguments: readonly string[];
  /** What to do about files in /var and /run of an image. */
  readonly leftovers: 'warn' | 'fail';
  /** Absent: if there are tests for it. */
  readonly upgrades?: boolean;
  /** Certificates, one of which has to have signed the kernel: paths inside the repository. */
  readonly secureBoot: readonly string[];
}

/** Whose signature makes evidence count. */
export interface EvidenceConfig {
  /** None: evidence counts without a signature. */
  readonly signedBy: readonly EvidenceSigner[];
  readonly sigstore: {
    /** Addresses of the services that certify and log a signature of a workflow run. */
    readonly fulcio: string;
    readonly rekor: string;
    /** Path inside the repository; absent: that of the public instance. */
    readonly trustedRoot?: string;
  };
}

export type EvidenceSigner =
  | {
      readonly kind: 'key';
      /** Public key: path inside the repository. */
      readonly file: string;
    }
  | {
      /** A run of a GitHub workflow. */
      readonly kind: 'workflow';
      /** `owner/name` that the run belongs to. */
      readonly repository: string;
      /** `owner/name/path`, with `@ref` if the ref of a reusable workflow has to be this one. */
      readonly workflow: string;
      /** Patterns of the refs that the run may be for. */
      readonly refs: readonly string[];
    };

/** A public key of a fleet. */
export interface SigningKeyFile {
  /** Path inside the repository. */
  readonly file: string;
  /** UNIX seconds after which it no longer signs; absent: it signs until it is removed. */
  readonly until?: number;
}

/** What the reports of scanners must say before a release is promoted. */
export interface VulnerabilityRule {
  readonly noneAbove: 'none' | 'low' | 'medium' | 'high';
  readonly exceptions: readonly {
    readonly id: string;
    /** UNIX seconds. */
    readonly until: number;
    readonly reason: string;
  }[];
}

export interface Fleet {
  readonly name: string;
  readonly branch: string;
  readonly tag: string;
  /** Path inside the repository. */
  readonly template: string;
  /** Name of the fleet whose releases come here by promotion. */
  readonly promoteFrom?: string;
  /** Seconds that a release has to run in `promoteFrom` first. */
  readonly soak: number;
  /** What the soak time is counted from: start or end of the rollout in `promoteFrom`. */
  readonly soakAfter: 'start' | 'complete';
  /** Nodes of `promoteFrom` that have to run a release first; absent: they are not counted. */
  readonly adoption?: RequiredAdoption;
  /** auto: promotions are merged as soon as all gates are green. */
  readonly approve: 'manual' | 'auto';
  /** Public keys whose private halves sign what is promoted here; none: nothing is signed. */
  readonly signing: readonly SigningKeyFile[];
  /** Absent: vulnerabilities do not matter. */
  readonly vulnerabilities?: VulnerabilityRule;
  /** When nothing is promoted here, the windows of all fleets included. */
  readonly freeze: readonly FreezeWindow[];
  /** When its rollouts are paused automatically; their names differ. */
  readonly haltWhen: readonly HaltCondition[];
  /** What a ring has to reach before the next ones open; absent: rings open by time alone. */
  readonly successThreshold?: RingSuccess;
}
