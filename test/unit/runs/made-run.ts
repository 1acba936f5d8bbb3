import { CAUSES, type Cause } from '../../../src/analysis/causes.js';
import type { Headline } from '../../../src/analysis/headline.js';
import type { CataloguedRun, NewRun } from '../../../src/runs/run-record.js';

/** Whether the native half of better-sqlite3 is there; without it catalogues cannot be tested. */
export async function hasSqlite(): Promise<boolean> {
  try {
    const { default: Database } = await import('better-sqlite3');
    new Database(':memory:').close();
    return true;
  } catch {
    return false;
  }
}

export function metrics(over: Partial<Headline> = {}): Headline {
  const idleByCause = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as Record<Cause, number>;
  return {
    processes: 1,
    devices: 1,
    spanNs: 1000,
    busyNs: 600,
    idleNs: 400,
    idleShare: 0.4,
    idleByCause: { ...idleByCause, launch: 300, sync: 100 },
    gapCount: 10,
    kernelNs: 500,
    ops: 20,
    missing: {},
    notices: [],
    ...over,
  };
}

/** A run whose steady blocks take `steady` nanoseconds. */
export function made(
  name: string,
  steady: readonly number[],
  over: Partial<CataloguedRun> = {},
): CataloguedRun {
  const median = steady.toSorted((a, b) => a - b)[Math.ceil(steady.length / 2) - 1];
  return {
    id: 1,
    name,
    addedAt: '2026-01-02T03:04:05.000Z',
    path: `/traces/${name}.trace`,
    fingerprint: name,
    facts: { options: {}, optionsLeftOut: 0, problems: [] },
    measuredWith: {},
    metrics: metrics(median === undefined ? {} : { steadyBlockNs: median, steadyNs: steady }),
    ...over,
  };
}

export function newRun(name: string, over: Partial<NewRun> = {}): NewRun {
  const { id: _, ...run } = made(name, [100, 110]);
  return { ...run, isNameGiven: true, ...over };
}
