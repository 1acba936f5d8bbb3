import type { LogOfBase, LogRow, RunLog } from '../../runs/run-log.js';
import { logColumns, optionsText, WITHIN_SPREAD } from '../run-log-columns.js';
import { codeMarkdown, escapeMarkdown } from './escape.js';

/** The optimization log as Markdown, to paste: a table, and what it cannot hold as a list. */
export function runLogMarkdown(log: RunLog): string {
  const lines = log.logs.flatMap((one, i) => [...(i > 0 ? [''] : []), ...oneLog(one, log.logs.length > 1)]);
  return `${lines.join('\n')}\n`;
}

function oneLog(log: LogOfBase, withTitle: boolean): string[] {
  const columns = logColumns(log);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const isMarked = log.rows.some((row) => columns.some(({ cell }) => cell(row).endsWith(WITHIN_SPREAD)));
  const details = log.rows.flatMap(detailLines);
  return [
    ...(withTitle ? [`**${escapeMarkdown(log.base)}**`, ''] : []),
    line(columns.map(({ header }) => header)),
    line(columns.map(({ align }) => (align === 'right' ? '--:' : '---'))),
    ...log.rows.map((row) => line(columns.map(({ cell }) => escapeMarkdown(cell(row))))),
    ...(isMarked ? ['', `${WITHIN_SPREAD} not more than the steady blocks of one run differ.`] : []),
    ...(details.length > 0 ? ['', ...details] : []),
  ];
}

function detailLines(row: LogRow): string[] {
  const { run, base, options, prediction, note, cautions } = row;
  const lines: string[] = [];
  if (options.length > 0) {
    lines.push(`against ${escapeMarkdown(base ?? '')}: ${codeMarkdown(optionsText(options, 12))}`);
  }
  if (prediction !== undefined) {
    const doubt = prediction.trusted ? '' : ', not to be trusted';
    const edits = prediction.edits.map(codeMarkdown).join(' + ');
    lines.push(`predicted from ${escapeMarkdown(prediction.of)} with ${edits}${doubt}`);
  }
  if (note !== undefined) lines.push(escapeMarkdown(note));
  lines.push(...cautions.map(escapeMarkdown));
  return lines.map((text) => `- **${escapeMarkdown(run)}**: ${text}`);
}
