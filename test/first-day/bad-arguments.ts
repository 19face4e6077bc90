import type { Verb } from '../../src/cli/verb.ts';
import boot from '../../src/verbs/boot-test.ts';
import build from '../../src/verbs/build-image.ts';
import doctor from '../../src/verbs/doctor.ts';
import edit from '../../src/verbs/edit-updates.ts';
import explain from '../../src/verbs/explain.ts';
import init from '../../src/verbs/init.ts';
import lint from '../../src/verbs/lint-updates.ts';
import logIn from '../../src/verbs/log-in.ts';
import makeKey from '../../src/verbs/make-key.ts';
import nodePolicy from '../../src/verbs/node-policy.ts';
import observe from '../../src/verbs/observe.ts';
import openPromotion from '../../src/verbs/open-promotion.ts';
import planRun from '../../src/verbs/plan-run.ts';
import promote from '../../src/verbs/promote-image.ts';
import prune from '../../src/verbs/prune-images.ts';
import publish from '../../src/verbs/publish-updates.ts';
import renderGraph from '../../src/verbs/render-graph.ts';
import rollBack from '../../src/verbs/roll-back.ts';
import serveGraph from '../../src/verbs/serve-graph.ts';
import signImage from '../../src/verbs/sign-image.ts';
import simulate from '../../src/verbs/simulate-rollout.ts';
import startRelease from '../../src/verbs/start-release.ts';
import startRollout from '../../src/verbs/start-rollout.ts';
import status from '../../src/verbs/status.ts';
import watchBase from '../../src/verbs/watch-base.ts';
import watchFleet from '../../src/verbs/watch-fleet.ts';

/** Something wrong that a verb is given, and what its one error says. */
export interface Row {
  readonly verb: Verb;
  readonly args: readonly string[];
  readonly says: RegExp;
  readonly env?: NodeJS.ProcessEnv;
}

/** The same bad values for one argument of several verbs. */
function each(
  verbs: ReadonlyArray<readonly [Verb, readonly string[]]>,
  flag: string,
  values: readonly string[],
  says: RegExp,
): Row[] {
  return verbs.flatMap(([verb, args]) =>
    values.map((value) => ({ verb, args: [...args, `${flag}=${value}`], says })),
  );
}

const steer = ['--fleet', 'testing', '--by', 'Ada'];
const why = ['--reason', 'boot loop'];
const long = 'x'.repeat(700);

const names = each(
  [
    [promote, []],
    [startRollout, []],
    [status, []],
    [openPromotion, []],
    [edit, ['--action', 'pause', ...why]],
    [rollBack, why],
    [publish, ['--output', 'out']],
    [signImage, []],
    [nodePolicy, []],
    [lint, []],
    [watchFleet, []],
    [observe, ['--log', 'coxswain.yaml']],
  ],
  '--fleet',
  ['nope', 'TESTING', '../testing', '__proto__', 'constructor', 'testing ', long],
  /fleet/,
);

const durations = [
  ...each(
    [[edit, [...steer, ...why, '--action', 'pause']]],
    '--for',
    ['1', '-1h', '0s', '1.5h', '1 h', '1y', 'forever', '9'.repeat(400)],
    /--for/,
  ),
  ...each(
    [[edit, [...steer, '--action', 'rollout']]],
    '--duration',
    ['48', '-1h', '1h30', 'PT48H', '9'.repeat(400)],
    /--duration/,
  ),
  ...each([[prune, []]], '--older-than', ['30', '-30d', 'month', '9'.repeat(400)], /--older-than/),
  ...each([[doctor, ['--site', '.']]], '--grace', ['30', 'm', '9'.repeat(400)], /--grace/),
  ...each([[watchFleet, []]], '--every', ['1', '0s', '-1m', 'often'], /--every/),
  ...each(
    [[watchFleet, []]],
    '--alert',
    ['disks', 'null', '[]', '{}', '{"fleet":"nope","reason":"x"}', '{"fleet":"testing","reason":"x"}'],
    /--alert|halt-when/,
  ),
  ...each([[serveGraph, ['--site', '.']]], '--refresh', ['10', 'soon', '-1s'], /--refresh/),
];

const dates = each(
  [[edit, [...steer, '--action', 'rollout', '--version', '1-bb', '--duration', '48h', '--force']]],
  '--start',
  [
    '2026-02-30 10:00 UTC',
    '2026-13-01',
    'tomorow',
    '25:00',
    '2026-07-28 14:00 Mars/Olympus',
    '2020-01-01',
    '1e9',
    '+',
    long,
  ],
  /start/,
);

const references = each(
  [
    [explain, ['--with', 'registry.example/acme/os:1']],
    [nodePolicy, ['--fleet', 'testing']],
  ],
  '--image',
  [
    'os',
    'https://ghcr.io/acme/os',
    'ghcr.io/acme/os@sha256:abc',
    `ghcr.io/acme/os@sha256:${'G'.repeat(64)}`,
    'ghcr.io/Acme/os:1',
    'ghcr.io/acme/os:',
    'ghcr.io/acme/os:-x',
    'user:pw@ghcr.io/acme/os:1',
    'ghcr.io/acme/../os:1',
    `ghcr.io/acme/os:${'x'.repeat(129)}`,
    'ghcr.io/acme/o s:1',
    'ghcr.io/acme/os:1?x=y',
  ],
  /--image/,
);

const numbers = [
  ...each([[prune, []]], '--releases', ['0', '-1', '1.5', 'all', '1e3', '9'.repeat(30)], /--releases/),
  ...each([[simulate, ['--site', 'site']]], '--nodes', ['0', '-5', '1.5', 'many', '1e12', '0x10'], /--nodes/),
  ...each([[simulate, ['--site', 'site']]], '--seed', ['-1', '1.5', 'dice', '4294967296'], /--seed/),
  ...each([[simulate, ['--site', 'site']]], '--poll', ['5', '0s', '-5m'], /--poll|--site/),
  ...each(
    [[renderGraph, ['--releases', 'a', '--updates', 'b', '--basearch', 'x86_64']]],
    '--wariness',
    ['2', '-0.1', 'NaN', 'low', 'Infinity'],
    /--wariness/,
  ),
  ...each(
    [[renderGraph, ['--releases', 'a', '--updates', 'b', '--basearch', 'x86_64']]],
    '--node-uuid',
    ['1', 'g'.repeat(32), 'A-B'],
    /--node-uuid/,
  ),
];

const choices = [
  ...each([[edit, steer]], '--action', ['explode', 'PAUSE', 'pause,resume', '__proto__'], /--action/),
  ...each(
    [
      [build, []],
      [boot, []],
    ],
    '--architecture',
    ['mips', 'amd64', 'X86_64', 'constructor'],
    /--architecture/,
  ),
  ...each(
    [[renderGraph, ['--releases', 'a', '--updates', 'b']]],
    '--basearch',
    ['amd64', 'mips'],
    /--basearch/,
  ),
  ...each(
    [[renderGraph, ['--releases', 'a', '--updates', 'b', '--basearch', 'x86_64']]],
    '--scheme',
    ['docker', 'OCI'],
    /--scheme/,
  ),
  ...each([[watchBase, []]], '--accept-upstream', ['everything', 'Paused'], /--accept-upstream/),
  ...each([[nodePolicy, ['--fleet', 'testing']]], '--part', ['all', 'Policy'], /--part|signing/),
  ...each([[lint, []]], '--time-zone', ['Mars/Olympus', 'UTC+25', ''.padEnd(300, 'x')], /--time-zone/),
  ...each([[boot, []]], '--mode', ['fast', 'DISK'], /--mode/),
  ...each([[planRun, []]], '--runner', ['x86_64', 'arm64=mine', '=mine'], /--runner|GITHUB_EVENT/),
];

const versions = ['barrier', 'deadend', 'withdraw', 'pause', 'rollout'].flatMap((action) =>
  each(
    [[edit, [...steer, ...why, '--action', action, ...(action === 'rollout' ? ['--duration', '48h'] : [])]]],
    '--version',
    ['9-zz', '../1-aa', '__proto__'],
    /version|9-zz|release/,
  ),
);

const places = [
  ...each(
    [[doctor, []]],
    '--site',
    ['ftp://updates.example/', 'http://', 'https://user:pw@updates.example/', 'nowhere'],
    /--site|nowhere|password|URL/,
  ),
  ...each([[serveGraph, []]], '--site', ['ftp://updates.example/', 'nowhere'], /--site|nowhere/),
  ...each(
    [[serveGraph, ['--site', '.']]],
    '--listen',
    ['8080', 'localhost:99999', ':x', '127.0.0.1:-1'],
    /--listen/,
  ),
  ...each(
    [[doctor, ['--site', '.']]],
    '--base-url',
    ['updates.example', 'ftp://updates.example/', 'https://updates.example/testing'],
    /^--base-url: /,
  ),
  ...each(
    [[publish, []]],
    '--from-oci',
    ['nowhere', 'ghcr.io/acme/os', 'https://ghcr.io/acme/os:updates-stable'],
    /--from-oci/,
  ),
  ...each(
    [[init, ['--directory', 'new', '--image', 'ghcr.io/acme/os']]],
    '--base',
    ['quay.io/fedora/fedora-coreos', 'quay.io/Fedora/x:stable', ''.padEnd(300, 'x')],
    /--base|base/,
  ),
  ...each(
    [[init, ['--directory', 'new']]],
    '--image',
    ['os', 'https://ghcr.io/acme/os', 'ghcr.io/acme/os:tag', long],
    /--image|image/,
  ),
  ...each(
    [[init, ['--directory', 'new', '--image', 'ghcr.io/acme/os']]],
    '--fleet',
    ['a b', '../x', '__proto__', 'v1', 'x'.repeat(65)],
    /fleet|this name cannot/,
  ),
  ...each(
    [[init, ['--directory', 'new', '--image', 'ghcr.io/acme/os']]],
    '--architecture',
    ['arm64', 'mips'],
    /architecture/,
  ),
];

const commandLines: readonly Row[] = [
  { verb: status, args: ['--flet', 'testing'], says: /--flet.*Did you mean --fleet/ },
  { verb: status, args: ['--fleet'], says: /--fleet needs a value/ },
  { verb: status, args: ['--fleet', '--json'], says: /--fleet needs a value/ },
  { verb: status, args: ['--fleet', 'testing', '--fleet', 'stable'], says: /--fleet is given 2 times/ },
  { verb: status, args: ['testing', 'stable'], says: /unexpected argument "stable"/ },
  { verb: prune, args: ['--delete=yes'], says: /--delete takes no value/ },
  { verb: prune, args: ['now'], says: /unexpected argument "now"/ },
  { verb: promote, args: [], says: /--fleet is required/ },
  { verb: edit, args: ['--fleet', 'testing'], says: /--action is required/ },
  { verb: edit, args: [...steer, '--action', 'pause'], says: /--reason/ },
  { verb: edit, args: [...steer, '--action', 'deadend', ...why], says: /--version/ },
  { verb: edit, args: [...steer, '--action', 'resume', '--for', '6h'], says: /--for/ },
  { verb: edit, args: [...steer, '--action', 'pause', '--reason', ' '], says: /reason/ },
  { verb: rollBack, args: ['--fleet', 'testing', '--reason', ' '], says: /reason/ },
  { verb: rollBack, args: ['--fleet', 'testing', ...why, '--to', '9-zz'], says: /9-zz/ },
  { verb: openPromotion, args: ['--urgent', 'CVE-2026-1'], says: /--fleet/ },
  { verb: openPromotion, args: ['--fleet', 'testing'], says: /promoted from no other|no promote-from/ },
  { verb: promote, args: ['--fleet', 'testing', '--commit', 'deadbeef'], says: /commit|deadbeef/ },
  { verb: promote, args: ['--fleet', 'testing', '--commit', 'HEAD; rm -rf /'], says: /commit/ },
  { verb: promote, args: ['--fleet', 'testing', '--commit', '--output=x'], says: /commit|--commit/ },
  ...each(
    [[publish, ['--output', 'out', '--by', 'Ada']]],
    '--replace-published',
    ['  ', 'x\u001b[31m', long.repeat(2)],
    /--replace-published/,
  ),
  // Not a commit of the remote.
  ...each(
    [
      [promote, ['--fleet', 'testing']],
      [startRollout, ['--fleet', 'testing']],
    ],
    '--commit',
    ['0123456789abcdef'.repeat(4).slice(0, 40)],
    /^--commit: this commit is not on branch testing/,
  ),
  { verb: lint, args: ['--commit', 'nowhere'], says: /nowhere|--commit/ },
  { verb: lint, args: ['--against', 'nowhere'], says: /nowhere|--against/ },
  { verb: logIn, args: ['--username', 'ada'], says: /--password/ },
  { verb: logIn, args: ['--test-password', 'x'], says: /--test-username/ },
  { verb: simulate, args: ['--site', 'nowhere'], says: /nowhere/ },
  { verb: simulate, args: ['--site', 'site', '--window', 'someday 1-2'], says: /window|site/ },
  { verb: simulate, args: ['--site', 'site', '--offline', '200%'], says: /offline|site/ },
  { verb: makeKey, args: ['--name', '../escape', '--private', 'x.key'], says: /--name/ },
  {
    verb: makeKey,
    args: ['--public', 'coxswain.yaml', '--private', 'new.key'],
    says: /--private|coxswain.yaml/,
  },
  { verb: status, args: ['--directory', 'nowhere'], says: /nowhere/ },
  { verb: status, args: ['--directory', 'coxswain.yaml'], says: /coxswain.yaml/ },
  {
    verb: init,
    args: ['--directory', 'coxswain.yaml/x', '--image', 'ghcr.io/acme/os'],
    says: /coxswain.yaml/,
  },
];

const environments: readonly Row[] = [
  { verb: status, args: ['--forge', 'svn'], says: /--forge|COXSWAIN_FORGE/ },
  { verb: status, args: ['--remote', 'nowhere'], says: /nowhere/ },
  { verb: status, args: ['--remote', '--upload-pack=touch x'], says: /remote|needs a value/ },
  { verb: status, args: ['--forge', 'github'], says: /GitHub/ },
  { verb: planRun, args: [], says: /GITHUB_EVENT_NAME/ },
  {
    verb: planRun,
    args: [],
    env: { GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: 'nowhere' },
    says: /nowhere/,
  },
  {
    verb: planRun,
    args: [],
    env: { GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: 'Containerfile' },
    says: /Containerfile/,
  },
  {
    verb: planRun,
    args: [],
    env: { GITHUB_EVENT_NAME: 'issues', GITHUB_EVENT_PATH: 'empty.json' },
    says: /issues/,
  },
  {
    verb: signImage,
    args: ['--fleet', 'testing'],
    env: { COXSWAIN_SIGNING_KEY: 'not a key' },
    says: /sign|key/,
  },
];

const files: readonly Row[] = [
  ...['nowhere.json', 'site', 'Containerfile', 'empty.json', 'list.json', 'binary.json', 'loop.json'].flatMap(
    (file) => [
      {
        verb: renderGraph,
        args: ['--releases', file, '--updates', 'updates.json', '--basearch', 'x86_64'],
        says: new RegExp(file.replace('.', '\\.')),
      },
      {
        verb: renderGraph,
        args: ['--releases', 'releases.json', '--updates', file, '--basearch', 'x86_64'],
        says: new RegExp(file.replace('.', '\\.')),
      },
    ],
  ),
];

export const groups = {
  names,
  durations,
  dates,
  references,
  numbers,
  choices,
  versions,
  places,
  commandLines,
  environments,
  files,
};

/** The name by which a verb is imported here. */
export function verbName(verb: Verb): string {
  const found = Object.entries({
    boot,
    build,
    doctor,
    edit,
    explain,
    init,
    lint,
    logIn,
    makeKey,
    nodePolicy,
    observe,
    openPromotion,
    planRun,
    promote,
    prune,
    publish,
    renderGraph,
    rollBack,
    serveGraph,
    signImage,
    simulate,
    startRelease,
    startRollout,
    status,
    watchBase,
  }).find(([, each]) => each === verb);
  return found?.[0] ?? 'a verb';
}
