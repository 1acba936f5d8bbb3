/** Linear-light sRGB, 0 to 1. */
export type Linear = readonly [r: number, g: number, b: number];
/** Lightness 0 to 1 and two chroma axes; equal distances look about equally different. */
export type Oklab = readonly [l: number, a: number, b: number];

/** `#rrggbb`. */
export function linearOfHex(hex: string): Linear {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

export function hexOfLinear(color: Linear): string {
  return `#${color.map((value) => byteOf(value).toString(16).padStart(2, '0')).join('')}`;
}

function byteOf(linear: number): number {
  const value = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
}

/** Matrices: Björn Ottosson, "A perceptual color space for image processing", 2020. */
export function oklabOf([r, g, b]: Linear): Oklab {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

export function linearOfOklab([lightness, a, b]: Oklab): Linear {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** Lightness, chroma and hue in degrees. */
export function hexOfOklch(lightness: number, chroma: number, hue: number): string {
  const angle = (hue * Math.PI) / 180;
  return hexOfLinear(linearOfOklab([lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)]));
}

/** The same colour, lighter or darker by a share of the whole range of lightness. */
export function lighter(hex: string, by: number): string {
  const [l, a, b] = oklabOf(linearOfHex(hex));
  return hexOfLinear(linearOfOklab([Math.min(1, Math.max(0, l + by)), a, b]));
}

/** `share` of `over` on `under`, mixed as light. */
export function mix(under: string, over: string, share: number): string {
  const a = oklabOf(linearOfHex(under));
  const b = oklabOf(linearOfHex(over));
  const at = (k: 0 | 1 | 2): number => a[k] + (b[k] - a[k]) * share;
  return hexOfLinear(linearOfOklab([at(0), at(1), at(2)]));
}

/** WCAG 2 relative luminance. */
export function luminance([r, g, b]: Linear): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2 contrast ratio of two `#rrggbb`, 1 to 21. */
export function contrast(a: string, b: string): number {
  const x = luminance(linearOfHex(a)) + 0.05;
  const y = luminance(linearOfHex(b)) + 0.05;
  return Math.max(x, y) / Math.min(x, y);
}

/** Bytes in memory order r, g, b, a as one little-endian number: what an `ImageData` holds. */
export function pixelOfHex(hex: string): number {
  const value = Number.parseInt(hex.slice(1, 7), 16);
  const [r, g, b] = [value >> 16, (value >> 8) & 255, value & 255];
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
