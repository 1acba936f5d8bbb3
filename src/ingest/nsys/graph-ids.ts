import type { NsysFile } from './nsys-file.js';

/** A node's id is `graph << 32 | local`; a float64 holds it exactly for graphs below this. */
const GRAPHS = 2 ** 21;
const LOW = 2 ** 32;

/** The two halves of a node id column, as SQL: SQLite has 64 bits, JavaScript's numbers have not. */
export function nodeSql(column: string): { readonly graph: string; readonly local: string } {
  return { graph: `(${column} >> 32) & 0xffffffff`, local: `${column} & 0xffffffff` };
}

/** A graph's number within node ids. Graphs are numbered in order: two that collide are two million apart. */
export function graphNumber(file: NsysFile, graph: number): number {
  if (graph < GRAPHS) return graph;
  file.losses.count('largeGraphs');
  return graph % GRAPHS;
}

/** The node id of its halves; 0 where the file has none. */
export function nodeId(file: NsysFile, graph: unknown, local: unknown): number {
  if (typeof graph !== 'number' || typeof local !== 'number') return 0;
  return graphNumber(file, graph) * LOW + local;
}
