import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/analysis/causes.js';
import { OP_CLASSES } from '../../../src/analysis/op-class.js';
import { paintOfCause } from '../../../src/report/charts/palette.js';
import {
  contrast,
  hexOfLinear,
  linearOfHex,
  linearOfOklab,
  mix,
  oklabOf,
  pixelOfHex,
  type Linear,
} from '../../../viewer/render/colour-space.js';
import {
  causeLook,
  colorIndex,
  colorsOf,
  inkOn,
  opColor,
  SHADE_SPAN,
} from '../../../viewer/render/colours.js';
import { DIM } from '../../../viewer/render/slice-palette.js';

const TOKENS = readFileSync(new URL('../../../viewer/style/tokens.css', import.meta.url), 'utf8');
function token(name: string): { readonly light: string; readonly dark: string } {
  const [, light, dark] = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(TOKENS)!;
  return { light: light!, dark: dark! };
}
const GROUND = token('ground');
const MUTED = token('muted');

/** Machado, Oliveira and Fernandes 2009, severity 1.0, on linear light. */
const SIGHTS: Readonly<Record<string, readonly (readonly [number, number, number])[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'without red cones': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'without green cones': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

function seen(hex: string, sight: string): readonly [number, number, number] {
  const from = linearOfHex(hex);
  const through = SIGHTS[sight]!.map((row) =>
    Math.min(1, Math.max(0, row[0] * from[0] + row[1] * from[1] + row[2] * from[2])),
  ) as unknown as Linear;
  return oklabOf(through);
}

function distance(a: string, b: string, sight: string): number {
  const x = seen(a, sight);
  const y = seen(b, sight);
  return Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

describe.each([
  ['light', false],
  ['dark', true],
] as const)('colours of the %s theme', (theme, dark) => {
  it.each(Object.keys(SIGHTS))('keep all classes of ops apart with sight %s', (sight) => {
    const close: string[] = [];
    OP_CLASSES.forEach((a, i) => {
      for (const b of OP_CLASSES.slice(i + 1)) {
        const apart = distance(opColor(a, dark), opColor(b, dark), sight);
        if (apart < 0.05) close.push(`${a} ${b} ${apart.toFixed(3)}`);
      }
    });
    expect(close).toEqual([]);
  });

  it('tell two causes apart by colour or by pattern', () => {
    const looks = CAUSES.map((cause) => causeLook(cause, dark));
    expect(new Set(looks.map(({ color, pattern }) => `${color} ${pattern}`)).size).toBe(CAUSES.length);
    const close: string[] = [];
    for (const sight of Object.keys(SIGHTS)) {
      looks.forEach((a, i) => {
        looks.slice(i + 1).forEach((b, j) => {
          const apart = distance(a.color, b.color, sight);
          if (a.pattern === b.pattern && apart < 0.05) {
            close.push(`${CAUSES[i]} ${CAUSES[i + 1 + j]} ${sight} ${apart}`);
          }
        });
      });
    }
    expect(close).toEqual([]);
  });

  it('carry text at 4.5 : 1, dimmed or not', () => {
    for (const kind of ['ops', 'calls', 'ranges', 'projection'] as const) {
      for (const color of new Set(colorsOf(kind, dark))) {
        const dimmed = mix(GROUND[theme], color, DIM);
        expect(contrast(color, inkOn(color))).toBeGreaterThanOrEqual(4.5);
        expect(contrast(dimmed, MUTED[theme])).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it('stand out from the ground', () => {
    for (const name of OP_CLASSES) expect(contrast(opColor(name, dark), GROUND[theme])).toBeGreaterThan(2);
    for (const cause of CAUSES) {
      expect(contrast(causeLook(cause, dark).color, GROUND[theme])).toBeGreaterThan(2);
    }
  });

  it('stay nearer to their class than to any other, whatever the shade', () => {
    const all = colorsOf('ops', dark);
    OP_CLASSES.forEach((name, k) => {
      const shades = [0, 64, 128, 255].map((shade) => all[colorIndex(k, shade)]!);
      expect(new Set(shades).size).toBe(4);
      for (const shade of shades) {
        expect(distance(shade, opColor(name, dark), 'normal')).toBeLessThan(SHADE_SPAN + 0.005);
      }
    });
  });

  it('are those of the report for causes', () => {
    expect(causeLook('queue-full', dark).pattern).toBe(paintOfCause('queue-full').pattern);
    expect(causeLook('host', dark).color).toBe(dark ? '#e06b64' : '#c0453f');
  });
});

describe('tokens', () => {
  it.each(['ink', 'muted', 'accent', 'mark-strong', 'danger', 'warn', 'good'])(
    'have %s readable on every ground',
    (name) => {
      for (const ground of ['ground', 'raised', 'sunken', 'hover']) {
        for (const theme of ['light', 'dark'] as const) {
          expect(
            contrast(token(name)[theme], token(ground)[theme]),
            `${ground} ${theme}`,
          ).toBeGreaterThanOrEqual(4.5);
        }
      }
    },
  );
});

describe('colour space', () => {
  it('comes back from Oklab', () => {
    for (const hex of ['#000000', '#ffffff', '#4966d3', '#01fe7f']) {
      expect(hexOfLinear(linearOfOklab(oklabOf(linearOfHex(hex))))).toBe(hex);
    }
  });

  it('knows the contrasts of the standard', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 2);
  });

  it('writes pixels in the order of an ImageData', () => {
    const bytes = new Uint8Array(Uint32Array.of(pixelOfHex('#123456')).buffer);
    expect([...bytes]).toEqual([0x12, 0x34, 0x56, 0xff]);
  });
});
