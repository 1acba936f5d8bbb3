/** Between two steps of work: lets the worker answer what has been asked meanwhile; throws if it was called off. */
export type Breath = () => Promise<void>;

/** Work is put aside for a moment after so long: half a frame. */
const SLICE_MS = 8;

/** Does work that stops now and then, and takes a breath when it has gone on for long enough. */
export async function inSlices<T>(work: Generator<void, T>, breathe: Breath): Promise<T> {
  let since = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() - since < SLICE_MS) continue;
    await breathe();
    since = performance.now();
  }
}

/** Lets everything that waits be answered. (A timer would wait four milliseconds, once it was set a few times.) */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
