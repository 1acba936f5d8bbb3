import { distinctPids } from '../../src/ingest/distinct-pids.js';
import { readSource } from './open/read-source.js';
import { orTooBig } from './open/size-limit.js';
import type { NameTable } from './names.js';
import { turn, type Breath } from './breath.js';
import { OpenedTrace } from './opened-trace.js';
import type { Progress, Slot, TraceSource } from './protocol.js';
import type { Opened } from './session.js';

/**
 * Reads a trace and lays out its ops; goes on with everything else by itself (`Opened.ready`).
 * @throws UserError if it cannot be read; an AbortError if it was called off
 */
export async function openSource(
  names: NameTable,
  source: TraceSource,
  slot: Slot,
  progress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Opened> {
  const breathe: Breath = async () => {
    await turn();
    signal.throwIfAborted();
  };
  let trace: OpenedTrace;
  const started = performance.now();
  try {
    const { name, run } = await readSource(source, { progress, signal });
    const read = performance.now();
    progress({ phase: 'layout', done: 0, text: 'Laying out' });
    await breathe();
    // The process ids that the commands show are the ones in a report's links.
    trace = new OpenedTrace(slot, name, distinctPids(run), names);
    trace.timings['read'] = read - started;
    trace.timings['layout'] = performance.now() - read;
  } catch (error) {
    throw orTooBig('This trace', error);
  }
  const ready = trace.analyze(progress, breathe).then(
    () => {
      trace.timings['ready'] = performance.now() - started;
    },
    (error: unknown) => {
      throw orTooBig(trace.name, error);
    },
  );
  // Whoever waits for it is told; if nobody does, or it was called off, that is no failure of the worker.
  ready.catch(() => undefined);
  return { trace, shiftNs: 0, ready, filters: new Map(), findings: new Map() };
}
