import { recordedBytes } from '../../../src/analysis/copy-bytes.js';
import { OP_KIND } from '../../../src/trace/schema.js';
import { sortOrder } from '../../../src/trace/sort.js';
import { CounterLine } from '../../lod/counter-line.js';
import type { CounterTrack } from '../event-track.js';
import type { ProcessView } from '../process-view.js';

/** Ops that were launched and have not ended; one whose launch is not known counts from its start. */
export function outstandingTrack(view: ProcessView, device: number, launch: Int32Array): CounterTrack {
  const { ops, calls } = view.trace;
  let count = 0;
  for (let i = 0; i < ops.length; i++) if (ops.device[i] === device) count++;
  const launched = new Float64Array(count);
  const ended = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < ops.length; i++) {
    if (ops.device[i] !== device) continue;
    const start = ops.startNs[i]!;
    const call = launch[i]!;
    // Clocks of host and device differ a little: an op cannot have begun before it was launched.
    launched[at] = call < 0 ? start : Math.min(start, calls.startNs[call]!);
    ended[at++] = start + Math.max(0, ops.durationNs[i]!);
  }
  const { timeNs, value } = difference(sorted(launched), sorted(ended));
  return counter(view, device, 'outstanding', 'ops outstanding', 'ops', new CounterLine(timeNs, value));
}

/** Bytes a second that copies and sets move, read and written; undefined where there is none. */
export function copyTrack(view: ProcessView, device: number): CounterTrack | undefined {
  const { ops } = view.trace;
  const rateOf = (op: number): number => {
    if (ops.device[op] !== device || ops.kind[op] === OP_KIND.kernel || !(ops.durationNs[op]! > 0)) return 0;
    const bytes = recordedBytes(view.trace, op);
    return bytes > 0 ? bytes / (ops.durationNs[op]! / 1e9) : 0;
  };
  let count = 0;
  for (let i = 0; i < ops.length; i++) if (rateOf(i) > 0) count++;
  if (count === 0) return undefined;
  const starts = new Float64Array(count);
  const ends = new Float64Array(count);
  const rates = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < ops.length; i++) {
    const rate = rateOf(i);
    if (rate === 0) continue;
    starts[at] = ops.startNs[i]!;
    ends[at] = ops.startNs[i]! + ops.durationNs[i]!;
    rates[at++] = rate;
  }
  const { timeNs, value } = sumOfRates(starts, ends, rates);
  const line = new CounterLine(timeNs, value);
  return counter(view, device, 'copies', 'copies and sets', 'bytesPerSecond', line);
}

/** How many of `up` have passed and of `down` not, at every time at which that changes. */
function difference(up: Float64Array, down: Float64Array): { timeNs: Float64Array; value: Float32Array } {
  const timeNs = new Float64Array(up.length + down.length);
  const value = new Float32Array(up.length + down.length);
  let u = 0;
  let d = 0;
  let n = 0;
  while (d < down.length) {
    const time = Math.min(u < up.length ? up[u]! : Infinity, down[d]!);
    while (u < up.length && up[u] === time) u++;
    while (d < down.length && down[d] === time) d++;
    timeNs[n] = time;
    value[n++] = u - d;
  }
  return { timeNs: timeNs.subarray(0, n), value: value.subarray(0, n) };
}

/** The sum of rates, each over its interval; intervals are in order of start. */
function sumOfRates(
  starts: Float64Array,
  ends: Float64Array,
  rates: Float64Array,
): { timeNs: Float64Array; value: Float32Array } {
  const order = sortOrder(ends) ?? Uint32Array.from(ends, (_, i) => i);
  const timeNs = new Float64Array(2 * starts.length);
  const value = new Float32Array(2 * starts.length);
  let opened = 0;
  let closed = 0;
  let rate = 0;
  let n = 0;
  while (closed < ends.length) {
    const time = Math.min(opened < starts.length ? starts[opened]! : Infinity, ends[order[closed]!]!);
    while (closed < ends.length && ends[order[closed]!] === time) rate -= rates[order[closed++]!]!;
    // What was added and taken away again does not leave exactly nothing; nothing running is exactly nothing.
    if (opened === closed) rate = 0;
    while (opened < starts.length && starts[opened] === time) rate += rates[opened++]!;
    timeNs[n] = time;
    value[n++] = rate;
  }
  return { timeNs: timeNs.subarray(0, n), value: value.subarray(0, n) };
}

function sorted(times: Float64Array): Float64Array {
  const order = sortOrder(times);
  return order === undefined ? times : Float64Array.from(order, (i) => times[i]!);
}

function counter(
  view: ProcessView,
  device: number,
  name: string,
  label: string,
  unit: string,
  line: CounterLine,
): CounterTrack {
  return {
    info: {
      id: `${view.key}/d${device}/${name}`,
      slot: view.slot,
      kind: 'counter',
      parent: `${view.key}/d${device}`,
      label,
      detail: '',
      rows: 1,
      events: line.timeNs.length,
      max: line.max,
      unit,
    },
    kind: 'counter',
    process: view,
    line,
  };
}
