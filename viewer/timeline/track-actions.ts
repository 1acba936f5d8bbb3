import { plural } from '../../src/report/units.js';
import type { EventRef, TraceSummary } from '../engine/protocol.js';
import type { ViewStore } from '../state/view-state.js';
import { make } from './dom.js';
import { type PlacedTrack, rootKey, trackAt, trackKey, type TrackLayout } from './track-layout.js';
import type { Visible } from './visible.js';

export interface TrackActionsHost {
  readonly store: ViewStore;
  layout(): TrackLayout;
  visible(): Visible;
  summaries(): readonly TraceSummary[];
  scrollTop(): number;
  scrollTo(top: number): void;
  changed(): void;
  announce(text: string): void;
}

/** CSS pixels kept free around a track that is scrolled to. */
const MARGIN = 30;

/** Which track is the current one, and what is done to tracks: pin, hide, fold, scroll to. */
export class TrackActions {
  readonly #host: TrackActionsHost;
  readonly #footer: HTMLButtonElement;
  #current: string | undefined;

  constructor(host: TrackActionsHost) {
    this.#host = host;
    this.#footer = make('button', 'tl-footer');
    this.#footer.type = 'button';
    this.#footer.addEventListener('click', () => host.store.update({ hidden: [] }));
  }

  get currentKey(): string | undefined {
    return this.current?.key;
  }

  /** The track that keys act on: the one last clicked, stepped or gone to; at first the first with ops. */
  get current(): PlacedTrack | undefined {
    const all = this.#all();
    return (
      all.find(({ key }) => key === this.#current) ??
      all.find(({ track }) => track.kind === 'ops') ??
      all.find(({ track }) => track.kind !== 'group')
    );
  }

  setCurrent(key: string): void {
    if (key === this.#current) return;
    this.#current = key;
    this.#host.changed();
  }

  onCurrent(act: (key: string) => void): void {
    const { current } = this;
    if (current !== undefined) act(current.key);
  }

  move(step: number | 'first' | 'last'): void {
    const all = this.#all();
    const at = all.findIndex(({ key }) => key === this.currentKey);
    const to = step === 'first' ? 0 : step === 'last' ? all.length - 1 : at + step;
    const next = all[Math.min(all.length - 1, Math.max(0, to))];
    if (next === undefined) return;
    this.setCurrent(next.key);
    this.reveal(next.key);
    const events = next.track.kind === 'group' ? 'group' : plural(next.track.events, 'event');
    this.#host.announce(`${[...next.path, next.track.label].join(', ')}, ${events}`);
  }

  toggleFold(key: string): void {
    this.setFolded(key, !this.#host.store.state.collapsed.includes(key));
  }

  setFolded(key: string, folded: boolean): void {
    const { store } = this.#host;
    const placed = this.#all().find((one) => one.key === key);
    if (placed?.foldable !== true) return;
    store.update({ collapsed: withOrWithout(store.state.collapsed, key, folded) });
    this.#host.announce(folded ? 'folded' : 'unfolded');
  }

  foldAll(folded: boolean): void {
    const groups = this.#host
      .summaries()
      .flatMap(({ tracks }) => tracks.filter(({ kind }) => kind === 'group').map(trackKey));
    this.#host.store.update({ collapsed: folded ? groups : [] });
  }

  togglePin(key: string): void {
    const { store } = this.#host;
    const pinned = !store.state.pinned.includes(key);
    const placed = this.#all().find((one) => one.key === key);
    if (placed === undefined || placed.track.kind === 'group') return;
    store.update({ pinned: withOrWithout(store.state.pinned, key, pinned) });
    this.#host.announce(pinned ? 'pinned to the top' : 'no longer pinned');
  }

  hide(key: string): void {
    const { store } = this.#host;
    const all = this.#all();
    const at = all.findIndex((one) => one.key === key);
    if (at < 0) return;
    store.update({ hidden: withOrWithout(store.state.hidden, key, true) });
    // The next one becomes the current one, so that several can be hidden in a row.
    const left = this.#all();
    const next = left[Math.min(at, left.length - 1)];
    if (next !== undefined) this.setCurrent(next.key);
    this.#host.announce('track hidden');
  }

  keyOf(ref: EventRef): string {
    return trackKey({ slot: ref.slot, id: ref.track });
  }

  /** Keys of the groups around a track, innermost first. */
  ancestors(key: string): readonly string[] {
    for (const { slot, tracks } of this.#host.summaries()) {
      const byId = new Map(tracks.map((track) => [track.id, track]));
      let track = tracks.find((one) => trackKey(one) === key);
      if (track === undefined) continue;
      const found: string[] = [];
      // As deep as there are tracks at most: a cycle would be the engine's mistake.
      for (let k = 0; k < tracks.length && track?.parent !== undefined; k++) {
        track = byId.get(track.parent);
        if (track !== undefined) found.push(trackKey(track));
      }
      return [...found, rootKey(slot)];
    }
    return [];
  }

  /** Scrolls no further than is needed. */
  reveal(key: string): void {
    const { main } = this.#host.layout();
    const placed = main.find((one) => one.key === key);
    if (placed === undefined) return;
    const { clipTop, mainTop, mainHeight } = this.#host.visible();
    const top = this.#host.scrollTop();
    const above = clipTop - mainTop + MARGIN;
    if (placed.y < top + above - MARGIN) this.#host.scrollTo(Math.max(0, placed.y - above));
    else if (placed.y + placed.height > top + mainHeight) {
      this.#host.scrollTo(Math.min(placed.y, placed.y + placed.height + MARGIN - mainHeight));
    }
  }

  /** CSS pixels, down; no further than there is anything. */
  scrollBy(pixels: number): void {
    const top = this.#host.scrollTop();
    const to = Math.min(this.#host.visible().overflow, Math.max(0, top + pixels));
    if (to !== top) this.#host.scrollTo(to);
  }

  /** The track at a height of the stage, and that height within its list. */
  at(y: number): { readonly placed: PlacedTrack; readonly y: number } | undefined {
    const { pinned, main } = this.#host.layout();
    const { mainTop, clipTop, sticky } = this.#host.visible();
    if (y < mainTop) {
      const placed = pinned[trackAt(pinned, y)];
      return placed === undefined ? undefined : { placed, y };
    }
    if (y < clipTop && sticky !== undefined) return { placed: sticky.placed, y: sticky.placed.y };
    const inList = y - mainTop + this.#host.scrollTop();
    const placed = main[trackAt(main, inList)];
    return placed === undefined ? undefined : { placed, y: inList };
  }

  /** The line below the last track that says how many are hidden. */
  showFooter(labels: HTMLElement, { mainTop }: Visible): void {
    const { hidden, height } = this.#host.layout();
    this.#footer.hidden = hidden === 0;
    if (hidden === 0) return;
    if (!this.#footer.isConnected) labels.append(this.#footer);
    const text = `${plural(hidden, 'hidden track')} · show`;
    if (this.#footer.textContent !== text) this.#footer.textContent = text;
    this.#footer.style.transform = `translateY(${mainTop + height - this.#host.scrollTop()}px)`;
  }

  #all(): readonly PlacedTrack[] {
    const { pinned, main } = this.#host.layout();
    return [...pinned, ...main];
  }
}

function withOrWithout(list: readonly string[], item: string, isIn: boolean): readonly string[] {
  const rest = list.filter((one) => one !== item);
  return isIn ? [...rest, item] : rest;
}
