import { stat } from 'node:fs/promises';
import type { ExportTable } from '../export/export-table.js';
import {
  EXPORTED_RESULTS,
  isExportedResult,
  resultOf,
  type ExportedResult,
} from '../export/exported-results.js';
import { joined } from '../export/joined.js';
import { writePack } from '../export/pack.js';
import { perfettoJson } from '../export/perfetto.js';
import { resultTables } from '../export/result-tables.js';
import { EXPORTED_TABLES, isExportedTable, traceTable, type ExportedTable } from '../export/trace-tables.js';
import { writeText } from '../export/write-file.js';
import { writeTables, type TableFormat, type WrittenFile } from '../export/write-tables.js';
import { openRun } from '../ingest/open.js';
import { noticeLines } from '../report/notices-text.js';
import { printable } from '../report/printable.js';
import { formatBytes, plural } from '../report/units.js';
import { UserError } from '../trace/errors.js';
import { kindOfPath } from '../trace/node-files.js';
import type { Run, Trace, TraceNotice } from '../trace/trace.js';
import { printJson, printLines, sayLines, styleFor } from './output.js';
import { withProgress } from './progress.js';

export interface ExportArgs {
  readonly trace: string;
  readonly html: string | undefined;
  readonly perfetto: string | undefined;
  readonly csv: string | undefined;
  readonly parquet: string | undefined;
  readonly pack: string | undefined;
  readonly table: string | undefined;
  readonly result: string | undefined;
  readonly window: string | undefined;
  readonly device: number | undefined;
  readonly force: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Writes every format that was asked for, and says which files came of it. */
export async function runExport(args: ExportArgs): Promise<number> {
  const tables = tablesAsked(args.table);
  const results = resultsAsked(args.result);
  const notices: TraceNotice[] = [];
  const files = await withProgress(`reading ${args.trace}`, args.quiet, async (report) => {
    const written: WrittenFile[] = [];
    if (args.pack !== undefined) written.push(await packTrace(args.trace, args.pack));
    if (args.html !== undefined) written.push(await htmlPage(args, report));
    if (args.perfetto === undefined && args.csv === undefined && args.parquet === undefined) return written;
    const run = await openRun(args.trace, { progress: report });
    notices.push(...run.traces.flatMap((trace) => trace.notices), ...run.notices);
    if (args.perfetto !== undefined) written.push(...(await perfetto(run, args.perfetto, report)));
    for (const format of ['csv', 'parquet'] as const) {
      const folder = args[format];
      if (folder === undefined) continue;
      const chosen = chosenTables(run, tables, results, args, notices);
      written.push(
        ...(await writeTables(folder, chosen, format satisfies TableFormat, metadataOf(run), report)),
      );
    }
    return written;
  });
  if (args.json) printJson({ schema: 'gapscope.export/1', files, notices });
  else {
    printLines(
      files.map(({ file, bytes, rows }) => {
        const count = rows === undefined ? '' : `  ${plural(rows, 'row')}`;
        return `${printable(file)}  ${formatBytes(bytes)}${count}`;
      }),
    );
    if (!args.quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
  }
  return 0;
}

async function packTrace(trace: string, file: string): Promise<WrittenFile> {
  if ((await kindOfPath(trace)) === 'file') {
    throw new UserError(`${trace} is one file already`, {
      hint: 'only trace folders are packed; `gapscope import FILE -o DIR` makes one of another tool’s file',
    });
  }
  const { bytes } = await writePack(trace, file);
  return { file, bytes };
}

async function htmlPage(args: ExportArgs, report: (text: string) => void): Promise<WrittenFile> {
  const { writeHtml } = await import('../export/html.js');
  report(`writing ${args.html!}`);
  return writeHtml(args.trace, args.html!, { force: args.force });
}

/** The format has no room for two processes with the same ids: each gets a file of its own. */
async function perfetto(run: Run, file: string, report: (text: string) => void): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const trace of run.traces) {
    const target = run.traces.length === 1 ? file : fileOfProcess(file, trace);
    report(`writing ${target}`);
    await writeText(target, perfettoJson(trace));
    written.push({ file: target, bytes: (await stat(target)).size });
  }
  return written;
}

/** `out.json.gz` → `out-4242.json.gz`. */
function fileOfProcess(file: string, { pid }: Trace): string {
  const [, stem = file, ending = ''] = /^(.*?)((?:\.json)?(?:\.gz)?)$/.exec(file) ?? [];
  return `${stem}-${pid}${ending}`;
}

function tablesAsked(list: string | undefined): readonly ExportedTable[] | undefined {
  return list?.split(',').map((name) => {
    if (isExportedTable(name)) return name;
    throw new UserError(`there is no table '${name}' to export`, {
      hint: `tables: ${EXPORTED_TABLES.join(', ')}`,
    });
  });
}

function resultsAsked(list: string | undefined): readonly ExportedResult[] {
  return (list?.split(',') ?? []).map((name) => {
    if (isExportedResult(name)) return name;
    throw new UserError(`there is no result '${name}' to export`, {
      hint: `results: ${EXPORTED_RESULTS.join(', ')}`,
    });
  });
}

function chosenTables(
  run: Run,
  tables: readonly ExportedTable[] | undefined,
  results: readonly ExportedResult[],
  { window, device }: ExportArgs,
  notices: TraceNotice[],
): ExportTable[] {
  const selection = {
    ...(window === undefined ? {} : { window }),
    ...(device === undefined ? {} : { device }),
  };
  const names = tables ?? (results.length > 0 ? [] : EXPORTED_TABLES);
  const chosen = names
    .map((name) => joined(run.traces.map((trace) => traceTable(trace, name))))
    .filter(({ length }) => tables !== undefined || length > 0);
  for (const name of results) {
    const byName = new Map<string, ExportTable[]>();
    let refusal: UserError | undefined;
    for (const trace of run.traces) {
      try {
        for (const table of resultTables(name, resultOf(name, trace, selection))) {
          byName.set(table.name, [...(byName.get(table.name) ?? []), table]);
        }
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        refusal ??= error;
        notices.push({ table: name, message: `process ${trace.pid} has no such result: ${error.message}` });
      }
    }
    if (byName.size === 0 && refusal !== undefined) throw refusal;
    for (const parts of byName.values()) chosen.push(joined(parts));
  }
  return chosen;
}

/** What the columns count from, for readers of the file alone. */
function metadataOf(run: Run): Record<string, string> {
  const [trace] = run.traces;
  return {
    'gapscope.trace': trace?.name ?? '',
    'gapscope.baseNs': run.traces.map(({ baseNs }) => String(baseNs)).join(','),
    'gapscope.pid': run.traces.map(({ pid }) => String(pid)).join(','),
  };
}
