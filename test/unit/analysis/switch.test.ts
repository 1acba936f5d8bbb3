import { describe, expect, test } from 'vitest';
import { analyzeBlocks } from '../../../src/analysis/blocks.js';
import { analyzeSwitch, switchLatencyNs } from '../../../src/analysis/switch.js';
import { UserError } from '../../../src/trace/errors.js';
import type { Trace } from '../../../src/trace/trace.js';
import { buildTrace, type RangeRow, type TraceRows } from './build-trace.js';

interface Piece {
  /** Gap before it, then how long it runs. */
  idle?: number;
  ns: number;
  range?: string;
  name?: string;
}

/** Blocks of ops one after the other, each launched (a call of length 0) as the one before ends. */
function blocksTrace(
  blocks: readonly (readonly [name: string, pieces: readonly Piece[]])[],
  run?: unknown,
): Trace {
  const rows: Required<Pick<TraceRows, 'ops' | 'calls' | 'ranges'>> = { ops: [], calls: [], ranges: [] };
  let t = 100;
  let correlation = 0;
  for (const [name, pieces] of blocks) {
    const outer: RangeRow = { start: t, end: 0, name };
    rows.ranges.push(outer);
    for (const { idle = 0, ns, range, name: kernel = 'gemm' } of pieces) {
      correlation++;
      rows.calls.push({ start: t, end: t, name: 'cudaLaunchKernel', correlation });
      if (range !== undefined) {
        for (const one of range.split('>')) rows.ranges.push({ start: t, end: t + idle + ns, name: one });
      }
      rows.ops.push({ start: t + idle, end: t + idle + ns, name: kernel, correlation });
      t += idle + ns;
    }
    outer.end = t;
    t += 10;
  }
  return { ...buildTrace(rows), ...(run === undefined ? {} : { run }) };
}

const RECACHE = 'recache_after_switch_segment_1>recache_after_switch';

test('the published example: 519.30 and 881.24 ms give 361.94 ms', () => {
  expect(switchLatencyNs(881_240_000, 519_300_000)).toBe(361_940_000);
  const trace = blocksTrace([
    ['temporal_block_53', [{ ns: 519_300_000 }]],
    [
      'temporal_block_54',
      [
        { ns: 300_000_000, range: RECACHE },
        { ns: 61_940_000, range: `${RECACHE}>attention`, name: 'flash_fwd' },
        { ns: 519_300_000 },
      ],
    ],
  ]);
  const [one] = analyzeSwitch(trace).switches;
  expect(one).toMatchObject({ latencyNs: 361_940_000, blockNs: 881_240_000, beforeNs: 519_300_000 });
  expect(one!.parts).toMatchObject({ recacheLinear: 300_000_000, recacheAttention: 61_940_000, restBusy: 0 });
});

test('every nanosecond of both blocks is in one part, by hand', () => {
  const trace = blocksTrace([
    ['temporal_block_0', [{ ns: 7 }]],
    [
      'temporal_block_1',
      [{ ns: 50 }, { idle: 5, ns: 40, range: 'crossattn_cache_fill' }, { idle: 2, ns: 3 }],
    ],
    [
      'temporal_block_2',
      [
        { ns: 10, range: `${RECACHE}>kv_cache_reset`, name: 'fill' },
        { idle: 3, ns: 20, range: RECACHE, name: 'flash_fwd' },
        { idle: 4, ns: 30, range: RECACHE },
        { ns: 6, range: `${RECACHE}>kv_temp_clone`, name: 'copy_kernel' },
        { ns: 5, range: `${RECACHE}>rope`, name: 'mul' },
        { ns: 8, range: RECACHE, name: 'vectorized_elementwise_kernel' },
        { ns: 9, range: RECACHE, name: 'something' },
        { ns: 60, range: `${RECACHE}>crossattn_cache_fill` },
        { idle: 1, ns: 41, range: 'crossattn_cache_fill' },
        { idle: 11, ns: 44 },
      ],
    ],
  ]);
  const [one] = analyzeSwitch(trace).switches;
  expect(one!.parts).toEqual({
    reset: 10,
    recacheAttention: 20,
    recacheLinear: 30,
    recacheKv: 6,
    recacheRope: 5,
    recacheElementwise: 8,
    recacheOther: 9,
    crossAttention: 60 + 41 - 40,
    recacheIdle: 3 + 4,
    restBusy: 44 - (50 + 3),
    restIdle: 1 + 11 - (5 + 2),
  });
  expect(one!.latencyNs).toBe(252 - 100);
});

test('several switches, the mean, and how long each prompt lasted', () => {
  const steady = { ns: 100 };
  const switched = (extra: number): Piece[] => [{ ns: extra, range: RECACHE }, steady];
  const trace = blocksTrace(
    [
      ['temporal_block_0', [steady]],
      ['temporal_block_1', [steady]],
      ['temporal_block_2', switched(60)],
      ['temporal_block_3', [steady]],
      ['temporal_block_4', [steady]],
      ['temporal_block_5', switched(31)],
      ['temporal_block_6', [steady]],
    ],
    { config: { framesPerBlock: 4, window: 8 } },
  );
  const result = analyzeSwitch(trace);
  expect(
    result.switches.map(({ latencyNs, promptBlocks, promptComplete }) => [
      latencyNs,
      promptBlocks,
      promptComplete,
    ]),
  ).toEqual([
    [60, 3, true],
    [31, 2, false],
  ]);
  expect(result.meanLatencyNs).toBe(46);
  expect(result.blocks.map(({ role }) => role)).toEqual([
    'first',
    'filling',
    'switch',
    'steady',
    'steady',
    'switch',
    'steady',
  ]);
  expect(result).toMatchObject({
    steadyBlockNs: 100,
    interFrameNs: 25,
    framesPerBlock: 4,
    framesPerBlockFrom: 'run.json',
  });
  expect(result.amortised.find(({ blocks }) => blocks === 2)).toEqual({
    blocks: 2,
    perBlockNs: 23,
    perFrameNs: 6,
    share: 0.23,
  });
  // The first switch follows a filling block: no fair base.
  expect(result.notices.join()).toContain("'temporal_block_1', before 'temporal_block_2', is filling");
});

describe('roles', () => {
  const roll = { ns: 5, range: 'transformer_block_0>kv_roll_and_insert' };
  const insert = { ns: 5, range: 'transformer_block_0>kv_direct_insert' };

  test('filling until a layer rolls; a recache that rolls does not count', () => {
    const trace = blocksTrace([
      ['temporal_block_0', [insert]],
      ['temporal_block_1', [{ ns: 5, range: `${RECACHE}>transformer_block_0>kv_roll_and_insert` }, insert]],
      ['temporal_block_2', [insert]],
      ['temporal_block_3', [roll]],
      ['temporal_block_4', [insert]],
    ]);
    const { blocks, fillingFrom } = analyzeBlocks(trace);
    expect(blocks.map(({ role }) => role)).toEqual(['first', 'switch', 'filling', 'steady', 'steady']);
    expect(fillingFrom).toBe('rolls');
  });

  test('numbers that start again are another video, which fills its window anew', () => {
    const trace = blocksTrace(
      [0, 1, 2, 0, 1, 2].map((n) => [`temporal_block_${n}`, [n === 2 ? roll : insert]] as const),
    );
    expect(analyzeBlocks(trace).blocks.map(({ role }) => role)).toEqual([
      'first',
      'filling',
      'steady',
      'first',
      'filling',
      'steady',
    ]);
  });

  test('nothing tells: said, not guessed; --filling decides', () => {
    const trace = blocksTrace([0, 1, 2].map((n) => [`temporal_block_${n}`, [{ ns: 10 + n }]] as const));
    const unknown = analyzeBlocks(trace);
    expect(unknown.fillingFrom).toBe('none');
    expect(unknown.notices.join()).toContain('--filling');
    expect(unknown.notices.join()).toContain('--frames-per-block');
    expect(unknown).not.toHaveProperty('interFrameNs');
    const told = analyzeBlocks(trace, { filling: 2, framesPerBlock: 2 });
    expect(told.blocks.map(({ role }) => role)).toEqual(['first', 'filling', 'steady']);
    expect(told).toMatchObject({ steadyBlockNs: 12, interFrameNs: 6, framesPerBlockFrom: 'option' });
  });

  test('a trace that ends before the window is full has no steady state', () => {
    const trace = blocksTrace(
      [
        ['temporal_block_0', [insert]],
        ['temporal_block_1', [insert]],
      ],
      {
        config: { framesPerBlock: 3, window: 12 },
      },
    );
    const result = analyzeBlocks(trace);
    expect(result).not.toHaveProperty('steadyBlockNs');
    expect(result.notices.join()).toContain('no block is steady');
  });
});

describe('names of your own, and none at all', () => {
  const own = blocksTrace([
    ['chunk-0', [{ ns: 10 }]],
    ['chunk-1', [{ ns: 10 }]],
    ['chunk-2', [{ ns: 4, range: 'new_prompt' }, { ns: 10 }]],
  ]);

  test('--block and --switch take patterns', () => {
    const options = { block: 'chunk-#', switch: 'new_prompt*' };
    expect(analyzeSwitch(own, options).switches[0]).toMatchObject({ block: 'chunk-2', latencyNs: 4 });
  });

  test('--switch may name the block itself: no recache to tell from the rest', () => {
    const [one] = analyzeSwitch(own, { block: 'chunk-#', switch: 'chunk-2' }).switches;
    expect(one!.parts).toMatchObject({ restBusy: 4, recacheLinear: 0 });
  });

  test.each([
    [{}, 'The trace has no temporal blocks', '--block'],
    [{ block: 'chunk-#' }, 'None of the 3 blocks holds a prompt switch', '--switch'],
    [{ block: 'chnk-#' }, "No range is called 'chnk-#'", 'chunk-#'],
    [{ block: 'chunk-#', switch: 'newprompt' }, "No range is called 'newprompt'", 'new_prompt'],
    [{ block: 'chunk-#', device: 3 }, 'Nothing ran on device 3', 'device 0'],
  ])('%j is refused with advice', (options, message, advice) => {
    const refused = (): unknown => {
      try {
        return analyzeSwitch(own, options);
      } catch (error) {
        return error;
      }
    };
    const error = refused();
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(message);
    expect((error as UserError).hint).toContain(advice);
  });

  test('a switch in no block is left out and said; one in the first block has nothing to subtract', () => {
    const trace = blocksTrace([
      ['temporal_block_0', [{ ns: 5, range: RECACHE }]],
      ['between', [{ ns: 5, range: 'recache_after_switch_segment_9' }]],
      ['temporal_block_1', [{ ns: 5 }]],
    ]);
    const { switches, notices } = analyzeSwitch(trace);
    expect(switches).toEqual([]);
    expect(notices.join()).toContain('1 switch range lies in no block');
    expect(notices.join()).toContain('without a block before it');
  });
});
