/** Below this length insertion sort beats merging. */
const MIN_RUN = 32;

export function isSorted(keys: Float64Array): boolean {
  for (let i = 1; i < keys.length; i++) {
    if (keys[i]! < keys[i - 1]!) return false;
  }
  return true;
}

/**
 * The order that sorts `keys`, as row indices, or undefined if they are sorted already. Stable. `keys` is
 * left as it was.
 *
 * A merge sort over typed arrays that merges only where neighbouring runs overlap: CUPTI's records are almost
 * in order (each stream is; streams interleave), so this is close to one pass over them, and n log n at worst.
 */
export function sortOrder(keys: Float64Array): Uint32Array | undefined {
  if (isSorted(keys)) return undefined;
  const n = keys.length;
  const sorted = keys.slice();
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let from = 0; from < n; from += MIN_RUN) {
    insertionSort(sorted, order, from, Math.min(from + MIN_RUN, n));
  }
  const scratch = { keys: new Float64Array(MIN_RUN), order: new Uint32Array(MIN_RUN) };
  for (let width = MIN_RUN; width < n; width *= 2) {
    for (let from = 0; from + width < n; from += 2 * width) {
      mergeOverlap(sorted, order, from, from + width, Math.min(from + 2 * width, n), scratch);
    }
  }
  return order;
}

function insertionSort(keys: Float64Array, order: Uint32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const key = keys[i]!;
    const row = order[i]!;
    let j = i - 1;
    while (j >= from && keys[j]! > key) {
      keys[j + 1] = keys[j]!;
      order[j + 1] = order[j]!;
      j--;
    }
    keys[j + 1] = key;
    order[j + 1] = row;
  }
}

interface Scratch {
  keys: Float64Array;
  order: Uint32Array;
}

/** Merges the sorted runs [from, middle) and [middle, to), touching only the part where they overlap. */
function mergeOverlap(
  keys: Float64Array,
  order: Uint32Array,
  from: number,
  middle: number,
  to: number,
  scratch: Scratch,
): void {
  if (keys[middle - 1]! <= keys[middle]!) return;
  const left = upperBound(keys, keys[middle]!, from, middle);
  const right = lowerBound(keys, keys[middle - 1]!, middle, to);
  const count = middle - left;
  if (scratch.keys.length < count) {
    scratch.keys = new Float64Array(count * 2);
    scratch.order = new Uint32Array(count * 2);
  }
  const leftKeys = scratch.keys;
  const leftOrder = scratch.order;
  leftKeys.set(keys.subarray(left, middle));
  leftOrder.set(order.subarray(left, middle));
  let i = 0;
  let j = middle;
  let out = left;
  while (i < count && j < right) {
    // Ties go to the left run: that is what makes the sort stable.
    if (leftKeys[i]! <= keys[j]!) {
      keys[out] = leftKeys[i]!;
      order[out++] = leftOrder[i++]!;
    } else {
      keys[out] = keys[j]!;
      order[out++] = order[j++]!;
    }
  }
  while (i < count) {
    keys[out] = leftKeys[i]!;
    order[out++] = leftOrder[i++]!;
  }
}

/** First index in [from, to) whose key is greater than `key`. */
function upperBound(keys: Float64Array, key: number, from: number, to: number): number {
  while (from < to) {
    const mid = (from + to) >>> 1;
    if (keys[mid]! <= key) from = mid + 1;
    else to = mid;
  }
  return from;
}

/** First index in [from, to) whose key is not less than `key`. */
function lowerBound(keys: Float64Array, key: number, from: number, to: number): number {
  while (from < to) {
    const mid = (from + to) >>> 1;
    if (keys[mid]! < key) from = mid + 1;
    else to = mid;
  }
  return from;
}
