import type { AnyCommand } from '../command.js';
import { breakdown } from './breakdown.js';
import { capture } from './capture.js';
import { doctor } from './doctor.js';
import { gaps } from './gaps.js';
import { info } from './info.js';
import { kernels } from './kernels.js';
import { overlap } from './overlap.js';
import { kv } from './kv.js';
import { report } from './report.js';
import { switchCommand } from './switch.js';

/** In the order of `gapscope --help`. */
export const COMMANDS: readonly AnyCommand[] = [
  capture,
  doctor,
  info,
  gaps,
  breakdown,
  kernels,
  overlap,
  kv,
  switchCommand,
  report,
];
