import type { Panel } from '../shell/panel-host.js';
import { areaPanel } from './area-panel.js';
import { blocksPanel } from './blocks-panel.js';
import { comparePanel } from './compare-panel.js';
import { detailsPanel } from './details-panel.js';
import { hotspotsPanel } from './hotspots-panel.js';
import { idlePanel } from './idle-panel.js';
import { kvPanel } from './kv-panel.js';
import { notesPanel } from './notes-panel.js';
import { switchPanel } from './switch-panel.js';
import { tablePanel } from './table-panel.js';

/** Tabs at the side, in their order. */
export const SIDE_PANELS: readonly Panel[] = [
  idlePanel,
  hotspotsPanel,
  blocksPanel,
  kvPanel,
  switchPanel,
  comparePanel,
  notesPanel,
];

/** Tabs below the timeline, in their order. */
export const BOTTOM_PANELS: readonly Panel[] = [detailsPanel, areaPanel, tablePanel];
