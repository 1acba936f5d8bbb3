import type { FastifyInstance } from 'fastify';
import type { ListedTrace } from '../export/listed-trace.js';

interface Numbered {
  readonly slot: string;
  readonly file: string;
}

/** `/api/<slot>/files.json`, and each file of that list under its number. */
export function traceRoutes(app: FastifyInstance, traces: readonly ListedTrace[]): void {
  app.get<{ Params: Numbered }>('/api/:slot/files.json', (request, reply) => {
    const trace = at(traces, request.params.slot);
    return trace === undefined ? reply.callNotFound() : reply.send(trace.list);
  });
  app.get<{ Params: Numbered }>('/api/:slot/files/:file', (request, reply) => {
    const trace = at(traces, request.params.slot);
    const file = trace === undefined ? undefined : at(trace.files, request.params.file);
    if (file === undefined) return reply.callNotFound();
    // A gzipped table stays gzipped: it is the page that inflates it. It may be kept, but is asked for each time.
    return reply
      .header('Cache-Control', 'private, no-cache')
      .type('application/octet-stream')
      .sendFile(file.name, file.folder, {
        cacheControl: false,
        contentType: false,
        dotfiles: 'allow',
        etag: true,
      });
  });
}

/** Digits only: `1e0`, `-1`, `0x1` and `constructor` are no numbers here. */
function at<T>(list: readonly T[], number: string): T | undefined {
  return /^(0|[1-9]\d{0,5})$/.test(number) ? list[Number(number)] : undefined;
}
