import { printable } from '../../src/report/printable.js';

/** No label on screen is longer; a name may be a megabyte. */
const LONGEST = 240;
const ELLIPSIS = '…';
/** Fewer letters than this before an ellipsis tell nothing. */
const LEAST_LETTERS = 3;

/**
 * Shortens labels without asking the canvas: widths of single characters are measured once and added up. Kerning makes
 * the sum a little wider than the text, so what is said to fit does.
 */
export class TextFitter {
  readonly #measure: (text: string) => number;
  readonly #ascii = new Float32Array(128).fill(-1);
  readonly #others = new Map<string, number>();

  /** `measure`: width of a text in CSS pixels. */
  constructor(measure: (text: string) => number) {
    this.#measure = measure;
  }

  width(text: string): number {
    let sum = 0;
    for (const char of text) sum += this.#widthOf(char);
    return sum;
  }

  /** The text, or as much of its start as fits with an ellipsis; empty if that would be next to nothing. */
  fit(text: string, width: number): string {
    const dots = this.#widthOf(ELLIPSIS);
    let used = 0;
    let kept = 0;
    let at = 0;
    for (const char of text) {
      const wide = this.#widthOf(char);
      if (used + wide > width) {
        return kept < LEAST_LETTERS ? '' : `${text.slice(0, kept).trimEnd()}${ELLIPSIS}`;
      }
      used += wide;
      at += char.length;
      if (used + dots <= width) kept = at;
    }
    return text;
  }

  #widthOf(char: string): number {
    const code = char.charCodeAt(0);
    if (code < 128 && char.length === 1) {
      let width = this.#ascii[code]!;
      if (width < 0) {
        width = this.#measure(char);
        this.#ascii[code] = width;
      }
      return width;
    }
    let width = this.#others.get(char);
    if (width === undefined) {
      width = this.#measure(char);
      // Bounded: a hostile name may use every character there is.
      if (this.#others.size < 5000) this.#others.set(char, width);
    }
    return width;
  }
}

/** Names as they are drawn: no control characters, no line breaks, bounded. Each is worked out once. */
export class LabelTexts {
  readonly #names: readonly string[];
  readonly #texts: (string | undefined)[] = [];

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  of(name: number): string {
    const known = this.#texts[name];
    if (known !== undefined) return known;
    const text = printable((this.#names[name] ?? '').slice(0, LONGEST));
    this.#texts[name] = text;
    return text;
  }
}
