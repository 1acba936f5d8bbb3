import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { afterAll, expect, inject } from 'vitest';
import { readUrl, writeUrl } from '../../viewer/state/url.js';
import { INITIAL_STATE, type ViewState } from '../../viewer/state/view-state.js';

let connected: Promise<Browser> | undefined;
afterAll(async () => {
  const browser = connected;
  connected = undefined;
  await (await browser)?.close();
});

export interface OpenOptions extends BrowserContextOptions {
  /** The view to ask for in the address. */
  readonly state?: Partial<ViewState>;
  /** Written behind `#` as it is. */
  readonly hash?: string;
  /** Do not wait for the trace: there is none, or it is not to be opened. */
  readonly bare?: boolean;
}

/** Rows of a track begin so far from its top, CSS pixels. */
const PADDING = 3;

/** The page of the viewer, and where things are on it. */
export class Viewer {
  /** Whatever the page complained of, or asked of anybody but its server. */
  readonly problems: string[] = [];
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(url: string, options: OpenOptions = {}): Promise<Viewer> {
    const { state, hash, bare = false, ...context } = options;
    connected ??= chromium.connect(inject('chromium'));
    const made = await (
      await connected
    ).newContext({
      viewport: { width: 1440, height: 900 },
      // Tests of what glides ask for it.
      reducedMotion: 'reduce',
      colorScheme: 'light',
      ...context,
    });
    made.setDefaultTimeout(15_000);
    const viewer = new Viewer(await made.newPage());
    const { page, problems } = viewer;
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      const own = request.url().startsWith(new URL(url).origin) || /^(?:blob|data):/.test(request.url());
      if (!own) problems.push(`asked for ${request.url()}`);
    });
    const behind = hash ?? (state === undefined ? '' : writeUrl({ ...INITIAL_STATE, ...state }));
    await page.goto(behind === '' ? url : `${url}#${behind}`);
    if (!bare) await viewer.ready();
    return viewer;
  }

  /** Until the trace is open, worked out and drawn. */
  async ready(): Promise<void> {
    await this.page.locator('.tl-label').first().waitFor();
    await this.page.locator('.tl:not(.empty)').waitFor();
    // Tracks that come later push others down.
    await this.page.locator('.stage[aria-busy="false"]').waitFor();
    await this.page.getByText('Working it out …').first().waitFor({ state: 'detached' });
    await this.settled();
  }

  /** Until nothing is being fetched and the picture is drawn. */
  async settled(): Promise<void> {
    await this.page.locator('.tl-stage:not(.loading)').waitFor();
    await this.page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
    );
    await this.page.locator('.tl-stage:not(.loading)').waitFor();
  }

  /** Ends it; whatever it complained of fails the test. */
  async close(): Promise<void> {
    await this.page.context().close();
    expect(this.problems).toEqual([]);
  }

  /** The state that the address keeps. It follows within a third of a second: poll. */
  get state(): ViewState {
    return readUrl(new URL(this.page.url()).hash).state;
  }

  /** Waits for the address to say so. */
  async expectState(wanted: Partial<ViewState>): Promise<void> {
    await expect.poll(() => this.state).toMatchObject(wanted);
  }

  /** Goes to another view by the address, as the button for "back" does. */
  async go(state: Partial<ViewState>): Promise<void> {
    // Keys are for the page, not for a field that an earlier step left the cursor in.
    await this.page.evaluate('document.activeElement?.blur()');
    await this.page.evaluate(`location.hash = ${JSON.stringify(writeUrl({ ...INITIAL_STATE, ...state }))}`);
    await this.settled();
  }

  label(key: string): Locator {
    return this.page.locator(`.tl-label[data-key="${key}"]`);
  }

  async box(selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await this.page.locator(selector).first().boundingBox();
    if (box === null) throw new Error(`${selector} is not on the page`);
    return box;
  }

  /** Client pixels of a time on a row of a track, in the view that the address has (or `view`). */
  async at(
    key: string,
    ns: number,
    view: { startNs: number; endNs: number } = this.state,
    row?: { index: number; height: number },
  ): Promise<{ x: number; y: number }> {
    const stage = await this.box('.tl-stage');
    const label = await this.label(key).boundingBox();
    if (label === null) throw new Error(`no track ${key} in view`);
    const down = row === undefined ? label.height / 2 : PADDING + (row.index + 0.5) * row.height;
    return {
      x: stage.x + ((ns - view.startNs) / (view.endNs - view.startNs)) * stage.width,
      y: label.y + down,
    };
  }

  async drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
    await mouse.move(to.x, to.y);
    await mouse.up();
  }

  /** Text in a panel, with one space where there was any white space. */
  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).first().innerText()).replace(/\s+/g, ' ').trim();
  }

  /** The lines of the details panel, label → text. */
  async facts(): Promise<Map<string, string>> {
    const rows: [string, string][] = await this.page.evaluate(
      `[...document.querySelectorAll('.panel-details .facts > div')].map((row) =>
        [row.querySelector('dt').textContent, row.querySelector('dd').textContent.trim()])`,
    );
    return new Map(rows);
  }
}
