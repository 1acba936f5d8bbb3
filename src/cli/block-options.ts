import type { Argv } from 'yargs';
import type { BlocksOptions } from '../analysis/blocks-options.js';

/** Options of commands that look at temporal blocks. */
export interface BlockArgs {
  readonly block: string | undefined;
  readonly switch: string | undefined;
  readonly 'frames-per-block': number | undefined;
  readonly filling: number | undefined;
}

export function withBlocks<T>(yargs: Argv<T>): Argv<T & BlockArgs> {
  return yargs
    .option('block', {
      type: 'string',
      describe: "Range pattern of the blocks (# a number, * any text) [default: 'temporal_block_#']",
      requiresArg: true,
    })
    .option('switch', {
      type: 'string',
      describe:
        "Ranges a prompt switch runs in a block, or blocks, or 'none' [default: 'recache_after_switch*']",
      requiresArg: true,
    })
    .option('frames-per-block', {
      type: 'number',
      describe: 'Latent frames a block makes [default: from run.json]',
      requiresArg: true,
    })
    .option('filling', {
      type: 'number',
      describe: 'How many blocks fill the window [default: those before the first that rolls]',
      requiresArg: true,
    })
    .check((args) => {
      const frames = args['frames-per-block'];
      const { filling } = args;
      if (frames !== undefined && !(Number.isInteger(frames) && frames > 0)) {
        throw new Error('--frames-per-block takes a number of frames from 1');
      }
      if (filling !== undefined && !(Number.isInteger(filling) && filling >= 0)) {
        throw new Error('--filling takes a number of blocks');
      }
      return true;
    });
}

/** What was given, for the analyzers. */
export function blockOptions(args: BlockArgs & { readonly device: number | undefined }): BlocksOptions {
  const { device, block, filling, 'frames-per-block': framesPerBlock } = args;
  return {
    ...(device === undefined ? {} : { device }),
    ...(block === undefined ? {} : { block }),
    ...(args.switch === undefined ? {} : { switch: args.switch }),
    ...(framesPerBlock === undefined ? {} : { framesPerBlock }),
    ...(filling === undefined ? {} : { filling }),
  };
}
