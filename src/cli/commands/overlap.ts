import { defineCommand } from '../command.js';
import { withTrace } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';

export const overlap = defineCommand({
  usage: 'overlap <trace>',
  describe: 'What runs at once: ops, streams, copies beside kernels; and where the host waits',
  examples: [
    ['gapscope overlap traces/full', 'the whole trace'],
    ["gapscope overlap traces/full --window 'temporal_block:*'", 'inside the temporal blocks only'],
  ],
  build: (yargs) => withTrace(yargs),
  async run({ trace: path, json, quiet, window, device, top }) {
    const [
      { openRun },
      { analyzeOverlap },
      { devicesOfRun, deviceNamesOf },
      { overlapText },
      { noticeLines },
    ] = await Promise.all([
      import('../../ingest/open.js'),
      import('../../analysis/overlap.js'),
      import('../devices-of-run.js'),
      import('../../report/overlap-text.js'),
      import('../../report/notices-text.js'),
    ]);
    const run = await withProgress(`reading ${path}`, quiet, (progress) => openRun(path, { progress }));
    const options = {
      top,
      ...(window === undefined ? {} : { window }),
      ...(device === undefined ? {} : { device }),
    };
    const devices = devicesOfRun(run, (trace) => analyzeOverlap(trace, options));
    const result = { schema: 'gapscope.overlap/1', devices } as const;
    if (json) printJson(result);
    else printLines(overlapText(result, styleFor(process.stdout), deviceNamesOf(run)));
    const notices = [...run.traces.flatMap((trace) => trace.notices), ...run.notices];
    if (!quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    return 0;
  },
});
