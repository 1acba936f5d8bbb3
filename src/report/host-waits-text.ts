import type { DeviceOverlapResult, HostWait } from '../analysis/overlap-result.js';
import { wrapped } from './device-header.js';
import { printable } from './printable.js';
import { shortenMiddle } from './shorten.js';
import type { TextStyle } from './style.js';
import { formatTable, type Column, type Row } from './table.js';
import { formatExact, formatNs, formatPercent, plural } from './units.js';

/** From this width on, where a wait is made stands beside it, not under it. */
const ONE_LINE = 132;
/** Narrower than this, the longest wait and the share of the window make room for the rest. */
const ROOM_FOR_ALL = 76;
/** CUPTI names a call with the version of its interface: `cudaStreamSynchronize_v3020`. */
const VERSION = /_(?:ptsz_|ptds_)?v\d+$/;

/** Who waited for the GPU, where, for how long, and what the GPU did meanwhile. */
export function hostWaitLines({ hostWaits, window }: DeviceOverlapResult, style: TextStyle): string[] {
  const { colors } = style;
  const { waits, omitted, count, totalNs, idleNs } = hostWaits;
  if (waits.length === 0) return [colors.dim('  none in this window')];
  const oneLine = style.width >= ONE_LINE;
  const roomy = style.width >= ROOM_FOR_ALL;
  const columns: Column[] = [
    { header: 'total', align: 'right' },
    ...(roomy ? [{ header: 'of window', align: 'right' as const }] : []),
    { header: 'count', align: 'right' },
    ...(roomy ? [{ header: 'longest', align: 'right' as const }] : []),
    { header: 'GPU idle', align: 'right' },
    { header: 'for' },
    { header: 'call', shrinkTo: 12 },
    ...(oneLine
      ? [
          { header: 'thread', shrinkTo: 8 },
          { header: 'in', shrinkTo: 16 },
        ]
      : []),
  ];
  const rows = waits.map((wait): Row => [
    formatNs(wait.totalNs),
    formatPercent(window.spanNs === 0 ? 0 : wait.totalNs / window.spanNs),
    formatExact(wait.count),
    formatNs(wait.longest.durationNs),
    { text: formatNs(wait.idleNs), paint: wait.idleNs > wait.totalNs / 2 ? colors.red : (text) => text },
    wait.kind,
    printable(wait.call.replace(VERSION, '')),
    ...(oneLine ? [threadOf(wait), { text: printable(wait.path), paint: colors.dim }] : []),
  ]);
  const [header = '', ...lines] = formatTable(columns, rows, style, '  ');
  const shown = oneLine ? lines : lines.flatMap((line, i) => [line, placeLine(waits[i]!, style)]);
  const all = `${plural(count, 'wait')}, ${formatNs(totalNs)} over all threads`;
  const busy = totalNs === 0 ? '' : `: the GPU was idle in ${formatPercent(idleNs / totalNs)} of it`;
  return [
    header,
    ...shown,
    ...(omitted.count === 0
      ? []
      : [
          colors.dim(
            `  … ${plural(omitted.count, 'more place')} with ${formatNs(omitted.totalNs)}: --top all shows ` +
              (omitted.count === 1 ? 'it' : 'them'),
          ),
        ]),
    ...wrapped(`${all}${busy}`, '  ', style.width).map((line) => colors.dim(line)),
  ];
}

function threadOf({ thread, threadName }: HostWait): string {
  return threadName === '' ? String(thread) : `${printable(threadName)} ${thread}`;
}

/** Under the row, where the terminal is too narrow for it. */
function placeLine(wait: HostWait, style: TextStyle): string {
  const by = `by ${threadOf(wait)}`;
  const room = Math.max(16, style.width - by.length - 10);
  return style.colors.dim(`      ${shortenMiddle(printable(wait.path), room)}  ${by}`);
}
