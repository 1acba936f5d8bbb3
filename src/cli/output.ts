import pc from 'picocolors';
import { textStyle, type TextStyle } from '../report/style.js';

/** Lines to stdout; everything the user asked for goes there, and nothing else. */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.join('\n') + '\n');
}

/** Lines to stderr: progress, hints, what to do next. */
export function sayLines(lines: readonly string[]): void {
  process.stderr.write(lines.join('\n') + '\n');
}

export function printJson(value: unknown): void {
  process.stdout.write(JSON.stringify(value, undefined, 2) + '\n');
}

/** Wider than this, a line is hard to follow from one end to the other. */
const MAX_WIDTH = 200;
const PIPED_WIDTH = 160;

/** How to lay out text for a stream: a terminal's width and colours, or plain and wide when piped. */
export function styleFor(stream: NodeJS.WriteStream): TextStyle {
  const forced = Number(process.env.COLUMNS);
  // A terminal that nobody has told its size says 0.
  const known = stream.columns === 0 ? undefined : stream.columns;
  const columns = known ?? (Number.isInteger(forced) && forced > 0 ? forced : PIPED_WIDTH);
  return textStyle(Math.max(40, Math.min(MAX_WIDTH, columns)), useColor(stream));
}

function useColor(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  // A pipe has no `isTTY` at all, whatever its type says.
  return Boolean(stream.isTTY) && pc.isColorSupported;
}
