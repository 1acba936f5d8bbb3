import { DenseIds } from '../../analysis/dense-ids.js';
import type { Trace } from '../../trace/trace.js';

/** Numbers streams, which CUPTI numbers within a context, and devices, as the ops use them. */
export class StreamIds {
  /** Op → dense stream. */
  readonly ofOp: Int32Array;
  /** Dense stream → dense device. */
  readonly deviceOfStream: Int32Array;
  readonly #contexts = new DenseIds();
  readonly #streams = new DenseIds();
  readonly #devices = new DenseIds();
  readonly #deviceOfContext = new Map<number, number>();

  constructor({ ops }: Trace) {
    this.ofOp = new Int32Array(ops.length);
    const devices: number[] = [];
    for (let i = 0; i < ops.length; i++) {
      const device = ops.device[i]!;
      const context = this.#contexts.add(device * 65_536 + ops.context[i]!);
      const stream = this.#streams.add(context * 2 ** 32 + ops.stream[i]!);
      this.ofOp[i] = stream;
      if (stream === devices.length) {
        devices.push(this.#devices.add(device));
        if (!this.#deviceOfContext.has(ops.context[i]!)) this.#deviceOfContext.set(ops.context[i]!, device);
      }
    }
    this.deviceOfStream = Int32Array.from(devices);
  }

  get streams(): number {
    return this.#streams.ids.length;
  }

  get devices(): number {
    return this.#devices.ids.length;
  }

  /** The dense stream, or -1 if no op ran on it. */
  find(context: number, stream: number): number {
    const device = this.#deviceOfContext.get(context);
    if (device === undefined) return -1;
    return this.#streams.find(this.#contexts.find(device * 65_536 + context) * 2 ** 32 + stream);
  }

  /** The dense device of a context, or -1 if no op ran in it. */
  deviceOf(context: number): number {
    const device = this.#deviceOfContext.get(context);
    return device === undefined ? -1 : this.#devices.find(device);
  }
}
