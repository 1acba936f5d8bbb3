import type { CanvasTheme } from '../../../viewer/render/theme.js';

/** A theme as `readTheme` would find it. */
export const theme: CanvasTheme = {
  dark: false,
  forced: false,
  ground: '#fcfcfb',
  raised: '#ffffff',
  sunken: '#f3f3f1',
  ink: '#1c1e21',
  muted: '#54595f',
  rule: '#e4e4e1',
  ruleStrong: '#c9cac7',
  accent: '#1f5fa8',
  accentInk: '#ffffff',
  focus: '#1f5fa8',
  markStrong: '#ad4c16',
  counter: '#9db4cd',
  counterLine: '#4c76a3',
  font: 'sans-serif',
};
