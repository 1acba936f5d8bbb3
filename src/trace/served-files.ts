/**
 * What `gapscope view` serves of one trace, at `<base>files.json`; `<base>` is `/api/<slot>/`. Every request below
 * `/api/` carries the token in the header of `TOKEN_HEADER`. Tables come as they lie on disk: gzipped where `name`
 * ends in .gz, never with a Content-Encoding.
 */
export interface ServedTrace {
  readonly version: 1;
  readonly name: string;
  /** One entry a process. */
  readonly processes: readonly ServedProcess[];
  /** `run.json` of the folder around several processes. */
  readonly run?: ServedFile;
  /** Told while the files were listed or imported, before the page could know. */
  readonly notices: readonly { readonly table: string; readonly message: string; readonly count?: number }[];
}

export interface ServedProcess {
  /** Name of the process's folder. */
  readonly folder: string;
  /** Its tables, and `run.json` if it has one. */
  readonly files: readonly ServedFile[];
}

export interface ServedFile {
  /** `ops.arrows.gz`, `run.json`. */
  readonly name: string;
  readonly bytes: number;
  /** To be appended to `<base>`. */
  readonly url: string;
}

export const TOKEN_HEADER = 'x-gapscope-token';
