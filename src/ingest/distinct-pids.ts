import type { Run, TraceNotice } from '../trace/trace.js';

/**
 * Gives every trace of a run a process id of its own: results and tracks are told apart by it, and ranks in containers
 * are all process 1. The first keeps its id; each later one gets the next that is free.
 */
export function distinctPids(run: Run): Run {
  const taken = new Set<number>();
  const notices: TraceNotice[] = [];
  const traces = run.traces.map((trace) => {
    let { pid } = trace;
    while (taken.has(pid)) pid++;
    taken.add(pid);
    if (pid === trace.pid) return trace;
    const message = `process id ${trace.pid} is another trace's too; shown as ${pid}`;
    notices.push({ table: trace.name, message });
    return { ...trace, pid };
  });
  return notices.length === 0 ? run : { ...run, traces, notices: [...run.notices, ...notices] };
}
