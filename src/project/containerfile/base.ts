import { InputError } from '../../host/errors.ts';
import {
  type Digest,
  type DigestReference,
  formatReference,
  formatRepository,
  parseReference,
  type Reference,
  sameRepository,
  type TagReference,
} from '../../world/registry/reference.ts';
import type { SourceText } from './expand.ts';
import { type Containerfile, parseContainerfile, type Stage } from './parse.ts';

/** The FROM that names the configured base. */
export interface BaseStage {
  readonly stage: Stage;
  /** What it names; a tag until the base is pinned. */
  readonly reference: Reference;
}

/**
 * Finds the FROM that the image is derived from: the last stage's, followed through stage names.
 * The base counts as configured when it is the configured tag, or any digest of the configured repository.
 * @throws InputError when the last stage comes from anything else
 */
export function findBase(parsed: Containerfile, base: TagReference): BaseStage {
  let index = parsed.stages.length - 1;
  let stage = parsed.stages[index] as Stage;
  for (;;) {
    // A FROM can only mean a stage above it; the nearest one wins.
    const wanted = stage.resolved.toLowerCase();
    const above = parsed.stages.slice(0, index).findLastIndex((each) => each.alias?.toLowerCase() === wanted);
    if (above < 0) break;
    index = above;
    stage = parsed.stages[index] as Stage;
  }
  const reference = referenceToBase(stage, base);
  if (reference === undefined) {
    throw new InputError({
      where: stage.where,
      field: 'FROM',
      problem: 'the image is not derived from the configured base',
      found: stage.resolved,
      expected: `${formatReference(base)}, or a digest of ${formatRepository(base.repository)}`,
      remedy: `Write FROM ${formatReference(base)} here, or change base in coxswain.yaml.`,
    });
  }
  return { stage, reference };
}

/**
 * Pins the base: every FROM that names the configured base gets `repository:tag@digest`, so that a build stage on the
 * same base (for kernel modules, for example) moves with it. Nothing else in the file changes, and pinning twice
 * changes nothing. If the reference comes from an ARG's default, the default is changed.
 * @throws InputError as findBase; and for a reference that is composed in a way that cannot be rewritten
 */
export function repinBase(
  text: string,
  file: string,
  base: TagReference,
  pin: { readonly tag: string; readonly digest: Digest },
): string {
  const parsed = parseContainerfile(text, file);
  findBase(parsed, base);
  const target: DigestReference = { kind: 'digest', repository: base.repository, ...pin };
  const edits = new Map<number, Edit>();
  const affected = stagesOnBase(parsed, base);
  for (const stage of affected) {
    const edit = editOf(stage, target);
    const other = edits.get(edit.start);
    if (other !== undefined && other.end !== edit.end) throw cannotRewrite(stage, target);
    edits.set(edit.start, edit);
  }
  const changed = [...edits.values()]
    .sort((one, other) => other.start - one.start)
    .reduce((whole, { start, end, text: insert }) => whole.slice(0, start) + insert + whole.slice(end), text);
  checkRewritten(parsed, parseContainerfile(changed, file), affected, target);
  return changed;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The edit that gives a stage's reference another tag and digest: what follows the repository is replaced. */
function editOf(stage: Stage, target: DigestReference): Edit {
  const suffix = `:${target.tag}@${target.digest}`;
  const length = repositoryLength(stage.resolved);
  // `repository:${TAG}`: the colon and the rest are in different places; the colon stays.
  const kept = isContiguous(stage.source.slice(length)) ? 0 : 1;
  const replaced = stage.source.slice(length + kept);
  const [first, last] = [replaced[0], replaced.at(-1)];
  const colonStays = kept === 0 || stage.resolved.charAt(length) === ':';
  if (first === undefined || last === undefined || !colonStays || !isContiguous(replaced)) {
    throw cannotRewrite(stage, target);
  }
  return { start: first.offset, end: last.offset + 1, text: suffix.slice(kept) };
}

function isContiguous(text: SourceText): boolean {
  return text.every(({ offset }, index) => index === 0 || offset === (text[index - 1]?.offset ?? 0) + 1);
}

/** Length of the repository in a reference: where `:tag` or `@digest` begins. */
function repositoryLength(reference: string): number {
  const at = reference.indexOf('@');
  const named = at < 0 ? reference : reference.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return colon < 0 ? named.length : colon;
}

/** The stages that begin with an image, not with another stage and not with nothing. */
export function externalStages(parsed: Containerfile): Stage[] {
  return parsed.stages.filter((stage, index) => {
    const wanted = stage.resolved.toLowerCase();
    const isName = parsed.stages.slice(0, index).some((each) => each.alias?.toLowerCase() === wanted);
    return !isName && wanted !== 'scratch';
  });
}

/** The stages that begin with the configured base. */
export function stagesOnBase(parsed: Containerfile, base: TagReference): Stage[] {
  return externalStages(parsed).filter((stage) => referenceToBase(stage, base) !== undefined);
}

function referenceToBase(stage: Stage, base: TagReference): Reference | undefined {
  let reference: Reference;
  try {
    reference = parseReference(stage.resolved);
  } catch {
    return undefined; // a short name, `scratch`, an unknown variable: not a full reference, so not the base
  }
  if (!sameRepository(reference.repository, base.repository)) return undefined;
  return reference.kind === 'digest' || reference.tag === base.tag ? reference : undefined;
}

/** An ARG may be used by several FROMs: those that do not name the base must not change. */
function checkRewritten(
  before: Containerfile,
  after: Containerfile,
  affected: readonly Stage[],
  target: DigestReference,
): void {
  for (const [index, stage] of before.stages.entries()) {
    const pinned = `${stage.resolved.slice(0, repositoryLength(stage.resolved))}:${target.tag}@${target.digest}`;
    const expected = affected.includes(stage) ? pinned : stage.resolved;
    if (after.stages[index]?.resolved !== expected) throw cannotRewrite(stage, target);
  }
}

function cannotRewrite(stage: Stage, target: Reference): InputError {
  return new InputError({
    where: stage.where,
    field: 'FROM',
    problem:
      'the base cannot be pinned here: its tag is composed from several places, or shared with another FROM',
    found: stage.image,
    expected: 'one reference, or one ARG that holds it',
    remedy: `Write FROM ${formatReference(target)} by hand, or ARG BASE=… with FROM \${BASE}.`,
  });
}
