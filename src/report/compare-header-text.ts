import type { RunDifference } from '../analysis/run-differences.js';
import type { CompareResult } from '../analysis/compare.js';
import { changeText } from './compare-change-text.js';
import type { ComparedName } from './compare-text.js';
import { printable } from './printable.js';
import { shortenMiddle, stringWidth } from './shorten.js';
import type { Paint, TextStyle } from './style.js';
import { formatBytes, formatExact, plural } from './units.js';
import { wrapWords } from './wrap.js';

const LABEL = 13;
const MOST_SHOWN = 16;

/** Which two runs, and how they were not made alike. */
export function runLines(
  result: CompareResult,
  style: TextStyle,
  base: ComparedName,
  candidate: ComparedName,
): string[] {
  const { colors } = style;
  const of = (kind: RunDifference['kind']): RunDifference[] =>
    result.differences.filter((one) => one.kind === kind);
  const options = of('option');
  return [
    nameLine('base', base, result.base.ops, style),
    nameLine('candidate', candidate, result.candidate.ops, style),
    ...differenceLines('changed', colors.cyan, options.filter(isInBoth), style),
    ...differenceLines(
      'in one only',
      colors.dim,
      options.filter((one) => !isInBoth(one)),
      style,
    ),
    ...memoryLine(result, style),
    ...differenceLines('machine', colors.yellow, of('machine'), style),
    ...differenceLines('recording', colors.yellow, of('recording'), style),
  ];
}

function nameLine(label: string, { path, gpu }: ComparedName, ops: number, style: TextStyle): string {
  const { colors, width } = style;
  const rest = ` · ${printable(gpu)} · ${plural(ops, 'op')} compared`;
  const room = Math.max(16, width - LABEL - stringWidth(rest));
  const name = shortenMiddle(printable(path), room);
  const left = width - LABEL - stringWidth(name);
  return colors.bold(label.padEnd(LABEL)) + colors.bold(name) + colors.dim(shortenMiddle(rest, left));
}

function memoryLine({ peakMemoryBytes }: CompareResult, { colors }: TextStyle): string[] {
  if (peakMemoryBytes === undefined) return [];
  const { base, candidate } = peakMemoryBytes;
  const change = base > 0 ? ` (${changeText((candidate - base) / base)})` : '';
  const text = `at most ${formatBytes(base)} → ${formatBytes(candidate)}${change}`;
  return [colors.bold('memory'.padEnd(LABEL)) + colors.dim(text)];
}

function isInBoth({ base, candidate }: RunDifference): boolean {
  return base !== undefined && candidate !== undefined;
}

function differenceLines(
  label: string,
  paint: Paint,
  differences: readonly RunDifference[],
  { colors, width }: TextStyle,
): string[] {
  if (differences.length === 0) return [];
  const longest = Math.max(8, Math.floor((width - LABEL) / 3) - 4);
  const shown = differences.slice(0, MOST_SHOWN).map((one) => differenceText(one, longest));
  const more = differences.length - shown.length;
  if (more > 0) shown.push(`${formatExact(more)} more in --json`);
  // One difference stays on one line: its own spaces are no places to break.
  const words = shown.map((text) => text.replaceAll(' ', '\u00a0')).join(' · ');
  return wrapWords(words, width - LABEL).map((line, i) => {
    const text = line.replaceAll('\u00a0', ' ');
    return colors.bold((i === 0 ? label : '').padEnd(LABEL)) + paint(text);
  });
}

function differenceText({ name, base, candidate }: RunDifference, longest: number): string {
  const value = (text: string): string => (text === '' ? "''" : shortenMiddle(printable(text), longest));
  const label = shortenMiddle(printable(name), longest);
  if (base === undefined) return `${label} ${value(candidate ?? '')} (candidate)`;
  if (candidate === undefined) return `${label} ${value(base)} (base)`;
  return `${label} ${value(base)} → ${value(candidate)}`;
}
