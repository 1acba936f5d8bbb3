/** Names that cuBLAS and cuDNN generate: what is left is what tells one from another. */
const PATTERNS: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  // nvjet_sm90_tst_192x144_64x5_2x1_v_bz_coopB_bias_TNT → nvjet 192x144 2x1 TNT: tile, cluster, operand layouts
  [
    /^nvjet_(?:sm\d+_)?[a-z]+_(\d+x\d+)_\d+x\d+_(\d+x\d+)_.*?(splitK)?_?(?:bias_)?([TN]{3})$/,
    ([, tile, cluster, split, layout]) =>
      ['nvjet', tile, cluster, ...(split === undefined ? [] : [split]), layout].join(' '),
  ],
  // cudnn_generated_fort_native_sdpa_sm90_flash_fprop_wgmma_f16_knob_7_64x128x128_… → cudnn sdpa flash_fprop 64x128x128
  [
    /^cudnn_generated_fort_native_(\w+?)_sm\d+_(\w+?)_(?:wgmma|mma|tcgen05|knob)_.*?(\d+x\d+x\d+)_/,
    ([, what, how, tile]) => `cudnn ${what} ${how} ${tile}`,
  ],
  // sm90_xmma_fprop_implicit_gemm_bf16bf16_…_tilesize128x256x64_… → xmma fprop_implicit_gemm 128x256x64
  [
    /^(?:sm\d+|cudnn)_xmma_((?:fprop|dgrad|wgrad)?_?(?:implicit_)?gemm)_.*?tilesize(\d+x\d+x\d+)/,
    ([, what, tile]) => `xmma ${what} ${tile}`,
  ],
];

export function libraryKernelName(name: string): string | undefined {
  for (const [pattern, describe] of PATTERNS) {
    const match = pattern.exec(name);
    if (match !== null) return describe(match);
  }
  return undefined;
}
