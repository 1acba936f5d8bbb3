import { UserError } from '../trace/errors.js';
import type { Run, Trace } from '../trace/trace.js';

/**
 * An analyzer's devices over every process of a run; each says by its `pid` who saw it. A window or device that
 * only some processes have is looked for in each, and is an error only if none has it.
 */
export function devicesOfRun<D>(
  run: Run,
  analyze: (trace: Trace) => { readonly devices: readonly D[] },
): D[] {
  const devices: D[] = [];
  let failure: UserError | undefined;
  for (const trace of run.traces) {
    try {
      devices.push(...analyze(trace).devices);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failure ??= error;
    }
  }
  if (devices.length === 0 && failure !== undefined) throw failure;
  return devices;
}

/** `GPU 0 · NVIDIA H200`, with the process where there are several; a rank by the name of its file. */
export function deviceNamesOf(run: Run): (pid: number, device: number) => string {
  return (pid, id) => {
    const trace = run.traces.find((one) => one.pid === pid);
    const model = trace?.devices.find((one) => one.id === id)?.name ?? `GPU ${id}`;
    const label = model === `GPU ${id}` ? model : `GPU ${id} · ${model}`;
    if (run.traces.length === 1) return label;
    // A trace that a capture or one file of many processes gave has its process id in its name.
    const isRank = trace !== undefined && !trace.name.includes(String(pid));
    return `${label} · ${isRank ? trace.name : `process ${pid}`}`;
  };
}

/** The models of all GPUs that ran something: `NVIDIA H200`, `2 × NVIDIA H200`. */
export function gpusOfRun(run: Run): string {
  const models = run.traces.flatMap(({ devices, ops }) => {
    const used = new Set(ops.device);
    return devices.filter(({ id }) => used.has(id)).map(({ name }) => name);
  });
  return [...new Set(models)]
    .map((model) => {
      const count = models.filter((one) => one === model).length;
      return count === 1 ? model : `${count} × ${model}`;
    })
    .join(', ');
}
