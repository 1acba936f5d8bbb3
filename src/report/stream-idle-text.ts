import type { StreamGaps, StreamIdle, StreamIdleResult } from '../analysis/stream-idle.js';
import { wrapped } from './device-header.js';
import type { TextStyle } from './style.js';
import { formatTable, type Column, type Row } from './table.js';
import { formatExact, formatNs, plural } from './units.js';

/** Narrower than this, the counts make room for the times. */
const ROOM_FOR_COUNTS = 96;

/** The gaps of each stream, and that they are not the idle time of the GPU. */
export function streamIdleLines(
  { kernelWaitBelowNs, streams }: StreamIdleResult,
  style: TextStyle,
): string[] {
  const { colors } = style;
  const roomy = style.width >= ROOM_FOR_COUNTS;
  const severalContexts = new Set(streams.map(({ context }) => context)).size > 1;
  const right = (header: string): Column => ({ header, align: 'right' });
  const classes = ['host wait', 'kernel wait', 'other'];
  const columns: Column[] = [
    { header: 'stream' },
    right('ops'),
    right('gaps'),
    right('time'),
    ...classes.flatMap((name) => (roomy ? [right(name), right('gaps')] : [right(name)])),
  ];
  const cells = ({ count, totalNs }: StreamGaps): Row =>
    roomy ? [formatNs(totalNs), formatExact(count)] : [formatNs(totalNs)];
  const rows = streams.map((one): Row => [
    severalContexts ? `${one.context}/${one.stream}` : String(one.stream),
    formatExact(one.ops),
    formatExact(one.gaps.count),
    formatNs(one.gaps.totalNs),
    ...cells(one.hostWait),
    ...cells(one.kernelWait),
    ...cells(one.other),
  ]);
  return [
    colors.bold('Stream gaps') + colors.dim('  as Holistic Trace Analysis sorts them'),
    ...wrapped(
      'Not idle time of the GPU: while one stream has nothing to run, another may. Do not add them up over streams.',
      '  ! ',
      style.width,
    ).map((line) => colors.yellow(line)),
    ...formatTable(columns, rows, style, '  '),
    ...[
      'host wait: launched only after the op before had ended · ' +
        `kernel wait: launched in time, gap below ${formatNs(kernelWaitBelowNs)} · other: launched in time, longer`,
      ...remarks(streams),
    ].flatMap((text) => wrapped(text, '  ', style.width).map((line) => colors.dim(line))),
  ];
}

function remarks(streams: readonly StreamIdle[]): string[] {
  const found: string[] = [];
  const unknown = total(streams.map(({ unknownLaunch }) => unknownLaunch));
  if (unknown.count > 0) {
    found.push(
      `${plural(unknown.count, 'gap')} of ${formatNs(unknown.totalNs)} ended with an op whose launch is not in the ` +
        'trace: kernel wait or other by length alone',
    );
  }
  const overlapping = total(streams.map((one) => one.overlapping));
  if (overlapping.count > 0) {
    found.push(
      `${plural(overlapping.count, 'op')} started before an earlier one of the same stream had ended ` +
        `(${formatNs(overlapping.totalNs)} side by side): no gap between them`,
    );
  }
  return found;
}

function total(list: readonly StreamGaps[]): StreamGaps {
  return {
    count: list.reduce((sum, { count }) => sum + count, 0),
    totalNs: list.reduce((sum, { totalNs }) => sum + totalNs, 0),
  };
}
