import type { Argv } from 'yargs';
import type { HeadlineOptions } from '../analysis/headline.js';
import type { Rules } from '../analysis/rules.js';
import { blockOptions, withBlocks, type BlockArgs } from './block-options.js';
import { withRules } from './rules-option.js';

/** Options of commands that take a run's headline figures. */
export interface MeasureArgs extends BlockArgs {
  readonly window: string | undefined;
  readonly device: number | undefined;
  readonly rules: string | undefined;
}

/** Without `--window` and `--device`, which `withTrace` has. */
export function withMeasuring<T>(yargs: Argv<T>): Argv<T & BlockArgs & { rules: string | undefined }> {
  return withRules(withBlocks(yargs));
}

export function measureOptions(args: MeasureArgs, rules: Rules | undefined): HeadlineOptions {
  return {
    ...blockOptions(args),
    ...(args.window === undefined ? {} : { window: args.window }),
    ...(rules === undefined ? {} : { rules }),
  };
}
