/** Drawn on a grid of 16, with lines of 1.5 in the colour of the text. */
const PATHS = {
  open: 'M2 4.5h4l1.5 1.5H14v7H2zM8 8v4M6.2 9.8 8 8l1.8 1.8',
  help: 'M5.8 6.2a2.2 2.2 0 1 1 3.2 2c-.7.35-1 .8-1 1.6M8 12v.1M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8',
  palette: 'M2.5 3h11v10h-11zM4.8 6l2 2-2 2M8.2 10.2h3',
  side: 'M2 3h12v10H2zM10 3v10',
  bottom: 'M2 3h12v10H2zM2 9.5h12',
  system: 'M2 3h12v8H2zM6 13.5h4M8 11v2.5',
  light:
    'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M8 1v1.4M8 13.6V15M1 8h1.4M13.6 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  dark: 'M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6',
  close: 'M4 4l8 8M12 4l-8 8',
  more: 'M2.6 8h.8M7.6 8h.8M12.6 8h.8',
  warning: 'M8 2 14.5 13.5h-13zM8 6.4v3.4M8 11.6v.1',
} as const;

export type IconName = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

/** Decoration: what it stands for is said by the label of what it is in. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
