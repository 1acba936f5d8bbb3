import type { Command } from '../interact/commands.js';
import { listenToPointer, type StagePoint } from '../interact/pointer.js';
import type { Search } from '../interact/search.js';
import { type AxisTicks, axisTicks, drawAxis } from '../render/axis.js';
import { Canvas2dRenderer } from '../render/canvas2d.js';
import { Minimap } from '../render/minimap.js';
import { drawOverlay } from '../render/overlay.js';
import type { Surface } from '../render/renderer.js';
import { TextFitter } from '../render/text.js';
import { type CanvasTheme, readTheme, watchTheme } from '../render/theme.js';
import type { ViewState } from '../state/view-state.js';
import { AreaDrag } from './area-drag.js';
import { commandActions } from './command-actions.js';
import { make, timelineDom, type TimelineDom } from './dom.js';
import { HoverTip } from './hover-tip.js';
import { labelRows } from './label-rows.js';
import { labelDivider, NARROW } from './label-width.js';
import { TrackLabels } from './labels.js';
import { legend } from './legend.js';
import { drawPicture } from './picture.js';
import { axisMarksOf, placeOf, type SceneInput, sceneOf } from './scene.js';
import { sameRef, selectedRef } from './selected.js';
import { contextOf, fitCanvas, watchSize } from './surface.js';
import { timelineCommands } from './timeline-commands.js';
import { placeOfFound, refOf, sameItems, TimelineModel } from './timeline-model.js';
import type { TimelineOptions } from './timeline.js';
import type { Visible } from './visible.js';

const KEPT_TIMES = 2000;
const AXIS_FONT_PX = 11;

/** The timeline on the page: draws the model, one picture at most per frame of the browser, and listens to the user. */
export class TimelineView {
  readonly model: TimelineModel;
  /** Script time of the last pictures, milliseconds. */
  readonly frameTimes: number[] = [];
  readonly #dom: TimelineDom;
  readonly #renderer: Canvas2dRenderer;
  readonly #overlay: CanvasRenderingContext2D;
  readonly #axis: CanvasRenderingContext2D;
  readonly #minimap: Minimap;
  readonly #labels: TrackLabels;
  readonly #drag: AreaDrag;
  readonly #tip: HoverTip;
  readonly #toggleLegend: () => void;
  readonly #stops: (() => void)[] = [];
  #theme: CanvasTheme;
  #fitter: TextFitter;
  #surface: Surface = { width: 0, height: 0, dpr: 1 };
  #requested = 0;
  #moving = false;
  /** As of the last picture: asking the page again after writing to it costs a layout. */
  #scrollTop = 0;
  /** It was set here, and the page does not know yet. */
  #scrolled = false;
  /** What the picture was drawn of; of the same it is not drawn again. */
  #drawnOf: readonly unknown[] = [];

  constructor(host: HTMLElement, options: TimelineOptions) {
    const { store, notes } = options;
    const dom = timelineDom(host);
    const scrollTop = (): number => this.#scrollTop;
    this.#dom = dom;
    this.#renderer = new Canvas2dRenderer(contextOf(dom.base, true), document.createElement('canvas'));
    this.#overlay = contextOf(dom.overlay);
    this.#axis = contextOf(dom.axis);
    this.#theme = readTheme(dom.root);
    this.#fitter = this.#newFitter();
    const model = new TimelineModel(options, {
      changed: () => this.#request(),
      outdated: () => this.#redraw(),
      overviewChanged: () => this.#refreshMinimap(),
      scrollTop,
      scrollTo: (top) => {
        this.#scrollTop = top;
        this.#scrolled = true;
        this.#request();
      },
    });
    this.model = model;
    this.#minimap = new Minimap(dom.minimap, {
      moved: (span) => model.viewport.go(span, { glide: false }),
      centred: (ns) => {
        const { startNs, endNs } = model.viewport.target;
        model.viewport.go({ startNs: ns - (endNs - startNs) / 2, endNs: ns + (endNs - startNs) / 2 });
      },
    });
    this.#labels = new TrackLabels(dom.labels, {
      toggleFold: (key) => model.tracks.toggleFold(key),
      setFolded: (key, folded) => model.tracks.setFolded(key, folded),
      togglePin: (key) => model.tracks.togglePin(key),
      hide: (key) => this.#hide(key),
      focus: (key) => model.tracks.setCurrent(key),
      move: (step) => {
        model.tracks.move(step);
        this.#focusCurrentLabel();
      },
      enter: () => dom.stage.focus({ preventScroll: true }),
    });
    this.#tip = new HoverTip(model, dom.tooltip, dom.stage, scrollTop);
    this.#drag = new AreaDrag({
      store,
      viewport: model.viewport,
      width: () => model.width,
      height: () => model.height,
      layout: () => model.layout,
      visible: () => model.visible,
      trackAt: (y) => model.tracks.at(y),
      frameOf: (key) => model.cache.get(key)?.slices,
      changed: () => this.#request(),
      scrollBy: (pixels) => model.tracks.scrollBy(pixels),
      panBy: (screens) => model.viewport.panWithin(screens),
      isStill: () => model.viewport.isStill,
    });
    this.#stops.push(
      store.listen((_, before) => this.#stored(before)),
      notes.listen(() => this.#refreshMinimap()),
      watchTheme(() => this.#retheme()),
      watchSize([dom.stage, dom.minimap], () => this.#resize()),
      this.#listen(),
      this.#drag.listenToAxis(dom.axis),
    );
    dom.corner.append(make('span', '', 'GPU load'));
    this.#toggleLegend = legend(dom.corner, () => this.#theme.dark);
    labelDivider(dom.divider, dom.root, () => this.#resize());
    model.setSummaries(options.summaries);
  }

  setSearch(search: Search): void {
    this.model.search = search;
    this.#stops.push(search.listen(() => this.#refreshMinimap()));
  }

  get settled(): boolean {
    return !this.#moving && this.#requested === 0 && !this.model.cache.loading;
  }

  destroy(): void {
    cancelAnimationFrame(this.#requested);
    for (const stop of this.#stops) stop();
    this.model.destroy();
    this.#dom.root.remove();
  }

  commands(): readonly Command[] {
    const { scroller, stage } = this.#dom;
    return timelineCommands(
      commandActions(this.model, {
        scrollScreens: (by) => scroller.scrollBy({ top: by * this.model.height }),
        showFocus: () => stage.classList.remove('by-pointer'),
        hide: (key) => this.#hide(key),
        legend: () => this.#toggleLegend(),
      }),
    );
  }

  #hide(key: string): void {
    this.model.tracks.hide(key);
    this.#focusCurrentLabel();
  }

  /** If the focus is on a label. The labels must be on the page first. */
  #focusCurrentLabel(): void {
    this.#draw();
    this.#labels.focusLabel(this.model.tracks.currentKey ?? '');
  }

  #listen(): () => void {
    const { stage, scroller } = this.#dom;
    const { viewport, navigation } = this.model;
    const changed = (): void => this.#request();
    const blur = (): void => {
      stage.classList.remove('by-pointer');
      this.#request();
    };
    scroller.addEventListener('scroll', changed, { passive: true });
    stage.addEventListener('focus', changed);
    stage.addEventListener('blur', blur);
    const stop = listenToPointer(stage, scroller, {
      hover: (at) => {
        this.model.pointer = at;
        this.#tip.pointerMoved();
        this.#request();
      },
      click: (at) => this.#click(at),
      doubleClick: (at) => {
        const found = this.model.eventAt(at);
        if (found !== undefined) void navigation.goTo(refOf(found), { frame: true });
      },
      dragFrom: (at, free) => this.#drag.from(at, free),
      dragTo: (at, free) => {
        this.model.pointer = at;
        this.#drag.to(at, free);
      },
      dragEnd: () => this.#drag.end(),
      dragCancel: () => this.#drag.cancel(),
      panPx: (dx) => viewport.panBy(-dx / Math.max(1, this.model.width), false),
      zoom: (factor, x, glide) => viewport.zoomBy(factor, this.model.timeAt(x), glide),
    });
    return () => {
      scroller.removeEventListener('scroll', changed);
      stage.removeEventListener('focus', changed);
      stage.removeEventListener('blur', blur);
      stop();
    };
  }

  #click(at: StagePoint): void {
    const { tracks, options } = this.model;
    const { store } = options;
    const placed = tracks.at(at.y)?.placed;
    if (placed !== undefined) tracks.setCurrent(placed.key);
    const found = this.model.eventAt(at);
    if (found !== undefined) {
      store.update({ selection: { kind: 'event', ref: refOf(found) }, bottom: 'details' });
    } else if (placed?.track.kind === 'group') {
      tracks.toggleFold(placed.key);
    } else if (store.state.selection !== undefined) {
      store.update({ selection: undefined });
    }
  }

  #stored(before: ViewState): void {
    const ref = selectedRef(this.model.options.store);
    const refBefore = before.selection?.kind === 'event' ? before.selection.ref : undefined;
    // Also what a panel has selected must be seen.
    if (ref !== undefined && !sameRef(ref, refBefore)) this.model.tracks.reveal(this.model.tracks.keyOf(ref));
    this.#request();
  }

  #resize(): void {
    const { stage, base, overlay, axis, minimap, root, scroller } = this.#dom;
    const isNarrow = root.clientWidth < NARROW;
    root.classList.toggle('narrow', isNarrow);
    this.model.labelPlace = isNarrow ? 'above' : 'beside';
    root.style.setProperty('--scrollbar', `${scroller.offsetWidth - scroller.clientWidth}px`);
    const dpr = Math.max(0.5, devicePixelRatio);
    const { clientWidth: width, clientHeight: height } = stage;
    this.model.width = width;
    this.model.height = height;
    this.#surface = fitCanvas(base, width, height, dpr);
    this.#renderer.resize(this.#surface);
    fitCanvas(overlay, width, height, dpr);
    fitCanvas(axis, width, axis.parentElement!.clientHeight, dpr);
    this.#minimap.resize(minimap.clientWidth, minimap.clientHeight, dpr);
    this.#refreshMinimap();
  }

  #retheme(): void {
    this.#theme = readTheme(this.#dom.root);
    this.#fitter = this.#newFitter();
    this.#refreshMinimap();
  }

  #newFitter(): TextFitter {
    return new TextFitter((text) => {
      this.#axis.font = `${AXIS_FONT_PX}px ${this.#theme.font}`;
      return this.#axis.measureText(text).width;
    });
  }

  #refreshMinimap(): void {
    const { viewport, overviews, search, options } = this.model;
    this.#minimap.set({
      extent: viewport.extent,
      overviews,
      strips: search?.strips ?? [],
      notes: options.notes.all,
    });
    this.#minimap.draw(this.#theme);
    this.#redraw();
  }

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
    const pulls = this.#drag.tick(now);
    this.#moving = this.model.viewport.tick(now) || pulls;
    this.#draw();
    this.frameTimes.push(performance.now() - began);
    if (this.frameTimes.length > KEPT_TIMES) this.frameTimes.shift();
    if (this.#moving) this.#request();
  }

  #draw(): void {
    const { model } = this;
    if (model.width === 0 || model.height === 0) return;
    const visible = this.#scroll();
    const { view } = model.viewport;
    this.#fetch(visible);

    const ticks = axisTicks(view, model.width, (text) => this.#fitter.width(text));
    const style = model.matchStyle;
    const scrollTop = this.#scrollTop;
    const of = [view.startNs, view.endNs, scrollTop, model.layout, style];
    if (!sameItems(of, this.#drawnOf)) {
      this.#drawnOf = of;
      drawPicture(this.#renderer, {
        visible,
        view,
        extent: model.viewport.extent,
        surface: this.#surface,
        theme: this.#theme,
        gridPx: ticks.ticks.map(({ x }) => x),
        style,
        labels: (slot) => model.labels(slot),
        cache: model.cache,
      });
      this.#minimap.setView(view);
    }
    const rows = labelRows(visible);
    this.#labels.update(rows.pinned, visible.mainTop, rows.main, model.tracks.currentKey);
    model.tracks.showFooter(this.#dom.labels, visible);
    this.#tip.update(this.#theme, this.#drag.draft !== undefined);
    const scene = this.#sceneInput(visible, scrollTop);
    drawOverlay(this.#overlay, this.#surface, this.#theme, sceneOf(scene));
    this.#axisRow(ticks, scene);
  }

  /** What is on screen at the page's scroll position, which is kept within what there is to scroll. */
  #scroll(): Visible {
    const { scroller, spacer } = this.#dom;
    if (!this.#scrolled) this.#scrollTop = scroller.scrollTop;
    const { overflow } = this.model.visible;
    const height = `${overflow}px`;
    if (spacer.style.height !== height) spacer.style.height = height;
    const within = Math.min(Math.max(0, this.#scrollTop), overflow);
    if (this.#scrolled || within !== this.#scrollTop) scroller.scrollTop = within;
    this.#scrollTop = within;
    this.#scrolled = false;
    return this.model.visible;
  }

  /** Asks for the frames that are missing, and says so where there is nothing at all to show yet. */
  #fetch({ pinned, main }: Visible): void {
    const { cache, viewport, filters } = this.model;
    const wanted = [...pinned, ...main]
      .filter(({ placed }) => placed.track.kind !== 'group')
      .map(({ placed: { key, track } }) => ({ key, slot: track.slot, id: track.id }));
    const { view, extent } = viewport;
    cache.want(wanted, { view, extent, widthPx: this.#surface.width, filters });
    const isBlank = cache.loading && wanted.some(({ key }) => cache.get(key) === undefined);
    this.#dom.loading.hidden = !isBlank;
  }

  #axisRow(ticks: AxisTicks, scene: SceneInput): void {
    const { axis, origin } = this.#dom;
    const surface = { width: axis.width, height: axis.height, dpr: this.#surface.dpr };
    drawAxis(this.#axis, surface, this.#theme, ticks, axisMarksOf(scene));
    const text = ticks.originText === undefined ? '' : `${ticks.originText} +`;
    if (origin.textContent !== text) origin.textContent = text;
  }

  #sceneInput(visible: Visible, scrollTop: number): SceneInput {
    const { layout, viewport, width, options, selected, selectedPlace, pointer, tracks } = this.model;
    const { stage, labels } = this.#dom;
    const { details } = selected;
    const peer = details?.peers[0];
    const { found } = this.#tip;
    const isKeyboard =
      stage.matches(':focus-visible:not(.by-pointer)') || labels.matches(':has(:focus-visible)');
    return {
      layout,
      visible,
      view: viewport.view,
      width,
      scrollTop,
      selection: options.store.state.selection,
      selected: selectedPlace,
      peer: peer === undefined ? undefined : placeOf(peer.ref, peer.startNs, peer.endNs, peer.row),
      fromSelected: details?.kind === 'calls',
      hover: found === undefined ? undefined : placeOfFound(found),
      cursorX: pointer?.x,
      draft: this.#drag.draft,
      notes: options.notes.all,
      focus: isKeyboard ? tracks.currentKey : undefined,
    };
  }
}
