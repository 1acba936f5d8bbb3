import { ticks as niceTicks, tickStep } from 'd3-array';
import type { CanvasTheme } from './theme.js';
import type { Surface, TimeScale } from './renderer.js';

export interface Tick {
  readonly ns: number;
  /** CSS pixels. */
  readonly x: number;
  readonly text: string;
}

export interface AxisTicks {
  readonly ticks: readonly Tick[];
  /** Where texts that begin with `+` count from; undefined: from the start of the trace. */
  readonly originText: string | undefined;
  readonly stepNs: number;
}

const UNITS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
] as const;

/** More digits than this after the point, and the axis counts from a nearer origin. */
const MAX_DECIMALS = 3;
/** CSS pixels between the end of a text and the next tick. */
const GAP = 14;
const TEXT_OFFSET = 4;
const LEAST_SPACING = 60;

/** Largest unit that a value reaches; nanoseconds below one. */
function unitOf(ns: number): readonly [name: string, size: number] {
  return UNITS.find(([, size]) => Math.abs(ns) >= size) ?? UNITS[3];
}

/** Digits after the point that tell two ticks apart. */
function decimalsFor(stepNs: number, unitNs: number): number {
  return Math.max(0, Math.ceil(Math.log10(unitNs / stepNs) - 1e-9));
}

const NARROW_SPACE = '\u202f';

/** A number with groups of three digits on both sides of the point. */
export function grouped(value: number, decimals: number): string {
  const [whole = '', fraction = ''] = Math.abs(value).toFixed(decimals).split('.');
  const left = whole.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  const right = fraction.replace(/(\d{3})(?=\d)/g, `$1${NARROW_SPACE}`);
  const sign = value < 0 && /[1-9]/.test(whole + fraction) ? '−' : '';
  return `${sign}${left}${right === '' ? '' : `.${right}`}`;
}

/** A point in time to the given resolution, in the unit that its size suits: `12.345 678 s`. */
export function formatTime(ns: number, resolutionNs: number): string {
  const [unit, size] = unitOf(ns);
  return `${grouped(ns / size, Math.min(9, decimalsFor(Math.max(1e-3, resolutionNs), size)))} ${unit}`;
}

/**
 * Ticks at round times, as many as fit without their texts touching. Deep in a long trace the texts would differ in
 * their seventh digit only; they then count from a round time before the window, which is given apart.
 */
export function axisTicks(view: TimeScale, width: number, textWidth: (text: string) => number): AxisTicks {
  const span = view.endNs - view.startNs;
  const place = (ns: number): number => ((ns - view.startNs) / span) * width;
  let count = Math.max(1, Math.floor(width / LEAST_SPACING));
  for (;;) {
    // Below a nanosecond there is nothing to tell apart.
    const stepNs = Math.max(1, tickStep(view.startNs, view.endNs, count));
    const made = withTexts(view, stepNs, count, place);
    const spacing = (stepNs / span) * width;
    const widest = made.ticks.reduce((most, tick) => Math.max(most, textWidth(tick.text)), 0);
    if (widest + TEXT_OFFSET + GAP <= spacing || made.ticks.length <= 1) return made;
    // Hardly wider than a text: one tick is all that fits.
    if (count === 1) return { ...made, ticks: made.ticks.slice(0, 1) };
    count--;
  }
}

function withTexts(view: TimeScale, stepNs: number, count: number, place: (ns: number) => number): AxisTicks {
  const times =
    stepNs > 1
      ? niceTicks(view.startNs, view.endNs, count)
      : wholeNumbers(Math.ceil(view.startNs), Math.floor(view.endNs));
  const [unit, size] = unitOf(Math.max(Math.abs(view.startNs), Math.abs(view.endNs)));
  const decimals = decimalsFor(stepNs, size);
  if (decimals <= MAX_DECIMALS) {
    const ticks = times.map((ns) => ({
      ns,
      x: place(ns),
      text: Math.abs(ns) < stepNs / 2 ? '0' : `${grouped(ns / size, decimals)} ${unit}`,
    }));
    return { ticks, originText: undefined, stepNs };
  }
  const span = view.endNs - view.startNs;
  const coarse = 10 ** Math.ceil(Math.log10(span));
  const originNs = Math.floor(view.startNs / coarse) * coarse;
  const [offsetUnit, offsetSize] = unitOf(view.endNs - originNs);
  const offsetDecimals = decimalsFor(stepNs, offsetSize);
  const ticks = times.map((ns) => ({
    ns,
    x: place(ns),
    text: `+${grouped((ns - originNs) / offsetSize, offsetDecimals)} ${offsetUnit}`,
  }));
  return { ticks, originText: formatTime(originNs, coarse), stepNs };
}

function wholeNumbers(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, Math.min(200, to - from + 1)) }, (_, k) => from + k);
}

/** What else the axis shows: the selected time, flags and notes, the cursor. */
export interface AxisMarks {
  /** CSS pixels. */
  readonly span: { readonly x0: number; readonly x1: number; readonly text: string } | undefined;
  readonly cursor: { readonly x: number; readonly text: string } | undefined;
  readonly notes: readonly { readonly x0: number; readonly x1: number }[];
}

const FONT_PX = 11;

/** Draws the axis in its own canvas, texts to the right of their ticks. */
export function drawAxis(
  context: CanvasRenderingContext2D,
  { width: pixels, height: rows, dpr }: Surface,
  theme: CanvasTheme,
  { ticks }: AxisTicks,
  marks: AxisMarks,
): void {
  const width = pixels / dpr;
  const height = rows / dpr;
  context.setTransform(dpr, 0, 0, dpr, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = `${FONT_PX}px ${theme.font}`;
  context.textBaseline = 'alphabetic';
  const line = 1 / dpr;
  const crisp = (x: number): number => Math.round(x * dpr) / dpr;
  const baseline = Math.round(height / 2 + FONT_PX * 0.36);
  const hair = Math.max(1, Math.round(dpr)) * line;

  const { span, cursor, notes } = marks;
  const busy: (readonly [number, number])[] = [];
  if (span !== undefined) {
    const x0 = Math.max(0, span.x0);
    const x1 = Math.min(width, span.x1);
    if (x1 > x0) {
      context.globalAlpha = 0.16;
      context.fillStyle = theme.accent;
      context.fillRect(x0, 0, x1 - x0, height);
      context.globalAlpha = 1;
      context.fillRect(crisp(x0), height - 2, x1 - x0, 2);
      const wide = context.measureText(span.text).width + 8;
      const left = Math.min(Math.max(2, (x0 + x1) / 2 - wide / 2), width - wide - 2);
      busy.push([left, left + wide]);
    }
  }
  if (cursor !== undefined) {
    const wide = context.measureText(cursor.text).width + 10;
    const left = Math.min(Math.max(0, cursor.x - wide / 2), width - wide);
    busy.push([left, left + wide]);
  }

  for (const tick of ticks) {
    const x = crisp(tick.x);
    context.fillStyle = theme.ruleStrong;
    context.fillRect(x, height - 6, hair, 6);
    const left = x + TEXT_OFFSET;
    const right = left + context.measureText(tick.text).width;
    if (right > width || busy.some(([from, to]) => left < to && right > from)) continue;
    context.fillStyle = theme.muted;
    context.fillText(tick.text, left, baseline);
  }
  for (const note of notes) drawFlag(context, theme, crisp(note.x0), crisp(note.x1), height);
  if (span !== undefined && busy[0] !== undefined && span.x1 > 0 && span.x0 < width) {
    context.fillStyle = theme.accent;
    context.fillText(span.text, busy[0][0] + 4, baseline);
  }
  if (cursor !== undefined) {
    const [left, right] = busy.at(-1)!;
    context.fillStyle = theme.ink;
    context.beginPath();
    context.roundRect(left, 3, right - left, height - 6, 3);
    context.fill();
    context.fillStyle = theme.ground;
    context.fillText(cursor.text, left + 5, baseline);
  }
}

function drawFlag(
  context: CanvasRenderingContext2D,
  theme: CanvasTheme,
  x0: number,
  x1: number,
  height: number,
): void {
  context.fillStyle = theme.markStrong;
  if (x1 - x0 > 3) context.fillRect(x0, height - 3, x1 - x0, 3);
  context.beginPath();
  context.moveTo(x0, height);
  context.lineTo(x0, height - 11);
  context.lineTo(x0 + 7, height - 8);
  context.lineTo(x0 + 1, height - 5);
  context.lineTo(x0 + 1, height);
  context.fill();
}
