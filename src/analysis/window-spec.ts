import { UserError } from '../trace/errors.js';

/** What `--window` asked for. */
export type WindowSpec =
  | { readonly kind: 'all' }
  | { readonly kind: 'time'; readonly startNs: number; readonly endNs: number }
  | { readonly kind: 'range'; readonly text: string };

const UNIT_NS = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 } as const;
const TIME = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s)?$/;
const FORMS = "Give a range ('temporal_block:3', 'temporal_block:*') or a time ('12.5ms..80ms').";

/**
 * Reads a `--window` value: nothing for the whole device, `FROM..TO` (relative to the trace's start; numbers
 * without a unit are nanoseconds; either side may be left out), or a range name or pattern.
 */
export function parseWindow(text: string | undefined): WindowSpec {
  if (text === undefined) return { kind: 'all' };
  const trimmed = text.trim();
  if (trimmed === '') throw new UserError('The window is empty.', { hint: FORMS });
  const split = /^(.*?)\.\.(.*)$/.exec(trimmed);
  const [, from = '', to = ''] = split ?? [];
  const isTime = (side: string): boolean => side === '' || /^[-\d]/.test(side);
  if (split === null || !isTime(from.trim()) || !isTime(to.trim())) return { kind: 'range', text: trimmed };
  const startNs = from.trim() === '' ? 0 : parseTime(from.trim(), trimmed);
  const endNs = to.trim() === '' ? Infinity : parseTime(to.trim(), trimmed);
  if (!(endNs > startNs)) {
    throw new UserError(`The window '${trimmed}' ends before it starts.`, { hint: FORMS });
  }
  return { kind: 'time', startNs, endNs };
}

/** Nanoseconds of `1500ns`, `12.5us`, `80ms` or `1.2s`, a number without a unit being nanoseconds; else undefined. */
export function parseDurationNs(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const unit = (match[2] ?? 'ns') as keyof typeof UNIT_NS;
  return Math.round(Number(match[1]) * UNIT_NS[unit]);
}

function parseTime(side: string, whole: string): number {
  const ns = parseDurationNs(side);
  if (ns === undefined) {
    throw new UserError(`'${side}' in the window '${whole}' is not a time.`, {
      hint: 'Write times as 1500ns, 12.5us, 80ms or 1.2s, from the start of the trace.',
    });
  }
  return ns;
}

/** `temporal_block_3` and `temporal_block:3` are one name to the user. */
export function sameName(name: string): string {
  return name.replace(/[:_](?=[\d*#])/g, ':');
}

/** A test for range names: `*` stands for any text, `#` (as templates print it) for a number. */
export function namePattern(text: string): {
  readonly test: (name: string) => boolean;
  readonly many: boolean;
} {
  const wanted = sameName(text);
  if (!/[*#]/.test(wanted)) return { test: (name) => sameName(name) === wanted, many: false };
  const source = wanted
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('#', '\\d+');
  const pattern = new RegExp(`^${source}$`, 's');
  return { test: (name) => pattern.test(sameName(name)), many: true };
}
