import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { analyzeKernels, type KernelsOptions } from '../../../src/analysis/kernels.js';
import { UserError } from '../../../src/trace/errors.js';
import { readTrace } from '../../../src/trace/read-trace.js';
import type { Trace } from '../../../src/trace/trace.js';
import { buildTrace, type TraceRows } from './build-trace.js';
import { MAX_TIME, randomTrace, streamTrace } from './random-trace.js';

const TRACES = ['full-eager', 'full-batch2', 'small-eager', 'small-graphs'];
const H100 = new Map(
  Object.entries({
    computeMajor: 9,
    computeMinor: 0,
    sms: 132,
    warpSize: 32,
    maxWarpsPerSm: 64,
    maxBlocksPerSm: 32,
    maxThreadsPerBlock: 1024,
    maxRegistersPerSm: 65536,
    maxRegistersPerBlock: 65536,
    maxSharedPerSm: 233472,
  }),
);
const withLimits = (trace: Trace): Trace => ({
  ...trace,
  devices: [{ id: 0, name: 'H100', limits: H100 }],
});

describe.each(TRACES)('%s', async (name) => {
  const trace = await readTrace(`traces/${name}.trace`);
  it.each<KernelsOptions>([
    {},
    { by: 'shape' },
    { window: 'temporal_block:3' },
    { window: 'temporal_block:*', top: 3 },
    { window: '1500ms..1700.5ms', by: 'shape', top: 1 },
  ])('rows sum to the kernel time that gaps reports: %j', (options) => {
    const [device] = analyzeKernels(trace, options).devices;
    const { top: _, by: __, ...window } = options;
    const [gaps] = analyzeGaps(trace, window).devices;
    const listed = device!.kernels.reduce((sum, row) => sum + row.totalNs, 0);
    expect(listed + device!.omitted.totalNs).toBe(gaps!.kernelNs);
    expect(device!.kernelNs).toBe(gaps!.kernelNs);
    expect(device!.busyNs).toBe(gaps!.busyNs);
    expect(device!.count).toBe(gaps!.ops.kernel);
    expect(device!.kernels.reduce((sum, row) => sum + row.count, 0) + device!.omitted.launches).toBe(
      device!.count,
    );
    expect(Object.values(device!.scheduleNs).reduce((a, b) => a + b)).toBe(gaps!.kernelNs);
    expect(device!.kernels.length).toBe(Math.min(options.top ?? 20, device!.rowCount));
  });
  it('knows the shape of every kernel, and names them all differently', () => {
    const [device] = analyzeKernels(trace, { top: Infinity }).devices;
    expect(device!.scheduleNs.unknown).toBe(0);
    expect(new Set(device!.kernels.map((row) => row.name)).size).toBe(device!.rowCount);
    expect(device!.kernels.every((row) => row.tailNs <= row.totalNs && row.idleSmNs <= row.totalNs)).toBe(
      true,
    );
  });
});

it('by shape splits by name without changing any sum', async () => {
  const trace = await readTrace('traces/small-eager.trace');
  const [byName] = analyzeKernels(trace, { top: Infinity }).devices;
  const [byShape] = analyzeKernels(trace, { top: Infinity, by: 'shape' }).devices;
  expect(byShape!.rowCount).toBe(byName!.kernels.reduce((sum, row) => sum + row.shapes, 0));
  for (const row of byName!.kernels) {
    const parts = byShape!.kernels.filter((one) => one.fullName === row.fullName);
    expect(parts.reduce((sum, one) => sum + one.totalNs, 0)).toBe(row.totalNs);
    expect(parts.reduce((sum, one) => sum + one.count, 0)).toBe(row.count);
    expect(Math.abs(parts.reduce((sum, one) => sum + one.tailNs, 0) - row.tailNs)).toBeLessThanOrEqual(
      parts.length,
    );
  }
});

const SHAPES = [
  // 16 blocks an SM: 2112 at once; 3168 are 1.5 waves: a quarter of the time is tail.
  { id: 1, gridX: 3168, gridY: 1, gridZ: 1, blockX: 128, blockY: 1, blockZ: 1, registers: 32 },
  // 33 of 132 SMs.
  { id: 2, gridX: 33, gridY: 1, gridZ: 1, blockX: 128, blockY: 1, blockZ: 1, registers: 32 },
];

describe('a trace by hand', () => {
  const rows: TraceRows = {
    shapes: SHAPES,
    calls: [
      { start: 0, end: 20, correlation: 1 },
      { start: 30, end: 60, correlation: 2 },
      { start: 60, end: 100, correlation: 3 },
      { start: 100, end: 130, correlation: 4 },
      { start: 130, end: 140, correlation: 5 },
    ],
    ranges: [
      { start: 0, end: 90, name: 'layer:1' },
      { start: 95, end: 150, name: 'head' },
    ],
    ops: [
      { start: 100, end: 500, name: 'k', correlation: 1, shape: 1 },
      { start: 500, end: 520, name: 'k', correlation: 2, shape: 1 },
      { start: 520, end: 620, name: 'k', correlation: 3, shape: 2 },
      { start: 620, end: 640, name: 'other', correlation: 4, shape: 9 },
      { start: 640, end: 645, name: 'k', correlation: 5, shape: 2, graph: 4 },
      { start: 645, end: 700, name: 'memcpy', kind: 1, correlation: 5 },
    ],
  };
  const trace = withLimits(buildTrace(rows));

  it('gives count, times, main shape, tail, idle SMs, path', () => {
    const [device] = analyzeKernels(trace).devices;
    const [k, other] = device!.kernels;
    expect(k).toMatchObject({
      name: 'k',
      count: 4,
      totalNs: 525,
      share: 525 / 545,
      shareOfWindow: 525 / 600,
      meanNs: 131.25,
      p50Ns: 20,
      p95Ns: 400,
      shapes: 2,
      tailNs: 105,
      idleSmNs: Math.round(105 * 0.75),
      path: 'layer:#',
      pathShare: 520 / 525,
    });
    expect(k!.main).toMatchObject({ share: 420 / 525, schedule: 'waves', waves: { waves: 1.5 } });
    expect(other!.main).toEqual({
      share: 1,
      schedule: 'unknown',
      notKnown: 'the trace has no launch shape of it',
    });
    expect(device!.scheduleNs).toMatchObject({ waves: 420, 'few-blocks': 105, unknown: 20 });
  });

  it('calls short what ran for less than the median launch call of its row, graph replays apart', () => {
    const [k, other] = analyzeKernels(trace).devices[0]!.kernels;
    // Calls took 20, 30, 40: the median is 30. Of 400, 20 and 100 one is below; the fourth is a graph's.
    expect(k!.short).toEqual({ launchNs: 30, count: 1, share: 1 / 3, totalNs: 20 });
    expect(other!.short).toEqual({ launchNs: 30, count: 1, share: 1, totalNs: 20 });
  });

  it('cuts a total at the window, and takes the distribution of what began in it', () => {
    const [device] = analyzeKernels(trace, { window: '450ns..510ns' }).devices;
    expect(device!.kernels[0]).toMatchObject({ count: 1, totalNs: 60, p50Ns: 20, meanNs: 20 });
    const [late] = analyzeKernels(trace, { window: '450ns..480ns' }).devices;
    expect(late!.kernels[0]).toMatchObject({ count: 0, totalNs: 30 });
    expect(late!.kernels[0]).not.toHaveProperty('meanNs');
  });

  it('says why nothing is known of a device without limits', () => {
    const [device] = analyzeKernels(buildTrace(rows)).devices;
    expect(device!.notKnown).toMatch(/none of the device's limits/);
    expect(device!.occupancy).toBeUndefined();
    expect(device!.scheduleNs.unknown).toBe(device!.kernelNs);
    expect(device!.tailNs).toBe(0);
  });

  it('refuses a device on which nothing ran, and a trace without ops', () => {
    expect(() => analyzeKernels(trace, { device: 3 })).toThrow(UserError);
    expect(() => analyzeKernels(buildTrace({}))).toThrow(UserError);
  });
});

it('sums to what gaps reports on any trace and window', () => {
  const windows = fc
    .tuple(fc.nat(MAX_TIME), fc.integer({ min: 1, max: MAX_TIME }))
    .map(([from, length]) => `${from}..${from + length}`);
  fc.assert(
    fc.property(
      fc.oneof(randomTrace, streamTrace),
      fc.option(windows, { nil: undefined }),
      fc.constantFrom<('name' | 'shape')[]>('name', 'shape'),
      (rows, window, by) => {
        const trace = withLimits(buildTrace(rows));
        const options = window === undefined ? {} : { window };
        let gaps;
        try {
          gaps = analyzeGaps(trace, options);
        } catch (error) {
          expect(() => analyzeKernels(trace, options)).toThrow((error as Error).message);
          return;
        }
        const { devices } = analyzeKernels(trace, { ...options, by, top: 2 });
        devices.forEach((device, i) => {
          const rowsNs = device.kernels.reduce((sum, row) => sum + row.totalNs, 0);
          expect(rowsNs + device.omitted.totalNs).toBe(gaps.devices[i]!.kernelNs);
          expect(device.count).toBe(gaps.devices[i]!.ops.kernel);
          expect(device.window).toEqual(gaps.devices[i]!.window);
        });
      },
    ),
    { numRuns: 400 },
  );
});
