import type { NsysDatabase } from './nsys-database.js';

/** What a file says of itself. Its command line, environment and paths are not read: a report is passed on. */
export interface Metadata {
  /** `2026.2.1`; undefined where the file does not say. */
  readonly product: string | undefined;
  readonly schema: string | undefined;
  readonly timeNormalized: boolean;
  readonly timeShiftNs: bigint;
  /** `Graph`: each replay of a CUDA graph is one row; `Node`: each node is. */
  readonly graphTraceMode: string | undefined;
  /** Calls of no importance to GPU work were left out by the profiler. */
  readonly skipsCalls: boolean;
}

export function metadataOf(db: NsysDatabase): Metadata {
  // EXPORT_META_DATA until 2023.2, META_DATA_EXPORT since.
  const exported = new Map<string, string>();
  for (const table of ['EXPORT_META_DATA', 'META_DATA_EXPORT']) {
    for (const [name, value] of db.all(table, ['name', 'value'])) exported.set(String(name), String(value));
  }
  // Not a map: names repeat, and some are prefixed by the process they are for.
  const captured = [...exported, ...namesAndValues(db)];
  const setting = (name: string): string | undefined =>
    captured.find(([key]) => key === name || (key.startsWith('PROCESS_') && key.endsWith(`:${name}`)))?.[1];
  const product = exported.get('EXPORT_PRODUCT_VERSION');
  return {
    product: product === undefined ? undefined : /^\d+\.\d+(?:\.\d+)?/.exec(product)?.[0],
    schema: /^[\d.]+$/.exec(exported.get('EXPORT_SCHEMA_VERSION') ?? '')?.[0],
    timeNormalized: exported.get('EXPORT_PARAM_TIME_NORMALIZE') === 'true',
    timeShiftNs: integer(exported.get('EXPORT_PARAM_TIME_SHIFT')),
    graphTraceMode: setting('CUDA_GRAPH_TRACE_OPTIONS:MODE'),
    skipsCalls: setting('CUDA_SKIP_SOME_API_CALLS') === 'true',
  };
}

function namesAndValues(db: NsysDatabase): [string, string][] {
  return db
    .all('META_DATA_CAPTURE', ['name', 'value'])
    .map(([name, value]) => [String(name), String(value)] as [string, string]);
}

function integer(text: string | undefined): bigint {
  return text !== undefined && /^-?\d{1,18}$/.test(text) ? BigInt(text) : 0n;
}
