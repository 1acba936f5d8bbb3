import { readTrace } from '../../src/trace/read-trace.js';
import type { Trace } from '../../src/trace/trace.js';
import { gapscope } from '../integration/gapscope.js';
import { folderOf } from './served.js';

/** The recording that most of these tests look at: one process, one stream, ten blocks, a prompt switch. */
export const NAME = 'full-eager';
/** Its tracks. */
export const OPS = 'p402/d0/s7';
export const GAPS = 'p402/d0/gaps';
export const PROJECTION = 'p402/d0/projection';
export const CALLS = 'p402/t402/calls';
export const RANGES = 'p402/t402/ranges';

let read: Promise<Trace> | undefined;

/** The same tables that the page reads, read by themselves. */
export function fullEager(): Promise<Trace> {
  return (read ??= readTrace(folderOf(NAME)));
}

/** The call that launched an op, by a plain search. */
export function launchOf({ ops, calls }: Trace, op: number): number {
  return calls.correlation.indexOf(ops.correlation[op]!);
}

/** The op that a call launched, by a plain search. */
export function opOf({ ops, calls }: Trace, call: number): number {
  return ops.correlation.indexOf(calls.correlation[call]!);
}

/** The first op at or after a row that is a kernel (0), a copy (1) or a set (2) and takes so long at least. */
export function findOp({ ops }: Trace, kind: number, from: number, leastNs: number): number {
  for (let op = from; op < ops.length; op++) {
    if (ops.kind[op] === kind && ops.durationNs[op]! >= leastNs) return op;
  }
  throw new Error('no such op');
}

/** What a command says of it with `--json`. */
export function answer<T>(...command: readonly string[]): T {
  const { code, stdout, stderr } = gapscope([...command, folderOf(NAME), '--json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}
