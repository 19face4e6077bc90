import type { Fleet } from '../../project/configuration/config.ts';
import type { MergeResult } from '../../world/git/merge-trees.ts';
import type { FleetState } from '../state/state.ts';
import type { UpstreamGuidance } from '../upstream/guidance.ts';
import type { ScannedImage } from '../vulnerabilities/scanned-image.ts';
import type { Exception, GateResult, GateVerdict } from './gate.ts';
import { branchGate, imageGate, type MergedImage, mergeGate, templateGate } from './merge-gates.ts';
import {
  adoptionGate,
  evidenceGate,
  rolloutGate,
  type SourceRelease,
  skippedIfUrgent,
  soakGate,
} from './source-gates.ts';
import { freezeGate, holdGate, orderGate, upstreamGate } from './target-gates.ts';
import { vulnerabilityGate } from './vulnerability-gate.ts';

/** What the source fleet knows about one of its releases. */
export interface ReleaseFacts {
  /** Name of the fleet that the release comes from. */
  readonly source: string;
  readonly target: Fleet;
  readonly release: SourceRelease;
  /** UNIX seconds. */
  readonly now: number;
}

/** What the state branch, the labels of the pull request, and upstream's guidance say. */
export interface StateFacts extends ReleaseFacts {
  /** State of the target fleet. */
  readonly to: FleetState;
  /** A label that lets the promotion through a freeze; `reason` is empty if the label gives none. */
  readonly freezeException: Exception | undefined;
  /** undefined if the base has none; an error if it cannot be read. */
  readonly guidance: UpstreamGuidance | Error | undefined;
}

/** The result of merging the release into the target's branch. */
export interface MergeFacts extends StateFacts {
  readonly forecast: MergeResult;
  /** The promotion's branch has commits of people, and lacks the release: name of that branch. */
  readonly outdatedBranch: string | undefined;
  /** Path of the rollout template, and why it does not render. */
  readonly template: { readonly path: string; readonly problem: string | undefined };
}

/** What the registry knows about the image that the merge builds. */
export interface RegistryFacts extends MergeFacts {
  /** undefined if the merge builds the source's image, or has conflicts. */
  readonly mergedImage: MergedImage | undefined;
  /** What scanners say about the image that would be promoted; an error if the registry cannot say. */
  readonly scans?: readonly ScannedImage[] | Error;
}

interface FactsOf {
  readonly release: ReleaseFacts;
  readonly state: StateFacts;
  readonly merge: MergeFacts;
  readonly registry: RegistryFacts;
}

/** What a gate needs: the source's release, the state of both fleets, the merge, or the registry. */
export type GateNeeds = keyof FactsOf;

interface GateOf<N extends GateNeeds> {
  /** The text that people see; it may name a fleet. */
  readonly name: (facts: FactsOf[N]) => string;
  readonly needs: N;
  /** @returns undefined if the gate does not apply to this promotion */
  readonly evaluate: (facts: FactsOf[N]) => GateVerdict | undefined;
}

/** One condition of a promotion. */
export type Gate = { readonly [N in GateNeeds]: GateOf<N> }[GateNeeds];

/**
 * Every condition of a promotion, in the order in which people see them. This is the only list: open-promotion
 * evaluates all gates, `status` those that need neither the merge nor the registry, and the choice of the release
 * those that need only the release.
 */
export const promotionGates: readonly Gate[] = [
  {
    name: ({ source }) => `hold of ${source}`,
    needs: 'state',
    evaluate: ({ release, now }) => holdGate(release.state.operations, now),
  },
  {
    name: ({ target }) => `hold of ${target.name}`,
    needs: 'state',
    evaluate: ({ to, now }) => holdGate(to.operations, now),
  },
  {
    name: () => 'freeze',
    needs: 'state',
    evaluate: ({ target, freezeException, now }) => freezeGate(target, freezeException, now),
  },
  {
    name: ({ source }) => `rollout in ${source}`,
    needs: 'release',
    evaluate: ({ release, now }) => skippedIfUrgent(rolloutGate(release, now), release),
  },
  {
    name: () => 'soak time',
    needs: 'release',
    evaluate: ({ release, target, now }) => skippedIfUrgent(soakGate(release, target, now), release),
  },
  {
    name: ({ source }) => `adoption in ${source}`,
    needs: 'release',
    evaluate: (facts) => {
      const verdict = adoptionGate(facts.release, facts);
      return verdict === undefined ? undefined : skippedIfUrgent(verdict, facts.release);
    },
  },
  { name: () => 'evidence', needs: 'release', evaluate: ({ release }) => evidenceGate(release.record) },
  {
    name: () => 'base upstream',
    needs: 'state',
    evaluate: ({ guidance, release, now }) => upstreamGate(guidance, release.record.baseVersion, now),
  },
  {
    name: ({ target }) => `newer than ${target.name}`,
    needs: 'state',
    evaluate: ({ release, target, to }) => orderGate(release.record, target.name, to),
  },
  { name: () => 'merge', needs: 'merge', evaluate: ({ forecast }) => mergeGate(forecast) },
  { name: () => 'image', needs: 'registry', evaluate: ({ mergedImage }) => imageGate(mergedImage) },
  {
    name: () => 'vulnerabilities',
    needs: 'registry',
    evaluate: ({ target, scans, now }) => vulnerabilityGate(target.vulnerabilities, scans, now),
  },
  { name: () => 'template', needs: 'merge', evaluate: ({ template }) => templateGate(template) },
  {
    name: () => 'branch',
    needs: 'merge',
    evaluate: ({ outdatedBranch, release }) => branchGate(outdatedBranch, release.record.commit),
  },
];

/** The gates that need only what the source fleet knows about a release. */
export function evaluateReleaseGates(facts: ReleaseFacts): GateResult[] {
  return evaluate((gate) => (gate.needs === 'release' ? resultOf(gate, facts) : undefined));
}

/** The gates that need neither the merge nor the registry. */
export function evaluateStateGates(facts: StateFacts): GateResult[] {
  return evaluate((gate) =>
    gate.needs === 'release' || gate.needs === 'state' ? resultOf(gate as GateOf<'state'>, facts) : undefined,
  );
}

/** All gates. */
export function evaluateAllGates(facts: RegistryFacts): GateResult[] {
  return evaluate((gate) => resultOf(gate as GateOf<'registry'>, facts));
}

function evaluate(resultFor: (gate: Gate) => GateResult | undefined): GateResult[] {
  return promotionGates.map(resultFor).filter((result) => result !== undefined);
}

function resultOf<N extends GateNeeds>(gate: GateOf<N>, facts: FactsOf[N]): GateResult | undefined {
  const verdict = gate.evaluate(facts);
  return verdict === undefined ? undefined : { name: gate.name(facts), ...verdict };
}
