import type { Remote } from 'comlink';
import type { Engine, EventRef } from '../engine/protocol.js';
import type { ViewStore } from '../state/view-state.js';
import type { TraceDesk } from './trace-desk.js';

export interface FollowPlaceOptions {
  readonly engine: Remote<Engine>;
  readonly store: ViewStore;
  readonly desk: TraceDesk;
  readonly goTo: (ref: EventRef) => void;
  /** What to tell where there is no such event. */
  readonly missing: (text: string) => void;
  readonly report: (error: unknown) => void;
}

/**
 * Selects the event that a link names by when it ran, as soon as the trace is worked out. Until then the address keeps
 * the name, so that nothing is lost by reloading.
 */
export function followPlace({ engine, store, desk, goTo, missing, report }: FollowPlaceOptions): void {
  const follow = async (): Promise<void> => {
    const { place } = store.state;
    if (place === undefined || !desk.isReady(place.slot)) return;
    const ref = await engine.find(place);
    // Another link was followed meanwhile, or another trace opened.
    if (store.state.place !== place) return;
    store.update({ place: undefined });
    if (ref === undefined) missing('What the link leads to is not in this trace.');
    else goTo(ref);
  };
  const run = (): void => void follow().catch(report);
  store.listen((state, before) => {
    if (state.place !== before.place) run();
  });
  desk.listen(run);
  run();
}
