import type { TimelineActions } from './timeline-commands.js';
import type { TimelineModel } from './timeline-model.js';

/** What only the page can do. */
export interface PageActions {
  scrollScreens(by: number): void;
  /** Keys choose tracks now: show which. */
  showFocus(): void;
  hide(key: string): void;
  legend(): void;
}

/** What each command does. */
export function commandActions(model: TimelineModel, page: PageActions): TimelineActions {
  const { viewport, tracks, navigation, options } = model;
  const { store, notes, announce } = options;
  const anchor = (): number => model.anchorNs;
  const flag = (): { startNs: number; endNs: number } => {
    const ns = Math.max(0, model.anchorNs);
    return { startNs: ns, endNs: ns };
  };
  return {
    hold: (how) => viewport.hold(how, anchor),
    letGo: (how) => viewport.letGo(how),
    pan: (screens) => viewport.panBy(screens),
    goToEnd: (which) => {
      const { extent, target } = viewport;
      const width = target.endNs - target.startNs;
      const startNs = which === 'start' ? extent.startNs : extent.endNs - width;
      viewport.go({ startNs, endNs: startNs + width }, { jump: true });
    },
    showAll: () => viewport.go(viewport.extent, { jump: true }),
    scrollScreens: (by) => page.scrollScreens(by),
    moveTrack: (by) => {
      page.showFocus();
      tracks.move(by);
    },
    frame: () => void navigation.frameSelection(),
    step: (by) => void navigation.step(by),
    follow: (to) => void navigation.follow(to),
    enter: () => void navigation.enter(),
    selectionToArea: () => void navigation.selectionToArea(),
    viewToArea: () => navigation.viewToArea(),
    clear: () => {
      viewport.stop();
      // From the nearest to the farthest: what is selected, then what was searched for.
      if (store.state.selection !== undefined) store.update({ selection: undefined });
      else if (store.state.search !== '') store.update({ search: '', filterOn: false });
    },
    match: (by) => void model.search?.step(by),
    toggleFilter: () => store.update({ filterOn: !store.state.filterOn }),
    togglePin: () => tracks.onCurrent((key) => tracks.togglePin(key)),
    toggleFold: () => tracks.onCurrent((key) => tracks.toggleFold(key)),
    hideTrack: () => tracks.onCurrent((key) => page.hide(key)),
    showHidden: () => store.update({ hidden: [] }),
    foldAll: (folded) => tracks.foldAll(folded),
    legend: () => page.legend(),
    addNote: () => {
      // The panel first: it puts the cursor into the new note.
      store.update({ side: 'notes' });
      notes.add({ ...(model.selectedSpan ?? flag()), text: '' });
    },
    addFlag: () => {
      notes.add({ ...flag(), text: '' });
      announce('flag put');
    },
    has: (what) => {
      switch (what) {
        case 'selection':
          return store.state.selection !== undefined;
        case 'search':
          return store.state.search.trim() !== '';
        case 'hidden':
          return model.layout.hidden > 0;
        case 'track':
          return tracks.current !== undefined;
      }
    },
  };
}
