import { z } from 'zod';
import { UserError } from '../trace/errors.js';
import type { CataloguedRun } from './run-record.js';
import { VERDICTS } from './run-record.js';

/** In the file's header (`PRAGMA application_id`): "gaps". Another number is another program's database. */
export const APPLICATION_ID = 0x67617073;
/** `PRAGMA user_version`. */
export const CATALOGUE_VERSION = 1;

/** What is looked up or must be unique has its own column; the rest is JSON, checked when it is read. */
export const CREATE_TABLES = `
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL UNIQUE,
    base INTEGER REFERENCES runs (id) ON DELETE RESTRICT,
    addedAt TEXT NOT NULL,
    path TEXT NOT NULL,
    change TEXT,
    note TEXT,
    verdict TEXT CHECK (verdict IN ('keep', 'drop')),
    facts TEXT NOT NULL,
    measuredWith TEXT NOT NULL,
    metrics TEXT NOT NULL,
    prediction TEXT
  ) STRICT`;

const count = z.number().nonnegative();
const ns = z.number();
const text = z.string();

const FACTS = z.object({
  gpu: text.optional(),
  driver: text.optional(),
  torch: text.optional(),
  cuda: text.optional(),
  command: text.optional(),
  options: z.record(text, z.union([text, z.number(), z.boolean()])),
  optionsLeftOut: count,
  peakMemoryBytes: count.optional(),
  quality: z
    .object({
      movement: z.number().optional(),
      luminosity: z.number().optional(),
      sharpness: z.number().optional(),
      psnr: z.number().optional(),
      ssim: z.number().optional(),
      relativeError: z.number().optional(),
      identical: z.literal(true).optional(),
    })
    .optional(),
  problems: z.array(text),
});

const MEASURED_WITH = z.object({
  window: text.optional(),
  device: count.optional(),
  block: text.optional(),
  switch: text.optional(),
  framesPerBlock: count.optional(),
  filling: count.optional(),
  rules: text.optional(),
});

/** Loose, so that a figure which a later version added is not lost. */
const METRICS = z.looseObject({
  processes: count,
  devices: count,
  spanNs: ns,
  busyNs: ns,
  idleNs: ns,
  idleShare: z.number(),
  idleByCause: z.record(text, ns),
  gapCount: count,
  kernelNs: ns,
  ops: count,
  droppedOps: count.optional(),
  zeroTimestamps: count.optional(),
  unknownRecords: count.optional(),
  blocksOf: z.object({ pid: z.number(), device: z.number() }).optional(),
  blockCount: count.optional(),
  firstBlockNs: ns.optional(),
  steadyBlockNs: ns.optional(),
  steadyNs: z.array(ns).optional(),
  interFrameNs: ns.optional(),
  framesPerBlock: count.optional(),
  switchLatencyNs: ns.optional(),
  switchCount: count.optional(),
  kvNs: ns.optional(),
  kvBlockNs: ns.optional(),
  kvShareOfBlock: z.number().optional(),
  missing: z.object({ blocks: text.optional(), switch: text.optional(), kv: text.optional() }),
  notices: z.array(text),
});

const PREDICTION = z.object({
  edits: z.array(text),
  of: text,
  target: text,
  replayNs: ns,
  predictedNs: ns,
  lowNs: ns,
  highNs: ns,
  trusted: z.boolean(),
});

const json = <T extends z.ZodType>(inner: T) =>
  z
    .string()
    .transform((value, context): unknown => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue('is not JSON');
        return z.NEVER;
      }
    })
    .pipe(inner);

/** A row as `SELECT` in `catalogue.ts` gives it, `base` being a name. */
const ROW = z.object({
  id: z.number(),
  name: text,
  fingerprint: text,
  base: text.nullable(),
  addedAt: text,
  path: text,
  change: text.nullable(),
  note: text.nullable(),
  verdict: z.enum(VERDICTS).nullable(),
  facts: json(FACTS),
  measuredWith: json(MEASURED_WITH),
  metrics: json(METRICS),
  prediction: json(PREDICTION).nullable(),
});

/** @throws UserError if the row is not one that gapscope wrote */
export function runOfRow(row: unknown, catalogue: string): CataloguedRun {
  const parsed = ROW.safeParse(row);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const { id } = row as { id: unknown };
    throw new UserError(
      `the catalogue ${catalogue} is damaged: run ${String(id)}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
      { hint: 'bring it back from a backup, or move it away and add the runs again' },
    );
  }
  const { base, change, note, verdict, prediction, metrics, facts, measuredWith, ...rest } = parsed.data;
  return {
    ...rest,
    ...(base === null ? {} : { base }),
    ...(change === null ? {} : { change }),
    ...(note === null ? {} : { note }),
    ...(verdict === null ? {} : { verdict }),
    facts: facts as CataloguedRun['facts'],
    measuredWith: measuredWith as CataloguedRun['measuredWith'],
    metrics: metrics as unknown as CataloguedRun['metrics'],
    ...(prediction === null ? {} : { prediction }),
  };
}
