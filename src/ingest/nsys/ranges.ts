import { RANGE_KIND } from '../../trace/schema.js';
import type { NsysFile } from './nsys-file.js';
import { whole } from './ops.js';
import { processSql, threadSql } from './process.js';

export const NVTX = 'NVTX_EVENTS';

/** NVTX_EVENTS.eventType, ENUM_NSYS_EVENT_TYPE of the file. */
const EVENT = { mark: 34, pushPop: 59, startEnd: 60, domainCreate: 75 } as const;
/** A push, pop, start or end on its own. */
const HALVES: readonly unknown[] = [35, 36, 37, 38];
const KIND_OF: ReadonlyMap<unknown, number> = new Map([
  [EVENT.mark, RANGE_KIND.mark],
  [EVENT.pushPop, RANGE_KIND.pushPop],
  [EVENT.startEnd, RANGE_KIND.startEnd],
]);
/** Not closed, as the trace format has it. */
const OPEN = -1;

/**
 * NVTX ranges and marks. A name is in `text`, or, registered with NVTX beforehand, in the row of `StringIds` that
 * `textId` names. Categories, colours and payloads have no place in a trace, and are not read.
 */
export async function readRanges(file: NsysFile): Promise<void> {
  const column = (name: string): string => file.db.column(NVTX, name);
  const domains = domainNames(file);
  const columns = {
    ...file.spanSql(NVTX),
    process: processSql(column('globalTid')),
    thread: threadSql(column('globalTid')),
    type: column('eventType'),
    text: column('text'),
    textId: column('textId'),
    domain: column('domainId'),
  };
  await file.db.scan(NVTX, columns, (row, at) => {
    const kind = KIND_OF.get(row[at.type]);
    if (kind === undefined) {
      if (HALVES.includes(row[at.type])) file.losses.count('rawRanges');
      return;
    }
    const startNs = row[at.startNs];
    if (!file.isTime(startNs)) return;
    const key = row[at.process];
    const { ranges } = file.process(key);
    const range = ranges.add();
    const durationNs = row[at.durationNs];
    const text = row[at.text];
    ranges.columns.startNs[range] = startNs;
    ranges.columns.durationNs[range] =
      kind === RANGE_KIND.mark ? 0 : typeof durationNs === 'number' ? Math.max(0, durationNs) : OPEN;
    ranges.columns.name[range] =
      typeof text === 'string' ? file.names.idOf(text) : file.names.ofStored(row[at.textId]);
    ranges.columns.domain[range] = whole(row[at.domain]) === 0 ? 0 : domains(key, row[at.domain]);
    ranges.columns.thread[range] = whole(row[at.thread]);
    ranges.columns.kind[range] = kind;
  });
}

/** A domain's name is the text of the row that made it; domain 0 is NVTX's own and has none. */
function domainNames(file: NsysFile): (process: unknown, domain: unknown) => number {
  const names = new Map<string, number>();
  const rows = file.db.select(
    NVTX,
    [
      processSql(file.db.column(NVTX, 'globalTid')),
      file.db.column(NVTX, 'domainId'),
      file.db.column(NVTX, 'text'),
      file.db.column(NVTX, 'textId'),
    ],
    `WHERE ${file.db.column(NVTX, 'eventType')} = ${EVENT.domainCreate}`,
  );
  for (const [process, domain, text, textId] of rows) {
    const name = typeof text === 'string' ? file.names.idOf(text) : file.names.ofStored(textId);
    names.set(`${Number(process)}:${Number(domain)}`, name);
  }
  return (process, domain) => {
    const key = `${Number(process)}:${Number(domain)}`;
    let name = names.get(key);
    if (name === undefined) names.set(key, (name = file.names.idOf(`?${Number(domain)}`)));
    return name;
  };
}
