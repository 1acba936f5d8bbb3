import type { TrackKind } from '../engine/protocol.js';
import { mix, pixelOfHex } from './colour-space.js';
import { colorsOf, inkOn } from './colours.js';
import type { CanvasTheme } from './theme.js';

/** Colours of one kind of track as pixels, by `colorIndex`; plain, and dimmed for what a filter leaves out. */
export interface SlicePalette {
  readonly body: Uint32Array;
  readonly bodyDim: Uint32Array;
  /** Lower edge of a rectangle that stands for several events: it fades out. */
  readonly foot: Uint32Array;
  readonly footDim: Uint32Array;
  /** `INK` of text on the colour; on a dimmed one it is always muted. */
  readonly ink: Uint8Array;
  /** Lower edge of what a search found. */
  readonly mark: number;
}

/** What a label is written in. */
export const INK = { black: 0, white: 1, muted: 2 } as const;

/** Share of its colour that something dimmed keeps. */
export const DIM = 0.18;
const FADED = 0.4;

/** Works out the palettes of a theme, each when it is first needed. */
export class SlicePalettes {
  readonly #theme: CanvasTheme;
  readonly #made = new Map<TrackKind, SlicePalette>();

  constructor(theme: CanvasTheme) {
    this.#theme = theme;
  }

  of(kind: TrackKind): SlicePalette {
    const known = this.#made.get(kind);
    if (known !== undefined) return known;
    const made = slicePalette(kind, this.#theme);
    this.#made.set(kind, made);
    return made;
  }
}

function slicePalette(kind: TrackKind, theme: CanvasTheme): SlicePalette {
  const { ground, dark, markStrong } = theme;
  const colors = colorsOf(kind, dark);
  // Ranges have thousands of entries and few colours.
  const made = new Map<string, readonly [number, number, number, number, number]>();
  const entry = (color: string) => {
    const known = made.get(color);
    if (known !== undefined) return known;
    const dim = mix(ground, color, DIM);
    const parts = [
      pixelOfHex(color),
      pixelOfHex(dim),
      pixelOfHex(mix(ground, color, FADED)),
      pixelOfHex(mix(ground, dim, FADED)),
      inkOn(color) === '#ffffff' ? INK.white : INK.black,
    ] as const;
    made.set(color, parts);
    return parts;
  };
  const entries = colors.map(entry);
  return {
    body: Uint32Array.from(entries, ([value]) => value),
    bodyDim: Uint32Array.from(entries, ([, value]) => value),
    foot: Uint32Array.from(entries, ([, , value]) => value),
    footDim: Uint32Array.from(entries, ([, , , value]) => value),
    ink: Uint8Array.from(entries, ([, , , , value]) => value),
    mark: pixelOfHex(markStrong),
  };
}
