/** Colours of both themes, by the names that `charts/palette.ts` and the style sheet use. */
export const COLORS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  page: ['#ffffff', '#14171b'],
  panel: ['#f6f7f9', '#1b1f25'],
  ink: ['#1a1f26', '#e4e8ed'],
  muted: ['#59636f', '#9aa5b1'],
  rule: ['#dfe3e8', '#2d343d'],
  track: ['#eef0f3', '#232931'],
  hatch: ['#ffffffb8', '#14171bb0'],
  link: ['#1f5fa8', '#86b7f0'],
  mark: ['#fff3c9', '#3d3617'],
  high: ['#1f7a4d', '#67c795'],
  medium: ['#8a6100', '#dcb052'],
  low: ['#8a4a3c', '#dd9484'],
  busy: ['#b9c4cf', '#4a5866'],
  blue: ['#2d6db3', '#5a9ae0'],
  cyan: ['#3d9fbd', '#57b9d6'],
  teal: ['#1c8577', '#38a797'],
  olive: ['#7f8f2f', '#a3b24f'],
  orange: ['#d97b25', '#e8964a'],
  red: ['#c0453f', '#e06b64'],
  purple: ['#7a56a6', '#a284d0'],
  brown: ['#8a6646', '#b98f6c'],
  grey: ['#8b949e', '#747f8b'],
};

function declarations(theme: 0 | 1): string {
  return Object.entries(COLORS)
    .map(([name, values]) => `--${name}:${values[theme]}`)
    .join(';');
}

/** Light, dark where the system asks for it, and either where the page's switch does. Print is always light. */
export const COLOR_RULES = `:root{color-scheme:light;${declarations(0)}}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${declarations(1)}}}
@media screen{:root[data-theme=dark]{color-scheme:dark;${declarations(1)}}}`;
