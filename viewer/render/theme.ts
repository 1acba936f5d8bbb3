import { linearOfHex, luminance } from './colour-space.js';

/** Colours of everything on the canvases but the events, `#rrggbb`. */
export interface CanvasTheme {
  readonly dark: boolean;
  /** The system's own few colours are in force. */
  readonly forced: boolean;
  readonly ground: string;
  readonly raised: string;
  readonly sunken: string;
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly ruleStrong: string;
  readonly accent: string;
  readonly accentInk: string;
  readonly focus: string;
  readonly markStrong: string;
  readonly counter: string;
  readonly counterLine: string;
  readonly font: string;
}

/**
 * Reads the tokens as the page resolves them. A custom property's own value would still say `light-dark(…)`, so a
 * probe wears each as its colour; `forced-color-adjust: none` keeps the system from repainting the probe itself.
 */
export function readTheme(host: HTMLElement): CanvasTheme {
  const probe = document.createElement('span');
  probe.style.cssText = 'position:absolute;visibility:hidden;forced-color-adjust:none';
  host.append(probe);
  const read = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return hexOfCss(getComputedStyle(probe).color);
  };
  const ground = read('ground');
  const theme: CanvasTheme = {
    dark: luminance(linearOfHex(ground)) < 0.2,
    forced: matchMedia('(forced-colors: active)').matches,
    ground,
    raised: read('raised'),
    sunken: read('sunken'),
    ink: read('ink'),
    muted: read('muted'),
    rule: read('rule'),
    ruleStrong: read('rule-strong'),
    accent: read('accent'),
    accentInk: read('accent-ink'),
    focus: read('focus'),
    markStrong: read('mark-strong'),
    counter: read('counter'),
    counterLine: read('counter-line'),
    font: getComputedStyle(host).fontFamily,
  };
  probe.remove();
  return theme;
}

/** `rgb(1, 2, 3)` or `color(srgb 0.1 0.2 0.3)`, as computed styles spell colours. */
export function hexOfCss(text: string): string {
  const numbers = [...text.matchAll(/-?[\d.]+(?:e-?\d+)?/g)].map(([number]) => Number(number));
  // color(srgb …) counts from 0 to 1, rgb(…) from 0 to 255.
  const scale = text.startsWith('color(') ? 255 : 1;
  const byte = (value = 0): string =>
    Math.round(Math.min(255, Math.max(0, value * scale)))
      .toString(16)
      .padStart(2, '0');
  return `#${byte(numbers[0])}${byte(numbers[1])}${byte(numbers[2])}`;
}

/** Calls back whenever the colours may have changed: system theme, forced colours, the page's switch. */
export function watchTheme(changed: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) =>
    matchMedia(query),
  );
  for (const query of queries) query.addEventListener('change', changed);
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    for (const query of queries) query.removeEventListener('change', changed);
    observer.disconnect();
  };
}
