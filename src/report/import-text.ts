import type { InfoResult } from '../analysis/info.js';
import type { TraceNotice } from '../trace/trace.js';
import { noticeLines } from './notices-text.js';
import { printable } from './printable.js';
import { quoted } from './quoted.js';
import type { TextStyle } from './style.js';
import { formatTable, type Column } from './table.js';
import { formatExact, formatNs, plural } from './units.js';

export interface ImportSummary {
  readonly from: string;
  readonly folder: string;
  readonly processes: readonly InfoResult[];
  readonly notices: readonly TraceNotice[];
}

const COLUMNS: readonly Column[] = [
  { header: 'trace', shrinkTo: 16 },
  { header: 'ops', align: 'right' },
  { header: 'calls', align: 'right' },
  { header: 'ranges', align: 'right' },
  { header: 'span', align: 'right' },
];

/** What was imported, trace by trace, and what to run next. */
export function importText({ from, folder, processes, notices }: ImportSummary, style: TextStyle): string[] {
  const { colors } = style;
  const sources = [...new Set(processes.flatMap(({ source }) => source ?? []))];
  const what = plural(processes.length, 'process', 'processes');
  const rows = processes.map(({ name, ops, calls, ranges, spanNs }) => [
    printable(name),
    formatExact(ops.total),
    formatExact(calls),
    formatExact(ranges.total),
    formatNs(spanNs),
  ]);
  const all = [...processes.flatMap((one) => one.notices), ...notices];
  return [
    colors.bold(
      `Imported ${printable(from)}: ${what}${sources.map((source) => `, ${printable(source)}`).join('')}`,
    ),
    ...formatTable(COLUMNS, rows, style, '  '),
    ...noticeLines(all, style),
    `${colors.bold('Next:')} gapscope gaps ${quoted(folder)}`,
  ];
}
