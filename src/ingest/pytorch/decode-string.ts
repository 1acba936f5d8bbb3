import { BACKSLASH } from './json-bytes.js';

/** What stands for itself after a backslash is left out: `\"`, `\\`, `\/`. */
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const HEX = /^[0-9a-fA-F]{4}$/;

/**
 * The content of a JSON string between its quotes, with its escapes undone, as UTF-8. An escape that JSON does not
 * know stands for the character after the backslash; half a surrogate pair becomes U+FFFD.
 */
export function decodeJsonString(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const raw = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, to));
  if (bytes.subarray(from, to).indexOf(BACKSLASH) < 0) return new TextEncoder().encode(raw);
  let text = '';
  let done = 0;
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', done)) {
    text += raw.slice(done, at);
    const next = raw[at + 1] ?? '';
    const digits = raw.slice(at + 2, at + 6);
    if (next === 'u' && HEX.test(digits)) {
      text += String.fromCharCode(parseInt(digits, 16));
      done = at + 6;
    } else {
      text += ESCAPES[next] ?? next;
      done = at + 2;
    }
  }
  return new TextEncoder().encode(text + raw.slice(done));
}
