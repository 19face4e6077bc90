/** A breach of one rule, to be planted in a copy of this repository. */
export interface Plant {
  readonly what: string;
  /** Path and text of what is added. */
  readonly files: Readonly<Record<string, string>>;
  /** What is reported. */
  readonly file: string;
  readonly rule: string;
  readonly found: string;
}

const loopImport = "import { promoteImage } from '../promote-image/promote-image.ts';";

export const plants: readonly Plant[] = [
  {
    what: 'a circle of values',
    files: {
      'src/host/one.ts': "import { two } from './two.ts';\nexport const one = () => two;\n",
      'src/host/two.ts': "import { one } from './one.ts';\nexport const two = () => one;\n",
    },
    file: 'src/host/one.ts',
    rule: 'no circles',
    found: 'src/host/two.ts → src/host/one.ts',
  },
  {
    what: 'a circle of types',
    files: {
      'src/world/three.ts': "import type { Four } from './four.ts';\nexport interface Three { four: Four }\n",
      'src/world/four.ts':
        "import type { Three } from './three.ts';\nexport interface Four { three: Three }\n",
    },
    file: 'src/world/four.ts',
    rule: 'no circles',
    found: 'src/world/three.ts → src/world/four.ts',
  },
  {
    what: 'an import that goes up',
    files: { 'src/world/up.ts': "export { openState } from '../release/state/state.ts';\n" },
    file: 'src/world/up.ts',
    rule: 'imports go down the floors',
    found: 'imports src/release/state/state.ts',
  },
  {
    what: 'an import of a type that goes up',
    files: {
      'src/project/up.ts':
        "import type { State } from '../release/state/state.ts';\nexport type Up = State;\n",
    },
    file: 'src/project/up.ts',
    rule: 'imports go down the floors',
    found: 'imports src/release/state/state.ts',
  },
  {
    what: 'an import on demand that goes up',
    files: { 'src/host/lazy.ts': "export const lazy = () => import('../cli/help.ts');\n" },
    file: 'src/host/lazy.ts',
    rule: 'imports go down the floors',
    found: 'imports src/cli/help.ts',
  },
  {
    what: 'an import of a room on the same floor',
    files: { 'src/setup/beside.ts': "export { formatTable } from '../demo/table.ts';\n" },
    file: 'src/setup/beside.ts',
    rule: 'imports go down the floors',
    found: 'imports src/demo/table.ts',
  },
  {
    what: 'a sibling import in loop/',
    files: { 'src/loop/watch-base/sibling.ts': `${loopImport}\nexport const sibling = promoteImage;\n` },
    file: 'src/loop/watch-base/sibling.ts',
    rule: 'folders of loop/ do not import each other',
    found: 'imports src/loop/promote-image/promote-image.ts',
  },
  {
    what: 'a sibling import of a type in operate/',
    files: { 'src/operate/status/sibling.ts': "export type { Finding } from '../doctor/finding.ts';\n" },
    file: 'src/operate/status/sibling.ts',
    rule: 'folders of operate/ do not import each other',
    found: 'imports src/operate/doctor/finding.ts',
  },
  {
    what: 'a module of Node.js in guidance/',
    files: { 'src/guidance/reads.ts': "export { readFile } from 'node:fs/promises';\n" },
    file: 'src/guidance/reads.ts',
    rule: 'guidance is pure',
    found: 'imports fs/promises',
  },
  {
    what: 'a file of host/ that reads or writes, in guidance/',
    files: { 'src/guidance/indirect.ts': "export { withTemporaryFolder } from '../host/files.ts';\n" },
    file: 'src/guidance/indirect.ts',
    rule: 'guidance is pure',
    found: 'imports src/host/files.ts',
  },
  {
    what: 'a look at the clock in guidance/',
    files: { 'src/guidance/clock.ts': 'export const seconds = () => Date.now() / 1000;\n' },
    file: 'src/guidance/clock.ts',
    rule: 'guidance is pure',
    found: 'calls Date.now',
  },
  {
    what: 'an import of a file of test/',
    files: { 'src/host/tested.ts': "export * from '../../test/guidance/histories.ts';\n" },
    file: 'src/host/tested.ts',
    rule: 'src/ imports nothing outside of src/',
    found: 'imports test/guidance/histories.ts',
  },
  {
    what: 'an unknown folder at the top of src/',
    files: { 'src/utils/text.ts': 'export {};\n' },
    file: 'src/utils',
    rule: 'the top of src/ is fixed',
    found: 'unknown file or folder',
  },
  {
    what: 'an unknown file at the top of src/',
    files: { 'src/index.ts': 'export {};\n' },
    file: 'src/index.ts',
    rule: 'the top of src/ is fixed',
    found: 'unknown file or folder',
  },
  {
    what: 'a folder of loop/ that bears the name of no verb',
    files: { 'src/loop/shared/text.ts': 'export {};\n' },
    file: 'src/loop/shared',
    rule: 'loop/ has one folder for each verb',
    found: 'no verb shared in src/verbs',
  },
  {
    what: 'a verb without a test',
    files: { 'src/verbs/paint-hull.ts': 'export {};\n' },
    file: 'src/verbs/paint-hull.ts',
    rule: 'every verb has a test',
    found: 'no file test/verbs/paint-hull.test.ts',
  },
  {
    what: 'a folder of tests that mirrors nothing',
    files: { 'test/release/nowhere/a.test.ts': 'export {};\n' },
    file: 'test/release/nowhere',
    rule: 'test/ mirrors src/',
    found: 'no folder src/release/nowhere',
  },
];
