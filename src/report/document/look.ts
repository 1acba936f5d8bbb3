import { printable } from '../printable.js';
import { quoted } from '../quoted.js';
import { addressOf, type EventPlace } from '../timeline-address.js';
import type { Spot } from './spot.js';

/** How times of the trace that a report is about become times of the timeline, which may show a run of several. */
export interface TimelineAxis {
  readonly pid: number;
  readonly device: number;
  /** From the start of the run's earliest process to this one's. */
  readonly offsetNs: number;
  /** End of the run's last record. */
  readonly endNs: number;
}

/** Where a reader can look at what a report speaks of. */
export interface Look {
  readonly axis: TimelineAxis;
  /** The trace, as the command was given it. */
  readonly trace: string;
  /** Name of the page with the timeline, in the folder of the report; without one there is a command to copy. */
  readonly page?: string;
}

/** So many times its own length is in view around what is looked at, so that one sees between what it lies. */
const ROOM = { ops: 12, gaps: 12, calls: 12, projection: 1.25 } as const;
const LEAST_NS = 20_000;

/** The window around something: whole nanoseconds, within the run, and never empty. */
export function windowOf({ startNs, durationNs, on }: Spot, { offsetNs, endNs }: TimelineAxis): Span {
  const length = Math.max(0, durationNs);
  const start = startNs + offsetNs;
  const width = Math.max(LEAST_NS, length * ROOM[on]);
  const from = Math.max(0, Math.floor(start + length / 2 - width / 2));
  const to = Math.min(Math.ceil(start + length / 2 + width / 2), Math.ceil(endNs));
  return to > from ? { startNs: from, endNs: to } : { startNs: Math.max(0, to - 1), endNs: Math.max(1, to) };
}

interface Span {
  readonly startNs: number;
  readonly endNs: number;
}

/** Address of the timeline's page with the event in view and selected; undefined where there is no page. */
export function hrefOf(spot: Spot, { axis, page }: Look): string | undefined {
  if (page === undefined) return undefined;
  const { pid, device, offsetNs } = axis;
  const place: EventPlace = {
    slot: 0,
    within: spot.thread === undefined ? `p${pid}/d${device}` : `p${pid}/t${spot.thread}`,
    kind: spot.on,
    startNs: spot.startNs + offsetNs,
    durationNs: spot.durationNs,
  };
  return `${pageHref(page)}#${addressOf({ ...windowOf(spot, axis), place })}`;
}

/** A file beside the report, whatever is in its name: nothing in it can be read as a scheme, a query or a folder. */
export function pageHref(page: string): string {
  return `./${encodeURIComponent(page)}`;
}

/** The command that opens the timeline there. Safe to print and to paste, whatever the trace is called. */
export function commandOf(spot: Spot, { axis, trace }: Look): string {
  const { startNs, endNs } = windowOf(spot, axis);
  return `${viewCommand(trace)} --at ${milliseconds(startNs)}..${milliseconds(endNs)}`;
}

export function viewCommand(trace: string): string {
  return `gapscope view ${printable(quoted(trace))}`;
}

/** To the nanosecond. */
function milliseconds(ns: number): string {
  return `${(ns / 1e6).toFixed(6).replace(/\.?0+$/, '')}ms`;
}
