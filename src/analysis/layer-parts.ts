/**
 * What a row of the layer table is about, in the table's order: first what happens inside a transformer
 * layer, then what happens once a forward, a block or a video. The names are also classes of a rules file.
 */
export const LAYER_PARTS = [
  'attention',
  'qkv',
  'rope',
  'attention-out',
  'kv.index',
  'kv.clone',
  'kv.roll',
  'kv.insert',
  'kv.concat',
  'cross-attention',
  'cross-projections',
  'cross-kv',
  'mlp',
  'modulation',
  'matmul',
  'norm',
  'elementwise',
  'memcpy',
  'comm',
  'other',
  'embeddings',
  'head',
  'kv.update',
  'noise',
  'kv.reset',
  'recache',
  'text-encoder',
  'vae',
] as const;

export type LayerPart = (typeof LAYER_PARTS)[number];

const LABEL: Readonly<Record<LayerPart, string>> = {
  attention: 'self-attention',
  qkv: 'q, k, v with norms',
  rope: 'RoPE',
  'attention-out': 'output projection',
  'kv.index': 'KV index reads',
  'kv.clone': 'KV clone',
  'kv.roll': 'KV roll and insert',
  'kv.insert': 'KV direct insert',
  'kv.concat': 'KV concat',
  'cross-attention': 'cross-attention',
  'cross-projections': 'cross-attn projections',
  'cross-kv': 'cross-attn prompt K, V',
  mlp: 'MLP',
  modulation: 'norms, modulation',
  matmul: 'other matmuls',
  norm: 'other norms',
  elementwise: 'other elementwise',
  memcpy: 'other copies, fills',
  comm: 'communication',
  other: 'other',
  embeddings: 'embeddings',
  head: 'head',
  'kv.update': 'deferred KV update',
  noise: 'add noise',
  'kv.reset': 'cache set-up, reset',
  recache: 'recache',
  'text-encoder': 'text encoder',
  vae: 'VAE',
};

/** How the table names a part. */
export function partLabel(part: LayerPart): string {
  return LABEL[part];
}
