import type { KindSchedule, StepCacheResult, StepCacheRow } from '../projection/step-caching/result.js';
import { wrapped } from './device-header.js';
import { numbersText } from './gna-text.js';
import { printable } from './printable.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatNs, formatPercent, plural } from './units.js';

const COMPUTED = '█';
const REUSED = '·';
const NAMES = {
  'first-block-cache': 'First Block Cache',
  teacache: 'TeaCache',
  'feature-cache': 'Feature cache',
} as const;

/** `gapscope step-cache` for people. */
export function stepCacheText(result: StepCacheResult, style: TextStyle): string[] {
  const { colors } = style;
  const { method, steps, forwards, costs } = result;
  const lines = [
    colors.bold(`${NAMES[method]}: ${plural(steps, 'step')}, ${plural(forwards, 'forward')}`),
    ...formatTable(columns(result), result.rows.map(tableRow(style)), style, '  '),
  ];
  if (costs !== undefined) {
    const { fullMs, cachedMs, restMs, source } = costs;
    const rest = restMs > 0 ? `; ${ms(restMs)} outside forwards` : '';
    const text = `A full forward takes ${ms(fullMs)} (${source.full}), one with a hit ${ms(cachedMs)} (${source.cached})${rest}.`;
    lines.push('', ...wrapped(text, '  ', style.width).map((line) => colors.dim(line)));
  }
  lines.push('', colors.bold('Steps') + colors.dim(`  ${COMPUTED} computed  ${REUSED} reused`));
  for (const row of result.rows) lines.push(...strips(row, style));
  return [...lines, '', ...notes(result, style)];
}

function columns({ costs }: StepCacheResult): { header: string; align?: 'right' }[] {
  return [
    { header: 'threshold', align: 'right' },
    { header: 'computed', align: 'right' },
    { header: 'reused', align: 'right' },
    { header: 'share', align: 'right' },
    ...(costs === undefined
      ? []
      : [
          { header: 'latency', align: 'right' as const },
          { header: 'speedup', align: 'right' as const },
        ]),
  ];
}

function tableRow({ colors }: TextStyle): (row: StepCacheRow) => Row {
  return (row) => [
    thresholdText(row),
    String(row.computed),
    String(row.hits),
    formatPercent(row.hitShare),
    ...(row.latency === undefined
      ? []
      : [ms(row.latency.predictedMs), { text: `${row.latency.speedup.toFixed(2)}×`, paint: colors.bold }]),
  ];
}

/** One line of marks a kind, cut where the terminal ends, and the steps in numbers. */
function strips(row: StepCacheRow, style: TextStyle): string[] {
  const { colors } = style;
  const widest = Math.max(...row.kinds.map(({ kind }) => printable(kind).length));
  const lines = [`  ${colors.dim(thresholdText(row))}`];
  for (const one of row.kinds) {
    const label = printable(one.kind).padEnd(widest);
    const marks = marksOf(one);
    const room = Math.max(8, style.width - widest - 6);
    for (let at = 0; at < marks.length; at += room) {
      lines.push(`    ${at === 0 ? label : ' '.repeat(widest)}  ${marks.slice(at, at + room)}`);
    }
    const reused = one.reused.length === 0 ? 'none' : numbersText(one.reused);
    lines.push(
      ...wrapped(`reused: ${reused}`, ' '.repeat(widest + 6), style.width).map((line) => colors.dim(line)),
    );
  }
  return lines;
}

function marksOf({ reused, change }: KindSchedule): string {
  const marks = new Array<string>(change.length).fill(COMPUTED);
  for (const step of reused) marks[step] = REUSED;
  return marks.join('');
}

function notes({ method, everyNthToken, costs }: StepCacheResult, { width, colors }: TextStyle): string[] {
  const found = [
    'An estimate: once a step has reused something, later steps see other inputs than the run that was recorded.',
  ];
  if (method === 'feature-cache') {
    found.push(
      "Drift is judged by the first block's residual, which stands in for the input of the blocks left out.",
    );
  }
  if (everyNthToken > 1) found.push(`Residuals were compared at one token in ${everyNthToken}.`);
  if (costs === undefined) {
    found.push(
      'No latency: give --full-ms and --cached-ms, or the trace of a run with ranges around its layers.',
    );
  }
  return found.flatMap((text) => wrapped(text, '  ', width).map((line) => colors.dim(line)));
}

function thresholdText({ threshold }: StepCacheRow): string {
  return threshold === undefined ? 'no gate' : threshold === Infinity ? '∞' : String(threshold);
}

function ms(value: number): string {
  return formatNs(value * 1e6);
}
