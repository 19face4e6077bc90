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

const target = 'export type Target = string;\nexport const target = 1;\n';

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
    files: {
      'src/world/up.ts': "export { target } from '../release/up-target.ts';\n",
      'src/release/up-target.ts': target,
    },
    file: 'src/world/up.ts',
    rule: 'imports go down the floors',
    found: 'imports src/release/up-target.ts',
  },
  {
    what: 'an import of a type that goes up',
    files: {
      'src/project/type-up.ts':
        "import type { Target } from '../release/type-target.ts';\nexport type Up = Target;\n",
      'src/release/type-target.ts': target,
    },
    file: 'src/project/type-up.ts',
    rule: 'imports go down the floors',
    found: 'imports src/release/type-target.ts',
  },
  {
    what: 'an import on demand that goes up',
    files: {
      'src/host/lazy.ts': "export const lazy = () => import('../cli/lazy-target.ts');\n",
      'src/cli/lazy-target.ts': target,
    },
    file: 'src/host/lazy.ts',
    rule: 'imports go down the floors',
    found: 'imports src/cli/lazy-target.ts',
  },
  {
    what: 'an import of a room on the same floor',
    files: {
      'src/setup/beside.ts': "export { target } from '../demo/beside-target.ts';\n",
      'src/demo/beside-target.ts': target,
    },
    file: 'src/setup/beside.ts',
    rule: 'imports go down the floors',
    found: 'imports src/demo/beside-target.ts',
  },
  {
    what: 'a sibling import in loop/',
    files: {
      'src/loop/watch-base/sibling.ts': "export { target } from '../promote-image/sibling-target.ts';\n",
      'src/loop/promote-image/sibling-target.ts': target,
    },
    file: 'src/loop/watch-base/sibling.ts',
    rule: 'folders of loop/ do not import each other',
    found: 'imports src/loop/promote-image/sibling-target.ts',
  },
  {
    what: 'a sibling import of a type in operate/',
    files: {
      'src/operate/status/sibling.ts': "export type { Target } from '../doctor/sibling-target.ts';\n",
      'src/operate/doctor/sibling-target.ts': target,
    },
    file: 'src/operate/status/sibling.ts',
    rule: 'folders of operate/ do not import each other',
    found: 'imports src/operate/doctor/sibling-target.ts',
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
    files: {
      'src/guidance/indirect.ts': "export { target } from '../host/impure-target.ts';\n",
      'src/host/impure-target.ts': target,
    },
    file: 'src/guidance/indirect.ts',
    rule: 'guidance is pure',
    found: 'imports src/host/impure-target.ts',
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
    files: {
      'src/host/tested.ts': "export { target } from '../../test/guidance/test-target.ts';\n",
      'test/guidance/test-target.ts': target,
    },
    file: 'src/host/tested.ts',
    rule: 'src/ imports nothing outside of src/',
    found: 'imports test/guidance/test-target.ts',
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
    files: { 'src/loop/shared/words.ts': 'export {};\n' },
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
    what: 'a second file with a name that says too little',
    files: {
      'src/release/state/planted-name.ts': 'export {};\n',
      'src/world/git/planted-name.ts': 'export {};\n',
    },
    file: 'src/world/git/planted-name.ts',
    rule: 'a name says what a file is',
    found: 'src/release/state/planted-name.ts has the same name',
  },
  {
    what: 'a folder of tests that mirrors nothing',
    files: { 'test/release/nowhere/a.test.ts': 'export {};\n' },
    file: 'test/release/nowhere',
    rule: 'test/ mirrors src/',
    found: 'no folder src/release/nowhere',
  },
];
