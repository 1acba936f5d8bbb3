import type { CanvasTheme } from '../../../viewer/render/theme.js';

/** A theme as `readTheme` would find it. */
export const theme: CanvasTheme = {
  dark: false,
  forced: false,
  ground: '#fcfcfb',
  raised: '#ffffff',
  sunken: '#f3f3f1',
  ink: '#1c1e21',
  muted: '#5b6067',
  rule: '#e4e4e1',
  ruleStrong: '#c9cac7',
  accent: '#1f5fa8',
  accentInk: '#ffffff',
  focus: '#1f5fa8',
  markStrong: '#b5521b',
  counter: '#9db4cd',
  counterLine: '#4c76a3',
  font: 'sans-serif',
};
