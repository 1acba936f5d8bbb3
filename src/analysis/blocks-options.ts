import type { Rules } from './rules.js';

/** How the temporal blocks of a trace are found; shared by all analyses that look at blocks. */
export interface BlocksOptions {
  /** Device whose ops are timed; by default the first on which blocks ran. */
  readonly device?: number;
  /** Range pattern of the temporal blocks; `temporal_block_#` by default. */
  readonly block?: string;
  /** Range pattern of what a prompt switch runs inside a block (or of the blocks themselves); `none`: no switches. */
  readonly switch?: string;
  /** Latent frames a block makes; by default what run.json says. */
  readonly framesPerBlock?: number;
  /** How many blocks fill the window, the first included; by default worked out from the trace. */
  readonly filling?: number;
  /** What ranges and kernels are; the built-in rules by default. */
  readonly rules?: Rules;
}
