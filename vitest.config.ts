import { defineConfig } from 'vitest/config';

const project = (name: string, timeoutMs: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
});

/** One browser for all of its files; what is waited for in it may take a while on a busy machine. */
function browserProject() {
  const { test } = project('browser', 60_000);
  const expect = { poll: { timeout: 15_000, interval: 40 } };
  return { test: { ...test, expect, globalSetup: ['test/browser/global-setup.ts'] } };
}

export default defineConfig({
  test: {
    projects: [
      project('unit', 30_000),
      project('integration', 60_000),
      project('native', 120_000),
      browserProject(),
    ],
    // Two cores: more workers only make each other's timeouts.
    maxWorkers: 2,
  },
});
