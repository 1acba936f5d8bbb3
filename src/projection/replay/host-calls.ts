import { DenseIds } from '../../analysis/dense-ids.js';
import type { Trace } from '../../trace/trace.js';

/** The calls of each thread that are in no other call of it: a runtime call stands for the driver calls inside. */
export interface HostCalls {
  /** Rows of `calls`, in order of start. */
  readonly rows: Int32Array;
  /** Row of `calls` → its place in `rows`, or that of the call it is in. */
  readonly outerOf: Int32Array;
  /** By place in `rows`: dense thread, and the end of the thread's call before (0 for its first). */
  readonly thread: Int32Array;
  readonly previousEndNs: Float64Array;
  readonly threads: DenseIds;
}

export function hostCalls({ calls }: Trace): HostCalls {
  const { length, startNs, durationNs, thread: threadOf } = calls;
  const threads = new DenseIds();
  const endOf: number[] = [];
  const lastOf: number[] = [];
  const rows = new Int32Array(length);
  const outerOf = new Int32Array(length);
  const thread = new Int32Array(length);
  const previousEndNs = new Float64Array(length);
  let n = 0;
  for (let c = 0; c < length; c++) {
    const t = threads.add(threadOf[c]!);
    if (t === endOf.length) {
      endOf.push(0);
      lastOf.push(-1);
    }
    const end = startNs[c]! + durationNs[c]!;
    if (lastOf[t]! >= 0 && end <= endOf[t]!) {
      outerOf[c] = lastOf[t]!;
      continue;
    }
    rows[n] = c;
    outerOf[c] = n;
    thread[n] = t;
    previousEndNs[n] = endOf[t]!;
    lastOf[t] = n;
    endOf[t] = end;
    n++;
  }
  return {
    rows: rows.subarray(0, n),
    outerOf,
    thread: thread.subarray(0, n),
    previousEndNs: previousEndNs.subarray(0, n),
    threads,
  };
}
