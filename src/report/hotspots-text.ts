import type { DeviceGapsResult } from '../analysis/gaps.js';
import type { Hotspot } from '../analysis/hotspots.js';
import { bar } from './bar.js';
import { paintOf } from './causes.js';
import { printable } from './printable.js';
import { shortenMiddle } from './shorten.js';
import type { TextStyle } from './style.js';
import { formatTable, type Column, type Row } from './table.js';
import { formatExact, formatNs, formatPercent, plural } from './units.js';

const BAR = 8;
/** Narrower than this there is no room for bars. */
const ROOM_FOR_BAR = 96;
/** From this width on, where a hotspot is stands beside it, not under it. */
const ONE_LINE = 132;

/** Where the idle time is: groups of gaps, those with the most of it first. */
export function hotspotLines(device: DeviceGapsResult, style: TextStyle): string[] {
  const { hotspots } = device;
  const { colors } = style;
  if (hotspots.length === 0) return [colors.dim('  no gaps in this window')];
  const oneLine = style.width >= ONE_LINE;
  const largest = hotspots[0]!.totalNs;
  const rows = hotspots.map((spot) => hotspotRow(spot, largest, oneLine, style));
  const columns: Column[] = [
    { header: 'total', align: 'right' },
    { header: 'of window', align: 'right' },
    ...(withBar(style) ? [{ header: '' }] : []),
    { header: 'count', align: 'right' },
    { header: 'median', align: 'right' },
    { header: 'p95', align: 'right' },
    { header: 'cause' },
    { header: 'between', shrinkTo: 12 },
    ...(oneLine
      ? [
          { header: 'in', shrinkTo: 16 },
          { header: 'e.g. at', align: 'right' as const },
        ]
      : []),
  ];
  const [header = '', ...lines] = formatTable(columns, rows, style, '  ');
  const shown = oneLine ? lines : lines.flatMap((line, i) => [line, placeLine(hotspots[i]!, style)]);
  return [header, ...shown, ...omittedLine(device, style)];
}

function hotspotRow(spot: Hotspot, largest: number, oneLine: boolean, style: TextStyle): Row {
  const paint = paintOf(spot.cause, style);
  return [
    formatNs(spot.totalNs),
    formatPercent(spot.share),
    ...(withBar(style) ? [{ text: bar(spot.totalNs / largest, BAR).padEnd(BAR), paint }] : []),
    formatExact(spot.count),
    formatNs(spot.medianNs),
    formatNs(spot.p95Ns),
    { text: spot.cause, paint },
    printable(`${spot.before} → ${spot.after}`),
    ...(oneLine ? [{ text: placeOf(spot), paint: style.colors.dim }, at(spot)] : []),
  ];
}

function withBar({ width }: TextStyle): boolean {
  return width >= ROOM_FOR_BAR;
}

function placeOf({ path }: Hotspot): string {
  return path === '' ? '(no range)' : printable(path);
}

function at({ example }: Hotspot): string {
  return `${(example.startNs / 1e6).toFixed(3)} ms`;
}

/** Under the row, where the terminal is too narrow for it. */
function placeLine(spot: Hotspot, style: TextStyle): string {
  const where = `e.g. at ${at(spot)}`;
  const room = Math.max(16, style.width - where.length - 10);
  return style.colors.dim(`      ${shortenMiddle(placeOf(spot), room)}  ${where}`);
}

function omittedLine({ hotspotsOmitted }: DeviceGapsResult, { colors }: TextStyle): string[] {
  const { count, totalNs } = hotspotsOmitted;
  if (count === 0) return [];
  const what = `${plural(count, 'more hotspot')} with ${formatNs(totalNs)} of idle time`;
  return [colors.dim(`  … ${what}: --top all shows them`)];
}
