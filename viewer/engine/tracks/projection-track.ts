import { projectInstances, type Instances } from '../../../src/analysis/instances.js';
import { projectRanges } from '../../../src/analysis/projection.js';
import { RANGE_KIND } from '../../../src/trace/schema.js';
import { sortOrder } from '../../../src/trace/sort.js';
import { rowsUnderParents } from '../../layout/nesting.js';
import { subRows } from '../../layout/sub-rows.js';
import { Lane, type EventColumns } from '../../lod/lane.js';
import { Slots } from '../../lod/slots.js';
import type { EventTrack } from '../event-track.js';
import type { ProcessView } from '../process-view.js';

/** A range as it ran on a device: its events are numbered in order of start, parents before their children. */
export interface ProjectionTrack extends EventTrack {
  readonly kind: 'projection';
  /** Event → instance (`Instances`): a row of `ranges` where it is less than their number. */
  readonly instanceOf: Int32Array;
  /** Instance → event, -1 where it launched nothing on the device. */
  readonly eventOf: Int32Array;
}

/** The push/pop ranges over a device, those of graph replays included; undefined where none launched anything there. */
export function projectionTrack(
  view: ProcessView,
  device: number,
  instances: Instances,
): ProjectionTrack | undefined {
  const { startNs, endNs } = projectInstances(view.trace, instances, device);
  const launched = new Int32Array(instances.length);
  let count = 0;
  for (let i = 0; i < instances.length; i++) if (startNs[i]! < Infinity) launched[count++] = i;
  if (count === 0) return undefined;
  const starts = Float64Array.from(launched.subarray(0, count), (i) => startNs[i]!);
  // Stable: a parent has a smaller number than its children, and starts no later.
  const order = sortOrder(starts);
  const instanceOf = new Int32Array(count);
  for (let k = 0; k < count; k++) instanceOf[k] = launched[order === undefined ? k : order[k]!]!;
  const eventOf = new Int32Array(instances.length).fill(-1);
  instanceOf.forEach((instance, event) => (eventOf[instance] = event));
  const columns: EventColumns = {
    startNs: Float64Array.from(instanceOf, (i) => startNs[i]!),
    durationNs: Float64Array.from(instanceOf, (i) => endNs[i]! - startNs[i]!),
  };
  const parent = instanceOf.map((i) => (instances.parent[i]! < 0 ? -1 : eventOf[instances.parent[i]!]!));
  return trackOf(view, device, {
    id: 'projection',
    label: 'ranges on the device',
    columns,
    rows: rowsUnderParents(columns, parent),
    instanceOf,
    eventOf,
    nameOf: (instance) => instances.name[instance]!,
  });
}

/**
 * The start/end ranges over a device, from their first op to their last; undefined where none launched anything there.
 * They overlap each other and cross all others, and so lie on sub-rows of a track of their own.
 */
export function spanProjectionTrack(
  view: ProcessView,
  device: number,
  launch: Int32Array,
): ProjectionTrack | undefined {
  const { ranges } = view.trace;
  const spans: number[] = [];
  for (let row = 0; row < ranges.length; row++) {
    if (ranges.kind[row] === RANGE_KIND.startEnd) spans.push(row);
  }
  if (spans.length === 0) return undefined;
  const projections = projectRanges(view.trace, launch, device, spans).sort((a, b) => a.startNs - b.startNs);
  if (projections.length === 0) return undefined;
  const instanceOf = Int32Array.from(projections, ({ range }) => range);
  const eventOf = new Int32Array(ranges.length).fill(-1);
  instanceOf.forEach((range, event) => (eventOf[range] = event));
  const columns: EventColumns = {
    startNs: Float64Array.from(projections, ({ startNs }) => startNs),
    durationNs: Float64Array.from(projections, ({ startNs, endNs }) => endNs - startNs),
  };
  return trackOf(view, device, {
    id: 'spans',
    label: 'start/end ranges on the device',
    columns,
    rows: subRows(
      columns,
      Uint32Array.from(instanceOf, (_, event) => event),
    ).rows,
    instanceOf,
    eventOf,
    nameOf: (range) => ranges.name[range]!,
  });
}

interface Projected {
  /** Last part of the track's id. */
  readonly id: string;
  readonly label: string;
  readonly columns: EventColumns;
  readonly rows: readonly Uint32Array[];
  readonly instanceOf: Int32Array;
  readonly eventOf: Int32Array;
  /** Instance → string id. */
  readonly nameOf: (instance: number) => number;
}

function trackOf(view: ProcessView, device: number, made: Projected): ProjectionTrack {
  const { id, label, columns, rows, instanceOf, eventOf } = made;
  const { names } = view;
  const nameOf = (event: number): number => names.of(made.nameOf(instanceOf[event]!));
  // Every name gets its id now: frames that are sent before the next summary must not have unknown ones.
  for (let event = 0; event < instanceOf.length; event++) nameOf(event);
  return {
    info: {
      id: `${view.key}/d${device}/${id}`,
      slot: view.slot,
      kind: 'projection',
      parent: `${view.key}/d${device}`,
      label,
      detail: 'first op to last',
      rows: rows.length,
      events: instanceOf.length,
    },
    kind: 'projection',
    process: view,
    columns,
    lanes: rows.map((row) => new Lane(columns, Slots.of(row))),
    device,
    nameOf,
    categoryOf: (event) => names.table.templateHash(nameOf(event)),
    instanceOf,
    eventOf,
  };
}
