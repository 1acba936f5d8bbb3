import { randomBytes, timingSafeEqual } from 'node:crypto';

const BYTES = 16;

/** 128 random bits as 32 hexadecimal digits: who does not know them gets nothing. */
export function newToken(): string {
  return randomBytes(BYTES).toString('hex');
}

/** Compares in a time that does not depend on where the two differ. */
export function sameToken(given: unknown, token: string): boolean {
  if (typeof given !== 'string') return false;
  const a = Buffer.from(given);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}
