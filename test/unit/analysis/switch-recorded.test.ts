import { describe, expect, test } from 'vitest';
import { analyzeBlocks } from '../../../src/analysis/blocks.js';
import { analyzeSwitch } from '../../../src/analysis/switch.js';
import { plainOps, RECORDED, recorded, type PlainOp, type RunJson } from './plain-tables.js';

describe.each(RECORDED)('%s', (name) => {
  test('block latencies and roles agree with the CUDA events within 1 %', async () => {
    const trace = await recorded(name);
    const run = trace.run as RunJson;
    const { blocks, steadyBlockNs, interFrameNs, fillingFrom } = analyzeBlocks(trace);
    expect(fillingFrom).toBe('rolls');
    expect(blocks.map((block) => [block.name, block.role])).toEqual(
      run.blocks.map((block) => [block.name, block.role]),
    );
    blocks.forEach(({ durationNs }, b) => {
      expect(Math.abs(durationNs / 1e6 / run.blocks[b]!.durationMs - 1)).toBeLessThan(0.01);
    });
    const steady = run.blocks.filter(({ role }) => role === 'steady').map(({ durationMs }) => durationMs);
    const middle = steady.sort((a, b) => a - b)[Math.ceil(steady.length / 2) - 1]!;
    expect(Math.abs(steadyBlockNs! / 1e6 / middle - 1)).toBeLessThan(0.01);
    expect(interFrameNs).toBe(Math.round(steadyBlockNs! / run.config.framesPerBlock));
  });

  test('the configuration alone gives the same roles', async () => {
    const trace = await recorded(name);
    // No range says that a layer rolls: what the rule falls back on.
    const strings = trace.strings.map((text) => (text === 'kv_roll_and_insert' ? 'kv_direct_insert' : text));
    const { blocks, fillingFrom } = analyzeBlocks({ ...trace, strings });
    expect(fillingFrom).toBe('run.json');
    expect(blocks.map(({ role }) => role)).toEqual((trace.run as RunJson).blocks.map(({ role }) => role));
  });
});

describe.each(['full-eager', 'small-eager', 'small-graphs'])('%s', (name) => {
  test('the switch agrees with the CUDA events within 1 %, and its parts sum to it exactly', async () => {
    const trace = await recorded(name);
    const run = trace.run as RunJson;
    const { switches, meanLatencyNs } = analyzeSwitch(trace);
    expect(switches.map(({ block }) => block)).toEqual(run.switches.map(({ block }) => block));
    const [one] = switches;
    expect(Math.abs(one!.latencyNs / 1e6 / run.switches[0]!.latencyMs - 1)).toBeLessThan(0.01);
    expect(meanLatencyNs).toBe(one!.latencyNs);
    const sum = (values: Readonly<Record<string, number>>): number =>
      Object.values(values).reduce((a, b) => a + b);
    expect(sum(one!.parts)).toBe(one!.latencyNs);
    expect(sum(one!.idleByCause.recache)).toBe(one!.parts.recacheIdle);
    expect(sum(one!.idleByCause.rest)).toBe(one!.parts.restIdle);
    expect(one).toMatchObject({
      before: 'temporal_block_6',
      beforeRole: 'steady',
      promptBlocks: 3,
      promptComplete: false,
    });
  });

  test('the parts are those of plain loops over the tables', async () => {
    const trace = await recorded(name);
    const { parts, latencyNs } = analyzeSwitch(trace).switches[0]!;
    const ops = plainOps(trace);
    const of = (block: string): PlainOp[] => ops.filter(({ names }) => names.includes(block));
    const own = of('temporal_block_7');
    const before = of('temporal_block_6');
    const span = (list: PlainOp[]): number => list.at(-1)!.end - list[0]!.start;
    expect(latencyNs).toBe(span(own) - span(before));
    const inside = (list: PlainOp[], ...ranges: string[]): PlainOp[] =>
      list.filter(({ names }) => ranges.some((range) => names.includes(range)));
    const busy = (list: PlainOp[]): number => list.reduce((sum, op) => sum + op.busy, 0);
    const idle = (list: PlainOp[], first: PlainOp): number =>
      list.reduce((sum, op) => sum + (op === first ? 0 : op.gap), 0);
    const recache = inside(own, 'recache_after_switch');
    const resets = inside(own, 'kv_cache_reset', 'crossattn_cache_reset');
    const fills = (list: PlainOp[]): PlainOp[] => inside(list, 'crossattn_cache_fill');
    expect(parts.reset).toBe(busy(resets));
    expect(parts.crossAttention).toBe(busy(fills(own)) - busy(fills(before)));
    expect(fills(before)).toEqual([]);
    const kvRanges = [
      'kv_read_indices',
      'kv_temp_clone',
      'kv_direct_insert',
      'kv_sink_concat',
      '_apply_cache_updates',
    ];
    // The copies that read the indices are in a range that has no class of its own.
    const kv = inside(recache, ...kvRanges.slice(1));
    expect(parts.recacheKv).toBe(busy(kv));
    expect(parts.recacheRope).toBe(busy(inside(recache, 'rope')));
    const others = recache.filter(
      (op) => ![...resets, ...fills(recache), ...kv, ...inside(recache, 'rope')].includes(op),
    );
    const matmuls = others.filter((op) => /^nvjet|gemm|cutlass/.test(op.name));
    expect(parts.recacheLinear).toBe(busy(matmuls));
    const attention = others.filter((op) => /flash|fmha|sdpa/.test(op.name));
    expect(parts.recacheAttention).toBe(busy(attention));
    expect(parts.recacheElementwise + parts.recacheOther).toBe(
      busy(others) - busy(matmuls) - busy(attention),
    );
    expect(parts.recacheIdle).toBe(idle(recache, own[0]!));
    const rest = own.filter((op) => !recache.includes(op) && !fills(own).includes(op));
    expect(parts.restBusy).toBe(busy(rest) - busy(before));
    const restIdle = idle(own, own[0]!) - idle(recache, own[0]!) - idle(before, before[0]!);
    expect(parts.restIdle).toBe(restIdle);
  });
});

test('without a switch in the trace it refuses, and says how to get the block latencies', async () => {
  const trace = await recorded('full-batch2');
  expect(() => analyzeSwitch(trace)).toThrow('None of the 8 blocks holds a prompt switch');
  const { switches, blocks, meanLatencyNs, amortised } = analyzeSwitch(trace, { switch: 'none' });
  expect(blocks).toHaveLength(8);
  expect({ switches, meanLatencyNs, amortised }).toEqual({
    switches: [],
    meanLatencyNs: undefined,
    amortised: [],
  });
});
