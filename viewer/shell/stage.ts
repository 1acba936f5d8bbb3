import type { Remote } from 'comlink';
import type { Engine, Slot, TraceSummary } from '../engine/protocol.js';
import type { CommandRegistry } from '../interact/commands.js';
import { installHelp } from '../interact/help.js';
import { listenToKeys } from '../interact/keyboard.js';
import { installPalette } from '../interact/palette.js';
import { mountSearchBox } from '../interact/search-box.js';
import type { NoteStore } from '../state/notes.js';
import type { ViewState, ViewStore } from '../state/view-state.js';
import { mountTimeline, type Timeline } from '../timeline/timeline.js';
import type { TraceDesk } from './trace-desk.js';

export interface StageOptions {
  readonly page: HTMLElement;
  readonly timeline: HTMLElement;
  readonly search: HTMLElement;
  /** Shown while no trace is open or being opened. */
  readonly start: HTMLElement;
  readonly engine: Remote<Engine>;
  readonly store: ViewStore;
  readonly desk: TraceDesk;
  readonly commands: CommandRegistry;
  readonly notes: NoteStore;
  readonly announce: (text: string) => void;
  readonly report: (error: unknown) => void;
}

const SLOTS: readonly Slot[] = [0, 1];

/** The timeline with its search box, palette, help and keys, kept up with which traces are open. */
export function mountStage(options: StageOptions): Timeline {
  const { engine, store, desk, commands, notes, announce, report } = options;
  const summaries = (): readonly TraceSummary[] =>
    SLOTS.map((slot) => desk.summary(slot)).filter((summary) => summary !== undefined);
  const timeline = mountTimeline(options.timeline, {
    engine,
    store,
    summaries: summaries(),
    commands,
    notes,
    announce,
    report,
  });
  mountSearchBox(options.search, { search: timeline.search, store, commands });
  installPalette(commands);
  installHelp(commands);
  listenToKeys(commands);

  const show = (): void => {
    const isOpen = desk.summary(0) !== undefined;
    options.start.hidden = isOpen || SLOTS.some((slot) => desk.state(slot).kind === 'loading');
    // Findings about nothing would only take room.
    options.page.classList.toggle('empty', !options.start.hidden);
    options.timeline.inert = !isOpen;
    options.search.inert = !isOpen;
  };
  show();
  desk.listen((_slot, state, before) => {
    if (state.kind === 'open' || before.kind === 'open') timeline.setSummaries(summaries());
    show();
  });
  keepAligned(options, timeline);
  return timeline;
}

/** Shifts the second trace as the state says, whenever either changes. */
function keepAligned({ engine, store, desk, report }: StageOptions, timeline: Timeline): void {
  let applied: ViewState['align'];
  const apply = async (): Promise<void> => {
    const { align } = store.state;
    if (!desk.isReady(0) || !desk.isReady(1) || align === applied) return;
    applied = align;
    await engine.align(align?.base, align?.candidate);
    timeline.invalidate();
  };
  store.listen((state, before) => {
    if (state.align !== before.align) apply().catch(report);
  });
  desk.listen((slot, state) => {
    if (slot === 1 && state.kind !== 'open') applied = undefined;
    apply().catch(report);
  });
}
