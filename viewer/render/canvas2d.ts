import type { Pattern } from '../../src/report/charts/paint.js';
import { CAUSES } from '../../src/analysis/causes.js';
import type { CounterFrame, TrackFrame, TrackKind } from '../engine/protocol.js';
import { causeLook } from './colours.js';
import { paintCounter } from './counter.js';
import { idleColumns } from './idle-columns.js';
import { patternTile } from './patterns.js';
import { Raster, rasterSlices, WideSlices } from './raster.js';
import type { Band, MatchStyle, Renderer, Surface, TimeScale } from './renderer.js';
import { INK, SlicePalettes } from './slice-palette.js';
import { type LabelTexts, TextFitter } from './text.js';
import type { CanvasTheme } from './theme.js';

/** CSS pixels. A label in less than this says nothing; a pattern in less is noise. */
const LABEL_FROM = 30;
const PATTERN_FROM = 4;
const LABEL_PX = 11;
const LABEL_PADDING = 4;
/** Lowest row that has room for a label. */
const LABEL_ROW = 12;
const FOOT = 2;

/** One track of the part that is being drawn: where its lines begin, and its wide rectangles. */
interface Drawn {
  readonly frame: TrackFrame;
  readonly kind: TrackKind;
  readonly band: Band;
  readonly first: number;
  readonly wide: WideSlices;
  readonly labels: LabelTexts;
  readonly style: MatchStyle;
}

/** Draws on a 2D canvas by way of a `Raster`. All coordinates within are pixels of the device. */
export class Canvas2dRenderer implements Renderer {
  readonly #context: CanvasRenderingContext2D;
  readonly #scratch: HTMLCanvasElement | OffscreenCanvas;
  readonly #scratchContext: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
  readonly #raster = new Raster();
  readonly #pool: WideSlices[] = [];
  readonly #tiles = new Map<Pattern, CanvasPattern | undefined>();
  #surface: Surface = { width: 0, height: 0, dpr: 1 };
  #theme: CanvasTheme | undefined;
  #palettes: SlicePalettes | undefined;
  #fitter: TextFitter | undefined;
  #drawn: Drawn[] = [];
  #columnPixels = new Uint32Array(0);
  #top = 0;
  #bottom = 0;
  #originNs = 0;
  #pxPerNs = 0;

  constructor(context: CanvasRenderingContext2D, scratch: HTMLCanvasElement | OffscreenCanvas) {
    this.#context = context;
    this.#scratch = scratch;
    // Written by the CPU in every frame: it should not live on the GPU in between.
    const scratchContext = scratch.getContext('2d', { willReadFrequently: true });
    if (scratchContext === null) throw new Error('no 2D canvas');
    this.#scratchContext = scratchContext;
  }

  resize(surface: Surface): void {
    const { canvas } = this.#context;
    if (canvas.width !== surface.width) canvas.width = surface.width;
    if (canvas.height !== surface.height) canvas.height = surface.height;
    if (surface.dpr !== this.#surface.dpr) {
      this.#tiles.clear();
      this.#fitter = undefined;
    }
    this.#surface = surface;
  }

  begin(theme: CanvasTheme, gridPx: readonly number[]): void {
    if (this.#theme !== theme) {
      this.#theme = theme;
      this.#palettes = new SlicePalettes(theme);
      this.#tiles.clear();
      this.#fitter = undefined;
    }
    const context = this.#context;
    const { width, height, dpr } = this.#surface;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = false;
    context.fillStyle = theme.ground;
    context.fillRect(0, 0, width, height);
    context.fillStyle = theme.rule;
    const line = Math.max(1, Math.round(dpr));
    // The system's few colours have no quiet one.
    if (theme.forced) context.globalAlpha = 0.3;
    for (const x of gridPx) context.fillRect(Math.round(x * dpr), 0, line, height);
    context.globalAlpha = 1;
    this.#top = 0;
    this.#bottom = height;
    this.#drawn = [];
  }

  clip(top: number, bottom: number): void {
    this.#flush();
    this.#top = Math.round(top * this.#surface.dpr);
    this.#bottom = Math.round(bottom * this.#surface.dpr);
  }

  pushTransform({ startNs, endNs }: TimeScale): void {
    this.#originNs = startNs;
    this.#pxPerNs = this.#surface.width / (endNs - startNs);
  }

  fill(x0: number, x1: number, y0: number, y1: number, color: string): void {
    const { dpr } = this.#surface;
    const px = (value: number): number => Math.round(value * dpr);
    const top = Math.max(this.#top, px(y0));
    const bottom = Math.min(this.#bottom, px(y1));
    if (bottom <= top || x1 <= x0) return;
    this.#context.fillStyle = color;
    this.#context.fillRect(px(x0), top, px(x1) - px(x0), bottom - top);
  }

  drawSlices(frame: TrackFrame, kind: TrackKind, band: Band, style: MatchStyle, labels: LabelTexts): void {
    const { dpr, width } = this.#surface;
    const top = band.y * dpr;
    const bottom = (band.y + band.rows * band.rowHeight) * dpr;
    if (this.#palettes === undefined || bottom <= this.#top || top >= this.#bottom) return;
    if (this.#drawn.length === 0) this.#raster.reset(width);
    const first = this.#raster.addLines(band.rows);
    const wide = (this.#pool[this.#drawn.length] ??= new WideSlices());
    wide.count = 0;
    const options = {
      originNs: this.#originNs,
      pxPerNs: this.#pxPerNs,
      minPx: Math.max(1, Math.round(dpr)),
      widePx: (kind === 'gaps' ? PATTERN_FROM : LABEL_FROM) * dpr,
      style,
      skipTiny: kind === 'gaps' && frame.idleNs !== undefined && style === 'plain',
    };
    rasterSlices(this.#raster, first, frame, this.#palettes.of(kind), options, wide);
    this.#drawn.push({ frame, kind, band, first, wide, labels, style });
  }

  drawCounter(frame: CounterFrame, band: Band, max: number): void {
    if (this.#theme === undefined) return;
    this.#clipped(() => {
      paintCounter(this.#context, frame, band, max, this.#surface, {
        originNs: this.#originNs,
        pxPerNs: this.#pxPerNs,
        fill: this.#theme!.counter,
        line: this.#theme!.counterLine,
      });
    });
  }

  end(): void {
    this.#flush();
  }

  #clipped(draw: () => void): void {
    const context = this.#context;
    context.save();
    context.beginPath();
    context.rect(0, this.#top, this.#surface.width, this.#bottom - this.#top);
    context.clip();
    draw();
    context.restore();
  }

  #flush(): void {
    if (this.#drawn.length === 0) return;
    const { width, lines, pixels } = this.#raster;
    if (width > 0 && lines > 0) {
      const scratch = this.#scratch;
      // Growing only, and by half again: a canvas that changes its size is made anew.
      if (scratch.width !== width) scratch.width = width;
      if (scratch.height < 2 * lines) scratch.height = Math.ceil(3 * lines);
      const bytes = new Uint8ClampedArray(pixels.buffer, 0, width * 2 * lines * 4);
      this.#scratchContext.putImageData(new ImageData(bytes, width, 2 * lines), 0, 0);
      this.#clipped(() => {
        for (const drawn of this.#drawn) this.#stretch(drawn);
        for (const drawn of this.#drawn) {
          if (drawn.kind !== 'gaps') continue;
          this.#hatch(drawn);
          if (drawn.frame.idleNs !== undefined && drawn.style === 'plain') this.#columns(drawn);
        }
        this.#write();
      });
    }
    this.#drawn = [];
  }

  /** Top and height of a row, with a line of ground below it. */
  #row(band: Band, row: number): readonly [top: number, height: number] {
    const { dpr } = this.#surface;
    const top = Math.round((band.y + row * band.rowHeight) * dpr);
    const bottom = Math.round((band.y + (row + 1) * band.rowHeight) * dpr);
    const between = band.rowHeight >= 4 ? Math.max(1, Math.round(dpr)) : 0;
    return [top, Math.max(1, bottom - top - between)];
  }

  #stretch({ band, first }: Drawn): void {
    const { width, edged } = this.#raster;
    const context = this.#context;
    for (let row = 0; row < band.rows; row++) {
      const [top, height] = this.#row(band, row);
      if (top + height <= this.#top || top >= this.#bottom) continue;
      const line = first + row;
      const foot = edged[line] === 1 && height >= 3 ? Math.max(1, Math.round(FOOT * this.#surface.dpr)) : 0;
      const body = height - Math.min(foot, height - 1);
      context.drawImage(this.#scratch, 0, 2 * line, width, 1, 0, top, width, body);
      if (foot > 0) {
        context.drawImage(this.#scratch, 0, 2 * line + 1, width, 1, 0, top + body, width, height - body);
      }
    }
  }

  /** Over the lines that have been stretched already, whose scratch it uses. */
  #columns({ frame, band }: Drawn): void {
    const [top, height] = this.#row(band, 0);
    const { width } = this.#surface;
    if (top + height <= this.#top || top >= this.#bottom || width === 0) return;
    const size = width * height;
    if (this.#columnPixels.length < size) this.#columnPixels = new Uint32Array(size);
    const pixels = this.#columnPixels.subarray(0, size).fill(0);
    const place = { width, height, originNs: this.#originNs, pxPerNs: this.#pxPerNs };
    if (!idleColumns(pixels, frame, this.#palettes!.of('gaps'), place)) return;
    const scratch = this.#scratch;
    if (scratch.width < width) scratch.width = width;
    if (scratch.height < height) scratch.height = height;
    const bytes = new Uint8ClampedArray(pixels.buffer, 0, size * 4);
    this.#scratchContext.putImageData(new ImageData(bytes, width, height), 0, 0);
    this.#context.drawImage(scratch, 0, 0, width, height, 0, top, width, height);
  }

  #hatch({ frame, band, first, wide }: Drawn): void {
    const context = this.#context;
    for (let k = 0; k < wide.count; k++) {
      const pattern = this.#patternOf(frame.category[wide.index[k]!]!);
      if (pattern === undefined) continue;
      const [top, height] = this.#row(band, wide.line[k]! - first);
      context.fillStyle = pattern;
      context.fillRect(wide.x0[k]!, top, wide.x1[k]! - wide.x0[k]!, height);
    }
  }

  #patternOf(category: number): CanvasPattern | undefined {
    const { pattern } = causeLook(CAUSES[category] ?? 'unknown', this.#theme!.dark);
    if (!this.#tiles.has(pattern)) {
      const tile = patternTile(pattern, this.#theme!.dark, this.#surface.dpr);
      const made = tile === undefined ? null : this.#context.createPattern(tile, 'repeat');
      this.#tiles.set(pattern, made ?? undefined);
    }
    return this.#tiles.get(pattern);
  }

  #write(): void {
    const context = this.#context;
    const { dpr } = this.#surface;
    context.font = `${LABEL_PX * dpr}px ${this.#theme!.font}`;
    context.textBaseline = 'alphabetic';
    context.textAlign = 'left';
    this.#fitter ??= new TextFitter((text) => context.measureText(text).width / dpr);
    for (const ink of [INK.black, INK.white, INK.muted]) {
      context.fillStyle = ink === INK.muted ? this.#theme!.muted : ink === INK.white ? '#ffffff' : '#000000';
      for (const drawn of this.#drawn) {
        if (drawn.kind !== 'gaps' && drawn.band.rowHeight >= LABEL_ROW) {
          this.#labels(drawn, ink, this.#fitter);
        }
      }
    }
  }

  #labels({ frame, band, first, wide, labels }: Drawn, ink: number, fitter: TextFitter): void {
    const context = this.#context;
    const { dpr } = this.#surface;
    for (let k = 0; k < wide.count; k++) {
      if (wide.ink[k] !== ink) continue;
      const [top, height] = this.#row(band, wide.line[k]! - first);
      if (top >= this.#bottom || top + height <= this.#top) continue;
      const x0 = wide.x0[k]! / dpr;
      const room = wide.x1[k]! / dpr - x0 - 2 * LABEL_PADDING;
      const text = fitter.fit(labels.of(frame.name[wide.index[k]!]!), room);
      if (text === '') continue;
      const x = x0 + LABEL_PADDING + (room - fitter.width(text)) / 2;
      context.fillText(text, Math.round(x * dpr), Math.round(top + height / 2 + LABEL_PX * dpr * 0.36));
    }
  }
}
