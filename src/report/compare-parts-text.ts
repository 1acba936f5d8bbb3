import type { CompareResult, CompareTimes } from '../analysis/compare.js';
import { signed } from './blocks-text.js';
import { paintOf } from './causes.js';
import { deltaPaint, shareText } from './compare-change-text.js';
import type { Paint, TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatExact, formatNs, plural } from './units.js';
import { fallBar } from './waterfall.js';

const BAR = 40;
const ROOM_FOR_EXACT = 100;

interface Part {
  readonly name: string;
  readonly baseNs: number;
  readonly candidateNs: number;
  readonly paint: Paint;
}

/** The difference as a fall from nothing to all of it: idle time by cause, then busy time. */
export function partLines(result: CompareResult, style: TextStyle): string[] {
  const { colors } = style;
  const base = result.base.each;
  const candidate = result.candidate.each;
  const withExact = style.width >= ROOM_FOR_EXACT;
  const causes = result.byCause.map(({ label, baseEachNs, candidateEachNs }) => ({
    name: label,
    baseNs: baseEachNs,
    candidateNs: candidateEachNs,
    paint: paintOf(label, style),
  }));
  const parts = [...causes, ...busyParts(base, candidate, style)];
  const ends = parts.map(
    (
      (at) => (part: Part) =>
        (at += part.candidateNs - part.baseNs)
    )(0),
  );
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  const width = Math.max(8, Math.min(BAR, style.width - (withExact ? 84 : 66)));
  const differenceNs = candidate.spanNs - base.spanNs;
  const row = ({ name, baseNs, candidateNs, paint }: Part, bar = ''): Row => {
    const changeNs = candidateNs - baseNs;
    const changePaint = deltaPaint(changeNs, style);
    return [
      { text: name, paint },
      timeText(baseNs),
      timeText(candidateNs),
      { text: signed(changeNs), paint: changePaint },
      differenceNs === 0 ? '' : shareText(changeNs / differenceNs),
      ...(withExact ? [exact(changeNs)] : []),
      { text: bar, paint: changePaint },
    ];
  };
  const step = (part: Part, i: number): Row =>
    row(part, fallBar(i === 0 ? 0 : ends[i - 1]!, ends[i]!, low, high, width));
  const sum = (name: string, baseNs: number, candidateNs: number): Row =>
    row({ name, baseNs, candidateNs, paint: colors.bold });
  const rows = parts.map(step);
  const table: (Row | undefined)[] = [
    ...rows.slice(0, causes.length),
    undefined,
    sum('idle', base.idleNs, candidate.idleNs),
    ...rows.slice(causes.length),
    sum('= span', base.spanNs, candidate.spanNs),
  ];
  const lines = formatTable(
    [
      { header: 'part', shrinkTo: 10 },
      { header: 'base', align: 'right' },
      { header: 'candidate', align: 'right' },
      { header: 'difference', align: 'right' },
      { header: 'of it', align: 'right' },
      ...(withExact ? [{ header: 'ns', align: 'right' as const }] : []),
      { header: '' },
    ],
    table,
    style,
    '  ',
  );
  return [...lines, ...closingLine(result, ends.at(-1) ?? 0, differenceNs, style)];
}

/** Busy time, with ops that ran at once counted apart where there are any. */
function busyParts(base: CompareTimes, candidate: CompareTimes, { colors }: TextStyle): Part[] {
  const paint = colors.green;
  if (base.overlapNs === 0 && candidate.overlapNs === 0) {
    return [{ name: '+ busy', baseNs: base.busyNs, candidateNs: candidate.busyNs, paint }];
  }
  return [
    { name: '+ ops', baseNs: base.opNs, candidateNs: candidate.opNs, paint },
    { name: '− ops at once', baseNs: -base.overlapNs, candidateNs: -candidate.overlapNs, paint },
  ];
}

function timeText(ns: number): string {
  return ns < 0 ? `−${formatNs(-ns)}` : formatNs(ns);
}

function closingLine(result: CompareResult, sum: number, whole: number, { colors }: TextStyle): string[] {
  if (sum === whole) return [];
  const text = `the parts do not close: ${exact(sum)} of ${exact(whole)} ns in ${plural(result.byCause.length, 'cause')}`;
  return [colors.red(`  ! ${text}. This is a bug; please report it with the traces`)];
}

function exact(ns: number): string {
  return ns === 0 ? '0' : `${ns > 0 ? '+' : '−'}${formatExact(Math.abs(ns))}`;
}
