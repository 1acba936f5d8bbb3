import { defineCommand } from '../command.js';
import { withTrace, type TraceArgs } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';

interface KernelsArgs extends TraceArgs {
  readonly by: 'name' | 'shape';
  readonly 'full-names': boolean;
}

export const kernels = defineCommand<KernelsArgs>({
  usage: 'kernels <trace>',
  describe: 'By kernel: count, time, share, occupancy, waves, tail',
  examples: [
    ['gapscope kernels traces/full', 'the kernels that take longest'],
    [
      "gapscope kernels traces/full --window 'temporal_block:3' --by shape",
      'every launch shape of one block',
    ],
  ],
  build: (yargs) =>
    withTrace(yargs)
      .option('by', {
        choices: ['name', 'shape'] as const,
        default: 'name' as const,
        describe: 'A row a kernel, or a row a kernel and launch shape',
      })
      .option('full-names', {
        type: 'boolean',
        default: false,
        describe: 'Print every name in full, under its row',
      }),
  async run({ trace: path, json, quiet, window, device, top, by, 'full-names': fullNames }) {
    const [
      { openRun },
      { analyzeKernels },
      { devicesOfRun, deviceNamesOf },
      { kernelsText },
      { noticeLines },
    ] = await Promise.all([
      import('../../ingest/open.js'),
      import('../../analysis/kernels.js'),
      import('../devices-of-run.js'),
      import('../../report/kernels-text.js'),
      import('../../report/notices-text.js'),
    ]);
    const run = await withProgress(`reading ${path}`, quiet, (progress) => openRun(path, { progress }));
    const options = {
      top,
      by,
      ...(window === undefined ? {} : { window }),
      ...(device === undefined ? {} : { device }),
    };
    const devices = devicesOfRun(run, (trace) => analyzeKernels(trace, options));
    const result = { schema: 'gapscope.kernels/1', by, devices } as const;
    if (json) printJson(result);
    else printLines(kernelsText(result, styleFor(process.stdout), deviceNamesOf(run), { fullNames }));
    const notices = [...run.traces.flatMap((trace) => trace.notices), ...run.notices];
    if (!quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    return 0;
  },
});
