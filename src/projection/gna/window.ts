/**
 * The keys that one query sees on one axis. Sources: Generalized Neighborhood Attention (arXiv 2504.16922) and the
 * kernels of NATTEN (`fna_fusion.hpp`). `length`: tokens of the axis, of one dilation group where there is dilation.
 */

/** First key. Queries of one stride group share their leader's window, moved inside the axis where it would leave it. */
export function windowStart(
  query: number,
  length: number,
  window: number,
  stride: number,
  causal: boolean,
): number {
  const group = query - (query % stride);
  if (causal) return Math.max(Math.min(group + stride - 1, length - 1) - window + 1, 0);
  // Even strides have no middle: the leader is the one right of it.
  const leader = Math.min(group + (stride >> 1), length - 1);
  return Math.min(Math.max(leader - (window >> 1), 0), length - window);
}

/** One past the last key; `start` is the query's `windowStart`. */
export function windowEnd(
  query: number,
  start: number,
  length: number,
  window: number,
  causal: boolean,
): number {
  return causal ? Math.min(query + 1, length) : start + window;
}
