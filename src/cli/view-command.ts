import { hostname, userInfo } from 'node:os';
import { noticeLines } from '../report/notices-text.js';
import { printable } from '../report/printable.js';
import { noBrowserReason, openBrowser } from '../server/open-browser.js';
import { readPageFiles } from '../server/page-files.js';
import { serve, type Serving } from '../server/server.js';
import { listTrace, type TraceOnDisk } from '../export/list-trace.js';
import { stopSignals } from '../server/stop-signals.js';
import { printJson, printLines, sayLines, styleFor } from './output.js';
import { withProgress } from './progress.js';

export interface ViewCommand {
  /** The trace, and the one to compare it with. */
  readonly paths: readonly string[];
  readonly port: number | undefined;
  readonly open: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Serves until it is told to end by Ctrl-C or a signal; that is how it is meant to end, so the exit code is 0. */
export async function viewCommand({ paths, port, open, json, quiet }: ViewCommand): Promise<number> {
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
    if (json) {
      const { url, port: bound } = serving;
      printJson({ schema: 'gapscope.view/1', url, port: bound, pid: process.pid, paths });
    } else {
      printLines([serving.url]);
    }
    const opened = open && noBrowserReason() === undefined && (await openBrowser(serving.url));
    if (!quiet) sayLines(advice(serving, listed, open, opened));
    await signals.stopped;
    await serving.close();
  } finally {
    signals.off();
    for (const { folder } of listed) folder?.remove();
  }
  return 0;
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
