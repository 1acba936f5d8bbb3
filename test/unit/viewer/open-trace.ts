import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../../viewer/engine/engine.js';
import type { Engine, InlineFile, Progress, TraceSource } from '../../../viewer/engine/protocol.js';
import { readTrace } from '../../../src/trace/read-trace.js';
import type { Trace } from '../../../src/trace/trace.js';

export const RECORDED = 'traces/small-eager.trace';
export const GRAPHS = 'traces/small-graphs.trace';

/** A recorded trace as a page would hold it. */
export function inlineSource(folder: string, under = 'one.trace'): Extract<TraceSource, { from: 'inline' }> {
  const files = readdirSync(folder).map((name): InlineFile => ({
    path: `${under}/${name}`,
    bytes: new Uint8Array(readFileSync(join(folder, name))),
  }));
  return { from: 'inline', name: under.replace(/\.trace$/, ''), files };
}

export interface Opened {
  readonly engine: Engine;
  readonly trace: Trace;
  readonly progress: readonly Progress[];
}

/** An engine with a recorded trace in it, all worked out, and the trace as the commands read it. */
export async function openRecorded(folder = RECORDED): Promise<Opened> {
  const engine = createEngine();
  const progress: Progress[] = [];
  await engine.open(inlineSource(folder), 0, (one) => progress.push(one));
  await engine.ready(0);
  return { engine, trace: await readTrace(folder), progress };
}
