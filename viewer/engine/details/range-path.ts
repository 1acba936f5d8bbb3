import type { Instances } from '../../../src/analysis/instances.js';
import type { ProcessView } from '../process-view.js';

/** Names of an instance and those around it, innermost last. */
export function namesOfInstance({ trace }: ProcessView, instances: Instances, instance: number): string[] {
  const names: string[] = [];
  for (let i = instance; i >= 0; i = instances.parent[i]!) {
    const name = instances.name[i]!;
    names.push(trace.strings[name] ?? `?${name}`);
  }
  return names.reverse();
}

/** Names of the ranges that an op belongs to, innermost last; none while that is not known yet. */
export function pathOfOp(view: ProcessView, op: number): string[] {
  const instances = view.analyzed?.instances;
  return instances === undefined ? [] : namesOfInstance(view, instances, instances.ofOp[op]!);
}

/** Names of the ranges open on its thread when a call was made, innermost last. */
export function pathOfCall(view: ProcessView, call: number): string[] {
  const { analyzed } = view;
  return analyzed === undefined
    ? []
    : namesOfInstance(view, analyzed.instances, analyzed.nesting.ofCall[call]!);
}
