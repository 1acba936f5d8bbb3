import { csvFormatRow } from 'd3-dsv';
import type { ExportTable } from './export-table.js';

/** Rows formatted at once: enough to be quick, little enough to hold. */
const CHUNK = 8192;

/** A table as CSV (RFC 4180, a header line, `\n`), in pieces. A missing value is an empty field. */
export function* csvText({ columns, length }: ExportTable): Generator<string> {
  yield `${csvFormatRow(columns.map(({ name }) => name))}\n`;
  for (let from = 0; from < length; from += CHUNK) {
    const to = Math.min(length, from + CHUNK);
    let text = '';
    for (let row = from; row < to; row++) {
      text += `${csvFormatRow(columns.map(({ at }) => fieldOf(at(row))))}\n`;
    }
    yield text;
  }
}

function fieldOf(value: number | string | boolean | undefined): string {
  return value === undefined ? '' : String(value);
}
