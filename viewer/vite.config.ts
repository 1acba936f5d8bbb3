import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vite';

const VIEWER = fileURLToPath(new URL('.', import.meta.url));
const OUT = join(VIEWER, '..', 'dist', 'viewer');

/** What the page needs of a browser: light-dark() and popovers, 2024. */
const BROWSERS = ['chrome123', 'firefox125', 'safari17.5'];

const INLINE_WORKER = join(VIEWER, 'shell', 'start-worker-inline.ts');

/**
 * Two builds of the same page. The served one is index.html with hashed assets. The single one (`--mode single`) is
 * one script and one style sheet with the worker inside, which `export --html` puts into a file with a trace.
 */
export default defineConfig(({ mode }): UserConfig => {
  const single = mode === 'single';
  return {
    root: VIEWER,
    base: './',
    // Colours of the terminal are no business of a page's.
    publicDir: false,
    resolve: single ? { alias: [{ find: /.*\/start-worker\.js$/, replacement: INLINE_WORKER }] } : {},
    worker: { format: single ? 'iife' : 'es' },
    build: {
      outDir: single ? `${OUT}-single` : OUT,
      emptyOutDir: true,
      target: BROWSERS,
      sourcemap: false,
      // No helper that would preload a chunk: everything needed at the start is in the page's own list.
      modulePreload: { polyfill: false },
      assetsInlineLimit: single ? Number.MAX_SAFE_INTEGER : 0,
      chunkSizeWarningLimit: 2000,
      reportCompressedSize: false,
      ...(single
        ? {
            cssCodeSplit: false,
            rollupOptions: {
              input: join(VIEWER, 'main.ts'),
              output: { entryFileNames: 'viewer.js', assetFileNames: 'viewer.[ext]', codeSplitting: false },
            },
          }
        : {}),
    },
    server: { host: '127.0.0.1' },
  };
});
