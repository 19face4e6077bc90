import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { identity } from '../../world/packages/compare.ts';
import { fullVersion, type Package } from '../../world/packages/package.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import { type DigestReference, formatReference, formatRepository } from '../../world/registry/reference.ts';

/** What is known about one architecture's image when its SBOM is written. */
export interface ImageContent {
  readonly image: DigestReference;
  readonly version: string;
  readonly architecture: Architecture;
  /** When the image was created, in UNIX seconds. */
  readonly created: number;
  readonly packages: readonly Package[];
  /** From os-release: scanners choose their advisories by it. */
  readonly system: { readonly id: string; readonly version: string };
  /** The image that it was built on; `packages` is absent if they could not be read. */
  readonly base?: { readonly image: DigestReference; readonly packages?: readonly Package[] };
}

/** Whether a package came with the base, or was added, changed or replaced on it. */
export type Origin = 'base' | 'derived';

/** The names of our properties (CycloneDX Property Taxonomy: each producer has a prefix of its own). */
const originProperty = 'coxswain:origin';
const baseProperty = 'coxswain:base';
const toolName = 'coxswain';

/**
 * Writes the SBOM of an image as CycloneDX JSON. It is a pure function of the image, so the same image always has the
 * same bytes: no random serial number, and the time is that of the image.
 */
export async function formatBillOfMaterials(content: ImageContent): Promise<string> {
  // A large library, and only this needs it.
  const [Models, { ComponentType }, { JSON: Json, JsonSerializer }, { Spec1dot6 }] = await Promise.all([
    import('@cyclonedx/cyclonedx-library/Models'),
    import('@cyclonedx/cyclonedx-library/Enums'),
    import('@cyclonedx/cyclonedx-library/Serialize'),
    import('@cyclonedx/cyclonedx-library/Spec'),
  ]);
  const { image, version, architecture, created, system, base } = content;
  const purls = await purlsOf(content);
  const ofBase = base?.packages === undefined ? undefined : new Set(base.packages.map(identity));
  const component = new Models.Component(ComponentType.Container, formatRepository(image.repository), {
    bomRef: image.digest,
    version,
    hashes: new Models.HashDictionary([['SHA-256' as never, image.digest.slice('sha256:'.length)]]),
    properties: new Models.PropertyRepository([
      new Models.Property('coxswain:architecture', architecture),
      ...(base === undefined ? [] : [new Models.Property(baseProperty, formatReference(base.image))]),
    ]),
  });
  const packages = content.packages.map((each, index) => {
    const origin = ofBase === undefined ? undefined : ofBase.has(identity(each)) ? 'base' : 'derived';
    return new Models.Component(ComponentType.Library, each.name, {
      version: fullVersion(each),
      bomRef: identity(each),
      ...defined({ purl: purls[index] }),
      properties: new Models.PropertyRepository(
        origin === undefined ? [] : [new Models.Property(originProperty, origin)],
      ),
    });
  });
  const bom = new Models.Bom({
    serialNumber: serialNumberOf(image.digest),
    metadata: new Models.Metadata({
      timestamp: new Date(created * 1000),
      component,
      tools: new Models.Tools({ tools: new Models.ToolRepository([new Models.Tool({ name: toolName })]) }),
    }),
    components: new Models.ComponentRepository([
      ...(system.id === ''
        ? []
        : [
            new Models.Component(ComponentType.OperatingSystem, system.id, {
              bomRef: 'operating-system',
              version: system.version,
            }),
          ]),
      ...packages,
    ]),
  });
  return `${new JsonSerializer(new Json.Normalize.Factory(Spec1dot6)).serialize(bom, { sortLists: true })}\n`;
}

/** Package URLs, as scanners match them: `pkg:rpm/fedora/bash@5.2-1.fc44?arch=x86_64&distro=fedora-44`. */
async function purlsOf({ packages, system }: ImageContent): Promise<string[]> {
  const { PackageURL } = await import('packageurl-js');
  const vendor = system.id === '' ? undefined : system.id;
  return packages.map(({ name, epoch, version, release, architecture }) => {
    const qualifiers = {
      arch: architecture,
      ...defined({
        epoch: epoch === undefined ? undefined : String(epoch),
        distro: vendor === undefined ? undefined : `${vendor}-${system.version}`,
      }),
    };
    return new PackageURL('rpm', vendor, name, `${version}-${release}`, qualifiers, undefined).toString();
  });
}

/** An identifier in the form of a UUID (RFC 9562, version 8: the bits are ours), from the digest alone. */
function serialNumberOf(digest: string): string {
  const hex = createHash('sha256').update(`coxswain sbom ${digest}`).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return `urn:uuid:${[...parts, hex.slice(20, 32)].join('-')}`;
}

/** An SBOM that we wrote, as it is read back. */
export interface BillOfMaterials {
  readonly packages: readonly Package[];
  /** By the package's identity (world/packages/compare.ts); empty if the base is not known. */
  readonly origins: ReadonlyMap<string, Origin>;
}

const schema = z.object({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.object({
    component: z.object({ hashes: z.array(z.object({ alg: z.string(), content: z.string() })) }),
    tools: z.array(z.object({ name: z.string() })),
  }),
  components: z.array(
    z.object({
      type: z.string(),
      name: z.string().min(1),
      version: z.string().optional(),
      purl: z.string().optional(),
      properties: z.array(z.object({ name: z.string(), value: z.string().optional() })).optional(),
    }),
  ),
});

/**
 * Reads an SBOM that we wrote for an image.
 * @returns undefined for anything else: another tool's, one of another image, or a damaged one
 */
export function readBillOfMaterials(value: unknown, digest: string): BillOfMaterials | undefined {
  const read = schema.safeParse(value).data;
  if (read === undefined || !read.metadata.tools.some(({ name }) => name === toolName)) return undefined;
  const hash = read.metadata.component.hashes.find(({ alg }) => alg === 'SHA-256')?.content;
  if (`sha256:${hash}` !== digest) return undefined;
  const packages: Package[] = [];
  const origins = new Map<string, Origin>();
  for (const each of read.components) {
    if (each.purl?.startsWith('pkg:rpm/') !== true) continue;
    const found = packageOf(each.name, each.version ?? '', each.purl);
    if (found === undefined) return undefined;
    packages.push(found);
    const origin = each.properties?.find(({ name }) => name === originProperty)?.value;
    if (origin === 'base' || origin === 'derived') origins.set(identity(found), origin);
  }
  return { packages, origins };
}

function packageOf(name: string, text: string, purl: string): Package | undefined {
  const [, epoch, version, release] = /^(?:(\d+):)?([^-]+)-([^-]+)$/.exec(text) ?? [];
  if (version === undefined || release === undefined) return undefined;
  const architecture = new URLSearchParams(purl.split('?')[1]).get('arch');
  if (architecture === null) return undefined;
  return {
    name,
    ...defined({ epoch: epoch === undefined ? undefined : Number(epoch) }),
    version,
    release,
    architecture,
  };
}
