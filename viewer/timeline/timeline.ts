import type { Remote } from 'comlink';
import type { Engine, EventRef, TraceSummary } from '../engine/protocol.js';
import type { CommandRegistry } from '../interact/commands.js';
import { Search } from '../interact/search.js';
import type { NoteStore } from '../state/notes.js';
import type { ViewStore } from '../state/view-state.js';
import { TimelineView } from './timeline-view.js';

export interface TimelineOptions {
  readonly engine: Remote<Engine>;
  readonly store: ViewStore;
  /** Of the open traces, slot 0 first. */
  readonly summaries: readonly TraceSummary[];
  /** The timeline adds its own commands. */
  readonly commands: CommandRegistry;
  readonly notes: NoteStore;
  readonly announce: (text: string) => void;
  readonly report: (error: unknown) => void;
}

export interface Timeline {
  /** There are more tracks than before, or another trace, or one less. */
  setSummaries(summaries: readonly TraceSummary[]): void;
  /** What was fetched is out of date: the second trace was shifted. */
  invalidate(): void;
  /** Selects an event and brings it into view; `frame` zooms to it. */
  goTo(ref: EventRef, how?: { readonly frame?: boolean }): Promise<void>;
  /** For the search box. */
  readonly search: Search;
  /** Script time of the last pictures, milliseconds, oldest first; for the benchmark. */
  frameTimes(): readonly number[];
  /** True when nothing moves and nothing is being fetched. */
  readonly settled: boolean;
  destroy(): void;
}

/** Puts the timeline into an element, which gives it its size. */
export function mountTimeline(host: HTMLElement, options: TimelineOptions): Timeline {
  const view = new TimelineView(host, options);
  const { model } = view;
  const { engine, store, announce, report } = options;
  const search = new Search({
    engine,
    store,
    slots: () => model.summaries.map(({ slot }) => slot),
    goTo: (ref) => model.navigation.goTo(ref),
    announce,
    report,
  });
  view.setSearch(search);
  const unregister = options.commands.register(...view.commands());
  return {
    setSummaries: (summaries) => {
      model.setSummaries(summaries);
      search.refresh();
    },
    invalidate: () => model.invalidate(),
    goTo: (ref, how) => model.navigation.goTo(ref, how),
    search,
    frameTimes: () => view.frameTimes,
    get settled() {
      return view.settled;
    },
    destroy: () => {
      unregister();
      search.destroy();
      view.destroy();
    },
  };
}
