import { describe, expect, test } from 'vitest';
import type { HostWait } from '../../../src/analysis/overlap-result.js';
import type { SwitchLatency } from '../../../src/analysis/switch.js';
import { CAUSES } from '../../../src/analysis/causes.js';
import { allocations } from '../../../src/report/findings/allocations.js';
import { dispatchGaps } from '../../../src/report/findings/dispatch-gaps.js';
import { doublePrecision } from '../../../src/report/findings/double-precision.js';
import { exposedCopies } from '../../../src/report/findings/exposed-copies.js';
import { fewBlocks } from '../../../src/report/findings/few-blocks.js';
import { claimedNs, type Rule } from '../../../src/report/findings/finding.js';
import { gpuBound } from '../../../src/report/findings/gpu-bound.js';
import { graphGaps } from '../../../src/report/findings/graph-gaps.js';
import { hostSync } from '../../../src/report/findings/host-sync.js';
import { launchBound } from '../../../src/report/findings/launch-bound.js';
import { profilerOverhead } from '../../../src/report/findings/profiler-overhead.js';
import { smallKernels } from '../../../src/report/findings/small-kernels.js';
import { switchRecache } from '../../../src/report/findings/switch-recache.js';
import { tailWaste } from '../../../src/report/findings/tail-waste.js';
import type { ReportResults } from '../../../src/report/results.js';
import {
  gapsResult,
  hotspot,
  kernelRow,
  kernelsResult,
  overlapResult,
  results,
  switchResult,
} from './hand-made.js';

/** What a rule claims of the window of 1 ms; undefined: it found nothing. */
function claimed(rule: Rule, given: ReportResults): number | undefined {
  const found = rule(given);
  return found === undefined ? undefined : claimedNs(found.claims);
}

const WAIT: HostWait = {
  thread: 1,
  threadName: '',
  path: 'temporal_block_# > kv_read_indices',
  call: 'cudaStreamSynchronize',
  kind: 'stream',
  count: 8,
  totalNs: 50_000,
  idleNs: 30_000,
  longest: { startNs: 77_000, durationNs: 9_000 },
};

describe('rules on idle time', () => {
  test('launch-bound: host, launch and other calls, from a tenth of the window on', () => {
    const idle = { host: 60_000, launch: 50_000, api: 1_000, sync: 5_000 };
    const given = results({ gaps: gapsResult(idle, [hotspot({})]) });
    expect(claimed(launchBound, given)).toBe(111_000);
    expect(launchBound(given)?.evidence.at(-1)?.place).toEqual({
      startNs: 123_000,
      durationNs: 12_000,
      on: 'gaps',
      path: 'temporal_block_# > layer_#',
    });
    expect(claimed(launchBound, results({ gaps: gapsResult({ host: 99_000 }) }))).toBeUndefined();
  });

  test('host-sync: in a busy run the lateness after a wait counts too, and is marked as an assumption', () => {
    const given = results({
      gaps: gapsResult({ sync: 20_000, host: 40_000, launch: 10_000, dispatch: 5_000 }),
      overlap: overlapResult([WAIT]),
    });
    expect(claimed(hostSync, given)).toBe(70_000);
    expect(hostSync(given)?.certainty).toBe('medium');
    expect(hostSync(given)?.evidence[1]).toMatchObject({
      place: { startNs: 77_000, durationNs: 9_000, on: 'calls', thread: WAIT.thread, path: WAIT.path },
      jump: { id: 'wait-1', section: 'Overlap and host waits' },
    });
  });

  test('host-sync: in an idle run only the waits themselves; nothing without waits', () => {
    const idle = { sync: 20_000, 'blocking-copy': 1_000, host: 400_000 };
    expect(claimed(hostSync, results({ gaps: gapsResult(idle), overlap: overlapResult([WAIT]) }))).toBe(
      21_000,
    );
    expect(hostSync(results({ gaps: gapsResult({ host: 400_000 }) }))).toBeUndefined();
    expect(hostSync(results({ gaps: gapsResult(idle), overlap: overlapResult([]) }))).toBeUndefined();
  });

  test.each([
    ['graph-gaps', graphGaps, 'graph', 20_000],
    ['dispatch-gaps', dispatchGaps, 'dispatch', 10_000],
    ['allocations', allocations, 'alloc', 2_000],
    ['profiler-overhead', profilerOverhead, 'profiler', 1_000],
  ] as const)('%s: all idle time of its cause, from its threshold on', (name, rule, cause, least) => {
    const at = results({ gaps: gapsResult({ [cause]: least }, [hotspot({ cause })]) });
    expect(claimed(rule, at)).toBe(least);
    expect(rule(at)?.rule).toBe(name);
    expect(rule(at)?.evidence.filter(({ place }) => place?.startNs !== undefined)).toEqual([
      expect.objectContaining({
        place: { startNs: 123_000, durationNs: 12_000, on: 'gaps', path: 'temporal_block_# > layer_#' },
        jump: { id: 'hotspot-1', section: 'Idle time' },
      }),
    ]);
    expect(rule(results({ gaps: gapsResult({ [cause]: least - 1 }) }))).toBeUndefined();
  });
});

describe('rules on kernels', () => {
  test('small-kernels: pointwise kernels and the gaps between two of them', () => {
    const chain = hotspot({ before: 'elementwise', after: 'norm', cause: 'dispatch', totalNs: 3_000 });
    const given = results({
      gaps: gapsResult({ dispatch: 8_000 }, [chain, hotspot({})]),
      kernels: kernelsResult([
        kernelRow({}),
        kernelRow({ name: 'add', class: 'elementwise', totalNs: 30_000 }),
        kernelRow({ name: 'rope', class: 'rope', totalNs: 10_000 }),
      ]),
    });
    expect(smallKernels(given)?.claims).toEqual([
      { pool: 'gpu:elementwise', ns: 30_000 },
      { pool: 'gpu:rope', ns: 10_000 },
      { pool: 'idle:dispatch', ns: 3_000 },
    ]);
    expect(smallKernels(given)?.certainty).toBe('low');
    expect(smallKernels(results({ kernels: kernelsResult([kernelRow({})]) }))).toBeUndefined();
  });

  test('double-precision: by the types in the name, half of the time', () => {
    const rows = [
      kernelRow({ class: 'rope', fullName: 'mul<c10::complex<double>>(int)', totalNs: 20_000 }),
      kernelRow({ class: 'rope', fullName: 'copy<float, double>()', totalNs: 4_000 }),
      kernelRow({ fullName: 'double_buffered_gemm<float>' }),
    ];
    expect(doublePrecision(results({ kernels: kernelsResult(rows) }))?.claims).toEqual([
      { pool: 'gpu:rope', ns: 12_000 },
    ]);
    expect(doublePrecision(results({ kernels: kernelsResult([rows[2]!]) }))).toBeUndefined();
  });

  test('tail-waste and few-blocks: what the kernels result says, by class', () => {
    const rows = [
      kernelRow({ tailNs: 9_000 }),
      kernelRow({ class: 'kv.roll', idleSmNs: 12_000, tailNs: 1_000 }),
    ];
    const given = results({ kernels: kernelsResult(rows, { tailNs: 10_000, idleSmNs: 12_000 }) });
    expect(tailWaste(given)?.claims).toEqual([
      { pool: 'gpu:matmul', ns: 9_000 },
      { pool: 'gpu:kv', ns: 1_000 },
    ]);
    expect(fewBlocks(given)?.claims).toEqual([{ pool: 'gpu:kv', ns: 12_000 }]);
    expect(tailWaste(results({}))).toBeUndefined();
    expect(fewBlocks(results({ kernels: kernelsResult(rows) }))).toBeUndefined();
  });

  test('exposed-copies: copies beside which no kernel ran', () => {
    const copies = {
      busyNs: 40_000,
      hiddenNs: 10_000,
      exposedNs: 30_000,
      kinds: [{ kind: 'DtoD', count: 3, bytes: 4096, totalNs: 40_000, hiddenNs: 10_000, exposedNs: 30_000 }],
    };
    const found = exposedCopies(results({ overlap: overlapResult([], { copies }) }));
    expect(found?.claims).toEqual([{ pool: 'gpu:kv', ns: 30_000 }]);
    expect(found?.evidence[1]?.text).toContain('device to device');
    expect(exposedCopies(results({ overlap: overlapResult([]) }))).toBeUndefined();
  });

  test('gpu-bound: worth knowing, claims nothing', () => {
    const found = gpuBound(
      results({ gaps: gapsResult({ 'queue-full': 5_000 }), kernels: kernelsResult([kernelRow({})]) }),
    );
    expect(found?.claims).toEqual([]);
    expect(found?.evidence.map(({ text }) => text).join()).toContain('command buffer was full');
    expect(gpuBound(results({ gaps: gapsResult({ host: 200_000 }) }))).toBeUndefined();
  });
});

test('switch-recache: the parts of the recache, per switch; the published example is 361.94', () => {
  const zero = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as SwitchLatency['idleByCause']['rest'];
  const one: SwitchLatency = {
    block: 'temporal_block_2',
    before: 'temporal_block_1',
    beforeRole: 'steady',
    blockNs: 881_240,
    beforeNs: 519_300,
    latencyNs: 361_940,
    parts: {
      reset: 1_940,
      recacheAttention: 200_000,
      recacheLinear: 100_000,
      recacheKv: 30_000,
      recacheRope: 0,
      recacheElementwise: 20_000,
      recacheOther: 0,
      crossAttention: 0,
      recacheIdle: 10_000,
      restBusy: 0,
      restIdle: 0,
    },
    idleByCause: { recache: { ...zero, host: 10_000 }, rest: zero },
    promptBlocks: 1,
    promptComplete: false,
  };
  const given = switchResult({ switches: [one], meanLatencyNs: 361_940 });
  const found = switchRecache(results({ rest: { switches: { result: given } } }));
  expect(found?.evidence[0]).toEqual({
    text: 'temporal_block_2: 881 µs after 519 µs, 362 µs more,',
    place: { startNs: 919_300, durationNs: 881_240, on: 'projection' },
    jump: { id: 'block-3', section: 'Blocks' },
  });
  expect(claimedNs(found!.claims)).toBe(361_940);
  expect(switchRecache(results({ rest: { switches: { result: switchResult({}) } } }))).toBeUndefined();
});
