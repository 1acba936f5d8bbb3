import type { IndexIntoOps } from '../trace/trace.js';
import type { Interval } from './busy.js';
import type { BreakdownNode } from './breakdown-result.js';
import { CAUSES } from './causes.js';
import { addIdlePiece, idleAt, idleByCauseAt } from './charge-sums.js';
import type { IdlePiece } from './idle-pieces.js';
import type { InstanceProjections, Instances } from './instances.js';
import { NO_PATH, NO_PATH_TEXT } from './path-trie.js';
import type { OpPaths } from './paths.js';
import { spreadOf } from './spread.js';

/** Sums the charges of ops and idle time by template path. */
export class TreeSums {
  readonly #paths: OpPaths;
  readonly #instances: Instances;
  readonly #ops: Float64Array;
  readonly #gpuNs: Float64Array;
  readonly #busyNs: Float64Array;
  /** path × cause */
  readonly #idle: Float64Array;
  /** Instance → 1 if an op of it, or the wait for one, is in the windows. */
  readonly #isIn: Uint8Array;

  constructor(paths: OpPaths, instances: Instances) {
    const { length } = paths.template;
    this.#paths = paths;
    this.#instances = instances;
    this.#ops = new Float64Array(length);
    this.#gpuNs = new Float64Array(length);
    this.#busyNs = new Float64Array(length);
    this.#idle = new Float64Array(length * CAUSES.length);
    this.#isIn = new Uint8Array(instances.length);
  }

  addOp(op: IndexIntoOps, started: number, gpuNs: number, busyNs: number): void {
    const path = this.#paths.pathId[op]!;
    this.#ops[path]! += started;
    this.#gpuNs[path]! += gpuNs;
    this.#busyNs[path]! += busyNs;
    const instance = this.#instances.ofOp[op]!;
    if (instance >= 0) this.#isIn[instance] = 1;
  }

  addIdle(piece: IdlePiece): void {
    const { after } = piece;
    addIdlePiece(this.#idle, after < 0 ? NO_PATH : this.#paths.pathId[after]!, piece);
    const instance = after < 0 ? -1 : this.#instances.ofOp[after]!;
    if (instance >= 0) this.#isIn[instance] = 1;
  }

  /** Instance → 1 if it has, or one inside it has, an op or the wait for one in the windows. Call it last. */
  instancesIn(): Uint8Array {
    const { parent, length } = this.#instances;
    for (let i = length - 1; i >= 0; i--) {
      if (this.#isIn[i] === 1 && parent[i]! >= 0) this.#isIn[parent[i]!] = 1;
    }
    return this.#isIn;
  }

  /** The tree, siblings by time. */
  nodes(projections: InstanceProjections, windows: readonly Interval[], spanNs: number): BreakdownNode[] {
    const { parent, template, text } = this.#paths;
    const length = template.length;
    const ops = this.#ops.slice();
    const gpuNs = this.#gpuNs.slice();
    const busyNs = this.#busyNs.slice();
    const idle = this.#idle.slice();
    const children: number[][] = Array.from({ length }, () => []);
    const outermost: number[] = [NO_PATH];
    // Parents come before their children: from the end, every path is complete when it is added to its parent.
    for (let path = length - 1; path > 0; path--) {
      const around = parent[path]!;
      if (around === NO_PATH) {
        outermost.push(path);
        continue;
      }
      children[around]!.push(path);
      ops[around]! += ops[path]!;
      gpuNs[around]! += gpuNs[path]!;
      busyNs[around]! += busyNs[path]!;
      for (let c = 0; c < CAUSES.length; c++) {
        idle[around * CAUSES.length + c]! += idle[path * CAUSES.length + c]!;
      }
    }

    const durations = this.#durations(projections, windows);
    const time = (path: number): number => busyNs[path]! + idleAt(idle, path);
    const nodes: BreakdownNode[] = [];
    const visit = (siblings: readonly number[], around: number, depth: number): void => {
      // Ids grow with first use, so equal times come in the order of the program.
      for (const path of siblings.toSorted((a, b) => time(b) - time(a) || a - b)) {
        const own = durations.get(path);
        if (own === undefined && ops[path] === 0 && gpuNs[path] === 0 && time(path) === 0) continue;
        const node = nodes.length;
        nodes.push({
          template: path === NO_PATH ? NO_PATH_TEXT : template[path]!,
          path: text(path),
          depth,
          parent: around,
          instances: own?.values.length ?? 0,
          instancesCut: own?.cut ?? 0,
          ...(own === undefined ? {} : { duration: spreadOf(Float64Array.from(own.values)) }),
          ops: ops[path]!,
          ownOps: this.#ops[path]!,
          gpuNs: gpuNs[path]!,
          ownGpuNs: this.#gpuNs[path]!,
          busyNs: busyNs[path]!,
          ownBusyNs: this.#busyNs[path]!,
          idleNs: idleAt(idle, path),
          ownIdleNs: idleAt(this.#idle, path),
          idleByCause: idleByCauseAt(idle, path),
          share: spanNs === 0 ? 0 : time(path) / spanNs,
        });
        if (path !== NO_PATH) visit(children[path]!, node, depth + 1);
      }
    };
    visit(outermost, -1, 0);
    return nodes;
  }

  /** Path → durations of its instances in the windows. */
  #durations(
    { startNs, endNs }: InstanceProjections,
    windows: readonly Interval[],
  ): Map<number, { values: number[]; cut: number }> {
    const isIn = this.instancesIn();
    const found = new Map<number, { values: number[]; cut: number }>();
    for (let i = 0; i < isIn.length; i++) {
      if (isIn[i] === 0) continue;
      const path = this.#instances.path[i]!;
      let own = found.get(path);
      if (own === undefined) found.set(path, (own = { values: [], cut: 0 }));
      own.values.push(endNs[i]! - startNs[i]!);
      if (!covers(windows, startNs[i]!, endNs[i]!)) own.cut++;
    }
    return found;
  }
}

/** Whether one window holds all of `[startNs, endNs]`. */
function covers(windows: readonly Interval[], startNs: number, endNs: number): boolean {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (windows[middle]!.startNs <= startNs) low = middle + 1;
    else high = middle;
  }
  return low > 0 && endNs <= windows[low - 1]!.endNs;
}
