import { expect, test } from 'vitest';
import { tracedForward } from '../../../../src/projection/step-caching/step-costs.js';
import { buildTrace, type CallRow, type OpRow, type RangeRow } from '../../analysis/build-trace.js';

/** Forwards of `layers` ranges, one op each of 100 ns after 20 idle, an op of 50 before and of 30 behind them. */
function traceOf(forwards: readonly { readonly layers: number }[]): ReturnType<typeof buildTrace> {
  const ops: OpRow[] = [];
  const calls: CallRow[] = [];
  const ranges: RangeRow[] = [];
  let [host, device, correlation] = [0, 10_000, 0];
  const launch = (ns: number): void => {
    correlation++;
    calls.push({ start: host, end: host + 5, name: 'cudaLaunchKernel', correlation });
    ops.push({ start: device, end: device + ns, name: 'kernel', correlation });
    host += 10;
    device += ns;
  };
  for (const { layers } of forwards) {
    const start = host;
    host++;
    launch(50);
    for (let layer = 0; layer < layers; layer++) {
      const from = host;
      device += 20;
      host++;
      launch(100);
      ranges.push({ start: from, end: host, name: `transformer_block_${layer}` });
      host++;
    }
    launch(30);
    ranges.push({ start, end: host, name: 'generator_forward' });
    host++;
  }
  return buildTrace({ ops, calls, ranges });
}

test('a forward is the range around its layers; what is left out is from the first op to the last', () => {
  const found = tracedForward(traceOf([{ layers: 4 }, { layers: 4 }]), (layers) => ({
    first: 1,
    last: layers - 1,
  }));
  // 50 + 4 × 120 + 30; layers 1 to 3 with the two idles between them.
  expect(found).toEqual({ fullNs: 560, skippedNs: 340, forwards: 2 });
});

test('a forward that lacks layers (a hit, a cut) is not counted', () => {
  const trace = traceOf([{ layers: 1 }, { layers: 4 }]);
  expect(tracedForward(trace, () => ({ first: 0, last: 3 }))).toEqual({
    fullNs: 560,
    skippedNs: 460,
    forwards: 1,
  });
});

test('nothing is known without such ranges, or of blocks that are not there', () => {
  expect(tracedForward(traceOf([]), () => ({ first: 0, last: 1 }))).toBeUndefined();
  expect(tracedForward(traceOf([{ layers: 4 }]), () => ({ first: 2, last: 9 }))).toBeUndefined();
});
