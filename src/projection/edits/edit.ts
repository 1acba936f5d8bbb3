import { UserError } from '../../trace/errors.js';
import type { LaunchGraph } from '../replay/launch-graph.js';
import type { WhatIfContext } from '../context.js';

/** What happens to the program's result: the same numbers, nearby ones, or a model that has to be trained for it. */
export type EditOutput = 'same' | 'approximate' | 'retrained';
/** `low`: an option or a few lines; `medium`: a day's work on one module; `high`: kernels or training. */
export type EditEffort = 'low' | 'medium' | 'high';

/** A change of the program, as it changes the launch graph. */
export interface Edit {
  /** As it would be typed: `window=9,sinks=3`. */
  readonly text: string;
  readonly effort: EditEffort;
  readonly output: EditOutput;
  /** Edits are applied in this order, whatever order they are given in. */
  readonly phase: number;
  /** Why it cannot be applied to this trace; undefined if it can. */
  applies(context: WhatIfContext): string | undefined;
  /** The edited graph; the given one stays as it is. Only if it `applies`. */
  apply(context: WhatIfContext, graph: LaunchGraph): LaunchGraph;
  /** What was taken for granted, in sentences. */
  assumptions(context: WhatIfContext): readonly string[];
}

/** One kind of edit, by its name on the command line. */
export interface EditKind {
  readonly name: string;
  /** `window=FRAMES[,sinks=FRAMES]` */
  readonly usage: string;
  /** One line: what it does. */
  readonly about: string;
  /** @throws UserError if the parameters are wrong; `undefined`: none were given. */
  parse(parameters: string | undefined): Edit;
  /** What to try where the user names no edit. */
  suggest(context: WhatIfContext): readonly string[];
}

/**
 * What is done first: fewer ops, then other ops, then faster ops, then how they are launched.
 */
export const PHASES = {
  steps: 0,
  featureCache: 1,
  firstBlockCache: 2,
  noSync: 3,
  kv: 4,
  window: 5,
  sparse: 6,
  fp8: 7,
  tail: 8,
  device: 9,
  fuse: 10,
  cudaGraphs: 11,
} as const;

/** `name=parameters` taken apart; no `=`: no parameters. */
export function splitEdit(text: string): { name: string; parameters: string | undefined } {
  const trimmed = text.trim();
  const at = trimmed.indexOf('=');
  if (at < 0) return { name: trimmed, parameters: undefined };
  return { name: trimmed.slice(0, at).trim(), parameters: trimmed.slice(at + 1).trim() };
}

/**
 * Parameters between commas: `9,sinks=3` → first `9` under the empty key, then `sinks` → `3`.
 * @throws UserError if a key is not one of `keys`, is there twice, or a part is empty
 */
export function keyedParameters(
  edit: string,
  parameters: string,
  keys: readonly string[],
  usage: string,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of parameters.split(',')) {
    const at = part.indexOf('=');
    const key = at < 0 ? '' : part.slice(0, at).trim();
    const value = part.slice(at + 1).trim();
    if (value === '' || !(key === '' || keys.includes(key)) || found.has(key)) {
      throw wrongParameters(edit, usage, `'${part.trim()}' is not understood`);
    }
    found.set(key, value);
  }
  return found;
}

export function positiveInteger(edit: string, usage: string, text: string, what: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1e9) {
    throw wrongParameters(edit, usage, `${what} '${text}' is no whole number from 1`);
  }
  return value;
}

export function wrongParameters(edit: string, usage: string, problem: string): UserError {
  return new UserError(`Edit '${edit}': ${problem}.`, { hint: `Its form is ${usage}.` });
}
