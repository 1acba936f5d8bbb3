import * as F from './event-fields.js';
import {
  S_BLOCK,
  S_BYTES,
  S_CLUSTER,
  S_COPY_KIND,
  S_DST_KIND,
  S_DYNAMIC,
  S_EXECUTED,
  S_GRID,
  S_REGISTERS,
  S_SRC_KIND,
  S_STATIC,
} from '../shape-table.js';

/** The launch shape or copy size in an event's numbers, as a row for `ShapeTable`; what it does not say is 0. */
export function fillShapeRow(row: Float64Array, numbers: Float64Array): void {
  for (let i = 0; i < 3; i++) {
    row[S_GRID + i] = count32(numbers[F.GRID + i]!);
    row[S_BLOCK + i] = count32(numbers[F.BLOCK + i]!);
    row[S_CLUSTER + i] = count32(numbers[F.CLUSTER + i]!);
  }
  const isSplit = numbers[F.SHARED_STATIC]! >= 0 || numbers[F.SHARED_DYNAMIC]! >= 0;
  row[S_REGISTERS] = count32(numbers[F.REGISTERS]!);
  row[S_STATIC] = count32(numbers[F.SHARED_STATIC]!);
  // The profiler writes the sum of static and dynamic; occupancy depends on nothing else.
  row[S_DYNAMIC] = count32(isSplit ? numbers[F.SHARED_DYNAMIC]! : numbers[F.SHARED]!);
  row[S_EXECUTED] = count32(numbers[F.SHARED_EXECUTED]!);
  const bytes = numbers[F.BYTES]!;
  row[S_BYTES] = bytes >= 0 && bytes <= Number.MAX_SAFE_INTEGER ? Math.floor(bytes) : 0;
  row[S_COPY_KIND] = count32(numbers[F.COPY_KIND]!) & 0xff;
  row[S_SRC_KIND] = count32(numbers[F.SRC_KIND]!) & 0xff;
  row[S_DST_KIND] = count32(numbers[F.DST_KIND]!) & 0xff;
}

function count32(value: number): number {
  return value >= 0 && value < 2 ** 32 ? Math.floor(value) : 0;
}
