import type { InfoResult } from '../analysis/info.js';
import type { TraceNotice } from '../trace/trace.js';
import { infoText } from './info-text.js';
import { noticeLines } from './notices-text.js';
import { printable } from './printable.js';
import { quoted } from './quoted.js';
import type { TextStyle } from './style.js';

export interface CaptureSummary {
  readonly folder: string;
  readonly processes: readonly InfoResult[];
  readonly notices: readonly TraceNotice[];
  readonly end: { readonly exitCode: number; readonly signal: string | undefined };
}

/** What a capture recorded, process by process, and what to run next. */
export function captureText({ folder, processes, notices, end }: CaptureSummary, style: TextStyle): string[] {
  const { colors } = style;
  // The processes with GPU work first: a launcher's empty trace is of little interest.
  const ordered = [...processes].sort((a, b) => b.ops.total - a.ops.total);
  const next = ordered.some(({ ops }) => ops.total > 0)
    ? [`${colors.bold('Next:')} gapscope gaps ${quoted(folder)}`]
    : ordered.some(({ capture }) => capture !== undefined && capture !== 'on')
      ? [`No GPU work was recorded: the lines with ! say why. ${colors.bold('Next:')} gapscope doctor`]
      : reasons(style);
  return [
    '',
    colors.bold(`Recorded into ${printable(folder)}`),
    ...(end.exitCode === 0 ? [] : [colors.yellow(endLine(end))]),
    ...ordered.flatMap((one) => ['', ...infoText(one, style)]),
    ...noticeLines(notices, style),
    '',
    ...next,
  ];
}

function endLine({ exitCode, signal }: CaptureSummary['end']): string {
  const how = signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
  return `  ! the command ${how}; what it did until then is recorded`;
}

/** Nothing at all was written: the library was never loaded. */
export function nothingRecorded(folder: string, style: TextStyle): string[] {
  return [
    '',
    `${style.colors.red('Nothing was recorded')} into ${printable(folder)}: no process loaded the capture library.`,
    ...reasons(style),
  ];
}

function reasons({ colors }: TextStyle): string[] {
  return [
    'It is one of these:',
    '  - the command did no CUDA work (a CPU device, an early exit, only --help)',
    '  - recording never began: --range matched nothing, --delay was longer than the run, or',
    '    cudaProfilerStart was never called',
    '  - the program cleans its environment, runs in a container or on another machine, or is setuid',
    '  - the driver, libcupti or a permission is missing',
    `${colors.bold('Next:')} gapscope doctor`,
  ];
}
