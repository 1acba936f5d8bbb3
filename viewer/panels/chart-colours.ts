import { COLORS } from '../../src/report/html/colors.js';

/** What the report's charts name that the page's own tokens do not; the values stay in one place, the report's. */
const CHART_COLORS = [
  'hatch',
  'busy',
  'blue',
  'cyan',
  'teal',
  'olive',
  'orange',
  'red',
  'purple',
  'brown',
  'grey',
];

/** Gives the page the custom properties that charts are drawn with, in both themes. */
export function applyChartColours(): void {
  const { style } = document.documentElement;
  for (const name of CHART_COLORS) {
    const [light, dark] = COLORS[name] ?? ['CanvasText', 'CanvasText'];
    style.setProperty(`--${name}`, `light-dark(${light}, ${dark})`);
  }
}
