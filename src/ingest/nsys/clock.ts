import type { NsysDatabase } from './nsys-database.js';
import type { Metadata } from './metadata.js';

/** Tables with a `start` that is no more than the session away from its beginning. */
const TIMED = ['CUPTI_ACTIVITY_KIND_KERNEL', 'CUPTI_ACTIVITY_KIND_RUNTIME', 'CUPTI_ACTIVITY_KIND_MEMCPY'];
/** 104 days: no session lasts that long. */
const SANE_NS = 2n ** 53n;

export interface NsysClock {
  /** To be subtracted from every time in SQL, where integers have 64 bits. */
  readonly originSql: string;
  /** CLOCK_REALTIME ns of what is 0 after that; 0n if the file does not say. */
  readonly originNs: bigint;
  /** When the session began, after that. A GPU op at or before it has lost its times. */
  readonly sessionNs: number;
}

/**
 * Times count from the session's start, or, exported with `--ts-normalize=true`, from 1970, which is past 2^53.
 * `--ts-shift` adds to all of them; a shift is taken as meant, and stays.
 */
export function clockOf(db: NsysDatabase, metadata: Metadata): NsysClock {
  const utc = db.bigints('TARGET_INFO_SESSION_START_TIME', 'utcEpochNs')[0] ?? 0n;
  const shift = metadata.timeShiftNs;
  const first =
    TIMED.flatMap((table) => db.bigints(table, 'start', 'LIMIT 1')).find((start) => start !== 0n) ?? 0n;
  const normalized = metadata.timeNormalized || first >= SANE_NS || first <= -SANE_NS;
  if (!normalized) return { originSql: '0', originNs: utc, sessionNs: Number(shift) };
  const origin = utc > 0n && abs(first - utc) < SANE_NS ? utc : first;
  const sessionNs = origin === utc ? Number(shift) : -Infinity;
  return { originSql: String(origin), originNs: origin, sessionNs };
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
