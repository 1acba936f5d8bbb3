import { defineCommand } from '../command.js';
import { withTrace, type TraceArgs } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';
import { readRules, withRules } from '../rules-option.js';

interface GapsArgs extends TraceArgs {
  readonly rules: string | undefined;
  readonly byStream: boolean;
  readonly kernelWait: string | undefined;
}

export const gaps = defineCommand<GapsArgs>({
  usage: 'gaps <trace>',
  describe: 'Where the GPU waits, and for what: the idle budget by cause, and the hotspots',
  examples: [
    ['gapscope gaps traces/full', 'the whole trace'],
    ["gapscope gaps traces/full --window 'temporal_block:*' --top 30", 'inside the temporal blocks only'],
    [
      'gapscope gaps traces/full --by-stream',
      'also the gaps of each stream, as Holistic Trace Analysis sorts them',
    ],
  ],
  build: (yargs) =>
    withRules(withTrace(yargs))
      .option('byStream', {
        type: 'boolean',
        default: false,
        describe:
          'Also the gaps of each stream: host wait, kernel wait, other. These are not idle time of the GPU',
      })
      .option('kernelWait', {
        type: 'string',
        defaultDescription: '30us',
        describe: 'The same; a stream gap as long as this is no kernel wait',
        requiresArg: true,
      }),
  async run(args) {
    const { trace: path, json, quiet, window, device, top, rules: rulesPath, byStream, kernelWait } = args;
    const [
      { openRun },
      { analyzeGaps },
      { kernelWaitBelowNs },
      { devicesOfRun, deviceNamesOf },
      { gapsText },
      { noticeLines },
    ] = await Promise.all([
      import('../../ingest/open.js'),
      import('../../analysis/gaps.js'),
      import('../../analysis/stream-idle.js'),
      import('../devices-of-run.js'),
      import('../../report/gaps-text.js'),
      import('../../report/notices-text.js'),
    ]);
    const rules = await readRules(rulesPath);
    const run = await withProgress(`reading ${path}`, quiet, (progress) => openRun(path, { progress }));
    const options = {
      top,
      ...(window === undefined ? {} : { window }),
      ...(device === undefined ? {} : { device }),
      ...(rules === undefined ? {} : { classes: rules.classes }),
      ...(byStream || kernelWait !== undefined
        ? { streamKernelWaitBelowNs: kernelWaitBelowNs(kernelWait) }
        : {}),
    };
    const devices = devicesOfRun(run, (trace) => analyzeGaps(trace, options));
    const result = { schema: 'gapscope.gaps/1', devices } as const;
    if (json) printJson(result);
    else printLines(gapsText(result, styleFor(process.stdout), deviceNamesOf(run)));
    const notices = [...run.traces.flatMap((trace) => trace.notices), ...run.notices];
    if (!quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    return 0;
  },
});
