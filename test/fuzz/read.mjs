// What becomes of a file: read, looked at with every analyzer, and now and then written again.
import { analyzeBreakdown } from '../../dist/analysis/breakdown.js';
import { analyzeGaps } from '../../dist/analysis/gaps.js';
import { summarize } from '../../dist/analysis/info.js';
import { analyzeKernels } from '../../dist/analysis/kernels.js';
import { analyzeOverlap } from '../../dist/analysis/overlap.js';
import { perfettoJson } from '../../dist/export/perfetto.js';
import { keepRun } from '../../dist/ingest/keep-run.js';
import { openRun } from '../../dist/ingest/open.js';
import { UserError } from '../../dist/trace/errors.js';

const ANALYZERS = [
  summarize,
  (trace) => analyzeGaps(trace, { streamKernelWaitBelowNs: 30_000 }),
  analyzeBreakdown,
  analyzeKernels,
  analyzeOverlap,
];

/**
 * `result`, `notices` (a result, and something was left out or lost) or `refused` (a `UserError`).
 * @throws whatever else was thrown: a bug
 */
export async function read(path, keepFolder) {
  let run;
  try {
    run = await openRun(path);
  } catch (error) {
    if (isRefusal(error)) return 'refused';
    throw error;
  }
  for (const trace of run.traces) {
    for (const analyze of ANALYZERS) {
      try {
        JSON.stringify(analyze(trace));
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
    }
    if (keepFolder !== undefined) {
      for (const piece of perfettoJson(trace)) if (/\bNaN\b|\bInfinity\b/.test(piece)) checkNumbers(piece);
    }
  }
  if (keepFolder !== undefined) await keepRun(run, keepFolder);
  return run.notices.length + run.traces.flatMap(({ notices }) => notices).length > 0 ? 'notices' : 'result';
}

/** Outside of texts: a number that is none is no JSON. */
function checkNumbers(piece) {
  const bare = piece.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  if (/\bNaN\b|\bInfinity\b/.test(bare)) throw new Error(`the export is not JSON: ${bare.slice(0, 200)}`);
}

function isRefusal(error) {
  if (!(error instanceof UserError)) return false;
  // What a user is told is one sentence, not the text of a file.
  if (error.message.length > 4000) throw new Error(`a message of ${error.message.length} characters`);
  return true;
}
