import { OP_KIND } from '../../trace/schema.js';
import type { TraceNotice } from '../../trace/trace.js';
import type { NsysFile } from './nsys-file.js';

/** Says where work of CUDA graphs is not to be seen. */
export function graphNotices({ processes, names, metadata }: NsysFile): TraceNotice[] {
  const isLaunch = names.texts.map((text) => /^cu(?:da)?GraphLaunch/.test(text));
  let whole = 0;
  let unseen = 0;
  for (const { ops, calls } of processes) {
    let graphOps = 0;
    for (let i = 0; i < ops.length; i++) {
      if (ops.columns.graph[i] === 0) continue;
      graphOps++;
      if (ops.columns.kind[i] === OP_KIND.graph) whole++;
    }
    if (graphOps > 0) continue;
    for (let i = 0; i < calls.length; i++) if (isLaunch[calls.columns.name[i]!] === true) unseen++;
  }
  const notices: TraceNotice[] = [];
  const again = 'record with --cuda-graph-trace=node to see inside';
  if (whole > 0) {
    const message = `${whole} replays of CUDA graphs are one op each, and what ran in them is not in the file; ${again}`;
    notices.push({ table: 'graphs', message, count: whole });
  }
  if (unseen > 0) {
    const mode = metadata.graphTraceMode === undefined ? '' : ` (mode ${metadata.graphTraceMode})`;
    const message = `${unseen} launches of CUDA graphs have no GPU rows in the file${mode}: that time reads as idle`;
    notices.push({ table: 'graphs', message, count: unseen });
  }
  return notices;
}
