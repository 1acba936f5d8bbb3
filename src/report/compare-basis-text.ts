import type { CompareResult } from '../analysis/compare.js';
import { printable } from './printable.js';
import { formatExact } from './units.js';

/** What the sums are over, in words. */
export function basisText({ basis, per, base, candidate, window }: CompareResult): string {
  const [one, other] = [base.instances, candidate.instances].map(formatExact) as [string, string];
  const of = per === 'instance' ? 'on average over' : 'summed over';
  switch (basis) {
    case 'steady-blocks':
      return `a block, ${of} ${one} and ${other} steady blocks`;
    case 'blocks':
      return `a block, ${of} all ${one} and ${other} blocks`;
    case 'instances':
      return `${per === 'instance' ? 'an instance of ' : ''}${printable(window ?? '')}, ${of} ${one} and ${other}`;
    case 'window': {
      const gpus = Math.max(base.devices, candidate.devices) > 1 ? ', summed over the GPUs' : '';
      return window === undefined
        ? `from ${gpus === '' ? "the GPU's" : "each GPU's"} first op to its last${gpus}`
        : `in ${printable(window)}${gpus}`;
    }
  }
}
