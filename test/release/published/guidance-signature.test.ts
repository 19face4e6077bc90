import { beforeEach, describe, expect, it } from 'vitest';
import { guidanceSignatureCheck } from '../../../src/operate/doctor/checks/signed-guidance.ts';
import { restoreState } from '../../../src/operate/restore-state/restore-state.ts';
import { attestationSigner } from '../../../src/release/attestations/sign.ts';
import { artifactReference } from '../../../src/release/published/fleet-artifact.ts';
import {
  guidanceSigner,
  guidanceTrust,
  requireSignedGuidance,
  signGuidance,
} from '../../../src/release/published/guidance-signature.ts';
import { artifactPublisher } from '../../../src/release/published/publishers/oci-artifact.ts';
import { makeKeyPair } from '../../../src/release/signatures/keys.ts';
import type { RegistryClient } from '../../../src/world/registry/client.ts';
import { createProject, type TestProject } from '../../support/project.ts';
import { useRegistry } from '../../support/registry.ts';
import { unsigned } from '../../support/trust.ts';

const registry = useRegistry();
const now = 1_785_000_000;
const [own, stranger] = [makeKeyPair(), makeKeyPair()];
const files = (fleet: string, text = '{}') => new Map([[`${fleet}/releases.json`, text]]);

let project: TestProject;
beforeEach(async () => {
  project = await createProject(registry.host, {
    more: 'publish: { signed-by: [keys/guidance.pub] }',
    files: { 'keys/guidance.pub': own.publicKey },
  });
});

async function publish(
  fleet: string,
  more: { client?: RegistryClient; text?: string; env?: NodeJS.ProcessEnv } = {},
) {
  const { client, config, root } = { ...project, ...more };
  const signer = await guidanceSigner(project, more.env ?? { COXSWAIN_GUIDANCE_KEY: own.privateKey });
  const fleets = new Map([[fleet, files(fleet, more.text)]]);
  const { artifacts } = await artifactPublisher.publish({
    ...{ config, client, root, signer, now, fleets },
    folder: '',
    site: new Map(),
  });
  return artifacts[0];
}
const examine = (fleet: string) => requireSignedGuidance(project.client, project, fleet);
const findings = async (fleet: string) =>
  guidanceSignatureCheck.run({ fleet } as never, { ...project, files: undefined } as never);
const restore = () => restoreState(project, { fleets: ['testing'], rehearse: true });

describe('guidance that has to be signed', () => {
  it('is signed before its tag is set, and a second run changes nothing', async () => {
    const first = await publish('testing');
    expect(first?.changed).toBe(true);
    expect(await examine('testing')).toBe(first?.digest);
    expect(await findings('testing')).toEqual([]);
    expect(await publish('testing')).toMatchObject({ changed: false, digest: first?.digest });
  });

  it('is not published by a run that cannot sign', async () => {
    await expect(publish('testing', { env: {} })).rejects.toThrow(
      /publish\.signed-by: guidance has to be signed, and this run cannot sign/,
    );
    await expect(publish('testing', { env: { COXSWAIN_GUIDANCE_KEY: stranger.privateKey } })).rejects.toThrow(
      /COXSWAIN_GUIDANCE_KEY: guidance that this key signs would not count/,
    );
    expect(await project.client.listTags(project.config.image)).toEqual([]);
  });

  it('has no tag if the run ends before the signature, and the next run completes it', async () => {
    const { client } = project;
    const broken: RegistryClient = {
      ...client,
      putReferrer: (repository, bytes, type) =>
        new TextDecoder().decode(bytes).includes('"subject"')
          ? Promise.reject(new Error('the power went off'))
          : client.putReferrer(repository, bytes, type),
    };
    await expect(publish('testing', { client: broken })).rejects.toThrow('the power went off');
    expect(await client.resolve(artifactReference(project.config, 'testing'))).toBeUndefined();
    await publish('testing');
    expect(await examine('testing')).toBeDefined();
  });

  it('counts neither without a signature, nor by a stranger, nor for another fleet', async () => {
    const { client, config } = project;
    const refuses = async (fleet: string, reason: RegExp) => {
      await expect(examine(fleet)).rejects.toThrow(reason);
      expect(await findings(fleet)).toMatchObject([{ message: expect.stringMatching(reason) }]);
    };
    const plain = { ...project.config, publish: { ...config.publish, signedBy: [] } };
    const [pushed] = (
      await artifactPublisher.publish({
        ...{ config: plain, client, root: project.root, now, folder: '', site: new Map() },
        fleets: new Map([['testing', files('testing', '{"a":1}')]]),
      })
    ).artifacts;
    if (pushed === undefined) throw new Error('one artifact was pushed');
    await refuses('testing', /does not count: it has no signature/);
    await expect(restore()).rejects.toThrow(/it has no signature/);
    const by = await attestationSigner(unsigned, { COXSWAIN_EVIDENCE_KEY: stranger.privateKey });
    if (by === undefined) throw new Error('there is a key');
    const about = { fleet: 'testing', digest: pushed.digest, files: files('testing'), now };
    await signGuidance(client, project, { ...about, signer: by });
    await refuses('testing', /it is not signed by keys\/guidance\.pub/);
    // What testing has, under the tag of stable.
    const good = await publish('testing');
    const { bytes, descriptor } = await client.getManifest(artifactReference(config, 'testing'));
    await client.putManifest(
      config.image,
      artifactReference(config, 'stable').tag,
      bytes,
      descriptor.mediaType,
    );
    expect(await examine('testing')).toBe(good?.digest);
    await refuses('stable', /it is for fleet testing/);
    expect(guidanceTrust(project).signedBy).toEqual([{ kind: 'key', file: 'keys/guidance.pub' }]);
  });
});
