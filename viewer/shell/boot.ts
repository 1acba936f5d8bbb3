import type { Remote } from 'comlink';
import type { Engine, EventRef } from '../engine/protocol.js';
import { CommandRegistry } from '../interact/commands.js';
import { BOTTOM_PANELS, SIDE_PANELS } from '../panels/index.js';
import { connectUrl } from '../state/url-sync.js';
import { readUrl } from '../state/url.js';
import { ViewStore, type BottomPanel, type SidePanel } from '../state/view-state.js';
import { connectNotes } from './connect-notes.js';
import { dropZone } from './drop-zone.js';
import { followPlace } from './follow-place.js';
import { layout, NARROW } from './layout.js';
import { liveRegion } from './live-region.js';
import { loadingView } from './loading-view.js';
import { NotesStorage } from './notes-storage.js';
import { noticesChip } from './notices-chip.js';
import { openerFor } from './open-files.js';
import { panelArea } from './panel-area.js';
import type { PanelContext } from './panel-context.js';
import { isCancelled, problemOf } from './problem.js';
import { serverSession } from './server-session.js';
import { shellCommands } from './shell-commands.js';
import { firstSources } from './sources.js';
import { mountStage } from './stage.js';
import { startPage } from './start-page.js';
import { applyTheme } from './theme.js';
import { toasts } from './toasts.js';
import { toolsOf } from './tools.js';
import { TraceDesk } from './trace-desk.js';
import { traceTitle } from './trace-title.js';

/** Builds the page, then opens what it came with: the server's traces, the one inside the page, or none. */
export async function boot(engine: Remote<Engine>): Promise<void> {
  const messages = toasts();
  const live = liveRegion();
  const report = (error: unknown): void => {
    if (!isCancelled(error)) messages.show(problemOf(error));
  };
  const address = readUrl(location.hash);
  const store = new ViewStore(firstState(address.state));
  if (address.problem !== undefined) messages.show({ message: address.problem });
  applyTheme(store);

  const commands = new CommandRegistry();
  const desk = new TraceDesk(engine);
  const session = await serverSession().catch((error: unknown) => void report(error));
  const notes = new NotesStorage(session, report);
  const context: PanelContext = {
    engine,
    store,
    notes: notes.store,
    summary: (slot) => desk.summary(slot),
    isReady: (slot) => desk.isReady(slot),
    onSummary: (listener) => desk.listen((slot) => listener(slot, desk.summary(slot))),
    run: (command) => void commands.run(command),
    goTo: (ref: EventRef) => void timeline.goTo(ref).catch(report),
    announce: live.announce,
    report,
  };

  const page = layout(store);
  const opener = openerFor(desk, store);
  const drop = dropZone(
    () => desk.summary(0) !== undefined,
    (files, slot) => void opener.openFiles(files, slot).catch(report),
    report,
  );
  page.title.append(traceTitle(desk));
  page.notices.append(noticesChip(desk));
  page.tools.append(...toolsOf(store, (command) => void commands.run(command)));
  const actions = { chooseFile: drop.choose };
  commands.register(...shellCommands(store, desk, SIDE_PANELS, BOTTOM_PANELS, actions));

  const side = panelArea({
    label: 'Findings',
    className: 'side',
    panels: SIDE_PANELS,
    choose: (id) => store.update({ side: id as SidePanel | undefined }),
    context,
  });
  const bottom = panelArea({
    label: 'Selection',
    className: 'bottom',
    panels: BOTTOM_PANELS,
    choose: (id) => store.update({ bottom: id as BottomPanel | undefined }),
    context,
  });
  page.side.append(side.element);
  page.bottom.append(bottom.element);
  const start = startPage(drop.choose);
  page.stage.append(start, loadingView(desk));
  const tellBusy = (): void => page.stage.setAttribute('aria-busy', String(desk.isBusy));
  tellBusy();
  desk.listen(tellBusy);
  document.body.append(page.root, drop.element, messages.element, live.element);
  const timeline = mountStage({
    page: page.root,
    timeline: page.timeline,
    search: page.search,
    start,
    engine,
    store,
    desk,
    commands,
    notes: notes.store,
    announce: live.announce,
    report,
  });
  const showPanels = (): void => {
    side.show(store.state.side);
    bottom.show(store.state.bottom);
  };
  showPanels();
  store.listen(showPanels);
  connectUrl(store, { onProblem: (message) => messages.show({ message }) });
  followPlace({
    engine,
    store,
    desk,
    goTo: (ref) => context.goTo(ref),
    missing: (message) => messages.show({ message }),
    report,
  });
  connectNotes(desk, notes, report);

  // For bench/viewer, which asks how long pictures took.
  if (new URLSearchParams(location.search).has('bench')) {
    Object.assign(globalThis, { bench: { timeline, desk } });
  }
  for (const { source, slot, name } of firstSources(session)) void opener.open(source, slot, name);
}

/** On a small screen the picture comes first, unless the address asks for a panel. */
function firstState(state: ViewStore['state']): ViewStore['state'] {
  const asked = /[#&]side=/.test(location.hash);
  return !asked && matchMedia(NARROW).matches ? { ...state, side: undefined } : state;
}
