/** What a column holds; `int` fits in 2^53, as every number of a trace in memory does. */
export type ExportType = 'int' | 'double' | 'text' | 'boolean';

export interface ExportColumn {
  /** The name that the trace's schema or the result's JSON has, with its unit in it. */
  readonly name: string;
  readonly type: ExportType;
  /** Value of a row; undefined where there is none. */
  readonly at: (row: number) => number | string | boolean | undefined;
}

/** A table on its way into a file: read row by row or column by column, never copied whole. */
export interface ExportTable {
  readonly name: string;
  readonly columns: readonly ExportColumn[];
  readonly length: number;
}
