import type { EventRef, Overview, Slot, TraceSummary, TrackFrame } from '../engine/protocol.js';
import type { StagePoint } from '../interact/pointer.js';
import type { Search } from '../interact/search.js';
import type { MatchStyle } from '../render/renderer.js';
import { LabelTexts } from '../render/text.js';
import { FrameCache } from './frame-cache.js';
import type { Span } from './frame-window.js';
import { hitTest } from './hit-test.js';
import { Navigation } from './navigation.js';
import { type EventPlace, placeOf } from './scene.js';
import { Selected, selectedRef } from './selected.js';
import type { TimelineOptions } from './timeline.js';
import { TrackActions } from './track-actions.js';
import {
  isInStrip,
  type LabelPlace,
  layoutTracks,
  type PlacedTrack,
  rowAt,
  type TrackLayout,
} from './track-layout.js';
import { Viewport } from './viewport.js';
import { type Visible, visibleTracks } from './visible.js';

/** How near to a rectangle the pointer must be, CSS pixels. */
const REACH = 4;
const OVERVIEW_BUCKETS = 800;

/** What the model needs of the page. */
export interface ModelHost {
  /** Something else is to be seen: draw soon. */
  readonly changed: () => void;
  /** The same, and what was drawn of the tracks is out of date although view and layout are the same. */
  readonly outdated: () => void;
  /** Load, matches or extent are others. */
  readonly overviewChanged: () => void;
  readonly scrollTop: () => number;
  readonly scrollTo: (top: number) => void;
}

/** An event that was found in a frame. */
export interface FoundEvent {
  readonly placed: PlacedTrack;
  readonly frame: TrackFrame;
  readonly index: number;
}

const NO_TRACKS: TrackLayout = { pinned: [], pinnedHeight: 0, main: [], height: 0, hidden: 0 };
const NO_TEXTS = new LabelTexts([]);

/** All that the timeline knows, apart from how it is drawn. */
export class TimelineModel {
  readonly options: TimelineOptions;
  readonly viewport: Viewport;
  readonly cache: FrameCache;
  readonly selected: Selected;
  readonly tracks: TrackActions;
  readonly navigation: Navigation;
  search: Search | undefined;
  summaries: readonly TraceSummary[] = [];
  overviews: readonly Overview[] = [];
  /** Of the stage, CSS pixels. */
  width = 0;
  height = 0;
  labelPlace: LabelPlace = 'beside';
  /** Where the pointer is over the stage. */
  pointer: StagePoint | undefined;
  readonly #host: ModelHost;
  #texts: readonly (LabelTexts | undefined)[] = [];
  #layout = NO_TRACKS;
  #layoutOf: readonly unknown[] = [];

  constructor(options: TimelineOptions, host: ModelHost) {
    this.options = options;
    this.#host = host;
    const { engine, store, announce, report } = options;
    const { changed, outdated, scrollTop, scrollTo } = host;
    this.viewport = new Viewport(store, changed);
    this.cache = new FrameCache({
      fetch: (request) => engine.frame(request),
      arrived: outdated,
      failed: report,
    });
    this.selected = new Selected({
      engine,
      store,
      isKnown: (ref) => this.#knows(ref),
      announce,
      report,
      changed,
    });
    this.tracks = new TrackActions({
      store,
      layout: () => this.layout,
      visible: () => this.visible,
      summaries: () => this.summaries,
      scrollTop,
      scrollTo,
      changed,
      announce,
    });
    this.navigation = new Navigation({
      engine,
      store,
      viewport: this.viewport,
      selected: this.selected,
      layout: () => this.layout,
      current: () => this.tracks.current,
      setCurrent: (key) => this.tracks.setCurrent(key),
      ancestors: (key) => this.tracks.ancestors(key),
      scrollTo: (key) => this.tracks.reveal(key),
      announce,
      report,
    });
  }

  destroy(): void {
    this.selected.destroy();
  }

  setSummaries(summaries: readonly TraceSummary[]): void {
    this.summaries = summaries;
    const texts: (LabelTexts | undefined)[] = [];
    for (const { slot, shortNames } of summaries) texts[slot] = new LabelTexts(shortNames);
    this.#texts = texts;
    this.invalidate();
  }

  /** What was fetched is out of date. */
  invalidate(): void {
    const ends = this.summaries.map(({ endNs }) => endNs);
    this.viewport.setExtent({ startNs: 0, endNs: Math.max(1, ...ends) });
    this.cache.clear();
    this.selected.refresh();
    this.#host.outdated();
    void this.#loadOverviews();
  }

  async #loadOverviews(): Promise<void> {
    const { engine, report } = this.options;
    const of = this.summaries;
    try {
      const overviews = await Promise.all(of.map(({ slot }) => engine.overview(slot, OVERVIEW_BUCKETS)));
      if (of !== this.summaries) return;
      this.overviews = overviews;
      // The second trace may begin before the first and end after it.
      const starts = overviews.map(({ startNs }) => startNs);
      const ends = [...of, ...overviews].map(({ endNs }) => endNs);
      this.viewport.setExtent({ startNs: Math.min(0, ...starts), endNs: Math.max(1, ...ends) });
      this.#host.overviewChanged();
    } catch (error) {
      report(error);
    }
  }

  #knows({ slot, track }: EventRef): boolean {
    return this.summaries.some((one) => one.slot === slot && one.tracks.some(({ id }) => id === track));
  }

  labels(slot: Slot): LabelTexts {
    return this.#texts[slot] ?? NO_TEXTS;
  }

  get layout(): TrackLayout {
    const { pinned, hidden, collapsed } = this.options.store.state;
    const of = [this.summaries, pinned, hidden, collapsed, this.labelPlace];
    if (!sameItems(of, this.#layoutOf)) {
      this.#layoutOf = of;
      this.#layout = layoutTracks(this.summaries, this.options.store.state, this.labelPlace);
    }
    return this.#layout;
  }

  get visible(): Visible {
    return visibleTracks(this.layout, this.#host.scrollTop(), this.height);
  }

  get filters(): readonly (number | undefined)[] {
    return ([0, 1] as const).map((slot) => this.search?.filterOf(slot));
  }

  get matchStyle(): MatchStyle {
    if (this.filters.every((filter) => filter === undefined)) return 'plain';
    return this.options.store.state.filterOn ? 'dim' : 'mark';
  }

  timeAt(x: number): number {
    const { startNs, endNs } = this.viewport.view;
    return startNs + (x / Math.max(1, this.width)) * (endNs - startNs);
  }

  /** What a zoom by key is about: the time under the pointer, the selected event, or the middle. */
  get anchorNs(): number {
    if (this.pointer !== undefined) return this.timeAt(this.pointer.x);
    const { startNs, endNs } = this.viewport.view;
    const place = this.selectedPlace;
    const middle = place === undefined ? undefined : (place.startNs + place.endNs) / 2;
    return middle !== undefined && middle > startNs && middle < endNs ? middle : (startNs + endNs) / 2;
  }

  eventAt({ x, y }: StagePoint): FoundEvent | undefined {
    const found = this.tracks.at(y);
    const frame = found === undefined ? undefined : this.cache.get(found.placed.key)?.slices;
    if (found === undefined || frame === undefined || isInStrip(found.placed, found.y)) return undefined;
    const { startNs, endNs } = this.viewport.view;
    const reach = (REACH * (endNs - startNs)) / Math.max(1, this.width);
    const index = hitTest(frame, rowAt(found.placed, found.y), this.timeAt(x), reach);
    return index < 0 ? undefined : { placed: found.placed, frame, index };
  }

  /** The selected event's place: from its details; until they are here, from the frame it was clicked in. */
  get selectedPlace(): EventPlace | undefined {
    const ref = selectedRef(this.options.store);
    if (ref === undefined) return undefined;
    const { details } = this.selected;
    const frame = this.cache.get(this.tracks.keyOf(ref))?.slices;
    const index = frame?.event.indexOf(ref.event) ?? -1;
    const row = details?.row ?? (index < 0 ? undefined : frame!.row[index]);
    if (details !== undefined) {
      return placeOf(ref, details.startNs, details.startNs + details.durationNs, row);
    }
    return index < 0 ? undefined : placeOf(ref, frame!.startNs[index]!, frame!.endNs[index]!, row);
  }

  /** The time of whatever is selected. */
  get selectedSpan(): Span | undefined {
    const { selection } = this.options.store.state;
    const of =
      selection?.kind === 'area'
        ? selection.area
        : selection?.kind === 'time'
          ? selection
          : this.selectedPlace;
    return of === undefined ? undefined : { startNs: of.startNs, endNs: of.endNs };
  }
}

export function refOf({ placed, frame, index }: FoundEvent): EventRef {
  return { slot: placed.track.slot, track: placed.track.id, event: frame.event[index]! };
}

export function placeOfFound(found: FoundEvent): EventPlace {
  const { frame, index } = found;
  return placeOf(refOf(found), frame.startNs[index]!, frame.endNs[index]!, frame.row[index]);
}

export function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}
