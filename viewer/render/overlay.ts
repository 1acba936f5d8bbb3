import type { Surface } from './renderer.js';
import type { CanvasTheme } from './theme.js';

/** CSS pixels from the top left of the tracks. */
export interface Box {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** What lies over the events. Of everything only what is there; nothing here costs more than a few dozen strokes. */
export interface Scene {
  /** Where the tracks that scroll begin: below the pinned ones. */
  readonly mainTop: number;
  readonly hover: Box | undefined;
  readonly selected: Box | undefined;
  /** The other end of the arrow. */
  readonly peer: Box | undefined;
  readonly arrow: { readonly from: Point; readonly to: Point } | undefined;
  /** Selected area: a piece a track. */
  readonly area: readonly Box[];
  /** Selected time over everything. */
  readonly span: { readonly x0: number; readonly x1: number } | undefined;
  readonly cursorX: number | undefined;
  readonly notes: readonly { readonly x0: number; readonly x1: number }[];
  /** The track that keys act on, while the keyboard is in use. */
  readonly focus: Box | undefined;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function drawOverlay(
  context: CanvasRenderingContext2D,
  surface: Surface,
  theme: CanvasTheme,
  scene: Scene,
): void {
  const { dpr } = surface;
  const width = surface.width / dpr;
  const height = surface.height / dpr;
  context.setTransform(dpr, 0, 0, dpr, 0, 0);
  context.clearRect(0, 0, width, height);
  const crisp = (x: number): number => Math.round(x * dpr) / dpr;

  // Edges only: a tint over a long note would change the colours of everything in it.
  context.fillStyle = theme.markStrong;
  context.globalAlpha = 0.6;
  for (const { x0, x1 } of scene.notes) {
    for (const x of x1 - x0 > 1 ? [x0, x1] : [x0]) context.fillRect(crisp(x), 0, 1, height);
  }
  context.globalAlpha = 1;
  if (scene.span !== undefined) veil(context, theme, width, height, scene.span.x0, scene.span.x1, crisp);
  for (const piece of scene.area) {
    context.globalAlpha = 0.14;
    context.fillStyle = theme.accent;
    context.fillRect(piece.x0, piece.y0, piece.x1 - piece.x0, piece.y1 - piece.y0);
    context.globalAlpha = 1;
  }
  outlineArea(context, theme, scene.area, crisp);
  if (scene.focus !== undefined) {
    context.fillStyle = theme.focus;
    context.fillRect(0, scene.focus.y0, 3, scene.focus.y1 - scene.focus.y0);
  }
  if (scene.cursorX !== undefined) {
    context.globalAlpha = 0.45;
    context.fillStyle = theme.ink;
    context.fillRect(crisp(scene.cursorX), 0, 1, height);
    context.globalAlpha = 1;
  }
  if (scene.hover !== undefined) outline(context, scene.hover, width, theme.ink, 1, theme.ground);
  if (scene.peer !== undefined) outline(context, scene.peer, width, theme.accent, 1.5, theme.ground);
  if (scene.selected !== undefined) outline(context, scene.selected, width, theme.accent, 2, theme.ground);
  if (scene.arrow !== undefined) arrow(context, theme, scene.arrow.from, scene.arrow.to);
}

/** What is outside the selected time steps back. */
function veil(
  context: CanvasRenderingContext2D,
  theme: CanvasTheme,
  width: number,
  height: number,
  x0: number,
  x1: number,
  crisp: (x: number) => number,
): void {
  context.fillStyle = theme.ground;
  context.globalAlpha = 0.55;
  if (x0 > 0) context.fillRect(0, 0, Math.min(x0, width), height);
  if (x1 < width) context.fillRect(Math.max(0, x1), 0, width - x1, height);
  context.globalAlpha = 1;
  context.fillStyle = theme.accent;
  for (const x of [x0, x1]) {
    if (x >= 0 && x <= width) context.fillRect(crisp(x), 0, 1, height);
  }
}

function outlineArea(
  context: CanvasRenderingContext2D,
  theme: CanvasTheme,
  area: readonly Box[],
  crisp: (x: number) => number,
): void {
  context.fillStyle = theme.accent;
  area.forEach((piece, k) => {
    const touches = (other: Box | undefined, edge: 'y0' | 'y1'): boolean =>
      other !== undefined && Math.abs(other[edge] - piece[edge === 'y0' ? 'y1' : 'y0']) < 1.5;
    const x0 = crisp(piece.x0);
    const wide = Math.max(1, piece.x1 - piece.x0);
    context.fillRect(x0, piece.y0, 1, piece.y1 - piece.y0);
    context.fillRect(crisp(piece.x1) - 1, piece.y0, 1, piece.y1 - piece.y0);
    if (!touches(area[k - 1], 'y1')) context.fillRect(x0, piece.y0, wide, 1);
    if (!touches(area[k + 1], 'y0')) context.fillRect(x0, piece.y1 - 1, wide, 1);
  });
}

/** A line around a box with a thin rim in the colour of the ground, so that it shows on every colour. */
function outline(
  context: CanvasRenderingContext2D,
  box: Box,
  width: number,
  color: string,
  line: number,
  rim: string,
): void {
  if (box.x1 < -4 || box.x0 > width + 4) return;
  // A box of millions of pixels would be stroked with errors of whole pixels.
  const x0 = Math.max(box.x0, -8) - line / 2;
  const x1 = Math.min(Math.max(box.x1, box.x0 + 2), width + 8) + line / 2;
  const y0 = box.y0 - line / 2;
  const y1 = box.y1 + line / 2;
  context.beginPath();
  context.roundRect(x0, y0, x1 - x0, y1 - y0, 2);
  context.strokeStyle = rim;
  context.lineWidth = line + 2;
  context.stroke();
  context.strokeStyle = color;
  context.lineWidth = line;
  context.stroke();
}

/** From a launch to its op: leaves and arrives level, whatever lies between. */
function arrow(context: CanvasRenderingContext2D, theme: CanvasTheme, from: Point, to: Point): void {
  const limit = 20_000;
  const x1 = Math.max(-limit, Math.min(limit, from.x));
  const x2 = Math.max(-limit, Math.min(limit, to.x));
  const reach = Math.max(24, Math.min(160, Math.abs(x2 - x1) / 2));
  const curve = (): void => {
    context.beginPath();
    context.moveTo(x1, from.y);
    context.bezierCurveTo(x1 + reach, from.y, x2 - 6 - reach, to.y, x2 - 6, to.y);
  };
  context.lineCap = 'round';
  for (const [color, width] of [
    [theme.ground, 4],
    [theme.accent, 1.5],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width;
    curve();
    context.stroke();
  }
  context.fillStyle = theme.accent;
  context.strokeStyle = theme.ground;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x2, to.y);
  context.lineTo(x2 - 8, to.y - 4.5);
  context.lineTo(x2 - 8, to.y + 4.5);
  context.closePath();
  context.stroke();
  context.fill();
  context.beginPath();
  context.arc(x1, from.y, 2.5, 0, 2 * Math.PI);
  context.fill();
}
