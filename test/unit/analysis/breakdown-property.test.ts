import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeBreakdown, type DeviceBreakdown } from '../../../src/analysis/breakdown.js';
import { withUserRules } from '../../../src/analysis/rules.js';
import { readRun } from '../../../src/trace/read-run.js';
import { BreakdownBruteForce } from './breakdown-brute-force.js';
import { buildTrace } from './build-trace.js';
import { MAX_TIME, randomTrace, streamTrace } from './random-trace.js';

const RUNS = { numRuns: Number(process.env['GAPSCOPE_PROPERTY_RUNS'] ?? 1000) };
/** Makes layers and blocks of the ranges of random traces. */
const LAYERED = withUserRules({ layer: 'block:#', block: 'layer', ranges: [], kernels: [] });
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

/** What must hold of any breakdown. */
function expectClosed(device: DeviceBreakdown): void {
  const { tree, layerTable, busyNs, idleNs, idleByCause } = device;
  expect(busyNs + idleNs).toBe(device.window.spanNs);
  expect(sum(tree.map((node) => node.ownBusyNs))).toBe(busyNs);
  expect(sum(tree.map((node) => node.ownIdleNs))).toBe(idleNs);
  expect(sum(tree.map((node) => node.ownGpuNs))).toBe(device.gpuNs);
  expect(sum(Object.values(idleByCause))).toBe(idleNs);
  const opCount = sum(Object.values(device.ops));
  expect(sum(tree.map((node) => node.ownOps))).toBe(opCount);
  const outermost = tree.filter((node) => node.parent === -1);
  expect(sum(outermost.map((node) => node.busyNs + node.idleNs))).toBe(device.window.spanNs);
  tree.forEach((node, i) => {
    expect(node.parent).toBeLessThan(i);
    const inside = tree.filter((other) => other.parent === i);
    expect(sum(inside.map((other) => other.busyNs)) + node.ownBusyNs).toBe(node.busyNs);
    expect(sum(inside.map((other) => other.idleNs)) + node.ownIdleNs).toBe(node.idleNs);
    expect(sum(inside.map((other) => other.ops)) + node.ownOps).toBe(node.ops);
    expect(sum(Object.values(node.idleByCause))).toBe(node.idleNs);
  });

  const busyRows = layerTable.rows.filter((row) => row.kind === 'busy');
  const idleRows = layerTable.rows.filter((row) => row.kind === 'idle');
  expect(sum(busyRows.map((row) => row.ns))).toBe(busyNs);
  expect(sum(idleRows.map((row) => row.ns))).toBe(idleNs);
  expect(sum(busyRows.map((row) => row.ops))).toBe(opCount);
  const inLayers = (rows: typeof busyRows): number =>
    sum(rows.filter((row) => row.scope === 'layer').map((row) => row.ns));
  expect(sum(layerTable.layers.map((layer) => layer.busyNs))).toBe(inLayers(busyRows));
  expect(sum(layerTable.layers.map((layer) => layer.idleNs))).toBe(inLayers(idleRows));
  expect(sum(layerTable.layers.map((layer) => layer.passes))).toBe(layerTable.passes);
  for (const layer of layerTable.layers) {
    expect(sum(Object.values(layer.busyByPart))).toBe(layer.busyNs);
    expect(sum(Object.values(layer.idleByCause))).toBe(layer.idleNs);
  }
}

describe('the breakdown of random traces', () => {
  const window = fc.tuple(fc.nat(MAX_TIME), fc.integer({ min: 1, max: MAX_TIME }));
  const anyTrace = fc.oneof({ weight: 3, arbitrary: randomTrace }, { weight: 1, arbitrary: streamTrace });

  it('agrees with a sweep over every nanosecond, and closes', () => {
    fc.assert(
      fc.property(anyTrace, fc.option(window, { nil: undefined }), fc.boolean(), (rows, picked, layered) => {
        const trace = buildTrace(rows);
        fc.pre(trace.ops.device.includes(0));
        fc.pre(picked === undefined || picked[0] < trace.endNs);
        const options = {
          ...(picked === undefined ? {} : { window: `${picked[0]}..${picked[0] + picked[1]}` }),
          ...(layered ? { rules: LAYERED } : {}),
        };
        const result = analyzeBreakdown(trace, { device: 0, ...options }).devices[0]!;
        expectClosed(result);

        const { startNs, endNs } = result.window;
        const brute = new BreakdownBruteForce(rows, 0);
        const expected = brute.ownSums(startNs, endNs);
        const paths = result.tree.map((node) => node.path);
        expect(new Set(paths)).toEqual(new Set(expected.keys()));
        expect(paths.length).toBe(expected.size);
        for (const node of result.tree) {
          const own = expected.get(node.path)!;
          expect([node.path, node.ownOps, node.ownGpuNs, node.ownBusyNs, node.ownIdleNs]).toEqual([
            node.path,
            own.ops,
            own.gpuNs,
            own.busyNs,
            sum(Object.values(own.idle)),
          ]);
          expect([node.path, node.instances]).toEqual([node.path, own.instances.size]);
          // The causes of a node are those of all paths under it.
          const under = [...expected].filter(
            ([path]) => path === node.path || path.startsWith(`${node.path} > `),
          );
          for (const [cause, ns] of Object.entries(node.idleByCause)) {
            expect([cause, ns]).toEqual([cause, sum(under.map(([, { idle }]) => idle[cause] ?? 0))]);
          }
        }
      }),
      RUNS,
    );
  });

  it('closes over the instances of a pattern', () => {
    fc.assert(
      fc.property(randomTrace, (rows) => {
        const trace = buildTrace(rows);
        fc.pre(trace.ops.device.includes(0));
        try {
          expectClosed(analyzeBreakdown(trace, { device: 0, window: '*' }).devices[0]!);
        } catch (error) {
          expect(String(error)).toMatch(/No range is called|launched nothing/);
        }
      }),
      RUNS,
    );
  });
});

describe.each(['full-eager', 'full-batch2', 'small-eager', 'small-graphs'])('the breakdown of %s', (name) => {
  it.each([undefined, 'temporal_block:4', 'temporal_block:*', '100ms..1500ms'])(
    'closes to the nanosecond in %s',
    async (window) => {
      const run = await readRun(`traces/${name}.trace`);
      const trace = run.traces[0]!;
      const result = analyzeBreakdown(trace, window === undefined ? {} : { window }).devices[0]!;
      expectClosed(result);

      // Busy time by a plain sweep over the table.
      const { ops } = trace;
      if (window === undefined) {
        let end = -Infinity;
        let busy = 0;
        for (let i = 0; i < ops.length; i++) {
          const opEnd = ops.startNs[i]! + ops.durationNs[i]!;
          busy += Math.max(0, opEnd - Math.max(ops.startNs[i]!, end));
          end = Math.max(end, opEnd);
        }
        expect(result.busyNs).toBe(busy);
        expect(sum(result.tree.map((node) => node.ownOps))).toBe(ops.length);
      }
    },
  );
});
