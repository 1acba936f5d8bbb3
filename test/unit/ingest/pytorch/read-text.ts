import { readPytorch } from '../../../../src/ingest/pytorch/read-pytorch.js';
import type { Trace } from '../../../../src/trace/trace.js';

export async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? bytes.length);
    yield bytes.slice(at, at + size);
    at += size;
  }
}

/** The trace in a text, cut into chunks of these sizes, over and over. */
export async function readText(
  text: string | Uint8Array,
  sizes: readonly number[] = [1 << 20],
): Promise<Trace> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const { traces } = await readPytorch(chunksOf(bytes, sizes), { name: 't', path: 't.json', bytes: 0 });
  return traces[0]!;
}

export interface Event {
  readonly [key: string]: unknown;
}

export function kernel(ts: unknown, dur: unknown, more: Event = {}, args: Event = {}): Event {
  return {
    ph: 'X',
    cat: 'kernel',
    name: 'k',
    pid: 0,
    tid: 7,
    ts,
    dur,
    ...more,
    args: { device: 0, context: 1, stream: 7, correlation: 1, grid: [2, 1, 1], block: [32, 1, 1], ...args },
  };
}

export function call(
  ts: number,
  dur: number,
  correlation: number,
  name = 'cudaLaunchKernel',
  tid = 5,
): Event {
  return { ph: 'X', cat: 'cuda_runtime', name, pid: 9, tid, ts, dur, args: { cbid: 211, correlation } };
}

export function host(cat: string, name: string, ts: number, dur: number, args: Event = {}, tid = 5): Event {
  return { ph: 'X', cat, name, pid: 9, tid, ts, dur, args };
}

export function document(events: readonly Event[], headers: Event = {}): string {
  return JSON.stringify({ ...headers, traceEvents: events });
}

/** What two traces must have in common to be the same; the notices may differ where the text does. */
export function tablesOf(trace: Trace): unknown {
  const { name: _n, path: _p, bytesOnDisk: _b, notices: _o, status: _s, ...rest } = trace;
  return JSON.parse(
    JSON.stringify(rest, (_key, value: unknown) =>
      typeof value === 'bigint'
        ? String(value)
        : ArrayBuffer.isView(value)
          ? Array.from(value as Uint8Array)
          : value instanceof Map
            ? [...(value as Map<unknown, unknown>)]
            : value,
    ),
  );
}
