import { printable } from '../../src/report/printable.js';
import { formatNs } from '../../src/report/units.js';
import type { CounterFrame, TrackFrame, Track, TraceSummary } from '../engine/protocol.js';
import { categoryName, causeLook, callColor, opColor, rangeColor } from '../render/colours.js';
import { swatch } from '../render/swatch.js';
import { OP_CLASSES } from '../../src/analysis/op-class.js';
import { make } from './dom.js';

/** Longer names are for the details panel. */
const LONGEST = 160;

/** What is said of the event under the pointer. */
export function sliceTip(
  track: Track,
  frame: TrackFrame,
  index: number,
  summary: TraceSummary,
  dark: boolean,
): readonly HTMLElement[] {
  const category = frame.category[index]!;
  const name = summary.shortNames[frame.name[index]!] ?? '';
  const kind = categoryName(track.kind, category);
  const title = track.kind === 'gaps' ? `GPU idle: ${kind}` : shorten(printable(name.slice(0, 2 * LONGEST)));
  const duration = formatNs(frame.endNs[index]! - frame.startNs[index]!);
  const facts = make('div', 'tip-facts', lookSwatch(track, category, dark), make('b', '', duration));
  if (track.kind === 'ops' || track.kind === 'calls') facts.append(` · ${kind}`);
  const lines = [make('div', 'tip-title', title), facts];
  const others = frame.merged[index]! - 1;
  if (others > 0) {
    lines.push(
      make(
        'div',
        'tip-more',
        `and ${others.toLocaleString('en-US')} ${others === 1 ? 'other' : 'others'} here: zoom in`,
      ),
    );
  }
  return lines;
}

function lookSwatch(track: Track, category: number, dark: boolean): HTMLElement {
  switch (track.kind) {
    case 'gaps':
      return swatch(causeLook(categoryName('gaps', category), dark), dark, 11);
    case 'calls':
      return swatch({ color: callColor(category, dark), pattern: 'solid' }, dark, 11);
    case 'ops':
      return swatch({ color: opColor(OP_CLASSES[category] ?? 'other', dark), pattern: 'solid' }, dark, 11);
    default:
      return swatch({ color: rangeColor(category, dark), pattern: 'solid' }, dark, 11);
  }
}

/** The value of a counter at a time. */
export function counterTip(track: Track, frame: CounterFrame, timeNs: number): readonly HTMLElement[] {
  let at = -1;
  for (let i = 0; i < frame.count && frame.startNs[i]! <= timeNs; i++) at = i;
  const value = at < 0 ? 0 : frame.last[at]!;
  const unit = track.unit === undefined || track.unit === '' ? '' : ` ${track.unit}`;
  const text = `${value.toLocaleString('en-US', { maximumSignificantDigits: 4 })}${unit}`;
  const lines = [
    make('div', 'tip-title', printable(track.label)),
    make('div', 'tip-facts', make('b', '', text)),
  ];
  if (at >= 0 && frame.max[at]! > frame.min[at]!) {
    const least = frame.min[at]!.toLocaleString('en-US', { maximumSignificantDigits: 4 });
    const most = frame.max[at]!.toLocaleString('en-US', { maximumSignificantDigits: 4 });
    lines.push(make('div', 'tip-more', `${least} to ${most}${unit} here`));
  }
  return lines;
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/** Puts the tip beside the pointer, on the side that has room. Client pixels. */
export function placeTip(tip: HTMLElement, x: number, y: number): void {
  const { offsetWidth: wide, offsetHeight: high } = tip;
  const left = x + 14 + wide > innerWidth ? Math.max(4, x - 14 - wide) : x + 14;
  const top = y + 18 + high > innerHeight ? Math.max(4, y - 12 - high) : y + 18;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}
