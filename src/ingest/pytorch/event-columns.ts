import { GrowingColumns } from '../growing-columns.js';

/** A start is kept in two parts until the origin is known: a double cannot hold absolute nanoseconds. */
const START = { us: 'f64', ns: 'u16', durationNs: 'f64' } as const;

const OPS = {
  ...START,
  kind: 'u8',
  device: 'u8',
  context: 'u16',
  channel: 'u16',
  name: 'u32',
  stream: 'u32',
  correlation: 'u32',
  graph: 'u32',
  graphNode: 'f64',
  shape: 'u32',
} as const;

const CALLS = { ...START, name: 'u32', thread: 'u32', correlation: 'u32', result: 'u16' } as const;

/** `category` is one of `CATEGORY`. */
const RANGES = { ...START, name: 'u32', domain: 'u32', thread: 'u32', kind: 'u8', category: 'u8' } as const;

const SYNCS = {
  ...START,
  kind: 'u8',
  context: 'u32',
  stream: 'u32',
  event: 'u32',
  syncId: 'u32',
  correlation: 'u32',
} as const;

const EVENTS = { context: 'u32', stream: 'u32', event: 'u32', syncId: 'u32', correlation: 'u32' } as const;

const OVERHEADS = { ...START, kind: 'u8', thread: 'u32', correlation: 'u32' } as const;

/** The tables of a trace while they are being filled; names are ids of `ByteStrings`. */
export class EventColumns {
  readonly ops = new GrowingColumns(OPS);
  readonly calls = new GrowingColumns(CALLS);
  readonly ranges = new GrowingColumns(RANGES);
  readonly syncs = new GrowingColumns(SYNCS);
  readonly events = new GrowingColumns(EVENTS);
  readonly overheads = new GrowingColumns(OVERHEADS);
}
