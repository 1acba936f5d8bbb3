import { UserError } from '../../../src/trace/errors.js';

const GIB = 2 ** 30;
/** How much larger a file's content is than the file, at the least favourable of what was seen in recorded traces. */
const INFLATED = { plain: 1, gzipped: 6, json: 0.12, gzippedJson: 2.4 } as const;

/**
 * Refuses what would not fit: its tables and what is drawn of them take about twice the tables' size in memory. The
 * browser says how much memory the machine has, 8 GiB at most: half of that may go to the tables.
 * @throws UserError with what to do instead
 */
export function checkSize(name: string, bytes: number, kind: keyof typeof INFLATED): void {
  // Not every browser has it, and a worker without a page (tests) has no navigator.
  const { navigator } = globalThis as { readonly navigator?: { readonly deviceMemory?: number } };
  const limit = Math.max(1, (navigator?.deviceMemory ?? 8) / 2) * GIB;
  if (bytes * INFLATED[kind] > limit) throw tooBig(name);
}

/** What was thrown, or if it was memory that ran out, what to say of that. */
export function orTooBig(name: string, error: unknown): unknown {
  const isMemory =
    error instanceof RangeError && /allocation|array (?:buffer )?length|invalid array/i.test(error.message);
  return isMemory ? tooBig(name, error) : error;
}

function tooBig(name: string, cause?: unknown): UserError {
  return new UserError(`${name} is too big to be opened in a browser.`, {
    hint:
      "Look at it with the commands ('gapscope gaps', 'gapscope breakdown'), which read it whole; " +
      "or record less of the run ('gapscope capture --range'), and view that.",
    cause,
  });
}
