import { callsByCorrelation, launchOfOps } from '../../src/analysis/launch.js';
import { GapSplitter } from '../../src/analysis/gap-split.js';
import { instancesOfOps } from '../../src/analysis/instances.js';
import { OpClassifier } from '../../src/analysis/op-class.js';
import { pathOfOps } from '../../src/analysis/paths.js';
import { nestRanges } from '../../src/analysis/ranges.js';
import type { Run, Trace, TraceNotice } from '../../src/trace/trace.js';
import { collapseTree } from '../layout/track-tree.js';
import type { Breath } from './breath.js';
import type { AnyTrack, EventTrack } from './event-track.js';
import type { NameTable } from './names.js';
import { processViews, type ProcessView } from './process-view.js';
import type { Progress, Slot, Track, TraceSummary } from './protocol.js';
import { copyTrack, outstandingTrack } from './tracks/counter-tracks.js';
import { gapTrack } from './tracks/gap-track.js';
import { hostTracks, type HostTracks } from './tracks/host-tracks.js';
import { opTracks } from './tracks/op-tracks.js';
import { projectionTrack, spanProjectionTrack } from './tracks/projection-track.js';

/** What a device's header has under it. */
interface DeviceTracks {
  readonly header: Track;
  readonly ops: readonly EventTrack[];
  before: AnyTrack[];
  after: AnyTrack[];
}

interface ProcessTracks {
  readonly view: ProcessView;
  readonly header: Track;
  readonly devices: readonly DeviceTracks[];
  host?: HostTracks;
}

export interface OpenedDevice {
  readonly track: string;
  readonly label: string;
  readonly view: ProcessView;
  readonly device: number;
}

/** A trace that can be drawn: first its ops, and after `analyze` everything. */
export class OpenedTrace {
  readonly slot: Slot;
  readonly name: string;
  readonly run: Run;
  readonly names: NameTable;
  readonly views: readonly ProcessView[];
  /** End of the last record, on the slot's own axis. */
  readonly endNs: number;
  readonly timings: Record<string, number> = {};
  tracks: ReadonlyMap<string, AnyTrack> = new Map();
  #tree: readonly Track[] = [];
  readonly #processes: ProcessTracks[] = [];
  readonly #notices: TraceNotice[];

  constructor(slot: Slot, name: string, run: Run, names: NameTable) {
    this.slot = slot;
    this.name = name;
    this.run = run;
    this.names = names;
    this.views = processViews(slot, run.traces, names);
    this.endNs = Math.max(...this.views.map(({ trace, offsetNs }) => offsetNs + trace.endNs));
    this.#notices = [...run.notices, ...run.traces.flatMap(({ notices }) => notices)];
    let crowded = 0;
    for (const view of this.views) {
      const devices = view.devices.map((device): DeviceTracks => {
        const found = opTracks(view, device);
        crowded += found.crowded;
        return { header: deviceHeader(view, device), ops: found.tracks, before: [], after: [] };
      });
      this.#processes.push({ view, header: processHeader(view), devices });
    }
    if (crowded > 0) {
      const message = 'ops overlap in the last of 65536 sub-rows: more ran at once than can be drawn';
      this.#notices.push({ table: 'ops', message, count: crowded });
    }
    this.#arrange();
  }

  /** Works out the rest: host tracks, projections, gaps, counters. */
  async analyze(progress: (progress: Progress) => void, breathe: Breath): Promise<void> {
    for (const process of this.#processes) {
      const { view } = process;
      const { trace } = view;
      const step = async <T>(text: string, work: () => T | Promise<T>): Promise<T> => {
        progress({ phase: 'analyzing', done: 0, text });
        await breathe();
        const started = performance.now();
        const result = await work();
        this.timings[text] = (this.timings[text] ?? 0) + performance.now() - started;
        return result;
      };
      const lookup = await step('launches', () => callsByCorrelation(trace));
      const launch = launchOfOps(trace, lookup);
      const host = await step('host tracks', () => hostTracks(view, launch, lookup));
      const nesting = await step('ranges', () => nestRanges(trace));
      const paths = await step('paths', () => pathOfOps(trace, launch, nesting));
      const instances = await step('instances', () => instancesOfOps(trace, launch, nesting, paths));
      const splitter = await step('host activity', () => new GapSplitter(trace, lookup));
      view.analyzed = { launch, nesting, paths, instances, callClass: host.callClass, splitter };
      view.classes = await step('op classes', () => new OpClassifier(trace, paths));
      process.host = host;
      const callTracks = host.tracks.filter(({ kind }) => kind === 'calls');
      for (const [d, device] of view.devices.entries()) {
        const tracks = process.devices[d]!;
        const projection = await step('projections', () => projectionTrack(view, device, instances));
        const spans = await step('projections', () => spanProjectionTrack(view, device, launch));
        const gaps = await step('gaps', () => gapTrack(view, device, view.analyzed!, callTracks, breathe));
        const outstanding = await step('counters', () => outstandingTrack(view, device, launch));
        const copies = await step('counters', () => copyTrack(view, device));
        tracks.before = [projection, spans].filter((track) => track !== undefined);
        tracks.after = [gaps, outstanding, copies].filter((track) => track !== undefined);
      }
    }
    this.#arrange();
  }

  summary(): TraceSummary {
    const traces = this.run.traces;
    const sum = (of: (trace: Trace) => number): number => traces.reduce((all, trace) => all + of(trace), 0);
    return {
      slot: this.slot,
      name: this.name,
      endNs: this.endNs,
      ops: sum(({ ops }) => ops.length),
      calls: sum(({ calls }) => calls.length),
      ranges: sum(({ ranges }) => ranges.length),
      processes: traces.length,
      devices: this.devices.map(({ track, label }) => ({ track, label })),
      notices: this.#notices,
      dropped: sum(({ status }) => LOST.reduce((all, key) => all + (Number(status.get(key)) || 0), 0)),
      tracks: this.#tree,
      names: [...this.names.texts],
      shortNames: [...this.names.shortTexts],
      timings: { ...this.timings },
    };
  }

  /** The devices of all processes, by their headers' tracks. */
  get devices(): readonly OpenedDevice[] {
    return this.#processes.flatMap(({ view, header, devices }) =>
      devices.map((tracks, d) => ({
        track: tracks.header.id,
        label: this.views.length > 1 ? `${header.label} · ${tracks.header.label}` : tracks.header.label,
        view,
        device: view.devices[d]!,
      })),
    );
  }

  #arrange(): void {
    const tree: Track[] = [];
    const all: AnyTrack[] = [];
    // The only process has no header, from the first picture on: its name must not stand on a device and then go.
    const isOnly = this.#processes.length === 1;
    for (const { header, devices, host } of this.#processes) {
      const put = (...tracks: readonly Track[]): void => {
        for (const track of tracks) {
          tree.push(isOnly && track.parent === header.id ? { ...track, parent: undefined } : track);
        }
      };
      const putAll = (tracks: readonly AnyTrack[]): void => {
        all.push(...tracks);
        put(...tracks.map(({ info }) => info));
      };
      if (!isOnly) put(header);
      for (const device of devices) {
        put(device.header);
        putAll(device.before);
        putAll(device.ops);
        putAll(device.after);
      }
      for (const group of host?.groups ?? []) {
        put(group);
        putAll(host!.tracks.filter(({ info }) => info.parent === group.id));
      }
    }
    this.tracks = new Map(all.map((track) => [track.info.id, track]));
    const keep = this.#processes.flatMap(({ header, devices }) => [
      header.id,
      ...devices.map((device) => device.header.id),
    ]);
    this.#tree = collapseTree(tree, new Set(keep));
  }
}

/** Keys of `status` that count records the capture lost. */
const LOST = ['dropped', 'droppedUnwritten', 'zeroTimestamps'];

function processHeader(view: ProcessView): Track {
  const command = view.trace.status.get('command') ?? '';
  const label = view.trace.pid === 0 ? view.trace.name : `process ${view.trace.pid}`;
  return group(view, view.key, undefined, label, command);
}

function deviceHeader(view: ProcessView, device: number): Track {
  const name = view.trace.devices.find(({ id }) => id === device)?.name ?? '';
  const label = `GPU ${device}`;
  return group(view, deviceId(view, device), view.key, label, name === label ? '' : name);
}

function deviceId(view: ProcessView, device: number): string {
  return `${view.key}/d${device}`;
}

function group(
  view: ProcessView,
  id: string,
  parent: string | undefined,
  label: string,
  detail: string,
): Track {
  return { id, slot: view.slot, kind: 'group', parent, label, detail, rows: 0, events: 0 };
}
