import type { IncomingMessage } from 'node:http';

export interface Refusal {
  readonly status: 400 | 403 | 405 | 421;
  readonly text: string;
}

const METHODS = new Set(['GET', 'HEAD', 'PUT']);
/** Names that always mean this machine; a page of another site that rebinds its own name cannot send these. */
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;
const MAX_URL = 2048;

/**
 * Why a request is refused before anything looks at its path, or undefined. The port of `Host` is not compared: it is
 * another one where the address was forwarded.
 */
export function refusalOf(request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): Refusal | undefined {
  const { method, url = '', headers } = request;
  if (method === undefined || !METHODS.has(method)) {
    return { status: 405, text: 'only GET, HEAD and PUT are answered' };
  }
  const host = headers.host ?? '';
  if (!LOOPBACK.test(host)) return { status: 421, text: 'the Host header names another machine' };
  if (url.length > MAX_URL || !url.startsWith('/')) return { status: 400, text: 'not a path' };
  // A browser sends Origin with every request that another site can make and that changes or reads something.
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, text: 'the request comes from another site' };
  }
  const site = headers['sec-fetch-site'];
  const own = site === undefined || site === 'same-origin' || site === 'none';
  // Following a link from elsewhere is all that another site may do; the address still needs its token.
  if (!own && headers['sec-fetch-mode'] !== 'navigate') {
    return { status: 403, text: 'the request comes from another site' };
  }
  return undefined;
}
