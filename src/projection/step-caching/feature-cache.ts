import { UserError } from '../../trace/errors.js';
import { checkDistances, type StepDistances } from './distances.js';
import { checkThreshold, scheduleOf, type StepSchedule } from './schedule.js';

/** Blocks that follow one another, first and last included. */
export interface BlockSpan {
  readonly first: number;
  readonly last: number;
}

/** `BLOCKS:STEPS[:DRIFT]`: in STEPS, BLOCKS add what they added when last computed, unless their input has drifted. */
export interface FeaturePlan {
  readonly blocks: BlockSpan;
  readonly steps: ReadonlySet<number>;
  /** The largest relative change that is tolerated; `undefined`: any. */
  readonly drift: number | undefined;
}

export interface DriftGate {
  readonly threshold: number;
  /** Of the blocks' input; what was recorded is the first block's residual, which stands in for it. */
  readonly distances: StepDistances;
}

export interface FeatureSchedule extends StepSchedule {
  readonly blocks: BlockSpan;
}

/**
 * Feature caching in chosen steps. A step that reuses leaves what drift is measured against as it is, so drift adds up
 * over reuse in a row. The first step has nothing to reuse.
 *
 * @param passes steps of the run
 * @throws UserError for impossible blocks or a drift below 0, or rows that are too short
 */
export function featureCacheSchedule(
  blocks: BlockSpan,
  steps: ReadonlySet<number>,
  passes: number,
  drift?: DriftGate,
): FeatureSchedule {
  if (!(blocks.first >= 0 && blocks.last >= blocks.first)) {
    throw new UserError(`blocks ${blocks.first} to ${blocks.last} are none`, {
      hint: 'from the first to the last',
    });
  }
  if (drift !== undefined) {
    checkThreshold(drift.threshold);
    checkDistances(drift.distances);
    if (drift.distances.length < passes) {
      throw new UserError(`drift is known of ${drift.distances.length} steps of ${passes}`, {
        hint: 'record all steps of the run',
      });
    }
  }
  let last = -1;
  const schedule = scheduleOf(passes, (step) => {
    let reuse = last >= 0 && steps.has(step);
    let change: number | undefined;
    if (reuse && drift !== undefined) {
      change = drift.distances[step]![last]!;
      reuse = change <= drift.threshold;
    }
    if (!reuse) last = step;
    return { reuse, change };
  });
  return { ...schedule, blocks };
}

const FORM = 'BLOCKS:STEPS[:DRIFT], as 9-18:2-30 or 9-18:3,5,7:0.1';

/** @throws UserError if it is malformed, or the blocks do not follow one another */
export function parseFeaturePlan(text: string): FeaturePlan {
  const parts = text.split(':');
  const [blockText = '', stepText = '', driftText] = parts;
  const blocks = parseNumbers(blockText);
  const steps = parseNumbers(stepText);
  const drift = driftText === undefined ? undefined : Number(driftText.trim() === '' ? NaN : driftText);
  if (
    parts.length > 3 ||
    blocks === undefined ||
    steps === undefined ||
    (drift !== undefined && !(drift >= 0))
  ) {
    throw new UserError(`'${text}' is no feature cache`, { hint: FORM });
  }
  const sorted = [...blocks].sort((a, b) => a - b);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  if (last - first + 1 !== blocks.size) {
    throw new UserError(`the blocks of '${text}' do not follow one another`, { hint: FORM });
  }
  return { blocks: { first, last }, steps, drift };
}

/** `2-4,7`; undefined if that is not what it is. */
function parseNumbers(text: string): Set<number> | undefined {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (match === null || last < first) return undefined;
    for (let number = first; number <= last; number++) found.add(number);
  }
  return found;
}
