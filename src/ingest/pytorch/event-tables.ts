import { OP_KIND, RANGE_KIND } from '../../trace/schema.js';
import { overheadKind, syncKind } from './activity-names.js';
import { ByteStrings } from './byte-strings.js';
import { CATEGORY, categoryOf } from './categories.js';
import { clipped } from '../clipped.js';
import type { EventBatch } from './event-batch.js';
import { EventColumns } from './event-columns.js';
import * as F from './event-fields.js';
import { EventScanner } from './event-scanner.js';
import { LeftOut } from './left-out.js';
import { fillShapeRow } from './shape-row.js';
import { ShapeTable } from '../shape-table.js';
import { ThreadIds } from './thread-ids.js';

/** Nanoseconds; 104 days, the most that a double can tell from its neighbours. */
const MAX_DURATION = 2 ** 53;
const UINT32 = 2 ** 32;
const MODULE = new TextEncoder().encode('nn.Module: ');

const COMPLETE = 0x58; // X
const BEGIN = 0x42; // B
const END = 0x45; // E
const ASYNC_BEGIN = 0x62; // b
const ASYNC_END = 0x65; // e
const METADATA = 0x4d; // M
const COUNTER = 0x43; // C
const INSTANT = 0x69; // i
const OLD_INSTANT = 0x49; // I
const FLOWS: readonly number[] = [0x73, 0x74, 0x66]; // s, t, f

/** A name that the file gives a thread of the host or, as the profiler does, a stream. */
export interface ThreadName {
  readonly pid: number;
  readonly tid: number;
  readonly pidText: string;
  readonly tidText: string;
  readonly name: number;
}

/** Takes every event that the scanner has read into columns. */
export class EventTables extends EventColumns {
  readonly strings = new ByteStrings();
  readonly scanner = new EventScanner(this.strings.seed);
  readonly shapes = new ShapeTable();
  readonly threads = new ThreadIds();
  readonly leftOut = new LeftOut();
  readonly threadNames: ThreadName[] = [];
  /** Correlation of a call → the launch shape or copy size it was made with, where the call says it (ROCm). */
  readonly shapeOfCall = new Map<number, number>();
  /** By string id of a category: how many complete events, and what becomes of them (−1: not yet known). */
  readonly complete = new Map<number, number>();
  #codes = new Int8Array(64).fill(-1);
  /** Category by category, as string ids, how many were left out for it. */
  readonly #left = new Map<number, number>();
  readonly #cpuOpDomain: number;
  readonly #pythonDomain: number;
  /** Open B events by thread, and open b events by category, id and name: rows of `ranges`. */
  readonly #open = new Map<number, number[]>();
  readonly #openAsync = new Map<string, number[]>();
  readonly #recorded = new Set<number>();
  /** Whether an event was met whose meaning hangs on events before it. */
  #hasPairs = false;
  #us = 0;
  #ns = 0;

  constructor() {
    super();
    this.strings.internText('');
    this.#cpuOpDomain = this.strings.internText('cpu_op');
    this.#pythonDomain = this.strings.internText('python');
  }

  event(): void {
    const { phase } = this.scanner;
    if (phase === COMPLETE) this.#completeEvent();
    else if (FLOWS.includes(phase)) this.leftOut.count('flow');
    else if (phase === METADATA) this.#metadata();
    else if (phase === BEGIN || phase === END) this.#beginOrEnd(phase);
    else if (phase === ASYNC_BEGIN || phase === ASYNC_END) this.#asyncEvent(phase);
    else if (phase === COUNTER) this.leftOut.count('counter');
    else if (phase === INSTANT || phase === OLD_INSTANT) this.#instant();
    else this.leftOut.count('phase');
  }

  /** All that was taken in; undefined if it makes sense only together with the events before. */
  batch(): EventBatch | undefined {
    if (this.#hasPairs) return undefined;
    const keys = this.threads.keys();
    return {
      tables: {
        ops: { length: this.ops.length, columns: this.ops.finish() },
        calls: { length: this.calls.length, columns: this.calls.finish() },
        ranges: { length: this.ranges.length, columns: this.ranges.finish() },
        syncs: { length: this.syncs.length, columns: this.syncs.finish() },
        events: { length: this.events.length, columns: this.events.finish() },
        overheads: { length: this.overheads.length, columns: this.overheads.finish() },
      },
      texts: this.strings.bytesOfAll(),
      threads: this.threads.list().map(({ id }, i) => [keys[i]!, id] as const),
      shapes: this.shapes.rows(),
      threadNames: this.threadNames,
      shapeOfCall: [...this.shapeOfCall],
      complete: [...this.complete],
      left: [...this.#left],
      leftOut: this.leftOut.counts(),
    };
  }

  /** Makes room for what `absorb` is going to take in. */
  reserve(batches: readonly EventBatch[]): void {
    for (const name of ['ops', 'calls', 'ranges', 'syncs', 'overheads'] as const) {
      this[name].reserve(batches.reduce((sum, { tables }) => sum + tables[name].length, 0));
    }
  }

  /** Takes in what another instance was given, as if these events had come next: all ids come out the same. */
  absorb(batch: EventBatch): void {
    const { tables } = batch;
    const strings = this.strings.internAll(batch.texts);
    const shapes = this.shapes.addAll(batch.shapes);
    const ids = new Map(batch.threads.map(([key, id]) => [id, this.threads.ofKey(key)]));
    const string = (id: number): number => strings[id]!;
    const thread = (id: number): number => ids.get(id)!;
    // An overhead's thread 0 is none, and no thread of an overhead has that number.
    const threadOrNone = (id: number): number => (id === 0 ? 0 : thread(id));
    const { ops, calls, ranges, syncs, events, overheads } = tables;
    for (const name of [ops.columns.name, calls.columns.name, ranges.columns.name, ranges.columns.domain]) {
      renumber(name, string);
    }
    renumber(ops.columns.shape, (shape) => shapes[shape]!);
    for (const column of [calls.columns.thread, ranges.columns.thread]) renumber(column, thread);
    renumber(overheads.columns.thread, threadOrNone);
    this.ops.append(ops.columns, ops.length);
    this.calls.append(calls.columns, calls.length);
    this.ranges.append(ranges.columns, ranges.length);
    this.syncs.append(syncs.columns, syncs.length);
    this.overheads.append(overheads.columns, overheads.length);
    this.#absorbEvents(events);
    for (const name of batch.threadNames) this.threadNames.push({ ...name, name: string(name.name) });
    for (const [correlation, shape] of batch.shapeOfCall) this.shapeOfCall.set(correlation, shapes[shape]!);
    for (const [id, count] of batch.complete) add(this.complete, string(id), count);
    for (const [id, count] of batch.left) add(this.#left, string(id), count);
    for (const [reason, count] of batch.leftOut) this.leftOut.count(reason, count);
  }

  /** Recordings of events: each once. */
  #absorbEvents({ length, columns }: EventBatch['tables']['events']): void {
    for (let i = 0; i < length; i++) {
      const recorded = columns.syncId[i]!;
      if (this.#recorded.has(recorded)) continue;
      this.#recorded.add(recorded);
      const at = this.events.add();
      for (const name of Object.keys(columns) as (keyof typeof columns)[]) {
        this.events.columns[name][at] = columns[name][i]!;
      }
    }
  }

  /** Counts by category, once all events have been read. */
  finishCounts(): void {
    for (const [category, count] of this.#left) {
      this.leftOut.countCategory(clipped(this.strings.text(category)), count);
    }
  }

  /** How many complete events there are of which category: what a file without GPU work holds. */
  describe(): string {
    const most = [...this.complete].sort((a, b) => b[1] - a[1]).slice(0, 6);
    return most
      .map(
        ([id, count]) =>
          `${count.toLocaleString('en-US')} ${clipped(this.strings.text(id)) || 'without a category'}`,
      )
      .join(', ');
  }

  #completeEvent(): void {
    const { numbers } = this.scanner;
    const category = this.#string(F.CAT);
    const code = this.#code(category);
    this.complete.set(category, (this.complete.get(category) ?? 0) + 1);
    if (code === CATEGORY.leftOut) {
      this.#countLeft(category);
      return;
    }
    if (!this.#time()) return;
    const durationNs = numbers[F.DUR]! * 1000 + numbers[F.DUR + 1]!;
    if (!(durationNs >= 0 && durationNs <= MAX_DURATION)) {
      this.leftOut.count('duration');
      return;
    }
    switch (code) {
      case CATEGORY.kernel:
        this.#addOp(OP_KIND.kernel, durationNs);
        break;
      case CATEGORY.memcpy:
        this.#addOp(OP_KIND.memcpy, durationNs);
        break;
      case CATEGORY.memset:
        this.#addOp(OP_KIND.memset, durationNs);
        break;
      case CATEGORY.graph:
        this.#addOp(OP_KIND.graph, durationNs);
        break;
      case CATEGORY.call:
        this.#addCall(durationNs);
        break;
      case CATEGORY.sync:
        this.#addSync(durationNs);
        break;
      case CATEGORY.overhead:
        this.#addOverhead(durationNs);
        break;
      case CATEGORY.python:
        if (this.#isModule()) this.#addRange(code, this.#pythonDomain, durationNs, RANGE_KIND.pushPop);
        else this.leftOut.count('python');
        break;
      case CATEGORY.cpuOp:
        this.#addRange(code, this.#cpuOpDomain, durationNs, RANGE_KIND.pushPop);
        break;
      case CATEGORY.annotation:
        this.#addRange(code, this.#domain(), durationNs, this.#rangeKind());
        break;
      default:
        this.#addRange(code, category, durationNs, RANGE_KIND.pushPop);
    }
  }

  #addOp(kind: number, durationNs: number): void {
    const { numbers, texts } = this.scanner;
    const device = Number.isNaN(numbers[F.DEVICE]!) ? numbers[F.PID]! : numbers[F.DEVICE]!;
    // Proton's traces have one device and do not say which.
    const known = Number.isNaN(device) && texts[F.PID_TEXT + 1] === -1 ? 0 : device;
    if (!(known >= 0 && known <= 255)) {
      this.leftOut.count('device');
      return;
    }
    const row = this.ops.add();
    const { columns } = this.ops;
    columns.us[row] = this.#us;
    columns.ns[row] = this.#ns;
    columns.durationNs[row] = durationNs;
    columns.kind[row] = kind;
    columns.device[row] = known;
    columns.context[row] = numbers[F.CONTEXT]!;
    columns.channel[row] = numbers[F.CHANNEL]!;
    columns.name[row] = this.#string(F.NAME);
    columns.stream[row] = this.#stream();
    columns.correlation[row] = id32(numbers[F.CORRELATION]!);
    columns.graph[row] = id32(numbers[F.GRAPH]!);
    columns.graphNode[row] = numbers[F.GRAPH_NODE]! > 0 ? numbers[F.GRAPH_NODE]! : 0;
    columns.shape[row] = this.#shape();
  }

  #addCall(durationNs: number): void {
    const { numbers } = this.scanner;
    const row = this.calls.add();
    const { columns } = this.calls;
    const correlation = id32(numbers[F.CORRELATION]!);
    columns.us[row] = this.#us;
    columns.ns[row] = this.#ns;
    columns.durationNs[row] = durationNs;
    columns.name[row] = this.#string(F.NAME);
    columns.thread[row] = this.#thread();
    columns.correlation[row] = correlation;
    columns.result[row] = numbers[F.RESULT]!;
    if (correlation !== 0 && (numbers[F.GRID]! > 0 || numbers[F.BYTES]! > 0)) {
      this.shapeOfCall.set(correlation, this.#shape());
    }
  }

  #addSync(durationNs: number): void {
    const { numbers, texts } = this.scanner;
    const text = texts[F.SYNC_KIND_TEXT + 1] === -1 ? F.NAME : F.SYNC_KIND_TEXT;
    const row = this.syncs.add();
    const { columns } = this.syncs;
    columns.us[row] = this.#us;
    columns.ns[row] = this.#ns;
    columns.durationNs[row] = durationNs;
    columns.kind[row] = syncKind(this.strings.text(this.#string(text)));
    columns.context[row] = id32(numbers[F.CONTEXT]!);
    columns.stream[row] = id32(numbers[F.STREAM]!);
    columns.correlation[row] = id32(numbers[F.CORRELATION]!);
    const event = numbers[F.WAIT_EVENT]!;
    columns.event[row] = event >= 0 ? id32(event) : 0xffffffff;
    const recorded = id32(Math.max(0, numbers[F.WAIT_RECORD]!));
    if (recorded === 0 || !(event >= 0)) return;
    // The correlation of the call that recorded the event names that recording.
    columns.syncId[row] = recorded;
    if (this.#recorded.has(recorded) || !(numbers[F.WAIT_STREAM]! >= 0)) return;
    this.#recorded.add(recorded);
    const at = this.events.add();
    this.events.columns.context[at] = id32(numbers[F.CONTEXT]!);
    this.events.columns.stream[at] = id32(numbers[F.WAIT_STREAM]!);
    this.events.columns.event[at] = id32(event);
    this.events.columns.syncId[at] = recorded;
    this.events.columns.correlation[at] = recorded;
  }

  #addOverhead(durationNs: number): void {
    const { numbers } = this.scanner;
    const row = this.overheads.add();
    const { columns } = this.overheads;
    columns.us[row] = this.#us;
    columns.ns[row] = this.#ns;
    columns.durationNs[row] = durationNs;
    columns.kind[row] = overheadKind(this.strings.text(this.#string(F.NAME)));
    // The profiler puts them under process −1, thread 0, where it does not know better.
    columns.thread[row] = numbers[F.PID]! >= 0 && numbers[F.TID]! !== 0 ? this.#thread() : 0;
    columns.correlation[row] = id32(numbers[F.CORRELATION]!);
  }

  #addRange(category: number, domain: number, durationNs: number, kind: number): number {
    const row = this.ranges.add();
    const { columns } = this.ranges;
    columns.us[row] = this.#us;
    columns.ns[row] = this.#ns;
    columns.durationNs[row] = durationNs;
    columns.name[row] = this.#string(F.NAME);
    columns.domain[row] = domain;
    columns.thread[row] = this.#thread();
    columns.kind[row] = kind;
    columns.category[row] = category;
    return row;
  }

  /** `B` opens a range on its thread, `E` closes the one opened last. */
  #beginOrEnd(phase: number): void {
    this.#hasPairs = true;
    if (!this.#time()) return;
    const thread = this.#thread();
    let open = this.#open.get(thread);
    if (phase === BEGIN) {
      if (open === undefined) this.#open.set(thread, (open = []));
      const category = this.#string(F.CAT);
      const code = this.#code(category);
      open.push(this.#addRange(code, this.#domainOf(code, category), -1, RANGE_KIND.pushPop));
    } else this.#close(open?.pop());
  }

  #asyncEvent(phase: number): void {
    this.#hasPairs = true;
    if (!this.#time()) return;
    const category = this.#string(F.CAT);
    const id = Number.isNaN(this.scanner.numbers[F.ID]!)
      ? this.#text(F.ID_TEXT)
      : this.scanner.numbers[F.ID]!;
    const key = JSON.stringify([category, id, this.#string(F.NAME)]);
    let open = this.#openAsync.get(key);
    if (phase === ASYNC_BEGIN) {
      if (open === undefined) this.#openAsync.set(key, (open = []));
      const code = this.#code(category);
      open.push(this.#addRange(code, this.#domainOf(code, category), -1, RANGE_KIND.startEnd));
    } else this.#close(open?.pop());
  }

  #close(row: number | undefined): void {
    if (row === undefined) {
      this.leftOut.count('unopened');
      return;
    }
    const { us, ns, durationNs } = this.ranges.columns;
    const length = (this.#us - us[row]!) * 1000 + (this.#ns - ns[row]!);
    durationNs[row] = length >= 0 && length <= MAX_DURATION ? length : 0;
  }

  #instant(): void {
    const category = this.#string(F.CAT);
    if (category === 0) this.leftOut.count('instant');
    else if (this.#code(category) !== CATEGORY.annotation) this.#countLeft(category);
    else if (this.#time()) this.#addRange(CATEGORY.annotation, this.#domain(), 0, RANGE_KIND.mark);
  }

  #metadata(): void {
    if (this.#text(F.NAME) !== 'thread_name' || this.scanner.texts[F.LABEL + 1] === -1) return;
    const { numbers } = this.scanner;
    this.threadNames.push({
      pid: numbers[F.PID]!,
      tid: numbers[F.TID]!,
      pidText: this.#text(F.PID_TEXT),
      tidText: this.#text(F.TID_TEXT),
      name: this.#string(F.LABEL),
    });
  }

  /** Takes the event's start; false, and counted, if it has none that makes sense. */
  #time(): boolean {
    const us = this.scanner.numbers[F.TS]!;
    const ns = this.scanner.numbers[F.TS + 1]!;
    if (Number.isNaN(us) || Number.isNaN(ns)) {
      this.leftOut.count('time');
      return false;
    }
    const carry = ns < 0 ? -1 : ns >= 1000 ? 1 : 0;
    this.#us = us + carry;
    this.#ns = ns - 1000 * carry;
    return true;
  }

  #thread(): number {
    const { numbers } = this.scanner;
    return this.threads.of(numbers[F.PID]!, numbers[F.TID]!, this.#text(F.PID_TEXT), this.#text(F.TID_TEXT));
  }

  #stream(): number {
    const { numbers } = this.scanner;
    const stream = Number.isNaN(numbers[F.STREAM]!) ? numbers[F.TID]! : numbers[F.STREAM]!;
    if (!Number.isNaN(stream)) return id32(stream);
    return id32(Number(/(\d+)\D*$/.exec(this.#text(F.TID_TEXT))?.[1] ?? 0));
  }

  #shape(): number {
    fillShapeRow(this.shapes.row, this.scanner.numbers);
    return this.shapes.id();
  }

  /** Annotations say their domain or have none; the domain of other ranges is their category. */
  #domainOf(code: number, category: number): number {
    return code === CATEGORY.annotation ? this.#domain() : category;
  }

  #domain(): number {
    return this.scanner.texts[F.DOMAIN + 1] === -1 ? 0 : this.#string(F.DOMAIN);
  }

  #rangeKind(): number {
    if (this.scanner.texts[F.KIND + 1] === -1) return RANGE_KIND.pushPop;
    return this.#text(F.KIND) === 'start/end' ? RANGE_KIND.startEnd : RANGE_KIND.pushPop;
  }

  /** Whether the event's name begins with `nn.Module: `. */
  #isModule(): boolean {
    const { texts } = this.scanner;
    const { bytes } = this.scanner;
    const from = texts[F.NAME]!;
    if (texts[F.NAME + 1]! - from <= MODULE.length) return false;
    for (let i = 0; i < MODULE.length; i++) {
      if (bytes[from + i] !== MODULE[i]) return false;
    }
    return true;
  }

  #code(category: number): number {
    if (category >= this.#codes.length) {
      const larger = new Int8Array(2 * category).fill(-1);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    const known = this.#codes[category]!;
    return known >= 0 ? known : (this.#codes[category] = categoryOf(this.strings.text(category)));
  }

  #countLeft(category: number): void {
    this.#left.set(category, (this.#left.get(category) ?? 0) + 1);
  }

  /** String id of a text of the event, 0 (the empty text) without one. */
  #string(slot: number): number {
    const { texts, bytes } = this.scanner;
    const to = texts[slot + 1]!;
    if (to < 0) return 0;
    return this.strings.intern(bytes, texts[slot]!, to, texts[slot + 2]!, texts[slot + 3] === 1);
  }

  #text(slot: number): string {
    const string = this.#string(slot);
    return string === 0 ? '' : this.strings.text(string);
  }
}

function renumber(column: Uint32Array, number: (id: number) => number): void {
  for (let i = 0; i < column.length; i++) column[i] = number(column[i]!);
}

function add(counts: Map<number, number>, key: number, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** An id of 32 bits: −1 and the like wrap as the profiler's own ids do; what is no id is 0, "none". */
function id32(value: number): number {
  return Math.abs(value) < UINT32 ? value >>> 0 : 0;
}
