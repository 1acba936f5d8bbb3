import EngineWorker from '../engine/worker.ts?worker&inline';

/** The same for a page that is one file: the engine's script is a text in it. The single build swaps the two. */
export function startWorker(): Worker {
  return new EngineWorker({ name: 'engine' });
}
