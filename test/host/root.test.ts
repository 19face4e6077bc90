import { describe, expect, it } from 'vitest';
import { chooseWay } from '../../src/host/root.ts';

// test/local-stack/runners.test.ts tests which user the second run has.

const overlay = { storageDriver: 'overlay' };
const vfs = { storageDriver: 'vfs' };
const none = { problem: 'this user has no subordinate IDs' };
const noSudo = { problem: 'a password is required' };

describe('chooseWay', () => {
  it.each([
    [overlay, noSudo, 'namespace'],
    [overlay, 'works', 'namespace'],
    [vfs, 'works', 'sudo'],
    [vfs, noSudo, 'namespace'],
    [none, 'works', 'sudo'],
  ] as const)('with %o and sudo %o takes %s', (namespace, sudo, kind) => {
    expect(chooseWay({ namespace, sudo }, 'ann').kind).toBe(kind);
  });

  it('never asks sudo for a password, and keeps credentials out of its command line', () => {
    expect(chooseWay({ namespace: none, sudo: 'works' }, 'ann').command).toEqual([
      'sudo',
      '-n',
      '--preserve-env',
    ]);
  });

  it('says of both methods why they do not work', () => {
    expect(() => chooseWay({ namespace: none, sudo: noSudo }, 'ann')).toThrow(
      /ann cannot become root here \(buildah unshare: this user has no subordinate IDs; sudo: a password is required\).*usermod --add-subuids/,
    );
  });
});
