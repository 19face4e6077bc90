import { describe, expect, it } from 'vitest';
import { knownFailuresOf } from '../../../../src/loop/boot-test/report/known-failures.ts';

const units = (release: Readonly<Record<string, string>>) =>
  knownFailuresOf(release, 'direct').map(({ unit }) => unit);

describe('knownFailuresOf', () => {
  it('is for Fedora CoreOS alone, and what is derived from it', () => {
    expect(units({ ID: 'fedora', VARIANT_ID: 'coreos', VERSION_ID: '44' })).toContain('rpm-ostreed.service');
    expect(units({ ID: 'fedora', VARIANT_ID: 'server', VERSION_ID: '44' })).toEqual([]);
    expect(units({})).toEqual([]);
  });

  it('is for the releases that each entry names', () => {
    const release = { ID: 'fedora', VARIANT_ID: 'coreos' };
    expect(units({ ...release, VERSION_ID: '42' })).not.toContain('bootloader-update.service');
    expect(units({ ...release, VERSION_ID: '43' })).toContain('bootloader-update.service');
    expect(units(release)).toContain('bootloader-update.service');
  });

  it('leaves out what works in a real ostree deployment', () => {
    const deployed = knownFailuresOf({ ID: 'fedora', VARIANT_ID: 'coreos' }, 'ostree').map(
      ({ unit }) => unit,
    );
    expect(deployed).toContain('bootupd.service');
    expect(deployed).not.toContain('rpm-ostreed.service');
    expect(deployed).not.toContain('zincati.service');
  });

  it('has a reason for each unit', () => {
    for (const { unit, reason } of knownFailuresOf({ ID: 'fedora', VARIANT_ID: 'coreos' }, 'direct')) {
      expect(unit).toMatch(/\.service$/);
      expect(reason.length).toBeGreaterThan(20);
    }
  });
});
