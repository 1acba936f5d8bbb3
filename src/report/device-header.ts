import type { ResultWindow } from '../analysis/device-windows.js';
import { printable } from './printable.js';
import { shortenMiddle, stringWidth } from './shorten.js';
import type { TextStyle } from './style.js';
import { formatNs } from './units.js';

/** Gives a GPU's name from the process that saw it and its id. */
export type DeviceName = (pid: number, device: number) => string;

/** The line over a device's tables: which, which part of its time, and what else is worth saying there. */
export function deviceHeader(
  device: { readonly pid: number; readonly window: ResultWindow; readonly windows: number },
  facts: readonly string[],
  name: DeviceName,
  { colors, width }: TextStyle,
): string {
  const label = printable(name(device.pid, device.window.device));
  const span = formatNs(device.window.spanNs);
  const window = device.windows > 1 ? `${device.windows} windows of together ${span}` : `window ${span}`;
  const rest = ['', window, ...facts].join(' · ');
  return colors.bold(label) + colors.dim(shortenMiddle(rest, Math.max(20, width - stringWidth(label))));
}

/** Words that wrap at the width, after a mark; the second and later lines are indented to the first. */
export function wrapped(text: string, mark: string, width: number): string[] {
  const indent = ' '.repeat(stringWidth(mark));
  const room = Math.max(8, width - indent.length);
  const lines: string[] = [];
  let line = mark;
  let isEmpty = true;
  for (const word of text.split(' ').flatMap((one) => broken(one, room))) {
    if (!isEmpty && stringWidth(line) + 1 + stringWidth(word) > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** A word that is wider than a line, in pieces. */
function broken(word: string, room: number): string[] {
  if (stringWidth(word) <= room) return [word];
  const chars = [...word];
  // Wide characters take two columns: half the room is always enough for them.
  const step = stringWidth(word) > chars.length ? Math.floor(room / 2) : room;
  return Array.from({ length: Math.ceil(chars.length / step) }, (_, i) =>
    chars.slice(i * step, (i + 1) * step).join(''),
  );
}
