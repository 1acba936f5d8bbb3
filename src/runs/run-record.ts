import type { Headline } from '../analysis/headline.js';

export const VERDICTS = ['keep', 'drop'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Figures of the output's quality, as `run.json` has them (pipelines/quality.py says how they come about). */
export interface Quality {
  /** Mean absolute difference of consecutive frames. */
  readonly movement?: number;
  /** Mean luma. */
  readonly luminosity?: number;
  /** Variance of the Laplacian of the luma. */
  readonly sharpness?: number;
  /** Against the run that the pipeline was given as its baseline: decibels. */
  readonly psnr?: number;
  /** Likewise, 1 where equal. */
  readonly ssim?: number;
  /** Of the latents, likewise. */
  readonly relativeError?: number;
  /** The output equals that baseline's, so that its PSNR has no value. */
  readonly identical?: true;
}

/** An option of the program, as `run.json` has it under `config`: a scalar, or JSON of what is none. */
export type OptionValue = string | number | boolean;

/** What a run was: taken from `run.json` and the trace, absent where neither says. */
export interface RunFacts {
  readonly gpu?: string;
  readonly driver?: string;
  readonly torch?: string;
  readonly cuda?: string;
  readonly command?: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Options that were too many to keep. */
  readonly optionsLeftOut: number;
  readonly peakMemoryBytes?: number;
  readonly quality?: Quality;
  /** What of `run.json` was not understood. */
  readonly problems: readonly string[];
}

/** What was asked for when the run was measured: two runs compare only where these agree. */
export interface MeasuredWith {
  readonly window?: string;
  readonly device?: number;
  readonly block?: string;
  readonly switch?: string;
  readonly framesPerBlock?: number;
  readonly filling?: number;
  readonly rules?: string;
}

/** What the base's trace says the change would do (`gapscope whatif`), before it was looked at whether it did. */
export interface PredictionRecord {
  readonly edits: readonly string[];
  /** Name of the run whose trace was replayed, when it was. */
  readonly of: string;
  /** `(whole trace)`, or the template of the blocks. */
  readonly target: string;
  readonly replayNs: number;
  readonly predictedNs: number;
  /** The spread of the instances: `docs/what-if.md`. */
  readonly lowNs: number;
  readonly highNs: number;
  readonly trusted: boolean;
}

/** What the user says of a run. */
export interface RunTexts {
  readonly change?: string;
  readonly note?: string;
  readonly verdict?: Verdict;
}

/** A run as it is put into the catalogue. */
export interface NewRun extends RunTexts {
  readonly name: string;
  /** Whether the user gave the name; one that was derived is numbered where it is taken. */
  readonly isNameGiven: boolean;
  /** Name of a run in the catalogue. */
  readonly base?: string;
  /** ISO 8601, UTC. */
  readonly addedAt: string;
  /** Absolute. */
  readonly path: string;
  readonly fingerprint: string;
  readonly facts: RunFacts;
  readonly measuredWith: MeasuredWith;
  readonly metrics: Headline;
  readonly prediction?: PredictionRecord;
}

/** A run in the catalogue. */
export interface CataloguedRun extends Omit<NewRun, 'isNameGiven'> {
  /** In the order in which they were added; never used again. */
  readonly id: number;
}
