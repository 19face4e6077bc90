/** One way of logging in that a server offers: `Bearer realm="…",service="…",scope="…"`. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

// RFC 9110, section 11.6.1. A quoted value may hold commas and escaped quotes, so splitting at commas is wrong.
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameterPattern = new RegExp(`^(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`);
const schemePattern = new RegExp(`^(${token})(?=\\s|,|$)`);

/**
 * Reads a WWW-Authenticate header: any number of challenges, each with any number of parameters.
 * Everything after an unreadable part is ignored.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let rest = header.trim();
  while (rest !== '') {
    const parameter = parameterPattern.exec(rest);
    const current = challenges.at(-1);
    if (parameter !== null && current !== undefined) {
      const [matched, name = '', quoted, plain] = parameter;
      current.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
      rest = rest.slice(matched.length);
    } else {
      const scheme = schemePattern.exec(rest);
      if (scheme === null) break;
      challenges.push({ scheme: (scheme[1] as string).toLowerCase(), parameters: {} });
      rest = rest.slice(scheme[0].length);
    }
    rest = rest.replace(/^[\s,]+/, '');
  }
  return challenges;
}
