import { max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { paintedRect, type Paint } from './paint.js';
import { layoutRows, valueText } from './rows.js';
import { element, hint, label, short, svg, type ChartSize, type ChartWords } from './svg.js';
import { textWidth, TICK_PX } from './text-fit.js';

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** The value with its unit, as it is shown. */
  readonly text: string;
  readonly paint: Paint;
}

export interface BarListChart extends ChartWords {
  readonly bars: readonly Bar[];
  /** A mark that bars are measured against, such as a peak rate. */
  readonly limit?: { readonly value: number; readonly text: string };
}

/** Bars under each other from a common zero, each with its name and value. */
export function barListChart(chart: BarListChart, { width }: ChartSize): string {
  const { bars, limit } = chart;
  const layout = layoutRows({
    names: bars.map(({ name }) => name),
    values: bars.map(({ text }) => text),
    width,
    top: limit === undefined ? 4 : 22,
    apart: limit !== undefined,
  });
  const top = Math.max(max(bars, ({ value }) => value) ?? 0, limit?.value ?? 0);
  const scale = scaleLinear([0, top > 0 ? top : 1], [layout.from, layout.to]);
  const marks = bars.flatMap((bar, row) => {
    const y = layout.barTop(row);
    const length = scale(bar.value) - layout.from;
    return [
      layout.nameText(row, bar.name),
      element('rect', {
        class: 'track',
        x: layout.from,
        y,
        width: layout.to - layout.from,
        height: layout.barHeight,
      }),
      // A pixel for anything above nothing: it is there, though small.
      paintedRect(
        layout.from,
        y,
        bar.value > 0 ? Math.max(1, length) : 0,
        layout.barHeight,
        bar.paint,
        hint(`${bar.name}: ${bar.text}`),
      ),
      valueText(layout, row, bar.text, width),
    ];
  });
  if (limit !== undefined) {
    const x = scale(limit.value);
    const anchor = x - textWidth(limit.text, TICK_PX) < 0 ? 'start' : 'end';
    marks.push(
      element('path', { class: 'reference', d: `M${short(x)} 18V${short(layout.height - 4)}` }),
      label(limit.text, { class: 'tick', x: anchor === 'end' ? x : 0, y: 11, 'text-anchor': anchor }),
    );
  }
  return svg(width, layout.height, chart, marks);
}
