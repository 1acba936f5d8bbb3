/** Items that a bucket of the finest level holds on average. */
const ITEMS_A_BUCKET = 32;
/** Finest widths that are tried, where items crowd together in a small part of the time. */
const MAX_TRIES = 4;

/** Items in order of time, by buckets of one power-of-two width; empty ones are left out. */
export interface Buckets {
  readonly length: number;
  /** `bucket × width` is where it begins. */
  readonly bucket: Float64Array;
  /** The first item in it; one more at the end. */
  readonly first: Uint32Array;
}

/** Buckets of a width at which about 32 items fall into each that is not empty. */
export function finestBuckets(
  items: number,
  timeOf: (item: number) => number,
): Buckets & { readonly widthNs: number } {
  const span = items === 0 ? 0 : timeOf(items - 1) - timeOf(0);
  let widthNs = 2 ** Math.ceil(Math.log2(Math.max(1, (span * ITEMS_A_BUCKET) / Math.max(1, items))));
  let buckets = bucketsOf(items, timeOf, widthNs);
  for (let tries = 1; tries < MAX_TRIES && widthNs > 1; tries++) {
    const crowding = items / Math.max(1, buckets.length) / ITEMS_A_BUCKET;
    if (crowding < 2) break;
    widthNs = Math.max(1, widthNs / 2 ** Math.ceil(Math.log2(crowding)));
    buckets = bucketsOf(items, timeOf, widthNs);
  }
  return { ...buckets, widthNs };
}

function bucketsOf(items: number, timeOf: (item: number) => number, widthNs: number): Buckets {
  const bucket: number[] = [];
  const first: number[] = [];
  let until = -Infinity;
  for (let item = 0; item < items; item++) {
    const time = timeOf(item);
    if (time < until) continue;
    const index = Math.floor(time / widthNs);
    until = (index + 1) * widthNs;
    bucket.push(index);
    first.push(item);
  }
  first.push(items);
  return { length: bucket.length, bucket: Float64Array.from(bucket), first: Uint32Array.from(first) };
}

/** Buckets of twice the width. */
export interface Halved extends Buckets {
  /** Bucket → the first of those it is made of; one more at the end. */
  readonly from: Uint32Array;
}

export function halved(below: Buckets): Halved {
  const bucket = new Float64Array(below.length);
  const first = new Uint32Array(below.length + 1);
  const from = new Uint32Array(below.length + 1);
  let length = 0;
  for (let b = 0; b < below.length; b++) {
    const wide = Math.floor(below.bucket[b]! / 2);
    if (length > 0 && bucket[length - 1] === wide) continue;
    bucket[length] = wide;
    first[length] = below.first[b]!;
    from[length++] = b;
  }
  first[length] = below.first[below.length]!;
  from[length] = below.length;
  return {
    length,
    bucket: bucket.slice(0, length),
    first: first.slice(0, length + 1),
    from: from.slice(0, length + 1),
  };
}
