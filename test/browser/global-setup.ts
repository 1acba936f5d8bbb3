import { chromium, type BrowserServer } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { CHROMIUM, CHROMIUM_ARGUMENTS, missing } from './chromium.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the one browser of all these tests listens; empty: there is none. */
    chromium: string;
  }
}

/** Starts one browser for all files. Returns what ends it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: BrowserServer | undefined;
  if (missing() === undefined) {
    server = await chromium.launchServer({
      executablePath: CHROMIUM,
      args: CHROMIUM_ARGUMENTS,
      host: '127.0.0.1',
    });
  }
  project.provide('chromium', server?.wsEndpoint() ?? '');
  return async () => server?.close();
}
