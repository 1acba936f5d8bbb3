import { describe, expect, test } from 'vitest';
import { barListChart } from '../../../src/report/charts/bar-list.js';
import { columnsChart, type ColumnsChart } from '../../../src/report/charts/columns.js';
import { meter } from '../../../src/report/charts/meter.js';
import { BUSY, IDLE, paintOfCause, paintOfClass, paintOfRole } from '../../../src/report/charts/palette.js';
import { stackedBarsChart, type StackedBarsChart } from '../../../src/report/charts/stacked-bars.js';
import { waterfallChart, type WaterfallChart } from '../../../src/report/charts/waterfall.js';
import { storedChart } from './stored-chart.js';

// Stored beside this file, to be looked at; `npx vitest run --project unit test/unit/report/charts.test.ts -u`
// writes them anew. Look at them before they are committed.

const PHONE = { width: 340 };
const PAGE = { width: 900 };
const WORDS = { title: 'What it shows', description: 'Its numbers in words' };
const ROLES = ['first', 'filling', 'steady', 'switch', 'steady'] as const;

function blocks(count: number, reference = true): ColumnsChart {
  return {
    ...WORDS,
    columns: Array.from({ length: count }, (_, i) => {
      const role = ROLES[Math.min(i, 2) + (i % 7 === 6 ? 1 : 0)]!;
      const ns = role === 'switch' ? 881.24e6 : 400e6 + Math.min(i, 2) * 59.65e6;
      return { tick: String(i), name: `temporal_block_${i}`, ns, paint: paintOfRole(role) };
    }),
    xLabel: 'block',
    ...(reference ? { reference: { ns: 519.3e6, name: 'steady' } } : {}),
  };
}

const STACKED: StackedBarsChart = {
  ...WORDS,
  series: ['attention', 'matmul', 'rope', 'kv.clone', 'kv.roll', 'kv.concat', 'memcpy', 'other'].map(
    (name) => ({
      name,
      paint: paintOfClass(name),
    }),
  ),
  rows: [
    { name: 'in layers', partsNs: [1.41e9, 839e6, 457e6, 82e6, 13e6, 77e6, 40e6, 60e6] },
    { name: 'outside layers', partsNs: [104e6, 60e6, 34e6, 0, 0, 0, 2e6, 90e6] },
  ],
};

const SWITCH: WaterfallChart = {
  ...WORDS,
  steps: [
    { name: 'temporal_block_6', ns: 519.3e6, kind: 'total', paint: BUSY },
    { name: 'reset', ns: 2e6, kind: 'change', paint: paintOfClass('kv.reset') },
    { name: 'recache: attention', ns: 250e6, kind: 'change', paint: paintOfClass('attention') },
    { name: 'recache: linear', ns: 120e6, kind: 'change', paint: paintOfClass('matmul') },
    { name: 'rest of the block: gaps', ns: -10.06e6, kind: 'change', paint: IDLE },
    { name: 'temporal_block_7', ns: 881.24e6, kind: 'total', paint: BUSY },
  ],
};

const CAUSES = {
  ...WORDS,
  bars: [
    'host',
    'launch',
    'sync',
    'blocking-copy',
    'graph',
    'dispatch',
    'queued',
    'queue-full',
    'profiler',
    'api',
  ].map((name, i) => ({
    name,
    value: 1000 / (i + 1),
    text: `${Math.round(1000 / (i + 1))} ms`,
    paint: paintOfCause(name),
  })),
};

const RATES = {
  ...WORDS,
  bars: ['kv.clone', 'kv.roll', 'kv.insert', 'kv.update'].map((name, i) => ({
    name,
    value: 4200 - 700 * i,
    text: `${4200 - 700 * i} GB/s`,
    paint: paintOfClass(name),
  })),
  limit: { value: 4814, text: 'rated peak 4,814 GB/s' },
};

/** Names as a hostile or careless program would choose them. */
const HOSTILE = {
  ...WORDS,
  title: '</title><script>alert(1)</script>',
  bars: [
    { name: '<img src=x onerror=alert(1)>'.repeat(4), value: 2, text: '2', paint: BUSY },
    { name: '"\' & \u202e\u0000 名前が長い'.repeat(5), value: 1, text: '1', paint: BUSY },
  ],
};

const CHARTS: readonly (readonly [name: string, chart: string])[] = [
  ['columns-page', columnsChart(blocks(10), PAGE)],
  ['columns-phone', columnsChart(blocks(10), PHONE)],
  ['columns-many', columnsChart(blocks(80), PHONE)],
  ['columns-line', columnsChart(blocks(400, false), PAGE)],
  ['stacked-page', stackedBarsChart(STACKED, PAGE)],
  ['stacked-phone', stackedBarsChart(STACKED, PHONE)],
  ['waterfall-page', waterfallChart(SWITCH, PAGE)],
  ['waterfall-phone', waterfallChart(SWITCH, PHONE)],
  ['bars-causes', barListChart(CAUSES, PAGE)],
  ['bars-limit', barListChart(RATES, PAGE)],
  ['bars-limit-phone', barListChart(RATES, PHONE)],
  ['bars-hostile', barListChart(HOSTILE, PHONE)],
];

describe('charts look as they did', () => {
  test.each(CHARTS)('%s', async (name, chart) => {
    await expect(storedChart(chart)).toMatchFileSnapshot(`charts/${name}.svg`);
  });
});

describe('charts', () => {
  test.each(CHARTS)('%s: one picture with a title, no reference to anything outside of it', (_, chart) => {
    expect(chart).toMatch(/^<svg class="chart" viewBox="0 0 \d+ [\d.]+" role="img"><title>/);
    expect(chart).toContain('<desc>');
    expect(chart).not.toMatch(/url\(|https?:|href|style=|<script|<img|NaN|Infinity|undefined/);
  });

  test('nothing to show is an empty chart, not an error', () => {
    expect(columnsChart({ ...WORDS, columns: [], xLabel: 'block' }, PHONE)).not.toMatch(/NaN|Infinity/);
    expect(barListChart({ ...WORDS, bars: [] }, PHONE)).not.toMatch(/NaN|Infinity/);
    expect(stackedBarsChart({ ...WORDS, series: [], rows: [] }, PHONE)).not.toMatch(/NaN|Infinity/);
    expect(waterfallChart({ ...WORDS, steps: [] }, PHONE)).not.toMatch(/NaN|Infinity/);
    const zero = { ...WORDS, bars: [{ name: 'a', value: 0, text: '0', paint: BUSY }] };
    expect(barListChart(zero, PHONE)).not.toMatch(/NaN|Infinity/);
  });

  test('parts of a stacked row meet and fill it', () => {
    const chart = stackedBarsChart(
      { ...WORDS, series: STACKED.series.slice(0, 2), rows: [{ name: 'row', partsNs: [300, 100] }] },
      PAGE,
    );
    const [first, second] = [...chart.matchAll(/<rect x="([\d.]+)"[^>]* width="([\d.]+)"/g)].map(
      ([, x, width]) => [Number(x), Number(width)],
    ) as [[number, number], [number, number]];
    expect(first[0] + first[1] + 0.75).toBeCloseTo(second[0], 1);
    expect((first[1] + 0.75) / (second[1] + 0.75)).toBeCloseTo(3, 1);
  });

  test('labels of one line never overlap', () => {
    for (const [name, chart] of CHARTS) {
      for (const [a, b] of labelPairs(chart)) {
        expect(a.to <= b.from + 0.5, `${name}: '${a.text}' and '${b.text}'`).toBe(true);
      }
    }
  });

  test('a meter shows anything above nothing, and no more than all', () => {
    expect(meter(0, BUSY)).toContain('width="0"');
    expect(meter(1e-9, BUSY)).toContain('width="1"');
    expect(meter(7, BUSY)).toContain('width="64" height="8" fill="var(--busy)"');
  });
});

interface Label {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Neighbouring labels of the same height in a chart, by the widths that a typical sans-serif has. */
function labelPairs(chart: string): [Label, Label][] {
  const lines = new Map<string, Label[]>();
  for (const [, attributes = '', text = ''] of chart.matchAll(/<text([^>]*)>([^<]*)<\/text>/g)) {
    const value = (name: string): string | undefined =>
      new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1];
    const shown = text.replaceAll(/&[#\w]+;/g, 'x');
    const width = shown.length * (value('class') === 'tick' ? 11 : 12) * 0.52;
    const x = Number(value('x'));
    const anchor = value('text-anchor');
    const from = anchor === 'end' ? x - width : anchor === 'middle' ? x - width / 2 : x;
    const y = value('y')!;
    lines.set(y, [...(lines.get(y) ?? []), { text: shown, from, to: from + width }]);
  }
  return [...lines.values()].flatMap((line) => {
    const sorted = line.toSorted((a, b) => a.from - b.from);
    return sorted.slice(1).map((label, i): [Label, Label] => [sorted[i]!, label]);
  });
}
