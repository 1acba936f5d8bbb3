import { UserError } from '../trace/errors.js';
import { RANGE_KIND } from '../trace/schema.js';
import type { IndexIntoRanges, Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { closestNames } from './closest-names.js';
import { projectRanges } from './projection.js';
import { templateOf } from './template.js';
import { namePattern, sameName, type WindowSpec } from './window-spec.js';

/** The part of a device's time under analysis. */
export interface WindowSelection {
  /** Sorted, disjoint, none empty. */
  readonly windows: readonly Interval[];
  /**
   * Time that belonged to two range instances (the next one's first op started before the last op of the one
   * before had ended) and was given to the earlier.
   */
  readonly clippedNs: number;
}

/**
 * The windows of `spec` on `device`; none if its ranges launched nothing there.
 * @throws UserError if no range has that name, several have it, or the time lies outside the trace.
 */
export function selectWindows(
  trace: Trace,
  launch: Int32Array,
  device: number,
  spec: WindowSpec,
): WindowSelection {
  switch (spec.kind) {
    case 'all': {
      const whole = deviceSpan(trace, device);
      return { windows: whole === undefined ? [] : [whole], clippedNs: 0 };
    }
    case 'time': {
      const endNs = Math.min(spec.endNs, trace.endNs);
      if (endNs <= spec.startNs) {
        throw new UserError(`The window starts after the trace's end (${trace.endNs / 1e6} ms).`, {
          hint: 'Times are counted from the start of the trace.',
        });
      }
      return { windows: [{ startNs: spec.startNs, endNs }], clippedNs: 0 };
    }
    case 'range':
      return disjoint(projectRanges(trace, launch, device, matchRanges(trace, spec.text)));
  }
}

/** First op start to last op end; undefined without ops. */
export function deviceSpan(trace: Trace, device: number): Interval | undefined {
  const { startNs, durationNs, device: devices, length } = trace.ops;
  let first = -1;
  let endNs = 0;
  for (let i = 0; i < length; i++) {
    if (devices[i] !== device) continue;
    if (first < 0) first = i;
    const end = startNs[i]! + Math.max(0, durationNs[i]!);
    if (end > endNs) endNs = end;
  }
  return first < 0 ? undefined : { startNs: startNs[first]!, endNs };
}

/** Rows of the ranges that a name, a pattern, `name@2` (the second of that name) or `name@*` stands for. */
export function matchRanges(trace: Trace, text: string): IndexIntoRanges[] {
  const { many, test } = namePattern(text);
  const rows = rowsNamed(trace, test);
  if (many ? rows.length > 0 : rows.length === 1) return rows;
  if (rows.length > 1) {
    const shown = rows.slice(0, 4).map((row, i) => {
      return `${text}@${i + 1} (at ${(trace.ranges.startNs[row]! / 1e6).toFixed(3)} ms)`;
    });
    const more = rows.length > shown.length ? `, … ${text}@${rows.length}` : '';
    throw new UserError(`${rows.length} ranges are called '${text}'.`, {
      hint: `Choose one: ${shown.join(', ')}${more}; or all of them: '${text}@*'.`,
    });
  }
  const numbered = /^(.+)@(\d+|\*)$/.exec(text);
  if (numbered !== null) {
    const [, name = '', number = ''] = numbered;
    const named = rowsNamed(trace, namePattern(name).test);
    if (number === '*' && named.length > 0) return named;
    const row = named[Number(number) - 1];
    if (row !== undefined) return [row];
    if (named.length > 0) {
      throw new UserError(`There is no '${text}': '${name}' occurs ${times(named.length)}.`, {
        hint: `The first is '${name}@1'.`,
      });
    }
  }
  throw noSuchRange(trace, text);
}

function rowsNamed(trace: Trace, test: (name: string) => boolean): IndexIntoRanges[] {
  const { ranges, strings } = trace;
  const verdict = new Map<number, boolean>();
  const rows: IndexIntoRanges[] = [];
  for (let r = 0; r < ranges.length; r++) {
    if (ranges.kind[r] === RANGE_KIND.mark) continue;
    const name = ranges.name[r]!;
    let matches = verdict.get(name);
    if (matches === undefined) {
      matches = test(strings[name] ?? '');
      verdict.set(name, matches);
    }
    if (matches) rows.push(r);
  }
  return rows;
}

function noSuchRange(trace: Trace, text: string): UserError {
  const names = new Set<string>();
  for (let r = 0; r < trace.ranges.length; r++) {
    if (trace.ranges.kind[r] !== RANGE_KIND.mark) names.add(trace.strings[trace.ranges.name[r]!] ?? '');
  }
  const message = `No range is called '${text}'.`;
  if (names.size === 0) {
    return new UserError(message, {
      hint: "The trace has no NVTX ranges; a time works: --window '10ms..50ms'.",
    });
  }
  const template = templateOf(sameName(text));
  const siblings = [...names].filter((name) => templateOf(sameName(name)) === template);
  if (siblings.length > 0) {
    return new UserError(message, {
      hint: `Of that kind there are ${siblings.length}: '${siblings[0]}' to '${siblings.at(-1)}'.`,
    });
  }
  const near = closestNames(templateOf(text), new Set([...names].map(templateOf)));
  return new UserError(message, { hint: `The closest are: ${near.map((name) => `'${name}'`).join(', ')}.` });
}

/** Sorts windows and gives time that two of them claim to the earlier, so that it is counted once. */
export function disjoint(windows: readonly Interval[]): WindowSelection {
  const sorted = windows.toSorted((a, b) => a.startNs - b.startNs || a.endNs - b.endNs);
  const kept: Interval[] = [];
  let clippedNs = 0;
  let end = -Infinity;
  for (const window of sorted) {
    const startNs = Math.max(window.startNs, end);
    clippedNs += Math.min(startNs, window.endNs) - window.startNs;
    if (startNs >= window.endNs) continue;
    kept.push({ startNs, endNs: window.endNs });
    end = window.endNs;
  }
  return { windows: kept, clippedNs };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
