import type { TraceNotice } from '../trace/trace.js';
import { printable } from './printable.js';
import type { TextStyle } from './style.js';

/** What was lost, cut or not understood: one line each. */
export function noticeLines(notices: readonly TraceNotice[], { colors }: TextStyle): string[] {
  return notices.map(({ table, message }) => colors.yellow(`  ! ${printable(table)}: ${printable(message)}`));
}
