import type { CounterFrame, TrackFrame, TrackKind } from '../engine/protocol.js';
import type { LabelTexts } from './text.js';
import type { CanvasTheme } from './theme.js';

/** A canvas: its size in pixels of the device, and how many of those make a CSS pixel. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  readonly dpr: number;
}

/** Which times the width of the surface shows. */
export interface TimeScale {
  readonly startNs: number;
  readonly endNs: number;
}

/** Where a track lies, CSS pixels from the top of the surface. */
export interface Band {
  readonly y: number;
  readonly rowHeight: number;
  readonly rows: number;
}

/** What a search does to events: nothing, marks what it found, or dims the rest as well. */
export type MatchStyle = 'plain' | 'mark' | 'dim';

/**
 * Draws events; knows nothing of tracks, cursors or selections. The transform from time to pixels is given apart from
 * the data, so that an old frame can be drawn wherever it is now. One picture: `begin`, then for each part of the
 * surface `clip` and its tracks, then `end`.
 */
export interface Renderer {
  resize(surface: Surface): void;
  begin(theme: CanvasTheme, gridPx: readonly number[]): void;
  /** What follows lies between these CSS pixels. */
  clip(top: number, bottom: number): void;
  pushTransform(scale: TimeScale): void;
  /** A plain rectangle, CSS pixels: the ground of a group, or of what is not there yet. */
  fill(x0: number, x1: number, y0: number, y1: number, color: string): void;
  drawSlices(frame: TrackFrame, kind: TrackKind, band: Band, style: MatchStyle, labels: LabelTexts): void;
  drawCounter(frame: CounterFrame, band: Band, max: number): void;
  end(): void;
}
