import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyzeBreakdown } from '../../../src/analysis/breakdown.js';
import { alignClocks } from '../../../src/ingest/align-clocks.js';
import { openRun } from '../../../src/ingest/open.js';
import type { Trace } from '../../../src/trace/trace.js';

const recorded = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/ranks-h200/${name}`, import.meta.url));

/** What must be added to the second's times: both were recorded on one machine, whose clock their bases tell. */
const truth = ([a, b]: readonly Trace[]): number => Number(b!.baseNs - a!.baseNs);

// Collectives of the ring end at one rank about 19 µs before the other: that is what aligning by them must be off by.
const OFF_BY_NS = 30_000;

describe('two ranks recorded on two GPUs of one machine', () => {
  it('by torch.profiler: their collectives give the offset of their files', async () => {
    const { traces, clocks, notices } = await openRun(recorded('torch-profiler'));
    expect(clocks?.relation).toBe('matched');
    const [first, second] = clocks!.offsetsNs;
    expect(Math.abs(second! - first! - truth(traces))).toBeLessThan(OFF_BY_NS);
    expect(notices.find(({ table }) => table === 'clocks')?.message).toMatch(/aligned by 84 collectives/);
  });

  it('by us: one clock, and the collectives agree with it', async () => {
    const { traces, clocks } = await openRun(recorded('capture'));
    expect(clocks?.relation).toBe('same');
    expect(clocks!.offsetsNs[1]! - clocks!.offsetsNs[0]!).toBe(truth(traces));
    // As if from machines whose clocks are hours apart.
    const apart = [traces[0]!, { ...traces[1]!, baseNs: traces[1]!.baseNs + 10_000_000_000_000n }];
    const found = alignClocks(apart);
    if (typeof found === 'string') throw new Error(found);
    expect(Math.abs(found.offsetsNs[1]! - truth(traces))).toBeLessThan(OFF_BY_NS);
  });

  it('NCCL closes its ranges by the payload extension: none stays open around the rest', async () => {
    for (const trace of (await openRun(recorded('capture'))).traces) {
      expect(trace.openRanges).toEqual([]);
      const paths = analyzeBreakdown(trace).devices[0]!.tree.map(({ path }) => path);
      expect(paths).toContain(
        'denoising_step_# > transformer_block_# > self_attn > gather_kv > ncclAllGather',
      );
      expect(paths.filter((path) => path.includes('Config'))).toEqual([]);
    }
  });
});
