import { printable } from '../printable.js';
import { shortenMiddle, stringWidth } from '../shorten.js';

/** Font sizes of the charts, CSS pixels; the page's style sheet uses the same. */
export const LABEL_PX = 12;
export const TICK_PX = 11;

/**
 * Width of an average character as a share of the font's size. Nothing here can measure text; this is on the
 * wide side for the system fonts that the page asks for, so that what fits here fits there.
 */
const CHARACTER = 0.58;

export function textWidth(text: string, fontPx = LABEL_PX): number {
  return stringWidth(text) * fontPx * CHARACTER;
}

/** The text as it will be shown (control characters written out), or as much of both its ends as fits. */
export function fitText(text: string, width: number, fontPx = LABEL_PX): string {
  return shortenMiddle(printable(text), Math.max(1, Math.floor(width / (fontPx * CHARACTER))));
}
