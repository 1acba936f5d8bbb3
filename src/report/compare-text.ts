import type { CompareResult } from '../analysis/compare.js';
import { basisText } from './compare-basis-text.js';
import { runLines } from './compare-header-text.js';
import { latencyLines } from './compare-latency-text.js';
import { partLines } from './compare-parts-text.js';
import { hotspotLines, kernelLines, templateLines } from './compare-rows-text.js';
import { printable } from './printable.js';
import type { TextStyle } from './style.js';
import { wrapWords } from './wrap.js';

/** What a run is called in the text. */
export interface ComparedName {
  readonly path: string;
  /** `GPU 0 · NVIDIA H200`. */
  readonly gpu: string;
}

/** `gapscope compare` for people; `top`: rows of a list to show. */
export function compareText(
  result: CompareResult,
  style: TextStyle,
  base: ComparedName,
  candidate: ComparedName,
  top: number,
): string[] {
  const { colors } = style;
  return [
    ...runLines(result, style, base, candidate),
    '',
    ...latencyLines(result, style),
    '',
    colors.bold('Where it comes from') + colors.dim(`  ${basisText(result)}`),
    ...partLines(result, style),
    '',
    ...templateLines(result, style, top),
    '',
    ...kernelLines(result, style, top),
    '',
    ...hotspotLines(result, style, top),
    ...result.notices.flatMap((notice) => {
      const [first = '', ...more] = wrapWords(printable(notice), style.width - 4);
      return [colors.yellow(`  ! ${first}`), ...more.map((line) => colors.yellow(`    ${line}`))];
    }),
  ];
}
