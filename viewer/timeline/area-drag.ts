import type { Area, TrackFrame } from '../engine/protocol.js';
import type { StagePoint } from '../interact/pointer.js';
import type { ViewStore } from '../state/view-state.js';
import { EdgePull, pullOf } from './edge-pull.js';
import type { Span } from './frame-window.js';
import { snap } from './hit-test.js';
import type { PlacedTrack, TrackLayout } from './track-layout.js';
import type { Viewport } from './viewport.js';
import type { Visible } from './visible.js';

export interface AreaDragHost {
  readonly store: ViewStore;
  readonly viewport: Viewport;
  width(): number;
  layout(): TrackLayout;
  visible(): Visible;
  height(): number;
  trackAt(y: number): { readonly placed: PlacedTrack } | undefined;
  frameOf(key: string): TrackFrame | undefined;
  changed(): void;
  scrollBy(pixels: number): void;
  /** By a share of a screen, not out of the trace. */
  panBy(screens: number): void;
  /** The system asks for no motion. */
  isStill(): boolean;
}

/** CSS pixels within which the edge of an event attracts the edge of the selection. */
const SNAP = 7;

/** Selecting time by dragging: over tracks, or on the axis over all of them. Kept apart from the store until it ends. */
export class AreaDrag {
  readonly #host: AreaDragHost;
  #anchorNs = 0;
  #anchorTrack: PlacedTrack | undefined;
  #draft: Area | Span | undefined;
  /** Where it was pressed, and where it is now; over the axis the height says nothing. */
  #pressed: StagePoint = { x: 0, y: 0 };
  #at: StagePoint = { x: 0, y: 0 };
  #free = false;
  #isOnAxis = false;
  readonly #pull = new EdgePull();

  constructor(host: AreaDragHost) {
    this.#host = host;
  }

  get draft(): Area | Span | undefined {
    return this.#draft;
  }

  from(at: StagePoint, free: boolean): void {
    this.#isOnAxis = false;
    this.#pressed = at;
    this.#anchorTrack = this.#host.trackAt(at.y)?.placed;
    this.#anchorNs = this.#time(at, this.#anchorTrack, free);
    this.to(at, free);
  }

  to(at: StagePoint, free: boolean): void {
    this.#at = at;
    this.#free = free;
    this.#draw();
    this.#host.changed();
  }

  /** One step of the motion when it is at an edge; true while there is more to come. `now` in milliseconds. */
  tick(now: number): boolean {
    const host = this.#host;
    if (this.#draft === undefined) return false;
    const { x, y } = this.#at;
    const pullX = pullOf(x, this.#pressed.x, 0, host.width());
    const pullY = this.#isOnAxis ? 0 : pullOf(y, this.#pressed.y, host.visible().clipTop, host.height());
    const by = this.#pull.tick(now, pullX, pullY, host.isStill());
    if (by === undefined) return false;
    if (by.pixels !== 0) host.scrollBy(by.pixels);
    if (by.screens !== 0) host.panBy(by.screens);
    this.#draw();
    return true;
  }

  #draw(): void {
    const over = this.#isOnAxis ? undefined : this.#over(this.#at.y);
    const time = this.#time(this.#at, over, this.#free);
    const [startNs, endNs] = [Math.min(this.#anchorNs, time), Math.max(this.#anchorNs, time)];
    const tracks = this.#tracksBetween(this.#anchorTrack, over ?? this.#anchorTrack);
    const slot = this.#anchorTrack?.track.slot ?? 0;
    this.#draft = tracks.length > 0 ? { slot, tracks, startNs, endNs } : { startNs, endNs };
  }

  /** The track at a height, or nearest to it: a drag may leave the stage, or go below the last track. */
  #over(y: number): PlacedTrack | undefined {
    const { mainTop, clipTop } = this.#host.visible();
    const within = Math.min(Math.max(0, y), this.#host.height() - 1);
    // The header that stays in view is over tracks that have scrolled away.
    const found = this.#host.trackAt(within >= mainTop ? Math.max(within, clipTop) : within)?.placed;
    return found ?? (within >= clipTop ? this.#host.layout().main.at(-1) : undefined);
  }

  end(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    this.#pull.stop();
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
    this.#pull.stop();
    this.#host.changed();
  }

  /** A drag on the axis selects time over everything; a click clears it. Returns the function that stops listening. */
  listenToAxis(axis: HTMLElement): () => void {
    const xOf = (event: PointerEvent): number => event.clientX - axis.getBoundingClientRect().left;
    const down = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      event.preventDefault();
      axis.setPointerCapture(event.pointerId);
      this.#isOnAxis = true;
      this.#pressed = { x: xOf(event), y: 0 };
      this.#anchorTrack = undefined;
      this.#anchorNs = this.#timeAt(xOf(event));
    };
    const move = (event: PointerEvent): void => {
      if (axis.hasPointerCapture(event.pointerId)) this.to({ x: xOf(event), y: 0 }, true);
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
