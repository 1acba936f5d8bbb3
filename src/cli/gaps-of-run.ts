import { analyzeGaps, type GapsOptions, type GapsResult } from '../analysis/gaps.js';
import { UserError } from '../trace/errors.js';
import type { Run } from '../trace/trace.js';

/**
 * Gaps of every process of a run; each device says by its `pid` who saw it. A window or device that only
 * some processes have is looked for in each, and is an error only if none has it.
 */
export function gapsOfRun(run: Run, options: GapsOptions): GapsResult {
  const devices: GapsResult['devices'][number][] = [];
  let failure: UserError | undefined;
  for (const trace of run.traces) {
    try {
      devices.push(...analyzeGaps(trace, options).devices);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failure ??= error;
    }
  }
  if (devices.length === 0 && failure !== undefined) throw failure;
  return { schema: 'gapscope.gaps/1', devices };
}
