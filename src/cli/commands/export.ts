import { defineCommand } from '../command.js';
import { withOutput } from '../options.js';

/** Each names a file or a folder to write; one at least must be given. */
const TARGETS = ['html', 'perfetto', 'csv', 'parquet', 'pack'] as const;

export const exportCommand = defineCommand({
  usage: 'export <trace>',
  describe: "Write a trace in other tools' formats, or as one file to send",
  examples: [
    ['gapscope export traces/full --perfetto full.json.gz', 'opens in Perfetto and chrome://tracing'],
    ['gapscope export traces/full --parquet out --table ops,calls', 'opens in pandas, Polars and DuckDB'],
    ['gapscope export traces/full --csv out --result gaps,kernels', 'the tables that the commands print'],
    ['gapscope export traces/full --html full.html', 'the timeline as one file that needs no server'],
    ['gapscope export traces/full --pack full.tar.gz', 'one file that every command takes as a trace'],
  ],
  build: (yargs) =>
    withOutput(yargs)
      .positional('trace', { type: 'string', demandOption: true, describe: 'Any trace' })
      .option('html', {
        type: 'string',
        requiresArg: true,
        describe: 'The timeline with this trace in it, one HTML file',
      })
      .option('perfetto', {
        type: 'string',
        requiresArg: true,
        describe: 'Chrome trace JSON, gzipped if the name ends in .gz',
      })
      .option('csv', { type: 'string', requiresArg: true, describe: 'A folder for CSV files, one a table' })
      .option('parquet', {
        type: 'string',
        requiresArg: true,
        describe: 'A folder for Parquet files, one a table',
      })
      .option('pack', {
        type: 'string',
        requiresArg: true,
        describe: 'The trace in one tar, gzipped if the name ends in .gz',
      })
      .option('table', {
        type: 'string',
        requiresArg: true,
        describe: 'Tables for --csv and --parquet: ops,calls,… [default: all that have rows]',
      })
      .option('result', {
        type: 'string',
        requiresArg: true,
        describe: 'Results for --csv and --parquet: gaps,breakdown,kernels,overlap,kv,switch',
      })
      .option('window', {
        type: 'string',
        requiresArg: true,
        describe: 'Part that results look at, as in `gapscope gaps`',
      })
      .option('device', { type: 'number', requiresArg: true, describe: 'Only this GPU, in results' })
      .option('force', {
        type: 'boolean',
        default: false,
        describe: 'With --html: write it however large it gets',
      })
      .check((args) => {
        if (TARGETS.every((target) => args[target] === undefined)) {
          throw new Error(`say what to write: ${TARGETS.map((target) => `--${target}`).join(', ')}`);
        }
        if (
          args.csv === undefined &&
          args.parquet === undefined &&
          (args.table ?? args.result) !== undefined
        ) {
          throw new Error('--table and --result go with --csv or --parquet');
        }
        return true;
      }),
  async run(args) {
    const { runExport } = await import('../export-command.js');
    return runExport(args);
  },
});
