import type { ViewStore } from '../state/view-state.js';
import type { Span } from './frame-window.js';

/** No deeper than this: a nanosecond is then some fifty pixels wide. */
export const MIN_SPAN_NS = 20;
/** How fast what is seen approaches what is wanted: 63 % of the way in this time. */
const APPROACH_MS = 45;
/** Share of the view within which the approach has arrived: less than a tenth of a pixel. */
const ARRIVED = 5e-5;
/** Held keys: screens a second, and e-foldings a second. */
const PAN_RATE = 1.1;
const ZOOM_RATE = 2.6;

export type Hold = 'left' | 'right' | 'in' | 'out';

/** Within the trace, give or take a twentieth of a screen; never wider than it by more than that. */
export function clampSpan({ startNs, endNs }: Span, extent: Span): Span {
  const whole = Math.max(MIN_SPAN_NS, extent.endNs - extent.startNs);
  const span = Math.min(Math.max(endNs - startNs, MIN_SPAN_NS), whole * 1.04);
  const middle = (startNs + endNs) / 2;
  const slack = 0.05 * span;
  const least = extent.startNs - Math.max(slack, (span - whole) / 2);
  const most = extent.endNs + Math.max(slack, (span - whole) / 2) - span;
  const start = Math.max(least, Math.min(most, middle - span / 2));
  return { startNs: start, endNs: start + span };
}

/** The span after zooming by a factor (above 1: more time in view), with the time `anchorNs` where it was. */
export function zoomed({ startNs, endNs }: Span, factor: number, anchorNs: number): Span {
  // The limit is applied to the factor, so that at the limit the view stands still instead of sliding.
  const used = Math.max(factor, MIN_SPAN_NS / (endNs - startNs));
  return { startNs: anchorNs - (anchorNs - startNs) * used, endNs: anchorNs + (endNs - anchorNs) * used };
}

/**
 * Which time is in view, and how it moves. The store has what is seen in this moment; `target` is where it is heading.
 * Both ends approach their targets at the same rate, so a point that the zoom is about does not move on the way.
 */
export class Viewport {
  readonly #store: ViewStore;
  readonly #moved: () => void;
  readonly #still: MediaQueryList;
  readonly #held = new Set<Hold>();
  #extent: Span = { startNs: 0, endNs: 1 };
  #target: Span | undefined;
  #anchorNs: (() => number) | undefined;
  #lastTick: number | undefined;

  /** `moved` asks for another picture, in which `tick` is called. */
  constructor(store: ViewStore, moved: () => void) {
    this.#store = store;
    this.#moved = moved;
    this.#still = matchMedia('(prefers-reduced-motion: reduce)');
  }

  /** The system asks for no motion. */
  get isStill(): boolean {
    return this.#still.matches;
  }

  get extent(): Span {
    return this.#extent;
  }

  setExtent(extent: Span): void {
    this.#extent = extent;
  }

  /** What is seen. An empty span in the store means all of it. */
  get view(): Span {
    const { startNs, endNs } = this.#store.state;
    return endNs > startNs ? { startNs, endNs } : this.#extent;
  }

  /** What will be seen when nothing moves any more. */
  get target(): Span {
    return this.#target ?? this.view;
  }

  /** Goes there: gliding, or at once where the system asks for no motion. `jump`: "back" returns from it. */
  go(span: Span, { jump = false, glide = true }: { jump?: boolean; glide?: boolean } = {}): void {
    const to = clampSpan(span, this.#extent);
    if (!glide || this.#still.matches) {
      this.#target = undefined;
      this.#store.update(to, { jump });
      return;
    }
    if (jump) this.#store.update(this.view, { jump });
    this.#target = to;
    this.#moved();
  }

  zoomBy(factor: number, anchorNs: number, glide = true): void {
    this.go(zoomed(this.target, factor, anchorNs), { glide });
  }

  /** By a share of a screen. */
  panBy(share: number, glide = true): void {
    const { startNs, endNs } = this.target;
    const by = (endNs - startNs) * share;
    this.go({ startNs: startNs + by, endNs: endNs + by }, { glide });
  }

  /** By a share of a screen at once, and not out of the trace. */
  panWithin(share: number): void {
    const { startNs, endNs } = this.target;
    const wanted = (endNs - startNs) * share;
    const least = Math.min(0, this.#extent.startNs - startNs);
    const most = Math.max(0, this.#extent.endNs - endNs);
    const by = Math.min(most, Math.max(least, wanted));
    if (by !== 0) this.go({ startNs: startNs + by, endNs: endNs + by }, { glide: false });
  }

  /** A key goes down: a step at once, and on until it comes up. `anchorNs` is asked for anew in each picture. */
  hold(how: Hold, anchorNs: () => number): void {
    this.#anchorNs = anchorNs;
    if (how === 'in') this.zoomBy(1 / 1.25, anchorNs());
    else if (how === 'out') this.zoomBy(1.25, anchorNs());
    else this.panBy(how === 'left' ? -0.06 : 0.06);
    if (!this.#still.matches) this.#held.add(how);
  }

  letGo(how: Hold): void {
    this.#held.delete(how);
  }

  /** Stops where it is. */
  stop(): void {
    this.#target = undefined;
    this.#held.clear();
  }

  /** One step of the motion; true while there is more to come. `now` in milliseconds. */
  tick(now: number): boolean {
    const elapsed = Math.min(50, now - (this.#lastTick ?? now - 16));
    this.#lastTick = now;
    this.#drive(elapsed);
    if (this.#target === undefined) {
      this.#lastTick = undefined;
      return false;
    }
    const { view } = this;
    const share = 1 - Math.exp(-elapsed / APPROACH_MS);
    const near = (this.#target.endNs - this.#target.startNs) * ARRIVED;
    const startLeft = this.#target.startNs - view.startNs;
    const endLeft = this.#target.endNs - view.endNs;
    if (Math.abs(startLeft) < near && Math.abs(endLeft) < near) {
      const target = this.#target;
      this.#target = undefined;
      this.#store.update({ startNs: target.startNs, endNs: target.endNs });
    } else {
      this.#store.update({
        startNs: view.startNs + startLeft * share,
        endNs: view.endNs + endLeft * share,
      });
    }
    const more = this.#target !== undefined || this.#held.size > 0;
    if (!more) this.#lastTick = undefined;
    return more;
  }

  #drive(elapsedMs: number): void {
    if (this.#held.size === 0) return;
    const seconds = elapsedMs / 1000;
    const pan = (this.#held.has('right') ? 1 : 0) - (this.#held.has('left') ? 1 : 0);
    const zoom = (this.#held.has('out') ? 1 : 0) - (this.#held.has('in') ? 1 : 0);
    if (zoom !== 0) {
      this.zoomBy(Math.exp(zoom * ZOOM_RATE * seconds), this.#anchorNs?.() ?? middle(this.view));
    }
    if (pan !== 0) this.panBy(pan * PAN_RATE * seconds);
  }
}

function middle({ startNs, endNs }: Span): number {
  return (startNs + endNs) / 2;
}
