import { OP_CLASSES, type OpClass } from '../../analysis/op-class.js';
import { percentile } from '../../analysis/percentile.js';
import type { WhatIfContext } from '../context.js';
import type { LaunchGraph } from '../replay/launch-graph.js';
import { keyedParameters, PHASES, wrongParameters, type Edit, type EditKind } from './edit.js';
import { scaled } from './op-selection.js';

const USAGE = 'bandwidth=FACTOR[,compute=FACTOR] or compute=FACTOR[,bandwidth=FACTOR]';

/** What bounds an op of a class: arithmetic; anything else is bound by memory. */
const COMPUTE: ReadonlySet<OpClass> = new Set(['attention', 'matmul']);
/** What an op takes at least, whatever it does: the 1st percentile of a trace's ops. */
const FLOOR = 0.01;

/** Another device: more or less memory bandwidth and arithmetic. */
function deviceKind(own: 'bandwidth' | 'compute'): EditKind {
  const other = own === 'bandwidth' ? 'compute' : 'bandwidth';
  return {
    name: own,
    usage: `${own}=FACTOR[,${other}=FACTOR]`,
    about:
      own === 'bandwidth'
        ? 'a device with FACTOR times the memory bandwidth'
        : 'a device with FACTOR times the arithmetic',
    parse(parameters): Edit {
      const given = keyedParameters(own, parameters ?? '', [other], USAGE);
      const factors = {
        [own]: factorOf(own, given.get('')),
        [other]: given.has(other) ? factorOf(own, given.get(other)) : 1,
      } as Record<'bandwidth' | 'compute', number>;
      const text = given.has(other) ? `,${other}=${given.get(other)!}` : '';
      return {
        text: `${own}=${given.get('') ?? ''}${text}`,
        effort: 'high',
        output: 'same',
        phase: PHASES.device,
        applies: () => undefined,
        apply(context, graph): LaunchGraph {
          const floor = floorOf(context);
          return scaled(graph, (_, opClass, durationNs) => {
            if (durationNs <= floor) return 1;
            const factor = COMPUTE.has(OP_CLASSES[opClass]!) ? factors.compute : factors.bandwidth;
            return (floor + (durationNs - floor) / factor) / durationNs;
          });
        },
        assumptions: (context) => [
          `attention and matmuls are bound by arithmetic, all else by memory bandwidth; ${Math.round(floorOf(context))} ns of each op are bound by neither`,
          'host, launches and copies over the host link stay as they are',
        ],
      };
    },
    suggest: () => [],
  };
}

export const bandwidth = deviceKind('bandwidth');
export const compute = deviceKind('compute');

function factorOf(edit: string, text: string | undefined): number {
  const factor = Number(text);
  if (text === undefined || !(factor > 0 && factor <= 1000)) {
    throw wrongParameters(edit, USAGE, `'${text ?? ''}' is no factor above 0`);
  }
  return factor;
}

function floorOf({ built }: WhatIfContext): number {
  return percentile(built.graph.ops.durationNs.slice(0, built.graph.ops.recorded), FLOOR);
}
