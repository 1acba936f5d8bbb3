/** Invented ids count up from here, past what systems hand out. */
const FIRST_INVENTED = 0xf0000000;

export interface HostThread {
  readonly id: number;
  /** −1 where the file gives no number. */
  readonly pid: number;
}

/**
 * Host threads of the file, each with an id of 32 bits: its own number where that is free (two processes may have
 * a thread of the same number), an invented one otherwise. A negative number is one of more than 31 bits.
 */
export class ThreadIds {
  readonly #byKey = new Map<string, HostThread>();
  readonly #taken = new Set<number>();
  #lastPid = NaN;
  #lastTid = NaN;
  #last = 0;

  /** The thread's id; `pid` and `tid` are numbers, or NaN where the file has the texts instead. */
  of(pid: number, tid: number, pidText: string, tidText: string): number {
    if (pid === this.#lastPid && tid === this.#lastTid) return this.#last;
    const key = keyOf(pid, tid, pidText, tidText);
    let thread = this.#byKey.get(key);
    if (thread === undefined) {
      thread = { id: this.#free(tid), pid: Number.isNaN(pid) ? -1 : pid };
      this.#byKey.set(key, thread);
      this.#taken.add(thread.id);
    }
    // NaN equals nothing, so threads named by text are looked up each time.
    this.#lastPid = pid;
    this.#lastTid = tid;
    this.#last = thread.id;
    return thread.id;
  }

  /** The thread if any event was on it. */
  find(pid: number, tid: number, pidText: string, tidText: string): HostThread | undefined {
    return this.#byKey.get(keyOf(pid, tid, pidText, tidText));
  }

  /** What tells the threads apart, in the order of `list`: to be found again with `ofKey`. */
  keys(): readonly string[] {
    return [...this.#byKey.keys()];
  }

  /** The id of a thread that other `ThreadIds` knew by this key. */
  ofKey(key: string): number {
    const [pid, tid] = JSON.parse(key) as [number | string, number | string];
    return this.of(
      typeof pid === 'number' ? pid : NaN,
      typeof tid === 'number' ? tid : NaN,
      String(pid),
      String(tid),
    );
  }

  list(): readonly HostThread[] {
    return [...this.#byKey.values()];
  }

  #free(tid: number): number {
    const own = tid >>> 0;
    if (!Number.isNaN(tid) && Math.abs(tid) <= 0xffffffff && !this.#taken.has(own)) return own;
    let id = FIRST_INVENTED;
    while (this.#taken.has(id)) id++;
    return id;
  }
}

function keyOf(pid: number, tid: number, pidText: string, tidText: string): string {
  return JSON.stringify([Number.isNaN(pid) ? pidText : pid, Number.isNaN(tid) ? tidText : tid]);
}
