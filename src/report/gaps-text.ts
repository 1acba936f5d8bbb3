import type { DeviceGapsResult, GapsResult } from '../analysis/gaps.js';
import { budgetLines, ratio } from './budget-text.js';
import { bar } from './bar.js';
import { hotspotLines } from './hotspots-text.js';
import { streamIdleLines } from './stream-idle-text.js';
import type { TextStyle } from './style.js';
import { formatExact, formatNs, formatPercent, plural } from './units.js';

/** `gapscope gaps` for people. `deviceName` gives a GPU's name from its process and id. */
export function gapsText(
  result: GapsResult,
  style: TextStyle,
  deviceName: (pid: number, device: number) => string,
): string[] {
  return result.devices.flatMap((device, i) => [
    ...(i === 0 ? [] : ['']),
    ...deviceLines(device, style, deviceName(device.pid, device.window.device)),
  ]);
}

function deviceLines(device: DeviceGapsResult, style: TextStyle, name: string): string[] {
  const { colors } = style;
  const { spanNs } = device.window;
  const busy = ratio(device.busyNs, spanNs);
  const barWidth = Math.max(10, Math.min(60, style.width - 20));
  const filled = bar(busy, barWidth);
  return [
    colors.bold(name) + colors.dim(` · ${windowText(device)} · ${opCounts(device)}`),
    `  ${colors.green(filled)}${colors.red('░'.repeat(barWidth - filled.length))}  ${formatPercent(busy)} busy`,
    '',
    colors.bold('Idle budget') +
      colors.dim(
        `  ${formatNs(device.idleNs)} in ${plural(device.gapCount, 'gap')}, each nanosecond charged once`,
      ),
    ...budgetLines(device, style),
    '',
    colors.bold('Hotspots') + colors.dim('  gaps grouped by what ran before and after, and where'),
    ...hotspotLines(device, style),
    ...(device.byStream === undefined ? [] : ['', ...streamIdleLines(device.byStream, style)]),
    ...remarks(device).map((remark) => colors.yellow(`  ! ${remark}`)),
  ];
}

function windowText({ window, windows }: DeviceGapsResult): string {
  const span = formatNs(window.spanNs);
  return windows > 1 ? `${windows} windows of together ${span}` : `window ${span}`;
}

/** What qualifies the numbers above. */
function remarks(device: DeviceGapsResult): string[] {
  const { unknownLaunches, graphOps, clippedNs, negativeDurations } = device;
  const found: string[] = [];
  if (unknownLaunches > 0) {
    found.push(
      `${plural(unknownLaunches, 'gap')} ended with an op whose launch is not in the trace: unknown`,
    );
  }
  if (graphOps.total > graphOps.attributed) {
    const lost = plural(graphOps.total - graphOps.attributed, 'op');
    found.push(`${lost} of graph replays without the ranges of their capture (of ${graphOps.total})`);
  }
  if (clippedNs > 0) found.push(`${formatNs(clippedNs)} lay in two windows, and counts in the earlier`);
  if (negativeDurations > 0) {
    found.push(`${plural(negativeDurations, 'op')} ended before it started; taken as having no length`);
  }
  return found;
}

function opCounts({ ops, kernelNs }: DeviceGapsResult): string {
  const parts = (['kernel', 'memcpy', 'memset', 'graph'] as const)
    .filter((kind) => ops[kind] > 0)
    .map((kind) => `${formatExact(ops[kind])} ${kind}`);
  return `${parts.join(' + ')} · kernels ${formatNs(kernelNs)}`;
}
