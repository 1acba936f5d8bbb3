import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { openRun } from '../ingest/open.js';
import { collect, type ReportOptions } from '../report/collect.js';
import { findAll } from '../report/findings/rank.js';
import { page } from '../report/html/page.js';
import { markdown } from '../report/markdown/markdown.js';
import { noticeLines } from '../report/notices-text.js';
import { printable } from '../report/printable.js';
import { reportDocument } from '../report/report-document.js';
import { formatBytes, plural } from '../report/units.js';
import { UserError } from '../trace/errors.js';
import { printJson, printLines, sayLines, styleFor } from './output.js';
import { withProgress } from './progress.js';

export interface ReportCommand {
  readonly path: string;
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly options: ReportOptions;
}

/** Reads the trace, runs every analyzer, writes the file and says where it is. */
export async function reportCommand({ path, out, json, quiet, options }: ReportCommand): Promise<number> {
  const render = rendererOf(out);
  const { run, results, text } = await withProgress(`reading ${path}`, quiet, async (progress) => {
    const run = await openRun(path, { progress });
    const results = collect(run, options);
    return { run, results, text: render(reportDocument(results)) };
  });
  await write(out, text);
  const findings = findAll(results);
  if (json) {
    printJson({ schema: 'gapscope.report/1', path, file: out, findings });
  } else {
    const { colors } = styleFor(process.stdout);
    const size = formatBytes(Buffer.byteLength(text));
    printLines([
      `${colors.bold('Report')} ${printable(out)} ${colors.dim(`${size}, ${plural(findings.length, 'finding')}`)}`,
    ]);
  }
  const notices = [...run.traces.flatMap((trace) => trace.notices), ...run.notices];
  if (!quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
  return 0;
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

async function write(out: string, text: string): Promise<void> {
  try {
    await writeFile(out, text);
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    throw new UserError(`the report could not be written: ${message}`, {
      hint: 'choose another file with -o; its folder must exist',
    });
  }
}
