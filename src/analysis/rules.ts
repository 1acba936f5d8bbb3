import { DEFAULT_BLOCK_PATTERN } from './block-pattern.js';
import type { LayerPart } from './layer-parts.js';
import { DEFAULT_OP_CLASS_RULES, OP_CLASSES, type OpClass, type OpClassRules } from './op-class.js';
import { rangePattern } from './rule-pattern.js';

/** Halves of a layer: they tell whose an attention op or a projection inside them is. */
export type Region = 'self' | 'cross';

/**
 * What ranges and kernels are, first match wins. Range rules see one range's template (`layer_#`), kernel rules
 * a demangled name.
 */
export interface Rules {
  readonly classes: OpClassRules;
  /** A pass through one transformer layer; the last number in its name is the layer's index. */
  readonly layer: readonly RegExp[];
  readonly block: readonly RegExp[];
  readonly regions: readonly (readonly [RegExp, Region])[];
  readonly parts: readonly (readonly [RegExp, LayerPart])[];
}

/**
 * The names of LongLive, its profiling fork and this repository's pipelines, and what diffusion libraries call
 * the same things. A bare `block_#` is no layer: autoregressive pipelines call their temporal blocks so.
 */
export const DEFAULT_RULES: Rules = {
  classes: DEFAULT_OP_CLASS_RULES,
  layer: [
    /^(?:transformer|decoder|encoder|dit|double|single|joint)[._ -]?(?:block|layer)s?[._: -]?#$/i,
    /^(?:layers?|blocks)[._: -]?#$/i,
  ],
  block: [rangePattern(DEFAULT_BLOCK_PATTERN)],
  regions: [
    [/^self_?attn|^self_?attention|^attn_?1$/i, 'self'],
    [/^cross_?attn$|^cross_?attention$|^attn_?2$/i, 'cross'],
  ],
  parts: [
    [/^recache/i, 'recache'],
    [/^(?:vae|vae_decode|decode_to_pixel|vae_decoder)$/i, 'vae'],
    [/^text_?enc/i, 'text-encoder'],
    [/^(?:attention|attn|attn_op|sdpa|flash_attention|flash_attn)$/i, 'attention'],
    [/^(?:to_)?qkv(?:_proj)?$/i, 'qkv'],
    [/^(?:causal_)?(?:rope|rotary)/i, 'rope'],
    [/^kv_(?:read|load)_ind(?:ices|ex)/i, 'kv.index'],
    [/^kv_(?:temp_)?clone/i, 'kv.clone'],
    [/^kv_roll/i, 'kv.roll'],
    [/^kv_(?:direct_)?insert/i, 'kv.insert'],
    [/^kv_(?:sink_)?concat/i, 'kv.concat'],
    [/^_?apply_cache_updates?|^kv_(?:cache_)?update/i, 'kv.update'],
    [/^(?:kv|cross_?attn)_cache_reset|^initialize_(?:kv|cross_?attn)_cache|^kv_reset/i, 'kv.reset'],
    [/^cross_?attn_(?:kv|cache)|^cross_?kv/i, 'cross-kv'],
    [/^(?:ffn|mlp|ff|feed_?forward)$/i, 'mlp'],
    [/^(?:embeddings?|patch_embed(?:ding)?|time_embed(?:ding)?)$/i, 'embeddings'],
    [/^(?:head|final_layer|proj_out|unpatchify)$/i, 'head'],
    [/^add_noise/i, 'noise'],
  ],
};

/** A user's own rules, to be tried before the built-in ones. */
export interface UserRules {
  readonly layer?: string;
  readonly block?: string;
  readonly ranges: readonly (readonly [RegExp, LayerPart])[];
  readonly kernels: readonly (readonly [RegExp, OpClass])[];
}

/** `user` first, then what is built in; a layer or block pattern of the user's replaces the built-in ones. */
export function withUserRules(user: UserRules): Rules {
  const { classes, layer, block, regions, parts } = DEFAULT_RULES;
  const ofClasses = user.ranges.filter((rule): rule is [RegExp, OpClass] => isOpClass(rule[1]));
  return {
    classes: {
      ranges: [...ofClasses, ...classes.ranges],
      kernels: [...user.kernels, ...classes.kernels],
    },
    layer: user.layer === undefined ? layer : [rangePattern(user.layer)],
    block: user.block === undefined ? block : [rangePattern(user.block)],
    regions,
    parts: [...user.ranges, ...parts],
  };
}

/** Every op class is a part; parts that are none (`mlp`, `recache`) order the layer table only. */
function isOpClass(part: LayerPart): part is OpClass {
  return (OP_CLASSES as readonly string[]).includes(part);
}
