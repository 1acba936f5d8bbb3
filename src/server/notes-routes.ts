import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { messageOf } from '../trace/errors.js';
import { MAX_NOTES_BYTES, NO_NOTES, notesSchema, NOTES_VERSION } from '../trace/notes.js';
import { readNotes, writeNotes } from './notes-file.js';

const putSchema = z.strictObject({ revision: z.string().max(40), notes: notesSchema });

/**
 * `GET` and `PUT /api/notes`. A writer names the revision it had read; if the file has changed since, it gets 409 with
 * what is there now, and can put its own on top of that. One write at a time.
 */
export function notesRoutes(app: FastifyInstance, file: string | undefined): void {
  app.get('/api/notes', async () =>
    file === undefined
      ? { version: NOTES_VERSION, writable: false, notes: NO_NOTES, revision: '' }
      : { version: NOTES_VERSION, writable: true, ...(await readNotes(file)) },
  );
  let last: Promise<unknown> = Promise.resolve();
  app.put('/api/notes', { bodyLimit: 2 * MAX_NOTES_BYTES }, async (request, reply) => {
    if (file === undefined) {
      return reply.code(403).send({ message: 'this trace was imported: there is no folder for its notes' });
    }
    const body = putSchema.safeParse(request.body);
    if (!body.success) {
      const issue = body.error.issues[0];
      return reply
        .code(422)
        .send({ message: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not notes'}` });
    }
    const { revision, notes } = body.data;
    const write = last.then(async () => {
      const present = await readNotes(file);
      if (present.problem !== undefined) return reply.code(409).send({ message: present.problem });
      if (present.revision !== revision) {
        return reply.code(409).send({ message: 'changed meanwhile', ...present });
      }
      try {
        return { revision: await writeNotes(file, notes) };
      } catch (error) {
        return reply.code(403).send({ message: `notes.json cannot be written: ${messageOf(error)}` });
      }
    });
    last = write.catch(() => undefined);
    return write;
  });
}
