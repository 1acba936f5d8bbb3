import type { ProcessView } from '../process-view.js';

/** The ops that a call launched, in order of start: how many, and the first `limit` of them. */
export function opsLaunchedBy(
  view: ProcessView,
  call: number,
  limit: number,
): { count: number; ops: number[] } {
  const launch = view.analyzed?.launch;
  const ops: number[] = [];
  let count = 0;
  if (launch === undefined) return { count, ops };
  for (let op = 0; op < launch.length; op++) {
    if (launch[op] !== call) continue;
    if (count++ < limit) ops.push(op);
  }
  return { count, ops };
}
