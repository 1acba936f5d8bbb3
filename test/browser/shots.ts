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

/** The last track to be there. */
const WORKED_OUT = '[data-key$="/calls"]';
const DARK: OpenOptions = { colorScheme: 'dark' };
const SMALL: OpenOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
/** A matrix product of `full-eager`, 177 µs long, launched 1.1 ms before it started. */
const MATMUL = { slot: 0 as const, track: OPS, event: 60_017 };
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
    state: { startNs: 1_922_770_000, endNs: 1_922_990_000, side: undefined },
    until: WORKED_OUT,
  },
  {
    name: 'op',
    traces: ['full-eager'],
    state: { startNs: 1_922_000_000, endNs: 1_923_600_000, ...selected(MATMUL) },
    until: '.event-path',
  },
  {
    name: 'op-dark-2x',
    traces: ['full-eager'],
    context: { ...DARK, viewport: { width: 1100, height: 760 }, deviceScaleFactor: 2 },
    state: { startNs: 1_922_000_000, endNs: 1_923_600_000, side: undefined, ...selected(MATMUL) },
    until: '.event-path',
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
    // Ranges are there only when everything has been worked out.
    until: '.search-count:text-is("6")',
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
  { name: 'narrow', traces: ['full-eager'], context: SMALL, state: { side: undefined }, until: WORKED_OUT },
  {
    name: 'narrow-details-dark',
    traces: ['full-eager'],
    context: { ...SMALL, ...DARK },
    state: { startNs: 1_923_100_000, endNs: 1_923_600_000, side: undefined, ...selected(MATMUL) },
    until: '.event-path',
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
