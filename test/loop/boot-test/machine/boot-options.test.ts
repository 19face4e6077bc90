import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../../src/host/log.ts';
import { deadlineOf, guestSettings } from '../../../../src/loop/boot-test/machine/boot-options.ts';

const test = { name: '10-boots.sh', path: '/tests/10-boots.sh' };

function times(more: { readonly deadlineSeconds?: number; readonly tests?: number } = {}) {
  const { tests: count = 1, ...deadline } = more;
  const options = {
    architecture: 'x86_64',
    tests: Array.from({ length: count }, () => test),
    environment: {},
    outputFolder: '/output',
    log: silentLog,
    ...deadline,
  } as const;
  return [
    deadlineOf(options),
    guestSettings(options, { systemd: undefined, rootType: 'erofs' }).systemSeconds,
  ];
}

describe('the time that systemd has to come up', () => {
  it('is five minutes, however many tests there are', () => {
    expect(times()[1]).toBe(300);
    expect(times({ tests: 100 })[1]).toBe(300);
    expect(times({ tests: 100 })[0]).toBeGreaterThan(6000);
  });

  it('is half of a deadline that was asked for, shorter or longer', () => {
    expect(times({ deadlineSeconds: 1500 })).toEqual([1500, 750]);
    expect(times({ deadlineSeconds: 120 })).toEqual([120, 60]);
    expect(times({ deadlineSeconds: 8 })).toEqual([8, 10]);
  });
});
