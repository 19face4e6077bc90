import type { IForbiddenRuleType as ForbiddenRule } from 'dependency-cruiser';
import { floors, pureHostFiles, roomsOfVerbs } from './floors.ts';

/** The comment is the remedy that people read. */
export type ImportRule = ForbiddenRule & { readonly name: string; readonly comment: string };

/** What an import may not do. */
export function importRules(): ImportRule[] {
  return [circles, ...upwardImports(), ...siblingImports(), ...impureGuidance(), outsideSource];
}

const circles: ImportRule = {
  name: 'no circles',
  severity: 'error',
  comment: 'move what both files need, types too, to a file below both',
  from: {},
  to: { circular: true },
};

function upwardImports(): ImportRule[] {
  return floors.flatMap((rooms, floor) =>
    rooms.map((room) => {
      const others = floors
        .slice(0, floor + 1)
        .flat()
        .filter((each) => each !== room);
      return {
        name: 'imports go down the floors',
        severity: 'error' as const,
        comment: `move what ${room} needs to ${room} or to a floor below it (script/house/floors.ts)`,
        from: { path: inRooms([room]) },
        to: { path: others.length === 0 ? '^$' : inRooms(others) },
      };
    }),
  );
}

function siblingImports(): ImportRule[] {
  return roomsOfVerbs.map((room) => ({
    name: `folders of ${room}/ do not import each other`,
    severity: 'error' as const,
    comment: 'move what both need to src/release/',
    from: { path: `^src/${room}/([^/]+)/` },
    to: { path: `^src/${room}/`, pathNot: `^src/${room}/$1/` },
  }));
}

/** Node's modules that a pure file may import. */
const pureModules = ['util'];

/** Files that guidance/ imports have to obey its rules too. */
function impureGuidance(): ImportRule[] {
  const common = {
    name: 'guidance is pure',
    severity: 'error' as const,
    comment:
      'read, write or ask the time in a verb, and pass the value to src/guidance (or see pureHostFiles)',
    from: { path: purePaths },
  };
  return [
    { ...common, to: { dependencyTypes: ['core'], pathNot: pureModules.map((name) => `^${name}$`) } },
    { ...common, to: { path: '^src/host/', pathNot: purePaths } },
  ];
}

const purePaths = [inRooms(['guidance']), ...pureHostFiles.map((name) => `^src/host/${name}$`)];

const outsideSource: ImportRule = {
  name: 'src/ imports nothing outside of src/',
  severity: 'error',
  comment: 'move it into src/: test/ and script/ are not bundled (what nodes run, in node/kit/, is, as text)',
  from: { path: '^src/' },
  to: { path: '^(test|script|dist|node)/', pathNot: '^node/(kit|stand-in)/' },
};

function inRooms(rooms: readonly string[]): string {
  const names = rooms.map((room) => (room.endsWith('.ts') ? `${room.replace('.', '\\.')}$` : `${room}/`));
  return `^src/(${names.join('|')})`;
}
