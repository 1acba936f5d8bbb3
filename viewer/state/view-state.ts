import type { EventPlace } from '../../src/report/timeline-address.js';
import type { Area, EventRef, Slot } from '../engine/protocol.js';

/** Everything that the URL keeps, and nothing else; `url.ts` writes and validates it. */
export interface ViewState {
  readonly startNs: number;
  readonly endNs: number;
  readonly selection: Selection | undefined;
  /** What a link asks to be selected, until the trace is there to find it in (`shell/follow-place.ts`). */
  readonly place: EventPlace | undefined;
  /** Search box; with `filterOn` the rest is dimmed. */
  readonly search: string;
  readonly filterOn: boolean;
  readonly pinned: readonly string[];
  readonly hidden: readonly string[];
  readonly collapsed: readonly string[];
  /** Which panel is open at the side and below. */
  readonly side: SidePanel | undefined;
  readonly bottom: BottomPanel | undefined;
  readonly theme: 'system' | 'light' | 'dark';
  /** Compare: how far the second trace is shifted, and by which range it was aligned. */
  readonly align: { readonly base: EventRef; readonly candidate: EventRef } | undefined;
}

export type SidePanel = 'idle' | 'hotspots' | 'blocks' | 'kv' | 'switch' | 'compare' | 'notes';
export type BottomPanel = 'details' | 'area' | 'table';

export type Selection =
  | { readonly kind: 'event'; readonly ref: EventRef }
  | { readonly kind: 'area'; readonly area: Area }
  | { readonly kind: 'time'; readonly slot: Slot; readonly startNs: number; readonly endNs: number };

/** How a change came about, for the history of the browser. */
export interface ChangeOrigin {
  /** A step that "back" should undo: the view went somewhere else at once. */
  readonly jump?: boolean;
  /** The address bar already says it. */
  readonly fromUrl?: boolean;
}

export type Listener = (state: ViewState, before: ViewState, origin: ChangeOrigin) => void;

/** The one place where the page's state lives. Panels read it, commands change it, nobody else keeps a copy. */
export class ViewStore {
  #state: ViewState;
  readonly #listeners = new Set<Listener>();

  constructor(initial: ViewState) {
    this.#state = initial;
  }

  get state(): ViewState {
    return this.#state;
  }

  update(change: Partial<ViewState>, origin: ChangeOrigin = {}): void {
    const before = this.#state;
    this.#state = { ...before, ...change };
    for (const listener of [...this.#listeners]) listener(this.#state, before, origin);
  }

  /** Returns the function that stops listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const INITIAL_STATE: ViewState = {
  startNs: 0,
  endNs: 0,
  selection: undefined,
  place: undefined,
  search: '',
  filterOn: false,
  pinned: [],
  hidden: [],
  collapsed: [],
  side: 'idle',
  bottom: undefined,
  theme: 'system',
  align: undefined,
};
