import { defineCommand } from '../command.js';
import { withOutput } from '../options.js';

export const capture = defineCommand({
  usage: 'capture',
  describe: 'Run a command on the GPU with the capture library in it, and record a trace',
  examples: [
    ['gapscope capture -o out -- python train.py', 'record everything'],
    ["gapscope capture --range 'temporal_block:*' -- python infer.py", 'only inside these NVTX ranges'],
  ],
  build: (yargs) =>
    withOutput(yargs)
      .usage('gapscope capture [-o DIR] [options] -- CMD…')
      .option('out', {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: 'Folder to record into (default gapscope-out/<program>-<time>)',
      })
      .option('force', { type: 'boolean', default: false, describe: 'Replace earlier traces in DIR' })
      .option('range', {
        type: 'string',
        requiresArg: true,
        describe: 'Record only while an NVTX range that matches this pattern is open',
      })
      .option('profiler-api', {
        type: 'boolean',
        default: false,
        describe: 'Record only between cudaProfilerStart and cudaProfilerStop',
      })
      .option('delay', { type: 'number', requiresArg: true, describe: 'Seconds to wait before recording' })
      .option('duration', { type: 'number', requiresArg: true, describe: 'Seconds to record' })
      .option('graphs', {
        choices: ['nodes', 'whole'] as const,
        describe: 'CUDA graph replays node by node, or each as one op (cheaper)',
      })
      .option('api', {
        choices: ['driver', 'both'] as const,
        describe: 'Which CUDA calls to record',
      })
      .option('libcupti', { type: 'string', requiresArg: true, describe: 'The libcupti.so to use' })
      .check(({ delay, duration, range, 'profiler-api': profilerApi }) => {
        for (const [name, value] of Object.entries({ delay, duration })) {
          if (value !== undefined && !(value >= 0)) throw new Error(`--${name} takes a number of seconds`);
        }
        if (range !== undefined && profilerApi) {
          throw new Error('--range and --profiler-api exclude each other: both say when to record');
        }
        return true;
      }),
  async run(args, rest) {
    const { captureCommand } = await import('../capture-command.js');
    const {
      out,
      force,
      range,
      'profiler-api': profilerApi,
      delay,
      duration,
      graphs,
      api,
      libcupti,
      json,
      quiet,
    } = args;
    return captureCommand(rest, {
      out,
      force,
      json,
      quiet,
      library: {
        ...(range === undefined ? {} : { range }),
        ...(profilerApi ? { profilerApi } : {}),
        ...(delay === undefined ? {} : { delaySeconds: delay }),
        ...(duration === undefined ? {} : { durationSeconds: duration }),
        ...(graphs === undefined ? {} : { graphs }),
        ...(api === undefined ? {} : { api }),
        ...(libcupti === undefined ? {} : { libcupti }),
      },
    });
  },
});
