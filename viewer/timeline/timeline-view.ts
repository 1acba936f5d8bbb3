import type { Overview, Slot, TrackFrame, TraceSummary } from '../engine/protocol.js';
import type { Command } from '../interact/commands.js';
import { listenToPointer, type StagePoint } from '../interact/pointer.js';
import type { Search } from '../interact/search.js';
import { axisTicks, drawAxis, type AxisTicks } from '../render/axis.js';
import { Canvas2dRenderer } from '../render/canvas2d.js';
import { Minimap } from '../render/minimap.js';
import { drawOverlay } from '../render/overlay.js';
import type { Surface } from '../render/renderer.js';
import { LabelTexts } from '../render/text.js';
import { readTheme, watchTheme, type CanvasTheme } from '../render/theme.js';
import type { ViewState } from '../state/view-state.js';
import { AreaDrag } from './area-drag.js';
import { timelineDom, type TimelineDom } from './dom.js';
import { FrameCache } from './frame-cache.js';
import type { Span } from './frame-window.js';
import { hitTest } from './hit-test.js';
import { labelDivider, NARROW } from './label-width.js';
import { TrackLabels, type ShownLabel } from './labels.js';
import { Navigation } from './navigation.js';
import { drawPicture } from './picture.js';
import { axisMarksOf, placeOf, sceneOf, type EventPlace, type SceneInput } from './scene.js';
import { Selected, selectedRef, sameRef } from './selected.js';
import { timelineCommands } from './timeline-commands.js';
import type { TimelineOptions } from './timeline.js';
import { counterTip, placeTip, sliceTip } from './tooltip.js';
import { TrackActions } from './track-actions.js';
import { layoutTracks, type PlacedTrack, rowAt, type TrackLayout } from './track-layout.js';
import { Viewport } from './viewport.js';
import { visibleTracks, type Visible } from './visible.js';

/** How near to a rectangle the pointer must be, CSS pixels. */
const REACH = 4;
const OVERVIEW_BUCKETS = 800;
const KEPT_TIMES = 2000;

/** An event under the pointer. */
interface Hovered {
  readonly placed: PlacedTrack;
  readonly frame: TrackFrame;
  readonly index: number;
}

/** The timeline at work: reads the store, fetches frames, draws. One picture at most per frame of the browser. */
export class TimelineView {
  readonly navigation: Navigation;
  readonly frameTimes: number[] = [];
  readonly #options: TimelineOptions;
  readonly #dom: TimelineDom;
  readonly #viewport: Viewport;
  readonly #cache: FrameCache;
  readonly #renderer: Canvas2dRenderer;
  readonly #overlay: CanvasRenderingContext2D;
  readonly #axis: CanvasRenderingContext2D;
  readonly #minimap: Minimap;
  readonly #labels: TrackLabels;
  readonly #selected: Selected;
  readonly #tracks: TrackActions;
  readonly #drag: AreaDrag;
  readonly #stops: (() => void)[] = [];
  #search: Search | undefined;
  #summaries: readonly TraceSummary[] = [];
  #texts: readonly (LabelTexts | undefined)[] = [];
  #overviews: readonly Overview[] = [];
  #layout: TrackLayout = { pinned: [], pinnedHeight: 0, main: [], height: 0, hidden: 0 };
  #layoutOf: readonly unknown[] = [];
  #theme: CanvasTheme;
  #surface: Surface = { width: 0, height: 0, dpr: 1 };
  #width = 0;
  #height = 0;
  #requested = 0;
  #pointer: StagePoint | undefined;
  #hovered: Hovered | undefined;
  #moving = false;
  /** View and scroll position when the pointer last moved: a tip that comes by itself is in the way. */
  #tipOf: readonly unknown[] = [];
  /** Whatever was drawn last; the same again is not drawn. */
  #drawnOf: readonly unknown[] = [];

  constructor(host: HTMLElement, options: TimelineOptions) {
    this.#options = options;
    const { engine, store, announce, report, notes } = options;
    const dom = timelineDom(host);
    this.#dom = dom;
    this.#theme = readTheme(dom.root);
    this.#viewport = new Viewport(store, () => this.#request());
    this.#cache = new FrameCache({
      fetch: (request) => engine.frame(request),
      arrived: () => this.#redraw(),
      failed: report,
    });
    this.#renderer = new Canvas2dRenderer(contextOf(dom.base, false), document.createElement('canvas'));
    this.#overlay = contextOf(dom.overlay, true);
    this.#axis = contextOf(dom.axis, true);
    this.#minimap = new Minimap(dom.minimap, {
      moved: (span) => this.#viewport.go(span, { glide: false }),
      centred: (ns) => {
        const { startNs, endNs } = this.#viewport.target;
        this.#viewport.go({ startNs: ns - (endNs - startNs) / 2, endNs: ns + (endNs - startNs) / 2 });
      },
    });
    this.#selected = new Selected({
      engine,
      store,
      isKnown: ({ slot, track }) =>
        this.#summaries.some((one) => one.slot === slot && one.tracks.some(({ id }) => id === track)),
      announce,
      report,
      changed: () => this.#request(),
    });
    this.#tracks = new TrackActions({
      store,
      layout: () => this.#freshLayout(),
      visible: () => this.#visible(),
      summaries: () => this.#summaries,
      scrollTop: () => dom.scroller.scrollTop,
      scrollTo: (top) => {
        dom.scroller.scrollTop = top;
        this.#request();
      },
      changed: () => this.#request(),
      announce,
    });
    this.navigation = new Navigation({
      engine,
      store,
      viewport: this.#viewport,
      selected: this.#selected,
      layout: () => this.#freshLayout(),
      current: () => this.#tracks.current,
      setCurrent: (key) => this.#tracks.setCurrent(key),
      ancestors: (key) => this.#tracks.ancestors(key),
      scrollTo: (key) => this.#tracks.reveal(key),
      announce,
      report,
    });
    this.#labels = new TrackLabels(dom.labels, {
      toggleFold: (key) => this.#tracks.toggleFold(key),
      setFolded: (key, folded) => this.#tracks.setFolded(key, folded),
      togglePin: (key) => this.#tracks.togglePin(key),
      hide: (key) => this.#hide(key),
      focus: (key) => this.#tracks.setCurrent(key),
      move: (step) => {
        this.#tracks.move(step);
        this.#focusCurrentLabel();
      },
      enter: () => dom.stage.focus({ preventScroll: true }),
    });
    this.#drag = new AreaDrag({
      store,
      viewport: this.#viewport,
      width: () => this.#width,
      layout: () => this.#freshLayout(),
      trackAt: (y) => this.#tracks.at(y),
      frameOf: (key) => this.#cache.get(key)?.slices,
      changed: () => this.#request(),
    });
    this.#stops.push(
      store.listen((state, before) => this.#stored(state, before)),
      notes.listen(() => this.#refreshMinimap()),
      watchTheme(() => this.#retheme()),
      this.#watchSize(),
      this.#listen(),
      this.#drag.listenToAxis(dom.axis),
    );
    dom.corner.append('GPU load');
    labelDivider(dom.divider, dom.root, () => this.#resize());
    this.setSummaries(options.summaries);
  }

  setSearch(search: Search): void {
    this.#search = search;
    this.#stops.push(search.listen(() => this.#refreshMinimap()));
  }

  get slots(): readonly Slot[] {
    return this.#summaries.map(({ slot }) => slot);
  }

  get settled(): boolean {
    return !this.#moving && this.#requested === 0 && !this.#cache.loading;
  }

  setSummaries(summaries: readonly TraceSummary[]): void {
    this.#summaries = summaries;
    const texts: (LabelTexts | undefined)[] = [];
    for (const { slot, shortNames } of summaries) texts[slot] = new LabelTexts(shortNames);
    this.#texts = texts;
    this.#dom.root.classList.toggle('empty', summaries.length === 0);
    this.invalidate();
  }

  invalidate(): void {
    const ends = this.#summaries.map(({ endNs }) => endNs);
    this.#viewport.setExtent({ startNs: 0, endNs: Math.max(1, ...ends) });
    this.#cache.clear();
    this.#selected.refresh();
    void this.#loadOverviews();
    this.#redraw();
  }

  destroy(): void {
    if (this.#requested !== 0) cancelAnimationFrame(this.#requested);
    for (const stop of this.#stops) stop();
    this.#selected.destroy();
    this.#dom.root.remove();
  }

  commands(): readonly Command[] {
    const { store, notes } = this.#options;
    const anchor = (): number => this.#anchorNs();
    return timelineCommands({
      hold: (how) => this.#viewport.hold(how, anchor),
      letGo: (how) => this.#viewport.letGo(how),
      pan: (screens) => this.#viewport.panBy(screens),
      zoom: (factor) => this.#viewport.zoomBy(factor, anchor()),
      goToEnd: (which) => this.#goToEnd(which),
      showAll: () => this.#viewport.go(this.#viewport.extent, { jump: true }),
      scrollScreens: (by) => this.#dom.scroller.scrollBy({ top: by * this.#height }),
      moveTrack: (by) => {
        this.#dom.stage.classList.remove('by-pointer');
        this.#tracks.move(by);
      },
      frame: () => void this.navigation.frameSelection(),
      step: (by) => void this.navigation.step(by),
      follow: (to) => void this.navigation.follow(to),
      enter: () => void this.navigation.enter(),
      selectionToArea: () => void this.navigation.selectionToArea(),
      viewToArea: () => this.navigation.viewToArea(),
      clear: () => {
        this.#viewport.stop();
        // From the nearest to the farthest: what is selected, then what was searched for.
        if (store.state.selection !== undefined) store.update({ selection: undefined });
        else if (store.state.search !== '') store.update({ search: '', filterOn: false });
      },
      match: (by) => void this.#search?.step(by),
      toggleFilter: () => store.update({ filterOn: !store.state.filterOn }),
      togglePin: () => this.#tracks.onCurrent((key) => this.#tracks.togglePin(key)),
      toggleFold: () => this.#tracks.onCurrent((key) => this.#tracks.toggleFold(key)),
      hideTrack: () => this.#tracks.onCurrent((key) => this.#hide(key)),
      showHidden: () => store.update({ hidden: [] }),
      foldAll: (folded) => this.#tracks.foldAll(folded),
      addNote: () => {
        // The panel first: it puts the cursor into the new note.
        store.update({ side: 'notes' });
        notes.add({ ...(this.#selectedSpan() ?? this.#pointerSpan()), text: '' });
      },
      addFlag: () => {
        notes.add({ ...this.#pointerSpan(), text: '' });
        this.#options.announce('flag put');
      },
      has: (what) => {
        if (what === 'selection') return store.state.selection !== undefined;
        if (what === 'search') return store.state.search.trim() !== '';
        if (what === 'hidden') return this.#freshLayout().hidden > 0;
        return this.#tracks.current !== undefined;
      },
    });
  }

  #hide(key: string): void {
    this.#tracks.hide(key);
    this.#focusCurrentLabel();
  }

  /** If the focus is on a label; the labels must be there first. */
  #focusCurrentLabel(): void {
    this.#draw();
    this.#labels.focusLabel(this.#tracks.currentKey ?? '');
  }

  #goToEnd(which: 'start' | 'end'): void {
    const { extent, target } = this.#viewport;
    const width = target.endNs - target.startNs;
    const startNs = which === 'start' ? extent.startNs : extent.endNs - width;
    this.#viewport.go({ startNs, endNs: startNs + width }, { jump: true });
  }

  /** What a zoom by key is about: the time under the pointer, the selected event, or the middle. */
  #anchorNs(): number {
    const { view } = this.#viewport;
    if (this.#pointer !== undefined) return this.#timeAt(this.#pointer.x);
    const selected = this.#selectedPlace();
    const middle = selected === undefined ? undefined : (selected.startNs + selected.endNs) / 2;
    return middle !== undefined && middle > view.startNs && middle < view.endNs
      ? middle
      : (view.startNs + view.endNs) / 2;
  }

  #timeAt(x: number): number {
    const { startNs, endNs } = this.#viewport.view;
    return startNs + (x / Math.max(1, this.#width)) * (endNs - startNs);
  }

  #selectedSpan(): Span | undefined {
    const { selection } = this.#options.store.state;
    if (selection?.kind === 'area') return { startNs: selection.area.startNs, endNs: selection.area.endNs };
    if (selection?.kind === 'time') return { startNs: selection.startNs, endNs: selection.endNs };
    const place = this.#selectedPlace();
    return place === undefined ? undefined : { startNs: place.startNs, endNs: place.endNs };
  }

  #pointerSpan(): Span {
    const ns = Math.max(0, this.#pointer === undefined ? this.#anchorNs() : this.#timeAt(this.#pointer.x));
    return { startNs: ns, endNs: ns };
  }

  #listen(): () => void {
    const { stage, scroller } = this.#dom;
    const scrolled = (): void => this.#request();
    scroller.addEventListener('scroll', scrolled, { passive: true });
    const focus = (): void => this.#request();
    const blur = (): void => {
      stage.classList.remove('by-pointer');
      this.#request();
    };
    stage.addEventListener('focus', focus);
    stage.addEventListener('blur', blur);
    const stop = listenToPointer(stage, scroller, {
      hover: (at) => {
        this.#pointer = at;
        this.#tipOf = this.#place();
        this.#request();
      },
      click: (at) => this.#click(at),
      doubleClick: (at) => {
        const found = this.#eventAt(at);
        if (found !== undefined) void this.navigation.goTo(refOf(found), { frame: true });
      },
      dragFrom: (at, free) => this.#drag.from(at, free),
      dragTo: (at, free) => {
        this.#pointer = at;
        this.#drag.to(at, free);
      },
      dragEnd: () => this.#drag.end(),
      dragCancel: () => this.#drag.cancel(),
      panPx: (dx) => this.#viewport.panBy(-dx / Math.max(1, this.#width), false),
      zoom: (factor, x, glide) => this.#viewport.zoomBy(factor, this.#timeAt(x), glide),
    });
    return () => {
      scroller.removeEventListener('scroll', scrolled);
      stage.removeEventListener('focus', focus);
      stage.removeEventListener('blur', blur);
      stop();
    };
  }

  #place(): readonly unknown[] {
    const { startNs, endNs } = this.#viewport.view;
    return [startNs, endNs, this.#dom.scroller.scrollTop];
  }

  #click(at: StagePoint): void {
    const { store } = this.#options;
    const placed = this.#tracks.at(at.y)?.placed;
    if (placed !== undefined) this.#tracks.setCurrent(placed.key);
    const found = this.#eventAt(at);
    if (found !== undefined) {
      store.update({ selection: { kind: 'event', ref: refOf(found) }, bottom: 'details' });
    } else if (placed?.track.kind === 'group') {
      this.#tracks.toggleFold(placed.key);
    } else if (store.state.selection !== undefined) {
      store.update({ selection: undefined });
    }
  }

  #eventAt({ x, y }: StagePoint): Hovered | undefined {
    const found = this.#tracks.at(y);
    if (found === undefined) return undefined;
    const frame = this.#cache.get(found.placed.key)?.slices;
    if (frame === undefined) return undefined;
    const { startNs, endNs } = this.#viewport.view;
    const reach = (REACH * (endNs - startNs)) / Math.max(1, this.#width);
    const index = hitTest(frame, rowAt(found.placed, found.y), this.#timeAt(x), reach);
    return index < 0 ? undefined : { placed: found.placed, frame, index };
  }

  #stored(state: ViewState, before: ViewState): void {
    if (!sameRef(eventOf(state), eventOf(before))) {
      const ref = selectedRef(this.#options.store);
      // Also what a panel has selected must be seen.
      if (ref !== undefined) this.#tracks.reveal(this.#tracks.keyOf(ref));
    }
    this.#request();
  }

  #watchSize(): () => void {
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(this.#dom.stage);
    observer.observe(this.#dom.minimap);
    // Zooming the page, or moving the window to another screen.
    let query: MediaQueryList | undefined;
    const again = (): void => {
      query?.removeEventListener('change', again);
      query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
      query.addEventListener('change', again);
      this.#resize();
    };
    again();
    return () => {
      observer.disconnect();
      query?.removeEventListener('change', again);
    };
  }

  #resize(): void {
    const { stage, base, overlay, axis, minimap, root, scroller } = this.#dom;
    root.classList.toggle('narrow', root.clientWidth < NARROW);
    root.style.setProperty('--scrollbar', `${scroller.offsetWidth - scroller.clientWidth}px`);
    const dpr = Math.max(0.5, devicePixelRatio);
    this.#width = stage.clientWidth;
    this.#height = stage.clientHeight;
    this.#surface = {
      width: Math.max(1, Math.round(this.#width * dpr)),
      height: Math.max(1, Math.round(this.#height * dpr)),
      dpr,
    };
    this.#renderer.resize(this.#surface);
    for (const canvas of [base, overlay]) size(canvas, this.#surface.width, this.#surface.height, dpr);
    size(axis, this.#surface.width, Math.round(axis.parentElement!.clientHeight * dpr), dpr);
    this.#minimap.resize(minimap.clientWidth, minimap.clientHeight, dpr);
    this.#redraw();
    this.#refreshMinimap();
  }

  #retheme(): void {
    this.#theme = readTheme(this.#dom.root);
    this.#redraw();
    this.#refreshMinimap();
  }

  async #loadOverviews(): Promise<void> {
    const { engine, report } = this.#options;
    const of = this.#summaries;
    try {
      const overviews = await Promise.all(of.map(({ slot }) => engine.overview(slot, OVERVIEW_BUCKETS)));
      if (of !== this.#summaries) return;
      this.#overviews = overviews;
      // The second trace may have been shifted past the end of the first.
      const ends = [...of.map(({ endNs }) => endNs), ...overviews.map(({ endNs }) => endNs)];
      const starts = overviews.map(({ startNs }) => startNs);
      this.#viewport.setExtent({ startNs: Math.min(0, ...starts), endNs: Math.max(1, ...ends) });
      this.#redraw();
      this.#refreshMinimap();
    } catch (error) {
      report(error);
    }
  }

  #refreshMinimap(): void {
    this.#minimap.set({
      extent: this.#viewport.extent,
      overviews: this.#overviews,
      strips: this.#search?.strips ?? [],
      notes: this.#options.notes.all,
    });
    this.#minimap.draw(this.#theme);
    this.#redraw();
  }

  /** Something changed that the comparison in `#draw` does not see. */
  #redraw(): void {
    this.#drawnOf = [];
    this.#request();
  }

  #request(): void {
    if (this.#requested === 0) this.#requested = requestAnimationFrame((now) => this.#frame(now));
  }

  #frame(now: number): void {
    this.#requested = 0;
    const began = performance.now();
    this.#moving = this.#viewport.tick(now);
    this.#draw();
    this.frameTimes.push(performance.now() - began);
    if (this.frameTimes.length > KEPT_TIMES) this.frameTimes.shift();
    if (this.#moving) this.#request();
  }

  #freshLayout(): TrackLayout {
    const { pinned, hidden, collapsed } = this.#options.store.state;
    const of = [this.#summaries, pinned, hidden, collapsed];
    if (!same(of, this.#layoutOf)) {
      this.#layoutOf = of;
      this.#layout = layoutTracks(this.#summaries, this.#options.store.state);
    }
    return this.#layout;
  }

  #visible(): Visible {
    return visibleTracks(this.#freshLayout(), this.#dom.scroller.scrollTop, this.#height);
  }

  #draw(): void {
    if (this.#width === 0 || this.#height === 0) return;
    const { store, notes } = this.#options;
    let visible = this.#visible();
    this.#dom.spacer.style.height = `${visible.overflow}px`;
    // Less to scroll than before: the browser may just have moved the scroll position.
    visible = this.#visible();
    const { view, extent } = this.#viewport;
    const { state } = store;
    const filters = ([0, 1] as const).map((slot) => this.#search?.filterOf(slot));
    const shown = [...visible.pinned, ...visible.main].filter(({ placed }) => placed.track.kind !== 'group');
    this.#cache.want(
      shown.map(({ placed: { key, track } }) => ({ key, slot: track.slot, id: track.id })),
      { view, extent, widthPx: this.#surface.width, filters },
    );

    const ticks = axisTicks(view, this.#width, this.#textWidth);
    const style = filters.every((filter) => filter === undefined) ? 'plain' : state.filterOn ? 'dim' : 'mark';
    const scrollTop = this.#dom.scroller.scrollTop;
    const of = [view.startNs, view.endNs, scrollTop, this.#layout, this.#theme, style];
    if (!same(of, this.#drawnOf)) {
      this.#drawnOf = of;
      drawPicture(this.#renderer, {
        visible,
        view,
        extent,
        surface: this.#surface,
        theme: this.#theme,
        gridPx: ticks.ticks.map(({ x }) => x),
        style,
        labels: (slot) => this.#texts[slot] ?? new LabelTexts([]),
        cache: this.#cache,
      });
      this.#labelRows(visible);
      this.#minimap.setView(view);
    } else {
      this.#labelRows(visible);
    }
    this.#hover(visible);
    const scene = this.#sceneInput(visible, view, scrollTop, notes.all);
    drawOverlay(this.#overlay, this.#surface, this.#theme, sceneOf(scene));
    this.#axisRow(ticks, scene);
    this.#dom.loading.hidden = !this.#cache.loading || shown.every(({ placed }) => this.#cache.get(placed.key) !== undefined);
    this.#dom.stage.classList.toggle('loading', this.#cache.loading);
  }

  readonly #textWidth = (text: string): number => {
    this.#axis.font = `11px ${this.#theme.font}`;
    return this.#axis.measureText(text).width;
  };

  #axisRow(ticks: AxisTicks, scene: SceneInput): void {
    const { axis, origin } = this.#dom;
    const surface = { width: axis.width, height: axis.height, dpr: this.#surface.dpr };
    drawAxis(this.#axis, surface, this.#theme, ticks, axisMarksOf(scene));
    const text = ticks.originText === undefined ? '' : `${ticks.originText} +`;
    if (origin.textContent !== text) origin.textContent = text;
  }

  #sceneInput(visible: Visible, view: Span, scrollTop: number, notes: SceneInput['notes']): SceneInput {
    const { state } = this.#options.store;
    const details = this.#selected.details;
    const peer = details?.peers[0];
    const hovered = this.#hovered;
    const isKeyboard = this.#dom.stage.matches(':focus-visible:not(.by-pointer)') || this.#dom.labels.matches(':has(:focus-visible)');
    return {
      layout: this.#layout,
      visible,
      view,
      width: this.#width,
      scrollTop,
      selection: state.selection,
      selected: this.#selectedPlace(),
      peer: peer === undefined ? undefined : placeOf(peer.ref, peer.startNs, peer.endNs, peer.row),
      fromSelected: details?.kind === 'calls',
      hover: hovered === undefined ? undefined : placeOfHovered(hovered),
      cursorX: this.#pointer?.x,
      draft: this.#drag.draft,
      notes,
      focus: isKeyboard ? this.#tracks.currentKey : undefined,
    };
  }

  /** From its details; until they are here, from the frame it was clicked in. */
  #selectedPlace(): EventPlace | undefined {
    const ref = selectedRef(this.#options.store);
    if (ref === undefined) return undefined;
    const details = this.#selected.details;
    const frame = this.#cache.get(this.#tracks.keyOf(ref))?.slices;
    const index = frame?.event.indexOf(ref.event) ?? -1;
    const row = details?.row ?? (index < 0 ? undefined : frame!.row[index]);
    if (details !== undefined) return placeOf(ref, details.startNs, details.startNs + details.durationNs, row);
    return index < 0 ? undefined : placeOf(ref, frame!.startNs[index]!, frame!.endNs[index]!, row);
  }

  #labelRows(visible: Visible): void {
    const rows = visible.main.map(({ placed, y }): ShownLabel => ({
      placed,
      y: y - visible.mainTop,
      height: placed.height,
      withPath: false,
    }));
    const { sticky } = visible;
    if (sticky !== undefined) {
      const own = rows.findIndex(({ placed }) => placed.key === sticky.placed.key);
      if (own >= 0) rows.splice(own, 1);
      rows.unshift({ placed: sticky.placed, y: sticky.y - visible.mainTop, height: sticky.placed.height, withPath: true });
    }
    const pinned = visible.pinned.map(({ placed, y }) => ({ placed, y, height: placed.height, withPath: true }));
    this.#labels.update(pinned, visible.mainTop, rows, this.#tracks.currentKey);
    this.#tracks.showFooter(this.#dom.labels, visible);
  }

  #hover(visible: Visible): void {
    const { tooltip, stage } = this.#dom;
    const at = this.#drag.draft === undefined ? this.#pointer : undefined;
    this.#hovered = at === undefined ? undefined : this.#eventAt(at);
    const found = at === undefined ? undefined : this.#tracks.at(at.y);
    stage.classList.toggle('over-event', this.#hovered !== undefined);
    let lines: readonly HTMLElement[] = [];
    if (this.#hovered !== undefined) {
      const { placed, frame, index } = this.#hovered;
      const summary = this.#summaries.find(({ slot }) => slot === placed.track.slot);
      if (summary !== undefined) lines = sliceTip(placed.track, frame, index, summary, this.#theme.dark);
    } else if (found?.placed.track.kind === 'counter') {
      const counter = this.#cache.get(found.placed.key)?.counter;
      if (counter !== undefined) lines = counterTip(found.placed.track, counter, this.#timeAt(at!.x));
    }
    tooltip.hidden = lines.length === 0 || !same(this.#tipOf, this.#place());
    if (tooltip.hidden || at === undefined || at.y < 0 || visible.clipTop < 0) return;
    tooltip.replaceChildren(...lines);
    const box = stage.getBoundingClientRect();
    placeTip(tooltip, box.left + at.x, box.top + at.y);
  }
}

function refOf({ placed, frame, index }: Hovered): { slot: Slot; track: string; event: number } {
  return { slot: placed.track.slot, track: placed.track.id, event: frame.event[index]! };
}

function placeOfHovered(hovered: Hovered): EventPlace {
  const { frame, index } = hovered;
  return placeOf(refOf(hovered), frame.startNs[index]!, frame.endNs[index]!, frame.row[index]);
}

function eventOf({ selection }: ViewState): ReturnType<typeof selectedRef> {
  return selection?.kind === 'event' ? selection.ref : undefined;
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}

function contextOf(canvas: HTMLCanvasElement, alpha: boolean): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha });
  if (context === null) throw new Error('this browser has no 2D canvas');
  return context;
}

function size(canvas: HTMLCanvasElement, width: number, height: number, dpr: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.width = `${width / dpr}px`;
  canvas.style.height = `${height / dpr}px`;
}
