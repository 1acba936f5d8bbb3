import type { AnyCommand } from '../command.js';
import { breakdown } from './breakdown.js';
import { capture } from './capture.js';
import { check } from './check.js';
import { compare } from './compare.js';
import { doctor } from './doctor.js';
import { exportCommand } from './export.js';
import { gaps } from './gaps.js';
import { gna } from './gna.js';
import { importTrace } from './import.js';
import { info } from './info.js';
import { kernels } from './kernels.js';
import { overlap } from './overlap.js';
import { kv } from './kv.js';
import { report } from './report.js';
import { runs } from './runs.js';
import { stepCache } from './step-cache.js';
import { switchCommand } from './switch.js';
import { view } from './view.js';
import { whatif } from './whatif.js';

/** In the order of `gapscope --help`. */
export const COMMANDS: readonly AnyCommand[] = [
  capture,
  doctor,
  importTrace,
  info,
  gaps,
  breakdown,
  kernels,
  overlap,
  kv,
  switchCommand,
  whatif,
  compare,
  gna,
  stepCache,
  runs,
  check,
  report,
  view,
  exportCommand,
];
