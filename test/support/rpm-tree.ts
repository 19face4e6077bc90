import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../src/host/exec.ts';

export interface TreePackage {
  readonly name: string;
  readonly version: string;
  /** Bytes of its largest file. They do not compress. */
  readonly size: number;
}

/** Where Fedora CoreOS has its database. */
const databaseOfTree = '/usr/share/rpm';

/**
 * Installs real packages into a folder, as dnf does in a Containerfile: their files, and the rpm database. Each has a
 * program, a second name of it (a hard link), and data.
 * @param work an empty folder
 * @returns the folder with the files
 */
export async function makeRpmTree(work: string, packages: readonly TreePackage[]): Promise<string> {
  const tree = join(work, 'tree');
  await mkdir(join(tree, databaseOfTree), { recursive: true });
  const specs: string[] = [];
  for (const each of packages) {
    const data = join(work, `${each.name}.data`);
    await writeFile(data, noise(`${each.name}-${each.version}`, each.size));
    const spec = join(work, `${each.name}.spec`);
    await writeFile(spec, specOf(each, data));
    specs.push(spec);
  }
  const env = { HOME: work, LC_ALL: 'C', SOURCE_DATE_EPOCH: '1780000000' };
  const defines = [`_topdir ${work}/build`, 'use_source_date_epoch_as_buildtime 1', '_buildhost test'];
  const define = defines.flatMap((each) => ['--define', each]);
  await exec('rpmbuild', ['-bb', '--quiet', ...define, ...specs], { env });
  const folder = join(work, 'build/RPMS/noarch');
  const files = (await readdir(folder)).sort().map((name) => join(folder, name));
  const place = ['--root', tree, '--dbpath', databaseOfTree, '--define', '_db_backend sqlite'];
  await exec('rpm', [...place, '--install', '--nodeps', '--noplugins', ...files], { env });
  return tree;
}

/** Bytes that depend on a name only, and do not compress. */
export function noise(name: string, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let index = 0; index * 32 < size; index += 1) {
    parts.push(createHash('sha256').update(`${name} ${index}`).digest());
  }
  return Buffer.concat(parts).subarray(0, size);
}

/** The bytes of the database of a tree. */
export function databaseOf(tree: string): Promise<Buffer> {
  return readFile(join(tree, databaseOfTree, 'rpmdb.sqlite'));
}

function specOf({ name, version }: TreePackage, data: string): string {
  return `Name: ${name}
Version: ${version}
Release: 1
Summary: A package
License: none
BuildArch: noarch
%description
A package.
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/share/${name}
echo "${name} ${version}" >%{buildroot}/usr/bin/${name}
chmod 755 %{buildroot}/usr/bin/${name}
ln %{buildroot}/usr/bin/${name} %{buildroot}/usr/bin/${name}-too
cp ${data} %{buildroot}/usr/share/${name}/data
%files
/usr/bin/${name}
/usr/bin/${name}-too
%dir /usr/share/${name}
/usr/share/${name}/data
%changelog
* Mon Jun 01 2026 Nobody <nobody@example.org> - ${version}-1
- A change
`;
}
