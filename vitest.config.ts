import { defineConfig } from 'vitest/config';

const project = (name: string, timeoutMs: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
});

export default defineConfig({
  test: {
    projects: [project('unit', 30_000), project('integration', 60_000), project('native', 120_000)],
    // Two cores: more workers only make each other's timeouts.
    maxWorkers: 2,
  },
});
