import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How one person's browser proves that it is theirs. A bridge has one session, and ends with it. */
export interface Session {
  /**
   * The first part of every path, chosen at random. Browsers send the cookies of 127.0.0.1 to every port of it, but only
   * below the path of the cookie: other servers on this machine do not know this one.
   */
  readonly folder: string;
  /** For the address that the operator opens; it counts once. */
  readonly token: string;
  /** In every form of the pages. */
  readonly formToken: string;
  /** @returns the value of Set-Cookie; undefined for a wrong token, and after the first time */
  redeem(token: string): string | undefined;
  /** @param cookies the header of a request */
  isSignedIn(cookies: string | undefined): boolean;
  isOwnForm(formToken: string | null): boolean;
}

export function createSession(): Session {
  const folder = randomBytes(9).toString('base64url');
  const token = secret();
  const formToken = secret();
  const cookie = `coxswain-bridge-${folder}`;
  let value: string | undefined;
  let redeemed = false;
  return {
    folder,
    token,
    formToken,
    redeem: (given) => {
      // It is compared in any case, so that the time says nothing about it.
      const right = isSame(given, token);
      if (!right || redeemed) return undefined;
      redeemed = true;
      value = secret();
      return `${cookie}=${value}; Path=/${folder}/; HttpOnly; SameSite=Strict`;
    },
    isSignedIn: (cookies) => {
      const given = readCookie(cookies, cookie);
      return value !== undefined && given !== undefined && isSame(given, value);
    },
    isOwnForm: (given) => given !== null && isSame(given, formToken),
  };
}

/** Compares two secrets in a time that does not depend on them. */
export function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function readCookie(header: string | undefined, name: string): string | undefined {
  const pair = header
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
