import type { Remote } from 'comlink';
import type { Engine, EventRef, Slot, TraceSummary } from '../engine/protocol.js';
import type { NoteStore } from '../state/notes.js';
import type { ViewStore } from '../state/view-state.js';

/** What a panel may use. A panel keeps no state of its own that the URL should keep: that is the store's. */
export interface PanelContext {
  readonly engine: Remote<Engine>;
  readonly store: ViewStore;
  readonly notes: NoteStore;
  /** The newest summary of a trace: first the early one of `Engine.open`, then the whole one of `Engine.ready`. */
  summary(slot: Slot): TraceSummary | undefined;
  /** Whether `Engine.ready` has resolved for a slot: ranges, gaps and findings are complete. */
  isReady(slot: Slot): boolean;
  /** Called when a trace is opened, becomes ready, or is closed. Returns the function that stops listening. */
  onSummary(listener: (slot: Slot, summary: TraceSummary | undefined) => void): () => void;
  /** Runs a command of the registry (`interact/commands.ts`) by its id, as a key or the palette would. */
  run(command: string): void;
  /** Selects an event, opens its details, and brings it into view. */
  goTo(ref: EventRef): void;
  /** Spoken by a screen reader, once it has finished its sentence; not shown. */
  announce(text: string): void;
  /** Shows a failure of the engine to the user. A rejected call that is only out of date is not one. */
  report(error: unknown): void;
}
