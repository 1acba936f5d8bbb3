import type { Trace } from '../trace/trace.js';
import { busyNs } from './busy.js';
import { selectDeviceWindows, type DeviceWindows } from './device-windows.js';
import { groupKernels, type KernelGroups } from './kernel-groups.js';
import { kernelRows, meanOccupancy, type KernelContext } from './kernel-rows.js';
import type {
  DeviceKernelsResult,
  KernelRow,
  KernelsBy,
  KernelsOptions,
  KernelsResult,
} from './kernels-result.js';
import { fitOf, launchShape, type LaunchFit } from './launch-shape.js';
import { launchOfOps } from './launch.js';
import { OpClassifier } from './op-class.js';
import { pathOfOps } from './paths.js';
import { nestRanges } from './ranges.js';
import { smLimits } from './sm-limits.js';
import { SCHEDULES, type Schedule } from './waves.js';

export type * from './kernels-result.js';

const DEFAULT_TOP = 20;

/**
 * Time by kernel, and how its launch shape meets the device.
 * @throws UserError if the trace has no GPU work, or the device or window does not exist.
 */
export function analyzeKernels(trace: Trace, options: KernelsOptions = {}): KernelsResult {
  const launch = launchOfOps(trace);
  const devices = selectDeviceWindows(trace, launch, options);
  const paths = pathOfOps(trace, launch, nestRanges(trace));
  const context = { trace, launch, paths, classes: new OpClassifier(trace, paths) };
  const by = options.by ?? 'name';
  return {
    schema: 'gapscope.kernels/1',
    by,
    devices: devices.map((device) => analyzeDevice(context, device, by, options.top ?? DEFAULT_TOP)),
  };
}

function analyzeDevice(
  context: KernelContext,
  { device, window, windows, clippedNs }: DeviceWindows,
  by: KernelsBy,
  top: number,
): DeviceKernelsResult {
  const { trace, paths } = context;
  const groups = groupKernels(trace, device, windows, paths.pathId);
  const limits = smLimits(trace.devices.find(({ id }) => id === device));
  const fits = groups.variants.map(({ name, shapeRow }) =>
    fitOf(trace.strings[name] ?? '', launchShape(trace.shapes, shapeRow), limits),
  );
  const rows = kernelRows(context, groups, fits, by, window.spanNs);
  const omitted = rows.slice(top);
  const occupancy = meanOccupancy(groups.variants.map(({ totalNs }, v) => [fits[v]!, totalNs]));
  return {
    pid: trace.pid,
    window,
    windows: windows.length,
    clippedNs,
    busyNs: busyNs(trace, device, windows),
    kernelNs: groups.totalNs,
    count: groups.began.length,
    rowCount: rows.length,
    kernels: rows.slice(0, top),
    omitted: {
      count: omitted.length,
      totalNs: sum(omitted, (row) => row.totalNs),
      launches: sum(omitted, (row) => row.count),
    },
    tailNs: sum(rows, (row) => row.tailNs),
    idleSmNs: sum(rows, (row) => row.idleSmNs),
    short: {
      count: sum(rows, (row) => row.short.count),
      totalNs: sum(rows, (row) => row.short.totalNs),
    },
    scheduleNs: timeBySchedule(groups, fits),
    ...(occupancy === undefined ? {} : { occupancy }),
    ...(typeof limits === 'string' ? { notKnown: limits } : {}),
  };
}

function timeBySchedule(
  groups: KernelGroups,
  fits: readonly LaunchFit[],
): Readonly<Record<Schedule, number>> {
  const times = Object.fromEntries(SCHEDULES.map((schedule) => [schedule, 0])) as Record<Schedule, number>;
  groups.variants.forEach(({ totalNs }, v) => {
    times[fits[v]!.waves?.schedule ?? 'unknown'] += totalNs;
  });
  return times;
}

function sum(rows: readonly KernelRow[], value: (row: KernelRow) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}
