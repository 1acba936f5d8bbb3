import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../integration/gapscope.js';

/** The browser that the tests drive; GAPSCOPE_CHROMIUM names another. */
export const CHROMIUM = process.env.GAPSCOPE_CHROMIUM ?? '/usr/bin/chromium';

export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The same letters, however the screen of the machine is set up.
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
];

/** Why the browser tests cannot run here; undefined if they can. */
export function missing(): string | undefined {
  if (!existsSync(CHROMIUM)) return `no Chromium at ${CHROMIUM}: GAPSCOPE_CHROMIUM names another`;
  const built = existsSync(join(REPOSITORY, 'dist', 'viewer', 'index.html'));
  return built ? undefined : 'the viewer has not been built: npm run setup';
}

/** Title of a group of tests, with the reason in it if they are skipped. */
export function titled(title: string): string {
  const reason = missing();
  return reason === undefined ? title : `${title} (${reason})`;
}
