import { group } from 'd3-array';
import type { GapsResult } from '../../src/analysis/gaps.js';
import type { Hotspot } from '../../src/analysis/hotspots.js';
import { printable } from '../../src/report/printable.js';
import { formatExact, formatNs, formatPercent, plural } from '../../src/report/units.js';
import type { EventRef } from '../engine/protocol.js';
import type { PanelContext } from '../shell/panel-context.js';
import type { Panel } from '../shell/panel-host.js';
import { causeSwatch } from './cause-swatch.js';
import { button, element, message } from './elements.js';
import { showFindings, type FoundOn } from './findings-source.js';
import { Latest } from './latest.js';
import { pathLine } from './path-line.js';
import { sortableTable } from './sortable-table.js';
import { TellingPaths } from './telling-paths.js';

/** Groups of like gaps, largest first. A click goes to the longest; the arrows step through the rest in order of time. */
export const hotspotsPanel: Panel = {
  id: 'hotspots',
  title: 'Hotspots',
  hint: 'Gaps grouped by what ran before and after, and where',
  mount: (host, context) =>
    showFindings(host, context, (body, found) => {
      if ('refused' in found.findings.gaps) return void body.append(message(found.findings.gaps.refused));
      return showHotspots(body, context, found, found.findings.gaps.result);
    }),
};

/** `Engine.hotspotExamples`: the longest of them. */
const LONGEST = -1;

/** A gap and its neighbours can be seen if the view is no longer than this many times the gap. */
const ROOM = 60;

/** Selects a gap, in a view in which it is wide enough to be seen. */
async function zoomTo(ref: EventRef, context: PanelContext): Promise<void> {
  try {
    const { startNs, durationNs } = await context.engine.details(ref);
    const { state } = context.store;
    // A view without a length is one of the whole trace.
    const nowNs = state.endNs > state.startNs ? state.endNs - state.startNs : Infinity;
    const spanNs = Math.min(nowNs, durationNs * ROOM);
    // Nothing is before the start; a second trace that was aligned may begin earlier.
    const from = Math.max(Math.min(0, startNs), startNs + durationNs / 2 - spanNs / 2);
    context.store.update({ startNs: from, endNs: from + spanNs });
    context.goTo(ref);
  } catch (error) {
    context.report(error);
  }
}

function between({ before, after }: Hotspot): string {
  return `${before} → ${after}`;
}

interface Row {
  readonly index: number;
  readonly spot: Hotspot;
}

function showHotspots(
  body: HTMLElement,
  context: PanelContext,
  found: FoundOn,
  result: GapsResult,
): () => void {
  const device = result.devices[0];
  const latest = new Latest();
  if (device === undefined || device.hotspots.length === 0) {
    body.append(message('This device never waited.'));
    return () => undefined;
  }
  const stepper = element('div', 'stepper');
  stepper.hidden = true;
  body.append(stepper);
  let current = -1;

  const spots = device.hotspots;
  // Many are between ops of the same classes: where in the model they are tells them apart.
  const alike = group(spots, between);
  const telling = new Map(
    [...alike].map(([name, like]) => [name, new TellingPaths(like.map(({ path }) => path))]),
  );
  const table = sortableTable<Row>(body, {
    caption: 'Hotspots: groups of like gaps',
    limit: 25,
    isCurrent: ({ index }) => index === current,
    onRow: ({ index }) => show(index, LONGEST),
    columns: [
      {
        title: 'between',
        text: ({ spot }) => between(spot),
        mark: ({ spot }) => causeSwatch(spot.cause),
        below: ({ spot }) => pathLine(telling.get(between(spot))!.of(spot.path), spot.cause),
        hint: ({ spot }) => [between(spot), spot.path, spot.cause].filter((text) => text !== '').join('\n'),
      },
      {
        title: 'total',
        numeric: true,
        text: ({ spot }) => formatNs(spot.totalNs),
        value: ({ spot }) => spot.totalNs,
        hint: ({ spot }) => `${formatExact(spot.totalNs)} ns`,
      },
      {
        title: 'share',
        numeric: true,
        text: ({ spot }) => formatPercent(spot.share),
        value: ({ spot }) => spot.share,
      },
      {
        title: 'count',
        numeric: true,
        text: ({ spot }) => formatExact(spot.count),
        value: ({ spot }) => spot.count,
      },
      {
        title: 'median',
        numeric: true,
        text: ({ spot }) => formatNs(spot.medianNs),
        value: ({ spot }) => spot.medianNs,
      },
    ],
  });
  table.show(spots.map((spot, index) => ({ index, spot })));

  const title = element('b');
  const path = element('div', 'path');
  const count = element('span', 'muted tabular');
  const back = button('‹', 'step', () => go(-1));
  back.setAttribute('aria-label', 'Previous gap like this');
  const on = button('›', 'step', () => go(1));
  on.setAttribute('aria-label', 'Next gap like this');
  stepper.append(element('div', 'stepper-text', title, path), back, count, on);
  let at = 0;
  let total = 0;

  /** Marks a hotspot, and says which of its gaps is being looked at. */
  function mark(index: number, number: number, of: number): void {
    const spot = spots[index];
    if (spot === undefined) return;
    at = number;
    total = of;
    count.textContent = `${formatExact(at + 1)} of ${plural(total, 'gap')}`;
    if (index === current) return;
    current = index;
    title.textContent = between(spot);
    path.replaceChildren(pathLine(spot.path.split(' > ')));
    path.title = printable(spot.path);
    stepper.hidden = false;
    table.refresh();
  }

  function show(index: number, from: number): void {
    latest.ask(
      context.engine.hotspotExamples(found.slot, found.device, index, from, 1),
      (gaps) => {
        mark(index, gaps.first, gaps.total);
        const ref = gaps.refs[0];
        if (ref !== undefined) void zoomTo(ref, context);
        context.announce(`Gap ${at + 1} of ${total}`);
      },
      (error) => context.report(error),
    );
  }
  const go = (step: number): void => show(current, (at + step + total) % total);

  /** Of a gap that is selected, wherever that was done, the hotspot is marked: "all like this". */
  const following = new Latest();
  function follow(): void {
    const { selection } = context.store.state;
    if (selection?.kind !== 'event') return;
    following.ask(
      placeOf(selection.ref, context, found),
      (place) => place !== undefined && mark(place.hotspot, place.at, place.total),
      (error) => context.report(error),
    );
  }
  follow();
  const forget = context.store.listen(({ selection }, before) => {
    if (selection !== before.selection) follow();
  });

  return () => {
    forget();
    following.stop();
    latest.stop();
  };
}

/** Which gap of which hotspot an event is; undefined if it is no gap of this device. */
async function placeOf(
  ref: EventRef,
  { engine }: PanelContext,
  { slot, device }: FoundOn,
): Promise<{ readonly hotspot: number; readonly at: number; readonly total: number } | undefined> {
  const { kind, hotspot } = await engine.details(ref);
  if (kind !== 'gaps' || hotspot === undefined || ref.slot !== slot) return undefined;
  const { refs, total } = await engine.hotspotExamples(slot, device, hotspot, 0, Infinity);
  // A gap stands there by its first piece; what is selected may be another one.
  const at = refs.findLastIndex(({ track, event }) => track === ref.track && event <= ref.event);
  return at < 0 ? undefined : { hotspot, at, total };
}
