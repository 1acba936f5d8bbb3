import type { Trace } from '../trace/trace.js';
import type { BlockRole } from './block-roles.js';
import type { CompareBasis } from './compare-result.js';
import { selectDeviceWindows, type DeviceWindows } from './device-windows.js';
import type { ProcessBlocks } from './run-blocks.js';
import { namePattern, parseWindow } from './window-spec.js';
import { disjoint } from './window.js';

/** Gives the windows of a process, one entry a device on which it has some. It may refuse with a `UserError`. */
export type WindowChoice = (trace: Trace, launch: Int32Array) => readonly DeviceWindows[];

export interface ChosenWindows {
  readonly basis: CompareBasis;
  readonly base: WindowChoice;
  readonly candidate: WindowChoice;
}

/**
 * What of the two runs is compared. A window that was given, for both alike. Else, if each run has temporal blocks
 * and shares of an instance are asked for: its steady blocks, or all its blocks where either run has no steady one.
 * Else all from a device's first op to its last.
 */
export function chooseWindows(
  base: readonly ProcessBlocks[],
  candidate: readonly ProcessBlocks[],
  options: { readonly window?: string; readonly device?: number; readonly per: 'total' | 'instance' },
): ChosenWindows {
  const whole: WindowChoice = (trace, launch) => selectDeviceWindows(trace, launch, options);
  const isBlocks = options.window === undefined && options.per === 'instance';
  if (!isBlocks || base.length === 0 || candidate.length === 0) {
    const basis = namesMany(options.window) ? 'instances' : 'window';
    return { basis, base: whole, candidate: whole };
  }
  const steady = [base, candidate].every((run) => run.some((one) => one.steadyBlocks.length > 0));
  const roles: readonly BlockRole[] = steady ? ['steady'] : ['first', 'filling', 'steady', 'switch'];
  return {
    basis: steady ? 'steady-blocks' : 'blocks',
    base: blockWindows(base, roles),
    candidate: blockWindows(candidate, roles),
  };
}

/** Whether a window stands for any number of ranges: a pattern, or all of a name. */
function namesMany(window: string | undefined): boolean {
  const spec = parseWindow(window);
  return spec.kind === 'range' && namePattern(spec.text).many;
}

function blockWindows(processes: readonly ProcessBlocks[], roles: readonly BlockRole[]): WindowChoice {
  return (trace) => {
    const found = processes.find((one) => one.trace === trace);
    if (found === undefined) return [];
    const { device } = found;
    const { windows, clippedNs } = disjoint(
      found.blocks
        .filter(({ role, durationNs }) => roles.includes(role) && durationNs > 0)
        .map(({ startNs, durationNs }) => ({ startNs, endNs: startNs + durationNs })),
    );
    const first = windows[0];
    if (first === undefined) return [];
    const spanNs = windows.reduce((sum, { startNs, endNs }) => sum + (endNs - startNs), 0);
    const window = { device, startNs: first.startNs, endNs: windows.at(-1)!.endNs, spanNs };
    return [{ device, windows, window, clippedNs }];
  };
}
