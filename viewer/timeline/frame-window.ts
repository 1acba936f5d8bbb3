/** The times that are in view. */
export interface Span {
  readonly startNs: number;
  readonly endNs: number;
}

/** What to ask the engine for: a span wider than the view, in steps of a power of two. */
export interface FrameWindow extends Span {
  readonly stepNs: number;
}

/** Screens on either side of the view that are fetched with it. */
const MARGIN = 1;
/** Closer to the edge of what was fetched than this share of a screen, the next window is fetched in advance. */
const PREFETCH = 0.35;

/** The bucket width for a zoom: the largest power of two that is at most a pixel of the device; never below 1 ns. */
export function stepOf(span: Span, widthPx: number): number {
  const nsPerPx = (span.endNs - span.startNs) / Math.max(1, widthPx);
  return nsPerPx > 1 ? 2 ** Math.floor(Math.log2(nsPerPx)) : 1;
}

/** Three screens around the view, on multiples of the step so that buckets stay where they are while panning. */
export function frameWindow(view: Span, widthPx: number, extent: Span): FrameWindow {
  const stepNs = stepOf(view, widthPx);
  const margin = (view.endNs - view.startNs) * MARGIN;
  // Nothing lies outside the trace; a step more than its end, so that an event on the end is in.
  const start = Math.max(view.startNs - margin, extent.startNs - stepNs);
  const end = Math.min(view.endNs + margin, extent.endNs + stepNs);
  return {
    stepNs,
    startNs: Math.floor(start / stepNs) * stepNs,
    endNs: Math.max(Math.ceil(end / stepNs), Math.floor(start / stepNs) + 1) * stepNs,
  };
}

export type Coverage =
  /** Nothing to do. */
  | 'good'
  /** All of the view is there, but near its edge. */
  | 'near-edge'
  /** Another zoom, or a part of the view is missing. */
  | 'lacking';

/** How well a window that was fetched serves a view. */
export function coverage(have: FrameWindow, view: Span, widthPx: number, extent: Span): Coverage {
  const start = Math.max(view.startNs, extent.startNs);
  const end = Math.min(view.endNs, extent.endNs);
  if (have.stepNs !== stepOf(view, widthPx)) return 'lacking';
  if (have.startNs > start || have.endNs < end) return 'lacking';
  const margin = (view.endNs - view.startNs) * PREFETCH;
  const nearStart = have.startNs > Math.max(start - margin, extent.startNs);
  const nearEnd = have.endNs < Math.min(end + margin, extent.endNs);
  return nearStart || nearEnd ? 'near-edge' : 'good';
}
