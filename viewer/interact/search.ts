import type { Remote } from 'comlink';
import type { Engine, EventRef, SearchResult, Slot } from '../engine/protocol.js';
import type { ViewStore } from '../state/view-state.js';

export interface SearchOptions {
  readonly engine: Remote<Engine>;
  readonly store: ViewStore;
  /** Slots that have a trace. */
  readonly slots: () => readonly Slot[];
  readonly goTo: (ref: EventRef) => Promise<void>;
  readonly announce: (text: string) => void;
  readonly report: (error: unknown) => void;
}

export interface SearchStatus {
  readonly text: string;
  /** The engine is still looking. */
  readonly busy: boolean;
  readonly count: number;
  /** From 0; undefined until one has been gone to. */
  readonly current: number | undefined;
  readonly problem: string | undefined;
}

interface Found {
  readonly slot: Slot;
  readonly result: SearchResult;
}

/** Typing is answered when it pauses. */
const PAUSE_MS = 160;
/** Pieces of the trace in the overview strip. */
const BUCKETS = 1200;

/** Runs what the store says is searched for, over all open traces, and steps through what was found. */
export class Search {
  readonly #options: SearchOptions;
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: () => void;
  #found: readonly Found[] = [];
  #text = '';
  #busy = false;
  #current: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request = 0;
  #settled: Promise<void> = Promise.resolve();

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#stopListening = options.store.listen(({ search }, before) => {
      if (search === before.search) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.refresh(), PAUSE_MS);
    });
    if (options.store.state.search !== '') this.refresh();
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
    this.#listeners.clear();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get status(): SearchStatus {
    return {
      text: this.#options.store.state.search,
      busy: this.#busy || this.#text !== this.#options.store.state.search,
      count: this.#found.reduce((sum, { result }) => sum + result.count, 0),
      current: this.#current,
      problem: this.#found.find(({ result }) => result.problem !== undefined)?.result.problem,
    };
  }

  /** The engine's number of what was found in a slot; undefined while nothing is searched for. */
  filterOf(slot: Slot): number | undefined {
    return this.#found.find((found) => found.slot === slot)?.result.filter;
  }

  /** Matches by time, for the overview. */
  get strips(): readonly Float32Array[] {
    return this.#found.filter(({ result }) => result.count > 0).map(({ result }) => result.strip);
  }

  /** Searches again: the text is another, or there are more tracks to search. */
  refresh(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#settled = this.#run();
  }

  async #run(): Promise<void> {
    const text = this.#options.store.state.search;
    const request = ++this.#request;
    if (text.trim() === '') {
      this.#settle(text, []);
      return;
    }
    this.#busy = true;
    this.#tell();
    try {
      const found = await Promise.all(
        this.#options.slots().map(async (slot): Promise<Found> => ({
          slot,
          result: await this.#options.engine.search(slot, text, BUCKETS),
        })),
      );
      if (request === this.#request) this.#settle(text, found);
    } catch (error) {
      if (request === this.#request) this.#settle(text, []);
      this.#options.report(error);
    }
  }

  #settle(text: string, found: readonly Found[]): void {
    const again = text === this.#text;
    this.#text = text;
    this.#found = found;
    this.#busy = false;
    if (!again) this.#current = undefined;
    this.#tell();
    if (text.trim() === '' || again) return;
    const { count, problem } = this.status;
    this.#options.announce(problem ?? (count === 1 ? '1 match' : `${count.toLocaleString('en-US')} matches`));
  }

  /** Goes to the next match (or the one before), from the middle of the view if none is current. */
  async step(by: 1 | -1): Promise<void> {
    if (this.#timer !== undefined) this.refresh();
    await this.#settled;
    const { count } = this.status;
    if (count === 0) return;
    try {
      const next = this.#current === undefined ? await this.#nearView(by) : this.#current + by;
      this.#current = ((next % count) + count) % count;
      let index = this.#current;
      for (const { slot, result } of this.#found) {
        if (index >= result.count) {
          index -= result.count;
          continue;
        }
        const ref = await this.#options.engine.match(slot, result.filter, index);
        if (ref !== undefined) await this.#options.goTo(ref);
        break;
      }
      this.#tell();
      const at = (this.#current + 1).toLocaleString('en-US');
      this.#options.announce(`match ${at} of ${count.toLocaleString('en-US')}`);
    } catch (error) {
      this.#options.report(error);
    }
  }

  async #nearView(by: 1 | -1): Promise<number> {
    const first = this.#found.find(({ result }) => result.count > 0);
    if (first === undefined) return 0;
    const { startNs } = this.#options.store.state;
    const offset = this.#found
      .slice(0, this.#found.indexOf(first))
      .reduce((sum, { result }) => sum + result.count, 0);
    const at = await this.#options.engine.matchAt(first.slot, first.result.filter, startNs);
    return offset + Math.min(at, first.result.count) - (by < 0 ? 1 : 0);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
