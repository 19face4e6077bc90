import { InputError } from '../../host/errors.ts';

/**
 * The files of a Debian package: deb(5), an archive of ar(5). Fedora has no program that unpacks one.
 * @returns name and content of the tar archive with the package's files, such as data.tar.xz
 * @throws InputError if the bytes are not a Debian package
 */
export function readPackageData(bytes: Buffer): { readonly name: string; readonly content: Buffer } {
  if (bytes.toString('latin1', 0, 8) !== '!<arch>\n') throw notPackage();
  for (let at = 8; at + 60 <= bytes.length; ) {
    const name = bytes
      .toString('latin1', at, at + 16)
      .trimEnd()
      .replace(/\/$/, '');
    const size = Number(bytes.toString('latin1', at + 48, at + 58).trim());
    const start = at + 60;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > bytes.length) throw notPackage();
    if (name.startsWith('data.tar')) return { name, content: bytes.subarray(start, start + size) };
    at = start + size + (size % 2);
  }
  throw notPackage();
}

function notPackage(): InputError {
  return new InputError({
    problem: 'this is not a Debian package',
    expected: 'an ar archive with data.tar.*',
  });
}
