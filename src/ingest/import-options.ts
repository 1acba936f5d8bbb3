import type { ReadOptions } from '../trace/read-files.js';

/** How far an import has come. */
export interface ImportProgress {
  /** What is being done: `reading kernels`. */
  readonly text: string;
  /** Of the whole import, in whatever unit the importer counts: rows, bytes. */
  readonly done: number;
  /** Absent where it cannot be known. */
  readonly total?: number;
}

/** How to read a run. An importer may read more than `tables` and `columns` ask for, never less. */
export interface ImportOptions extends ReadOptions {
  /** Called a few times a second during long imports. */
  readonly progress?: (progress: ImportProgress) => void;
  /** Gives up: the import throws the signal's reason. */
  readonly signal?: AbortSignal;
}
