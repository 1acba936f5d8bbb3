import type { CounterFrame, Frame, FrameRequest, Slot, TrackFrame } from '../engine/protocol.js';
import { coverage, frameWindow, type FrameWindow, type Span } from './frame-window.js';

export interface WantedTrack {
  readonly key: string;
  readonly slot: Slot;
  /** The track's id. */
  readonly id: string;
}

export interface WantedView {
  readonly view: Span;
  readonly extent: Span;
  /** Device pixels. */
  readonly widthPx: number;
  /** The engine's number of the match set of each slot; undefined: everything matches. */
  readonly filters: readonly (number | undefined)[];
}

/** The newest picture of a track, whatever view it was made for. */
export interface CachedFrame {
  readonly window: FrameWindow;
  readonly filter: number | undefined;
  readonly slices: TrackFrame | undefined;
  readonly counter: CounterFrame | undefined;
}

export interface FrameCacheOptions {
  readonly fetch: (request: FrameRequest) => Promise<Frame>;
  /** New frames are in: draw again. */
  readonly arrived: () => void;
  readonly failed: (error: unknown) => void;
}

/** Frames kept of tracks that are out of view, so that scrolling back shows something at once. */
const KEPT = 200;

/**
 * The newest frame of each track. One request a slot is on its way at a time; when it returns, the next one asks for
 * what is wanted by then, so requests never queue up behind the user. Old frames stay until newer ones replace them.
 */
export class FrameCache {
  readonly #options: FrameCacheOptions;
  readonly #frames = new Map<string, CachedFrame>();
  readonly #running = new Set<Slot>();
  /** The last request that failed. */
  readonly #failed = new Map<Slot, string>();
  /** Grows when what was fetched before is worthless. */
  #generation = 0;
  #wanted: { readonly tracks: readonly WantedTrack[]; readonly view: WantedView } | undefined;

  constructor(options: FrameCacheOptions) {
    this.#options = options;
  }

  get(key: string): CachedFrame | undefined {
    return this.#frames.get(key);
  }

  /** True while something in view is being fetched. */
  get loading(): boolean {
    return this.#running.size > 0;
  }

  /** Forgets everything: the trace or its place on the axis has changed. */
  clear(): void {
    this.#frames.clear();
    this.#failed.clear();
    this.#generation++;
  }

  /** Says what is in view now; asks for what lacks. Cheap when nothing does. */
  want(tracks: readonly WantedTrack[], view: WantedView): void {
    this.#wanted = { tracks, view };
    for (const slot of [0, 1] as const) this.#ask(slot);
    if (this.#frames.size > KEPT + tracks.length) this.#forget(tracks);
  }

  #ask(slot: Slot): void {
    if (this.#wanted === undefined || this.#running.has(slot)) return;
    const { tracks, view } = this.#wanted;
    const filter = view.filters[slot];
    const lacking: WantedTrack[] = [];
    const nearEdge: WantedTrack[] = [];
    for (const track of tracks) {
      if (track.slot !== slot) continue;
      const have = this.#frames.get(track.key);
      const how =
        have === undefined || have.filter !== filter
          ? 'lacking'
          : coverage(have.window, view.view, view.widthPx, view.extent);
      if (how === 'lacking') lacking.push(track);
      else if (how === 'near-edge') nearEdge.push(track);
    }
    const asked = lacking.length > 0 ? lacking : nearEdge;
    if (asked.length === 0) return;
    const window = frameWindow(view.view, view.widthPx, view.extent);
    const request: FrameRequest = {
      slot,
      tracks: asked.map(({ id }) => id),
      ...window,
      ...(filter === undefined ? {} : { filter }),
    };
    // Told once: the same request would fail the same way.
    if (this.#failed.get(slot) === JSON.stringify(request)) return;
    void this.#fetch(slot, request, asked, window, filter);
  }

  async #fetch(
    slot: Slot,
    request: FrameRequest,
    asked: readonly WantedTrack[],
    window: FrameWindow,
    filter: number | undefined,
  ): Promise<void> {
    const generation = this.#generation;
    this.#running.add(slot);
    try {
      const frame = await this.#options.fetch(request);
      if (generation === this.#generation) this.#keep(frame, asked, window, filter);
    } catch (error) {
      this.#failed.set(slot, JSON.stringify(request));
      this.#options.failed(error);
    } finally {
      this.#running.delete(slot);
    }
    this.#options.arrived();
    this.#ask(slot);
  }

  #keep(frame: Frame, asked: readonly WantedTrack[], window: FrameWindow, filter: number | undefined): void {
    const slices = new Map(frame.tracks.map((part) => [part.track, part]));
    const counters = new Map(frame.counters.map((part) => [part.track, part]));
    for (const { key, id } of asked) {
      // Moved to the end: the order of the map is that of their use.
      this.#frames.delete(key);
      this.#frames.set(key, { window, filter, slices: slices.get(id), counter: counters.get(id) });
    }
  }

  #forget(tracks: readonly WantedTrack[]): void {
    const inView = new Set(tracks.map(({ key }) => key));
    for (const key of this.#frames.keys()) {
      if (this.#frames.size <= KEPT) break;
      if (!inView.has(key)) this.#frames.delete(key);
    }
  }
}
