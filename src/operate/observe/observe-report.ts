import { type Adoption, otherRelease } from '../../guidance/adoption.ts';
import { formatPercent } from '../../host/percent.ts';
import { count, exact, type Fact, type Report, type Sentence, say } from '../../host/report.ts';
import { formatTime } from '../../host/time.ts';
import type { Observation } from './observe.ts';
import type { ReadLog } from './read-log.ts';

/** What people read: each fleet, then what was read. */
export function reportObservation({ fleets, logs, leftOut }: Observation): Report[] {
  return [...fleets.map(reportFleet), reportLogs(logs, leftOut)];
}

function reportFleet(seen: Adoption): Report {
  const days = Math.round((seen.window.until - seen.window.from) / 86_400);
  const about = seen.method === 'sample' ? 'about ' : '';
  return {
    headline: `${seen.fleet}: ${about}${count(seen.nodes, 'node')} in the last ${count(days, 'day')}, until ${formatTime(seen.window.until)}`,
    facts: [
      seen.method === 'sample'
        ? `a sample: too many nodes to keep all of them; the number of nodes is right to ${formatPercent(2 * seen.standardError, 2)} in 19 of 20 cases`
        : undefined,
      releases(seen),
      rings(seen),
      ...seen.stuck.map((stuck) => ({ warning: stuckSentence(stuck) })),
      ...seen.cameBack.map(({ from, to, nodes }) => ({
        warning: say`${count(nodes, 'node')} ran ${exact(from)} and came back to ${exact(to)}`,
      })),
      ...seen.missing.map(({ path, nodes, requests }) => ({
        warning: say`${count(requests, 'request')} of ${count(nodes, 'node')} for a graph that does not exist: ${exact(path)}`,
      })),
      seen.nodes > 0
        ? `each node asked ${seen.requests.perNodeAndDay} times a day on average (Zincati asks about 288 times)`
        : undefined,
      seen.requests.withoutNode > 0
        ? {
            warning: `${count(seen.requests.withoutNode, 'request')} did not say which node asked: they count for no node. The log must have the query of each request`,
          }
        : undefined,
    ],
  };
}

function releases(seen: Adoption): Fact {
  return {
    head: ['release', 'nodes', 'share', 'last 24 h'],
    rows: seen.releases
      .toReversed()
      .map(({ version, nodes, lastSeen }) => [
        version === otherRelease ? 'other images' : exact(version),
        String(nodes),
        formatPercent(nodes / Math.max(1, seen.nodes)),
        String(lastSeen[0] ?? 0),
      ]),
  };
}

function rings(seen: Adoption): Fact | undefined {
  if (seen.rings.length < 2) return undefined;
  const newest = seen.releases.filter(({ version }) => version !== otherRelease).at(-1)?.version;
  return {
    head: ['ring', 'nodes', `on ${newest ?? 'the newest release'}`],
    rows: seen.rings.map(({ ring, nodes, releases: by }) => [
      ring,
      String(nodes),
      formatPercent((newest === undefined ? 0 : (by[newest] ?? 0)) / nodes),
    ]),
  };
}

function stuckSentence({ kind, version, behind, nodes, reason }: Adoption['stuck'][number]): Sentence {
  const who = say`${count(nodes, 'node')} on ${exact(version)}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  switch (kind) {
    case 'dead-end':
      return say`${who} cannot move on, it is a dead-end${why}`;
    case 'paused':
      return say`${who} wait for ${exact(behind ?? '')}, which is paused${why}`;
    case 'barrier':
      return say`${who} did not get through the barrier ${exact(behind ?? '')} in a day${why}`;
    case 'offered':
      return say`${who} did not take ${exact(behind ?? '')} in a day, although it is offered to them`;
    case 'not in the graph':
      return say`${who} do not find themselves in the graph, so they get no update`;
  }
}

function reportLogs(logs: readonly ReadLog[], leftOut: Observation['leftOut']): Report {
  const sum = (of: (log: ReadLog) => number) => logs.reduce((total, log) => total + of(log), 0);
  const lines = sum((log) => log.lines);
  const formats = [...new Set(logs.map(({ format }) => format ?? 'unknown format'))].join(', ');
  const noted = logs.filter(({ unreadable, cut }) => unreadable > 0 || cut !== undefined);
  const most = 20;
  return {
    headline: `read ${count(lines, 'line')} of ${count(logs.length, 'log')} (${formats}), with ${count(
      sum((log) => log.graphs),
      'request',
    )} for graphs`,
    facts: [
      ...noted.slice(0, most).map((log) => ({ warning: noteOf(log) })),
      noted.length > most
        ? { warning: `${noted.length - most} more logs have lines that could not be read` }
        : undefined,
      leftOut.future > 0
        ? {
            warning: `${count(leftOut.future, 'request')} left out: they are in the future. Check the clocks`,
          }
        : undefined,
      leftOut.early > 0 ? `${count(leftOut.early, 'request')} left out: before the window` : undefined,
      leftOut.otherFleets > 0
        ? `${count(leftOut.otherFleets, 'request')} left out: of other fleets`
        : undefined,
    ],
  };
}

function noteOf({ name, lines, unreadable, firstUnreadable, cut }: ReadLog): Sentence {
  const parts = [
    ...(unreadable > 0
      ? [`${unreadable} of ${count(lines, 'line')} could not be read, the first is line ${firstUnreadable}`]
      : []),
    ...(cut === undefined ? [] : [`it ends early: ${cut}`]),
  ];
  return say`${exact(name)}: ${parts.join('; ')}`;
}
