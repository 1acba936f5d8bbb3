import type { Renderer } from '../render/renderer.js';
import type { MatchStyle, Surface } from '../render/renderer.js';
import type { LabelTexts } from '../render/text.js';
import type { CanvasTheme } from '../render/theme.js';
import type { FrameCache } from './frame-cache.js';
import type { Span } from './frame-window.js';
import type { Visible, VisibleTrack } from './visible.js';

export interface PictureInput {
  readonly visible: Visible;
  readonly view: Span;
  readonly extent: Span;
  readonly surface: Surface;
  readonly theme: CanvasTheme;
  readonly gridPx: readonly number[];
  readonly style: MatchStyle;
  readonly labels: (slot: 0 | 1) => LabelTexts;
  readonly cache: FrameCache;
}

/** Draws all tracks that are on screen, with whatever frames there are. */
export function drawPicture(renderer: Renderer, input: PictureInput): void {
  const { visible, view, surface, theme, gridPx } = input;
  const height = surface.height / surface.dpr;
  renderer.begin(theme, gridPx);
  renderer.pushTransform(view);
  if (visible.pinned.length > 0) {
    renderer.clip(0, visible.mainTop - 1);
    renderer.fill(0, surface.width / surface.dpr, 0, visible.mainTop - 1, theme.raised);
    for (const track of visible.pinned) drawTrack(renderer, track, input);
    renderer.clip(visible.mainTop - 1, visible.mainTop);
    renderer.fill(0, surface.width / surface.dpr, visible.mainTop - 1, visible.mainTop, theme.ruleStrong);
  }
  renderer.clip(visible.clipTop, height);
  for (const track of visible.main) drawTrack(renderer, track, input);
  if (visible.sticky !== undefined) {
    renderer.clip(visible.mainTop, visible.clipTop);
    groupGround(renderer, visible.sticky, input);
  }
  renderer.end();
}

function drawTrack(renderer: Renderer, { placed, y }: VisibleTrack, input: PictureInput): void {
  const { track, key, padding, rowHeight, height } = placed;
  const { cache, labels, style, theme, surface } = input;
  if (track.kind === 'group') {
    groupGround(renderer, { placed, y }, input);
    return;
  }
  renderer.fill(0, surface.width / surface.dpr, y + height - 1, y + height, theme.rule);
  const cached = cache.get(key);
  notLoaded(renderer, cached?.window, y, y + height - 1, input);
  if (cached === undefined) return;
  const band = { y: y + padding, rowHeight, rows: Math.max(1, track.rows) };
  if (cached.counter !== undefined) {
    renderer.drawCounter(cached.counter, band, track.max ?? largest(cached.counter.max));
  }
  if (cached.slices !== undefined) {
    renderer.drawSlices(cached.slices, track.kind, band, style, labels(track.slot));
  }
}

function groupGround(
  renderer: Renderer,
  { placed, y }: VisibleTrack,
  { surface, theme }: PictureInput,
): void {
  const width = surface.width / surface.dpr;
  renderer.fill(0, width, y, y + placed.height, theme.sunken);
  renderer.fill(0, width, y + placed.height - 1, y + placed.height, theme.rule);
}

/** Times that no frame has reached yet look different from times in which nothing happened. */
function notLoaded(
  renderer: Renderer,
  have: Span | undefined,
  y0: number,
  y1: number,
  input: PictureInput,
): void {
  const { view, extent, surface, theme } = input;
  const width = surface.width / surface.dpr;
  const x = (ns: number): number =>
    Math.min(width, Math.max(0, ((ns - view.startNs) / (view.endNs - view.startNs)) * width));
  const left = x(extent.startNs);
  const right = x(extent.endNs);
  if (have === undefined) {
    renderer.fill(left, right, y0, y1, theme.sunken);
    return;
  }
  renderer.fill(left, x(have.startNs), y0, y1, theme.sunken);
  renderer.fill(x(have.endNs), right, y0, y1, theme.sunken);
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}
