import type { GapSplitter } from './gap-split.js';
import type { OpClassifier } from './op-class.js';
import type { OpPaths } from './paths.js';
import type { RangeNesting } from './ranges.js';

/**
 * What most analyzers start from, seconds of work at ten million ops: who runs several of them on one trace works it
 * out once and gives it to all.
 */
export interface Groundwork {
  readonly launch: Int32Array;
  readonly nesting: RangeNesting;
  readonly splitter: GapSplitter;
  readonly paths: OpPaths;
  /** With the built-in rules. */
  readonly classes: OpClassifier;
}
