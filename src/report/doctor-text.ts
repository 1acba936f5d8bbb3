import type { Check, DoctorResult } from '../capture/doctor.js';
import type { TextStyle } from './style.js';
import { pad } from './shorten.js';

/** The checklist, with advice under what is not well. */
export function doctorText({ checks, canCapture }: DoctorResult, style: TextStyle): string[] {
  const { colors } = style;
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap((check) => [
    `${mark(check, style)} ${pad(check.name, width, 'left')}  ${check.detail}`,
    ...(check.advice === undefined ? [] : [colors.dim(`  ${' '.repeat(width)}  → ${check.advice}`)]),
  ]);
  const verdict = canCapture
    ? colors.green('This machine can capture: gapscope capture -- python your_pipeline.py')
    : colors.red('This machine cannot capture.') + ' Traces recorded elsewhere can be read here.';
  return [...lines, '', verdict];
}

function mark({ state }: Check, { colors }: TextStyle): string {
  switch (state) {
    case 'ok':
      return colors.green('✓');
    case 'warning':
      return colors.yellow('!');
    case 'failed':
      return colors.red('✗');
  }
}
