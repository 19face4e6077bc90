import { describe, expect, it } from 'vitest';
import {
  defaultProcessors,
  kernelArguments,
  machineArguments,
  machineTypeOf,
} from '../../../../src/loop/boot-test/machine/machine-types.ts';

const machine = {
  architecture: 'x86_64',
  accelerator: 'tcg',
  memoryMegabytes: 1024,
  cpus: 2,
  kernel: '/root fs/vmlinuz',
  initrd: '/tmp/initrd',
  rootImage: '/tmp/root.erofs',
  toolsDisk: '/tmp/tools.erofs',
  console: '/out/console.log',
  results: '/out/results.log',
  journal: '/out/journal.log',
  fallback: '/out/fallback.log',
} as const;

function valuesOf(args: readonly string[], flag: string): string[] {
  return args.flatMap((arg, index) => (arg === flag ? [args[index + 1] as string] : []));
}

describe('machineArguments', () => {
  it.each([
    ['x86_64', 'tcg', 'q35', 'max,la57=off', 'ttyS0'],
    ['x86_64', 'kvm', 'q35', 'host', 'ttyS0'],
    ['aarch64', 'tcg', 'virt', 'max', 'ttyAMA0'],
    ['aarch64', 'kvm', 'virt', 'host', 'ttyAMA0'],
  ] as const)('%s with %s: %s, processor %s, console %s', (architecture, accelerator, type, cpu, console) => {
    const args = machineArguments({ ...machine, architecture, accelerator });
    expect(valuesOf(args, '-machine')).toEqual([type]);
    expect(valuesOf(args, '-accel')).toEqual([accelerator === 'kvm' ? 'kvm' : 'tcg,thread=single']);
    expect(valuesOf(args, '-cpu')).toEqual([cpu]);
    expect(valuesOf(args, '-append')[0]?.split(' ')).toContain(`console=${console}`);
  });

  it('ends instead of rebooting, takes only what it is given, and reaches no network', () => {
    const args = machineArguments(machine);
    expect(args).toEqual(expect.arrayContaining(['-no-reboot', '-nodefaults', '-no-user-config']));
    expect(valuesOf(args, '-netdev')).toEqual(['user,id=network,restrict=on']);
    const open = machineArguments({ ...machine, network: 'user' });
    expect(valuesOf(open, '-netdev')).toEqual(['user,id=network']);
  });

  it('has memory and processors as asked for', () => {
    const args = machineArguments({ ...machine, memoryMegabytes: 3000, cpus: 5 });
    expect([valuesOf(args, '-m'), valuesOf(args, '-smp')]).toEqual([['3000M'], ['5']]);
  });

  it('has one processor if nothing else is asked for and it is emulated, and two otherwise', () => {
    expect([defaultProcessors('tcg'), defaultProcessors('kvm')]).toEqual([1, 2]);
  });

  it('has the kept disk after the one of the image, and can write to it', () => {
    const drives = valuesOf(machineArguments({ ...machine, stateDisk: '/tmp/state' }), '-drive');
    expect(drives[2]).toBe('if=none,id=state,format=raw,cache=unsafe,file=/tmp/state');
    expect(drives[0]).toContain('readonly=on');
  });

  it('cannot write to the root file system, nor to the tests', () => {
    expect(valuesOf(machineArguments(machine), '-drive')).toEqual([
      'if=none,id=root,format=raw,readonly=on,file=/tmp/root.erofs',
      'if=none,id=tools,format=raw,readonly=on,file=/tmp/tools.erofs',
    ]);
  });

  it('has the console first and the second serial port behind it, so that their names in the guest fit', () => {
    expect(valuesOf(machineArguments(machine), '-serial')).toEqual(['chardev:console', 'chardev:fallback']);
    expect(machineTypeOf('x86_64').fallbackTerminal).toBe('ttyS1');
  });

  it('keeps commas in paths apart from commas between options', () => {
    const args = machineArguments({ ...machine, rootImage: '/a,b/root', results: '/out,1/results' });
    expect(valuesOf(args, '-drive')[0]).toMatch(/file=\/a,,b\/root$/);
    expect(args.find((arg) => arg.includes('id=results'))).toBe('file,id=results,path=/out,,1/results');
  });

  it('refuses an architecture it has no machine for', () => {
    expect(() => machineArguments({ ...machine, architecture: 's390x' })).toThrow(/s390x.*x86_64 or aarch64/);
  });
});

describe('kernelArguments', () => {
  it('panics end the machine, and nothing asks questions', () => {
    const args = kernelArguments(machine).split(' ');
    expect(args).toEqual(expect.arrayContaining(['panic=-1', 'systemd.firstboot=off', 'enforcing=0']));
  });

  it('skips the check of the timer only if everything is emulated', () => {
    expect(kernelArguments(machine)).toContain('no_timer_check');
    expect(kernelArguments({ ...machine, accelerator: 'kvm' })).not.toContain('no_timer_check');
  });
});
