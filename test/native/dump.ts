// What is in a recording of the library's dump mode, read by the format alone (native/capture/fixture_dump.h).

// Record lengths by kind, with the headers of CUDA 13.0.
const RECORD_BYTES = new Map([
  [1, 96],
  [2, 88],
  [3, 216],
  [4, 40],
  [5, 40],
  [8, 184],
  [10, 216],
  [17, 56],
  [22, 96],
  [36, 56],
  [38, 56],
  [51, 56],
]);

// Driver calls that record events, and those that wait or make a stream wait, by callback id.
const RECORDS = new Set([119, 441, 587, 588]);
const WAITS = new Set([17, 121, 126, 295, 436, 440, 800]);

export interface Contents {
  /** How many of each activity kind. */
  readonly records: ReadonlyMap<number, number>;
  /** Of each call: `record`, `wait` or `plain`. */
  readonly calls: readonly string[];
}

export function contents(bytes: Buffer): Contents {
  const records = new Map<number, number>();
  const calls: string[] = [];
  if (bytes.toString('latin1', 0, 8) !== 'GSDUMP1\n') throw new Error('no recording');
  for (let at = 8; at + 8 <= bytes.length; at += 8 + bytes.readUInt32LE(at + 4)) {
    const type = bytes.readUInt32LE(at);
    const payload = at + 8;
    if (type === 1) {
      const end = payload + 16 + Number(bytes.readBigUInt64LE(payload));
      for (let record = payload + 16; record + 4 <= end;) {
        const kind = bytes.readUInt32LE(record);
        const length = RECORD_BYTES.get(kind);
        if (length === undefined) {
          if (kind === 0) break; // begun and not finished
          throw new Error(`records of kind ${kind} in the recording`);
        }
        if (record + length > end) break;
        records.set(kind, (records.get(kind) ?? 0) + 1);
        record += length;
      }
    } else if (type === 4) {
      const isDriver = bytes.readUInt32LE(payload) === 1;
      const id = bytes.readUInt32LE(payload + 4);
      const failed = bytes.readUInt32LE(payload + 16) !== 0;
      if (isDriver && RECORDS.has(id) && !failed) calls.push('record');
      else calls.push(isDriver && WAITS.has(id) ? 'wait' : 'plain');
    }
  }
  return { records, calls };
}
