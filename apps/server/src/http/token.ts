import { createHash, timingSafeEqual } from 'node:crypto';

const LONGEST_TOKEN = 1_000;

/** Compares with the one token that is right, in a time that depends neither on how much of it matches nor on its length. */
export type TokenCheck = (presented: string) => boolean;

export function createTokenCheck(token: string): TokenCheck {
  const expected = digest(token);
  return (presented) => presented.length <= LONGEST_TOKEN && timingSafeEqual(digest(presented), expected);
}

/** SHA-256; a secret is kept and compared only in this form. */
export function digest(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** The token of `Authorization: Bearer …`, if that is what the header holds. */
export function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
}
