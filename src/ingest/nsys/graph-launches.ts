import { OP_KIND } from '../../trace/schema.js';
import type { NsysFile } from './nsys-file.js';
import { addOp, common, whole } from './ops.js';
import { processSql } from './process.js';

export const GRAPH_TRACE = 'CUPTI_ACTIVITY_KIND_GRAPH_TRACE';
/** A graph whose first node runs on the host names this device. */
const ON_HOST = 0x7fffffff;

/** Replays of CUDA graphs that were recorded whole: each is one op. Returns how many there are. */
export async function readGraphLaunches(file: NsysFile): Promise<number> {
  const column = (name: string): string => file.db.column(GRAPH_TRACE, name);
  const columns = {
    ...common(file, GRAPH_TRACE),
    // The executable graph, as kernels name it in node mode; older schemas have only the graph it was made from.
    graph: `coalesce(nullif(${column('graphExecId')}, 0), ${column('graphId')})`,
  };
  const name = file.names.idOf('graph');
  const deviceOf = devicesOfContexts(file);
  let launches = 0;
  await file.db.scan(GRAPH_TRACE, columns, (row, at) => {
    const stated = row[at.device];
    const device = stated === ON_HOST ? deviceOf(row[at.process], row[at.context]) : stated;
    const process = addOp(file, row, at, OP_KIND.graph, device);
    if (process === undefined) return;
    process.ops.columns.name[process.ops.length - 1] = name;
    process.ops.columns.shape[process.ops.length - 1] = 0;
    launches++;
  });
  return launches;
}

/** Which device a context of a process is on, where the file says so. */
function devicesOfContexts(file: NsysFile): (process: unknown, context: unknown) => number | undefined {
  const devices = new Map<string, number>();
  const rows = file.db.all('TARGET_INFO_CUDA_CONTEXT_INFO', [
    'hwId',
    'vmId',
    'processId',
    'contextId',
    'deviceId',
  ]);
  for (const [hw, vm, pid, context, device] of rows) {
    const key = ((whole(hw) & 0xff) * 256 + (whole(vm) & 0xff)) * 2 ** 24 + whole(pid);
    if (typeof device === 'number') devices.set(`${key}:${Number(context)}`, device);
  }
  return (process, context) => devices.get(`${process as number}:${context as number}`);
}

/** SQL of the process of a row, for tables that have a `globalTid` or a `globalPid`. */
export function ownerSql(file: NsysFile, table: string): string {
  return processSql(file.db.column(table, 'globalTid', file.db.column(table, 'globalPid')));
}
