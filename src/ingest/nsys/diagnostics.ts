import type { TraceNotice } from '../../trace/trace.js';
import type { NsysDatabase } from './nsys-database.js';

const WARNING = 2;
const VERBOSE = 4;
/** Which of the profiler's messages bear on what is read here; it also warns about CPU sampling, OpenGL, … */
const RELEVANT = /CUDA|CUPTI|GPU|NVTX|driver|device/i;
/** Told as information, but says the same as a warning. */
const LOSS = /CUPTI events might be missing/i;
const MAX_SHOWN = 5;
const MAX_LENGTH = 300;

export interface Diagnostics {
  /** What the profiler said about its own recording, most severe first. */
  readonly messages: readonly string[];
  readonly notices: readonly TraceNotice[];
}

/** What the profiler itself warned of while it recorded. */
export function diagnosticsOf(db: NsysDatabase): Diagnostics {
  const rows = db.all('DIAGNOSTIC_EVENT', ['severity', 'text']);
  const warnings = rows
    .map(([severity, text]) => ({ severity: Number(severity), text: withoutPaths(firstLine(String(text))) }))
    .filter(({ severity, text }) => (severity >= WARNING && severity < VERBOSE) || LOSS.test(text));
  const relevant = warnings.filter(({ text }) => RELEVANT.test(text));
  const messages = [...new Set(relevant.toSorted((a, b) => b.severity - a.severity).map(({ text }) => text))];
  const left = warnings.length - relevant.length + Math.max(0, messages.length - MAX_SHOWN);
  const notices: TraceNotice[] = messages
    .slice(0, MAX_SHOWN)
    .map((text) => ({ table: 'profiler', message: text }));
  if (left > 0) {
    const message = `${left} more warnings of the profiler, not about CUDA, are not shown`;
    if (messages.length <= MAX_SHOWN) notices.push({ table: 'profiler', message, count: left });
    else notices.push({ table: 'profiler', message: `${left} more warnings are not shown`, count: left });
  }
  return { messages, notices };
}

function firstLine(text: string): string {
  const line = text
    .split('\n', 1)[0]!
    .replace(/(?:\s|\\t)+/g, ' ')
    .trim();
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH)}…`;
}

/** Folders tell of the machine and its user; the file's own name says enough. */
function withoutPaths(text: string): string {
  return text.replace(/(?<![\w.])(?:~|\.{1,2})?(?:\/[^\s/'"]+)+\/(?=[^\s/'"])/g, '…/');
}
