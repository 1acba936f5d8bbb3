import type { TraceNotice } from './trace.js';

/** Keys of `status` under which a trace that was made from another tool's file keeps what was told of that file. */
const PREFIX = 'notice.';
const MAX_KEPT = 1000;

export function isNoticeKey(key: string): boolean {
  return key.startsWith(PREFIX);
}

/** Notices as rows of `status`. */
export function keepNotices(notices: readonly TraceNotice[]): [key: string, value: string][] {
  return notices.slice(0, MAX_KEPT).map((notice, i) => [`${PREFIX}${i}`, JSON.stringify(notice)]);
}

/** The notices among the rows of `status`; what is not one is left alone. */
export function keptNotices(status: ReadonlyMap<string, string>): TraceNotice[] {
  const found: TraceNotice[] = [];
  for (const [key, value] of status) {
    const notice = isNoticeKey(key) && found.length < MAX_KEPT ? parsed(value) : undefined;
    if (notice !== undefined) found.push(notice);
  }
  return found;
}

function parsed(text: string): TraceNotice | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { table, message, count } = value as Readonly<Record<string, unknown>>;
  if (typeof table !== 'string' || typeof message !== 'string') return undefined;
  return typeof count === 'number' ? { table, message, count } : { table, message };
}
