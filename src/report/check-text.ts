import type { CheckedLimit, CheckResult } from '../runs/check.js';
import type { MetricUnit } from '../runs/budget-metrics.js';
import { signed, signedPercent } from './blocks-text.js';
import { wrapped } from './device-header.js';
import { printable } from './printable.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatBytes, formatExact, formatPercent, plural } from './units.js';

const SIGNS = { max: '≤', maxIncrease: '≤', min: '≥', maxDecrease: '≥' } as const;

/** `gapscope check` for people: one line a limit. */
export function checkText(result: CheckResult, style: TextStyle): string[] {
  const { colors } = style;
  const { limits, broken, kept } = result;
  const verdict = kept
    ? colors.green(`${plural(limits.length, 'limit')} kept`)
    : colors.red(`${formatExact(broken)} of ${plural(limits.length, 'limit')} BROKEN`);
  return [
    ...formatTable(
      [
        { header: 'metric', shrinkTo: 12 },
        { header: 'value', align: 'right' },
        { header: 'limit', align: 'right' },
        { header: 'margin', align: 'right' },
        { header: '', align: 'right' },
        { header: '' },
        { header: '', shrinkTo: 8 },
      ],
      limits.map((limit): Row => {
        const { unit, value, kind, margin, marginShare, base } = limit;
        const paint = limit.kept ? colors.green : colors.red;
        return [
          limit.metric,
          quantity(value, unit),
          `${SIGNS[kind]} ${quantity(limit.limit, unit)}`,
          { text: marginText(margin, unit), paint },
          { text: marginShare === undefined ? '' : signedPercent(marginShare), paint },
          { text: limit.kept ? 'kept' : 'BROKEN', paint },
          { text: base === undefined ? '' : baseText(limit, base), paint: colors.dim },
        ];
      }),
      style,
    ),
    `${verdict}${colors.dim(`  ${printable(result.budget)}`)}`,
    ...result.cautions.flatMap((text) => wrapped(printable(text), '  ! ', style.width).map(colors.yellow)),
  ];
}

function baseText({ kind, unit }: CheckedLimit, base: NonNullable<CheckedLimit['base']>): string {
  const sign = kind === 'maxIncrease' ? '+' : '−';
  return `${printable(base.run)} ${quantity(base.value, unit)} ${sign} ${printable(base.allowed)}`;
}

/** With more digits than elsewhere, so that a value and a limit that it just breaks look different. */
function quantity(value: number, unit: MetricUnit): string {
  switch (unit) {
    case 'ns':
      return exactTime(value);
    case 'share':
      return `${(value * 100).toFixed(2)} %`;
    case 'count':
      return formatExact(value);
    case 'bytes':
      return formatBytes(value);
    case 'number':
      return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : 'equal';
  }
}

function exactTime(ns: number): string {
  const [unit, size, digits] =
    Math.abs(ns) < 1e3 ? ['ns', 1, 0] : Math.abs(ns) < 1e6 ? ['µs', 1e3, 3] : ['ms', 1e6, 3];
  return `${(ns / Number(size)).toFixed(Number(digits))} ${unit}`;
}

function marginText(margin: number, unit: MetricUnit): string {
  if (!Number.isFinite(margin)) return '';
  if (unit === 'ns') return signed(Math.round(margin));
  const text = unit === 'share' ? formatPercent(Math.abs(margin)) : quantity(Math.abs(margin), unit);
  if (margin === 0) return text;
  return (margin < 0 ? '−' : '+') + text;
}
