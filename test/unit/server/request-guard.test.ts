import { expect, test } from 'vitest';
import { refusalOf } from '../../../src/server/request-guard.js';
import { noBrowserReason } from '../../../src/server/open-browser.js';

const good = { method: 'GET', url: '/', headers: { host: '127.0.0.1:8080' } };

test('a request without a Host, without a path, or far too long is refused', () => {
  expect(refusalOf(good)).toBeUndefined();
  // HTTP/1.0 needs no Host.
  expect(refusalOf({ ...good, headers: {} })?.status).toBe(421);
  expect(refusalOf({ ...good, url: 'http://evil.example/' })?.status).toBe(400);
  expect(refusalOf({ ...good, url: `/${'x'.repeat(3000)}` })?.status).toBe(400);
});

test('a link from elsewhere may be followed, if its address has the token; nothing else of another site may', () => {
  const headers = { ...good.headers, 'sec-fetch-site': 'cross-site' };
  expect(refusalOf({ ...good, headers: { ...headers, 'sec-fetch-mode': 'navigate' } })).toBeUndefined();
  expect(refusalOf({ ...good, headers: { ...headers, 'sec-fetch-mode': 'no-cors' } })?.status).toBe(403);
});

test.each([
  [{ SSH_CONNECTION: '1', DISPLAY: ':0' }, 'linux', 'ssh'],
  [{}, 'linux', 'no display'],
  [{ DISPLAY: '' }, 'linux', 'no display'],
  [{ DISPLAY: ':0' }, 'linux', undefined],
  [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', undefined],
  [{ WSL_DISTRO_NAME: 'Ubuntu' }, 'linux', undefined],
  [{}, 'darwin', undefined],
] as const)('a browser is opened where there is one to be seen: %o on %s', (env, platform, reason) => {
  expect(noBrowserReason(env, platform)).toBe(reason);
});
