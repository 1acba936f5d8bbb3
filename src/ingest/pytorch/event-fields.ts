/**
 * Where the event scanner leaves what it finds. Plain constants, not an object of them: V8 folds them into the
 * loops that use them.
 */

/** Numbers: NaN where the event has none. Times take two slots: whole microseconds, and nanoseconds of one. */
export const TS = 0;
export const DUR = 2;
export const PID = 4;
export const TID = 5;
export const ID = 6;
export const CORRELATION = 7;
export const DEVICE = 8;
export const CONTEXT = 9;
export const STREAM = 10;
export const REGISTERS = 11;
export const SHARED = 12;
export const SHARED_STATIC = 13;
export const SHARED_DYNAMIC = 14;
export const SHARED_EXECUTED = 15;
/** Grid, block and cluster take three slots each. */
export const GRID = 16;
export const BLOCK = 19;
export const CLUSTER = 22;
export const BYTES = 25;
export const GRAPH = 26;
export const GRAPH_NODE = 27;
export const WAIT_STREAM = 28;
export const WAIT_EVENT = 29;
export const WAIT_RECORD = 30;
export const COPY_KIND = 31;
export const SRC_KIND = 32;
export const DST_KIND = 33;
export const CHANNEL = 34;
export const RESULT = 35;
export const NUMBERS = 36;

/** Texts: four slots each, from, to, hash and whether it has escapes; `to` is -1 where the event has none. */
export const NAME = 0;
export const CAT = 4;
export const PID_TEXT = 8;
export const TID_TEXT = 12;
export const ID_TEXT = 16;
export const KIND = 20;
export const SYNC_KIND_TEXT = 24;
export const LABEL = 28;
export const DOMAIN = 32;
export const TEXTS = 36;

/** What to do with the value of a key. */
export const SKIP = 0;
export const PHASE = 1;
export const TIME = 2;
export const NUMBER = 3;
export const TEXT = 4;
/** A number, or a text that goes to the slot at `TEXT_OF`. */
export const EITHER = 5;
export const TRIPLE = 6;
export const ARGS = 7;

/** Key → what its value is, and the slot for it. */
export type FieldList = Readonly<Record<string, readonly [kind: number, slot: number]>>;

export const EVENT_KEYS: FieldList = {
  ph: [PHASE, 0],
  cat: [TEXT, CAT],
  name: [TEXT, NAME],
  ts: [TIME, TS],
  dur: [TIME, DUR],
  pid: [EITHER, PID],
  tid: [EITHER, TID],
  id: [EITHER, ID],
  args: [ARGS, 0],
};

/**
 * Of `args`, as the PyTorch profiler writes them for CUDA and ROCm; from `static shared memory` on, what it does
 * not record and our own export adds. ROCm puts the size of a copy and the grid of a kernel in the host call's.
 */
export const ARG_KEYS: FieldList = {
  name: [TEXT, LABEL],
  correlation: [NUMBER, CORRELATION],
  device: [NUMBER, DEVICE],
  context: [NUMBER, CONTEXT],
  stream: [NUMBER, STREAM],
  'registers per thread': [NUMBER, REGISTERS],
  'shared memory': [NUMBER, SHARED],
  grid: [TRIPLE, GRID],
  block: [TRIPLE, BLOCK],
  bytes: [NUMBER, BYTES],
  size: [NUMBER, BYTES],
  kind: [TEXT, KIND],
  'graph id': [NUMBER, GRAPH],
  'graph node id': [NUMBER, GRAPH_NODE],
  cuda_sync_kind: [TEXT, SYNC_KIND_TEXT],
  wait_on_stream: [NUMBER, WAIT_STREAM],
  wait_on_cuda_event_id: [NUMBER, WAIT_EVENT],
  wait_on_cuda_event_record_corr_id: [NUMBER, WAIT_RECORD],
  'static shared memory': [NUMBER, SHARED_STATIC],
  'dynamic shared memory': [NUMBER, SHARED_DYNAMIC],
  'executed shared memory': [NUMBER, SHARED_EXECUTED],
  cluster: [TRIPLE, CLUSTER],
  'copy kind': [NUMBER, COPY_KIND],
  'source kind': [NUMBER, SRC_KIND],
  'destination kind': [NUMBER, DST_KIND],
  channel: [NUMBER, CHANNEL],
  result: [NUMBER, RESULT],
  domain: [TEXT, DOMAIN],
};

/** Slot of a number that may be a text instead → slot of the text. */
export const TEXT_OF: Readonly<Record<number, number>> = {
  [PID]: PID_TEXT,
  [TID]: TID_TEXT,
  [ID]: ID_TEXT,
};
