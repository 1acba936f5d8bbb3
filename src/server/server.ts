import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { UserError } from '../trace/errors.js';
import { TOKEN_HEADER } from '../trace/served-files.js';
import { notesRoutes } from './notes-routes.js';
import { VIEWER_FOLDER, type PageFiles } from './page-files.js';
import { pageRoutes } from './page-routes.js';
import { refusalOf } from './request-guard.js';
import { SECURITY_HEADERS } from './security-headers.js';
import type { ListedTrace } from '../export/listed-trace.js';
import { newToken, sameToken } from './token.js';
import { traceRoutes } from './trace-routes.js';

export interface ServeOptions {
  readonly page: PageFiles;
  /** The trace to look at and the one to compare it with; none: the page asks for a file. */
  readonly traces: readonly ListedTrace[];
  /** 0: any free one. */
  readonly port: number;
}

export interface Serving {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Ends at once: open connections are closed. */
  close(): Promise<void>;
}

/** Only this machine itself can connect. */
const ADDRESS = '127.0.0.1';

/**
 * Serves the viewer and the traces on loopback.
 * @throws UserError if the port cannot be had
 */
export async function serve({ page, traces, port }: ServeOptions): Promise<Serving> {
  const token = newToken();
  const app: FastifyInstance = fastify({
    serverFactory: guarded,
    forceCloseConnections: true,
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 200 },
    frameworkErrors: (_error, _request, reply) => {
      // Its declared type knows no status codes.
      void (reply as FastifyReply).code(400).send({ message: 'not a path' });
    },
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'there is nothing here' }));
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    // A path on this machine is nobody's business; what went wrong here is a bug, and belongs on the terminal.
    if (status >= 500) console.error(error);
    return reply.code(status).send({ message: status >= 500 ? 'the server failed' : error.message });
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/') && !sameToken(request.headers[TOKEN_HEADER], token)) {
      return reply
        .code(401)
        .send({ message: 'the token is missing or wrong: open the address that was printed' });
    }
  });
  // It only sends what it is told to: the root, without which it does not start, is never served.
  await app.register(fastifyStatic, { root: VIEWER_FOLDER, serve: false });
  pageRoutes(app, page, token);
  app.get('/api/session.json', () => ({
    version: 1,
    traces: traces.map(({ list }, slot) => ({ slot, name: list.name })),
  }));
  traceRoutes(app, traces);
  notesRoutes(app, traces[0]?.notesFile);
  const bound = await listen(app, port);
  return { url: `http://${ADDRESS}:${bound}/${token}/`, port: bound, token, close: () => app.close() };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Before any routing: the headers that every answer has, and the requests that get no other. */
function guarded(handler: Handler): Server {
  return createServer((request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const refusal = refusalOf(request);
    if (refusal === undefined) {
      handler(request, response);
      return;
    }
    if (refusal.status === 405) response.setHeader('Allow', 'GET, HEAD, PUT');
    response.setHeader('Connection', 'close');
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.writeHead(refusal.status).end(request.method === 'HEAD' ? undefined : `${refusal.text}\n`);
  });
}

async function listen(app: FastifyInstance, port: number): Promise<number> {
  try {
    await app.listen({ host: ADDRESS, port });
  } catch (error) {
    await app.close();
    switch ((error as NodeJS.ErrnoException).code) {
      case 'EADDRINUSE':
        throw new UserError(`port ${port} is in use`, {
          hint: 'choose another with --port, or leave it out to get a free one',
          cause: error,
        });
      case 'EACCES':
        throw new UserError(`port ${port} may not be used`, {
          hint: 'ports below 1024 are for root; choose another with --port',
          cause: error,
        });
      default:
        throw error;
    }
  }
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('listening on no port');
  return address.port;
}
