import type { BlocksResult } from '../../src/analysis/blocks.js';
import type { GapsResult } from '../../src/analysis/gaps.js';
import type { KvResult } from '../../src/analysis/kv-result.js';
import type { SwitchResult } from '../../src/analysis/switch.js';
import type { EventPlace } from '../../src/report/timeline-address.js';

/**
 * What the page asks of the engine, the worker that owns the traces. The page never holds a trace: it holds the few
 * thousand rectangles of the frame in view, and asks for anything else. Times are float64 nanoseconds on the
 * session's axis: 0 is the start of the earliest process of the first trace; `Engine.align` shifts the second one.
 */

/** 0: the trace being looked at; 1: the one it is compared with. */
export type Slot = 0 | 1;

/** Where a trace's bytes come from. */
export type TraceSource =
  /** Served beside the page: `files.json` lists processes and their table files. */
  | { readonly from: 'server'; readonly base: string; readonly token: string; readonly slot: Slot }
  /** Dropped on the page: table files, one packed trace, or a PyTorch JSON (gzipped or not). */
  | {
      readonly from: 'files';
      readonly files: readonly File[];
      /** Where each file is within a folder that was dropped (`run/rank0.trace/ops.arrows`); else its name counts. */
      readonly paths?: readonly string[];
    }
  /** Inlined in a self-contained page: table file name → bytes, still gzipped where the name ends in .gz. */
  | { readonly from: 'inline'; readonly name: string; readonly files: readonly InlineFile[] };

export interface InlineFile {
  /** `<process folder>/<table>.arrows[.gz]`, or `run.json`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Progress {
  readonly phase: 'fetching' | 'reading' | 'layout' | 'analyzing';
  readonly done: number;
  /** Absent where it cannot be known. */
  readonly total?: number;
  readonly text: string;
}

export interface TraceSummary {
  readonly slot: Slot;
  readonly name: string;
  readonly endNs: number;
  readonly ops: number;
  readonly calls: number;
  readonly ranges: number;
  readonly processes: number;
  readonly devices: readonly { readonly track: string; readonly label: string }[];
  /** What was dropped, cut or not understood; shown beside the title. */
  readonly notices: readonly { readonly table: string; readonly message: string; readonly count?: number }[];
  /** Records that the capture itself lost. */
  readonly dropped: number;
  readonly tracks: readonly Track[];
  /** Full texts by name id; labels on the canvas are `shortNames`. */
  readonly names: readonly string[];
  readonly shortNames: readonly string[];
  /** Milliseconds spent, by phase, for the benchmark. */
  readonly timings: Readonly<Record<string, number>>;
}

export type TrackKind =
  | 'group' // a header: process, device, host thread; has no events of its own
  | 'ops' // one stream's ops, overlapping ones on sub-rows
  | 'gaps' // one device's idle time, by cause; a gap with several causes is several pieces
  | 'projection' // ranges as they ran on a device, nested
  | 'ranges' // host ranges of a thread, nested
  | 'calls' // host calls into CUDA of a thread
  | 'counter'; // a step line with its minimum and maximum per pixel

export interface Track {
  /** Stable across loads of the same trace, and part of URLs: `p<pid>/d<device>/s<stream>`. */
  readonly id: string;
  readonly slot: Slot;
  readonly kind: TrackKind;
  readonly parent: string | undefined;
  readonly label: string;
  /** A quieter second line: context, GPU name, thread id. */
  readonly detail: string;
  /** Sub-rows; 0 for a group. */
  readonly rows: number;
  readonly events: number;
  /** Counters: the largest value, and its unit: `ops`, or `bytesPerSecond`. */
  readonly max?: number;
  readonly unit?: string;
}

/** One event: a row of its track's own numbering. */
export interface EventRef {
  readonly slot: Slot;
  readonly track: string;
  readonly event: number;
}

export interface FrameRequest {
  readonly slot: Slot;
  readonly tracks: readonly string[];
  readonly startNs: number;
  readonly endNs: number;
  /** Bucket width: a power of two, at most the nanoseconds of one device pixel. */
  readonly stepNs: number;
  /** Of `SearchResult.filter`, of the last few searches; absent or forgotten: everything matches. */
  readonly filter?: number;
}

/** What to draw of one track. An event belongs to the bucket in which it starts; each bucket shows its longest. */
export interface TrackFrame {
  readonly track: string;
  readonly count: number;
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  /** Sub-row or nesting depth, from 0. */
  readonly row: Uint16Array;
  readonly event: Uint32Array;
  /** How many events the rectangle stands for, the drawn one included. */
  readonly merged: Uint32Array;
  /** Name id: index into `TraceSummary.names`. */
  readonly name: Uint32Array;
  /**
   * ops: index into `OP_CLASSES` (`src/analysis/op-class.ts`); gaps: into `CAUSES` (`causes.ts`); calls: into
   * `CALL_CLASSES` (`call-class.ts`); ranges and projections: hash of the template, 0–255.
   */
  readonly category: Uint8Array;
  /** 0–255, from the name's text: the same kernel looks the same in every trace. */
  readonly shade: Uint8Array;
  /** 1 where the event (any of the merged ones) passes the filter. */
  readonly matches: Uint8Array;
  /** Gaps only: of a rectangle that stands for several, the idle time of all of them by cause, `CAUSES` after `CAUSES`. */
  readonly idleNs?: Float32Array;
}

export interface CounterFrame {
  readonly track: string;
  readonly count: number;
  readonly startNs: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly last: Float64Array;
}

export interface Frame {
  readonly request: FrameRequest;
  readonly tracks: readonly TrackFrame[];
  readonly counters: readonly CounterFrame[];
}

/** Busy share of the device per bucket of the whole trace, for the minimap. */
export interface Overview {
  readonly startNs: number;
  readonly endNs: number;
  readonly lanes: readonly { readonly track: string; readonly label: string; readonly busy: Float32Array }[];
}

/** A line of the details panel; `unit` tells the page how to format a number. */
export interface Fact {
  readonly label: string;
  readonly value: string | number;
  readonly unit?: 'ns' | 'bytes' | 'bytesPerSecond' | 'count' | 'share' | 'text';
  readonly note?: string;
  readonly goTo?: EventRef;
}

export interface EventDetails {
  readonly ref: EventRef;
  readonly kind: TrackKind;
  readonly title: string;
  readonly subtitle: string;
  readonly startNs: number;
  readonly durationNs: number;
  /** Sub-row on its track, for the outline that marks it. */
  readonly row?: number;
  /** Innermost last. */
  readonly path: readonly string[];
  readonly facts: readonly Fact[];
  /** Launch of an op, or the ops of a launch: the arrow. */
  readonly peers: readonly {
    readonly ref: EventRef;
    readonly startNs: number;
    readonly endNs: number;
    readonly row?: number;
    readonly label: string;
  }[];
  /** A gap's parts; they sum to its duration. */
  readonly parts?: readonly { readonly cause: string; readonly ns: number }[];
  /** A gap's hotspot: "all like this". */
  readonly hotspot?: number;
  readonly before?: EventRef;
  readonly after?: EventRef;
}

export interface Area {
  readonly slot: Slot;
  readonly tracks: readonly string[];
  readonly startNs: number;
  readonly endNs: number;
}

export interface AggregateRow {
  readonly label: string;
  readonly count: number;
  /** Clipped to the area. */
  readonly totalNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly example: EventRef;
}

export interface AreaResult {
  readonly area: Area;
  /** Ops by name; host calls by name where no track of ops is in the area. */
  readonly byKernel: readonly AggregateRow[];
  /** Ops by template path; ranges by template where no track of ops is in the area. */
  readonly byRange: readonly AggregateRow[];
  /** Idle time between the first op and the last of the devices whose tracks are in the area. */
  readonly byCause: readonly AggregateRow[];
  /** Union of op intervals of each device in the area, and the rest: idle before its first op and after its last too. */
  readonly devices: readonly { readonly label: string; readonly busyNs: number; readonly idleNs: number }[];
  /** Rows left out of a list beyond its bound. */
  readonly omitted: number;
}

export interface SearchResult {
  readonly text: string;
  /** Identifies the match set in `FrameRequest.filter` and `match`. */
  readonly filter: number;
  readonly count: number;
  /** Matches per bucket of the whole trace, for the overview strip. */
  readonly strip: Float32Array;
  readonly problem?: string;
}

/** One line of the accessible table. */
export interface VisibleRow {
  readonly ref: EventRef;
  readonly track: string;
  readonly name: string;
  readonly category: string;
  readonly startNs: number;
  readonly durationNs: number;
}

export interface VisibleRows {
  readonly rows: readonly VisibleRow[];
  readonly total: number;
}

/** The analyzers' own result objects, the same that `--json` prints; or why there is none. */
export interface Findings {
  readonly gaps: Outcome<GapsResult>;
  readonly blocks: Outcome<BlocksResult>;
  readonly kv: Outcome<KvResult>;
  readonly switches: Outcome<SwitchResult>;
  /** Added to a result's times, which count from its process's start, it gives times on the session's axis. */
  readonly offsetNs: number;
}
export type Outcome<T> = { readonly result: T } | { readonly refused: string };

export interface CompareRow {
  readonly label: string;
  readonly baseCount: number;
  readonly candidateCount: number;
  readonly baseNs: number;
  readonly candidateNs: number;
}

export interface CompareResult {
  readonly byTemplate: readonly CompareRow[];
  readonly byKernel: readonly CompareRow[];
  readonly byCause: readonly CompareRow[];
  readonly baseSpanNs: number;
  readonly candidateSpanNs: number;
}

/**
 * A failure that the user can put right, as it crosses from the worker: a rejected call rejects with such an object,
 * not with an `Error`. An `Error` is a bug, but for the one named `AbortError`: the call was cancelled.
 */
export interface EngineProblem {
  readonly message: string;
  readonly hint?: string;
}

export interface Engine {
  /** Resolves when a first picture can be drawn; ranges, gaps and findings may still be on their way: see `ready`. */
  open(source: TraceSource, slot: Slot, progress: (progress: Progress) => void): Promise<TraceSummary>;
  /** Resolves with the whole summary (projections, gaps, counters) when everything has been worked out. */
  ready(slot: Slot): Promise<TraceSummary>;
  cancel(slot: Slot): void;
  close(slot: Slot): void;
  /** Puts the second trace so that `candidate` starts where `base` starts; undefined: both from their start. */
  align(base: EventRef | undefined, candidate: EventRef | undefined): Promise<number>;
  frame(request: FrameRequest): Promise<Frame>;
  overview(slot: Slot, buckets: number): Promise<Overview>;
  details(ref: EventRef): Promise<EventDetails>;
  /** Next or previous event on the same track, sub-rows together, in order of start; undefined at the end. */
  neighbour(ref: EventRef, step: 1 | -1): Promise<EventRef | undefined>;
  /** Event of a track nearest to a time, for the keyboard. */
  nearest(slot: Slot, track: string, timeNs: number): Promise<EventRef | undefined>;
  /** The event that a link names by when it ran; undefined where there are no such tracks. Waits for `ready`. */
  find(place: EventPlace): Promise<EventRef | undefined>;
  /** Plain text, case-insensitive; `/…/` is a regular expression. */
  search(slot: Slot, text: string, buckets: number): Promise<SearchResult>;
  /** The n-th match in time order. */
  match(slot: Slot, filter: number, index: number): Promise<EventRef | undefined>;
  /** Number of the first match that starts at or after a time. */
  matchAt(slot: Slot, filter: number, timeNs: number): Promise<number>;
  aggregate(area: Area): Promise<AreaResult>;
  visible(area: Area, limit: number): Promise<VisibleRows>;
  findings(slot: Slot, device: string): Promise<Findings>;
  /**
   * Gaps of one hotspot (by its place in `GapsResult`), in order of time, from the given number on; -1 stands for the
   * longest. `first` is the number of the first that is returned.
   */
  hotspotExamples(
    slot: Slot,
    device: string,
    hotspot: number,
    from: number,
    limit: number,
  ): Promise<{ readonly total: number; readonly first: number; readonly refs: readonly EventRef[] }>;
  /** Instances of a range template or name, for aligning: `temporal_block:3`. */
  rangeInstances(slot: Slot, text: string, limit: number): Promise<readonly VisibleRow[]>;
  compare(windowText: string | undefined): Promise<CompareResult>;
}
