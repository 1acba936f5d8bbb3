import type { Rates } from '../projection/rates.js';
import { whatIf } from '../projection/whatif.js';
import type { HeadlineOptions } from '../analysis/headline.js';
import { UserError } from '../trace/errors.js';
import type { Run } from '../trace/trace.js';
import { fingerprint } from './fingerprint.js';
import type { CataloguedRun, PredictionRecord } from './run-record.js';

/**
 * What edits would do to the base, as `gapscope whatif` says: its steady block, or all of it where it has no blocks.
 * `run` is the base's trace, read again.
 * @throws UserError if the trace is not the base's any more, or the edits do not apply to it
 */
export function predictChange(
  base: CataloguedRun,
  run: Run,
  edits: readonly string[],
  options: HeadlineOptions,
  rates?: Rates,
): PredictionRecord {
  if (fingerprint(run) !== base.fingerprint) {
    throw new UserError(`${base.path} is not the recording any more that '${base.name}' was added from`, {
      hint: 'leave out --edit, or remove the base and add it anew',
    });
  }
  const { blocksOf, steadyBlockNs, devices } = base.metrics;
  if (steadyBlockNs === undefined && (devices !== 1 || base.measuredWith.window !== undefined)) {
    throw new UserError(`'${base.name}' has no steady block, so there is no latency to predict`, {
      hint: 'without blocks, --edit needs a base of one GPU, measured without --window',
    });
  }
  const trace = run.traces.find(({ pid, ops }) =>
    blocksOf === undefined ? ops.length > 0 : pid === blocksOf.pid,
  );
  if (trace === undefined) throw new Error(`${base.path} has its fingerprint, and not its processes`);
  const device = blocksOf?.device ?? options.device;
  const { target, edits: rows } = whatIf(trace, {
    ...options,
    ...(device === undefined ? {} : { device }),
    ...(rates === undefined ? {} : { rates }),
    // What is measured of a run without steady blocks is its whole span.
    ...(steadyBlockNs === undefined ? { target: 'all' } : {}),
    apply: edits,
  });
  const row = rows[0]!;
  if (!row.applies) {
    throw new UserError(`the edit '${row.edit}' does not apply to '${base.name}': ${row.reason}`, {
      hint: `gapscope whatif ${base.path} lists those that do; without --edit nothing is predicted`,
    });
  }
  return {
    edits,
    of: base.name,
    target: target.template,
    replayNs: target.replayNs,
    predictedNs: row.predictedNs,
    lowNs: row.lowNs,
    highNs: row.highNs,
    trusted: target.trusted,
  };
}
