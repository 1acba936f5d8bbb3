import { z } from 'zod';

// A page's policy forbids making code from text, which zod would otherwise try.
z.config({ jitless: true });

/** `notes.json` beside a trace's tables: what people wrote on its timeline. Times are ns since the earliest process. */
export const NOTES_VERSION = 1;
export const MAX_NOTES_BYTES = 1_000_000;
const MAX_TEXT = 4000;
const MAX_NOTES = 5000;

const timeNs = z.number().finite().min(0).max(Number.MAX_SAFE_INTEGER);

export const noteSchema = z
  .strictObject({
    id: z.string().regex(/^[\w-]{1,40}$/),
    startNs: timeNs,
    /** The same as `startNs` for a flag. */
    endNs: timeNs,
    text: z.string().max(MAX_TEXT),
    /** The track it was put on; absent: all of them. */
    track: z.string().max(200).optional(),
  })
  .refine(({ startNs, endNs }) => endNs >= startNs, { error: 'ends before it starts' });

export const notesSchema = z.strictObject({
  version: z.literal(NOTES_VERSION),
  notes: z.array(noteSchema).max(MAX_NOTES),
});

export type Note = Readonly<z.infer<typeof noteSchema>>;
export interface Notes {
  readonly version: 1;
  readonly notes: readonly Note[];
}

export const NO_NOTES: Notes = { version: NOTES_VERSION, notes: [] };

/** Notes out of parsed JSON, or one sentence about what is wrong with them. */
export function parseNotes(value: unknown): { readonly notes: Notes } | { readonly problem: string } {
  const result = notesSchema.safeParse(value);
  if (result.success) return { notes: result.data };
  const issue = result.error.issues[0];
  const where = issue === undefined ? '' : issue.path.join('.');
  return { problem: `${where === '' ? '' : `${where}: `}${issue?.message ?? 'not notes'}` };
}
