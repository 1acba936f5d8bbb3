/** Starts the engine from a file of its own beside the page. */
export function startWorker(): Worker {
  return new Worker(new URL('../engine/worker.ts', import.meta.url), { type: 'module', name: 'engine' });
}
