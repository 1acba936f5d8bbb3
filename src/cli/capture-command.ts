import { resolve } from 'node:path';
import { summarize, type InfoResult } from '../analysis/info.js';
import { captureEnvironment, type CaptureOptions } from '../capture/environment.js';
import { BUILD_HINT, captureLibrary } from '../capture/native-files.js';
import { defaultFolder, prepareFolder } from '../capture/out-folder.js';
import { recordedSoFar } from '../capture/recorded.js';
import { runCommand, type CommandEnd } from '../capture/run-command.js';
import { captureText, nothingRecorded } from '../report/capture-text.js';
import { formatBytes, plural } from '../report/units.js';
import { UserError } from '../trace/errors.js';
import { readRun } from '../trace/read-run.js';
import type { TraceNotice } from '../trace/trace.js';
import { printJson, sayLines, styleFor } from './output.js';

export interface CaptureCommand {
  readonly out: string | undefined;
  readonly force: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly library: Omit<CaptureOptions, 'out'>;
}

/** Runs the command under the library, then says what was recorded. Its exit code is passed on. */
export async function captureCommand(command: readonly string[], options: CaptureCommand): Promise<number> {
  if (command.length === 0) {
    throw new UserError('no command to run', {
      hint: 'put it after --: gapscope capture -- python script.py',
    });
  }
  const library = captureLibrary();
  if (!library.exists) {
    throw new UserError(`the capture library has not been built (${library.path})`, { hint: BUILD_HINT });
  }
  const folder = options.out === undefined ? defaultFolder(command) : resolve(options.out);
  await prepareFolder(folder, options.force);
  const { library: wanted } = options;
  const { libcupti } = wanted;
  const env = captureEnvironment(
    { ...wanted, out: folder, ...(libcupti === undefined ? {} : { libcupti: resolve(libcupti) }) },
    library.path,
  );
  const progress = options.quiet || !process.stderr.isTTY ? undefined : reportProgress(folder);
  let end: CommandEnd;
  try {
    end = await runCommand(command, env);
  } finally {
    progress?.stop();
  }
  const { processes, notices } = await recorded(folder);
  if (options.json) {
    printJson({ schema: 'gapscope.capture/1', path: folder, command, ...end, processes, notices });
  } else {
    const style = styleFor(process.stderr);
    const lines =
      processes.length === 0
        ? nothingRecorded(folder, style)
        : captureText({ folder, processes, notices, end }, style);
    sayLines(lines);
  }
  if (end.exitCode !== 0) return end.exitCode;
  return processes.some(({ ops }) => ops.total > 0) ? 0 : 1;
}

async function recorded(
  folder: string,
): Promise<{ processes: InfoResult[]; notices: readonly TraceNotice[] }> {
  if ((await recordedSoFar(folder)).processes === 0) return { processes: [], notices: [] };
  const run = await readRun(folder, { allowEmpty: true });
  return { processes: run.traces.map(summarize), notices: run.notices };
}

/**
 * A line on stderr now and then. Not a spinner: the terminal belongs to the command, whose own output would
 * be torn by anything that moves.
 */
function reportProgress(folder: string): { stop(): void } {
  const { colors } = styleFor(process.stderr);
  let waitMs = 2000;
  let timer: NodeJS.Timeout | undefined;
  const tick = async (): Promise<void> => {
    const { processes, bytes } = await recordedSoFar(folder);
    if (timer === undefined) return;
    const seen =
      processes === 0
        ? 'no CUDA program yet'
        : `${formatBytes(bytes)} from ${plural(processes, 'process', 'processes')}`;
    sayLines([colors.dim(`gapscope: recording · ${seen}`)]);
    waitMs = Math.min(60_000, waitMs * 2);
    schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => void tick(), waitMs);
    timer.unref();
  };
  schedule();
  return {
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
