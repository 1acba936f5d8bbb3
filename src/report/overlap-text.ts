import type { CopyRow, DeviceOverlapResult, OverlapResult, StreamRow } from '../analysis/overlap-result.js';
import { bar } from './bar.js';
import { ratio } from './budget-text.js';
import { deviceHeader, wrapped, type DeviceName } from './device-header.js';
import { hostWaitLines } from './host-waits-text.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatBytes, formatExact, formatNs, formatPercent, plural } from './units.js';

const BAR = 16;
/** Narrower than this there is no room for bars and bytes. */
const ROOM_FOR_BAR = 68;

/** `gapscope overlap` for people. */
export function overlapText(result: OverlapResult, style: TextStyle, name: DeviceName): string[] {
  const { colors } = style;
  return result.devices.flatMap((device, i) => {
    const { clippedNs } = device;
    return [
      ...(i === 0 ? [] : ['']),
      deviceHeader(
        device,
        [`busy ${formatNs(device.busyNs)}`, plural(device.streams.length, 'stream')],
        name,
        style,
      ),
      '',
      colors.bold('Ops at once') + colors.dim('  how much of the window ran 0, 1, 2, … ops'),
      ...concurrencyLines(device, style),
      ...streamLines(device, style),
      '',
      colors.bold('Copies and sets') + colors.dim('  hidden: a kernel ran beside it'),
      ...copyLines(device, style),
      '',
      colors.bold('Host waits') + colors.dim('  calls in which a thread waited for the GPU'),
      ...hostWaitLines(device, style),
      ...(clippedNs > 0
        ? [colors.yellow(`  ! ${formatNs(clippedNs)} lay in two windows, and counts in the earlier`)]
        : []),
    ];
  });
}

function concurrencyLines({ concurrency, window }: DeviceOverlapResult, style: TextStyle): string[] {
  const { colors } = style;
  const rows: (Row | undefined)[] = concurrency.map(({ ops, totalNs, share }) => {
    const paint = ops === 0 ? colors.red : ops === 1 ? colors.green : colors.cyan;
    return [
      { text: ops === 0 ? '0 idle' : formatExact(ops), paint },
      formatNs(totalNs),
      formatPercent(share),
      formatExact(totalNs),
      ...(style.width < ROOM_FOR_BAR ? [] : [{ text: bar(share, BAR).padEnd(BAR), paint }]),
    ];
  });
  const sumNs = concurrency.reduce((sum, { totalNs }) => sum + totalNs, 0);
  rows.push(undefined, [
    { text: '= window', paint: colors.bold },
    formatNs(sumNs),
    formatPercent(ratio(sumNs, window.spanNs)),
    formatExact(sumNs),
  ]);
  const columns = [
    { header: 'ops' },
    { header: 'time', align: 'right' },
    { header: 'of window', align: 'right' },
    { header: 'ns', align: 'right' },
    ...(style.width < ROOM_FOR_BAR ? [] : [{ header: '' }]),
  ] as const;
  return formatTable(columns, rows, style, '  ');
}

function streamLines({ streams, copies, concurrency }: DeviceOverlapResult, style: TextStyle): string[] {
  const { colors, width } = style;
  if (streams.length < 2) {
    const overlaps = concurrency.some(({ ops }) => ops > 1);
    const text = overlaps
      ? 'All of it in one stream: what overlaps there was launched to (programmatic dependent launch, a graph).'
      : 'All of it in one stream, which runs its ops one after another: nothing can overlap.';
    const copied = copies.exposedNs > 0 ? ' Copies in a stream of their own could run beside kernels.' : '';
    return wrapped(text + copied, '  ', width).map((line) => colors.dim(line));
  }
  const columns = [
    { header: 'stream' },
    { header: 'busy', align: 'right' },
    { header: 'of window', align: 'right' },
    { header: 'alone', align: 'right' },
    { header: 'kernels', align: 'right' },
    { header: 'copies', align: 'right' },
    { header: 'sets', align: 'right' },
  ] as const;
  const contexts = new Set(streams.map(({ context }) => context)).size;
  const row = ({ context, stream, ...one }: StreamRow): Row => [
    contexts > 1 ? `${stream} (context ${context})` : String(stream),
    formatNs(one.busyNs),
    formatPercent(one.share),
    formatNs(one.aloneNs),
    formatExact(one.kernels + one.graphs),
    formatExact(one.copies),
    formatExact(one.sets),
  ];
  return [
    '',
    colors.bold('Streams') + colors.dim('  alone: no other stream ran anything'),
    ...formatTable(columns, streams.map(row), style, '  '),
  ];
}

function copyLines({ copies, window }: DeviceOverlapResult, style: TextStyle): string[] {
  const { colors } = style;
  if (copies.kinds.length === 0) return [colors.dim('  none in this window')];
  const columns = [
    { header: 'kind' },
    { header: 'time', align: 'right' },
    { header: 'of window', align: 'right' },
    { header: 'hidden', align: 'right' },
    { header: 'exposed', align: 'right' },
    { header: 'count', align: 'right' },
    ...(style.width < ROOM_FOR_BAR ? [] : [{ header: 'bytes', align: 'right' as const }]),
  ] as const;
  const row = ({ kind, totalNs, hiddenNs, exposedNs, count, bytes }: CopyRow): Row => [
    kind,
    formatNs(totalNs),
    formatPercent(ratio(totalNs, window.spanNs)),
    formatNs(hiddenNs),
    { text: formatNs(exposedNs), paint: exposedNs > 0 ? colors.yellow : colors.dim },
    formatExact(count),
    ...(style.width < ROOM_FOR_BAR ? [] : [formatBytes(bytes)]),
  ];
  const total: Row = [
    { text: 'union', paint: colors.bold },
    formatNs(copies.busyNs),
    formatPercent(ratio(copies.busyNs, window.spanNs)),
    formatNs(copies.hiddenNs),
    formatNs(copies.exposedNs),
  ];
  const rows = copies.kinds.map(row);
  return formatTable(columns, copies.kinds.length > 1 ? [...rows, undefined, total] : rows, style, '  ');
}
