import { OP_SORT } from '../../../src/projection/replay/launch-graph.js';
import { LINK, StartCosts } from '../../../src/projection/replay/start-costs.js';
import { SYNC_KIND } from '../../../src/trace/schema.js';
import type { Trace } from '../../../src/trace/trace.js';
import {
  buildTrace,
  type CallRow,
  type EventRow,
  type OpRow,
  type SyncRow,
} from '../analysis/build-trace.js';

/** One thing a thread of a tiny program does, `gap` ns of its own time after the thing before. */
export type Instruction = { readonly thread: number; readonly gap: number } & (
  | { readonly kind: 'launch'; readonly stream: number; readonly own: number; readonly duration: number }
  | { readonly kind: 'sync'; readonly stream: number }
  | { readonly kind: 'record'; readonly stream: number; readonly event: number }
  | { readonly kind: 'wait'; readonly stream: number; readonly event: number }
);

/** What the machine takes for the things that a program does not say; those of the model where a trace shows none. */
const DISPATCH = 2_200;
const RETURN = 2_950;
const EMPTY_WAIT = 1_950;
const MARK = 900;
const costs = new StartCosts();
const START = costs.of(LINK.launched, 0, 0, OP_SORT.kernel, OP_SORT.kernel);

export interface Ran {
  readonly opStart: number[];
  readonly opEnd: number[];
  readonly trace: Trace;
}

/**
 * Runs a program the slow way: threads and streams as lists, looked through for what can go on next, with no order given
 * beforehand but that of each thread. `durationOf` may change how long the nth launch's op takes.
 */
export function run(
  program: readonly Instruction[],
  durationOf = (_: number, own: number): number => own,
): Ran {
  const clock = new Map<number, number>();
  const streamEnd = new Map<number, number>();
  const streamHold = new Map<number, number>();
  const events = new Map<number, { time: number; id: number }>();
  const ops: OpRow[] = [];
  const calls: CallRow[] = [];
  const syncs: SyncRow[] = [];
  const eventRows: EventRow[] = [];
  const opStart: number[] = [];
  const opEnd: number[] = [];
  const queues = new Map<number, { index: number; instruction: Instruction }[]>();
  program.forEach((instruction, index) => {
    const queue = queues.get(instruction.thread) ?? [];
    queue.push({ index, instruction });
    queues.set(instruction.thread, queue);
  });
  const launches = program.map((one) => one.kind === 'launch');
  let correlation = 0;
  for (;;) {
    // The thread that is next in time goes on.
    let next: number | undefined;
    let at = Infinity;
    for (const [thread, [head]] of queues) {
      if (head === undefined) continue;
      const start = (clock.get(thread) ?? 1_000) + head.instruction.gap;
      if (start < at) [next, at] = [thread, start];
    }
    if (next === undefined) break;
    const { index, instruction } = queues.get(next)!.shift()!;
    const { thread } = instruction;
    correlation++;
    let end = at;
    switch (instruction.kind) {
      case 'launch': {
        const { stream, own } = instruction;
        end = at + own;
        const before = streamEnd.get(stream);
        const hold = streamHold.get(stream);
        const start = Math.max(
          end + DISPATCH,
          before === undefined ? 0 : before + START,
          hold === undefined ? 0 : hold + (before === undefined ? 0 : START),
        );
        const nth = launches.slice(0, index).filter(Boolean).length;
        const duration = durationOf(nth, instruction.duration);
        opStart[nth] = start;
        opEnd[nth] = start + duration;
        streamEnd.set(stream, start + duration);
        ops.push({ start, end: start + duration, name: 'kernel', stream, correlation });
        calls.push({ start: at, end, name: 'cuLaunchKernel', thread, correlation });
        break;
      }
      case 'sync': {
        const done = streamEnd.get(instruction.stream) ?? -Infinity;
        end = Math.max(at + EMPTY_WAIT, done + RETURN);
        calls.push({ start: at, end, name: 'cuStreamSynchronize', thread, correlation });
        syncs.push({ start: at, end, kind: SYNC_KIND.stream, stream: instruction.stream, correlation });
        break;
      }
      case 'record': {
        end = at + MARK;
        const id = (events.get(instruction.event)?.id ?? 0) + 1;
        events.set(instruction.event, { time: streamEnd.get(instruction.stream) ?? -Infinity, id });
        calls.push({ start: at, end, name: 'cuEventRecord', thread, correlation });
        eventRows.push({ stream: instruction.stream, event: instruction.event, syncId: id, correlation });
        break;
      }
      case 'wait': {
        end = at + MARK;
        const event = events.get(instruction.event);
        if (event !== undefined) {
          const hold = Math.max(streamHold.get(instruction.stream) ?? -Infinity, event.time);
          streamHold.set(instruction.stream, hold);
        }
        calls.push({ start: at, end, name: 'cuStreamWaitEvent', thread, correlation });
        syncs.push({
          start: at,
          end: at,
          kind: SYNC_KIND.streamWaitEvent,
          stream: instruction.stream,
          event: instruction.event,
          syncId: event?.id ?? 0,
          correlation,
        });
        break;
      }
    }
    clock.set(thread, end);
  }
  return { opStart, opEnd, trace: buildTrace({ ops, calls, syncs, events: eventRows }) };
}
