import type { Paint } from '../charts/paint.js';
import { printable } from '../printable.js';
import { shortenMiddle } from '../shorten.js';
import { formatBytes, formatExact, formatNs, formatPercent } from '../units.js';
import type { Jump, TableCell } from './blocks.js';
import { jumpText } from './jump-text.js';
import { atText, shortPathText } from './place.js';
import type { Spot } from './spot.js';

/** Cells of report tables: how each kind of value is written, and what its column is sorted by. */

const MISSING: TableCell = { text: '–', sort: -Infinity };

export function timeCell(ns: number | undefined): TableCell {
  return ns === undefined ? MISSING : { text: formatNs(ns), sort: ns };
}

export function shareCell(share: number | undefined, paint?: Paint): TableCell {
  if (share === undefined) return MISSING;
  // A share that rounds to nothing has no sign.
  const text = formatPercent(Math.abs(share) < 0.0005 ? 0 : share);
  return {
    text,
    sort: share,
    ...(paint === undefined ? {} : { meter: { share, paint } }),
  };
}

export function countCell(count: number | undefined): TableCell {
  return count === undefined ? MISSING : { text: formatExact(count), sort: count };
}

export function numberCell(value: number | undefined, digits: number): TableCell {
  return value === undefined ? MISSING : { text: value.toFixed(digits), sort: value };
}

export function bytesCell(bytes: number | undefined, mark = ''): TableCell {
  return bytes === undefined ? MISSING : { text: formatBytes(bytes) + mark, sort: bytes };
}

/** 10⁹ bytes a second. */
export function rateCell(bytesPerSecond: number | undefined, mark = ''): TableCell {
  if (bytesPerSecond === undefined) return MISSING;
  const rate = bytesPerSecond / 1e9;
  return { text: (rate < 99.95 ? rate.toFixed(1) : formatExact(rate)) + mark, sort: rate };
}

export function nameCell(name: string, swatch?: Paint): TableCell {
  return swatch === undefined ? { text: name } : { text: name, swatch };
}

const LONGEST_NAME = 72;

/** A kernel's name: the middle of a long one is left out, all of it is there on hovering. */
export function kernelCell(name: string, fullName: string): TableCell {
  return { text: shortenMiddle(printable(name), LONGEST_NAME), code: true, full: fullName };
}

export function pathCell(path: string): TableCell {
  return { text: shortPathText(path), code: path !== '', full: path };
}

/** When something ran, and the way to it. */
export function atCell(spot: Spot | undefined): TableCell {
  return spot === undefined ? MISSING : { text: atText(spot.startNs), sort: spot.startNs, spot };
}

export function jumpCell(jump: Jump): TableCell {
  return { text: jumpText(jump), jump };
}
