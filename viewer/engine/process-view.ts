import { OpClassifier } from '../../src/analysis/op-class.js';
import type { GapSplitter } from '../../src/analysis/gap-split.js';
import type { Instances } from '../../src/analysis/instances.js';
import type { OpPaths } from '../../src/analysis/paths.js';
import type { RangeNesting } from '../../src/analysis/ranges.js';
import type { Trace } from '../../src/trace/trace.js';
import { ProcessNames, type NameTable } from './names.js';
import type { Slot } from './protocol.js';

/** What ranges, launches and gaps tell of a process; worked out after the first picture. */
export interface Analyzed {
  readonly launch: Int32Array;
  readonly nesting: RangeNesting;
  readonly paths: OpPaths;
  readonly instances: Instances;
  readonly callClass: Uint8Array;
  readonly splitter: GapSplitter;
}

/** One process of a trace that is open. */
export class ProcessView {
  readonly slot: Slot;
  readonly trace: Trace;
  /** First part of its tracks' ids. */
  readonly key: string;
  /** Its trace's start, on the axis of its slot: nanoseconds after the start of the earliest process. */
  readonly offsetNs: number;
  readonly names: ProcessNames;
  /** Devices on which something ran. */
  readonly devices: readonly number[];
  /** By kernel name alone until `analyzed` is there. */
  classes: OpClassifier;
  analyzed: Analyzed | undefined;

  constructor(slot: Slot, trace: Trace, key: string, offsetNs: number, names: NameTable) {
    this.slot = slot;
    this.trace = trace;
    this.key = key;
    this.offsetNs = offsetNs;
    this.names = new ProcessNames(names, trace.strings);
    this.devices = usedDevices(trace);
    const noPaths = { pathId: new Int32Array(trace.ops.length), template: [''], parent: Int32Array.of(-1) };
    this.classes = new OpClassifier(trace, noPaths);
  }
}

/** Devices on which something ran. */
function usedDevices({ ops }: Trace): number[] {
  const used = new Uint8Array(256);
  const { device, length } = ops;
  for (let i = 0; i < length; i++) used[device[i]!] = 1;
  return [...used.keys()].filter((id) => used[id] === 1);
}

/** Views of a run's processes; their keys are their process ids, told apart where two are equal. */
export function processViews(slot: Slot, traces: readonly Trace[], names: NameTable): ProcessView[] {
  const base = traces.reduce(
    (least, { baseNs }) => (baseNs < least ? baseNs : least),
    traces[0]?.baseNs ?? 0n,
  );
  const taken = new Map<number, number>();
  return traces.map((trace) => {
    const count = (taken.get(trace.pid) ?? 0) + 1;
    taken.set(trace.pid, count);
    const key = count === 1 ? `p${trace.pid}` : `p${trace.pid}.${count}`;
    return new ProcessView(slot, trace, key, Number(trace.baseNs - base), names);
  });
}
