import { defined } from '../../host/defined.ts';
import type { InputProblem } from '../../host/errors.ts';
import { nearest } from '../../host/nearest.ts';
import { architectures } from '../../world/registry/architecture.ts';
import { formatReference, formatRepository, sameRepository } from '../../world/registry/reference.ts';
import type { Config, Fleet } from './config-types.ts';
import { fieldName } from './problems.ts';
import { isNamed, sharedRingNames } from './rings.ts';
import { tagPrefixes } from './tag-prefixes.ts';
import type { Path, SourceDocument } from './yaml-document.ts';

/** Checks that concern more than one field: everything that would otherwise fail late, or overwrite something. */
export function checkConfig(config: Config, document: SourceDocument): InputProblem[] {
  const at = (path: Path) => ({ where: document.placeOf(path), field: fieldName(path) });
  const atKey = (path: Path) => ({ where: document.placeOfKey(path), field: fieldName(path) });
  return [
    ...repositoryProblems(config, at),
    ...Object.keys(config.fleets).flatMap((name) => nameProblems(name, 'fleet', atKey(['fleets', name]))),
    ...config.rings.filter(isNamed).flatMap(({ name }) => nameProblems(name, 'ring', atKey(['rings', name]))),
    ...sameNameProblems(Object.keys(config.fleets), 'fleet', (name) => atKey(['fleets', name])),
    ...sameNameProblems(
      config.rings.filter(isNamed).map(({ name }) => name),
      'ring',
      (name) => atKey(['rings', name]),
    ),
    ...sharedRingNames(config.rings).map((name) => ({
      ...atKey(['rings', name]),
      problem: 'a ring cannot have this name: there is another ring of this name',
      found: name,
      expected: 'another name',
    })),
    ...fleetProblems(config, at),
    ...branchProblems(config, at),
    ...promotionProblems(config, at),
    ...haltProblems(config, at),
    ...ringSuccessProblems(config, at),
  ];
}

type Placer = (path: Path) => { where: string; field: string };

function repositoryProblems(config: Config, at: Placer): InputProblem[] {
  const problems: InputProblem[] = [];
  if (sameRepository(config.image, config.testImage)) {
    problems.push({
      ...at(['test-image']),
      problem: 'this is the production repository too',
      found: formatRepository(config.testImage),
      expected: 'another repository',
      remedy: 'Untested images must not be in the repository that fleets pull from.',
    });
  }
  for (const [field, repository] of [
    ['image', config.image],
    ['test-image', config.testImage],
  ] as const) {
    if (sameRepository(repository, config.base.repository)) {
      problems.push({
        ...at([field]),
        problem: 'this is the repository of the base image too',
        found: formatRepository(repository),
        expected: `another one than in base (${formatReference(config.base)})`,
      });
    }
  }
  return problems;
}

/**
 * Names that mean something else in published addresses: `<fleet>/<basearch>/v1/graph`,
 * `<fleet>/<basearch>/<ring>/v1/graph`, `<fleet>/releases.json`, `index.html`, `feed.xml`, and the files of FCOS's own servers.
 */
const publishedNames = new Set<string>(['v1', 'builds', 'graph', ...architectures]);

function nameProblems(
  name: string,
  kind: 'fleet' | 'ring',
  place: { where: string; field: string },
): InputProblem[] {
  if (kind === 'fleet' && name.toLowerCase() === 'github-pages') {
    return [
      {
        ...place,
        problem: 'a fleet cannot have this name: it is the environment that GitHub Pages deploys to',
        found: name,
        remedy: 'Workflows release a fleet in the environment of its name. Choose another name.',
      },
    ];
  }
  if (!publishedNames.has(name.toLowerCase()) && !/\.(html|json|xml)$/i.test(name)) return [];
  return [
    {
      ...place,
      problem: `a ${kind} cannot have this name: it is part of published addresses`,
      found: name,
      expected: `a name that does not end in .html, .json or .xml, and is none of ${[...publishedNames].join(', ')}`,
    },
  ];
}

/** Many file systems and some web servers ignore case. */
function sameNameProblems(
  names: readonly string[],
  kind: 'fleet' | 'ring',
  placeOf: (name: string) => { where: string; field: string },
): InputProblem[] {
  return names.flatMap((name, index) => {
    const other = names.slice(0, index).find((each) => each.toLowerCase() === name.toLowerCase());
    if (other === undefined) return [];
    return [
      {
        ...placeOf(name),
        problem: `the name differs from the ${kind} ${other} only in upper and lower case`,
        found: name,
        expected: 'another name',
      },
    ];
  });
}

/** Git keeps branches like files: `a` and `a/b` cannot both exist. */
function branchProblems({ fleets, stateBranch }: Config, at: Placer): InputProblem[] {
  const branches = [
    { branch: stateBranch, path: ['state-branch'] },
    ...Object.values(fleets).map(({ name, branch }) => ({ branch, path: ['fleets', name, 'branch'] })),
  ];
  return branches.flatMap(({ branch, path }) => {
    const parent = branches.find((other) => branch.startsWith(`${other.branch}/`));
    if (parent === undefined) return [];
    return [
      {
        ...at(path),
        problem: `git cannot have this branch and the branch ${parent.branch}`,
        found: branch,
        expected: `a branch that does not start with ${parent.branch}/`,
      },
    ];
  });
}

function fleetProblems(config: Config, at: Placer): InputProblem[] {
  const problems: InputProblem[] = [];
  const fleets = Object.values(config.fleets);
  if (fleets.length === 0) {
    problems.push({
      ...at(['fleets']),
      problem: 'it has no fleet',
      expected: 'at least one, such as stable: {}',
    });
  }
  for (const [index, fleet] of fleets.entries()) {
    const field = (name: string): Path => ['fleets', fleet.name, name];
    const before = fleets.slice(0, index);
    const sameBranch = before.find((other) => other.branch === fleet.branch);
    if (sameBranch !== undefined) {
      problems.push({
        ...at(field('branch')),
        problem: `the fleet ${sameBranch.name} is on this branch already`,
        found: fleet.branch,
        expected: 'a branch of its own',
      });
    }
    const sameTag = before.find((other) => other.tag === fleet.tag);
    if (sameTag !== undefined) {
      problems.push({
        ...at(field('tag')),
        problem: `the fleet ${sameTag.name} has this tag already`,
        found: fleet.tag,
        expected: 'a tag of its own',
      });
    }
    if (fleet.branch === config.stateBranch) {
      problems.push({
        ...at(field('branch')),
        problem: 'this is the state branch, which no fleet can be on',
        found: fleet.branch,
        remedy: 'Give the fleet another branch, or set state-branch.',
      });
    }
    // Tags that promotion, evidence, builds and publishing use in the same repositories.
    const prefixes = Object.values(tagPrefixes);
    if (/^\d+\.\d{8}\./.test(fleet.tag) || prefixes.some((prefix) => fleet.tag.startsWith(prefix))) {
      problems.push({
        ...at(field('tag')),
        problem: 'Coxswain uses tags of this form for versions, evidence and published files',
        found: fleet.tag,
        expected: `not a version, and not a text that starts with ${prefixes.join(', ')}`,
      });
    }
  }
  return problems;
}

function promotionProblems(config: Config, at: Placer): InputProblem[] {
  const problems: InputProblem[] = [];
  const names = Object.keys(config.fleets);
  for (const fleet of Object.values(config.fleets)) {
    const place = at(['fleets', fleet.name, 'promote-from']);
    if (fleet.promoteFrom === undefined) {
      if (fleet.soak > 0) {
        problems.push({
          ...at(['fleets', fleet.name, 'soak']),
          problem: 'soak means nothing without promote-from',
          remedy: 'Add promote-from, or leave soak out.',
        });
      }
      if (fleet.adoption !== undefined) {
        problems.push({
          ...at(['fleets', fleet.name, 'adoption']),
          problem: 'adoption means nothing without promote-from',
          remedy: 'Add promote-from, or leave adoption out.',
        });
      }
      if (fleet.approve === 'auto') {
        problems.push({
          ...at(['fleets', fleet.name, 'approve']),
          problem: 'nothing is promoted to this fleet, so nothing can be approved',
          remedy: 'Add promote-from, or leave approve out.',
        });
      }
    } else if (!names.includes(fleet.promoteFrom)) {
      const meant = nearest(fleet.promoteFrom, names);
      problems.push({
        ...place,
        problem: 'this fleet does not exist',
        found: fleet.promoteFrom,
        expected: `one of ${names.join(', ')}`,
        ...defined({ remedy: meant && `Did you mean ${meant}?` }),
      });
    } else {
      const cycle = cycleFrom(fleet, config.fleets);
      // Each fleet of a cycle has the same problem, so only the first in the file reports it.
      if (cycle !== undefined && names.find((name) => cycle.includes(name)) === fleet.name) {
        problems.push({
          ...place,
          problem: 'the promotions form a circle',
          found: [...cycle, fleet.name].join(' ← '),
          expected: 'one fleet that is promoted from no other',
        });
      }
    }
  }
  return problems;
}

/** The state branch knows a condition by its name. */
function haltProblems({ fleets }: Config, at: Placer): InputProblem[] {
  return Object.values(fleets).flatMap(({ name: fleet, haltWhen }) =>
    haltWhen.flatMap(({ name }, index) => {
      const first = haltWhen.findIndex((other) => other.name === name);
      if (first === index) return [];
      return [
        {
          ...at(['fleets', fleet, 'halt-when', index, 'name']),
          problem: 'another condition of this fleet has this name',
          found: name,
          expected: 'a name of its own',
        },
      ];
    }),
  );
}

/** A threshold of a ring that does not exist, or has none after it, would never hold anything back. */
function ringSuccessProblems({ fleets, rings }: Config, at: Placer): InputProblem[] {
  const known = rings.filter((ring) => isNamed(ring) && ring.wariness < 1).map(({ name }) => name);
  return Object.values(fleets).flatMap(({ name: fleet, successThreshold }) => {
    if (successThreshold === undefined) return [];
    const path = ['fleets', fleet, 'success-threshold'];
    if (known.length === 0) {
      return [
        {
          ...at(path),
          problem: 'no ring opens before the others',
          expected: 'a ring with a wariness below 1, such as rings: { canary: 0, early: 0.1 }',
        },
      ];
    }
    return (successThreshold.rings ?? []).flatMap((ring, index) => {
      if (known.includes(ring)) return [];
      const meant = nearest(ring, known);
      return [
        {
          ...at([...path, 'rings', index]),
          problem: rings.some(({ name }) => name === ring)
            ? 'no ring opens after this one'
            : 'this ring does not exist',
          found: ring,
          expected: `one of ${known.join(', ')}`,
          ...defined({ remedy: meant && `Did you mean ${meant}?` }),
        },
      ];
    });
  });
}

/** The fleets of the circle that a fleet is part of, itself first; undefined when it is in none. */
function cycleFrom(start: Fleet, fleets: Readonly<Record<string, Fleet>>): string[] | undefined {
  const visited = [start.name];
  let next = start.promoteFrom;
  while (next !== undefined && !visited.includes(next)) {
    visited.push(next);
    next = fleets[next]?.promoteFrom;
  }
  return next === start.name ? visited : undefined;
}
