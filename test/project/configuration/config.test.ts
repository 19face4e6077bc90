import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../../script/generate.ts';
import { parseConfig, readConfig } from '../../../src/project/configuration/config.ts';
import { readRings } from '../../../src/project/configuration/rings.ts';
import { configJsonSchema } from '../../../src/project/configuration/schema.ts';

const whole = `# a comment
image: ghcr.io/acme/os
test-image: ghcr.io/acme/os-test
base: quay.io/fedora/fedora-coreos:stable
base-signature: { gpg-keys: [./keys/base.asc] }
evidence:
  signed-by:
    - ./keys/evidence.pub
    - { repository: acme/os, workflow: .github/workflows/ci.yml, refs: [refs/heads/testing] }
    - { repository: acme/os, workflow: acme/ci/.github/workflows/build.yml@refs/tags/v1, refs: [refs/heads/*] }
  sigstore: { fulcio: "https://fulcio.example/", trusted-root: keys/root.json }
stream: stable
architectures: [x86_64, aarch64]
refresh: 7d
build-arguments: { FLAVOUR: "1.10" }
fleets:
  testing: {}
  stable:
    promote-from: testing
    soak: 48h
    branch: release/stable
    signing: { keys: [{ file: ./keys/old.pub, until: 2027-01-01 }, keys/stable.pub] }
    vulnerabilities: { none-above: high, exceptions: [{ id: CVE-2026-1234, until: 2027-01-01, reason: not reachable }] }
rings: { canary: 0.0, early: 0.1, broad: 0.5, late: 1.0 }
publish: { url: "https://acme.github.io/os", oci: false }
symbolic-tags: true
allow-failed-units: [chronyd.service]
boot-test: { mode: disk, memory: 2048, cpus: 4, network: user, deadline: 20m, kernel-arguments: [mitigations=off], leftovers: fail, upgrades: true, secure-boot: { certificates: [./keys/secure-boot.pem] } }
`;

const small = 'image: ghcr.io/acme/os\nbase: quay.io/fedora/fedora-coreos:stable\nfleets:\n  stable:\n';

function parse(text: string) {
  return parseConfig(text, 'coxswain.yaml');
}

/** The message about a configuration that is `small` with these lines added. */
function messageFor(lines: string, start = small): string {
  try {
    parse(start + lines);
  } catch (error) {
    if (error instanceof Error && error.name === 'InputError') return error.message;
    throw error;
  }
  return 'no error';
}

describe('coxswain.yaml', () => {
  it('is read with every field', () => {
    expect(parse(whole)).toEqual({
      file: 'coxswain.yaml',
      image: { registry: 'ghcr.io', path: 'acme/os' },
      testImage: { registry: 'ghcr.io', path: 'acme/os-test' },
      base: { kind: 'tag', repository: { registry: 'quay.io', path: 'fedora/fedora-coreos' }, tag: 'stable' },
      baseSignature: {
        kind: 'gpg',
        lookaside: 'https://builds.coreos.fedoraproject.org/prod/signatures/oci',
        files: ['keys/base.asc'],
      },
      evidence: {
        signedBy: [
          { kind: 'key', file: 'keys/evidence.pub' },
          {
            kind: 'workflow',
            repository: 'acme/os',
            workflow: 'acme/os/.github/workflows/ci.yml',
            refs: ['refs/heads/testing'],
          },
          {
            kind: 'workflow',
            repository: 'acme/os',
            workflow: 'acme/ci/.github/workflows/build.yml@refs/tags/v1',
            refs: ['refs/heads/*'],
          },
        ],
        sigstore: {
          fulcio: 'https://fulcio.example',
          rekor: 'https://rekor.sigstore.dev',
          trustedRoot: 'keys/root.json',
        },
      },
      upstream: {
        updates: 'https://builds.coreos.fedoraproject.org/updates/stable.json',
        releases: 'https://builds.coreos.fedoraproject.org/prod/streams/stable/releases.json',
      },
      stream: 'stable',
      architectures: ['x86_64', 'aarch64'],
      refresh: 604_800,
      containerfile: 'Containerfile',
      buildArguments: { FLAVOUR: '1.10' },
      tests: 'tests',
      bootTest: {
        mode: 'disk',
        init: 'systemd',
        knownFailures: 'auto',
        allowedUnits: ['chronyd.service'],
        memoryMegabytes: 2048,
        cpus: 4,
        network: 'user',
        deadlineSeconds: 1200,
        kernelArguments: ['mitigations=off'],
        leftovers: 'fail',
        secureBoot: ['keys/secure-boot.pem'],
        upgrades: true,
      },
      stateBranch: 'coxswain',
      fleets: {
        testing: {
          name: 'testing',
          branch: 'testing',
          tag: 'testing',
          template: 'rollouts/testing.json.hbs',
          soak: 0,
          soakAfter: 'start',
          approve: 'manual',
          signing: [],
          freeze: [],
          haltWhen: [],
        },
        stable: {
          name: 'stable',
          branch: 'release/stable',
          tag: 'stable',
          template: 'rollouts/stable.json.hbs',
          promoteFrom: 'testing',
          soak: 172_800,
          soakAfter: 'start',
          approve: 'manual',
          signing: [{ file: 'keys/old.pub', until: 1_798_761_600 }, { file: 'keys/stable.pub' }],
          vulnerabilities: {
            noneAbove: 'high',
            exceptions: [{ id: 'CVE-2026-1234', until: 1_798_761_600, reason: 'not reachable' }],
          },
          freeze: [],
          haltWhen: [],
        },
      },
      rings: readRings({ canary: 0, early: 0.1, broad: 0.5, late: 1 }),
      notifyCommand: [],
      node: {
        parts: ['ring', 'join', 'trust', 'reboots', 'autobuilder', 'health'],
        reboots: 'immediate',
        migrateFrom: [],
      },
      publish: { url: 'https://acme.github.io/os/', oci: false, signedBy: [] },
      symbolicTags: true,
    });
    expect(Object.keys(parse(whole).fleets)).toEqual(['testing', 'stable']);
  });

  it.each([
    ['quay.io/fedora/fedora-coreos:next', '', 'https://builds.coreos.fedoraproject.org/updates/next.json'],
    ['quay.io/fedora/fedora-coreos:stable', 'upstream: none\n', undefined],
    ['quay.io/fedora/fedora-coreos:rawhide', '', undefined],
    ['registry.example.com/mirror/fedora-coreos:stable', '', undefined],
    [
      'registry.example.com/mirror/fedora-coreos:stable',
      'upstream: { updates: "https://example.com/u", releases: "https://example.com/r" }\n',
      'https://example.com/u',
    ],
  ])('knows where the guidance of %s is: %s', (base, more, expected) => {
    const text = `image: ghcr.io/acme/os\nbase: ${base}\nfleets: { stable: }\n${more}`;
    expect(parse(text).upstream?.updates).toBe(expected);
  });

  it.each([
    ['upstream: nothing', 'upstream: not one of the possible values, found "nothing", expected none'],
    ['upstream: { updates: "https://example.com/u" }', 'upstream.releases: this field is missing'],
    ['upstream: { update: "https://example.com/u", releases: "x" }', 'Did you mean updates?'],
    [
      'upstream: { updates: "https://example.com/u", releases: r.json }',
      'not an address of http:// or https://',
    ],
  ])('refuses %s', (more, message) => {
    const text = `image: ghcr.io/acme/os\nbase: quay.io/x/y:z\nfleets: { stable: }\n${more}\n`;
    expect(() => parse(text)).toThrow(message);
  });

  it('needs three fields; the others have defaults, and a fleet may be just a name', () => {
    expect(parse(small)).toMatchObject({
      testImage: { registry: 'ghcr.io', path: 'acme/os-test' },
      stream: 'stable',
      architectures: ['x86_64'],
      refresh: 604_800,
      containerfile: 'Containerfile',
      buildArguments: {},
      tests: 'tests',
      stateBranch: 'coxswain',
      fleets: { stable: { branch: 'stable', tag: 'stable', template: 'rollouts/stable.json.hbs', soak: 0 } },
      rings: readRings({}),
      node: {
        parts: ['ring', 'join', 'trust', 'reboots', 'autobuilder', 'health'],
        reboots: 'immediate',
        migrateFrom: [],
      },
      publish: { oci: true },
      symbolicTags: false,
    });
    expect(parse(small).publish.url).toBeUndefined();
  });

  it.each([
    ['chunkah', { tool: 'chunkah', maxLayers: 64 }],
    ['{ max-layers: 96 }', { tool: 'chunkah', maxLayers: 96 }],
    [
      '{ tool: chunkah, image: "quay.io/coreos/chunkah:v1" }',
      { tool: 'chunkah', maxLayers: 64, image: 'quay.io/coreos/chunkah:v1' },
    ],
  ])('reads rechunk: %s', (written, expected) => {
    expect(parse(`${small}rechunk: ${written}\n`).rechunk).toEqual(expected);
    expect(parse(small)).not.toHaveProperty('rechunk');
  });

  it.each([
    ['rpm-ostree', 'rechunk: '],
    ['{ tool: rpm-ostree }', 'rechunk.tool: '],
    ['{ max-layers: 1 }', 'rechunk.max-layers: '],
    ['{ max-layers: 501 }', 'rechunk.max-layers: '],
    ['{ layers: 5 }', 'rechunk.layers: this field does not exist'],
    ['{ image: chunkah }', 'rechunk.image: '],
    ['{ image: quay.io/coreos/chunkah }', 'rechunk.image: this image has neither a tag nor a digest'],
  ])('refuses rechunk: %s', (written, message) => {
    expect(() => parse(`${small}rechunk: ${written}\n`)).toThrow(message);
  });

  it('takes paths as git knows them', () => {
    expect(parse(`${small}containerfile: ./os//Containerfile\ntests: tests/\n`)).toMatchObject({
      containerfile: 'os/Containerfile',
      tests: 'tests',
    });
  });

  it.each([
    [
      'a mistyped field',
      'refesh: 7d\n',
      'coxswain.yaml:5:1: refesh: this field does not exist. Did you mean refresh?',
    ],
    [
      'a field of another spelling',
      'testImage: ghcr.io/a/b\n',
      'coxswain.yaml:5:1: testImage: this field does not exist. Did you mean test-image?',
    ],
    [
      'a field unlike any other',
      'publish: { color: red }\n',
      'coxswain.yaml:5:12: publish.color: this field does not exist, expected one of url, oci, signed-by.',
    ],
    [
      'a mistyped field of a fleet',
      '  testing: { promote_from: stable }\n',
      'coxswain.yaml:5:14: fleets.testing.promote_from: this field does not exist. Did you mean promote-from?',
    ],
    [
      'a wrong type',
      'symbolic-tags: "yes"\n',
      'coxswain.yaml:5:16: symbolic-tags: the wrong type of value, found "yes", expected true or false.',
    ],
    [
      'a number where a text belongs',
      'build-arguments:\n  VERSION: 1.10\n',
      'coxswain.yaml:6:12: build-arguments.VERSION: the wrong type of value, found 1.1, expected a text. Put it in quotes.',
    ],
    [
      'a duration without a unit',
      'refresh: 7 days\n',
      'coxswain.yaml:5:10: refresh: this value cannot be used, found "7 days", expected a number with a unit, such as 48h, 7d or 1d12h.',
    ],
    [
      'an architecture by its Go name',
      'architectures: [x86_64, arm64]\n',
      'coxswain.yaml:5:25: architectures[1]: not one of the possible values, found "arm64", expected x86_64, aarch64, s390x, ppc64le. Did you mean aarch64?',
    ],
    [
      'no architecture',
      'architectures: []\n',
      'coxswain.yaml:5:16: architectures: this value cannot be used, found [], expected at least 1.',
    ],
    [
      'a wariness over 1',
      'rings: { late: 1.5 }\n',
      'coxswain.yaml:5:16: rings.late: this value cannot be used, found 1.5, expected 1 or less.',
    ],
    [
      'a wariness under 0',
      'rings: { late: -0.1 }\n',
      'coxswain.yaml:5:16: rings.late: this value cannot be used, found -0.1, expected 0 or more.',
    ],
    [
      'one slice',
      'rings: { slices: 1 }\n',
      'coxswain.yaml:5:18: rings.slices: this value cannot be used, found 1, expected how many slices: a whole number from 2 to 1000.',
    ],
    [
      'a ring with the name of a slice',
      'rings: { slices: 10, slice-3: 0.5 }\n',
      /^coxswain.yaml:5:22: rings.slice-3: a ring cannot have this name: there is another ring of this name/,
    ],
    [
      'a wariness that is no number',
      'rings: { late: .nan }\n',
      /^coxswain.yaml:5:16: rings.late: the wrong type of value, .*expected a number/,
    ],
    [
      'a path out of the repository',
      'tests: ../tests\n',
      'coxswain.yaml:5:8: tests: this value cannot be used, found "../tests", expected a path inside the repository, relative to its top folder, without "..".',
    ],
    [
      'a test registry that is production',
      'test-image: ghcr.io/acme/os\n',
      'coxswain.yaml:5:13: test-image: this is the production repository too, found "ghcr.io/acme/os", expected another repository. Untested images must not be in the repository that fleets pull from.',
    ],
    [
      'a test registry that holds the base',
      'test-image: quay.io/fedora/fedora-coreos\n',
      /^coxswain.yaml:5:13: test-image: this is the repository of the base image too/,
    ],
    [
      'a repository with a tag',
      'test-image: ghcr.io/acme/os-test:latest\n',
      /^coxswain.yaml:5:13: test-image: a repository has no tag/,
    ],
    [
      'a published address without http',
      'publish: { url: "ftp://x/" }\n',
      /^coxswain.yaml:5:17: publish.url: .*found "ftp:\/\/x\/"/,
    ],
    [
      'a published address with a query',
      'publish: { url: "https://x/?a" }\n',
      /^coxswain.yaml:5:17: publish.url: /,
    ],
    ...['v1', 'builds', 'index.html', 'releases.json', 'updates.json', 'aarch64', 'V1'].map(
      (name): [string, string, RegExp] => [
        `a fleet named ${name}`,
        `  ${name}: {}\n`,
        new RegExp(
          `^coxswain.yaml:5:3: fleets.${name}: a fleet cannot have this name: it is part of published`,
        ),
      ],
    ),
    [
      'a ring named v1',
      'rings: { v1: 0.5 }\n',
      /^coxswain.yaml:5:10: rings.v1: a ring cannot have this name/,
    ],
    [
      'a fleet with a space',
      '  "my fleet": {}\n',
      /^coxswain.yaml:5:3: fleets.my fleet: this name cannot be used, found "my fleet", expected letters, digits, "\." and "-"/,
    ],
    [
      'a fleet with a leading dot',
      '  .hidden: {}\n',
      /^coxswain.yaml:5:3: fleets..hidden: this name cannot be used/,
    ],
    [
      'a ring with a leading dash',
      'rings: { -x: 1 }\n',
      /^coxswain.yaml:5:10: rings.-x: this name cannot be used/,
    ],
    [
      'a ring with a slash',
      'rings: { a/b: 1 }\n',
      /^coxswain.yaml:5:10: rings.a\/b: this name cannot be used/,
    ],
    [
      'a fleet tag that is no tag',
      '  testing: { tag: "a b" }\n',
      /^coxswain.yaml:5:19: fleets.testing.tag: this value cannot be used, found "a b"/,
    ],
    [
      'a fleet tag like a version',
      '  testing: { tag: 44.20260707.3.1 }\n',
      /^coxswain.yaml:5:19: fleets.testing.tag: Coxswain uses tags of this form/,
    ],
    [
      'two fleets with one tag',
      '  testing: { tag: stable }\n',
      'coxswain.yaml:5:19: fleets.testing.tag: the fleet stable has this tag already, found "stable", expected a tag of its own.',
    ],
    [
      'two fleets on one branch',
      '  testing: { branch: stable }\n',
      'coxswain.yaml:5:22: fleets.testing.branch: the fleet stable is on this branch already, found "stable", expected a branch of its own.',
    ],
    [
      'a branch that git refuses',
      '  testing: { branch: "a..b" }\n',
      /^coxswain.yaml:5:22: fleets.testing.branch: this value cannot be used/,
    ],
    [
      'a fleet on the state branch',
      '  coxswain: {}\n',
      /^coxswain.yaml:5:13: fleets.coxswain.branch: this is the state branch/,
    ],
    [
      'promotion from no fleet',
      '  testing: { promote-from: stabel }\n',
      'coxswain.yaml:5:28: fleets.testing.promote-from: this fleet does not exist, found "stabel", expected one of stable, testing. Did you mean stable?',
    ],
    [
      'promotion in a circle',
      '  a: { promote-from: c }\n  b: { promote-from: a }\n  c: { promote-from: b }\n  d: { promote-from: a }\n',
      'coxswain.yaml:5:22: fleets.a.promote-from: the promotions form a circle, found "a ← c ← b ← a", expected one fleet that is promoted from no other.',
    ],
    ['promotion from itself', '  a: { promote-from: a }\n', /^coxswain.yaml:5:22: .*circle, found "a ← a"/],
    [
      'soak without promotion',
      '  a: { soak: 1h }\n',
      /^coxswain.yaml:5:14: fleets.a.soak: soak means nothing without promote-from/,
    ],
  ])('with %s is refused with place, field and remedy', (_name, lines, message) => {
    if (typeof message === 'string') expect(messageFor(lines)).toBe(message);
    else expect(messageFor(lines)).toMatch(message);
  });

  it.each([
    ['an empty file', '', /^coxswain.yaml: the file is empty, expected image, base and fleets\./],
    ['only comments', '# nothing\n', /^coxswain.yaml: the file is empty/],
    [
      'a list',
      '- a\n',
      /^coxswain.yaml:1:1: the wrong type of value, found \["a"\], expected fields with values/,
    ],
    ['a text', 'hello\n', /^coxswain.yaml:1:1: the wrong type of value, found "hello"/],
    [
      'a syntax error',
      'image: [a\nbase: b\n',
      /^coxswain.yaml: \d problems\n {2}coxswain.yaml:\d+:\d+: not YAML: |^coxswain.yaml:\d+:\d+: not YAML: /,
    ],
    [
      'a field twice',
      `${small}image: ghcr.io/acme/other\n`,
      'coxswain.yaml:5:1: this field occurs twice. Keep one of them.',
    ],
    ['a tab', 'fleets:\n\tstable: {}\n', /coxswain.yaml:2:1: a tab cannot indent YAML\. Use spaces\./],
    ['two documents', `${small}---\n${small}`, /^coxswain.yaml:\d:\d: a second YAML document begins here/],
    [
      'no fleets',
      'image: ghcr.io/a/b\nbase: quay.io/a/c:d\nfleets: {}\n',
      /^coxswain.yaml:3:9: fleets: it has no fleet/,
    ],
    [
      'a base by digest',
      small.replace(':stable', `@sha256:${'0'.repeat(64)}`),
      /^coxswain.yaml:2:7: base: the base is the tag to follow, not a digest/,
    ],
    ['a base without a registry', small.replace('quay.io/', ''), /^coxswain.yaml:2:7: base: /],
  ])('that is %s is refused clearly', (_name, text, message) => {
    expect(messageFor('', text)).toMatch(message);
  });

  it('reports all problems at once, in the order of the file', () => {
    expect(messageFor('', 'imag: x\nfleets: { a: { soak: 3 } }\nrings: { x: 2 }\nrefresh: soon\n')).toBe(
      [
        'coxswain.yaml: 6 problems',
        '  coxswain.yaml:1:1: image: this field is missing, expected a text.',
        '  coxswain.yaml:1:1: base: this field is missing, expected a text.',
        '  coxswain.yaml:1:1: imag: this field does not exist. Did you mean image?',
        '  coxswain.yaml:2:22: fleets.a.soak: the wrong type of value, found 3, expected a duration, and what it is counted from: 48h, 48h after start, 7d after complete.',
        '  coxswain.yaml:3:13: rings.x: this value cannot be used, found 2, expected 1 or less.',
        '  coxswain.yaml:4:10: refresh: this value cannot be used, found "soon", expected a number with a unit, such as 48h, 7d or 1d12h.',
      ].join('\n'),
    );
  });

  it('is read from a folder, and missing there is an error that says how to begin', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'config-'));
    try {
      await expect(readConfig(folder)).rejects.toThrowError(
        /this file does not exist\. coxswain init --image REF/,
      );
      await writeFile(join(folder, 'coxswain.yaml'), small);
      expect((await readConfig(folder)).file).toBe('coxswain.yaml');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the JSON Schema', () => {
  it('knows and describes every field, for editors', () => {
    const schema = configJsonSchema() as {
      $schema: string;
      $id: string;
      title: string;
      required: string[];
      additionalProperties: boolean;
      properties: Record<string, { description?: string; default?: unknown }>;
    };
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: expect.any(String),
      title: 'Coxswain configuration',
      required: ['image', 'base', 'fleets'],
      additionalProperties: false,
    });
    for (const [name, property] of Object.entries(schema.properties)) {
      expect(property.description, name).toBeTruthy();
    }
    expect(schema.properties.refresh?.default).toBe('7d');
    expect(schema.properties.architectures?.default).toEqual(['x86_64']);
  });

  it('is in the repository as it is made from the source', async () => {
    for (const [path, content] of generatedFiles()) {
      expect(await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')).toBe(content);
    }
  });
});
