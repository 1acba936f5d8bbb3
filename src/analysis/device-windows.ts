import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import { parseWindow } from './window-spec.js';
import { selectWindows, type WindowSelection } from './window.js';

/** A result's window, in nanoseconds since the trace's start. */
export interface ResultWindow {
  readonly device: number;
  readonly startNs: number;
  readonly endNs: number;
  /** The sum over all windows; less than `endNs - startNs` if there are several. */
  readonly spanNs: number;
}

/** The windows of one device; at least one. */
export interface DeviceWindows extends WindowSelection {
  readonly device: number;
  readonly window: ResultWindow;
}

/**
 * The windows that `--device` and `--window` ask for, one entry a device on which they hold something.
 * @throws UserError if the trace has no GPU work, or the device or window does not exist.
 */
export function selectDeviceWindows(
  trace: Trace,
  launch: Int32Array,
  wanted: { readonly device?: number; readonly window?: string },
): DeviceWindows[] {
  const devices = devicesToAnalyze(trace, wanted.device);
  const spec = parseWindow(wanted.window);
  const found: DeviceWindows[] = [];
  for (const device of devices) {
    const selection = selectWindows(trace, launch, device, spec);
    const first = selection.windows[0];
    if (first === undefined) continue;
    const spanNs = selection.windows.reduce((sum, window) => sum + (window.endNs - window.startNs), 0);
    const window = { device, startNs: first.startNs, endNs: selection.windows.at(-1)!.endNs, spanNs };
    found.push({ ...selection, device, window });
  }
  if (found.length === 0) {
    throw new UserError(`'${wanted.window}' launched nothing on ${deviceList(devices)}.`, {
      hint: 'Choose a range whose thread launched GPU work while it was open.',
    });
  }
  return found;
}

function devicesToAnalyze(trace: Trace, wanted: number | undefined): number[] {
  const used = new Uint8Array(256);
  for (let i = 0; i < trace.ops.length; i++) used[trace.ops.device[i]!] = 1;
  const devices = [...used.keys()].filter((device) => used[device] === 1);
  if (devices.length === 0) {
    throw new UserError(`The trace '${trace.name}' holds no GPU operations.`, {
      hint: "Was the GPU used while collection was on? 'gapscope info' shows what was recorded, and why not.",
    });
  }
  if (wanted === undefined) return devices;
  if (!devices.includes(wanted)) {
    throw new UserError(`Nothing ran on device ${wanted}.`, {
      hint: `The trace has ${deviceList(devices)}.`,
    });
  }
  return [wanted];
}

function deviceList(devices: readonly number[]): string {
  return `${devices.length === 1 ? 'device' : 'devices'} ${devices.join(', ')}`;
}
