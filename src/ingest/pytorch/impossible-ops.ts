import type { Trace } from '../../trace/trace.js';

/** So many later ops of its stream begin before the end of an op that cannot be where it says it is. */
const MANY = 16;

/**
 * How many ops last beyond 16 later ones of their own stream, graph replays apart. A stream runs its ops one after the
 * other (two may overlap at the edges), so such a duration is a broken record of the profiler's.
 */
export function impossibleOps({ ops }: Trace): number {
  const { length, startNs, durationNs, device, context, stream, graph } = ops;
  interface Stream {
    untilNs: number;
    passed: number;
  }
  const streams = new Map<number, Stream>();
  let impossible = 0;
  for (let i = 0; i < length; i++) {
    if (graph[i] !== 0) continue;
    const key = (device[i]! * 2 ** 16 + context[i]!) * 2 ** 24 + (stream[i]! & 0xffffff);
    const end = startNs[i]! + durationNs[i]!;
    const state = streams.get(key);
    if (state === undefined) streams.set(key, { untilNs: end, passed: 0 });
    else if (startNs[i]! >= state.untilNs) {
      state.untilNs = end;
      state.passed = 0;
    } else if (++state.passed === MANY) impossible++;
  }
  return impossible;
}
