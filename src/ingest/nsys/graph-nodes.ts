import { graphNumber, nodeId, nodeSql } from './graph-ids.js';
import { ownerSql } from './graph-launches.js';
import type { NsysFile } from './nsys-file.js';
import { whole } from './ops.js';
import { threadSql } from './process.js';

const NODES = 'CUDA_GRAPH_NODE_EVENTS';
const GRAPHS = 'CUDA_GRAPH_EVENTS';
export const GRAPH_TABLES = [NODES, GRAPHS] as const;

/** CUgraphNodeType counts from 0; the file does not say which a node is. */
const UNKNOWN_TYPE = 255;
/** `graphExecs.event` */
const INSTANTIATED = 0;

/** Nodes as they were made and cloned, and which graph each executable graph was made from. */
export async function readGraphs(file: NsysFile): Promise<void> {
  await readNodes(file);
  await readInstantiations(file);
}

async function readNodes(file: NsysFile): Promise<void> {
  const made = nodeSql(file.db.column(NODES, 'graphNodeId'));
  const original = nodeSql(file.db.column(NODES, 'originalGraphNodeId'));
  const columns = {
    startNs: file.timeSql(NODES, 'start'),
    process: ownerSql(file, NODES),
    thread: threadSql(file.db.column(NODES, 'globalTid')),
    graph: made.graph,
    local: made.local,
    originalGraph: original.graph,
    originalLocal: original.local,
  };
  await file.db.scan(NODES, columns, (row, at) => {
    const startNs = row[at.startNs];
    if (!file.isTime(startNs)) return;
    const { graphNodes } = file.process(row[at.process]);
    const node = graphNodes.add();
    graphNodes.columns.startNs[node] = startNs;
    graphNodes.columns.node[node] = nodeId(file, row[at.graph], row[at.local]);
    graphNodes.columns.original[node] = nodeId(file, row[at.originalGraph], row[at.originalLocal]);
    graphNodes.columns.graph[node] = whole(row[at.graph]);
    graphNodes.columns.originalGraph[node] = whole(row[at.originalGraph]);
    graphNodes.columns.type[node] = UNKNOWN_TYPE;
    graphNodes.columns.thread[node] = whole(row[at.thread]);
  });
}

async function readInstantiations(file: NsysFile): Promise<void> {
  const columns = {
    startNs: file.timeSql(GRAPHS, 'start'),
    process: ownerSql(file, GRAPHS),
    exec: file.db.column(GRAPHS, 'graphExecId'),
    graph: file.db.column(GRAPHS, 'graphId'),
  };
  await file.db.scan(GRAPHS, columns, (row, at) => {
    const exec = whole(row[at.exec]);
    const graph = whole(row[at.graph]);
    const startNs = row[at.startNs];
    if (exec === 0 || graph === 0 || !file.isTime(startNs)) return;
    const { graphExecs } = file.process(row[at.process]);
    const instance = graphExecs.add();
    graphExecs.columns.startNs[instance] = startNs;
    graphExecs.columns.exec[instance] = graphNumber(file, exec);
    graphExecs.columns.graph[instance] = graphNumber(file, graph);
    graphExecs.columns.event[instance] = INSTANTIATED;
  });
}
