import type { Argv } from 'yargs';

/** Options of every command that reads a trace. */
export interface TraceArgs {
  readonly trace: string;
  readonly json: boolean;
  readonly window: string | undefined;
  readonly device: number | undefined;
  readonly top: number;
  readonly quiet: boolean;
}

const DEFAULT_TOP = 12;

export function withOutput<T>(yargs: Argv<T>): Argv<T & { json: boolean; quiet: boolean }> {
  return yargs
    .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' })
    .option('quiet', { type: 'boolean', alias: 'q', default: false, describe: 'No progress on stderr' });
}

export function withTrace<T>(yargs: Argv<T>): Argv<T & TraceArgs> {
  return withPart(withOutput(yargs))
    .positional('trace', {
      type: 'string',
      demandOption: true,
      describe:
        'A trace (folder or tar), an Nsight Systems .sqlite, a PyTorch .json(.gz), or a folder of them',
    })
    .option('top', {
      default: DEFAULT_TOP,
      describe: "Rows of a list to show, or 'all'",
      requiresArg: true,
      coerce: parseTop,
    });
}

/** Which part of a trace to look at. */
export function withPart<T>(
  yargs: Argv<T>,
): Argv<T & { window: string | undefined; device: number | undefined }> {
  return yargs
    .option('window', {
      type: 'string',
      describe: "Part to look at: a range 'temporal_block:3', or all of a template 'temporal_block:*'",
      requiresArg: true,
    })
    .option('device', { type: 'number', describe: 'Only this GPU', requiresArg: true })
    .check(({ device }) => {
      if (device !== undefined && !(Number.isInteger(device) && device >= 0)) {
        throw new Error('--device takes the number of a GPU: 0, 1, …');
      }
      return true;
    });
}

function parseTop(value: unknown): number {
  if (value === 'all') return Infinity;
  const top = Number(value);
  if (!Number.isInteger(top) || top < 1) throw new Error(`--top takes a number of rows from 1, or 'all'`);
  return top;
}
