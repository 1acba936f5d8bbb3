import type { Evidence } from '../../projection/evidence.js';
import type { Jump } from '../document/blocks.js';
import { gapsOf, kernelsOf, resultOf, type ReportResults } from '../results.js';
import { hotspotRow, kernelRow, kvRow, placeRow, sectionJump, waitRow } from './rows.js';

const LAUNCHING: readonly string[] = ['host', 'launch', 'api'];
const POINTWISE: readonly string[] = ['elementwise', 'norm', 'rope'];

/** The measured row that a change rests on: of what it takes away, the largest. A section where no row is it alone. */
export function rowBehind(edit: string, { path }: Evidence, results: ReportResults): Jump {
  // The name as it is typed: `cuda-graphs=generator_forward`.
  switch (edit.split('=', 1)[0]!.trim()) {
    case 'no-sync':
      return waitRow(results, (wait) => wait.path === path) ?? sectionJump('overlap');
    case 'cuda-graphs': {
      const largest = gapsOf(results).hotspots.find(({ cause }) => LAUNCHING.includes(cause));
      return hotspotRow(results, largest) ?? sectionJump('idle');
    }
    case 'kv':
      return largestKvRow(results) ?? sectionJump('kv');
    case 'window':
    case 'sparse':
      return kernelRow(results, ({ class: own }) => own === 'attention') ?? sectionJump('kernels');
    case 'fp8':
      return kernelRow(results, ({ class: own }) => own === 'matmul') ?? sectionJump('kernels');
    case 'fuse':
      return kernelRow(results, ({ class: own }) => POINTWISE.includes(own)) ?? sectionJump('kernels');
    case 'tail': {
      const kernels = kernelsOf(results)?.kernels ?? [];
      const worst = kernels.toSorted((a, b) => b.tailNs - a.tailNs)[0];
      return kernelRow(results, (kernel) => kernel === worst) ?? sectionJump('kernels');
    }
    case 'device':
      return sectionJump('kernels');
    default:
      return placeRow(results, path) ?? sectionJump('layers');
  }
}

/** Of what a ring buffer does without. */
function largestKvRow(results: ReportResults): Jump | undefined {
  const moved = (resultOf(results.kv)?.rows ?? []).filter(
    ({ operation, phase }) =>
      phase !== 'outside' && ['kv.clone', 'kv.roll', 'kv.concat', 'kv.update'].includes(operation),
  );
  const largest = moved.toSorted((a, b) => b.gpuNs + b.idleNs - a.gpuNs - a.idleNs)[0];
  return largest === undefined ? undefined : kvRow(results, (row) => row === largest);
}
