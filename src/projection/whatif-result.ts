import type { Evidence } from './evidence.js';
import type { EditEffort, EditOutput } from './edits/edit.js';

/** What is predicted, and how well the simulator reproduces it unedited. */
export interface WhatIfTarget {
  /** Template of the ranges whose latency is predicted. */
  readonly template: string;
  /** As recorded: the median (nearest rank) over the instances. */
  readonly baseNs: number;
  /** As replayed without an edit. */
  readonly replayNs: number;
  /** Interval of the replayed instances, as for an edit. */
  readonly lowNs: number;
  readonly highNs: number;
  /** `replayNs / baseNs - 1`. */
  readonly errorShare: number;
  /** Largest error of one instance, likewise. */
  readonly worstErrorShare: number;
  /** False above 3 %: then predictions should not be trusted. */
  readonly trusted: boolean;
  /** Which instances, in words, and their names. */
  readonly basis: string;
  readonly instances: readonly string[];
}

export type EditRow = AppliedEdit | RefusedEdit;

export interface AppliedEdit {
  /** As typed; several joined by ` + `. */
  readonly edit: string;
  readonly applies: true;
  readonly predictedNs: number;
  /** `replayNs / predictedNs`: like against like. */
  readonly speedup: number;
  /** `replayNs - predictedNs`. */
  readonly gainNs: number;
  /** 95 % interval of the median from the spread of the instances; minimum and maximum of fewer than six. */
  readonly lowNs: number;
  readonly highNs: number;
  readonly evidence: Evidence;
  readonly effort: EditEffort;
  readonly output: EditOutput;
  readonly assumptions: readonly string[];
}

export interface RefusedEdit {
  readonly edit: string;
  readonly applies: false;
  /** Why not. */
  readonly reason: string;
}

/** One step of the best sequence: what it adds to the steps before. */
export interface PlanStep {
  readonly edit: string;
  /** With this and all steps before. */
  readonly predictedNs: number;
  readonly speedup: number;
  /** Against the step before. */
  readonly gainNs: number;
  /** What it would gain alone. */
  readonly aloneNs: number;
  readonly effort: EditEffort;
  readonly output: EditOutput;
}

export interface WhatIfResult {
  readonly schema: 'gapscope.whatif/1';
  readonly pid: number;
  readonly device: number;
  readonly target: WhatIfTarget;
  /** Those asked for (together first, then each alone), or all that apply, largest gain first; refused ones last. */
  readonly edits: readonly EditRow[];
  /** The greedy best sequence; empty where edits were asked for. */
  readonly plan: readonly PlanStep[];
  /** What the model leaves out of this trace. */
  readonly notices: readonly string[];
}
