import { defineCommands } from '../command.js';
import { runsAdd } from './runs/add.js';
import { runsList } from './runs/list.js';
import { runsLog } from './runs/log.js';
import { runsRemove } from './runs/remove.js';
import { runsSet } from './runs/set.js';
import { runsShow } from './runs/show.js';

export const runs = defineCommands('runs', 'The catalogue of runs: what was tried, and whether it helped', [
  runsAdd,
  runsList,
  runsShow,
  runsLog,
  runsSet,
  runsRemove,
]);
