import { InputError } from '../host/errors.ts';
import { type Architecture, architectures } from '../world/registry/architecture.ts';
import { type Input, parsed } from './inputs.ts';

/** An input that names one architecture, by the name FCOS has for it. */
export function architecture(about: string): Input<Architecture | undefined> {
  return parsed(about, readArchitecture, { placeholder: 'NAME' });
}

function readArchitecture(raw: string, name: string): Architecture {
  const found = architectures.find((each) => each === raw);
  if (found !== undefined) return found;
  throw new InputError({
    field: `--${name}`,
    problem: 'unknown architecture',
    found: raw,
    expected: architectures.join(', '),
  });
}
