import type { Remote } from 'comlink';
import type { Engine, EventDetails, EventRef, Slot } from '../engine/protocol.js';
import type { Selection, ViewStore } from '../state/view-state.js';
import type { Span } from './frame-window.js';
import { sameRef, type Selected, selectedRef } from './selected.js';
import { type PlacedTrack, rootKey, trackKey, type TrackLayout } from './track-layout.js';
import type { Viewport } from './viewport.js';

export interface NavigationHost {
  readonly engine: Remote<Engine>;
  readonly store: ViewStore;
  readonly viewport: Viewport;
  readonly selected: Selected;
  layout(): TrackLayout;
  /** Track that keys act on, by its key. */
  current(): PlacedTrack | undefined;
  setCurrent(key: string): void;
  /** Keys of the groups around a track, innermost first. */
  ancestors(key: string): readonly string[];
  scrollTo(key: string): void;
  announce(text: string): void;
  report(error: unknown): void;
}

/** Share of the view that an event takes when it is framed. */
const FRAMED = 0.4;
/** Closer to the edge of the view than this share, an event is brought to the middle. */
const MARGIN = 0.04;

/** Going from event to event. Every method reports its own failures. */
export class Navigation {
  readonly #host: NavigationHost;
  /** Only the newest of several steps on their way counts. */
  #request = 0;
  /** What was brought to the middle last, and the view that this led to. */
  #centred: { readonly selection: Selection; readonly view: Span } | undefined;

  constructor(host: NavigationHost) {
    this.#host = host;
  }

  /** Selects an event and brings it into view; `frame` zooms to it too. */
  async goTo(ref: EventRef, { frame = false }: { readonly frame?: boolean } = {}): Promise<void> {
    const request = ++this.#request;
    try {
      const details = await this.#host.selected.detailsOf(ref);
      if (request === this.#request) this.#arrive(details, frame);
    } catch (error) {
      this.#host.report(error);
    }
  }

  #arrive(details: EventDetails, frame: boolean): void {
    const { store, viewport } = this.#host;
    const { ref, startNs, durationNs } = details;
    this.#reveal(ref);
    const span = { startNs, endNs: startNs + durationNs };
    const to = frame ? fitted(span) : broughtIn(viewport.target, span);
    store.update({ selection: { kind: 'event', ref }, bottom: 'details' }, { jump: to !== undefined });
    if (to !== undefined) viewport.go(to);
  }

  /** Unhides and unfolds what the event is in, and scrolls to it. */
  #reveal(ref: EventRef): void {
    const { store } = this.#host;
    const key = trackKey({ slot: ref.slot, id: ref.track });
    const around = [...this.#host.ancestors(key), rootKey(ref.slot)];
    const { hidden, collapsed } = store.state;
    if (hidden.includes(key) || around.some((one) => hidden.includes(one) || collapsed.includes(one))) {
      store.update({
        hidden: hidden.filter((one) => one !== key && !around.includes(one)),
        collapsed: collapsed.filter((one) => !around.includes(one)),
      });
    }
    this.#host.setCurrent(key);
    this.#host.scrollTo(key);
  }

  /** Next or previous event of the selected one's track; of the current track if none is selected there. */
  async step(by: 1 | -1): Promise<void> {
    const ref = selectedRef(this.#host.store);
    const current = this.#host.current();
    if (
      ref === undefined ||
      (current !== undefined && current.key !== trackKey({ slot: ref.slot, id: ref.track }))
    ) {
      await this.enter();
      return;
    }
    await this.#try(async () => {
      const next = await this.#host.engine.neighbour(ref, by);
      if (next === undefined) {
        this.#host.announce(by > 0 ? 'last event of the track' : 'first event of the track');
      }
      return next;
    });
  }

  /** Selects the event of the current track that is nearest to the middle of the view. */
  async enter(): Promise<void> {
    const current = this.#host.current();
    if (current === undefined || current.track.kind === 'group' || current.track.kind === 'counter') {
      this.#host.announce('no events on this track');
      return;
    }
    const { startNs, endNs } = this.#host.viewport.target;
    const { slot, id } = current.track;
    await this.#try(async () => {
      const found = await this.#host.engine.nearest(slot, id, (startNs + endNs) / 2);
      if (found === undefined) this.#host.announce('no events on this track');
      return found;
    });
  }

  /** Along the arrow: to the launch of an op, or to an op of a launch; from a gap to the op before or after it. */
  async follow(to: 'launch' | 'op'): Promise<void> {
    const ref = selectedRef(this.#host.store);
    if (ref === undefined) return;
    await this.#try(async () => {
      const details = await this.#host.selected.detailsOf(ref);
      if (details.kind === 'gaps') return to === 'launch' ? details.before : details.after;
      const isLaunch = details.kind === 'calls';
      if (isLaunch === (to === 'launch')) {
        this.#host.announce(isLaunch ? 'this is the launch' : 'this is the op');
        return undefined;
      }
      const peer = details.peers[0]?.ref;
      if (peer === undefined) {
        this.#host.announce(isLaunch ? 'it launched no op' : 'its launch is not in the trace');
      }
      return peer;
    });
  }

  async #try(find: () => Promise<EventRef | undefined>): Promise<void> {
    const request = ++this.#request;
    try {
      const found = await find();
      if (found !== undefined && request === this.#request) await this.goTo(found);
    } catch (error) {
      this.#host.report(error);
    }
  }

  /** First brings the selection to the middle; if that has just been done, or cannot be, zooms so that it fills the view. */
  async frameSelection(): Promise<void> {
    const span = await this.#selectedSpan();
    const { selection } = this.#host.store.state;
    if (span === undefined || selection === undefined) {
      this.#host.announce('nothing is selected');
      return;
    }
    const { viewport } = this.#host;
    const width = viewport.target.endNs - viewport.target.startNs;
    const again = this.#centred?.selection === selection && sameSpan(this.#centred.view, viewport.target);
    if (again || span.endNs - span.startNs > width) {
      viewport.go(fitted(span), { jump: true });
      return;
    }
    const middle = (span.startNs + span.endNs) / 2;
    viewport.go({ startNs: middle - width / 2, endNs: middle + width / 2 }, { jump: true });
    this.#centred = { selection, view: viewport.target };
  }

  async #selectedSpan(): Promise<Span | undefined> {
    const { selection } = this.#host.store.state;
    switch (selection?.kind) {
      case undefined:
        return undefined;
      case 'area':
        return selection.area;
      case 'time':
        return selection;
      case 'event':
        try {
          const { startNs, durationNs } = await this.#host.selected.detailsOf(selection.ref);
          return { startNs, endNs: startNs + durationNs };
        } catch (error) {
          this.#host.report(error);
          return undefined;
        }
    }
  }

  /** The selected event or time becomes an area, which can be summed up; a selected time takes all tracks. */
  async selectionToArea(): Promise<void> {
    const { store } = this.#host;
    const { selection } = store.state;
    const span = await this.#selectedSpan();
    if (span === undefined || selection === undefined || selection.kind === 'area') return;
    const slot = selection.kind === 'event' ? selection.ref.slot : selection.slot;
    const tracks = selection.kind === 'event' ? [selection.ref.track] : this.#allTracks(slot);
    const area = { slot, tracks, startNs: span.startNs, endNs: Math.max(span.endNs, span.startNs + 1) };
    store.update({ selection: { kind: 'area', area }, bottom: 'area' });
  }

  /** What is in view of the current track becomes an area: the drag, without a mouse. */
  viewToArea(): void {
    const current = this.#host.current();
    const { store, viewport } = this.#host;
    if (current === undefined) return;
    const { slot } = current.track;
    const tracks = current.track.kind === 'group' ? this.#tracksIn(current.key) : [current.track.id];
    const { startNs, endNs } = viewport.target;
    store.update({ selection: { kind: 'area', area: { slot, tracks, startNs, endNs } }, bottom: 'area' });
    this.#host.announce('the part in view is selected');
  }

  #allTracks(slot: Slot): string[] {
    const { main, pinned } = this.#host.layout();
    return [...pinned, ...main]
      .filter(({ track }) => track.slot === slot && track.kind !== 'group')
      .map(({ track }) => track.id);
  }

  #tracksIn(group: string): string[] {
    const { main, pinned } = this.#host.layout();
    return [...pinned, ...main]
      .filter(({ key, track }) => track.kind !== 'group' && this.#host.ancestors(key).includes(group))
      .map(({ track }) => track.id);
  }

  /** Whether an event is what is selected. */
  isSelected(ref: EventRef): boolean {
    return sameRef(selectedRef(this.#host.store), ref);
  }
}

function sameSpan(a: Span, b: Span): boolean {
  const slack = (a.endNs - a.startNs) / 1000;
  return Math.abs(a.startNs - b.startNs) < slack && Math.abs(a.endNs - b.endNs) < slack;
}

/** The span with room on both sides. An instant gets a microsecond's. */
export function fitted({ startNs, endNs }: Span): Span {
  const width = Math.max(endNs - startNs, 1000) / FRAMED;
  const middle = (startNs + endNs) / 2;
  return { startNs: middle - width / 2, endNs: middle + width / 2 };
}

/** The view moved, at the same zoom, so that the span is in it; undefined if it already is. */
export function broughtIn(view: Span, span: Span): Span | undefined {
  const width = view.endNs - view.startNs;
  const margin = width * MARGIN;
  const isIn = span.startNs >= view.startNs + margin && span.endNs <= view.endNs - margin;
  // Longer than the view: it is in view as long as it covers it.
  const covers = span.startNs <= view.startNs + margin && span.endNs >= view.endNs - margin;
  if (isIn || covers) return undefined;
  const middle =
    span.endNs - span.startNs > width * (1 - 2 * MARGIN)
      ? span.startNs + width * (0.5 - 2 * MARGIN)
      : (span.startNs + span.endNs) / 2;
  return { startNs: middle - width / 2, endNs: middle + width / 2 };
}
