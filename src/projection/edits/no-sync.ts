import { templateOf } from '../../analysis/template.js';
import { namePattern } from '../../analysis/window-spec.js';
import type { WhatIfContext } from '../context.js';
import { EFFECT, editable, NONE, OP_SORT, type LaunchGraph } from '../replay/launch-graph.js';
import { isWait } from '../replay/wait-costs.js';
import { PHASES, type Edit, type EditKind } from './edit.js';
import { withoutCalls } from './removal.js';

const USAGE = 'no-sync[=RANGE or CALL]';

/** Host waits for values of the device go, with the copies that brought the values. */
export const noSync: EditKind = {
  name: 'no-sync',
  usage: USAGE,
  about:
    'the host no longer waits for values of the device (.item()): the wait, its copy and its host time go',
  parse(parameters): Edit {
    const name = parameters === undefined || parameters === '' ? undefined : parameters;
    return {
      text: name === undefined ? 'no-sync' : `no-sync=${name}`,
      effort: 'low',
      output: 'same',
      phase: PHASES.noSync,
      applies(context) {
        const { gone, unblocked } = waitsOf(context, context.built.graph, name);
        if (gone.includes(1) || unblocked.includes(1)) return undefined;
        return name === undefined
          ? `the host never waits for the device inside '${context.target.template}'`
          : `no host wait is called, or lies in a range called, '${name}'`;
      },
      apply(context, graph): LaunchGraph {
        const { gone, unblocked } = waitsOf(context, graph, name);
        const edited = editable(graph);
        const { ops, calls } = edited;
        for (let i = 0; i < ops.length; i++) if (gone[ops.call[i]!] === 1) ops.removed[i] = 1;
        for (let c = 0; c < calls.length; c++) if (unblocked[c] === 1) calls.effect[c] = EFFECT.none;
        return withoutCalls(context, edited, gone);
      },
      assumptions: () => [
        'the host knows the values otherwise, and decides the same without waiting',
        'a wait takes with it the copy to the host right before it in the same range, and the host time of both',
        'copies from pageable host memory stay, from pinned memory, and no longer hold the host',
      ],
    };
  },
  // A whole program has waits that it needs: which of them might go is for the user to say.
  suggest: ({ target }) => (target.instances < 2 ? [] : ['no-sync']),
};

/** Calls that go: waits, and the copies that they waited for. `unblocked`: copies that stay and no longer wait. */
function waitsOf(
  context: WhatIfContext,
  { calls, ops }: LaunchGraph,
  name: string | undefined,
): { gone: Uint8Array; unblocked: Uint8Array } {
  const gone = new Uint8Array(calls.length);
  const unblocked = new Uint8Array(calls.length);
  const { toHost, other } = opsBySort(calls.length, ops);
  const inScope = scopeOf(context, name);
  const { ofCall } = context.timeline.nesting;
  const last = new Int32Array(context.built.graph.threads).fill(NONE);
  for (let c = 0; c < calls.length; c++) {
    const row = calls.row[c]!;
    if (calls.removed[c] === 1 || row === NONE) continue;
    const t = calls.thread[c]!;
    const before = last[t]!;
    last[t] = c;
    if (!isWait(calls.effect[c]!) || !inScope(row)) continue;
    if (calls.effect[c] === EFFECT.copy) {
      if (toHost[c]! > 0 && other[c] === 0) gone[c] = 1;
      else unblocked[c] = 1;
      continue;
    }
    gone[c] = 1;
    const isCopy = before !== NONE && toHost[before]! > 0 && other[before] === 0;
    if (isCopy && ofCall[calls.row[before]!] === ofCall[row]) gone[before] = 1;
  }
  return { gone, unblocked };
}

/** Call → its copies to the host, and its other ops. */
function opsBySort(calls: number, ops: LaunchGraph['ops']): { toHost: Int32Array; other: Int32Array } {
  const toHost = new Int32Array(calls);
  const other = new Int32Array(calls);
  for (let i = 0; i < ops.length; i++) {
    if (ops.removed[i] === 0) (ops.sort[i] === OP_SORT.toHost ? toHost : other)[ops.call[i]!]!++;
  }
  return { toHost, other };
}

/** Whether a call (a row of the trace) is meant: by its own name or a range around it; without a name, in the target. */
function scopeOf(
  { trace, timeline, target }: WhatIfContext,
  name: string | undefined,
): (row: number) => boolean {
  const { ranges, calls, strings } = trace;
  const { ofCall, parent } = timeline.nesting;
  const inside = new Uint8Array(ranges.length);
  const whole = name === undefined && target.rangeOf.every((range) => range < 0);
  const targets = new Set(target.rangeOf);
  const pattern = name === undefined ? undefined : namePattern(name);
  for (let r = 0; r < ranges.length; r++) {
    const text = strings[ranges.name[r]!] ?? '';
    const own = pattern === undefined ? targets.has(r) : pattern.test(text) || templateOf(text) === name;
    inside[r] = own || (parent[r]! >= 0 && inside[parent[r]!] === 1) ? 1 : 0;
  }
  return (row) => {
    const range = ofCall[row]!;
    if (whole || (range >= 0 && inside[range] === 1)) return true;
    return pattern?.test(strings[calls.name[row]!] ?? '') ?? false;
  };
}
