import { TOKEN_HEADER } from '../../src/trace/served-files.js';
import type { Slot, TraceSource } from '../engine/protocol.js';

/** The server that this page came from. */
export interface ServerSession {
  readonly token: string;
  readonly traces: readonly { readonly name: string; readonly source: TraceSource; readonly slot: Slot }[];
  /** A request below `/api/` with the token. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** `gapscope view` serves the page at `/<token>/`. Undefined where the page came from somewhere else. */
export async function serverSession(): Promise<ServerSession | undefined> {
  const token = /^\/([0-9a-f]{32})\/$/.exec(location.pathname)?.[1];
  if (!location.protocol.startsWith('http') || token === undefined) return undefined;
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...(init.headers as Record<string, string> | undefined), [TOKEN_HEADER]: token };
    try {
      return await fetch(`/api/${path}`, { ...init, headers });
    } catch (error) {
      // The browser's own words are “Failed to fetch”.
      throw Object.assign(new Error('the server does not answer', { cause: error }), {
        hint: 'is `gapscope view` still running in its terminal?',
      });
    }
  };
  const response = await request('session.json');
  if (!response.ok) throw new Error(`the server answered ${response.status} to the first request`);
  const { traces } = (await response.json()) as { traces: readonly { slot: Slot; name: string }[] };
  return {
    token,
    request,
    traces: traces.map(({ slot, name }) => ({
      name,
      slot,
      source: { from: 'server', base: new URL(`/api/${slot}/`, location.href).href, token, slot },
    })),
  };
}
