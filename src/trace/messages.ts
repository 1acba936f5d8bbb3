import { parseMessage, type ArrowMessage } from './arrow-metadata.js';
import type { ByteSource } from './byte-source.js';
import { messageOf } from './errors.js';

/** How a stream ended: with its end-of-stream marker, or how it was damaged. */
export interface StreamEnd {
  /** The end-of-stream marker was there: the writer finished. */
  complete: boolean;
  /** Bytes after the last whole message that had to be left out. */
  lostBytes: number;
  damage?: string;
}

export interface WholeMessage extends ArrowMessage {
  /** Good until the next message is asked for. */
  readonly body: Uint8Array;
}

const CONTINUATION = 0xffffffff;
const PREFIX_BYTES = 8;

/**
 * The whole messages of an Arrow IPC stream. A stream that was cut anywhere yields every whole message and
 * then ends; `end` says what was left out.
 */
export async function* wholeMessages(source: ByteSource, end: StreamEnd): AsyncGenerator<WholeMessage> {
  for (;;) {
    const prefix = await source.read(PREFIX_BYTES);
    if (prefix.length < PREFIX_BYTES) return stop(prefix.length);
    const view = new DataView(prefix.buffer, prefix.byteOffset);
    const metadataBytes = view.getInt32(4, true);
    if (view.getUint32(0, true) !== CONTINUATION) {
      // Zeros are the tail of a file whose space was reserved but not written before a power loss.
      return stop(PREFIX_BYTES, view.getUint32(0, true) === 0 ? undefined : 'not an Arrow message');
    }
    if (metadataBytes === 0) {
      end.complete = true;
      return;
    }
    if (metadataBytes < 0) return stop(PREFIX_BYTES, 'a message has a negative length');
    const metadata = await source.read(metadataBytes);
    if (metadata.length < metadataBytes) return stop(PREFIX_BYTES + metadata.length);
    let message: ArrowMessage;
    try {
      message = parseMessage(metadata);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return stop(PREFIX_BYTES + metadata.length, `a message is garbled: ${messageOf(error)}`);
    }
    const body = await source.read(message.bodyBytes, true);
    if (body.length < message.bodyBytes) return stop(PREFIX_BYTES + metadata.length + body.length);
    yield { ...message, body };
  }

  function stop(lostBytes: number, damage = source.damage): void {
    end.lostBytes = lostBytes;
    if (damage !== undefined) end.damage = damage;
  }
}
