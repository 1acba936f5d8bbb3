import { templateOf } from './template.js';

/** The path of what no range was open around. */
export const NO_PATH = 0;
export const NO_PATH_TEXT = '(no range)';

/**
 * Template paths, interned: a path is a parent path and one more template. Path 0 is the empty one. Ids are
 * handed out in order of first use, parents before children.
 */
export class PathTrie {
  /** Path → the path around it; 0's is -1. */
  readonly parent: number[] = [-1];
  /** Path → its own, innermost template; 0's is empty. */
  readonly template: string[] = [''];
  readonly #templateOfPath: number[] = [0];
  readonly #templates = new Map<string, number>([['', 0]]);
  readonly #templateTexts: string[] = [''];
  readonly #templateOfString: number[] = [];
  readonly #children = new Map<number, number>();
  readonly #strings: readonly string[];

  constructor(strings: readonly string[]) {
    this.#strings = strings;
  }

  get length(): number {
    return this.parent.length;
  }

  /** The template's id of a string id. */
  templateId(string: number): number {
    let id = this.#templateOfString[string];
    if (id === undefined) {
      const text = templateOf(this.#strings[string] ?? `?${string}`);
      id = this.#templates.get(text);
      if (id === undefined) {
        id = this.#templateTexts.length;
        this.#templateTexts.push(text);
        this.#templates.set(text, id);
      }
      this.#templateOfString[string] = id;
    }
    return id;
  }

  /** `path` with one more template under it. */
  child(path: number, templateId: number): number {
    const key = path * 2 ** 26 + templateId;
    let child = this.#children.get(key);
    if (child === undefined) {
      child = this.parent.length;
      this.parent.push(path);
      this.template.push(this.#templateTexts[templateId]!);
      this.#templateOfPath.push(templateId);
      this.#children.set(key, child);
    }
    return child;
  }

  /** Template ids from the outermost to the innermost. */
  steps(path: number): number[] {
    const steps: number[] = [];
    for (let p = path; p > 0; p = this.parent[p]!) steps.push(this.#templateOfPath[p]!);
    return steps.reverse();
  }

  /** `A > B > C`, or `(no range)`. */
  text(path: number): string {
    if (path === NO_PATH) return NO_PATH_TEXT;
    const parts: string[] = [];
    for (let p = path; p > 0; p = this.parent[p]!) parts.push(this.template[p]!);
    return parts.reverse().join(' > ');
  }
}

/**
 * What remains of a capture's range stack to be put under the ranges open at the replay.
 *
 * A graph is often captured in one place of the program and replayed in another, or in an outer range of the
 * same place. Where the innermost ranges of the launch turn up in the capture's stack, the two are aligned
 * there, on the longest such run (`tick > step` replaying what was captured in `warmup > step > layer` leaves
 * `layer`). Otherwise only a common beginning is dropped.
 */
export function underLaunch(capture: readonly number[], launch: readonly number[]): readonly number[] {
  let bestLength = 0;
  let bestEnd = 0;
  for (let end = 1; end <= capture.length; end++) {
    let length = 0;
    while (
      length < end &&
      length < launch.length &&
      capture[end - 1 - length] === launch[launch.length - 1 - length]
    ) {
      length++;
    }
    if (length > bestLength) {
      bestLength = length;
      bestEnd = end;
    }
  }
  if (bestLength > 0) return capture.slice(bestEnd);
  let common = 0;
  while (common < capture.length && common < launch.length && capture[common] === launch[common]) common++;
  return capture.slice(common);
}
