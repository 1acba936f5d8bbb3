import { hostname, userInfo } from 'node:os';
import { parseWindow } from '../analysis/window-spec.js';
import { noticeLines } from '../report/notices-text.js';
import { printable } from '../report/printable.js';
import { addressOf } from '../report/timeline-address.js';
import { noBrowserReason, openBrowser } from '../server/open-browser.js';
import { readPageFiles } from '../server/page-files.js';
import { serve, type Serving } from '../server/server.js';
import { listTrace, type TraceOnDisk } from '../export/list-trace.js';
import { stopSignals } from '../server/stop-signals.js';
import { UserError } from '../trace/errors.js';
import { printJson, printLines, sayLines, styleFor } from './output.js';
import { withProgress } from './progress.js';

export interface ViewCommand {
  /** The trace, and the one to compare it with. */
  readonly paths: readonly string[];
  /** `START..END`, as `--window` takes times. */
  readonly at: string | undefined;
  readonly port: number | undefined;
  readonly open: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Serves until it is told to end by Ctrl-C or a signal; that is how it is meant to end, so the exit code is 0. */
export async function viewCommand({ paths, at, port, open, json, quiet }: ViewCommand): Promise<number> {
  const behind = at === undefined ? '' : `#${addressAt(at)}`;
  const signals = stopSignals();
  const listed: TraceOnDisk[] = [];
  try {
    const page = await readPageFiles();
    for (const path of paths) {
      listed.push(
        await withProgress(`reading ${printable(path)}`, quiet, (report) =>
          listTrace(path, { progress: report }),
        ),
      );
    }
    const serving = await serve({ page, traces: listed.map(({ trace }) => trace), port: port ?? 0 });
    signals.ready();
    const url = serving.url + behind;
    if (json) {
      const { port: bound } = serving;
      printJson({ schema: 'gapscope.view/1', url, port: bound, pid: process.pid, paths });
    } else {
      printLines([url]);
    }
    const opened = open && noBrowserReason() === undefined && (await openBrowser(url));
    if (!quiet) sayLines(advice(serving, listed, open, opened));
    await signals.stopped;
    await serving.close();
  } finally {
    signals.off();
    for (const { folder } of listed) folder?.remove();
  }
  return 0;
}

/** The part of the address behind `#` that shows a window. */
function addressAt(text: string): string {
  const window = parseWindow(text);
  if (window.kind !== 'time' || window.endNs === Infinity) {
    throw new UserError(`'${text}' is not a start and an end.`, {
      hint: "Write both as times from the trace's start: --at 120ms..125ms. Units are ns, us, ms and s.",
    });
  }
  return addressOf(window);
}

function advice(serving: Serving, listed: readonly TraceOnDisk[], open: boolean, opened: boolean): string[] {
  const style = styleFor(process.stderr);
  const lines: string[] = [];
  const reason = noBrowserReason();
  if (reason === 'ssh') {
    const { port } = serving;
    const target = printable(`${userInfo().username}@${hostname()}`);
    lines.push(
      'This machine is at the other end of an SSH connection. On yours, in another terminal:',
      `  ${style.colors.bold(`ssh -N -L ${port}:127.0.0.1:${port} ${target}`)}`,
      'then open the address above in its browser.',
    );
  } else if (open && !opened) {
    lines.push(
      reason === undefined
        ? 'No browser could be opened: open the address above.'
        : 'Open the address above in a browser.',
    );
  }
  for (const { trace } of listed) lines.push(...noticeLines(trace.list.notices, style));
  lines.push(style.colors.dim('Only this machine can connect. Ctrl-C ends it.'));
  return lines;
}
