import type { Argv } from 'yargs';
import { VERDICTS, type Verdict } from '../../../runs/run-record.js';

export interface TextsArgs {
  readonly name: string | undefined;
  readonly base: string | undefined;
  readonly change: string | undefined;
  readonly note: string | undefined;
  readonly verdict: Verdict | undefined;
}

/** What the user says of a run. */
export function withTexts<T>(yargs: Argv<T>): Argv<T & TextsArgs> {
  return yargs
    .option('name', {
      type: 'string',
      requiresArg: true,
      describe: "What to call it [default: the trace's name]",
    })
    .option('change', { type: 'string', requiresArg: true, describe: 'What was changed, in a few words' })
    .option('base', {
      type: 'string',
      requiresArg: true,
      describe:
        'The run that it was changed from [default with --change: the latest run that has no base itself]',
    })
    .option('note', { type: 'string', requiresArg: true, describe: 'Anything else' })
    .option('verdict', { choices: VERDICTS, requiresArg: true, describe: 'Whether the change stays' });
}
