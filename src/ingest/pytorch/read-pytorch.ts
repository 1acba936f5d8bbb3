import { messageOf, UserError } from '../../trace/errors.js';
import type { Trace, TraceNotice } from '../../trace/trace.js';
import { clipped } from '../clipped.js';
import { EventReader } from './event-reader.js';
import type { EventTables } from './event-tables.js';
import { pytorchTrace } from './pytorch-trace.js';

export interface PytorchInfo {
  /** What to call the trace. */
  readonly name: string;
  readonly path: string;
  /** Size of the file as it lies on the disk, compressed if it is. */
  readonly bytes: number;
  /** Told now and then how many bytes of JSON have been read. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Accept a file without GPU work; otherwise that is a `UserError`. */
  readonly allowEmpty?: boolean;
}

const HINT = 'give a trace that the PyTorch profiler exported (.json or .json.gz)';

/** What the bytes of a document came to. */
export interface Gathered {
  readonly tables: EventTables;
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: number;
  /** Events read; stretches that were no events; whether an event array was seen; whether it began as no JSON. */
  readonly events: number;
  readonly damaged: number;
  readonly sawEvents: boolean;
  readonly foreign: boolean;
  readonly complete: boolean;
  readonly leftBytes: number;
  /** Why the bytes stopped coming. */
  readonly broken?: string | undefined;
}

/**
 * Reads the JSON of a PyTorch profiler or other Chrome trace as its bytes arrive. Memory grows with the rows, not with
 * the text. Runs in a browser as well as in Node.
 *
 * A document that ends early, or bytes that stop coming with an error, leave all complete events and a notice.
 * @throws UserError if it is no such file or holds no GPU work; the signal's reason if it was aborted.
 */
export async function readPytorch(
  chunks: AsyncIterable<Uint8Array>,
  info: PytorchInfo,
): Promise<{ traces: Trace[]; notices: TraceNotice[] }> {
  const reader = new EventReader();
  let bytes = 0;
  let broken: string | undefined;
  try {
    for await (const chunk of untilBroken(chunks)) {
      info.signal?.throwIfAborted();
      reader.document.push(chunk);
      bytes += chunk.length;
      info.onProgress?.(bytes);
    }
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    if (info.signal?.aborted === true) throw error.cause;
    broken = messageOf(error.cause);
  }
  const end = reader.document.finish();
  const { tables, headers } = reader;
  const { events, damaged, sawEvents, foreign } = reader.document;
  return concluded({ tables, headers, bytes, events, damaged, sawEvents, foreign, ...end, broken }, info);
}

/**
 * The trace of what was read, and what is odd about it.
 * @throws UserError if it is no such file or holds no GPU work
 */
export function concluded(read: Gathered, info: PytorchInfo): { traces: Trace[]; notices: TraceNotice[] } {
  const { tables, headers, events, damaged, complete, leftBytes, broken } = read;
  if (events === 0 && broken !== undefined) {
    throw new UserError(`${info.name} cannot be read: ${broken}`, {
      hint: 'the file was damaged on its way here, or was not written to its end; copy or record it again',
    });
  }
  if (events === 0) throw notATrace(info.name, read);
  if (tables.ops.length === 0 && info.allowEmpty !== true) {
    throw new UserError(
      `${info.name} holds no GPU work; found: ${tables.describe() || 'no events with a duration'}`,
      {
        hint: 'profile with activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA], while the GPU is used',
      },
    );
  }
  const notices: TraceNotice[] = [];
  if (broken !== undefined || !complete) {
    const left = leftBytes > 0 ? `; ${leftBytes} bytes of an incomplete event were left out` : '';
    const why = broken === undefined ? 'the file ends early' : `reading stopped (${broken})`;
    notices.push({ table: 'file', message: `${why} after ${events} events${left}` });
  }
  if (damaged > 0) {
    notices.push({
      table: 'file',
      message: `${damaged} places are no JSON; reading went on at the next event after each`,
      count: damaged,
    });
  }
  const { name, path } = info;
  return {
    traces: [pytorchTrace(tables, { name, path, bytesOnDisk: info.bytes, headers, complete, notices })],
    notices: [],
  };
}

/** The bytes stopped coming: a fault of the file or of what brings it, and not of ours. */
class BrokenOff extends Error {}

async function* untilBroken(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw new BrokenOff('', { cause: error });
  }
}

function notATrace(name: string, { bytes, foreign, sawEvents, headers }: Gathered): UserError {
  if (bytes === 0) return new UserError(`${name} is empty`, { hint: HINT });
  if (foreign) return new UserError(`${name} is not JSON`, { hint: HINT });
  if (sawEvents) return new UserError(`${name} has a list of events with nothing in it`, { hint: HINT });
  const found = [...headers.keys()]
    .slice(0, 8)
    .map((key) => clipped(key))
    .join(', ');
  return new UserError(`${name} has no 'traceEvents'${found === '' ? '' : `, only ${found}`}`, {
    hint: HINT,
  });
}
