import type { Area, TrackFrame } from '../engine/protocol.js';
import type { StagePoint } from '../interact/pointer.js';
import type { ViewStore } from '../state/view-state.js';
import type { Span } from './frame-window.js';
import { snap } from './hit-test.js';
import type { PlacedTrack, TrackLayout } from './track-layout.js';
import type { Viewport } from './viewport.js';

export interface AreaDragHost {
  readonly store: ViewStore;
  readonly viewport: Viewport;
  width(): number;
  layout(): TrackLayout;
  trackAt(y: number): { readonly placed: PlacedTrack } | undefined;
  frameOf(key: string): TrackFrame | undefined;
  changed(): void;
}

/** CSS pixels within which the edge of an event attracts the edge of the selection. */
const SNAP = 7;

/** Selecting time by dragging: over tracks, or on the axis over all of them. Kept apart from the store until it ends. */
export class AreaDrag {
  readonly #host: AreaDragHost;
  #anchorNs = 0;
  #anchorTrack: PlacedTrack | undefined;
  #draft: Area | Span | undefined;

  constructor(host: AreaDragHost) {
    this.#host = host;
  }

  get draft(): Area | Span | undefined {
    return this.#draft;
  }

  from(at: StagePoint, free: boolean): void {
    this.#anchorTrack = this.#host.trackAt(at.y)?.placed;
    this.#anchorNs = this.#time(at, this.#anchorTrack, free);
    this.to(at, free);
  }

  to(at: StagePoint, free: boolean): void {
    const over = this.#host.trackAt(at.y)?.placed;
    const time = this.#time(at, over, free);
    const [startNs, endNs] = [Math.min(this.#anchorNs, time), Math.max(this.#anchorNs, time)];
    const tracks = this.#tracksBetween(this.#anchorTrack, over ?? this.#anchorTrack);
    const slot = this.#anchorTrack?.track.slot ?? 0;
    this.#draft = tracks.length > 0 ? { slot, tracks, startNs, endNs } : { startNs, endNs };
    this.#host.changed();
  }

  end(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    this.#host.changed();
    if (draft === undefined || draft.endNs <= draft.startNs) return;
    const { store } = this.#host;
    if ('tracks' in draft) store.update({ selection: { kind: 'area', area: draft }, bottom: 'area' });
    else {
      store.update({
        selection: { kind: 'time', slot: 0, startNs: draft.startNs, endNs: draft.endNs },
        bottom: 'area',
      });
    }
  }

  cancel(): void {
    this.#draft = undefined;
    this.#host.changed();
  }

  /** A drag on the axis selects time over everything; a click clears it. Returns the function that stops listening. */
  listenToAxis(axis: HTMLElement): () => void {
    const xOf = (event: PointerEvent): number => event.clientX - axis.getBoundingClientRect().left;
    const down = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      event.preventDefault();
      axis.setPointerCapture(event.pointerId);
      this.#anchorTrack = undefined;
      this.#anchorNs = this.#timeAt(xOf(event));
    };
    const move = (event: PointerEvent): void => {
      if (!axis.hasPointerCapture(event.pointerId)) return;
      const time = this.#timeAt(xOf(event));
      this.#draft = { startNs: Math.min(this.#anchorNs, time), endNs: Math.max(this.#anchorNs, time) };
      this.#host.changed();
    };
    const up = (): void => {
      if (this.#draft === undefined) this.#host.store.update({ selection: undefined });
      else this.end();
    };
    const cancel = (): void => this.cancel();
    axis.addEventListener('pointerdown', down);
    axis.addEventListener('pointermove', move);
    axis.addEventListener('pointerup', up);
    axis.addEventListener('pointercancel', cancel);
    return () => {
      axis.removeEventListener('pointerdown', down);
      axis.removeEventListener('pointermove', move);
      axis.removeEventListener('pointerup', up);
      axis.removeEventListener('pointercancel', cancel);
    };
  }

  #timeAt(x: number): number {
    const { startNs, endNs } = this.#host.viewport.view;
    const share = Math.min(1, Math.max(0, x / Math.max(1, this.#host.width())));
    return Math.max(0, startNs + share * (endNs - startNs));
  }

  #time({ x }: StagePoint, over: PlacedTrack | undefined, free: boolean): number {
    const time = this.#timeAt(x);
    if (free || over === undefined) return time;
    const frame = this.#host.frameOf(over.key);
    const { startNs, endNs } = this.#host.viewport.view;
    return frame === undefined
      ? time
      : snap([frame], time, (SNAP * (endNs - startNs)) / Math.max(1, this.#host.width()));
  }

  /** Ids of the tracks from one to the other, of one trace; a group stands for what is in it. */
  #tracksBetween(a: PlacedTrack | undefined, b: PlacedTrack | undefined): string[] {
    if (a === undefined || b === undefined) return [];
    const { pinned, main } = this.#host.layout();
    const all = [...pinned, ...main];
    const indexOf = (one: PlacedTrack): number => all.findIndex(({ key }) => key === one.key);
    const [from, to] = [indexOf(a), indexOf(b)].sort((x, y) => x - y) as [number, number];
    if (from < 0) return [];
    let last = to;
    if (from === to && a.track.kind === 'group') {
      while (last + 1 < all.length && all[last + 1]!.depth > a.depth) last++;
    }
    return all
      .slice(from, last + 1)
      .filter(({ track }) => track.kind !== 'group' && track.slot === a.track.slot)
      .map(({ track }) => track.id);
  }
}
