import { join } from 'node:path';
import { defined } from '../../host/defined.ts';
import { InputError, type InputProblem, messageOf } from '../../host/errors.ts';
import { readFileIfThere } from '../../host/files.ts';
import { parseDuration, parseTime } from '../../host/time.ts';
import { parseReference, parseRepository, type TagReference } from '../../world/registry/reference.ts';
import { checkConfig } from './checks.ts';
import type { Config, Fleet } from './config-types.ts';
import { type FreezeWindow, readFreezeWindow } from './freeze-windows.ts';
import { errorOf, fieldName, problemsOf } from './problems.ts';
import { readRings } from './rings.ts';
import { configSchema, type WrittenConfig } from './schema.ts';
import { defaultUpstream, readAddress } from './upstream-guidance.ts';
import { type Path, readDocument, type SourceDocument } from './yaml-document.ts';

export type { BootTestConfig, Config, Fleet, NodeKitConfig } from './config-types.ts';

/** Name of the configuration file, at the top of the user's repository. */
export const configFileName = 'coxswain.yaml';

/** Path of the template for urgent releases, if it exists: `rollouts/stable.urgent.json.hbs`. */
export function urgentTemplate({ template }: Pick<Fleet, 'template'>): string {
  const ending = /(\.json)?\.hbs$/.exec(template)?.[0] ?? '';
  return `${template.slice(0, template.length - ending.length)}.urgent${ending}`;
}

/**
 * Reads the text of coxswain.yaml.
 * @param file how messages name the file
 * @throws InputError that lists every problem of the file
 */
export function parseConfig(text: string, file: string): Config {
  const read = examineConfig(text, file);
  if (read.config === undefined) throw errorOf(file, read.problems);
  return read.config;
}

/** Reads the text of coxswain.yaml, or lists every problem of it. @param file how messages name the file */
export function examineConfig(
  text: string,
  file: string,
): { readonly config: Config } | { readonly config: undefined; readonly problems: readonly InputProblem[] } {
  const document = readDocument(text, file);
  if (document.problems.length > 0) return { config: undefined, problems: document.problems };
  if (document.value === null || document.value === undefined) {
    const problem: InputProblem = {
      where: file,
      problem: 'the file is empty',
      expected: 'image, base and fleets',
      remedy: 'coxswain init --image REF writes one to start with.',
    };
    return { config: undefined, problems: [problem] };
  }
  const written = configSchema.safeParse(document.value);
  if (!written.success) {
    return { config: undefined, problems: problemsOf(written.error.issues, document) };
  }
  const problems: InputProblem[] = [];
  const config = build(written.data, file, document, problems);
  if (config === undefined) return { config, problems };
  const found = checkConfig(config, document);
  return found.length === 0 ? { config } : { config: undefined, problems: found };
}

/**
 * Reads coxswain.yaml from the top folder of a checkout.
 * @throws InputError when it is missing, or as parseConfig
 */
export async function readConfig(directory: string): Promise<Config> {
  return parseConfig(await readConfigText(directory), configFileName);
}

/** The text of coxswain.yaml in the top folder of a checkout. @throws InputError if the file cannot be read */
export async function readConfigText(directory: string): Promise<string> {
  const where = join(directory, configFileName);
  const text = await readFileIfThere(where).catch((error: unknown) => {
    throw new InputError(
      { where, problem: `the file cannot be read: ${messageOf(error)}`, expected: 'a text file' },
      { cause: error },
    );
  });
  if (text !== undefined) return text;
  throw new InputError({
    where,
    problem: 'there is no such file',
    remedy: 'coxswain init --image REF writes one to start with.',
  });
}

function build(
  written: WrittenConfig,
  file: string,
  document: SourceDocument,
  problems: InputProblem[],
): Config | undefined {
  /** Reads one field; a problem is noted, and the other fields are still read. */
  function read<T>(path: Path, reader: (place: { where: string; field: string }) => T): T | undefined {
    try {
      return reader({ where: document.placeOf(path), field: fieldName(path) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.details);
      return undefined;
    }
  }
  const image = read(['image'], (place) => parseRepository(written.image, place));
  const testImage = read(['test-image'], (place) =>
    parseRepository(written['test-image'] ?? `${written.image}-test`, place),
  );
  const base = read(['base'], (place) => readBase(written.base, place));
  const given = written.upstream === 'none' ? undefined : written.upstream;
  const upstreamUpdates = read(['upstream', 'updates'], (place) =>
    given === undefined ? '' : readAddress(given.updates, place),
  );
  const upstreamReleases = read(['upstream', 'releases'], (place) =>
    given === undefined ? '' : readAddress(given.releases, place),
  );
  const refresh = read(['refresh'], (place) => readRefresh(written.refresh, place));
  const deadline = read(['boot-test', 'deadline'], (place) =>
    written['boot-test'].deadline === undefined
      ? undefined
      : readDeadline(written['boot-test'].deadline, place),
  );
  const url = read(['publish', 'url'], (place) => readUrl(written.publish.url, place));
  const readFreeze = (windows: typeof written.freeze, path: Path): FreezeWindow[] =>
    windows
      .map((window, index) => read([...path, index], (place) => readFreezeWindow(window, place)))
      .filter((window) => window !== undefined);
  const freeze = readFreeze(written.freeze, ['freeze']);
  const fleets = Object.entries(written.fleets).map(([name, fleet]): Fleet | undefined => {
    const [soakText = '', soakAfter] = (fleet?.soak ?? '0s').split(' after ');
    const soak = read(['fleets', name, 'soak'], (place) => parseDuration(soakText, place));
    const own = readFreeze(fleet?.freeze ?? [], ['fleets', name, 'freeze']);
    const promoteFrom = fleet?.['promote-from'];
    const signing = (fleet?.signing?.keys ?? []).map((each, index) => {
      const { file, until } = typeof each === 'string' ? { file: each, until: undefined } : each;
      const end = read(['fleets', name, 'signing', 'keys', index, 'until'], (place) =>
        until === undefined ? undefined : parseTime(until, place),
      );
      return { file: tidyPath(file), ...defined({ until: end }) };
    });
    if (soak === undefined) return undefined;
    return {
      name,
      branch: fleet?.branch ?? name,
      tag: fleet?.tag ?? name,
      template: tidyPath(fleet?.template ?? `rollouts/${name}.json.hbs`),
      ...defined({ promoteFrom }),
      soak,
      soakAfter: soakAfter === 'complete' ? 'complete' : 'start',
      approve: fleet?.approve ?? 'manual',
      signing,
      freeze: [...freeze, ...own],
    };
  });
  const [firstArchitecture, ...architectures] = [...new Set(written.architectures)];
  if (
    problems.length > 0 ||
    image === undefined ||
    testImage === undefined ||
    base === undefined ||
    refresh === undefined ||
    firstArchitecture === undefined
  ) {
    return undefined;
  }
  const upstream =
    written.upstream === undefined
      ? defaultUpstream(base)
      : written.upstream === 'none'
        ? undefined
        : { updates: upstreamUpdates ?? '', releases: upstreamReleases ?? '' };
  return {
    file,
    image,
    testImage,
    base,
    ...defined({ upstream }),
    stream: written.stream ?? base.tag,
    architectures: [firstArchitecture, ...architectures],
    refresh,
    containerfile: tidyPath(written.containerfile),
    buildArguments: written['build-arguments'],
    tests: tidyPath(written.tests),
    bootTest: {
      ...defined({
        mode: written['boot-test'].mode,
        ignition:
          written['boot-test'].ignition === undefined ? undefined : tidyPath(written['boot-test'].ignition),
        deadlineSeconds: deadline,
        upgrades: written['boot-test'].upgrades,
      }),
      init: written['boot-test'].init,
      knownFailures: written['boot-test']['known-failures'],
      allowedUnits: written['allow-failed-units'],
      memoryMegabytes: written['boot-test'].memory,
      cpus: written['boot-test'].cpus,
      network: written['boot-test'].network,
      kernelArguments: written['boot-test']['kernel-arguments'],
      leftovers: written['boot-test'].leftovers,
    },
    stateBranch: written['state-branch'],
    fleets: Object.fromEntries(
      fleets.filter((fleet) => fleet !== undefined).map((fleet) => [fleet.name, fleet]),
    ),
    rings: readRings(written.rings),
    publish: { ...defined({ url }), oci: written.publish.oci },
    node: {
      parts: written.node.parts,
      reboots: written.node.reboots,
      migrateFrom: written.node['migrate-from'],
    },
    symbolicTags: written['symbolic-tags'],
  };
}

function readRefresh(text: string, place: { where: string; field: string }): number {
  const seconds = parseDuration(text, place);
  if (seconds > 0) return seconds;
  throw new InputError({
    ...place,
    problem: 'every build would be too old at once',
    found: text,
    expected: 'such as 7d',
  });
}

function readDeadline(text: string, place: { where: string; field: string }): number {
  const seconds = parseDuration(text, place);
  if (seconds > 0) return seconds;
  throw new InputError({
    ...place,
    problem: 'a machine needs some time',
    found: text,
    expected: 'such as 20m',
  });
}

function readBase(text: string, place: { where: string; field: string }): TagReference {
  const reference = parseReference(text, place);
  if (reference.kind === 'tag') return reference;
  throw new InputError({
    ...place,
    problem: 'the base is the tag to follow, not a digest',
    found: text,
    expected: 'repository:tag, such as quay.io/fedora/fedora-coreos:stable',
    remedy: 'The digest that is built on is pinned in the Containerfile.',
  });
}

/** Zincati joins its base address with `v1/graph` and drops what follows the last slash: so the slash is required. */
function readUrl(text: string | undefined, place: { where: string; field: string }): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== '')) {
    // The address may hold a password, so the error does not repeat it.
    throw new InputError({
      ...place,
      problem: 'an address with a user name or a password would be published',
      expected: `only ${url.protocol}//${url.host}${url.pathname}`,
    });
  }
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new InputError({
      ...place,
      problem: 'not an address that files can be published at',
      found: text,
      expected: 'http:// or https://, without ? and #, such as https://acme.github.io/os/',
    });
  }
  return text.endsWith('/') ? text : `${text}/`;
}

/** `./rollouts//x` → `rollouts/x`: git knows paths only in this form. */
function tidyPath(path: string): string {
  return path
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}
