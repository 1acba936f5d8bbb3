import { proxy, type Remote } from 'comlink';
import type { Engine, Progress, Slot, TraceSource, TraceSummary } from '../engine/protocol.js';
import { isCancelled } from './problem.js';

export type SlotState =
  | { readonly kind: 'empty' }
  | { readonly kind: 'loading'; readonly title: string; readonly progress: Progress | undefined }
  /** `ready`: whether ranges, gaps and findings have been worked out too. */
  | { readonly kind: 'open'; readonly summary: TraceSummary; readonly ready: boolean };

export type SlotListener = (slot: Slot, state: SlotState, before: SlotState) => void;

const EMPTY: SlotState = { kind: 'empty' };

/** Which traces are open, being opened, or not there. The only caller of the engine's open, ready, cancel and close. */
export class TraceDesk {
  readonly #engine: Remote<Engine>;
  readonly #slots: [SlotState, SlotState] = [EMPTY, EMPTY];
  readonly #sources: [TraceSource | undefined, TraceSource | undefined] = [undefined, undefined];
  /** Counts openings of a slot: what an earlier one still says is of no interest. */
  readonly #turns = [0, 0];
  readonly #listeners = new Set<SlotListener>();

  constructor(engine: Remote<Engine>) {
    this.#engine = engine;
  }

  state(slot: Slot): SlotState {
    return this.#slots[slot];
  }

  summary(slot: Slot): TraceSummary | undefined {
    const state = this.#slots[slot];
    return state.kind === 'open' ? state.summary : undefined;
  }

  /** Where what was last opened in a slot came from. */
  source(slot: Slot): TraceSource | undefined {
    return this.#sources[slot];
  }

  isReady(slot: Slot): boolean {
    const state = this.#slots[slot];
    return state.kind === 'open' && state.ready;
  }

  /** Whether more is about to be shown than there is. */
  get isBusy(): boolean {
    return this.#slots.some((state) => state.kind === 'loading' || (state.kind === 'open' && !state.ready));
  }

  listen(listener: SlotListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Opens a source in place of what was in the slot. False if it was cancelled, by the user or by another opening.
   * @throws what the engine says, if it cannot be opened
   */
  async open(source: TraceSource, slot: Slot, title: string): Promise<boolean> {
    await this.close(slot);
    const turn = ++this.#turns[slot]!;
    this.#sources[slot] = source;
    const isOld = (): boolean => this.#turns[slot] !== turn;
    this.#set(slot, { kind: 'loading', title, progress: undefined });
    const onProgress = (progress: Progress): void => {
      if (!isOld() && this.#slots[slot].kind === 'loading') {
        this.#set(slot, { kind: 'loading', title, progress });
      }
    };
    let summary: TraceSummary;
    try {
      summary = await this.#engine.open(source, slot, proxy(onProgress));
    } catch (error) {
      if (isOld() || isCancelled(error)) return false;
      this.#set(slot, EMPTY);
      throw error;
    }
    if (isOld()) return false;
    this.#set(slot, { kind: 'open', summary, ready: false });
    const whole = await this.#whenReady(slot);
    if (whole !== undefined && !isOld()) this.#set(slot, { kind: 'open', summary: whole, ready: true });
    return true;
  }

  /** Stops an opening, or puts an open trace away. */
  async close(slot: Slot): Promise<void> {
    const { kind } = this.#slots[slot];
    if (kind === 'empty') return;
    this.#turns[slot]!++;
    this.#set(slot, EMPTY);
    await (kind === 'loading' ? this.#engine.cancel(slot) : this.#engine.close(slot));
  }

  async #whenReady(slot: Slot): Promise<TraceSummary | undefined> {
    try {
      return await this.#engine.ready(slot);
    } catch (error) {
      if (isCancelled(error)) return undefined;
      throw error;
    }
  }

  #set(slot: Slot, state: SlotState): void {
    const before = this.#slots[slot];
    this.#slots[slot] = state;
    for (const listener of this.#listeners) listener(slot, state, before);
  }
}
