import type { DeviceKernelsResult } from '../analysis/kernels-result.js';
import { wrapped } from './device-header.js';
import type { TextStyle } from './style.js';
import { formatExact, formatNs, formatPercent, plural } from './units.js';

/** What the table's columns sum to and mean, then what qualifies them. */
export function kernelNotes(device: DeviceKernelsResult, style: TextStyle): string[] {
  const { colors, width } = style;
  const notes = meanings(device).map(([label, text]) => {
    const [first = '', ...rest] = wrapped(text, `  ${label.padEnd(10)} `, width);
    return [
      colors.bold(first.slice(0, 12)) + colors.dim(first.slice(12)),
      ...rest.map((line) => colors.dim(line)),
    ];
  });
  return [
    ...(notes.length === 0 ? [] : ['']),
    ...notes.flat(),
    ...remarks(device).flatMap((text) => wrapped(text, '  ! ', width).map((line) => colors.yellow(line))),
  ];
}

function meanings(device: DeviceKernelsResult): (readonly [label: string, text: string])[] {
  const { kernelNs, occupancy, scheduleNs, tailNs, idleSmNs, short, count, kernels } = device;
  const share = (ns: number): string => formatPercent(kernelNs === 0 ? 0 : ns / kernelNs);
  const found: (readonly [string, string])[] = [];
  if (occupancy !== undefined) {
    const clusters = kernels.some(({ main }) => main.occupancy?.isUpperBound === true)
      ? '; ≤ with clusters, whose placement is not recorded'
      : '';
    found.push([
      'occupancy',
      `${formatPercent(occupancy)} of an SM's warps on average by time: what the launch shape admits${clusters}`,
    ]);
  }
  if (scheduleNs.persistent > 0) {
    found.push([
      'persist',
      `${share(scheduleNs.persistent)} of the time is in kernels that fill the device once and loop: no tail`,
    ]);
  }
  if (tailNs > 0) {
    found.push(['tail', `at most ${formatNs(tailNs)} (${share(tailNs)}) lost in last, partly filled waves`]);
  }
  if (idleSmNs > 0) {
    found.push([
      'idle SMs',
      `at least ${formatNs(idleSmNs)} of the whole device (${share(idleSmNs)}) in grids with fewer blocks than SMs`,
    ]);
  }
  if (short.count > 0) {
    const percent = formatPercent(count === 0 ? 0 : short.count / count);
    found.push([
      'short',
      `${formatExact(short.count)} launches (${percent}) ran for less than their launch call took: ` +
        'the host cannot keep up with them; fuse them or replay them in a CUDA graph',
    ]);
  }
  return found;
}

function remarks({ notKnown, scheduleNs, kernelNs, clippedNs, kernels }: DeviceKernelsResult): string[] {
  const found: string[] = [];
  if (notKnown !== undefined) {
    found.push(`occupancy and waves are not known: ${notKnown}`);
  } else if (scheduleNs.unknown > 0) {
    const why = kernels.find(({ main }) => main.notKnown !== undefined)?.main.notKnown;
    const percent = formatPercent(scheduleNs.unknown / kernelNs);
    found.push(`waves are not known for ${percent} of the time${why === undefined ? '' : `: ${why}`}`);
  }
  const graphs = kernels.filter(({ main }) => main.occupancy?.carveOut === 'maximum').length;
  if (graphs > 0) {
    found.push(
      `${plural(graphs, 'row')} without a recorded shared-memory size: occupancy as if an SM had its most`,
    );
  }
  if (clippedNs > 0) found.push(`${formatNs(clippedNs)} lay in two windows, and counts in the earlier`);
  return found;
}
