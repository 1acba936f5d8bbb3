import { scaleLinear } from 'd3-scale';
import { max, min } from 'd3-array';
import { formatNs } from '../units.js';
import { paintedRect, type Paint } from './paint.js';
import { layoutRows, valueText } from './rows.js';
import { element, hint, short, svg, type ChartSize, type ChartWords } from './svg.js';

export interface WaterfallStep {
  readonly name: string;
  readonly ns: number;
  /** A total stands on zero; a change hangs where the one before it ended. */
  readonly kind: 'total' | 'change';
  readonly paint: Paint;
}

export interface WaterfallChart extends ChartWords {
  readonly steps: readonly WaterfallStep[];
}

/** How one total becomes another, change by change, top to bottom. */
export function waterfallChart(chart: WaterfallChart, { width }: ChartSize): string {
  const { steps } = chart;
  const placed = place(steps);
  const texts = steps.map(({ ns, kind }) => (kind === 'change' && ns >= 0 ? '+' : '') + formatNs(ns));
  const layout = layoutRows({ names: steps.map(({ name }) => name), values: texts, width, apart: true });
  const low = Math.min(0, min(placed, ([from, to]) => Math.min(from, to)) ?? 0);
  const high = max(placed, ([from, to]) => Math.max(from, to)) ?? 0;
  const scale = scaleLinear([low, high > low ? high : low + 1], [layout.from, layout.to]);
  const marks = steps.flatMap((step, row) => {
    const [from, to] = placed[row]!;
    const y = layout.barTop(row);
    const x = scale(Math.min(from, to));
    const length = Math.max(1, scale(Math.max(from, to)) - x);
    const joint = scale(to);
    const last = row === steps.length - 1;
    return [
      layout.nameText(row, step.name),
      paintedRect(x, y, length, layout.barHeight, step.paint, hint(`${step.name}: ${texts[row]!}`)),
      ...(last
        ? []
        : [
            element('path', {
              class: 'joint',
              d: `M${short(joint)} ${short(y + layout.barHeight)}V${short(layout.barTop(row + 1))}`,
            }),
          ]),
      valueText(layout, row, texts[row]!, width),
    ];
  });
  return svg(width, layout.height, chart, marks);
}

/** From where to where each step goes, nanoseconds. */
function place(steps: readonly WaterfallStep[]): (readonly [from: number, to: number])[] {
  let level = 0;
  return steps.map(({ ns, kind }) => {
    const from = kind === 'total' ? 0 : level;
    level = from + ns;
    return [from, level] as const;
  });
}
