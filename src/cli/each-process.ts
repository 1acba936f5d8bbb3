import { UserError } from '../trace/errors.js';
import type { Run, Trace, TraceNotice } from '../trace/trace.js';
import { deviceNamesOf } from './devices-of-run.js';

export interface ProcessResults<T> {
  readonly results: readonly {
    readonly result: T;
    /** `GPU 0 · NVIDIA H200`, with the process where there are several. */
    readonly gpu: string;
  }[];
  readonly notices: readonly TraceNotice[];
}

/**
 * Analyzes every process of a run. One that has nothing of the kind (a data loader, a server) is told of in a notice;
 * it is an error only if none has.
 */
export function eachProcess<T extends { readonly pid: number }>(
  run: Run,
  analyze: (trace: Trace) => T,
  deviceOf: (result: T) => number,
): ProcessResults<T> {
  const results: ProcessResults<T>['results'][number][] = [];
  const notices: TraceNotice[] = [...run.traces.flatMap((trace) => trace.notices), ...run.notices];
  const nameOf = deviceNamesOf(run);
  let failure: UserError | undefined;
  for (const trace of run.traces) {
    try {
      const result = analyze(trace);
      results.push({ result, gpu: nameOf(trace.pid, deviceOf(result)) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failure ??= error;
      if (run.traces.length > 1) notices.push({ table: `process ${trace.pid}`, message: error.message });
    }
  }
  if (results.length === 0 && failure !== undefined) throw failure;
  return { results, notices };
}
