import { label } from './svg.js';
import { fitText, LABEL_PX, textWidth } from './text-fit.js';

/** From this width on, a row's name stands beside its bar; narrower, above it. */
const BESIDE = 560;
const BAR = 16;
const MOST_FOR_NAMES = 0.34;

/** Where the parts of horizontal rows go. Shared by all charts of rows, so that they line up down the page. */
export interface RowLayout {
  readonly barHeight: number;
  /** Left and right end of the bars. */
  readonly from: number;
  readonly to: number;
  /** Height of a row with its space. */
  readonly step: number;
  /** Top of a row's bar. */
  readonly barTop: (row: number) => number;
  readonly height: number;
  readonly nameText: (row: number, name: string) => string;
}

export interface RowLayoutOptions {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly width: number;
  /** Space above the first row, and below the last. */
  readonly top?: number;
  readonly bottom?: number;
  /** Keep the values' side free of bars even where names stand above them: for lines that run down the rows. */
  readonly apart?: boolean;
}

export function layoutRows({
  names,
  values,
  width,
  top = 4,
  bottom = 4,
  apart = false,
}: RowLayoutOptions): RowLayout {
  const beside = width >= BESIDE;
  const widestName = Math.max(0, ...names.map((name) => textWidth(name)));
  const widestValue = Math.max(0, ...values.map((value) => textWidth(value)));
  const nameWidth = beside ? Math.min(widestName, width * MOST_FOR_NAMES) : width - widestValue - 16;
  const from = beside ? nameWidth + 12 : 0;
  const to = beside || apart ? width - widestValue - 10 : width;
  const step = beside ? BAR + 10 : BAR + LABEL_PX + 14;
  const barTop = (row: number): number => top + row * step + (beside ? 3 : LABEL_PX + 6);
  const nameText = (row: number, name: string): string =>
    label(
      fitText(name, nameWidth),
      beside
        ? { class: 'name', x: nameWidth, y: barTop(row) + 12, 'text-anchor': 'end' }
        : { class: 'name', x: 0, y: barTop(row) - 5 },
    );
  return { barHeight: BAR, from, to, step, barTop, height: top + names.length * step + bottom, nameText };
}

/** A row's value: at the right end, level with its name. */
export function valueText(layout: RowLayout, row: number, value: string, width: number): string {
  const level = layout.from > 0 ? layout.barTop(row) + 12 : layout.barTop(row) - 5;
  return label(value, { class: 'value', x: width, y: level, 'text-anchor': 'end' });
}
