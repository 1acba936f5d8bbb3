import type { FastifyInstance, FastifyReply } from 'fastify';
import type { PageFile, PageFiles } from './page-files.js';
import { sameToken } from './token.js';

const LOST = `<!doctype html><html lang="en"><meta charset="utf-8"><title>gapscope</title>
<h1>This address is not complete</h1>
<p>Open the address that <code>gapscope view</code> printed: it ends in a token, which is new each time.</p></html>
`;

/** `/<token>/` is the page, and `/<token>/assets/…` what it loads, by relative addresses. */
export function pageRoutes(app: FastifyInstance, { index, assets }: PageFiles, token: string): void {
  app.get('/', (_request, reply) => lost(reply));
  app.get<{ Params: { token: string } }>('/:token/', (request, reply) =>
    sameToken(request.params.token, token) ? send(reply, index) : lost(reply),
  );
  app.get<{ Params: { token: string; name: string } }>('/:token/assets/:name', (request, reply) => {
    const file = assets.get(request.params.name);
    if (file === undefined || !sameToken(request.params.token, token)) return lost(reply);
    // The name changes with the content.
    return send(reply.header('Cache-Control', 'private, max-age=31536000, immutable'), file);
  });
}

function send(reply: FastifyReply, { body, type }: PageFile): FastifyReply {
  return reply.type(type).send(body);
}

function lost(reply: FastifyReply): FastifyReply {
  return reply.code(404).type('text/html; charset=utf-8').send(LOST);
}
