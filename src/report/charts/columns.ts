import { scaleBand } from 'd3-scale';
import { curveStep, line } from 'd3-shape';
import { formatNs } from '../units.js';
import { timeAxis, type TimeAxis } from './axis.js';
import { paintedRect, type Paint } from './paint.js';
import { element, hint, label, short, svg, type ChartSize, type ChartWords } from './svg.js';
import { fitText, textWidth, TICK_PX } from './text-fit.js';

export interface Column {
  /** Under the column. */
  readonly tick: string;
  /** On hovering. */
  readonly name: string;
  readonly ns: number;
  readonly paint: Paint;
}

export interface ColumnsChart extends ChartWords {
  readonly columns: readonly Column[];
  /** What the columns count, under the axis. */
  readonly xLabel: string;
  /** A line across, with a name. */
  readonly reference?: { readonly ns: number; readonly name: string };
}

const HEIGHT = 240;
const TOP = 36;
const BOTTOM = 40;
const LEFT = 46;
const MOST_COLUMN = 64;
/** Columns closer than this, pixels, are drawn as one stepped line. */
const LEAST_COLUMN = 4;

/** A series of durations as columns: blocks one after the other. */
export function columnsChart(chart: ColumnsChart, { width }: ChartSize): string {
  const { columns, reference } = chart;
  const floor = HEIGHT - BOTTOM;
  const heights = [...columns.map(({ ns }) => ns), reference?.ns ?? 0];
  const axis = timeAxis(heights, floor, TOP, 4);
  const band = scaleBand<number>([LEFT, width - 8])
    .domain(columns.map((_, i) => i))
    .paddingInner(0.28)
    .paddingOuter(0.2);
  const marks = gridLines(axis, width);
  if (reference !== undefined) marks.push(...referenceLine(reference, axis, width));
  const middle = (i: number): number => band(i)! + band.bandwidth() / 2;
  if (band.step() >= LEAST_COLUMN) {
    const wide = Math.min(band.bandwidth(), MOST_COLUMN);
    columns.forEach((column, i) => {
      const y = axis.place(column.ns);
      const text = `${column.name}: ${formatNs(column.ns)}`;
      marks.push(paintedRect(middle(i) - wide / 2, y, wide, floor - y, column.paint, hint(text)));
    });
    marks.push(...valueTexts(columns, axis, middle, band.step()));
  } else {
    const step = line<Column>(
      (_, i) => middle(i),
      ({ ns }) => axis.place(ns),
    )
      .curve(curveStep)
      .digits(1);
    marks.push(element('path', { class: 'series', d: step(columns) ?? undefined }));
  }
  marks.push(...tickTexts(columns, middle, band.step()));
  marks.push(
    element('line', { class: 'axis', x1: LEFT, x2: width - 8, y1: floor, y2: floor }),
    label(chart.xLabel, { class: 'tick', x: (LEFT + width - 8) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }),
    label(axis.unit, { class: 'tick', x: LEFT - 8, y: TOP - 14, 'text-anchor': 'end' }),
  );
  return svg(width, HEIGHT, chart, marks);
}

function gridLines(axis: TimeAxis, width: number): string[] {
  return axis.ticks.flatMap(({ at, text }) => [
    element('line', { class: 'grid', x1: LEFT, x2: width - 8, y1: at, y2: at }),
    label(text, { class: 'tick', x: LEFT - 8, y: at + 4, 'text-anchor': 'end' }),
  ]);
}

/** Values over the columns, where there is room for all of them. */
function valueTexts(
  columns: readonly Column[],
  axis: TimeAxis,
  middle: (i: number) => number,
  step: number,
): string[] {
  const values = columns.map(({ ns }) => withoutUnit(ns, axis.unit));
  if (values.some((text) => textWidth(text, TICK_PX) + 4 > step)) return [];
  return columns.map(({ ns }, i) =>
    label(values[i]!, { class: 'value', x: middle(i), y: axis.place(ns) - 6, 'text-anchor': 'middle' }),
  );
}

/** Names under the columns: every one, or every 2nd, 5th, 10th, … where they would touch. */
function tickTexts(columns: readonly Column[], middle: (i: number) => number, step: number): string[] {
  const widest = Math.max(0, ...columns.map(({ tick }) => textWidth(tick, TICK_PX)));
  const least = (widest + 8) / step;
  let every = 1;
  for (let i = 0; every < least; i++) every = [2, 5, 10][i % 3]! * 10 ** Math.floor(i / 3);
  return columns.flatMap(({ tick }, i) =>
    i % every === 0
      ? [label(tick, { class: 'tick', x: middle(i), y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle' })]
      : [],
  );
}

function withoutUnit(ns: number, unit: TimeAxis['unit']): string {
  const value = ns / { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 }[unit];
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/** Dashed, behind the columns, so that it strikes through no value; its name stands in the margin above the plot. */
function referenceLine(
  reference: NonNullable<ColumnsChart['reference']>,
  axis: TimeAxis,
  width: number,
): string[] {
  const y = axis.place(reference.ns);
  const text = fitText(`${reference.name} ${formatNs(reference.ns)}`, width - LEFT - 16, TICK_PX);
  const end = width - 8;
  return [
    element('path', { class: 'reference', d: `M${LEFT} ${short(y)}H${short(end)}` }),
    label(`- - ${text}`, { class: 'tick', x: end, y: 10, 'text-anchor': 'end' }),
  ];
}
