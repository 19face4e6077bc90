import { examineHoldFile, holdFolder, unknownHoldFiles } from '../../release/operations/hold-file.ts';
import type { Found } from './checkout-finding.ts';
import { type Examined, fileNames, readText } from './examined.ts';

/** Each file in .coxswain/hold must name a fleet, and its content must be readable. */
export async function checkHoldFiles(examined: Examined): Promise<readonly Found[]> {
  const fleets = Object.keys(examined.config.fleets);
  const names = await fileNames(examined, holdFolder);
  const unknown = unknownHoldFiles(names, fleets);
  const found: Found[] = unknown.map(({ name, problem, remedy }) => ({
    severity: 'error',
    where: `${holdFolder}/${name}`,
    message: problem,
    remedy,
  }));
  for (const fleet of fleets.filter((each) => names.includes(`${each}.yaml`))) {
    const where = `${holdFolder}/${fleet}.yaml`;
    for (const problem of examineHoldFile((await readText(examined, where)) ?? '')) {
      found.push({
        severity: 'warning',
        where,
        message: `The file holds fleet ${fleet}, but ${problem}.`,
        remedy: 'Write reason: WHY, and if you like by: WHO and until: 2026-08-01T12:00:00Z.',
      });
    }
  }
  return found;
}
