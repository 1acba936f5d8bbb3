import { OP_KIND } from '../../trace/schema.js';
import {
  S_BLOCK,
  S_BYTES,
  S_CLUSTER,
  S_COPY_KIND,
  S_DST_KIND,
  S_DYNAMIC,
  S_EXECUTED,
  S_GRID,
  S_REGISTERS,
  S_SRC_KIND,
  S_STATIC,
} from '../shape-table.js';
import { nodeId, nodeSql } from './graph-ids.js';
import type { Row } from './nsys-database.js';
import type { NsysFile } from './nsys-file.js';
import { processSql, type NsysProcess } from './process.js';

const KERNEL = 'CUPTI_ACTIVITY_KIND_KERNEL';
const MEMCPY = 'CUPTI_ACTIVITY_KIND_MEMCPY';
const MEMSET = 'CUPTI_ACTIVITY_KIND_MEMSET';
export const OP_TABLES = [KERNEL, MEMCPY, MEMSET] as const;

/** The file's memory kinds count from pageable 0; ours (CUPTI's) from unknown 0. */
const MEMORY_KINDS = 7;
/** Stands for "in a graph, but the file does not say which": exports before 2025.5 without packed node ids. */
export const SOME_GRAPH = 0xffffffff;
const MAX_DEVICE = 255;
const MAX_CONTEXT = 65535;

/** Kernels, copies and sets: each row one op. */
export async function readOps(file: NsysFile): Promise<void> {
  await readKernels(file);
  await readCopies(file);
  await readSets(file);
}

/** The columns that kernels, copies and sets share. */
export function common(file: NsysFile, table: string) {
  const column = (name: string): string => file.db.column(table, name);
  const { graph, local } = nodeSql(column('graphNodeId'));
  return {
    ...file.spanSql(table),
    process: processSql(column('globalPid')),
    device: column('deviceId'),
    context: column('contextId'),
    stream: column('streamId'),
    correlation: column('correlationId'),
    graph: column('graphId'),
    nodeGraph: graph,
    nodeLocal: local,
  };
}

async function readKernels(file: NsysFile): Promise<void> {
  const column = (name: string): string => file.db.column(KERNEL, name);
  const columns = {
    ...common(file, KERNEL),
    name: file.db.column(KERNEL, 'demangledName', column('shortName')),
    shortName: column('shortName'),
    gridX: column('gridX'),
    gridY: column('gridY'),
    gridZ: column('gridZ'),
    blockX: column('blockX'),
    blockY: column('blockY'),
    blockZ: column('blockZ'),
    clusterX: column('clusterX'),
    clusterY: column('clusterY'),
    clusterZ: column('clusterZ'),
    registers: column('registersPerThread'),
    staticShared: column('staticSharedMemory'),
    dynamicShared: column('dynamicSharedMemory'),
    executed: column('sharedMemoryExecuted'),
  };
  await file.db.scan(KERNEL, columns, (row, at) => {
    const process = addOp(file, row, at, OP_KIND.kernel);
    if (process === undefined) return;
    const name = row[at.name] ?? row[at.shortName];
    process.ops.columns.name[process.ops.length - 1] = file.names.ofKernel(name);
    const shape = process.shapes.row.fill(0);
    shape[S_GRID] = whole(row[at.gridX]);
    shape[S_GRID + 1] = whole(row[at.gridY]);
    shape[S_GRID + 2] = whole(row[at.gridZ]);
    shape[S_BLOCK] = whole(row[at.blockX]);
    shape[S_BLOCK + 1] = whole(row[at.blockY]);
    shape[S_BLOCK + 2] = whole(row[at.blockZ]);
    shape[S_CLUSTER] = whole(row[at.clusterX]);
    shape[S_CLUSTER + 1] = whole(row[at.clusterY]);
    shape[S_CLUSTER + 2] = whole(row[at.clusterZ]);
    shape[S_REGISTERS] = whole(row[at.registers]);
    shape[S_STATIC] = whole(row[at.staticShared]);
    shape[S_DYNAMIC] = whole(row[at.dynamicShared]);
    shape[S_EXECUTED] = whole(row[at.executed]);
    process.ops.columns.shape[process.ops.length - 1] = process.shapes.id();
  });
}

async function readCopies(file: NsysFile): Promise<void> {
  const column = (name: string): string => file.db.column(MEMCPY, name);
  const columns = {
    ...common(file, MEMCPY),
    bytes: column('bytes'),
    copyKind: column('copyKind'),
    srcKind: column('srcKind'),
    dstKind: column('dstKind'),
  };
  const name = file.names.idOf('memcpy');
  await file.db.scan(MEMCPY, columns, (row, at) => {
    const process = addOp(file, row, at, OP_KIND.memcpy);
    if (process === undefined) return;
    const shape = process.shapes.row.fill(0);
    shape[S_BYTES] = whole(row[at.bytes]);
    shape[S_COPY_KIND] = whole(row[at.copyKind]) & 0xff;
    shape[S_SRC_KIND] = memoryKind(row[at.srcKind]);
    shape[S_DST_KIND] = memoryKind(row[at.dstKind]);
    process.ops.columns.name[process.ops.length - 1] = name;
    process.ops.columns.shape[process.ops.length - 1] = process.shapes.id();
  });
}

async function readSets(file: NsysFile): Promise<void> {
  const columns = {
    ...common(file, MEMSET),
    bytes: file.db.column(MEMSET, 'bytes'),
    memoryKind: file.db.column(MEMSET, 'memKind'),
  };
  const name = file.names.idOf('memset');
  await file.db.scan(MEMSET, columns, (row, at) => {
    const process = addOp(file, row, at, OP_KIND.memset);
    if (process === undefined) return;
    const shape = process.shapes.row.fill(0);
    shape[S_BYTES] = whole(row[at.bytes]);
    shape[S_DST_KIND] = memoryKind(row[at.memoryKind]);
    process.ops.columns.name[process.ops.length - 1] = name;
    process.ops.columns.shape[process.ops.length - 1] = process.shapes.id();
  });
}

/** Adds what all ops have; undefined, and counted, if the row has no usable time or device. */
export function addOp(
  file: NsysFile,
  row: Row,
  at: Readonly<Record<keyof ReturnType<typeof common>, number>>,
  kind: number,
  deviceId: unknown = row[at.device],
): NsysProcess | undefined {
  const startNs = row[at.startNs];
  const durationNs = row[at.durationNs];
  if (!file.isTime(startNs)) return undefined;
  if (startNs <= file.clock.sessionNs || !isLength(durationNs)) {
    file.losses.count('zeroTimes');
    return undefined;
  }
  const device = whole(deviceId);
  if (typeof deviceId !== 'number' || device > MAX_DEVICE) {
    file.losses.count('noDevice');
    return undefined;
  }
  const context = whole(row[at.context]);
  if (context > MAX_CONTEXT) file.losses.count('wideContexts');
  const process = file.process(row[at.process]);
  const graph = inGraph(row[at.graph], row[at.nodeGraph], row[at.nodeLocal]);
  const op = process.ops.add();
  const { columns } = process.ops;
  columns.startNs[op] = startNs;
  columns.durationNs[op] = durationNs;
  columns.kind[op] = kind;
  columns.device[op] = device;
  columns.context[op] = context;
  columns.stream[op] = whole(row[at.stream]);
  columns.correlation[op] = whole(row[at.correlation]);
  columns.graph[op] = graph;
  if (graph !== 0) columns.graphNode[op] = nodeId(file, row[at.nodeGraph], row[at.nodeLocal]);
  return process;
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** The executable graph of an op: its own column since 2025.5, before that what the node's id says; 0 outside graphs. */
function inGraph(graph: unknown, nodeGraph: unknown, local: unknown): number {
  if (typeof graph === 'number' && graph > 0) return graph;
  if (typeof nodeGraph === 'number' && nodeGraph > 0) return nodeGraph;
  return typeof local === 'number' && local > 0 ? SOME_GRAPH : 0;
}

/** Enum and count columns; what is not a number from 0 reads as 0, "not known". */
export function whole(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.floor(value) : 0;
}

function memoryKind(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < MEMORY_KINDS ? value + 1 : 0;
}
