/** The ASCII text for each other character that we print, for terminals that cannot show it. */
const plain: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '—': '-',
  '→': '->',
  '×': 'x',
  '─': '-',
  '│': '|',
  '┤': '|',
  '┬': '+',
  '└': '+',
  '✓': 'ok',
  '▁': '.',
  '▂': '.',
  '▃': ':',
  '▄': ':',
  '▅': '#',
  '▆': '#',
  '▇': '#',
  '█': '#',
};

/**
 * Text for a terminal. If the locale names another encoding than UTF-8, only ASCII is left; a locale that names none
 * (C, POSIX, or no variable at all, as in containers) says nothing about the terminal, and UTF-8 is what terminals are.
 */
export function forTerminal(text: string, env: NodeJS.ProcessEnv): string {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  const [, encoding = ''] = /\.([\w-]+)/.exec(locale) ?? [];
  if (encoding === '' || /^utf-?8$/i.test(encoding)) return text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is not ASCII
  return text.replaceAll(/[^\u0000-\u007f]/gu, (character) => plain[character] ?? '?');
}
