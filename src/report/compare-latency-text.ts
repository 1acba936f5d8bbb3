import type { CompareResult } from '../analysis/compare.js';
import type { Latencies, LatencyChange } from '../analysis/latency-change.js';
import { formatMs, signed } from './blocks-text.js';
import { changeText, deltaPaint } from './compare-change-text.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatExact, formatNs } from './units.js';
import { wrapWords } from './wrap.js';

export const LATENCY_NAMES: Readonly<Record<LatencyChange['what'], string>> = {
  'steady-block': 'steady block',
  block: 'block, any role',
  'first-block': 'first block',
  'inter-frame': 'inter-frame',
  switch: 'prompt switch',
  instance: 'instance',
  window: 'span',
};

/** From this width on the verdict stands beside the numbers, below it under the table. */
const ONE_LINE = 132;
const ROOM_FOR_RANGES = 104;
const ROOM_FOR_WHAT = 112;

const SHORT_WHAT = 'candidate less base; spread: of blocks within a recording';
const WHAT =
  'candidate less base; spread: among the instances of one recording, not from one recording to the next';

/** The headline: each latency in both runs, the difference, and whether it is more than the runs' own spread. */
export function latencyLines({ latencies }: CompareResult, style: TextStyle): string[] {
  const { colors, width } = style;
  const oneLine = width >= ONE_LINE;
  const ranges = width >= ROOM_FOR_RANGES && latencies.some(hasRange);
  const rows = latencies.map((change): Row => {
    const { what, base, candidate, differenceNs, share, spread } = change;
    // What is no more than noise is neither good nor bad.
    const isNoise = spread?.verdict === 'within';
    const paint = deltaPaint(isNoise ? 0 : (differenceNs ?? 0), style);
    return [
      { text: LATENCY_NAMES[what], paint: colors.bold },
      base === undefined ? '–' : latencyText(base),
      ...(ranges ? [{ text: rangeText(base), paint: colors.dim }] : []),
      candidate === undefined ? '–' : latencyText(candidate),
      ...(ranges ? [{ text: rangeText(candidate), paint: colors.dim }] : []),
      differenceNs === undefined ? '' : { text: latencyDifference(differenceNs), paint },
      share === undefined ? '' : { text: changeText(share), paint },
      { text: speedText(change), paint },
      ...(oneLine ? [{ text: verdictText(change), paint: colors.dim }] : []),
    ];
  });
  const right = { align: 'right' as const };
  const table = formatTable(
    [
      { header: '' },
      { header: 'base', ...right },
      ...(ranges ? [{ header: 'from – to' }] : []),
      { header: 'candidate', ...right },
      ...(ranges ? [{ header: 'from – to' }] : []),
      { header: 'difference', ...right },
      { header: '', ...right },
      { header: '' },
      ...(oneLine ? [{ header: '', shrinkTo: 12 }] : []),
    ],
    rows,
    style,
    '  ',
  );
  return [
    colors.bold('Latency') + colors.dim(`  ${width >= ROOM_FOR_WHAT ? WHAT : SHORT_WHAT}`),
    ...table,
    ...(oneLine ? [] : verdictLines(latencies, style)),
  ];
}

/** Milliseconds to subtract by eye; what is shorter than that in its own unit. */
export function latencyText({ ns }: Latencies): string {
  return Math.abs(ns) >= 1e6 ? formatMs(ns) : formatNs(ns);
}

export function latencyDifference(ns: number): string {
  if (Math.abs(ns) < 1e6) return signed(ns);
  return `${ns < 0 ? '−' : '+'}${formatMs(Math.abs(ns))}`;
}

function hasRange({ base, candidate }: LatencyChange): boolean {
  return rangeText(base) !== '' || rangeText(candidate) !== '';
}

export function rangeText(latencies: Latencies | undefined): string {
  if (latencies === undefined || latencies.minNs === latencies.maxNs) return '';
  const { minNs, maxNs } = latencies;
  return maxNs >= 1e6
    ? `${(minNs / 1e6).toFixed(2)} – ${(maxNs / 1e6).toFixed(2)}`
    : `${formatNs(minNs)} – ${formatNs(maxNs)}`;
}

export function speedText({ base, candidate }: LatencyChange): string {
  if (base === undefined) return candidate === undefined ? '' : 'new';
  if (candidate === undefined) return 'gone';
  if (base.ns <= 0 || candidate.ns <= 0) return '';
  if (base.ns === candidate.ns) return 'the same';
  return candidate.ns < base.ns
    ? `${(base.ns / candidate.ns).toFixed(2)}× as fast`
    : `${(candidate.ns / base.ns).toFixed(2)}× as long`;
}

/** Whether the difference means anything, in words; docs/compare.md has the rule. */
export function verdictText({ base, candidate, spread, what }: LatencyChange): string {
  if (base === undefined || candidate === undefined || spread === undefined) return '';
  const [one, other] = [base.count, candidate.count].map(formatExact);
  const counts = `${one} and ${other}`;
  switch (spread.verdict) {
    case 'unknown':
      return what === 'window' ? '' : `${one === other ? 'one each' : counts}: no spread to hold it against`;
    case 'within':
    case 'beyond': {
      const how = spread.rule === 'rank-test' ? pText(spread.p) : 'too few for a test: their ranges';
      return `${spread.verdict} the spread of ${counts} (${how})`;
    }
  }
}

function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

function verdictLines(latencies: readonly LatencyChange[], { colors, width }: TextStyle): string[] {
  return latencies.flatMap((change) => {
    const text = verdictText(change);
    if (text === '') return [];
    return wrapWords(`${LATENCY_NAMES[change.what]}: ${text}`, width - 2).map((line) =>
      colors.dim(`  ${line}`),
    );
  });
}
