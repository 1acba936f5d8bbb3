import { z } from 'zod';

/** What a `run.json` may tell; all of it optional, and anything else in it is left alone. */
const RUN_FILE = z.looseObject({
  command: z.union([z.string(), z.array(z.string())]).optional(),
  gpu: z.string().nullish(),
  torch: z.string().nullish(),
  driver: z.string().nullish(),
  cuda: z.string().nullish(),
  /** How `blocks` was timed: `cuda events`, or `host clock` without a GPU. */
  timing: z.string().nullish(),
  /** Block times as the pipeline measured them: the ground truth for the analysis. */
  blocks: z
    .array(
      z.looseObject({ name: z.string().optional(), role: z.string().optional(), durationMs: z.number() }),
    )
    .optional(),
});

export type RunFile = z.infer<typeof RUN_FILE>;

/** The part of `run.json` that can be understood, or why it cannot. */
export function parseRunFile(run: unknown): { file: RunFile | undefined; problem: string | undefined } {
  if (run === undefined) return { file: undefined, problem: undefined };
  const parsed = RUN_FILE.safeParse(run);
  if (parsed.success) return { file: parsed.data, problem: undefined };
  const issue = parsed.error.issues[0];
  return {
    file: undefined,
    problem: `run.json: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not understood'}`,
  };
}
