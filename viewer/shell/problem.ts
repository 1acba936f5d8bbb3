import type { EngineProblem } from '../engine/protocol.js';

const TOO_BIG: EngineProblem = {
  message: 'This trace is too big for this browser’s memory.',
  hint: 'Close other tabs and try again, or capture a shorter part with `gapscope capture --range` or `--duration`. `gapscope gaps` and the other commands read far larger traces than a page can.',
};

/** Whatever was thrown, here or in the worker, as a sentence and what to do about it. */
export function problemOf(error: unknown): EngineProblem {
  const { message, hint, name } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  const text = typeof message === 'string' && message !== '' ? message : String(error);
  if (name === 'RangeError' && /alloc|array (buffer )?length|string length|out of memory/i.test(text)) {
    return TOO_BIG;
  }
  return {
    message: sentence(text),
    ...(typeof hint === 'string' && hint !== '' ? { hint: sentence(hint) } : {}),
  };
}

/** The user's own wish: nothing to be told. */
export function isCancelled(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { name?: unknown }).name === 'AbortError';
}

function sentence(text: string): string {
  // A path or a name at the beginning stays as it is.
  const first = /^[a-z]+[ ,]/.test(text) ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
