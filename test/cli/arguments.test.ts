import { describe, expect, it } from 'vitest';
import { commonInputs, readArguments, verbFirst } from '../../src/cli/arguments.ts';
import { placeInputs } from '../../src/cli/directory.ts';
import { verbHelp } from '../../src/cli/help.ts';
import { choice, duration, flag, many, text, time, wholeNumber } from '../../src/cli/inputs.ts';
import { defineVerb } from '../../src/cli/verb.ts';
import { UsageError } from '../../src/host/errors.ts';

const inputs = {
  image: text('the image', { placeholder: 'REF', required: true }),
  output: text('where to', { fallback: 'site' }),
  note: text('anything'),
  force: flag('really'),
  fleet: many('only this fleet', { placeholder: 'NAME' }),
  soak: duration('how long', { fallback: '48h' }),
  at: time('when'),
};

describe('readArguments', () => {
  it('types what is given and fills in the rest', () => {
    expect(
      readArguments(inputs, ['--image', 'x', '--fleet', 'a', '--fleet=b', '--at', '1784728800']),
    ).toEqual({
      image: 'x',
      output: 'site',
      note: undefined,
      force: false,
      fleet: ['a', 'b'],
      soak: 172_800,
      at: 1_784_728_800,
    });
  });

  it('takes an empty text as not given', () => {
    expect(readArguments(inputs, ['--image', 'x', '--note', '', '--output=']).output).toBe('site');
    expect(() => readArguments(inputs, ['--image', ''])).toThrow(UsageError);
  });

  it.each([
    [['--image', 'x', '--colour'], /unknown option --colour$/],
    [['--image', 'x', '--flet', 'a'], /unknown option --flet\. Did you mean --fleet\?/],
    [['-x', '--image', 'x'], /unknown option -x/],
    [[], /--image is required/],
    [['--image'], /--image needs a value: --image REF$/],
    [['--image', '--force'], /--image needs a value.*write --image=--force/],
    [['--image', 'x', '--image', 'y'], /--image is given 2 times: x, y/],
    [['--image', 'x', '--force', '--force'], /--force is given 2 times/],
    [['--image', 'x', '--force=no'], /--force takes no value, found "no"/],
  ])('refuses %j as wrong usage, and says what to write', (args, message) => {
    expect(() => readArguments(inputs, args)).toThrow(UsageError);
    expect(() => readArguments(inputs, args)).toThrow(message);
  });

  it('reads a fleet and an action without their flags, and refuses what belongs to none', () => {
    const steer = { fleet: text('fleet', { required: true }), action: text('what'), reason: text('why') };
    expect(readArguments(steer, ['stable', 'pause', '--reason', 'slow'])).toMatchObject({
      fleet: 'stable',
      action: 'pause',
    });
    expect(readArguments(steer, ['--fleet', 'stable', 'pause'])).toMatchObject({ action: 'pause' });
    expect(() => readArguments(steer, ['stable', 'pause', 'now'])).toThrow(/unexpected argument "now"/);
    expect(readArguments(inputs, ['--image', 'x', 'a', 'b']).fleet).toEqual(['a', 'b']);
    expect(() => readArguments({ image: inputs.image }, ['--image', 'x', 'stray'])).toThrow(UsageError);
  });

  it('names the flag of a bad value', () => {
    expect(() => readArguments(inputs, ['--image', 'x', '--soak', 'long'])).toThrow(
      /^--soak: not a duration, found "long"/,
    );
  });
});

describe('verbHelp', () => {
  it('shows every input with its default', () => {
    const help = verbHelp(
      'try',
      defineVerb({ summary: 'Try it', inputs, run: async () => ({ data: null, text: '' }) }),
    );
    expect(help).toContain('Usage: coxswain try [FLEET…] --image REF [options]');
    expect(help).toMatch(/--soak DURATION +how long \(default: 48h\)/);
    expect(help).toMatch(/--fleet NAME +only this fleet \(may be repeated\)/);
    expect(help).toMatch(/--json +print/);
  });
});

describe('choice and wholeNumber', () => {
  const inputs = {
    action: choice('what to do', ['pause', 'resume']),
    nodes: wholeNumber('how many', { from: 1, to: 50_000_000 }, { fallback: '10' }),
  };

  it('read one of a few values, and a number with separators', () => {
    expect(readArguments(inputs, ['--action', 'pause', '--nodes', '1_000,000'])).toEqual({
      action: 'pause',
      nodes: 1_000_000,
    });
  });

  it.each([
    [['--action', 'pauze'], /^--action: no such choice.*one of pause, resume.*Did you mean pause\?/],
    [['--nodes', '0'], /^--nodes: .*found "0".*from 1 to 50000000/],
    [['--nodes', '50000001'], /from 1 to 50000000/],
    [['--nodes', '1e3'], /from 1 to/],
    [['--nodes', '1.5'], /from 1 to/],
  ])('refuse %j and list what they accept', (args, message) => {
    expect(() => readArguments(inputs, args)).toThrow(message);
  });
});

describe('options before the verb', () => {
  const globals = { ...commonInputs, ...placeInputs };
  it.each([
    [['status'], ['status']],
    [
      ['--directory', 'os', '--json', 'status', '--fleet', 'x'],
      ['status', '--fleet', 'x', '--directory', 'os', '--json'],
    ],
    [
      ['--directory=os', 'status'],
      ['status', '--directory=os'],
    ],
    [['--quiet'], ['--quiet']],
  ])('%j are read as %j', (given, expected) => {
    expect(verbFirst(given, globals)).toEqual(expected);
  });

  it('refuses an option that is not global, and names the nearest', () => {
    expect(() => verbFirst(['--directry', 'x', 'status'], globals)).toThrow(/Did you mean --directory\?/);
    expect(() => verbFirst(['--fleet', 'x', 'status'], globals)).toThrow('unknown option --fleet');
  });
});
