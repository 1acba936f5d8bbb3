import { projectInstances, type Instances } from '../../../src/analysis/instances.js';
import { sortOrder } from '../../../src/trace/sort.js';
import { rowsUnderParents } from '../../layout/nesting.js';
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

/** The ranges over a device, those of graph replays included; undefined where none launched anything there. */
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
  const { names } = view;
  const nameOf = (event: number): number => names.of(instances.name[instanceOf[event]!]!);
  for (let event = 0; event < count; event++) nameOf(event);
  const rows = rowsUnderParents(columns, parent);
  return {
    info: {
      id: `${view.key}/d${device}/projection`,
      slot: view.slot,
      kind: 'projection',
      parent: `${view.key}/d${device}`,
      label: 'ranges on the device',
      detail: 'first op to last',
      rows: rows.length,
      events: count,
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
