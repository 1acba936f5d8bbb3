import { basename, extname } from 'node:path';
import { buildTrace, type TraceParts } from '../../trace/build-trace.js';
import type { Device, Trace, TraceNotice } from '../../trace/trace.js';
import { captureStacks } from './capture-stacks.js';
import { devicesOf } from './devices.js';
import type { NsysFile } from './nsys-file.js';
import type { NsysProcess } from './process.js';
import { shapesOf } from './shape-columns.js';

/** One trace a process that has GPU work, or, with `allowEmpty`, that has called CUDA at all. */
export function tracesOf(
  file: NsysFile,
  allowEmpty: boolean,
): { readonly traces: readonly Trace[]; readonly leftOut: readonly TraceNotice[] } {
  const names = processNames(file);
  const used: NsysProcess[] = [];
  const leftOut: TraceNotice[] = [];
  for (const process of file.processes) {
    if (process.ops.length > 0 || (allowEmpty && process.calls.length > 0)) used.push(process);
    else if (process.calls.length > 0) {
      const message = `called CUDA ${process.calls.length} times, but has no GPU work`;
      leftOut.push({ table: `process ${process.pid}`, message });
    } else if (process.ranges.length > 0) file.losses.count('strangers', process.ranges.length);
  }
  used.sort((a, b) => a.key - b.key);
  const stem = basename(file.db.path, extname(file.db.path));
  const traces = used.map((process, i) => {
    const same = used.findIndex(({ pid }) => pid === process.pid);
    const suffix = `-${process.pid}${same < i ? `-${i - same + 1}` : ''}`;
    return traceOf(file, process, used.length === 1 ? stem : stem + suffix, names.get(process.key));
  });
  return { traces, leftOut };
}

function traceOf(file: NsysFile, process: NsysProcess, name: string, command: string | undefined): Trace {
  const ranges = process.ranges.finish();
  const nodes = process.graphNodes.finish();
  const { ofNode, ...stacks } = captureStacks(ranges, nodes);
  const tables: TraceParts['tables'] = {
    ops: { length: process.ops.length, ...process.ops.finish() },
    shapes: shapesOf(process.shapes),
    calls: { length: process.calls.length, ...process.calls.finish() },
    ranges: { length: process.ranges.length, ...ranges },
    syncs: { length: process.syncs.length, ...process.syncs.finish() },
    events: { length: process.events.length, ...process.events.finish() },
    overheads: { length: process.overheads.length, ...process.overheads.finish() },
    graphNodes: { length: process.graphNodes.length, ...nodes, stack: ofNode },
    graphExecs: { length: process.graphExecs.length, ...process.graphExecs.finish() },
    rangeStacks: { length: stacks.id.length, ...stacks },
    threads: { length: process.threads.length, ...process.threads.finish() },
  };
  return buildTrace({
    name,
    path: file.db.path,
    pid: process.pid,
    originNs: file.clock.originNs,
    bytesOnDisk: file.db.bytes,
    tables,
    strings: file.names.texts,
    devices: usedDevices(file, process),
    status: statusOf(file, command),
    notices: [],
  });
}

/** The GPUs that did something, or, if none did, all that the process could see. */
function usedDevices(file: NsysFile, { pid, ops }: NsysProcess): Device[] {
  const devices = devicesOf(file.db, pid);
  const used = new Set(ops.columns.device.subarray(0, ops.length));
  return used.size === 0 ? devices : devices.filter(({ id }) => used.has(id));
}

function statusOf({ metadata, clock }: NsysFile, command: string | undefined): Map<string, string> {
  const status = new Map<string, string>();
  const schema = metadata.schema === undefined ? '' : ` (export schema ${metadata.schema})`;
  status.set('source', `Nsight Systems ${metadata.product ?? 'of unknown version'}${schema}`);
  if (command !== undefined) status.set('command', command);
  // A session's start is its own: processes that share it were recorded on one clock.
  if (clock.originNs !== 0n) status.set('clockDomain', `nsys ${clock.originNs}`);
  if (metadata.graphTraceMode !== undefined) status.set('config.cudaGraphTrace', metadata.graphTraceMode);
  if (metadata.skipsCalls) status.set('config.skipsUnimportantCalls', 'true');
  return status;
}

/** Programs' names without their folders: a path tells of the machine and its user. */
function processNames(file: NsysFile): Map<number, string> {
  const wanted = new Set(file.processes.map(({ key }) => key));
  const names = new Map<number, string>();
  for (const [key, name] of file.processNames()) {
    if (wanted.has(key) && typeof name === 'string') names.set(key, basename(name));
  }
  return names;
}
