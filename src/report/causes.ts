import type { Paint, TextStyle } from './style.js';

/** What each cause of idle time means, in a few words (design §4). */
const MEANING: Readonly<Record<string, string>> = {
  graph: 'between nodes of one graph replay',
  queued: "waiting for another stream's op",
  dispatch: "the device's own start cost",
  launch: 'the launch call and its way to the GPU',
  sync: 'the host waited for the GPU',
  'blocking-copy': 'the host was in a blocking copy',
  alloc: 'allocating, freeing or loading a module',
  api: 'in another CUDA call',
  'queue-full': 'the GPU was behind: command buffer full',
  profiler: "the profiler's own stall",
  host: "the framework's own code, no CUDA call",
  unknown: 'the launch is not in the trace',
};

export function meaningOf(cause: string): string {
  return MEANING[cause] ?? '';
}

/** One colour a cause: warm where the host can be sped up, cool where it is the device's own. */
export function paintOf(cause: string, { colors }: TextStyle): Paint {
  switch (cause) {
    case 'host':
    case 'api':
      return colors.red;
    case 'launch':
      return colors.yellow;
    case 'sync':
    case 'blocking-copy':
    case 'alloc':
      return colors.magenta;
    case 'queued':
    case 'queue-full':
      return colors.blue;
    case 'graph':
    case 'dispatch':
      return colors.cyan;
    default:
      return colors.dim;
  }
}
