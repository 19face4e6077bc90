import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findZincati } from '../../src/demo/base-agent.ts';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { findTool } from '../../src/host/tools.ts';
import { type NodeImage, standInFiles } from '../../src/loop/boot-test/guest/node-agent.ts';
import { makeStateDisk } from '../../src/loop/boot-test/rehearsal/state-disk.ts';
import { nodeFiles } from '../../src/operate/node-kit/node-files.ts';
import { writeRootfs } from '../../src/operate/node-kit/write-kit.ts';
import { parseConfig } from '../../src/project/configuration/config.ts';
import type { NodePart } from '../../src/project/configuration/node-parts.ts';
import { renderSite } from '../../src/release/published/site.ts';
import { digestOf } from '../../src/world/registry/reference.ts';
import { nodeImage } from '../support/agent-question.ts';
import {
  addBusybox,
  addHostPrograms,
  enabledUnits,
  siteUnit,
  stageFiles,
  stageUnit,
  standInProgram,
} from '../support/below-the-kit.ts';
import { useMachines } from '../support/machines.ts';

// The node kit's units under a real systemd, with the real Zincati and a stand-in for rpm-ostree: four boots of one
// machine. It joins, follows, and goes back from a release that is not healthy.

const { place, unpackRoot, variant, boot, note } = useMachines();
const zincati = findZincati(defaultCacheFolder());
const reason =
  ['mmdebstrap', 'jq', 'curl']
    .map((tool) => (findTool(tool) === undefined ? `no ${tool}` : undefined))
    .find(Boolean) ??
  (zincati === undefined ? 'no Zincati here (script/rust-tools zincati, or ZINCATI=PATH)' : undefined);

const config = parseConfig(
  `image: ghcr.io/acme/os
base: quay.io/fedora/fedora-coreos:stable
fleets: { stable: {} }
rings: { canary: 0, slices: 100 }
publish: { url: "http://127.0.0.1:8421/" }
`,
  'coxswain.yaml',
);
const repository = 'ghcr.io/acme/os';
const one = nodeImage('44.1', 0);
const two = nodeImage('44.2', 60);
const fedora = { ...nodeImage('44.0', -9_000), digest: digestOf('fedora') };
const time = 1_785_000_000;

/** The published files when the fleet has these releases, the last of which is rolled out completely. */
function siteFiles(images: readonly NodeImage[]): Map<string, string> {
  const head = { stream: 'stable', metadata: { 'last-modified': new Date(time * 1000).toISOString() } };
  const releases = images.map(({ version, digest }) => ({
    version,
    metadata: '',
    'oci-images': [
      { architecture: 'x86_64', image: `${repository}:stable`, 'digest-ref': `${repository}@${digest}` },
    ],
  }));
  // busybox makes its ETag of time and size: the second site must have another size.
  const rollout = { start_percentage: 1, ...(images.length > 1 ? { start_epoch: time } : {}) };
  const entries = [{ version: images.at(-1)?.version ?? '', metadata: { rollout } }];
  return renderSite({
    fleets: [
      { name: 'stable', state: { releases: { ...head, releases }, updates: { ...head, releases: entries } } },
    ],
    architectures: ['x86_64'],
    rings: config.rings,
    stream: 'stable',
    now: time,
    url: 'http://127.0.0.1:8421/',
  });
}

const units: Readonly<Record<string, string>> = {
  'stage.service': stageUnit,
  'site.service': siteUnit(8421, '/usr/lib/site'),
  // As Fedora's package has it.
  'zincati.service': `[Unit]
Description=Zincati Update Agent
ConditionPathExists=/run/ostree-booted
ConditionPathExists=!/run/ostree-live
Requires=boot-complete.target
After=network.target boot-complete.target
[Service]
User=zincati
Group=nogroup
Type=notify
ExecStart=/usr/libexec/zincati agent -vvv
Restart=on-failure
RestartSec=10s
`,
};

/** Zincati is not root. */
const ownedByZincati = `chmod -R a+rwX $state
mkdir -p /run/zincati/public /run/zincati/private /run/zincati/config.d
chown -R zincati /run/zincati
`;

/** The kit as part of an image, and what is below it. */
async function makeNode(
  root: string,
  name: string,
  { images, parts }: { readonly images: readonly NodeImage[]; readonly parts: readonly NodePart[] },
): Promise<string> {
  const known = {
    ...standInFiles([one, two], repository),
    ...standInFiles([fedora], 'quay.io/fedora/fedora-coreos'),
  };
  const first = {
    reference: 'ostree-image-signed:docker://quay.io/fedora/fedora-coreos:stable',
    digest: fedora.digest,
  };
  const files: Record<string, string> = stageFiles(first, known, ownedByZincati);
  for (const [path, text] of siteFiles(images)) files[`usr/lib/site/${path}`] = text;
  files['usr/bin/rpm-ostree'] = await standInProgram();
  files['usr/lib/coxswain/health.d/10-works'] = `#!/bin/sh
test "$(rpm-ostree status --json --booted | jq -r '.deployments[0].version')" != 44.2
`;
  const node = await variant(root, name, { ...files, ...enabledUnits(units) });
  await writeRootfs(
    node,
    nodeFiles(config, {
      into: 'image',
      fleet: 'stable',
      parts: new Set(parts),
    }),
  );
  // This machine must not restart in the middle of a test.
  await mkdir(join(node, 'etc/coxswain'), { recursive: true });
  await writeFile(join(node, 'etc/coxswain/node.conf'), 'REBOOT=no\nREFRESH=1\n');
  await addHostPrograms(node, ['jq', 'curl']);
  await addBusybox(node);
  return node;
}

describe.skipIf(reason !== undefined)(
  `a node with the kit${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('joins, follows the fleet, and goes back from a release that is not healthy: four boots', async () => {
      const root = await unpackRoot('systemd');
      const parts: readonly NodePart[] = ['ring', 'join', 'reboots', 'health'];
      const before = await makeNode(root, 'node-before', { images: [one], parts });
      // The next image follows by the node's own graph.
      const after = await makeNode(root, 'node-after', {
        images: [one, two],
        parts: [...parts, 'local-graph'],
      });
      const disk = join(place(), 'node-state');
      await makeStateDisk(disk);
      const more = {
        state: { disk, deployment: 'old' as const },
        init: 'systemd' as const,
        kernelArguments: ['ignition.platform.id=qemu'],
      };
      const waits = 'wait-for-unit coxswain-ring.service 1 2>/dev/null; cat /var/lib/stand-in/calls';
      const journal = 'journalctl --boot --no-pager -u "coxswain-*" -u zincati -o cat | tail -n 60';

      const joined = await boot(
        before,
        {
          '10-wariness.sh': `wariness=$(cat /var/lib/zincati/wariness)
[ "$wariness" -ge 1 ] && [ "$wariness" -le 100 ] || exit 1
grep -qx "base_url = \\"http://127.0.0.1:8421/stable/\\\${basearch}/slice-$wariness/\\"" /etc/zincati/config.d/90-coxswain-ring.toml || exit 2
cp /var/lib/zincati/wariness /var/lib/wariness-before`,
          '20-joined.sh': `wait-for-file /var/lib/stand-in/staged 60 || { ${journal}; ${waits}; exit 1; }
grep -qx 'REF=ostree-unverified-image:docker://${repository}:stable' /var/lib/stand-in/staged && grep -qx 'DIGEST=${one.digest}' /var/lib/stand-in/staged`,
          '30-healthy.sh': `systemctl is-active coxswain-health.service boot-complete.target || { ${journal}; exit 1; }`,
        },
        more,
      );
      expect(joined.verdict, JSON.stringify(joined, null, 1)).toBe('passed');
      expect(joined.system).toMatchObject({ state: 'running' });

      const followed = await boot(
        after,
        {
          '10-same-wariness.sh': 'cmp /var/lib/zincati/wariness /var/lib/wariness-before',
          '20-joined.sh': `test -s /var/lib/coxswain/joined && rpm-ostree status --json --booted | jq -e '.deployments[0].version == "44.1"'`,
          '25-own-graph.sh': `grep -qx 'base_url = "http://127.0.0.1:21117/"' /etc/zincati/config.d/90-coxswain-ring.toml || exit 1
curl --silent --fail http://127.0.0.1:21117/v1/graph | jq -e '.nodes | length == 2' || { ${journal}; exit 1; }`,
          '30-zincati-takes-the-next.sh': `wait-for-file /var/lib/stand-in/reboot 60 || { ${journal}; exit 1; }
grep -qx 'DIGEST=${two.digest}' /var/lib/stand-in/staged && grep -qx 'LOCKED=no' /var/lib/stand-in/staged`,
        },
        more,
      );
      expect(followed.verdict, JSON.stringify(followed, null, 1)).toBe('passed');

      // The third boot ends in a restart, before any test can begin.
      const sick = await boot(after, { '10-never.sh': 'true' }, more);
      expect(sick.verdict, JSON.stringify(sick, null, 1)).toBe('early-exit');

      const back = await boot(
        after,
        {
          '10-back.sh': `rpm-ostree status --json --booted | jq -e '.deployments[0].version == "44.1"'
grep -qx '${two.digest}' /var/lib/coxswain/refused || exit 1
cat /run/motd.d/80-coxswain-health.motd
cmp /var/lib/zincati/wariness /var/lib/wariness-before`,
          '20-not-again.sh': `for i in $(seq 60); do
  journalctl --boot -u zincati -o cat | grep -q 'scheduling next agent refresh' && break
  sleep 1
done
${journal}
test ! -e /var/lib/stand-in/staged`,
        },
        more,
      );
      expect(back.verdict, JSON.stringify(back, null, 1)).toBe('passed');
      expect(back.tests.find(({ name }) => name === '10-back.sh')?.output).toContain(
        'This node went back from 44.2: the health check 10-works failed. It waits for the next release.',
      );
      note('  joined, followed, went back, stayed', 'passed');
    }, 1_800_000);
  },
);
