/**
 * The floors of src/, from the top. An import goes to a floor below, or stays inside its room: the top folder, or
 * src/main.ts and src/program.ts. Rooms on one floor do not import each other.
 */
export const floors: readonly (readonly string[])[] = [
  ['main.ts'],
  ['program.ts'],
  ['verbs'],
  ['demo', 'setup', 'cli'],
  ['operate'],
  ['loop'],
  ['release'],
  ['project'],
  ['world'],
  ['guidance'],
  ['host'],
];

export const rooms: readonly string[] = floors.flat();

/** Rooms whose folders bear the names of verbs and do not import each other. */
export const roomsOfVerbs: readonly string[] = ['operate', 'loop'];

/** The files of src/host/ that read nothing, write nothing and do not ask the time: src/guidance may import them. */
export const pureHostFiles: readonly string[] = [
  'defined.ts',
  'errors.ts',
  'nearest.ts',
  'percent.ts',
  'time.ts',
];

/** Folders of test/ that mirror no folder of src/. */
export const specialTestFolders: readonly string[] = [
  'architecture',
  'browser',
  'docs',
  'docs',
  'faults',
  'first-day',
  'local-stack',
  'node',
  'script',
  'support',
  'workflows',
];
