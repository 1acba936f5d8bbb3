import type { BreakdownResult, DeviceBreakdown } from '../analysis/breakdown-result.js';
import type { DeviceGapsResult, GapsResult } from '../analysis/gaps.js';
import type { InfoResult } from '../analysis/info.js';
import type { DeviceKernelsResult, KernelsResult } from '../analysis/kernels-result.js';
import type { KvResult } from '../analysis/kv-result.js';
import type { DeviceOverlapResult, OverlapResult } from '../analysis/overlap-result.js';
import type { SwitchResult } from '../analysis/switch.js';
import type { WhatIfResult } from '../projection/whatif-result.js';
import type { TimelineAxis } from './document/look.js';
import type { Examples } from './examples.js';

/** An analyzer's result, or why it has none for this trace (`UserError`: no blocks, no ranges, …). */
export type Outcome<T> = { readonly result: T } | { readonly refused: string };

/** All that a report is made of: one device of one process, the objects that each command prints with `--json`. */
export interface ReportResults {
  readonly info: InfoResult;
  /** The device's name, for people. */
  readonly gpu: string;
  /** `--window`, if one was given: `switch` looks at the whole trace all the same. */
  readonly windowText: string | undefined;
  /** Other processes and devices of the run, which this report leaves out. */
  readonly leftOut: readonly string[];
  readonly gaps: GapsResult;
  readonly layers: Outcome<BreakdownResult>;
  readonly kv: Outcome<KvResult>;
  readonly switches: Outcome<SwitchResult>;
  /** Why there is no prompt switch, where there is none: `switches` then holds the blocks alone. */
  readonly noSwitch: string | undefined;
  readonly kernels: Outcome<KernelsResult>;
  readonly overlap: Outcome<OverlapResult>;
  /** Predictions; absent where none were asked for. */
  readonly whatif?: Outcome<WhatIfResult>;
  /** One thing to look at of each row that is a sum. */
  readonly examples: Examples;
  /** Where the process is on the timeline of the run. */
  readonly axis: TimelineAxis;
  /** The run, as it was asked for. */
  readonly path: string;
}

export function resultOf<T>(outcome: Outcome<T>): T | undefined {
  return 'result' in outcome ? outcome.result : undefined;
}

/** The one device that the report is about. */
export function gapsOf({ gaps }: ReportResults): DeviceGapsResult {
  return gaps.devices[0]!;
}

export function layersOf({ layers }: ReportResults): DeviceBreakdown | undefined {
  return resultOf(layers)?.devices[0];
}

export function kernelsOf({ kernels }: ReportResults): DeviceKernelsResult | undefined {
  return resultOf(kernels)?.devices[0];
}

export function overlapOf({ overlap }: ReportResults): DeviceOverlapResult | undefined {
  return resultOf(overlap)?.devices[0];
}
