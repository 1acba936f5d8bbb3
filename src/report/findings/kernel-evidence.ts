import type { KernelRow } from '../../analysis/kernels-result.js';
import { opSpot } from '../document/spot.js';
import type { ReportResults } from '../results.js';
import { jumping, kernelRow } from '../sections/rows.js';
import type { Evidence } from './finding.js';

/** What `text` says of a kernel, with its longest launch and where most of its time is. */
export function kernelEvidence(results: ReportResults, kernel: KernelRow, text: string): Evidence {
  const example = results.examples.kernels.get(kernel.fullName);
  return {
    text: example === undefined ? `${text};` : `${text}; the longest`,
    place: {
      path: kernel.path,
      mostly: true,
      ...(example === undefined ? {} : opSpot(example)),
    },
    ...jumping(kernelRow(results, (row) => row === kernel)),
  };
}
