/** The architectures Fedora CoreOS is made for, by the names FCOS uses ("basearch"). */
export const architectures = ['x86_64', 'aarch64', 's390x', 'ppc64le'] as const;

export type Architecture = (typeof architectures)[number];

const goNames: Readonly<Record<Architecture, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  s390x: 's390x',
  ppc64le: 'ppc64le',
};

/** The name that image configs and indexes use (GOARCH): `amd64` for `x86_64`. */
export function goArchitecture(architecture: Architecture): string {
  return goNames[architecture];
}

/** The FCOS name of a GOARCH; undefined for one that FCOS is not made for. */
export function architectureOfGo(name: string): Architecture | undefined {
  return architectures.find((architecture) => goNames[architecture] === name);
}

/** The architecture of the machine that this runs on; undefined for one that FCOS is not made for. */
export function hostArchitecture(): Architecture | undefined {
  return { x64: 'x86_64', arm64: 'aarch64', s390x: 's390x', ppc64: 'ppc64le' }[process.arch as string] as
    | Architecture
    | undefined;
}
