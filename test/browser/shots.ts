import type { ViewState } from '../../viewer/state/view-state.js';
import { CALLS, GAPS, OPS, PROJECTION } from './full-eager.js';
import type { OpenOptions, Viewer } from './viewer.js';

/** A picture of the page that is kept in `pictures/`. */
export interface Shot {
  readonly name: string;
  /** Recorded traces; none: the page before anything is opened. */
  readonly traces: readonly string[];
  readonly state?: Partial<ViewState>;
  readonly context?: OpenOptions;
  /** What must be there before the picture is taken. */
  readonly until?: string;
  readonly act?: (viewer: Viewer) => Promise<void>;
}

const DARK: OpenOptions = { colorScheme: 'dark' };
const SMALL: OpenOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
/** A matrix product of `full-eager`, 53 µs long, and where its launch is. */
const MATMUL = { slot: 0 as const, track: OPS, event: 60_013 };
const selected = (ref: typeof MATMUL): Partial<ViewState> => ({
  selection: { kind: 'event', ref },
  bottom: 'details',
});

export const SHOTS: readonly Shot[] = [
  { name: 'whole', traces: ['full-eager'] },
  {
    name: 'whole-dark',
    traces: ['full-eager'],
    context: DARK,
    state: { side: 'blocks' },
    until: '#panel-blocks .bar',
  },
  {
    name: 'deep',
    traces: ['full-eager'],
    state: { startNs: 2_000_000_000, endNs: 2_000_600_000, side: undefined },
  },
  {
    name: 'op',
    traces: ['full-eager'],
    state: { startNs: 1_921_900_000, endNs: 1_923_400_000, ...selected(MATMUL) },
    until: '.event-title',
  },
  {
    name: 'op-dark-2x',
    traces: ['full-eager'],
    context: { ...DARK, viewport: { width: 1100, height: 760 }, deviceScaleFactor: 2 },
    state: { startNs: 1_921_900_000, endNs: 1_923_400_000, side: undefined, ...selected(MATMUL) },
    until: '.event-title',
  },
  {
    name: 'gap',
    traces: ['full-eager'],
    state: { startNs: 2_591_560_000, endNs: 2_591_780_000, side: 'hotspots', bottom: 'details' },
    act: async (viewer) => {
      const at = await viewer.at(GAPS, 2_591_636_422 + 33_000);
      await viewer.page.mouse.click(at.x, at.y);
      await viewer.page.locator('.event-parts').waitFor();
      await viewer.page.locator('#panel-hotspots .stepper:not([hidden])').waitFor();
      await viewer.page.mouse.move(700, 20);
    },
  },
  {
    name: 'area',
    traces: ['full-eager'],
    state: {
      startNs: 3_050_000_000,
      endNs: 3_200_000_000,
      selection: {
        kind: 'area',
        area: { slot: 0, tracks: [OPS, GAPS], startNs: 3_100_000_000, endNs: 3_130_000_000 },
      },
      bottom: 'area',
      side: 'switch',
    },
    until: '#panel-area tbody tr',
  },
  {
    name: 'search',
    traces: ['full-eager'],
    state: {
      startNs: 2_900_000_000,
      endNs: 3_400_000_000,
      search: 'recache',
      filterOn: true,
      side: undefined,
    },
    until: '.search-count:not(:empty)',
  },
  {
    name: 'pinned-table',
    traces: ['full-eager'],
    state: {
      startNs: 1_000_000_000,
      endNs: 1_002_000_000,
      pinned: [GAPS, OPS],
      hidden: [CALLS],
      collapsed: [PROJECTION],
      bottom: 'table',
      side: 'kv',
    },
    until: '#panel-table tbody tr',
  },
  { name: 'narrow', traces: ['full-eager'], context: SMALL, state: { side: undefined } },
  {
    name: 'narrow-details-dark',
    traces: ['full-eager'],
    context: { ...SMALL, ...DARK },
    state: { startNs: 1_923_000_000, endNs: 1_923_400_000, side: undefined, ...selected(MATMUL) },
    until: '.event-title',
  },
  {
    name: 'compare-dark',
    traces: ['full-eager', 'full-batch2'],
    context: DARK,
    state: { side: 'compare' },
    until: '#panel-compare tbody tr',
  },
  { name: 'graphs', traces: ['small-graphs'], state: { side: 'idle' } },
  {
    name: 'forced-colours',
    traces: ['full-eager'],
    context: { forcedColors: 'active', colorScheme: 'dark' },
  },
  {
    name: 'help',
    traces: ['full-eager'],
    act: async ({ page }) => {
      await page.keyboard.press('?');
      await page.locator('dialog[open].help').waitFor();
    },
  },
  {
    name: 'palette-dark',
    traces: ['full-eager'],
    context: DARK,
    act: async ({ page }) => {
      await page.keyboard.press('Control+k');
      await page.locator('dialog[open].palette').waitFor();
      await page.keyboard.type('track');
    },
  },
  { name: 'start', traces: [], context: { viewport: { width: 1100, height: 700 } } },
];
