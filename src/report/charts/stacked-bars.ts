import { sum } from 'd3-array';
import { stack } from 'd3-shape';
import { formatNs } from '../units.js';
import { timeAxis } from './axis.js';
import { paintedRect, type Paint } from './paint.js';
import { layoutRows, valueText } from './rows.js';
import { element, hint, label, short, svg, type ChartSize, type ChartWords } from './svg.js';

export interface Series {
  readonly name: string;
  readonly paint: Paint;
}

export interface StackedRow {
  readonly name: string;
  /** One value a series, nanoseconds. */
  readonly partsNs: readonly number[];
}

export interface StackedBarsChart extends ChartWords {
  readonly series: readonly Series[];
  readonly rows: readonly StackedRow[];
}

const AXIS = 24;

/** Rows of parts that add up, on one time axis. */
export function stackedBarsChart(chart: StackedBarsChart, { width }: ChartSize): string {
  const { series, rows } = chart;
  const totals = rows.map(({ partsNs }) => sum(partsNs));
  const texts = totals.map((total) => formatNs(total));
  const layout = layoutRows({ names: rows.map(({ name }) => name), values: texts, width, bottom: AXIS });
  const axis = timeAxis(totals, layout.from, layout.to, width < 560 ? 4 : 7);
  const floor = layout.height - AXIS;
  const marks: string[] = axis.ticks.flatMap(({ at, text }, i) => [
    element('path', { class: 'grid', d: `M${short(at)} 2V${short(floor + 3)}` }),
    label(i === axis.ticks.length - 1 ? `${text} ${axis.unit}` : text, {
      class: 'tick',
      x: Math.min(at, width - 14),
      y: floor + 16,
      'text-anchor': i === 0 && layout.from === 0 ? 'start' : 'middle',
    }),
  ]);
  const keys = series.map((_, s) => s);
  const stacked = stack<unknown, StackedRow, number>()
    .keys(keys)
    .value(({ partsNs }, s) => partsNs[s] ?? 0)([...rows]);
  rows.forEach(({ name }, row) => {
    marks.push(layout.nameText(row, name));
    for (const [s, one] of series.entries()) {
      const [from, to] = stacked[s]![row]!;
      if (to <= from) continue;
      const x = axis.place(from);
      const length = axis.place(to) - x;
      // A hairline between neighbours, where there is room for it.
      const gap = length > 3 ? 0.75 : 0;
      const text = `${name}, ${one.name}: ${formatNs(to - from)}`;
      marks.push(paintedRect(x, layout.barTop(row), length - gap, layout.barHeight, one.paint, hint(text)));
    }
    marks.push(valueText(layout, row, texts[row]!, width));
  });
  return svg(width, layout.height, chart, marks);
}
