import { findBase, stagesOnBase } from '../../project/containerfile/base.ts';
import { parseContainerfile } from '../../project/containerfile/parse.ts';
import { refuseOverriddenBase } from '../../release/candidate/candidate.ts';
import { errorsOf, type Found } from './checkout-finding.ts';
import { type Examined, fileNames, readText, untracked } from './examined.ts';

/** The Containerfile must be readable, and must be derived from the configured base. */
export async function checkContainerfile(examined: Examined): Promise<readonly Found[]> {
  const { config } = examined;
  const path = config.containerfile;
  const text = await readText(examined, path);
  if (text === undefined) {
    const other = (await fileNames(examined, '')).find((name) => /^(containerfile|dockerfile)$/i.test(name));
    return [
      {
        severity: 'error',
        where: path,
        message: 'This file does not exist.',
        remedy:
          other === undefined
            ? 'coxswain init writes one to start with.'
            : `Set containerfile: ${other} in ${config.file}.`,
      },
    ];
  }
  return [
    ...untracked(examined, path),
    ...errorsOf(path, () => {
      const parsed = parseContainerfile(text, path);
      findBase(parsed, config.base);
      for (const stage of stagesOnBase(parsed, config.base)) refuseOverriddenBase(stage, config);
    }),
  ];
}
