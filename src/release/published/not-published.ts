import { InputError } from '../../host/errors.ts';

/** The error for a reference that does not point at published guidance. @param found what it points at */
export function notPublished(where: string, found: string): InputError {
  return new InputError({
    where,
    field: '--from-oci',
    problem: 'not an artifact that publish-updates has made',
    found,
    expected: 'a reference such as registry.example/os:updates-stable',
  });
}
