import { compareRuns } from '../../src/analysis/compare.js';
import { aggregateArea } from './aggregate.js';
import { detailsOf } from './details/details.js';
import { examplesOf, findingsOf } from './findings.js';
import { frameOf } from './frame.js';
import { instancesOf } from './instances.js';
import { NameTable } from './names.js';
import { openSource } from './open-slot.js';
import { overviewOf } from './overview.js';
import type { Engine, EventRef, Overview, Slot, TraceSummary } from './protocol.js';
import { findPlace, nearestOf, neighbourOf, refOf } from './refs.js';
import { matchesOf, search } from './search.js';
import { Session } from './session.js';
import { visibleRows } from './visible.js';

/**
 * The engine: owns the traces, and answers the page. The same in a worker and, for tests, without one. Its promises
 * reject with `UserError` where the user can put it right.
 */
export function createEngine(): Engine {
  const session = new Session(new NameTable());
  const opening = new Map<Slot, AbortController>();
  const overviews = new WeakMap<object, Map<number, Overview>>();

  const stop = (slot: Slot): void => {
    opening.get(slot)?.abort(new DOMException('Called off.', 'AbortError'));
    opening.delete(slot);
  };
  /** What needs ranges and gaps waits for them. */
  const whole = async (slot: Slot): Promise<ReturnType<Session['get']>> => {
    const opened = session.get(slot);
    await opened.ready;
    return opened;
  };
  const shifted = (slot: Slot, buckets: number): Overview => {
    const { trace, shiftNs } = session.get(slot);
    let known = overviews.get(trace);
    if (known === undefined) overviews.set(trace, (known = new Map<number, Overview>()));
    let overview = known.get(buckets);
    if (overview === undefined) known.set(buckets, (overview = overviewOf(trace, 0, buckets)));
    return { ...overview, startNs: overview.startNs + shiftNs, endNs: overview.endNs + shiftNs };
  };

  return {
    async open(source, slot, progress): Promise<TraceSummary> {
      stop(slot);
      session.put(slot, undefined);
      const controller = new AbortController();
      opening.set(slot, controller);
      const opened = await openSource(session.names, source, slot, progress, controller.signal);
      session.put(slot, opened);
      return opened.trace.summary();
    },
    async ready(slot) {
      return (await whole(slot)).trace.summary();
    },
    cancel: stop,
    close(slot) {
      stop(slot);
      session.put(slot, undefined);
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must be a rejection
    async align(base, candidate) {
      const opened = session.get(1);
      const start = (ref: EventRef): number => {
        const { track, event, offsetNs } = session.locate(ref);
        return track.columns.startNs[event]! + offsetNs;
      };
      const own = candidate === undefined ? 0 : start(candidate) - opened.shiftNs;
      opened.shiftNs = (base === undefined ? 0 : start(base)) - own;
      return opened.shiftNs;
    },
    frame(request) {
      const opened = session.find(request.slot);
      if (opened === undefined) return Promise.resolve({ request, tracks: [], counters: [] });
      const filter = request.filter === undefined ? undefined : opened.filters.get(request.filter);
      return Promise.resolve(frameOf(opened.trace.tracks, request, opened.shiftNs, filter));
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must be a rejection
    async overview(slot, buckets) {
      return shifted(slot, buckets);
    },
    async details(ref) {
      const located = session.locate(ref);
      if (located.track.kind === 'gaps') await whole(ref.slot);
      return detailsOf(located);
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must be a rejection
    async neighbour(ref, step) {
      const { track, event } = session.locate(ref);
      const found = neighbourOf(track, event, step);
      return found === undefined ? undefined : refOf(track, found);
    },
    nearest(slot, id, timeNs) {
      const track = session.eventTrack(slot, id);
      const shiftNs = session.find(slot)?.shiftNs ?? 0;
      const found =
        track === undefined ? undefined : nearestOf(track, timeNs - track.process.offsetNs - shiftNs);
      return Promise.resolve(track === undefined || found === undefined ? undefined : refOf(track, found));
    },
    async find(place) {
      const { trace, shiftNs } = await whole(place.slot);
      return findPlace(trace, place, shiftNs);
    },
    async search(slot, text, buckets) {
      return search(await whole(slot), text, buckets);
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must be a rejection
    async match(slot, filter, index) {
      const found = matchesOf(session.get(slot), filter).at(index);
      return found === undefined ? undefined : refOf(found.track, found.event);
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must be a rejection
    async matchAt(slot, filter, timeNs) {
      const opened = session.get(slot);
      return matchesOf(opened, filter).before(timeNs - opened.shiftNs);
    },
    async aggregate(area) {
      await whole(area.slot);
      return aggregateArea(session, area);
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must be a rejection
    async visible(area, limit) {
      return visibleRows(session, area, limit);
    },
    async findings(slot, device) {
      return findingsOf(await whole(slot), device);
    },
    async hotspotExamples(slot, device, hotspot, from, limit) {
      return examplesOf(await whole(slot), device, hotspot, from, limit);
    },
    async rangeInstances(slot, text, limit) {
      return instancesOf(await whole(slot), text, limit);
    },
    async compare(windowText) {
      const [base, candidate] = [await whole(0), await whole(1)];
      const options = windowText === undefined ? {} : { window: windowText };
      const result = compareRuns(base.trace.run.traces, candidate.trace.run.traces, options);
      return {
        byTemplate: result.byTemplate,
        byKernel: result.byKernel,
        byCause: result.byCause,
        baseSpanNs: result.base.spanNs,
        candidateSpanNs: result.candidate.spanNs,
      };
    },
  };
}
