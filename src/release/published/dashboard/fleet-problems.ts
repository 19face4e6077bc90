import { holdAt } from '../../../guidance/operations.ts';
import { findStranded, type StrandedRelease } from '../../../guidance/update-paths.ts';
import { formatPercent } from '../../../host/percent.ts';
import { formatDuration } from '../../../host/time.ts';
import { doubtOf } from '../../upstream/upstream-state.ts';
import type { SiteFleet, SiteInput } from '../input.ts';
import { type Html, html } from './html.ts';
import { nameOf, withLinks } from './links.ts';
import { isHalt, type RolloutView, showTime } from './rollout-view.ts';

/** One thing that people should look at: `wrong` needs somebody, `waiting` ends automatically, or somebody decided it. */
export interface Problem {
  readonly severity: 'wrong' | 'waiting';
  /** A word for it, such as `paused`. */
  readonly word: string;
  readonly text: Html;
}

/** A deadline is shown this many seconds before. */
const shownBefore = 14 * 86_400;

/** A publication may be late by this many seconds: a schedule is not exact. */
export const lateness = 3600;

/** Everything that is wrong with a fleet, or that it waits for; what is wrong comes first. */
export function findProblems(fleet: SiteFleet, views: readonly RolloutView[], input: SiteInput): Problem[] {
  const all = [
    ...stopped(fleet, views),
    ...ringsThatWait(fleet),
    ...held(fleet, input),
    ...stranded(fleet),
    ...promotion(fleet, input),
    ...around(fleet, input),
  ];
  return [
    ...all.filter(({ severity }) => severity === 'wrong'),
    ...all.filter(({ severity }) => severity === 'waiting'),
  ];
}

function stopped({ state }: SiteFleet, views: readonly RolloutView[]): Problem[] {
  const { paused = [], withdrawn = [] } = state.operations ?? {};
  const superseded = (version: string) => {
    const versions = state.releases.releases.map((release) => release.version);
    const complete = views.find(({ phase }) => phase === 'complete')?.version ?? '';
    return versions.indexOf(complete) > versions.indexOf(version);
  };
  return [
    ...paused
      .filter(({ held: byHold }) => byHold !== true)
      .map((each): Problem => {
        const until = each.until === undefined ? '' : html` until ${showTime(each.until)}`;
        const halted = isHalt(each);
        return {
          severity: halted ? 'wrong' : 'waiting',
          word: halted ? 'halted' : 'paused',
          text: html`<code>${each.version}</code> is ${halted ? 'halted' : 'paused'} at ${formatPercent(each.progress)}${until}: ${said(each)}`,
        };
      }),
    ...withdrawn
      .filter(({ version }) => !superseded(version))
      .map(
        (each): Problem => ({
          severity: 'wrong',
          word: 'withdrawn',
          text: html`<code>${each.version}</code> is offered to nobody, and the nodes that run it wait for the next release: ${said(each)}`,
        }),
      ),
  ];
}

function ringsThatWait({ facts }: SiteFleet): Problem[] {
  return (facts?.rings ?? [])
    .filter(({ ring }) => ring !== undefined)
    .map(
      ({ version, note }): Problem => ({
        severity: 'waiting',
        word: 'ring',
        text: html`<code>${version}</code>: ${note}`,
      }),
    );
}

function held({ state, facts }: SiteFleet, { now }: SiteInput): Problem[] {
  const hold = state.operations === undefined ? undefined : holdAt(state.operations, now);
  const { freeze } = facts ?? {};
  const until = (moment: number | undefined) =>
    moment === undefined ? '' : html` until ${showTime(moment)}`;
  const source = hold !== undefined && 'source' in hold ? html` (${String(hold.source)})` : '';
  return [
    ...(hold === undefined
      ? []
      : [
          {
            severity: 'waiting' as const,
            word: 'held',
            text: html`No new release${until(hold.until)}${source}: ${said(hold)}`,
          },
        ]),
    ...(freeze === undefined
      ? []
      : [
          {
            severity: 'waiting' as const,
            word: 'frozen',
            text: html`Nothing is promoted${until(freeze.until)}: ${withLinks(freeze.reason)}`,
          },
        ]),
  ];
}

function stranded({ state }: SiteFleet): Problem[] {
  const withdrawn = new Set((state.operations?.withdrawn ?? []).map(({ version }) => version));
  const groups = new Map<string, StrandedRelease[]>();
  for (const each of findStranded(state)) {
    // It is shown as withdrawn.
    if (withdrawn.has(each.version)) continue;
    const key = `${each.architecture} ${each.end === each.version ? '' : each.end} ${each.goal}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((group): Problem => {
    const [first, last] = [group[0] as StrandedRelease, group.at(-1) as StrandedRelease];
    const which =
      group.length === 1
        ? html`<code>${first.version}</code>`
        : html`${group.length} releases, <code>${first.version}</code> to <code>${last.version}</code>,`;
    const end = first.end === first.version ? 'stay where they are' : html`end at <code>${first.end}</code>`;
    return {
      severity: 'wrong',
      word: 'stranded',
      text: html`Nodes on ${which} on ${first.architecture} ${end}, and never reach <code>${first.goal}</code>${first.why === 'dead-end' ? ': a dead-end is in the way' : ''}.`,
    };
  });
}

function promotion({ name, facts, state }: SiteFleet, { now }: SiteInput): Problem[] {
  const pending = facts?.promotion;
  // The hold and the freeze of this fleet are shown themselves.
  const shown = [
    ...(state.operations !== undefined && holdAt(state.operations, now) !== undefined
      ? [`hold of ${name}`]
      : []),
    ...(facts?.freeze === undefined ? [] : ['freeze']),
  ];
  return (pending?.gates ?? [])
    .filter((gate) => gate.state !== 'green' && !shown.includes(gate.name))
    .map((gate): Problem => {
      const until = gate.until === undefined ? '' : html`, opens ${showTime(gate.until)}`;
      const word = gate.state === 'red' ? 'gate' : gate.state === 'waiting' ? 'waits' : 'not known';
      return {
        severity: gate.state === 'red' ? 'wrong' : 'waiting',
        word,
        text: html`Promotion of <code>${pending?.version}</code> from ${pending?.from}, ${gate.name}: ${withLinks(gate.note)}${until}`,
      };
    });
}

function around({ facts, state }: SiteFleet, { now }: SiteInput): Problem[] {
  const newest = state.releases.releases.at(-1)?.version ?? '';
  const record = state.records?.[newest];
  const doubt = facts?.upstream === undefined ? undefined : doubtOf(facts.upstream);
  const accepted = record?.acceptedMissingEvidence;
  const cameBack = (state.adoption?.cameBack ?? []).reduce((sum, { nodes }) => sum + nodes, 0);
  return [
    ...(cameBack === 0
      ? []
      : [
          {
            severity: 'wrong' as const,
            word: 'came back',
            text: html`${cameBack} nodes ran a newer release, and now run an older one.`,
          },
        ]),
    ...(doubt === undefined
      ? []
      : [{ severity: 'wrong' as const, word: 'base', text: html`${withLinks(doubt.why)}` }]),
    ...(accepted === undefined
      ? []
      : [
          {
            severity: 'waiting' as const,
            word: 'no evidence',
            text: html`<code>${newest}</code> was promoted without a test: ${withLinks(accepted.reason)} <span class="quiet">(${nameOf(accepted.by)})</span>`,
          },
        ]),
    ...(facts?.deadlines ?? [])
      .filter(({ at }) => at - shownBefore <= now)
      .map(({ what, at }) => ({
        severity: at <= now ? ('wrong' as const) : ('waiting' as const),
        word: 'deadline',
        text: html`${what}: ${showTime(at)}`,
      })),
  ];
}

/** A publication that did not come. @param due when it was due, UNIX seconds */
export function overdue(due: number | undefined, now: number): Problem | undefined {
  if (due === undefined || now <= due + lateness) return undefined;
  return {
    severity: 'wrong',
    word: 'overdue',
    text: html`The next publication was due ${showTime(due)}, ${formatDuration(now - due)} ago.`,
  };
}

/** Reason, who and when. A halt is named as such already. */
export function said(statement: { readonly reason: string; readonly by: string; readonly at: number }): Html {
  return html`${withLinks(statement.reason.replace(/^halted:\s*/i, ''))} <span class="quiet">(${nameOf(statement.by)}, ${showTime(statement.at)})</span>`;
}
