import { architecture } from '../cli/architecture-input.ts';
import { many, readChoice } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { preparedVerbs } from '../setup/needs.ts';
import { type SetUp, setUp } from '../setup/set-up.ts';
import { hostArchitecture } from '../world/registry/architecture.ts';

export default defineVerb({
  summary: 'Install what build-image and boot-test need on this machine, and open /dev/kvm to this user',
  about: `For runners, and for machines of your own. Installs packages by apt-get (Debian, Ubuntu) or dnf (Fedora), as root or by a
sudo that asks for no password. What is installed already is not changed; if nothing is missing, nothing is done.`,
  inputs: {
    for: many(`only for this verb: ${preparedVerbs.join(', ')}`, { placeholder: 'VERB' }),
    architecture: architecture('of the images (default: that of this machine)'),
  },
  run: async (inputs, { log }) => {
    const verbs =
      inputs.for.length === 0
        ? preparedVerbs
        : inputs.for.map((raw) => readChoice(raw, preparedVerbs, { field: '--for' }));
    const data = await setUp({
      verbs,
      architecture: inputs.architecture ?? hostArchitecture() ?? 'x86_64',
      log,
    });
    return { data, text: describe(data) };
  },
  outputs: {
    installed: {
      about: 'packages that were installed, one on each line',
      of: ({ installed }) => installed.join('\n'),
    },
    kvm: { about: '/dev/kvm: ours, opened, absent or refused', of: ({ kvm }) => kvm },
  },
});

const kvmTexts = {
  ours: '/dev/kvm is open to this user',
  opened: '/dev/kvm was opened to this user',
  absent: 'there is no /dev/kvm: machines are emulated, which is slower',
  refused: '/dev/kvm stays closed to this user: machines are emulated, which is slower',
} as const;

function describe({ installed, kvm }: SetUp): string {
  return [
    installed.length === 0 ? 'nothing is missing' : `installed: ${installed.join(' ')}`,
    ...(kvm === undefined ? [] : [kvmTexts[kvm]]),
  ].join('\n');
}
