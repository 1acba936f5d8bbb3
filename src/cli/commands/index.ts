import type { AnyCommand } from '../command.js';
import { capture } from './capture.js';
import { doctor } from './doctor.js';
import { gaps } from './gaps.js';
import { info } from './info.js';

/** In the order of `gapscope --help`. */
export const COMMANDS: readonly AnyCommand[] = [capture, doctor, info, gaps];
