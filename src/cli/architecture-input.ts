import { type Architecture, architectures } from '../world/registry/architecture.ts';
import { choice, type Input } from './inputs.ts';

/** An input that names one architecture, by the name FCOS has for it. */
export function architecture(about: string): Input<Architecture | undefined> {
  return choice(about, architectures, { placeholder: 'NAME' });
}
