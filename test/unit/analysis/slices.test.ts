import { describe, expect, test } from 'vitest';
import { blockTimelineInSlices } from '../../../src/analysis/block-timeline.js';
import { gapsInSlices } from '../../../src/analysis/gaps.js';
import { kvInSlices } from '../../../src/analysis/kv.js';
import { runThrough, type Sliced } from '../../../src/analysis/slices.js';
import { switchInSlices } from '../../../src/analysis/switch.js';
import { buildTrace, type CallRow, type OpRow, type RangeRow } from './build-trace.js';

const OPS = 30_000;

/** Many ops in two blocks, the second of which holds a switch; gaps between all of them, every other KV work. */
const trace = ((): ReturnType<typeof buildTrace> => {
  const calls: CallRow[] = [];
  const ops: OpRow[] = [];
  const ranges: RangeRow[] = [];
  const half = (OPS / 2) * 100;
  for (let k = 0; k < OPS; k++) {
    const start = k * 100;
    calls.push({ start, end: start + 5, correlation: k + 1 });
    ops.push({ start: start + 20, end: start + 20 + (k % 60), correlation: k + 1, name: `kernel ${k % 9}` });
    if (k % 2 === 0) ranges.push({ start: start - 1, end: start + 50, name: 'kv_temp_clone' });
  }
  ranges.push({ start: 0, end: half, name: 'temporal_block_0' });
  ranges.push({ start: half, end: 2 * half, name: 'temporal_block_1' });
  ranges.push({ start: half + 200, end: half + 900, name: 'recache_after_switch' });
  ranges[0]!.start = 0;
  return buildTrace({ calls, ops, ranges });
})();

/** How often it stops. */
function stopsOf(work: Sliced<unknown>): number {
  let stops = 0;
  while (work.next().done !== true) stops++;
  return stops;
}

describe('long analyses stop often enough for others to get a turn', () => {
  const timeline = runThrough(blockTimelineInSlices(trace, {}, true));

  test.each<[string, () => Sliced<unknown>, number]>([
    ['gaps', () => gapsInSlices(trace, { top: Infinity }), 3 + OPS / 10_000],
    ['the timeline of blocks', () => blockTimelineInSlices(trace, {}, false), 3],
    ['kv', () => kvInSlices(trace, timeline, {}), 1 + OPS / 10_000],
    ['switches', () => switchInSlices(trace, timeline, {}), 1],
  ])('%s', (_, work, least) => {
    expect(stopsOf(work())).toBeGreaterThanOrEqual(least);
  });

  test('and what others have worked out is taken as it is', () => {
    const whole = runThrough(gapsInSlices(trace, {}));
    expect(whole.devices[0]!.gapCount).toBeGreaterThan(OPS / 2);
    expect(timeline.blocks.map(({ name }) => name)).toEqual(['temporal_block_0', 'temporal_block_1']);
  });
});
