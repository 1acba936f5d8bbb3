import type { DeviceGapsResult } from '../analysis/gaps.js';
import { bar } from './bar.js';
import { meaningOf, paintOf } from './causes.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatExact, formatNs, formatPercent } from './units.js';

const BAR = 16;
/** Narrower than this, a cause is not explained: the numbers need the room. */
const ROOM_FOR_MEANING = 118;

/**
 * The idle budget: each cause, then the sum, then busy and the window. The exact column is there to be added
 * up: the causes give idle, and idle and busy the window, to the nanosecond.
 */
export function budgetLines(device: DeviceGapsResult, style: TextStyle): string[] {
  const { colors } = style;
  const { idleNs, busyNs, idleByCause } = device;
  const { spanNs } = device.window;
  const causes = Object.entries(idleByCause)
    .filter(([, ns]) => ns !== 0)
    .sort(([, a], [, b]) => b - a);
  const sumNs = causes.reduce((sum, [, ns]) => sum + ns, 0);
  const withMeaning = style.width >= ROOM_FOR_MEANING;
  const line = (name: Row[0], ns: number, share: Row[0], ofIdle: string, meaning = ''): Row => [
    name,
    formatNs(ns),
    ofIdle,
    formatPercent(ratio(ns, spanNs)),
    formatExact(ns),
    share,
    ...(withMeaning ? [{ text: meaning, paint: colors.dim }] : []),
  ];
  const rows: (Row | undefined)[] = causes.map(([cause, ns]) => {
    const paint = paintOf(cause, style);
    const share = { text: bar(ratio(ns, idleNs), BAR).padEnd(BAR), paint };
    return line({ text: cause, paint }, ns, share, formatPercent(ratio(ns, idleNs)), meaningOf(cause));
  });
  rows.push(
    undefined,
    line({ text: 'idle', paint: colors.bold }, sumNs, '', formatPercent(ratio(sumNs, idleNs))),
    line({ text: '+ busy', paint: colors.green }, busyNs, '', ''),
    line({ text: '= window', paint: colors.bold }, sumNs + busyNs, '', ''),
  );
  const columns = [
    { header: 'cause' },
    { header: 'time', align: 'right' },
    { header: 'of idle', align: 'right' },
    { header: 'of window', align: 'right' },
    { header: 'ns', align: 'right' },
    { header: '' },
    ...(withMeaning ? [{ header: '', shrinkTo: 10 }] : []),
  ] as const;
  const lines = formatTable(columns, rows, style, '  ');
  if (sumNs !== idleNs || sumNs + busyNs !== spanNs) {
    lines.push(
      colors.red(
        `  ! the parts do not close: causes ${formatExact(sumNs)}, idle ${formatExact(idleNs)}, ` +
          `window ${formatExact(spanNs)}. This is a bug; please report it with the trace`,
      ),
    );
  }
  return lines;
}

export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
