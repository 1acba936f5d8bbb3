import { kernelSpelling } from './kernel-spelling.js';
import type { NsysDatabase } from './nsys-database.js';

/** CUPTI's interface version at the end of a call's name; `cuMemAlloc_v2` has its own name with `_v2`. */
const INTERFACE_VERSION = /_v\d{4,}$/;

/** Texts of one file, each once; ids are given out in order of first use. Id 0 is the empty text. */
export class Names {
  readonly texts: string[] = [''];
  /** Ids of `StringIds` that have no row there. */
  missing = 0;
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #ofStored = new Map<number, number>();
  readonly #ofCall = new Map<number, number>();
  readonly #ofKernel = new Map<number, number>();
  readonly #find: (id: number) => unknown;

  constructor(db: NsysDatabase) {
    this.#find = db.lookUp('StringIds', 'id', 'value');
  }

  idOf(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.texts.push(text) - 1;
      this.#ids.set(text, id);
    }
    return id;
  }

  /** Of a kernel: as other recorders spell it. */
  ofKernel(stored: unknown): number {
    return this.#memoized(this.#ofKernel, stored, kernelSpelling);
  }

  /** Of a call: without the version of its interface. */
  ofCall(stored: unknown): number {
    return this.#memoized(this.#ofCall, stored, (text) => text.replace(INTERFACE_VERSION, ''));
  }

  /** Of a row of `StringIds`; one that has none reads as `?<id>`, as in a trace of ours. */
  ofStored(stored: unknown): number {
    return this.#memoized(this.#ofStored, stored, (text) => text);
  }

  #memoized(memo: Map<number, number>, stored: unknown, change: (text: string) => string): number {
    if (typeof stored !== 'number') return 0;
    let id = memo.get(stored);
    if (id === undefined) {
      id = this.idOf(change(this.#text(stored)));
      memo.set(stored, id);
    }
    return id;
  }

  #text(stored: number): string {
    const text = this.#find(stored);
    if (typeof text === 'string') return text;
    this.missing++;
    return `?${stored}`;
  }
}
