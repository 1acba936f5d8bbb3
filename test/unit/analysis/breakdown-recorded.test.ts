/**
 * The layer table of the recorded full-shape trace against plain loops over its tables, and against what the
 * pipeline is known to do (`pipelines/`): 10 blocks of 4 + 1 forwards of 30 layers, the window full from block 4 on.
 */
import { describe, expect, it } from 'vitest';
import { analyzeBreakdown, type LayerRow } from '../../../src/analysis/breakdown.js';
import { readRun } from '../../../src/trace/read-run.js';
import type { Trace } from '../../../src/trace/trace.js';

/** Names of the ranges open at the launch of each op, outermost first. One thread, nested as recorded. */
function stacksOfOps(trace: Trace): string[][] {
  const { ops, calls, ranges, strings } = trace;
  const callOf = new Map<number, number>();
  for (let c = 0; c < calls.length; c++) {
    if (!callOf.has(calls.correlation[c]!)) callOf.set(calls.correlation[c]!, calls.startNs[c]!);
  }
  const order = Array.from({ length: ops.length }, (_, i) => i);
  const timeOf = (op: number): number => callOf.get(ops.correlation[op]!)!;
  order.sort((a, b) => timeOf(a) - timeOf(b));
  const stacks: string[][] = [];
  const open: { name: string; end: number }[] = [];
  let next = 0;
  for (const op of order) {
    const t = timeOf(op);
    for (; next < ranges.length && ranges.startNs[next]! <= t; next++) {
      while (open.length > 0 && open.at(-1)!.end <= ranges.startNs[next]!) open.pop();
      const end = ranges.startNs[next]! + ranges.durationNs[next]!;
      open.push({ name: strings[ranges.name[next]!]!, end });
    }
    while (open.length > 0 && open.at(-1)!.end <= t) open.pop();
    stacks[op] = open.map(({ name }) => name);
  }
  return stacks;
}

describe('the layer table of full-eager', async () => {
  const run = await readRun('traces/full-eager.trace');
  const trace = run.traces[0]!;
  const { layerTable } = analyzeBreakdown(trace).devices[0]!;
  const stacks = stacksOfOps(trace);
  const row = (test: (row: LayerRow) => boolean): LayerRow => layerTable.rows.find(test)!;
  /** Duration of the ops whose stack passes; on one stream they do not overlap. */
  const total = (test: (stack: string[]) => boolean): number => {
    let ns = 0;
    stacks.forEach((stack, op) => {
      if (test(stack)) ns += trace.ops.durationNs[op]!;
    });
    return ns;
  };
  const isRecache = (stack: string[]): boolean => stack.some((name) => name.startsWith('recache'));

  it.each([
    ['kv.clone', 'kv_temp_clone', 1500],
    // Blocks 4 to 9 roll once a layer.
    ['kv.roll', 'kv_roll_and_insert', 6 * 30],
    ['kv.insert', 'kv_direct_insert', 50 * 30 - 6 * 30],
    ['kv.concat', 'kv_sink_concat', 1500],
    ['kv.index', 'kv_read_indices', 1500],
    ['qkv', 'qkv', 1500],
    ['rope', 'rope', 1500],
    ['mlp', 'ffn', 1500],
    // The prompt is projected in the first forward and in the first after the switch.
    ['cross-kv', 'crossattn_cache_fill', 60],
  ])('%s is what ran in %s, in %i passes', (part, range, count) => {
    const found = row((one) => one.part === part && one.scope === 'layer');
    expect(found.ns).toBe(total((stack) => stack.at(-1) === range && !isRecache(stack)));
    expect(found.count).toBe(count);
  });

  it('tells self- from cross-attention, and the first layer from the rest', () => {
    const attention = (outer: string, layer: (name: string) => boolean): number =>
      total(
        (stack) =>
          stack.at(-1) === 'attention' && stack.at(-2) === outer && layer(stack.at(-3)!) && !isRecache(stack),
      );
    const isFirst = (name: string): boolean => name === 'transformer_block_0';
    const first = row((one) => one.layers === 'first');
    const rest = row((one) => one.layers === 'rest');
    expect(first).toMatchObject({ ns: attention('self_attn', isFirst), count: 50 });
    expect(rest).toMatchObject({ ns: attention('self_attn', (name) => !isFirst(name)), count: 1450 });
    const cross = row((one) => one.part === 'cross-attention');
    expect(cross.ns).toBe(attention('cross_attn', () => true));
  });

  it('gives the recache and the deferred update rows of their own', () => {
    expect(row((one) => one.part === 'recache')).toMatchObject({
      ns: total(isRecache),
      count: 1,
      per: 'range',
    });
    const update = total((stack) => stack.at(-1) === '_apply_cache_updates' && !isRecache(stack));
    expect(row((one) => one.part === 'kv.update')).toMatchObject({ ns: update, count: 50 });
    expect(layerTable).toMatchObject({ passes: 1500, blocks: 10 });
  });
});
