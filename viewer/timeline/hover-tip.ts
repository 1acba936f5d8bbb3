import type { CanvasTheme } from '../render/theme.js';
import { type FoundEvent, sameItems, type TimelineModel } from './timeline-model.js';
import { counterTip, placeTip, sliceTip } from './tooltip.js';

/** The event under the pointer, and the tip beside it. */
export class HoverTip {
  readonly #model: TimelineModel;
  readonly #tip: HTMLElement;
  readonly #stage: HTMLElement;
  readonly #scrollTop: () => number;
  /** View and scroll position when the pointer last moved: a tip that comes by itself is in the way. */
  #movedAt: readonly unknown[] = [];
  #found: FoundEvent | undefined;

  constructor(model: TimelineModel, tip: HTMLElement, stage: HTMLElement, scrollTop: () => number) {
    this.#model = model;
    this.#tip = tip;
    this.#stage = stage;
    this.#scrollTop = scrollTop;
  }

  get found(): FoundEvent | undefined {
    return this.#found;
  }

  pointerMoved(): void {
    this.#movedAt = this.#place();
  }

  /** Looks again: the pointer has moved, or what is under it. `quiet`: while something is being dragged. */
  update(theme: CanvasTheme, quiet: boolean): void {
    const { pointer } = this.#model;
    const at = quiet ? undefined : pointer;
    this.#found = at === undefined ? undefined : this.#model.eventAt(at);
    this.#stage.classList.toggle('over-event', this.#found !== undefined);
    const isWanted = at !== undefined && sameItems(this.#movedAt, this.#place());
    const lines = isWanted ? this.#lines(at.x, at.y, theme) : [];
    this.#tip.hidden = lines.length === 0;
    if (at === undefined || lines.length === 0) return;
    this.#tip.replaceChildren(...lines);
    const box = this.#stage.getBoundingClientRect();
    placeTip(this.#tip, box.left + at.x, box.top + at.y);
  }

  #lines(x: number, y: number, theme: CanvasTheme): readonly HTMLElement[] {
    if (this.#found !== undefined) {
      const { placed, frame, index } = this.#found;
      const summary = this.#model.summaries.find(({ slot }) => slot === placed.track.slot);
      return summary === undefined ? [] : sliceTip(placed.track, frame, index, summary, theme.dark);
    }
    const track = this.#model.tracks.at(y)?.placed;
    const counter = track === undefined ? undefined : this.#model.cache.get(track.key)?.counter;
    return track === undefined || counter === undefined
      ? []
      : counterTip(track.track, counter, this.#model.timeAt(x));
  }

  #place(): readonly unknown[] {
    const { startNs, endNs } = this.#model.viewport.view;
    return [startNs, endNs, this.#scrollTop()];
  }
}
