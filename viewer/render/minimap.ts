import { brushX, type BrushBehavior, type D3BrushEvent } from 'd3-brush';
import { select, type Selection } from 'd3-selection';
import type { Overview } from '../engine/protocol.js';
import type { Span } from '../timeline/frame-window.js';
import { make } from '../timeline/dom.js';
import type { CanvasTheme } from './theme.js';

export interface MinimapActions {
  /** The window was dragged or resized. */
  moved(span: Span): void;
  /** Somewhere outside of it was clicked. */
  centred(ns: number): void;
}

/** Narrower than this the window could not be seen or held, CSS pixels. */
const LEAST_WINDOW = 6;
const STRIP = 5;
const PAD = 4;

/** The whole trace at a glance: how busy each device was, where matches and notes are, and which part is in view. */
export class Minimap {
  readonly #canvas = make('canvas', 'tl-minimap-canvas');
  readonly #group: Selection<SVGGElement, unknown, null, undefined>;
  readonly #svg: SVGSVGElement;
  readonly #brush: BrushBehavior<unknown>;
  readonly #actions: MinimapActions;
  #width = 0;
  #height = 0;
  #dpr = 1;
  #extent: Span = { startNs: 0, endNs: 1 };
  #view: Span = { startNs: 0, endNs: 1 };
  #overviews: readonly Overview[] = [];
  #strips: readonly Float32Array[] = [];
  #notes: readonly Span[] = [];
  #held = false;
  #placed: readonly [number, number] = [-1, -1];

  constructor(host: HTMLElement, actions: MinimapActions) {
    this.#actions = actions;
    this.#svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    this.#svg.setAttribute('class', 'tl-minimap-window');
    this.#canvas.setAttribute('aria-hidden', 'true');
    this.#svg.setAttribute('aria-hidden', 'true');
    host.append(this.#canvas, this.#svg);
    this.#brush = brushX().keyModifiers(false).handleSize(8);
    this.#group = select(this.#svg).append('g');
    this.#brush.on('start brush end', (event: D3BrushEvent<unknown>) => this.#brushed(event));
  }

  /** CSS pixels. */
  resize(width: number, height: number, dpr: number): void {
    if (width === this.#width && height === this.#height && dpr === this.#dpr) return;
    this.#width = width;
    this.#height = height;
    this.#dpr = dpr;
    this.#canvas.width = Math.round(width * dpr);
    this.#canvas.height = Math.round(height * dpr);
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#brush.extent([
      [0, 0],
      [width, height],
    ]);
    this.#group.call(this.#brush);
    this.#placed = [-1, -1];
    this.#place();
  }

  set(content: {
    readonly extent: Span;
    readonly overviews: readonly Overview[];
    readonly strips: readonly Float32Array[];
    readonly notes: readonly Span[];
  }): void {
    this.#extent = content.extent;
    this.#overviews = content.overviews;
    this.#strips = content.strips;
    this.#notes = content.notes;
    this.#place();
  }

  setView(view: Span): void {
    if (view.startNs === this.#view.startNs && view.endNs === this.#view.endNs) return;
    this.#view = view;
    this.#place();
  }

  #x(ns: number): number {
    const { startNs, endNs } = this.#extent;
    return ((ns - startNs) / (endNs - startNs)) * this.#width;
  }

  #place(): void {
    if (this.#held || this.#width === 0) return;
    let x0 = Math.max(0, this.#x(this.#view.startNs));
    let x1 = Math.min(this.#width, this.#x(this.#view.endNs));
    if (x1 - x0 < LEAST_WINDOW) {
      const middle = Math.min(this.#width - LEAST_WINDOW / 2, Math.max(LEAST_WINDOW / 2, (x0 + x1) / 2));
      x0 = middle - LEAST_WINDOW / 2;
      x1 = middle + LEAST_WINDOW / 2;
    }
    // Moving the brush makes events for everybody who listens; deep in a trace hardly anything moves here.
    if (Math.abs(x0 - this.#placed[0]) < 0.25 && Math.abs(x1 - this.#placed[1]) < 0.25) return;
    this.#placed = [x0, x1];
    // eslint-disable-next-line @typescript-eslint/unbound-method -- d3 passes the behaviour as a plain function
    this.#group.call(this.#brush.move, [x0, x1]);
  }

  #brushed(event: D3BrushEvent<unknown>): void {
    // Without a source it is our own `move`.
    if (event.sourceEvent === undefined || event.sourceEvent === null) return;
    this.#held = event.type !== 'end';
    const selection = event.selection as readonly [number, number] | null;
    const ns = (x: number): number =>
      this.#extent.startNs + (x / this.#width) * (this.#extent.endNs - this.#extent.startNs);
    if (selection === null) {
      const [x] = this.#pointer(event.sourceEvent as MouseEvent | TouchEvent);
      if (event.type === 'end') this.#actions.centred(ns(x));
      return;
    }
    if (event.type === 'start') return;
    const [x0, x1] = selection;
    if (event.mode === 'drag') {
      // The width shown may be wider than the view is; dragging must not change the zoom.
      const half = (this.#view.endNs - this.#view.startNs) / 2;
      const middle = ns((x0 + x1) / 2);
      this.#move({ startNs: middle - half, endNs: middle + half });
    } else if (x1 - x0 >= 2) {
      this.#move({ startNs: ns(x0), endNs: ns(x1) });
    }
    if (event.type !== 'end') return;
    this.#placed = [-1, -1];
    this.#place();
  }

  #move(span: Span): void {
    this.#view = span;
    this.#actions.moved(span);
  }

  #pointer(event: MouseEvent | TouchEvent): readonly [number] {
    const at = 'changedTouches' in event ? event.changedTouches[0] : event;
    return [(at?.clientX ?? 0) - this.#svg.getBoundingClientRect().left];
  }

  draw(theme: CanvasTheme): void {
    const context = this.#canvas.getContext('2d');
    if (context === null || this.#width === 0) return;
    const width = this.#width;
    context.setTransform(this.#dpr, 0, 0, this.#dpr, 0, 0);
    context.clearRect(0, 0, width, this.#height);
    const strips = this.#strips.length > 0 ? STRIP + 1 : 0;
    const lanes = this.#overviews.flatMap((overview) => overview.lanes.map((lane) => ({ overview, lane })));
    const room = this.#height - 2 * PAD - strips;
    const each = room / Math.max(1, lanes.length);
    lanes.forEach(({ overview, lane }, k) => {
      const height = Math.max(1, each - (lanes.length > 1 ? 2 : 0));
      const bottom = PAD + k * each + height;
      context.fillStyle = theme.rule;
      context.fillRect(0, bottom, width, 1 / this.#dpr);
      context.fillStyle = theme.counter;
      context.fill(this.#load(overview, lane.busy, bottom, height));
    });
    if (strips > 0) {
      context.fillStyle = theme.markStrong;
      for (const strip of this.#strips) {
        const each = width / strip.length;
        strip.forEach((count, k) => {
          if (count > 0) context.fillRect(k * each, this.#height - STRIP, Math.max(1.5, each), STRIP);
        });
      }
    }
    context.fillStyle = theme.markStrong;
    for (const { startNs, endNs } of this.#notes) {
      const x = this.#x(startNs);
      context.fillRect(x, 0, Math.max(1.5, this.#x(endNs) - x), 3);
      context.fillRect(x, 0, 1, this.#height - strips);
    }
  }

  #load(overview: Overview, busy: Float32Array, bottom: number, height: number): Path2D {
    const path = new Path2D();
    const x0 = this.#x(overview.startNs);
    const each = (this.#x(overview.endNs) - x0) / busy.length;
    path.moveTo(x0, bottom);
    for (let k = 0; k < busy.length; k++) {
      const y = bottom - Math.min(1, busy[k]!) * height;
      path.lineTo(x0 + k * each, y);
      path.lineTo(x0 + (k + 1) * each, y);
    }
    path.lineTo(x0 + busy.length * each, bottom);
    return path;
  }
}
