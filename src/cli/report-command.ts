import { access, constants, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { WrittenFile } from '../export/write-tables.js';
import { openRun } from '../ingest/open.js';
import { collect, type ReportOptions } from '../report/collect.js';
import { findAll } from '../report/findings/rank.js';
import { page } from '../report/html/page.js';
import { markdown } from '../report/markdown/markdown.js';
import { noticeLines } from '../report/notices-text.js';
import { printable } from '../report/printable.js';
import { reportDocument } from '../report/report-document.js';
import { formatBytes, plural } from '../report/units.js';
import { messageOf, UserError } from '../trace/errors.js';
import type { TraceNotice } from '../trace/trace.js';
import { printJson, printLines, sayLines, styleFor } from './output.js';
import { withProgress } from './progress.js';

export interface ReportCommand {
  readonly path: string;
  readonly out: string;
  /** Write the timeline's page beside the report, and link to it. */
  readonly timeline: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly options: ReportOptions;
}

/** Reads the trace, runs every analyzer, writes the file or files and says where they are. */
export async function reportCommand(command: ReportCommand): Promise<number> {
  const { path, out, json, quiet, options } = command;
  const render = rendererOf(out);
  await checkFolder(out);
  const notices: TraceNotice[] = [];
  const { results, text, timeline } = await withProgress(`reading ${path}`, quiet, async (progress) => {
    const run = await openRun(path, { progress });
    notices.push(...run.traces.flatMap((trace) => trace.notices), ...run.notices);
    const results = collect(run, options);
    const timeline = command.timeline ? await writeTimeline(path, out, progress, notices) : undefined;
    const document = reportDocument(results, timeline && basename(timeline.file));
    return { results, text: render(document), timeline };
  });
  await write(out, text);
  const findings = findAll(results);
  if (json) {
    printJson({
      schema: 'gapscope.report/1',
      path,
      file: out,
      ...(timeline === undefined ? {} : { timeline: timeline.file }),
      findings,
    });
  } else {
    const { colors } = styleFor(process.stdout);
    const line = (title: string, file: string, about: string): string =>
      `${colors.bold(title)} ${printable(file)} ${colors.dim(about)}`;
    const size = formatBytes(Buffer.byteLength(text));
    printLines([
      line('Report', out, `${size}, ${plural(findings.length, 'finding')}`),
      ...(timeline === undefined ? [] : [line('Timeline', timeline.file, formatBytes(timeline.bytes))]),
    ]);
  }
  if (!quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
  return 0;
}

/** `out/report.md` → `out/report-timeline.html`. */
function timelineFile(out: string): string {
  return join(dirname(out), `${basename(out, extname(out))}-timeline.html`);
}

/** The viewer with the trace in it; undefined, and a notice, where that would be too large. */
async function writeTimeline(
  path: string,
  out: string,
  progress: (text: string) => void,
  notices: TraceNotice[],
): Promise<WrittenFile | undefined> {
  const { PageTooBig, writeHtml } = await import('../export/html.js');
  const file = timelineFile(out);
  progress(`writing ${printable(file)}`);
  try {
    return await writeHtml(path, file);
  } catch (error) {
    if (!(error instanceof PageTooBig)) throw error;
    const message = `not written: ${error.message}; the report has commands for 'gapscope view' instead of links`;
    notices.push({ table: 'timeline', message });
    return undefined;
  }
}

function rendererOf(out: string): typeof page {
  switch (extname(out).toLowerCase()) {
    case '.html':
    case '.htm':
      return page;
    case '.md':
    case '.markdown':
      return markdown;
    default:
      throw new UserError(`a report cannot be written as '${out}'`, {
        hint: 'name a file that ends in .html or .md',
      });
  }
}

/** Before the work, and before a timeline is put there. */
async function checkFolder(out: string): Promise<void> {
  try {
    await access(dirname(out), constants.W_OK);
  } catch (error) {
    throw notWritten(error);
  }
}

async function write(out: string, text: string): Promise<void> {
  try {
    await writeFile(out, text);
  } catch (error) {
    throw notWritten(error);
  }
}

function notWritten(error: unknown): UserError {
  return new UserError(`the report could not be written: ${messageOf(error)}`, {
    hint: 'choose another file with -o; its folder must exist',
    cause: error,
  });
}
