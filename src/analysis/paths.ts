import { OP_KIND } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
import { GraphCaptures } from './graph-capture.js';
import { NO_PATH, PathTrie, underLaunch } from './path-trie.js';
import { MAX_NESTING, type RangeNesting } from './ranges.js';

/** How many graph ops could be led back to the place where their graph was captured. */
export interface GraphCoverage {
  /** Ops of graph replays traced node by node. */
  readonly total: number;
  /** Of these, how many carry the ranges that were open at their capture. */
  readonly attributed: number;
  /** Of these, how many were captured outside any range. */
  readonly outsideRanges: number;
}

/** The template path of every op. */
export interface OpPaths {
  readonly trie: PathTrie;
  /** Op → path in `trie`; 0 where no range was open or the launch is not known. */
  readonly pathId: Int32Array;
  /** Row of `ranges` → its path. Only of push/pop ranges does it say where their ops are. */
  readonly pathOfRange: Int32Array;
  /** Path → the path around it. */
  readonly parent: Int32Array;
  /** Path → its innermost template. */
  readonly template: readonly string[];
  /** `A > B > C`. */
  readonly text: (path: number) => string;
  readonly graphOps: GraphCoverage;
  readonly captures: GraphCaptures;
}

/**
 * The ranges that an op belongs to, as a template path: those open on the launching thread when its launch was
 * called, and for an op of a graph replay those open at its capture, under the ones at launch.
 */
export function pathOfOps(trace: Trace, launch: Int32Array, nesting: RangeNesting): OpPaths {
  const { ops, ranges } = trace;
  const trie = new PathTrie(trace.strings);
  const pathOfRange = new Int32Array(ranges.length);
  for (let r = 0; r < ranges.length; r++) {
    const parent = nesting.parent[r]!;
    pathOfRange[r] = trie.child(
      parent < 0 ? NO_PATH : pathOfRange[parent]!,
      trie.templateId(ranges.name[r]!),
    );
  }

  const captures = new GraphCaptures(trace);
  const under = new CapturePaths(trace, trie);
  const { ofCall } = nesting;
  const { graph, graphNode, kind } = ops;
  const pathId = new Int32Array(ops.length);
  let total = 0;
  let attributed = 0;
  let outsideRanges = 0;
  for (let i = 0; i < ops.length; i++) {
    const call = launch[i]!;
    const range = call < 0 ? -1 : ofCall[call]!;
    let path = range < 0 ? NO_PATH : pathOfRange[range]!;
    if (graph[i] !== 0 && kind[i] !== OP_KIND.graph) {
      total++;
      const stack = captures.stackOf(graphNode[i]!);
      if (stack > 0) {
        attributed++;
        path = under.path(stack, path);
      } else if (stack === 0) {
        outsideRanges++;
      }
    }
    pathId[i] = path;
  }
  return {
    trie,
    pathId,
    pathOfRange,
    parent: Int32Array.from(trie.parent),
    template: trie.template,
    text: (path) => trie.text(path),
    graphOps: { total, attributed, outsideRanges },
    captures,
  };
}

/** Capture stacks put under launch paths; each pair is worked out once. */
class CapturePaths {
  readonly #trie: PathTrie;
  readonly #stacks: Trace['rangeStacks'];
  readonly #rowOfStack = new Map<number, number>();
  readonly #memo = new Map<number, number>();

  constructor(trace: Trace, trie: PathTrie) {
    this.#trie = trie;
    this.#stacks = trace.rangeStacks;
    for (let i = 0; i < this.#stacks.length; i++) this.#rowOfStack.set(this.#stacks.id[i]!, i);
  }

  path(stack: number, launchPath: number): number {
    const key = stack * 2 ** 21 + launchPath;
    const known = this.#memo.get(key);
    if (known !== undefined) return known;
    let path = launchPath;
    for (const step of underLaunch(this.#steps(stack), this.#trie.steps(launchPath))) {
      path = this.#trie.child(path, step);
    }
    this.#memo.set(key, path);
    return path;
  }

  /** Template ids of a capture stack, outermost first. */
  #steps(stack: number): number[] {
    const steps: number[] = [];
    let row = this.#rowOfStack.get(stack);
    while (row !== undefined && steps.length < MAX_NESTING) {
      steps.push(this.#trie.templateId(this.#stacks.name[row]!));
      const parent: number = this.#stacks.parent[row]!;
      row = parent === 0 ? undefined : this.#rowOfStack.get(parent);
    }
    return steps.reverse();
  }
}
