import { COLOR_RULES } from '../../../src/report/html/colors.js';
import { STYLE } from '../../../src/report/html/style.js';

/**
 * A chart as a file that any viewer shows: what the page adds to it (the namespace, colours, fonts) is put in. The
 * part that is guarded is the rest.
 */
export function storedChart(chart: string): string {
  const rules = STYLE.split('\n').filter((line) => /^\.(?:chart|track|hatch)\b/.test(line));
  const style = `<style>${COLOR_RULES.split('\n')[0]}\nsvg{font-family:sans-serif}\n${rules.join('\n')}</style>`;
  return `${chart
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace('</title>', `</title>\n${style}`)
    .replaceAll('><', '>\n<')}\n`;
}
