import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { whatIfContext, type WhatIfContext } from '../../../src/projection/context.js';
import { expected, scaled } from '../../../src/projection/edits/op-selection.js';
import { parseEdit } from '../../../src/projection/edits/registry.js';
import { withoutOps } from '../../../src/projection/edits/removal.js';
import { predict } from '../../../src/projection/predict.js';
import { EFFECT, type LaunchGraph } from '../../../src/projection/replay/launch-graph.js';
import type { Times } from '../../../src/projection/replay/replay.js';
import { run, type Instruction } from './tiny-machine.js';

const gap = fc.integer({ min: 50, max: 30_000 });
const own = fc.integer({ min: 1_000, max: 9_000 });
const duration = fc.integer({ min: 500, max: 60_000 });
const small = fc.integer({ min: 0, max: 2 });
const thread = fc.integer({ min: 1, max: 2 });

const instruction: fc.Arbitrary<Instruction> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('launch' as const), thread, gap, own, duration, stream: small }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sync' as const), thread, gap, stream: small }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('record' as const), thread, gap, stream: small, event: small }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), thread, gap, stream: small, event: small }),
  },
);
const launchFirst: Instruction = {
  kind: 'launch',
  thread: 1,
  gap: 10,
  own: 2_000,
  duration: 5_000,
  stream: 0,
};
const program = fc.array(instruction, { maxLength: 60 }).map((rest) => [launchFirst, ...rest]);
const oneThread = program.map((all) => all.map((one) => ({ ...one, thread: 1 })));
const oneStream = oneThread.map((all) => all.map((one) => ({ ...one, stream: 0 })));

function replayed(context: WhatIfContext, graph = context.built.graph): Times {
  return predict(context, graph).times;
}

/** Ops of the trace are sorted by start; the machine's are in the program's order. */
function expectTimes(
  times: Times,
  ran: { opStart: number[]; opEnd: number[] },
  rows: readonly number[],
): void {
  rows.forEach((row, nth) => {
    expect(times.opStartNs[row]).toBeCloseTo(ran.opStart[nth]!, 3);
    expect(times.opEndNs[row]).toBeCloseTo(ran.opEnd[nth]!, 3);
  });
}

/** nth launch → row of `trace.ops`. */
function rowsOf(ran: ReturnType<typeof run>): number[] {
  const order = ran.opStart.map((_, nth) => nth).sort((a, b) => ran.opStart[a]! - ran.opStart[b]!);
  const rows: number[] = [];
  order.forEach((nth, row) => (rows[nth] = row));
  return rows;
}

/** Two ops that start at one instant are told apart by nothing. */
function startsDiffer({ opStart }: { opStart: number[] }): boolean {
  return new Set(opStart).size === opStart.length;
}

function lastEnd(times: Times, { ops }: LaunchGraph): number {
  return times.opEndNs.reduce((latest, end, i) => (ops.removed[i] === 1 ? latest : Math.max(latest, end)), 0);
}

describe('a machine that works as the model says', () => {
  test('is replayed to the nanosecond, whatever its program', () => {
    fc.assert(
      fc.property(program, (all) => {
        const ran = run(all);
        fc.pre(startsDiffer(ran));
        expectTimes(replayed(whatIfContext(ran.trace)), ran, rowsOf(ran));
      }),
      { numRuns: 300 },
    );
  });

  test('with other durations does what the replay with scaled ops says', () => {
    fc.assert(
      fc.property(
        oneThread,
        fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: 61, maxLength: 61 }),
        (all, factors) => {
          const ran = run(all);
          fc.pre(startsDiffer(ran));
          const rows = rowsOf(ran);
          const nthOf = new Map(rows.map((row, nth) => [row, nth]));
          const context = whatIfContext(ran.trace);
          const graph = scaled(context.built.graph, (source) => factors[nthOf.get(source)!]!);
          const changed = run(all, (nth, ns) => ns * factors[nth]!);
          expectTimes(replayed(context, graph), changed, rows);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('without its waits does what `no-sync` says', () => {
    fc.assert(
      fc.property(oneThread, (all) => {
        const ran = run(all);
        fc.pre(startsDiffer(ran) && all.some(({ kind }) => kind === 'sync'));
        const context = whatIfContext(ran.trace, { target: 'all' });
        const edit = parseEdit('no-sync');
        fc.pre(edit.applies(context) === undefined);
        // A stream on which nothing runs gives nothing to wait for: such a call is no wait.
        const used = new Set(all.flatMap((one) => (one.kind === 'launch' ? [one.stream] : [])));
        const changed = run(all.filter((one) => one.kind !== 'sync' || !used.has(one.stream)));
        expectTimes(replayed(context, edit.apply(context, context.built.graph)), changed, rowsOf(ran));
      }),
      { numRuns: 300 },
    );
  });
});

describe('whatever the program', () => {
  test('scaling by one, and work that is always done, change nothing', () => {
    fc.assert(
      fc.property(program, (all) => {
        const context = whatIfContext(run(all).trace);
        const { graph } = context.built;
        const before = replayed(context).opEndNs;
        expect(
          replayed(
            context,
            scaled(graph, () => 1),
          ).opEndNs,
        ).toEqual(before);
        expect(
          replayed(
            context,
            expected(graph, () => 1),
          ).opEndNs,
        ).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  test('on one stream, taking ops out never makes anything later', () => {
    fc.assert(
      fc.property(oneStream, fc.integer({ min: 0, max: 2 ** 30 }), (all, mask) => {
        const context = whatIfContext(run(all).trace);
        const { graph } = context.built;
        const gone = (i: number): boolean => ((mask >> (i % 30)) & 1) === 1;
        fc.pre(![...graph.ops.source].every((_, i) => gone(i)));
        const edited = withoutOps(context, graph, gone);
        const before = replayed(context);
        const after = replayed(context, edited);
        for (let i = 0; i < graph.ops.length; i++) {
          if (!gone(i)) expect(after.opEndNs[i]).toBeLessThanOrEqual(before.opEndNs[i]! + 1e-6);
        }
        expect(lastEnd(after, edited)).toBeLessThanOrEqual(lastEnd(before, graph) + 1e-6);
      }),
      { numRuns: 200 },
    );
  });

  test('a trace made of a replay replays to itself', () => {
    fc.assert(
      fc.property(program, (all) => {
        const ran = run(all);
        fc.pre(startsDiffer(ran));
        const first = replayed(whatIfContext(ran.trace));
        const { ops } = ran.trace;
        // Written down as a recording would be; its calls are those of the replay too.
        const order = [...first.opStartNs.keys()].sort((a, b) => first.opStartNs[a]! - first.opStartNs[b]!);
        fc.pre(order.every((row, i) => row === i));
        const trace = { ...ran.trace, ops: { ...ops, startNs: first.opStartNs } };
        expect([...replayed(whatIfContext(trace)).opStartNs].map(Math.round)).toEqual(
          [...first.opStartNs].map(Math.round),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('waits', () => {
  const launch = (gapNs: number, ns: number, stream = 0): Instruction => ({
    kind: 'launch',
    thread: 1,
    gap: gapNs,
    own: 2_000,
    duration: ns,
    stream,
  });

  test('a stream wait returns with its own stream, not with another', () => {
    const ran = run([
      launch(0, 5_000, 0),
      launch(100, 900_000, 1),
      { kind: 'sync', thread: 1, gap: 100, stream: 0 },
    ]);
    const context = whatIfContext(ran.trace);
    const { callEndNs } = replayed(context);
    expect(callEndNs.at(-1)).toBeCloseTo(ran.opEnd[0]! + 2_950, 3);
    // The other stream's op gets shorter: the wait does not care.
    const shorter = scaled(context.built.graph, (i) => (context.trace.ops.stream[i] === 1 ? 0.01 : 1));
    expect(replayed(context, shorter).callEndNs.at(-1)).toBeCloseTo(callEndNs.at(-1)!, 6);
  });

  test('one that returned before its stream was done waits for nothing, and is counted', () => {
    const ran = run([launch(0, 900_000), { kind: 'sync', thread: 1, gap: 100, stream: 0 }]);
    const { calls, syncs } = ran.trace;
    const early = {
      ...ran.trace,
      calls: { ...calls, durationNs: Float64Array.from([calls.durationNs[0]!, 3_000]) },
      syncs: { ...syncs, durationNs: Float64Array.from([3_000]) },
    };
    const { built } = whatIfContext(early);
    expect(built.notes.contradictedWaits).toBe(1);
    expect([...built.graph.calls.effect]).toEqual([EFFECT.none, EFFECT.none]);
  });

  test('a full launch queue holds the host: the 1025th launch returns after the first op', () => {
    const launches = Array.from({ length: 1_100 }, () => launch(100, 50_000));
    const { trace } = run(launches);
    const times = replayed(whatIfContext(trace));
    // Launch 1024 (from 0) needs the place of op 0; the machine itself knows no limit.
    expect(times.callEndNs[1_023]).toBeCloseTo(1_000 + 1_024 * 2_100, 0);
    expect(times.callEndNs[1_024]).toBeCloseTo(
      Math.max(times.callEndNs[1_023]! + 2_100, times.opEndNs[0]! + 2_000),
      0,
    );
    expect(times.callEndNs[1_099]).toBeCloseTo(times.opEndNs[75]! + 2_000, 0);
  });
});
