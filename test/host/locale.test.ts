import { describe, expect, it } from 'vitest';
import { forTerminal } from '../../src/host/locale.ts';

const text = 'testing → stable … 50 %  ▁▅█ é';

describe('text for a terminal', () => {
  it.each([{ LANG: 'de_DE.UTF-8' }, { LC_ALL: 'C.utf8' }, { LANG: 'C' }, {}])(
    'stays as it is with %j',
    (env) => {
      expect(forTerminal(text, env)).toBe(text);
    },
  );

  it.each([{ LANG: 'de_DE.ISO-8859-1' }, { LANG: 'en_US.UTF-8', LC_ALL: 'ja_JP.eucJP' }])(
    'is ASCII with %j, and still readable',
    (env) => {
      expect(forTerminal(text, env)).toBe('testing -> stable ... 50 %  .## ?');
    },
  );
});
